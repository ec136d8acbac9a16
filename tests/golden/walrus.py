"""Values named inside an expression."""

import numpy as np


def walrus(x):
    if (y := x * x) > 0.1:
        return (s := np.sin(y)) * s
    return y


EXAMPLE = (0.6,)


# gradient


import numpy as np


def walrus_grad(x):  # x: float
    # forward sweep
    y = x * x
    t = y > 0.1
    if t:
        s = np.sin(y)

    # reverse sweep
    if t:
        # 8: return (s := np.sin(y)) * s
        s_bar = 2.0 * s
        y_bar = s_bar * np.cos(y)
    else:
        y_bar = 1.0
    x_bar = 2.0 * (y_bar * x)
    return x_bar

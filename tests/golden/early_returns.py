"""Returns from the middle of a function."""

import numpy as np


def early_returns(x):
    if x > 1:
        return x
    y = x * x
    if y > 1:
        return np.sin(y)
    z = y * x
    return z + y


EXAMPLE = (-0.6,)


# gradient


import numpy as np


def early_returns_grad(x):  # x: float
    # forward sweep
    t = x > 1
    if not t:
        y = x * x

    # reverse sweep
    if t:
        x_bar = 1.0
    else:
        if y > 1:
            # 11: return np.sin(y)
            y_bar = np.cos(y)
            x_bar = 0.0
        else:
            # 12: z = y * x
            y_bar = 1.0 + x
            x_bar = y
        # 9: y = x * x
        x_bar += 2.0 * (y_bar * x)
    return x_bar

"""A ladder of tests."""

import numpy as np


def branches(x):
    if x > 2:
        y = x
    elif x > 1:
        y = x**2
    elif x > 0:
        y = np.exp(x)
    else:
        y = -x
    return y * y


EXAMPLE = (1.4,)


# gradient


import numpy as np


def branches_grad(x):  # x: float
    # forward sweep
    t = x > 2
    if t:
        y = x
    else:
        t_1 = x > 1
        if t_1:
            y = x**2
        else:
            t_2 = x > 0
            if t_2:
                y_1 = np.exp(x)
                y = y_1
            else:
                y = -x

    # reverse sweep
    # 15: return y * y
    y_bar = 2.0 * y
    if t:
        x_bar = y_bar
    elif t_1:
        # 10: y = x**2
        x_bar = 2 * y_bar * x
    elif t_2:
        # 12: y = np.exp(x)
        x_bar = y_bar * y_1
    else:
        # 14: y = -x
        x_bar = -y_bar
    return x_bar

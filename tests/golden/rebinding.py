"""A name bound again in a straight line, and a local deleted."""

import numpy as np


def rebinding(x):
    y = np.sin(x)
    t = 3.0 * y
    y = y * t
    del t
    y = y * y
    return y


EXAMPLE = (0.9,)


# gradient


import numpy as np


def rebinding_grad(x):  # x: float
    # forward sweep
    y = np.sin(x)
    t = 3.0 * y
    y_1 = y * t

    # reverse sweep
    # 11: y = y * y
    y_bar = 2.0 * y_1
    # 9: y = y * t
    y_bar_1 = y_bar * t
    t_bar = y_bar * y
    # 8: t = 3.0 * y
    y_bar = y_bar_1 + 3.0 * t_bar
    # 7: y = np.sin(x)
    x_bar = y_bar * np.cos(x)
    return x_bar

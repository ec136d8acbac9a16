"""Stores under a mask."""

import numpy as np


def store_mask(x):
    y = x.copy()
    y[x > 0.5] = 0.5
    y[y < 0.0] *= 0.1
    return np.sum(y**2 * x)


EXAMPLE = (np.array([0.4, -0.7, 0.9]),)


# gradient


import numpy as np


def store_mask_grad(x):  # x: float64[n]
    # forward sweep
    y = np.copy(x)
    t = x > 0.5
    y[t] = 0.5
    t_1 = y < 0.0
    y[t_1] = y[t_1] * 0.1
    x_bar = y**2

    # reverse sweep
    # 10: return np.sum(y**2 * x)
    y_bar = x * (2 * y)
    # 9: y[y < 0.0] *= 0.1
    y_bar[t_1] = 0.1 * y_bar[t_1]
    # 8: y[x > 0.5] = 0.5
    y_bar[t] = 0.0
    # 7: y = x.copy()
    x_bar += y_bar
    return x_bar

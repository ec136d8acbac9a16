"""Stores at integer arrays: repeats of `=` keep the last, `np.add.at` adds each."""

import numpy as np


def store_fancy(x, index):
    y = np.zeros(4)
    y[index] = x**2
    np.add.at(y, index, np.sin(x))
    return np.sum(y**2)


EXAMPLE = (np.array([0.4, -0.7, 0.9]), np.array([2, 0, 2]))
NUMPY_ALONE = False


# gradient


import numpy as np
from srcgrad.runtime import last_stored


def store_fancy_grad(x, index):  # x: float64[n]; index: int64[m]
    # forward sweep
    y = np.zeros(4)
    y[index] = x**2
    np.add.at(y, index, np.sin(x))

    # reverse sweep
    # 10: return np.sum(y**2)
    y_bar = 2.0 * y
    # 9: np.add.at(y, index, np.sin(x))
    t = y_bar[index]
    x_bar = t * np.cos(x)
    # 8: y[index] = x**2
    x_bar += last_stored(t, y_bar, index) * (2 * x)
    return x_bar

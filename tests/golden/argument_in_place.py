"""An argument that is written into: the caller keeps its own."""

import numpy as np


def argument_in_place(x, c):
    x[1:] -= c * x[:-1]
    x /= np.sum(x)
    return np.sum(x**3)


EXAMPLE = (np.array([0.4, 0.7, 0.9]), 0.3)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def argument_in_place_grad(x, c):  # x: float64[n]; c: float
    # forward sweep
    x_1 = np.copy(x)
    x_1[1:] -= c * x[:-1]
    sum_ = np.sum(x_1)
    x_1 = x_1 / sum_

    # reverse sweep
    # 9: return np.sum(x**3)
    x_bar = 3.0 * x_1**2
    # 8: x /= np.sum(x)
    t = x_bar / sum_
    x_bar = t - t @ x_1
    # 7: x[1:] -= c * x[:-1]
    c_bar = -(x_bar[1:] @ x[:-1])
    x_bar[:-1] -= x_bar[1:] * c
    return x_bar, c_bar

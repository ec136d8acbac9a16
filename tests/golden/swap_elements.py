"""Elements that change places."""

import numpy as np


def swap_elements(x, k):
    y = x**2
    y[0], y[k] = y[k], y[0] * y[k]
    return np.sum(y**2)


EXAMPLE = (np.array([0.4, -0.7, 0.9]), 2)


# gradient


def swap_elements_grad(x, k):  # x: float64[n]; k: int
    # forward sweep
    y = x**2
    t = y[k]
    t_1 = y[0]
    y[0] = t
    y[k] = t_1 * t

    # reverse sweep
    # 9: return np.sum(y**2)
    y_bar = 2.0 * y
    # 8: y[0], y[k] = y[k], y[0] * y[k]
    t_2 = y_bar[k]
    y_bar[k] = 0.0
    t_3 = y_bar[0]
    y_bar[0] = t_2 * t
    y_bar[k] += t_2 * t_1 + t_3
    # 7: y = x**2
    x_bar = y_bar * (2 * x)
    return x_bar

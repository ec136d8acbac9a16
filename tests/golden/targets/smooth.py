"""The gradient of `smooth` by hand."""

import numpy as np


def smooth_grad(x, k):  # x: float64[n]; k: float
    # forward sweep
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2

    # reverse sweep
    x_bar = np.zeros_like(x)
    k_bar = 0.0
    # return np.sum(y * y)
    y_bar = 2 * y
    for i in range(len(x) - 1, 0, -1):
        # y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
        t_bar = y_bar[i]
        k_bar += t_bar * (y[i - 1] - x[i] ** 2)
        y_bar[i - 1] += t_bar * k
        x_bar[i] += t_bar * (1 - k) * (2 * x[i])
    # y[0] = x[0]
    x_bar[0] += y_bar[0]
    return x_bar, k_bar

"""A recurrence stored element by element: each is written once, so nothing is kept."""

import numpy as np


def smooth(x, k):
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
    return np.sum(y * y)


EXAMPLE = (np.array([0.3, -0.8, 0.5, 1.1, -0.2]), 0.6)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def smooth_grad(x, k):  # x: float64[n]; k: float
    # forward sweep
    y = np.zeros_like(x)
    y[0] = x[0]
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2

    # reverse sweep
    # 11: return np.sum(y * y)
    y_bar = 2.0 * y
    x_bar = np.zeros_like(x)
    k_bar = 0.0
    for i in range(len(x) - 1, 0, -1):
        # 10: y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
        t = y_bar[i]
        x_bar[i] += 2 * (t * (1 - k)) * x[i]
        y_bar[i - 1] += t * k
        k_bar += t * y[i - 1] - t * x[i] ** 2
    # 8: y[0] = x[0]
    x_bar[0] += y_bar[0]
    return x_bar, k_bar

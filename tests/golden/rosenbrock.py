"""Slices in one expression."""

import numpy as np


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9, -1.4]),)


# gradient


import numpy as np


def rosenbrock_grad(x):  # x: float64[n]
    # reverse sweep
    # 7: return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    t = 200.0 * (x[1:] - x[:-1] ** 2)
    x_bar = np.zeros_like(x)
    x_bar[:-1] = -(t * (2 * x[:-1])) - 2.0 * (1 - x[:-1])
    x_bar[1:] += t
    return x_bar

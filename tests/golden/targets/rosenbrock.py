"""The gradient of `rosenbrock` by hand."""

import numpy as np


def rosenbrock_grad(x):
    # forward sweep
    t = x[1:] - x[:-1] ** 2

    # reverse sweep
    # return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)
    t_bar = 200.0 * t
    x_bar = np.zeros_like(x)
    x_bar[1:] += t_bar
    x_bar[:-1] -= t_bar * (2 * x[:-1]) + 2 * (1 - x[:-1])
    return x_bar

"""The gradient of `sum_of_squares` by hand."""

import numpy as np


def sum_of_squares_grad(x):
    x_bar = np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        # s += x[i] ** 2
        x_bar[i] += 2 * x[i]
    return x_bar

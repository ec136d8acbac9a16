"""Reading elements in a loop: the adjoint touches one element."""

import numpy as np


def sum_of_squares(x):
    s = 0.0
    for i in range(len(x)):
        s += x[i] ** 2
    return s


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9]),)


# gradient


import numpy as np


def sum_of_squares_grad(x):  # x: float64[n]
    # reverse sweep
    x_bar = np.zeros_like(x)
    for i in range(len(x) - 1, -1, -1):
        # 9: s += x[i] ** 2
        x_bar[i] += 2.0 * x[i]
    return x_bar

"""Results written where they are to go."""

import numpy as np


def out_arguments(x):
    y = np.empty_like(x)
    np.multiply(x, x, out=y)
    np.exp(y[1:], out=y[1:])
    np.copyto(y[:-1], x[1:])
    return np.sum(y**2)


EXAMPLE = (np.array([0.4, -0.7, 0.9]),)


# gradient


import numpy as np


def out_arguments_grad(x):  # x: float64[n]
    # forward sweep
    y = np.empty_like(x)
    y[:] = np.multiply(x, x)
    exp = np.exp(y[1:])
    y[1:] = exp
    y[:-1] = x[1:]

    # reverse sweep
    # 11: return np.sum(y**2)
    y_bar = 2.0 * y
    # 10: np.copyto(y[:-1], x[1:])
    t = np.copy(y_bar[:-1])
    y_bar[:-1] = 0.0
    x_bar = np.zeros_like(x)
    x_bar[1:] = t
    # 9: np.exp(y[1:], out=y[1:])
    y_bar[1:] = y_bar[1:] * exp
    # 8: np.multiply(x, x, out=y)
    x_bar += 2.0 * (y_bar * x)
    return x_bar

"""A line through points: parameters unpacked from an array."""

import numpy as np


def mean_squared_error(params, X, y):
    w, b = params
    return np.mean((w * X + b - y) ** 2)


EXAMPLE = (
    np.array([0.5, 0.2]),
    np.array([[0.2], [0.5], [1.1]]),
    np.array([[4.1], [5.3], [7.2]]),
)


# gradient


import numpy as np


def mean_squared_error_grad(params, X, y):  # params: float64[n]; X: float64[m, k]; y: float64[p, q]
    # forward sweep
    w = params[0]
    b = params[1]
    t = w * X + b - y

    # reverse sweep
    # 8: return np.mean((w * X + b - y) ** 2)
    t = 2.0 / t.size * t
    b_bar = np.sum(t)
    w_bar = np.sum(t * X)
    # 7: w, b = params
    params_bar = np.zeros_like(params)
    params_bar[1] = b_bar
    params_bar[0] += w_bar
    return params_bar

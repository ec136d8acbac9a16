"""An argument that may be None."""

import numpy as np


def optional_argument(w, x, bias=None):
    y = x @ w
    if bias is not None:
        y = y + bias
    return np.sum(np.tanh(y))


EXAMPLE = (np.array([0.3, -1.2]), np.array([[0.2, -0.5], [0.9, 0.3]]), None)


# gradient


import numpy as np


def optional_argument_grad(w, x, bias):  # w: float64[n]; x: float64[m, k]; bias: None
    # forward sweep
    y = x @ w
    tanh = np.tanh(y)

    # reverse sweep
    # 10: return np.sum(np.tanh(y))
    y_bar = 1 - tanh * tanh
    # 7: y = x @ w
    w_bar = x.T @ y_bar
    return w_bar

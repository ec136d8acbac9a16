"""The hyperbolic tangent, written with an exponential."""

import numpy as np


def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


EXAMPLE = (1.0,)


# gradient


import numpy as np


def tanh_grad(x):  # x: float
    # forward sweep
    y = np.exp(-2.0 * x)
    t = 1.0 + y

    # reverse sweep
    # 8: return (1.0 - y) / (1.0 + y)
    t_1 = 1.0 / t
    y_bar = -t_1 - t_1 * ((1.0 - y) / t)
    # 7: y = np.exp(-2.0 * x)
    x_bar = -2.0 * (y_bar * y)
    return x_bar

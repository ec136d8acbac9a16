"""Two names for one array: both see what is added in place."""

import numpy as np


def alias_in_place(x):
    y = np.sin(x)
    z = y
    y += x
    z[0] *= x[1]
    return np.sum(y * z)


EXAMPLE = (np.array([0.4, -0.7, 0.9]),)


# gradient


import numpy as np


def alias_in_place_grad(x):  # x: float64[n]
    # forward sweep
    y = np.sin(x)
    y += x
    t = y[0]
    y[0] = t * x[1]

    # reverse sweep
    # 11: return np.sum(y * z)
    y_bar = 2.0 * y
    # 10: z[0] *= x[1]
    t = y_bar[0] * t
    y_bar[0] = y_bar[0] * x[1]
    x_bar = np.zeros_like(x)
    x_bar[1] = t
    # 9: y += x
    x_bar += y_bar
    # 7: y = np.sin(x)
    x_bar += y_bar * np.cos(x)
    return x_bar

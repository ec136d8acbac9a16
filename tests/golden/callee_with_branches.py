"""A function that takes one of two ways, called twice."""

import numpy as np


def leaky(t):
    if t > 0:
        return t * t
    return -3.0 * t


def callee_with_branches(x):
    return leaky(x) * leaky(np.sin(x))


EXAMPLE = (-0.6,)


# gradient


import numpy as np


def callee_with_branches_grad(x):  # x: float
    # forward sweep
    t = x > 0
    t_1 = x * x if t else -3.0 * x
    sin = np.sin(x)
    t_2 = sin > 0
    t_3 = sin * sin if t_2 else -3.0 * sin

    # reverse sweep
    # 13: return leaky(x) * leaky(np.sin(x))
    x_bar = (2.0 * (t_1 * sin) if t_2 else -3.0 * t_1) * np.cos(x)
    if t:
        # 8: return t * t
        x_bar_1 = x_bar + 2.0 * (t_3 * x)
    else:
        # 9: return -3.0 * t
        x_bar_1 = x_bar + -3.0 * t_3
    return x_bar_1

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
    t_3 = x > 0
    t = x * x if t_3 else -3.0 * x
    sin = np.sin(x)
    t_4 = sin > 0
    t_1 = sin * sin if t_4 else -3.0 * sin

    # reverse sweep
    # 13: return leaky(x) * leaky(np.sin(x))
    x_bar = (2.0 * (t * sin) if t_4 else -3.0 * t) * np.cos(x)
    if t_3:
        # 8: return t * t
        x_bar += 2.0 * (t_1 * x)
    else:
        # 9: return -3.0 * t
        x_bar -= 3.0 * t_1
    return x_bar

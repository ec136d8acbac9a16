"""A function defined inside, which reads a name of the outer one."""

import numpy as np


def nested_def(x):
    def inner(t):
        return np.sin(t) * t + x

    return inner(x) * inner(2.0)


EXAMPLE = (0.6,)


# gradient


import numpy as np


def nested_def_grad(x):  # x: float
    # forward sweep
    sin = np.sin(x)
    t = np.sin(2.0) * 2.0 + x

    # reverse sweep
    # 8: return np.sin(t) * t + x
    x_bar = t * x * np.cos(x) + t * sin + t + (sin * x + x)
    return x_bar

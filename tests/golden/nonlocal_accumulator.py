"""A variable that an inner function changes."""

import numpy as np


def nonlocal_accumulator(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total * 0.5 + np.sin(v)

    for v in x:
        add(v)
    return total**2


EXAMPLE = (np.array([0.7, 1.3, 0.4]),)


# gradient


import numpy as np


def nonlocal_accumulator_grad(x):  # x: float64[n]
    # forward sweep
    t = 0.0
    for v in x:
        t = t * 0.5 + np.sin(v)

    # reverse sweep
    # 15: return total**2
    t = 2.0 * t
    x_bar = np.zeros_like(x)
    for k in range(len(x) - 1, -1, -1):
        v = x[k]
        # 11: total = total * 0.5 + np.sin(v)
        v_bar = t * np.cos(v)
        t = 0.5 * t
        x_bar[k] += v_bar
    return x_bar

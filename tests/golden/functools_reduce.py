"""A polynomial by Horner's rule, with `functools.reduce`."""

import functools

import numpy as np


def functools_reduce(c, x):
    return functools.reduce(lambda total, a: total * x + a, c, 0.0)


EXAMPLE = (np.array([0.5, -1.0, 2.0]), 1.5)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def functools_reduce_grad(c, x):  # c: float64[n]; x: float
    # forward sweep
    tape = []
    value = 0.0
    for x_1 in c:
        tape.append(value)
        value = value * x + x_1

    # reverse sweep
    c_bar = np.zeros_like(c)
    value_bar = 1.0
    x_bar = 0.0
    for k in range(len(c) - 1, -1, -1):
        value_bar_in = value_bar
        value = tape.pop()
        # 9: return functools.reduce(lambda total, a: total * x + a, c, 0.0)
        value_bar = value_bar_in * x
        x_bar += value_bar_in * value
        c_bar[k] += value_bar_in
    return c_bar, x_bar

"""A loop backwards over an array (Horner's rule)."""

import numpy as np


def for_reversed(coefficients, x):
    s = 0.0
    for c in reversed(coefficients):
        s = s * x + c
    return s


EXAMPLE = (np.array([0.3, -1.2, 0.8]), 0.7)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def for_reversed_grad(coefficients, x):  # coefficients: float64[n]; x: float
    # forward sweep
    tape = []
    s = 0.0
    for c in reversed(coefficients):
        tape.append(s)
        s = s * x + c

    # reverse sweep
    coefficients_bar = np.zeros_like(coefficients)
    s_bar = 1.0
    x_bar = 0.0
    for k in range(len(coefficients) - 1, -1, -1):
        s_bar_in = s_bar
        s = tape.pop()
        # 9: s = s * x + c
        s_bar = s_bar_in * x
        x_bar += s_bar_in * s
        coefficients_bar[len(coefficients) - 1 - k] += s_bar_in
    return coefficients_bar, x_bar

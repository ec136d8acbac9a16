"""Powers whose exponent varies too."""


def powers(x, y):
    return x**y + 2.0**x + y**-2


EXAMPLE = (1.7, 0.6)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def powers_grad(x, y):  # x: float; y: float
    # reverse sweep
    # 5: return x**y + 2.0**x + y**-2
    y_bar = x**y * np.log(x + (x == 0)) - 2.0 * y**-3
    x_bar = y * x ** (y - ((x != 0) | (y != 0))) + 2.0**x * np.log(2.0)
    return x_bar, y_bar

"""Functions of the standard library."""

import math


def math_functions(x, y):
    return math.exp(-x * x) * math.cos(y) + math.log(x) * math.sqrt(x + y)


EXAMPLE = (0.7, 0.4)
ARGNUMS = (0, 1)


# gradient


import math


def math_functions_grad(x, y):  # x: float; y: float
    # forward sweep
    exp = math.exp(-x * x)
    sqrt = math.sqrt(x + y)

    # reverse sweep
    # 7: return math.exp(-x * x) * math.cos(y) + math.log(x) * math.sqrt(x + y)
    t = 0.5 * math.log(x) / sqrt
    x_bar = 2.0 * -(math.cos(y) * exp * x) + sqrt / x + t
    y_bar = t - exp * math.sin(y)
    return x_bar, y_bar

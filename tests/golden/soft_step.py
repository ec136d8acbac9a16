"""A quotient whose parts share an expression."""

import numpy as np


def soft_step(x):
    return (1 - np.exp(-x)) / (1 + np.exp(-x))


EXAMPLE = (1.0,)


# gradient


import numpy as np


def soft_step_grad(x):  # x: float
    # forward sweep
    exp = np.exp(-x)
    exp_1 = np.exp(-x)
    t = 1 + exp_1

    # reverse sweep
    # 7: return (1 - np.exp(-x)) / (1 + np.exp(-x))
    t_1 = 1.0 / t
    x_bar = t_1 * exp + t_1 * ((1 - exp) / t) * exp_1
    return x_bar

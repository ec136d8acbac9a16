"""Several names for one value, of which one is bound again."""

import numpy as np


def chained_assignment(x):
    a = b = np.sin(x)
    a = a * x
    return a * b


EXAMPLE = (0.7,)


# gradient


import numpy as np


def chained_assignment_grad(x):  # x: float
    # forward sweep
    a = np.sin(x)
    a_1 = a * x

    # reverse sweep
    # 8: a = a * x
    x_bar = a * a
    a_bar = 2.0 * a_1
    # 7: a = b = np.sin(x)
    x_bar += a_bar * np.cos(x)
    return x_bar

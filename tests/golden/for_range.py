"""A range of constant length."""

import numpy as np


def for_range(x):
    y = x
    for i in range(1, 6):
        y = np.sin(y) * i + x
    return y


EXAMPLE = (0.6,)


# gradient


import numpy as np


def for_range_grad(x):  # x: float
    # forward sweep
    tape = []
    y = x
    for i in range(1, 6):
        tape.append(y)
        y = np.sin(y) * i + x

    # reverse sweep
    y_bar = 1.0
    x_bar = 0.0
    for i in range(5, 0, -1):
        y_bar_in = y_bar
        y = tape.pop()
        # 9: y = np.sin(y) * i + x
        y_bar = y_bar_in * i * np.cos(y)
        x_bar += y_bar_in
    x_bar += y_bar
    return x_bar

"""The user's own names that end in `_bar`, and `tape`."""

import numpy as np


def clashing_names(x, x_bar):
    tape = x * x_bar
    t = x
    for k in range(3):
        t = np.sin(t) * tape + k
    return t


EXAMPLE = (0.7, 2.0)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def clashing_names_grad(x, x_bar):  # x: float; x_bar: float
    # forward sweep
    tape = x * x_bar
    tape_1 = []
    t = x
    for k in range(3):
        sin = np.sin(t)
        tape_1.append((t, sin))
        t = sin * tape + k

    # reverse sweep
    t_bar = 1.0
    tape_bar = 0.0
    for _ in range(3):
        t_bar_in = t_bar
        t, sin = tape_1.pop()
        # 10: t = np.sin(t) * tape + k
        t_bar = t_bar_in * tape * np.cos(t)
        tape_bar += t_bar_in * sin
    # 7: tape = x * x_bar
    x_bar_bar = tape_bar * x
    x_bar = t_bar + tape_bar * x_bar
    return x_bar, x_bar_bar

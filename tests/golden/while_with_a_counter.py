"""A loop that counts."""

import numpy as np


def while_with_a_counter(x):
    i = 0
    y = x
    while i < 4:
        y = np.sin(y) + x * i
        i += 1
    return y


EXAMPLE = (0.4,)


# gradient


import numpy as np


def while_with_a_counter_grad(x):  # x: float
    # forward sweep
    tape = []
    i = 0
    y = x
    while i < 4:
        tape.append((i, y))
        y = np.sin(y) + x * i
        i += 1

    # reverse sweep
    y_bar = 1.0
    x_bar = 0.0
    for _ in range(len(tape)):
        y_bar_in = y_bar
        i, y = tape.pop()
        # 10: y = np.sin(y) + x * i
        y_bar = y_bar_in * np.cos(y)
        x_bar += y_bar_in * i
    x_bar += y_bar
    return x_bar

"""A loop while a value is large."""

import numpy as np


def while_loop(x):
    y = 0.0
    while x > 1.0:
        x = x / 2.5
        y = y + np.sqrt(x)
    return y * x


EXAMPLE = (8.0,)


# gradient


import numpy as np


def while_loop_grad(x):  # x: float
    # forward sweep
    tape = []
    y = 0.0
    while x > 1.0:
        x /= 2.5
        sqrt = np.sqrt(x)
        tape.append(sqrt)
        y += sqrt

    # reverse sweep
    x_bar = y
    for _ in range(len(tape)):
        sqrt = tape.pop()
        # 10: y = y + np.sqrt(x)
        x_bar += 0.5 * x / sqrt
        # 9: x = x / 2.5
        x_bar /= 2.5
    return x_bar

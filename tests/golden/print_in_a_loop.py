"""Output happens in the forward sweep, once."""

import numpy as np


def print_in_a_loop(x, n):
    y = x
    for i in range(n):
        y = np.sin(y)
        print(f"after {i:3d} steps: {y:.4f}", end=" ")
    return y


EXAMPLE = (0.6, 3)


# gradient


import numpy as np


def print_in_a_loop_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    y = x
    for i in range(n):
        tape.append(y)
        y = np.sin(y)
        print(f"after {i:3d} steps: {y:.4f}", end=" ")

    # reverse sweep
    y_bar = 1.0
    for _ in range(n):
        y = tape.pop()
        # 9: y = np.sin(y)
        y_bar *= np.cos(y)
    return y_bar

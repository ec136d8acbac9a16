"""The inner loop's range depends on the outer one."""

import numpy as np


def nested_loops(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            total = total + np.sin(x * i + j) * total * 0.1 + x
    return total


EXAMPLE = (0.3, 5)


# gradient


import numpy as np


def nested_loops_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    total = 0.0
    for i in range(n):
        for j in range(i):
            sin = np.sin(x * i + j)
            tape.append((total, sin))
            total = total + sin * total * 0.1 + x

    # reverse sweep
    total_bar = 1.0
    x_bar = 0.0
    for i in range(n - 1, -1, -1):
        for j in range(i - 1, -1, -1):
            total, sin = tape.pop()
            # 10: total = total + np.sin(x * i + j) * total * 0.1 + x
            t = 0.1 * total_bar
            x_bar += t * total * np.cos(x * i + j) * i + total_bar
            total_bar = t * sin + total_bar
    return x_bar

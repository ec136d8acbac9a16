"""Names first bound inside a loop and read after it."""

import numpy as np


def last_values(x, n):
    y = x
    for i in range(n):
        t = y * y
        u = np.sin(t) + i
        y = u * x
    return y + t * u


EXAMPLE = (0.6, 4)


# gradient


import numpy as np


def last_values_grad(x, n):  # x: float; n: int
    # forward sweep
    tape = []
    t = None
    u = None
    y = x
    for i in range(n):
        t = y * y
        u = np.sin(t) + i
        tape.append((y, u))
        y = u * x

    # reverse sweep
    t_bar = u
    u_bar = t
    y_bar = 1.0
    x_bar = 0.0
    for _ in range(n):
        y, u = tape.pop()
        # 9: t = y * y
        t = y * y
        # 11: y = u * x
        x_bar += y_bar * u
        u_bar += y_bar * x
        # 10: u = np.sin(t) + i
        t_bar += u_bar * np.cos(t)
        # 9: t = y * y
        y_bar = 2.0 * (t_bar * y)
        t_bar = 0.0
        u_bar = 0.0
    x_bar += y_bar
    return x_bar

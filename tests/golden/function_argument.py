"""Functions passed as arguments."""

import numpy as np


def repeat(function, t, times):
    for _ in range(times):
        t = function(t)
    return t


def damped(t):
    return 0.5 * t * t


def function_argument(x):
    return repeat(np.sin, x, 3) + repeat(damped, x, 2)


EXAMPLE = (0.6,)


# gradient


import numpy as np


def function_argument_grad(x):  # x: float
    # forward sweep
    tape = []
    t = x
    for _ in range(3):
        tape.append(t)
        t = np.sin(t)
    tape_1 = []
    t = x
    for _ in range(2):
        tape_1.append(t)
        t = 0.5 * t * t

    # reverse sweep
    t_bar = 1.0
    for _ in range(2):
        t = tape_1.pop()
        # 13: return 0.5 * t * t
        t_bar = 0.5 * (t_bar * t) + 0.5 * t_bar * t
    t_bar_1 = 1.0
    for _ in range(3):
        t = tape.pop()
        # 8: t = function(t)
        t_bar_1 *= np.cos(t)
    x_bar = t_bar + t_bar_1
    return x_bar

"""An exception in some passes of a loop."""

import math

import numpy as np


def try_in_a_loop(x):
    total = 0.0
    for v in x:
        try:
            total += math.sqrt(v - 0.5) * v
        except ValueError:
            total += v**2
    return total


EXAMPLE = (np.array([0.7, 1.3, 0.4]),)


# gradient


import math

import numpy as np


def try_in_a_loop_grad(x):  # x: float64[n]
    # forward sweep
    tape = []
    tape_1 = []
    for v in x:
        try:
            tape.append(math.sqrt(v - 0.5))
            done = True
        except ValueError:
            done = False
        tape_1.append(done)

    # reverse sweep
    x_bar = np.zeros_like(x)
    for k in range(len(x) - 1, -1, -1):
        v = x[k]
        done = tape_1.pop()
        if done:
            t = tape.pop()
            # 12: total += math.sqrt(v - 0.5) * v
            v_bar = 0.5 * v / t + t
        else:
            # 14: total += v**2
            v_bar = 2.0 * v
        x_bar[k] += v_bar
    return x_bar

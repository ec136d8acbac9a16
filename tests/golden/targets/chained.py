"""The gradient of `chained` by hand."""

import numpy as np


def chained_grad(a, b):
    # forward sweep
    tape = []
    z = 0
    for i in range(100):
        c = np.cos(z + i)
        s = np.sin(b - i)
        tape.append((z, c, s))
        z = a * c + z * s

    # reverse sweep
    a_bar = 0.0
    b_bar = 0.0
    z_bar = 1.0
    for i in range(99, -1, -1):
        z, c, s = tape.pop()
        # z = a * np.cos(z + i) + z * np.sin(b - i)
        a_bar += z_bar * c
        b_bar += z_bar * z * np.cos(b - i)
        z_bar = z_bar * s - z_bar * a * np.sin(z + i)
    return a_bar, b_bar

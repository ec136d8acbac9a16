"""The value and the gradient, from one pass."""

import numpy as np


def recurrence(a, b):
    z = 0
    for i in range(100):
        z = a * np.cos(z + i) + z * np.sin(b - i)
    return z


EXAMPLE = (0.7, 0.4)
ARGNUMS = (0, 1)
VALUE = True


# gradient


import numpy as np


def recurrence_grad(a, b):  # a: float; b: float
    # forward sweep
    tape = []
    z = 0
    for i in range(100):
        cos = np.cos(z + i)
        sin = np.sin(b - i)
        tape.append((z, cos, sin))
        z = a * cos + z * sin

    # reverse sweep
    z_bar = 1.0
    b_bar = 0.0
    a_bar = 0.0
    for i in range(99, -1, -1):
        z_1, cos, sin = tape.pop()
        # 9: z = a * np.cos(z + i) + z * np.sin(b - i)
        b_bar += z_bar * z_1 * np.cos(b - i)
        a_bar += z_bar * cos
        z_bar = z_bar * sin - z_bar * a * np.sin(z_1 + i)
    return z, (a_bar, b_bar)

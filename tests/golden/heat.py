"""A stencil that overwrites its array: linear, so nothing is kept."""

import numpy as np


def heat(u0, c, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
    return np.sum(u**2)


EXAMPLE = (np.array([0.1, 0.9, -0.4, 0.6, 0.3, -0.7]), 0.2, 3)


# gradient


import numpy as np


def heat_grad(u0, c, steps):  # u0: float64[n]; c: float; steps: int
    # forward sweep
    u = np.copy(u0)
    for _ in range(steps):
        u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])

    # reverse sweep
    # 10: return np.sum(u**2)
    u_bar = 2.0 * u
    for _ in range(steps):
        # 9: u[1:-1] += c * (u[2:] - 2 * u[1:-1] + u[:-2])
        t = u_bar[1:-1] * c
        u_bar[:-2] += t
        u_bar[1:-1] -= 2 * t
        u_bar[2:] += t
    return u_bar

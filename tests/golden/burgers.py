"""A store whose overwritten part is needed: kept before it is gone."""

import numpy as np


def burgers(u0, steps):
    u = u0.copy()
    for _ in range(steps):
        u[1:] = u[1:] - 0.1 * u[1:] * (u[1:] - u[:-1])
    return np.sum(u * u)


EXAMPLE = (np.array([0.2, 0.5, -0.3, 0.4, 0.1]), 3)


# gradient


import numpy as np


def burgers_grad(u0, steps):  # u0: float64[n]; steps: int
    # forward sweep
    u = np.copy(u0)
    tape = []
    for _ in range(steps):
        t = 0.1 * u[1:]
        t_1 = u[1:] - u[:-1]
        tape.append((t, t_1))
        u[1:] = u[1:] - t * t_1

    # reverse sweep
    # 10: return np.sum(u * u)
    u_bar = 2.0 * u
    for _ in range(steps):
        t, t_1 = tape.pop()
        # 9: u[1:] = u[1:] - 0.1 * u[1:] * (u[1:] - u[:-1])
        t = u_bar[1:] * t
        u_bar[1:] = -(0.1 * (u_bar[1:] * t_1)) - t + u_bar[1:]
        u_bar[:-1] += t
    return u_bar

"""Two arrays that take turns."""

import numpy as np


def swap_buffers(u0, steps):
    u = u0.copy()
    new = np.zeros_like(u)
    for _ in range(steps):
        new[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u, new = new, u
    return np.sum(u**2)


EXAMPLE = (np.array([0.1, 0.9, -0.4, 0.6, 0.3]), 3)


# gradient


import numpy as np


def swap_buffers_grad(u0, steps):  # u0: float64[n]; steps: int
    # forward sweep
    u = np.copy(u0)
    new = np.zeros_like(u)
    for _ in range(steps):
        new[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        new, u = u, new

    # reverse sweep
    # 12: return np.sum(u**2)
    u_bar = 2.0 * u
    new_bar = np.zeros_like(new)
    for _ in range(steps):
        new_bar_in = new_bar
        # 10: new[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        t = np.copy(u_bar[1:-1])
        u_bar[1:-1] = 0.0
        t_1 = 0.1 * t
        new_bar_in[:-2] += t_1
        new_bar_in[2:] += t_1
        new_bar_in[1:-1] += t - 0.2 * t
        new_bar = u_bar
        u_bar = new_bar_in
    return u_bar

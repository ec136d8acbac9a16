"""Functions that write into what they are given."""

import numpy as np


def clamp_ends(u, value):
    u[0] = value
    u[-1] = value * u[1]


def mutating_callee(x, value):
    u = np.sin(x)
    clamp_ends(u, value)
    clamp_ends(u[1:], x[0])
    return np.sum(u**2)


EXAMPLE = (np.array([0.4, -0.7, 0.9, 0.2]), 0.3)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def mutating_callee_grad(x, value):  # x: float64[n]; value: float
    # forward sweep
    u = np.sin(x)
    u[0] = value
    t = u[1]
    u[-1] = value * t
    t_1 = x[0]
    u[1:][0] = t_1
    t_2 = u[1:][1]
    u[1:][-1] = t_1 * t_2

    # reverse sweep
    # 15: return np.sum(u**2)
    u_bar = 2.0 * u
    # 8: u[-1] = value * u[1]
    t_3 = u_bar[1:][-1]
    u_bar[1:][-1] = 0.0
    u_bar[1:][1] += t_3 * t_1
    # 7: u[0] = value
    t_1 = u_bar[1:][0]
    u_bar[1:][0] = 0.0
    # 14: clamp_ends(u[1:], x[0])
    x_bar = np.zeros_like(x)
    x_bar[0] = t_3 * t_2 + t_1
    # 8: u[-1] = value * u[1]
    t_1 = u_bar[-1]
    u_bar[-1] = 0.0
    value_bar = t_1 * t
    u_bar[1] += t_1 * value
    # 7: u[0] = value
    t = u_bar[0]
    u_bar[0] = 0.0
    value_bar += t
    # 12: u = np.sin(x)
    x_bar += u_bar * np.cos(x)
    return x_bar, value_bar

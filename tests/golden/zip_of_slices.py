"""A loop over neighbours: slices of one array, side by side."""

import numpy as np


def zip_of_slices(v):
    s = 0.0
    for a, b in zip(v[:-1], v[1:]):
        s = s + (b - a) ** 2 * s + a
    return s


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9]),)


# gradient


import numpy as np


def zip_of_slices_grad(v):  # v: float64[n]
    # forward sweep
    t_2 = v[:-1]
    t_3 = v[1:]
    tape = []
    s = 0.0
    for a, b in zip(t_2, t_3):
        tape.append(s)
        s = s + (b - a) ** 2 * s + a

    # reverse sweep
    t = np.zeros_like(t_2)
    t_1 = np.zeros_like(t_3)
    s_bar = 1.0
    for k in range(min(len(t_2), len(t_3)) - 1, -1, -1):
        a = t_2[k]
        b = t_3[k]
        s = tape.pop()
        # 9: s = s + (b - a) ** 2 * s + a
        t_4 = b - a
        b_bar = 2 * (s_bar * s) * t_4
        a_bar = s_bar - b_bar
        s_bar = s_bar * t_4**2 + s_bar
        t[k] += a_bar
        t_1[k] += b_bar
    v_bar = np.zeros_like(v)
    v_bar[1:] = t_1
    v_bar[:-1] += t
    return v_bar

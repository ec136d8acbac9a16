"""Slices with steps, forwards and backwards."""

import numpy as np


def slices(v):
    return np.sum(v[::-1] * v) + np.sum(v[1:-1] ** 2) + np.sum(v[::2] ** 3)


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9, -1.4, 0.25]),)


# gradient


import numpy as np


def slices_grad(v):  # v: float64[n]
    # reverse sweep
    # 7: return np.sum(v[::-1] * v) + np.sum(v[1:-1] ** 2) + np.sum(v[::2] ** 3)
    v_bar = np.zeros_like(v)
    v_bar[::2] = 3.0 * v[::2] ** 2
    v_bar[1:-1] += 2.0 * v[1:-1]
    v_bar += v[::-1]
    v_bar[::-1] += v
    return v_bar

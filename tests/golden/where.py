"""A choice by element."""

import numpy as np


def where(v):
    return np.sum(np.where(v > 0, v**2, -v))


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9]),)


# gradient


import numpy as np


def where_grad(v):  # v: float64[n]
    # forward sweep
    t = v > 0

    # reverse sweep
    # 7: return np.sum(np.where(v > 0, v**2, -v))
    broadcast_to = np.broadcast_to(1.0, v.shape)
    v_bar = np.where(t, broadcast_to * (2 * v), 0) - np.where(t, 0, broadcast_to)
    return v_bar

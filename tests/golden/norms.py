"""Lengths of a vector."""

import numpy as np


def norms(v, w):
    cosine = np.dot(v, w) / (np.linalg.norm(v) * np.linalg.norm(w))
    return 1.0 - cosine


EXAMPLE = (np.array([0.3, -1.2, 0.8]), np.array([1.5, 0.4, -0.6]))
ARGNUMS = (0, 1)


# gradient


import numpy as np


def norms_grad(v, w):  # v: float64[n]; w: float64[m]
    # forward sweep
    norm = np.linalg.norm(v)
    norm_1 = np.linalg.norm(w)
    t = norm * norm_1
    cosine = np.dot(v, w) / t

    # reverse sweep
    # 7: cosine = np.dot(v, w) / (np.linalg.norm(v) * np.linalg.norm(w))
    t = -1.0 / t
    t_1 = t * cosine
    w_bar = t * v + w * (-(t_1 * norm) / (norm_1 + (norm_1 == 0)))
    v_bar = t * w + v * (-(t_1 * norm_1) / (norm + (norm == 0)))
    return v_bar, w_bar

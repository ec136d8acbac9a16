"""Sums and means along axes: standardised rows."""

import numpy as np


def reductions(a):
    centred = a - np.mean(a, axis=1, keepdims=True)
    scale = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
    return np.sum(np.prod(centred / scale, axis=0))


EXAMPLE = (np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]),)
NUMPY_ALONE = False


# gradient


import numpy as np
from srcgrad.runtime import product_of_others


def reductions_grad(a):  # a: float64[n, m]
    # forward sweep
    mean = np.mean(a, axis=1, keepdims=True)
    centred = a - mean
    mean_1 = np.mean(centred**2, axis=1, keepdims=True)
    scale = np.sqrt(mean_1 + 1e-05)
    t = centred / scale

    # reverse sweep
    # 9: return np.sum(np.prod(centred / scale, axis=0))
    centred_bar = np.broadcast_to(1.0, (a.shape[1],))[None] * product_of_others(t, 0) / scale
    scale_bar = -np.sum(centred_bar * t, axis=1)[:, None]
    # 8: scale = np.sqrt(np.mean(centred**2, axis=1, keepdims=True) + 1e-5)
    centred_bar += 0.5 * scale_bar / scale / (a.size // mean_1.size) * (2 * centred)
    # 7: centred = a - np.mean(a, axis=1, keepdims=True)
    a_bar = -np.sum(centred_bar, axis=1)[:, None] / (a.size // mean.size) + centred_bar
    return a_bar

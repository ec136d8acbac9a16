"""Arrays joined."""

import numpy as np


def concatenate(v, w):
    both = np.concatenate((v, w, v))
    return np.sum(both[1:] * both[:-1])


EXAMPLE = (np.array([0.3, -1.2, 0.8]), np.array([1.5, 0.4]))
ARGNUMS = (0, 1)
NUMPY_ALONE = False


# gradient


import numpy as np
from srcgrad.runtime import split_like


def concatenate_grad(v, w):  # v: float64[n]; w: float64[m]
    # forward sweep
    both = np.concatenate((v, w, v))

    # reverse sweep
    # 8: return np.sum(both[1:] * both[:-1])
    both_bar = np.zeros_like(both)
    both_bar[:-1] = both[1:]
    both_bar[1:] += both[:-1]
    # 7: both = np.concatenate((v, w, v))
    split_like_ = split_like(both_bar, (v, w, v), 0)
    v_bar = split_like_[2] + split_like_[0]
    w_bar = np.copy(split_like_[1])
    return v_bar, w_bar

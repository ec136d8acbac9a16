"""A mask as an index."""

import numpy as np


def mask_index(v):
    positive = v[v > 0]
    return np.sum(np.log(positive))


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9]),)


# gradient


import numpy as np


def mask_index_grad(v):  # v: float64[n]
    # forward sweep
    t = v > 0
    positive = v[t]

    # reverse sweep
    # 8: return np.sum(np.log(positive))
    positive_bar = 1.0 / positive
    # 7: positive = v[v > 0]
    v_bar = np.zeros_like(v)
    v_bar[t] = positive_bar
    return v_bar

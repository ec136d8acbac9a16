"""A loop over elements and their indices."""

import numpy as np


def for_enumerate(v):
    s = 0.0
    for i, e in enumerate(v):
        s = s + i * e**2
    return s


EXAMPLE = (np.array([0.3, -1.2, 0.8]),)


# gradient


import numpy as np


def for_enumerate_grad(v):  # v: float64[n]
    # reverse
    v_bar = np.zeros_like(v)
    for k in range(len(v) - 1, -1, -1):
        e = v[k]
        # 9: s = s + i * e**2
        e_bar = 2.0 * k * e
        v_bar[k] += e_bar
    return v_bar

"""A loop over two arrays at once."""

import numpy as np


def for_zip(v, w):
    s = 0.0
    for a, b in zip(v, w):
        s = s + a * b**2
    return s


EXAMPLE = (np.array([0.3, -1.2, 0.8]), np.array([1.5, 0.4, -0.6]))
ARGNUMS = (0, 1)


# gradient


import numpy as np


def for_zip_grad(v, w):  # v: float64[n]; w: float64[m]
    # reverse
    v_bar = np.zeros_like(v)
    w_bar = np.zeros_like(w)
    for k in range(min(len(v), len(w)) - 1, -1, -1):
        a = v[k]
        b = w[k]
        # 9: s = s + a * b**2
        a_bar = b**2
        b_bar = 2 * a * b
        v_bar[k] += a_bar
        w_bar[k] += b_bar
    return v_bar, w_bar

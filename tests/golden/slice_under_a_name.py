"""Parts of an array under names, read again."""

import numpy as np


def slice_under_a_name(a):
    top = a[0]
    left = a[:, 0]
    return np.sum(top * left) + top[1] * left[2]


EXAMPLE = (np.array([[1.2, 0.1, -0.4], [0.3, 0.8, 0.5], [-0.2, 0.6, 1.5]]),)


# gradient


import numpy as np


def slice_under_a_name_grad(a):  # a: float64[n, m]
    # forward sweep
    top = a[0]
    left = a[:, 0]

    # reverse sweep
    # 9: return np.sum(top * left) + top[1] * left[2]
    a_bar = np.zeros_like(a)
    a_bar[:, 0][2] = top[1]
    a_bar[0, 1] += left[2]
    # 8: left = a[:, 0]
    a_bar[:, 0] += top
    # 7: top = a[0]
    a_bar[0] += left
    return a_bar

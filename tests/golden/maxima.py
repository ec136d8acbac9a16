"""Equal elements share the gradient of a maximum."""

import numpy as np


def maxima(a, b):
    return np.max(a) + np.sum(np.maximum(a, b)) + np.sum(np.max(a, axis=0) ** 2)


EXAMPLE = (
    np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]),
    np.array([[0.4, -0.8, 1.3], [0.1, 0.6, -0.9]]),
)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def maxima_grad(a, b):  # a: float64[n, m]; b: float64[k, p]
    # forward sweep
    max_ = np.max(a, axis=0)

    # reverse sweep
    # 7: return np.max(a) + np.sum(np.maximum(a, b)) + np.sum(np.max(a, axis=0) ** 2)
    ties = a == max_[None]
    t = 0.5 * (a == b)
    b_bar = (b > a) + t
    ties_1 = a == np.max(a)
    a_bar = (
        1.0 / np.count_nonzero(ties_1) * ties_1
        + ((a > b) + t)
        + (2.0 * max_ / np.sum(ties, axis=0))[None] * ties
    )
    return a_bar, b_bar

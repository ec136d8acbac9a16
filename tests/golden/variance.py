"""Statistics of columns."""

import numpy as np


def variance(a):
    return np.sum(np.var(a, axis=0)) + np.std(a)


EXAMPLE = (np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]),)


# gradient


import numpy as np


def variance_grad(a):  # a: float64[n, m]
    # forward sweep
    std = np.std(a)

    # reverse sweep
    # 7: return np.sum(np.var(a, axis=0)) + np.std(a)
    t = a.shape[1]
    centred = a - np.mean(a, axis=0)[None]
    a_bar = (
        2 * np.broadcast_to(1.0, (t,)) / (a.size // t)
    )[None] * centred + 1.0 / (a.size * (std + (std == 0))) * (a - np.mean(a))
    return a_bar

"""Statistics of columns."""

import numpy as np


def variance(a):
    spread = np.std(a)
    return np.sum(np.var(a, axis=0)) * spread


EXAMPLE = (np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]),)


# gradient


import numpy as np


def variance_grad(a):  # a: float64[n, m]
    # forward sweep
    spread = np.std(a)
    spread_bar = np.sum(np.var(a, axis=0))

    # reverse sweep
    # 8: return np.sum(np.var(a, axis=0)) * spread
    t = a.shape[1]
    centred = a - np.mean(a, axis=0)[None]
    a_bar = (2 * np.broadcast_to(spread, (t,)) / (a.size // t))[None] * centred
    # 7: spread = np.std(a)
    a_bar += spread_bar / (a.size * (spread + (spread == 0))) * (a - np.mean(a))
    return a_bar

"""`None` and the ellipsis as indices."""

import numpy as np


def new_axes(v, a):
    differences = v[:, None] - v
    return np.sum(differences**2) + np.sum(a[..., 0] * v)


EXAMPLE = (np.array([0.3, -1.2, 0.8]), np.array([[0.2, -0.5], [0.9, 0.3], [1.1, -0.7]]))
ARGNUMS = (0, 1)


# gradient


import numpy as np


def new_axes_grad(v, a):  # v: float64[n]; a: float64[m, k]
    # forward sweep
    differences = v[:, None] - v
    v_bar = a[..., 0]

    # reverse sweep
    # 8: return np.sum(differences**2) + np.sum(a[..., 0] * v)
    a_bar = np.zeros_like(a)
    a_bar[..., 0] = v
    differences_bar = 2.0 * differences
    # 7: differences = v[:, None] - v
    v_bar = v_bar + (np.sum(differences_bar, axis=1) - np.sum(differences_bar, axis=0))
    return v_bar, a_bar

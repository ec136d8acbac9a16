"""A row, a column and a scalar against a matrix: three sums."""

import numpy as np


def broadcasting(row, column, scalar, a):
    return np.sum((a * row + column) * scalar)


EXAMPLE = (
    np.array([0.3, -1.2, 0.8]),
    np.array([[0.7], [-0.4]]),
    0.6,
    np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]]),
)
ARGNUMS = (0, 1, 2)


# gradient


import numpy as np


# row: float64[n]; column: float64[m, k]; scalar: float; a: float64[p, q]
def broadcasting_grad(row, column, scalar, a):
    # reverse sweep
    # 7: return np.sum((a * row + column) * scalar)
    scalar_bar = np.sum(a * row + column)
    column_bar = np.sum(np.broadcast_to(scalar, a.shape), axis=1)[:, None]
    row_bar = np.sum(scalar * a, axis=0)
    column_bar = np.copy(column_bar)
    return row_bar, column_bar, scalar_bar

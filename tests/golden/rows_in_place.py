"""Rows of an array written in a loop over them."""

import numpy as np


def rows_in_place(a):
    b = a.copy()
    for row in b:
        row -= np.mean(row)
        row[0] = row[1] * row[2]
    return np.sum(b**2)


EXAMPLE = (np.array([[0.4, -0.7, 0.9], [0.3, 0.8, -0.2]]),)


# gradient


import numpy as np


def rows_in_place_grad(a):  # a: float64[n, m]
    # forward sweep
    b = np.copy(a)
    len_ = len(b)
    for t in range(len_):
        row = b[t]
        b[t] -= np.mean(row)
        row[0] = row[1] * row[2]

    # reverse sweep
    # 11: return np.sum(b**2)
    b_bar = 2.0 * b
    for k in range(len_ - 1, -1, -1):
        row = b[k]
        # 10: row[0] = row[1] * row[2]
        t = b_bar[k][0]
        b_bar[k][0] = 0.0
        b_bar[k, 2] += t * row[1]
        b_bar[k, 1] += t * row[2]
        # 9: row -= np.mean(row)
        row_bar = -np.sum(b_bar[k]) / row.size
        b_bar[k] += row_bar
    return b_bar

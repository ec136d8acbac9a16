"""Integer arrays as indices, with repeats."""

import numpy as np


def fancy_index(table, index):
    rows = table[index]
    return np.sum(rows**2)


EXAMPLE = (np.array([[0.2, -0.5], [0.9, 0.3], [1.1, -0.7]]), np.array([2, 0, 2]))


# gradient


import numpy as np


def fancy_index_grad(table, index):  # table: float64[n, m]; index: int64[k]
    # forward sweep
    rows = table[index]

    # reverse sweep
    # 8: return np.sum(rows**2)
    rows_bar = 2.0 * rows
    # 7: rows = table[index]
    table_bar = np.zeros_like(table)
    np.add.at(table_bar, index, rows_bar)
    return table_bar

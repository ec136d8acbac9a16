"""A list used as a table, by an index that only a run knows."""

import numpy as np


def list_elements(x):
    table = [0.0] * 4
    for i in range(4):
        table[i] = x[i] ** 2
    for i in range(1, 4):
        table[i] += 0.5 * table[i - 1]
    return table[1] * table[3]


EXAMPLE = (np.array([0.4, -0.7, 0.9, 0.2]),)


# gradient


import numpy as np


def list_elements_grad(x):  # x: float64[n]
    # forward sweep
    table = [0.0, 0.0, 0.0, 0.0]
    for i in range(4):
        table[i] = x[i] ** 2
    for i in range(1, 4):
        table[i] = table[i] + 0.5 * table[i - 1]

    # reverse sweep
    # 12: return table[1] * table[3]
    table_bar = [0.0] * len(table)
    table_bar[3] = table_bar[3] + table[1]
    table_bar[1] = table_bar[1] + table[3]
    for i in range(3, 0, -1):
        # 11: table[i] += 0.5 * table[i - 1]
        t = table_bar[i]
        table_bar[i] = 0.0
        table_bar[i] = table_bar[i] + t
        table_bar[i - 1] = table_bar[i - 1] + 0.5 * t
    x_bar = np.zeros_like(x)
    for i in range(3, -1, -1):
        # 9: table[i] = x[i] ** 2
        t = table_bar[i]
        table_bar[i] = 0.0
        x_bar[i] += 2 * t * x[i]
    return x_bar

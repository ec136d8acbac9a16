"""A list of arrays, indexed by a loop."""

import numpy as np


def list_by_index(knots):
    length = 0.0
    for i in range(1, len(knots)):
        length = length + np.sum((knots[i] - knots[i - 1]) ** 2)
    return length


EXAMPLE = ([np.array([0.3, -1.2]), np.array([1.5, 0.4]), np.array([0.6, -0.7])],)


# gradient


import numpy as np


def list_by_index_grad(knots):  # knots: list[float64[m]]
    # reverse sweep
    knots_bar = [np.zeros_like(e) for e in knots]
    for i in range(len(knots) - 1, 0, -1):
        # 9: length = length + np.sum((knots[i] - knots[i - 1]) ** 2)
        t = 2.0 * (knots[i] - knots[i - 1])
        knots_bar[i - 1] = knots_bar[i - 1] - t
        knots_bar[i] = knots_bar[i] + t
    return knots_bar

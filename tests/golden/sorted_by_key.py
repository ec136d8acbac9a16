"""The elements that are nearest to a value, by `sorted` with a key."""

import numpy as np


def sorted_by_key(x, at):
    near = sorted(x, key=lambda v: abs(v - at))
    return near[0] ** 2 * near[1]


EXAMPLE = (np.array([0.7, 1.3, 0.4]), 0.6)


# gradient


import numpy as np


def sorted_by_key_grad(x, at):  # x: float64[n]; at: float
    # forward sweep
    elements_ = []
    for v in x:
        elements_.append(abs(v - at))
    order = np.argsort(np.array(elements_), kind="stable")
    elements = []
    for i in order:
        elements.append(x[i])

    # reverse sweep
    # 8: return near[0] ** 2 * near[1]
    elements_bar = [0.0] * len(elements)
    elements_bar[1] = elements_bar[1] + elements[0] ** 2
    elements_bar[0] = elements_bar[0] + 2 * elements[1] * elements[0]
    x_bar = np.zeros_like(x)
    for k in range(len(order) - 1, -1, -1):
        # 7: near = sorted(x, key=lambda v: abs(v - at))
        i = order[k]
        t = elements_bar.pop()
        x_bar[i] += t
    return x_bar

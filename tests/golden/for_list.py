"""A loop over a list of numbers."""

import numpy as np


def for_list(values):
    s = 1.0
    for value in values:
        s = s * np.sin(value) + value
    return s


EXAMPLE = ([0.3, 0.7, -0.2],)


# gradient


import numpy as np


def for_list_grad(values):  # values: list[float]
    # forward sweep
    tape = []
    s = 1.0
    for value in values:
        sin = np.sin(value)
        tape.append((s, sin))
        s = s * sin + value

    # reverse sweep
    values_bar = list(values)
    s_bar = 1.0
    for k in range(len(values) - 1, -1, -1):
        s_bar_in = s_bar
        value = values[k]
        s, sin = tape.pop()
        # 9: s = s * np.sin(value) + value
        s_bar = s_bar_in * sin
        value_bar = s_bar_in * s * np.cos(value) + s_bar_in
        values_bar[k] = value_bar
    return values_bar

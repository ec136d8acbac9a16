"""A loop over a tuple is written out."""

import numpy as np


def for_tuple(values):
    s = 1.0
    for value in values:
        s = s * np.sin(value) + value
    return s


EXAMPLE = ((0.3, 0.7, -0.2),)


# gradient


import numpy as np


def for_tuple_grad(values):  # values: (float, float, float)
    # forward sweep
    t, t_1, t_2 = values
    s = np.sin(t) + t
    sin = np.sin(t_1)
    s_1 = s * sin + t_1
    s_bar = np.sin(t_2)

    # reverse sweep
    # 9: s = s * np.sin(value) + value
    s_bar_1 = s_bar * sin
    values_2_bar = s_1 * np.cos(t_2) + 1.0
    values_1_bar = s_bar * s * np.cos(t_1) + s_bar
    values_0_bar = s_bar_1 * np.cos(t) + s_bar_1
    return values_0_bar, values_1_bar, values_2_bar

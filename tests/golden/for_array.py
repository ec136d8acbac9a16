"""A loop over the elements of an array."""

import numpy as np


def for_array(v):
    s = 0.0
    for e in v:
        s = s + e * e * s + e
    return s


EXAMPLE = (np.array([0.5, -0.3, 1.1, 0.9]),)


# gradient


import numpy as np


def for_array_grad(v):  # v: float64[n]
    # forward sweep
    tape = []
    s = 0.0
    for e in v:
        tape.append(s)
        s = s + e * e * s + e

    # reverse sweep
    v_bar = np.zeros_like(v)
    s_bar = 1.0
    for k in range(len(v) - 1, -1, -1):
        e = v[k]
        s = tape.pop()
        # 9: s = s + e * e * s + e
        e_bar = 2.0 * (s_bar * s * e) + s_bar
        s_bar = s_bar * (e * e) + s_bar
        v_bar[k] += e_bar
    return v_bar

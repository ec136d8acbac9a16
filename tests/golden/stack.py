"""Arrays stacked to rows."""

import numpy as np


def stack(v, w):
    rows = np.stack([v, v * w])
    return np.sum(np.tanh(rows) ** 2)


EXAMPLE = (np.array([0.3, -1.2, 0.8]), np.array([1.5, 0.4, -0.6]))
ARGNUMS = (0, 1)


# gradient


import numpy as np


def stack_grad(v, w):  # v: float64[n]; w: float64[m]
    # forward sweep
    rows = np.stack([v, v * w])
    tanh = np.tanh(rows)

    # reverse sweep
    # 8: return np.sum(np.tanh(rows) ** 2)
    rows_bar = 2.0 * tanh * (1 - tanh * tanh)
    # 7: rows = np.stack([v, v * w])
    w_bar = rows_bar[1] * v
    v_bar = rows_bar[1] * w + rows_bar[0]
    return v_bar, w_bar

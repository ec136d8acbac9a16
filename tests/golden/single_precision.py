"""float32 stays float32."""

import numpy as np


def single_precision(v, w):
    return np.sum(np.tanh(v) * w)


EXAMPLE = (np.array([0.3, -1.2, 0.8], dtype=np.float32), np.array([1.5, 0.4, -0.6]))


# gradient


import numpy as np


def single_precision_grad(v, w):  # v: float32[n]; w: float64[m]
    # forward sweep
    tanh = np.tanh(v)

    # reverse sweep
    # 7: return np.sum(np.tanh(v) * w)
    v_bar = w.astype(np.float32) * (1 - tanh * tanh)
    return v_bar

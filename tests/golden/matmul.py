"""Products of matrices and vectors of every rank."""

import numpy as np


def matmul(a, v, batch):
    return v @ a @ v + np.sum((a @ v) ** 2) + np.sum(np.sin(batch @ a))


EXAMPLE = (
    np.array([[1.2, 0.1, -0.4], [0.3, 0.8, 0.5], [-0.2, 0.6, 1.5]]),
    np.array([0.3, -1.2, 0.8]),
    np.sin(np.arange(12.0)).reshape(2, 2, 3),
)
ARGNUMS = (0, 1, 2)


# gradient


import numpy as np


def matmul_grad(a, v, batch):  # a: float64[n, m]; v: float64[k]; batch: float64[p, q, r]
    # forward sweep
    t = a @ v
    t_1 = batch @ a

    # reverse sweep
    # 7: return v @ a @ v + np.sum((a @ v) ** 2) + np.sum(np.sin(batch @ a))
    cos = np.cos(t_1)
    transpose = a.T
    batch_bar = cos @ transpose
    t_2 = 2.0 * t
    a_bar = (
        np.outer(v, v)
        + np.outer(t_2, v)
        + np.reshape(batch, (-1, batch.shape[-1])).T @ np.reshape(cos, (-1, t_1.shape[-1]))
    )
    v_bar = t + v @ a + transpose @ t_2
    return a_bar, v_bar, batch_bar

"""Methods and attributes of arrays."""

import numpy as np


def methods(a, v):
    y = a.T.dot(v).reshape(-1)
    return y.sum() + (y * y).mean() * a.copy().ravel()[0]


EXAMPLE = (np.array([[0.2, -0.5], [0.9, 0.3], [1.1, -0.7]]), np.array([0.3, -1.2, 0.8]))
ARGNUMS = (0, 1)


# gradient


import numpy as np


def methods_grad(a, v):  # a: float64[n, m]; v: float64[k]
    # forward sweep
    y = np.reshape(np.dot(a.T, v), (-1,))
    t_1 = np.copy(a)
    ravel = np.ravel(t_1)

    # reverse sweep
    # 8: return y.sum() + (y * y).mean() * a.copy().ravel()[0]
    t = np.zeros_like(ravel)
    t[0] = np.mean(y * y)
    a_bar = np.reshape(t, t_1.shape)
    t = ravel[0] / y.size * y
    y_bar = 1.0 + t + t
    # 7: y = a.T.dot(v).reshape(-1)
    v_bar = a @ y_bar
    a_bar += np.outer(y_bar, v).T
    return a_bar, v_bar

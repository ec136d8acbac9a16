"""A view under a name, and pivots that no later store overwrites."""

import numpy as np


def eliminate(a0, b):
    a = a0.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            row = a[i]
            f = row[k] / a[k, k]
            row[k:] -= f * a[k, k:]
            x[i] -= f * x[k]
    return np.sum(x * x)


EXAMPLE = (
    np.array([[4.0, 0.5, -0.3], [0.2, 3.0, 0.7], [-0.6, 0.4, 5.0]]),
    np.array([1.0, -0.5, 0.8]),
)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def eliminate_grad(a0, b):  # a0: float64[n, m]; b: float64[k]
    # forward sweep
    a = np.copy(a0)
    x = np.copy(b)
    n = len(b)
    tape = []
    for k in range(n):
        for i in range(k + 1, n):
            row = a[i]
            f = row[k] / a[k, k]
            tape.append(f)
            row[k:] -= f * a[k, k:]
            x[i] -= f * x[k]

    # reverse sweep
    # 16: return np.sum(x * x)
    x_bar = 2.0 * x
    a_bar = np.zeros_like(a)
    for k in range(n - 1, -1, -1):
        for i in range(n - 1, k, -1):
            f = tape.pop()
            # 15: x[i] -= f * x[k]
            f_bar = -(x_bar[i] * x[k])
            x_bar[k] -= x_bar[i] * f
            # 14: row[k:] -= f * a[k, k:]
            t = a_bar[i][k:] @ a[k, k:]
            a_bar[k, k:] -= a_bar[i][k:] * f
            f_bar -= t
            # 13: f = row[k] / a[k, k]
            t = f_bar / a[k, k]
            a_bar[k, k] -= t * f
            a_bar[i, k] += t
    return a_bar, x_bar

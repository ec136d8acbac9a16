"""Forward substitution: descending and triangular ranges."""

import numpy as np


def triangular_solve(a, b):
    n = len(b)
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]
    return np.sum(x**2)


EXAMPLE = (
    np.array([[2.0, 0.5, -0.3], [0.0, 3.0, 0.7], [0.0, 0.0, 1.5]]),
    np.array([1.0, -0.5, 0.8]),
)
ARGNUMS = (0, 1)


# gradient


import numpy as np


def triangular_solve_grad(a, b):  # a: float64[n, m]; b: float64[k]
    # forward sweep
    n = len(b)
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        s = b[i]
        for j in range(i + 1, n):
            s -= a[i, j] * x[j]
        x[i] = s / a[i, i]

    # reverse sweep
    # 14: return np.sum(x**2)
    x_bar = 2.0 * x
    a_bar = np.zeros_like(a)
    b_bar = np.zeros_like(b)
    for i in range(n):
        # 13: x[i] = s / a[i, i]
        s_bar = x_bar[i] / a[i, i]
        a_bar[i, i] -= s_bar * x[i]
        for j in range(n - 1, i, -1):
            # 12: s -= a[i, j] * x[j]
            x_bar[j] -= s_bar * a[i, j]
            a_bar[i, j] -= s_bar * x[j]
        # 10: s = b[i]
        b_bar[i] += s_bar
    return a_bar, b_bar

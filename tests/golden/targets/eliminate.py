"""The gradient of `eliminate` by hand."""

import numpy as np


def eliminate_grad(a0, b):  # a0: float64[n, n]; b: float64[n]
    # forward sweep
    tape = []
    a = a0.copy()
    x = b.copy()
    n = len(b)
    for k in range(n):
        for i in range(k + 1, n):
            row = a[i]
            f = row[k] / a[k, k]
            row[k:] -= f * a[k, k:]
            x[i] -= f * x[k]
            tape.append(f)

    # reverse sweep
    a_bar = np.zeros_like(a)
    # return np.sum(x * x)
    x_bar = 2 * x
    for k in range(n - 1, -1, -1):
        for i in range(n - 1, k, -1):
            f = tape.pop()
            row_bar = a_bar[i]
            # x[i] -= f * x[k]
            f_bar = -x_bar[i] * x[k]
            x_bar[k] -= x_bar[i] * f
            # row[k:] -= f * a[k, k:]
            f_bar -= row_bar[k:] @ a[k, k:]
            a_bar[k, k:] -= f * row_bar[k:]
            # f = row[k] / a[k, k]
            row_bar[k] += f_bar / a[k, k]
            a_bar[k, k] -= f_bar * f / a[k, k]
    return a_bar, x_bar

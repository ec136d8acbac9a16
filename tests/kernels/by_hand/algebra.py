"""Adjoints of linear algebra, by the loops of the algorithms and not by the theory of inverses."""

from __future__ import annotations

from typing import Any

import numpy as np


def thomas_grad(lower: Any, diagonal: Any, upper: Any, right: Any) -> tuple[Any, ...]:
    n = len(right)
    d = diagonal.copy()
    y = right.copy()
    for i in range(1, n):
        w = lower[i - 1] / d[i - 1]
        d[i] -= w * upper[i - 1]
        y[i] -= w * y[i - 1]
    x = y.copy()
    x[n - 1] /= d[n - 1]
    for i in range(n - 2, -1, -1):
        x[i] = (x[i] - upper[i] * x[i + 1]) / d[i]

    lower_bar = np.empty_like(lower)
    upper_bar = np.empty_like(upper)
    d_bar = np.empty_like(d)
    x_bar = -np.sin(x)
    for i in range(n - 1):
        t = x_bar[i] / d[i]
        d_bar[i] = -t * x[i]
        upper_bar[i] = -t * x[i + 1]
        x_bar[i + 1] -= t * upper[i]
        x_bar[i] = t
    x_bar[n - 1] /= d[n - 1]
    d_bar[n - 1] = -x_bar[n - 1] * x[n - 1]
    for i in range(n - 1, 0, -1):
        pivot = d[i - 1]
        w = lower[i - 1] / pivot
        t = (x_bar[i] * y[i - 1] + d_bar[i] * upper[i - 1]) / pivot
        lower_bar[i - 1] = -t
        upper_bar[i - 1] -= w * d_bar[i]
        d_bar[i - 1] += t * w
        x_bar[i - 1] -= w * x_bar[i]
    return lower_bar, d_bar, upper_bar, x_bar


def forward_substitution_grad(low: Any, right: Any) -> tuple[Any, ...]:
    n = len(right)
    x = np.zeros(n)
    for i in range(n):
        s = right[i]
        for j in range(i):
            s -= low[i, j] * x[j]
        x[i] = s / low[i, i]

    low_bar = np.zeros_like(low)
    x_bar = 2.0 * x
    for i in range(n - 1, -1, -1):
        t = x_bar[i] / low[i, i]
        low_bar[i, i] = -t * x[i]
        for j in range(i - 1, -1, -1):
            low_bar[i, j] = -t * x[j]
            x_bar[j] -= t * low[i, j]
        x_bar[i] = t
    return low_bar, x_bar


def gauss_seidel_grad(matrix: Any, right: Any, sweeps: int) -> tuple[Any, ...]:
    n = len(right)
    x = np.zeros(n)
    tape = []
    for _ in range(sweeps):
        for i in range(n):
            s = right[i]
            for j in range(n):
                if j != i:
                    s -= matrix[i, j] * x[j]
            tape.append(x[i])
            x[i] = s / matrix[i, i]

    matrix_bar = np.zeros_like(matrix)
    right_bar = np.zeros_like(right)
    x_bar = 2.0 * x
    for _ in range(sweeps):
        for i in range(n - 1, -1, -1):
            t = x_bar[i] / matrix[i, i]
            matrix_bar[i, i] -= t * x[i]
            x_bar[i] = 0.0
            x[i] = tape.pop()
            for j in range(n - 1, -1, -1):
                if j != i:
                    matrix_bar[i, j] -= t * x[j]
                    x_bar[j] -= t * matrix[i, j]
            right_bar[i] += t
    return matrix_bar, right_bar


def cholesky_grad(a: Any, x: Any) -> tuple[Any, ...]:
    n = len(x)
    low = np.zeros((n, n))
    for j in range(n):
        for i in range(j, n):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            if i == j:
                low[i, j] = np.sqrt(s)
            else:
                low[i, j] = s / low[j, j]
    z = np.zeros(n)
    for i in range(n):
        s = x[i]
        for k in range(i):
            s -= low[i, k] * z[k]
        z[i] = s / low[i, i]

    low_bar = np.zeros((n, n))
    x_bar = z.copy()
    for i in range(n - 1, -1, -1):
        t = x_bar[i] / low[i, i]
        low_bar[i, i] = 1.0 / low[i, i] - t * z[i]
        for k in range(i - 1, -1, -1):
            low_bar[i, k] = -t * z[k]
            x_bar[k] -= t * low[i, k]
        x_bar[i] = t
    a_bar = low_bar
    for j in range(n - 1, -1, -1):
        for i in range(n - 1, j - 1, -1):
            if i == j:
                s_bar = 0.5 * low_bar[j, j] / low[j, j]
            else:
                s_bar = low_bar[i, j] / low[j, j]
                low_bar[j, j] -= s_bar * low[i, j]
            a_bar[i, j] = s_bar
            for k in range(j - 1, -1, -1):
                low_bar[i, k] -= s_bar * low[j, k]
                low_bar[j, k] -= s_bar * low[i, k]
    return a_bar, x_bar


def lu_grad(matrix: Any, right: Any) -> tuple[Any, ...]:
    n = len(right)
    a = matrix.copy()
    for k in range(n - 1):
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    y = right.copy()
    for i in range(n):
        y[i] -= a[i, :i] @ y[:i]
    x = y.copy()
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]

    a_bar = np.zeros_like(a)
    x_bar = 2.0 * x
    for i in range(n):
        x_bar[i] /= a[i, i]
        a_bar[i, i:] = -x_bar[i] * x[i:]
        x_bar[i + 1 :] -= x_bar[i] * a[i, i + 1 :]
    for i in range(n - 1, -1, -1):
        a_bar[i, :i] = -x_bar[i] * y[:i]
        x_bar[:i] -= x_bar[i] * a[i, :i]
    for k in range(n - 2, -1, -1):
        rest_bar = a_bar[k + 1 :, k + 1 :]
        a_bar[k + 1 :, k] -= rest_bar @ a[k, k + 1 :]
        a_bar[k, k + 1 :] -= a[k + 1 :, k] @ rest_bar
        a_bar[k + 1 :, k] /= a[k, k]
        a_bar[k, k] -= a_bar[k + 1 :, k] @ a[k + 1 :, k]
    return a_bar, x_bar


def add_product(a: Any, b: Any, c: Any, size: int) -> None:
    n = a.shape[0]
    for i in range(0, n, size):
        for j in range(0, n, size):
            for k in range(0, n, size):
                c[i : i + size, j : j + size] += (
                    a[i : i + size, k : k + size] @ b[k : k + size, j : j + size]
                )


def matrix_chain_grad(a: Any, b: Any, c: Any, size: int) -> tuple[Any, ...]:
    ab = np.zeros_like(a)
    add_product(a, b, ab, size)
    abc = np.zeros_like(a)
    add_product(ab, c, abc, size)

    abc_bar = 1.0 - np.tanh(abc) ** 2
    ab_bar, a_bar, b_bar, c_bar = (np.zeros_like(a) for _ in range(4))
    add_product(abc_bar, c.T, ab_bar, size)
    add_product(ab.T, abc_bar, c_bar, size)
    add_product(ab_bar, b.T, a_bar, size)
    add_product(a.T, ab_bar, b_bar, size)
    return a_bar, b_bar, c_bar

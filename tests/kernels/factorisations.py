"""Factorisations of matrices, in place or into new arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import algebra
from kernels.registry import kernel, normal, uniform


def covariance(n: int) -> tuple[Any, ...]:
    root = normal(50, n, 2 * n)
    return root @ root.T / (2 * n) + 0.5 * np.eye(n), normal(51, n)


def cholesky_factor(a: Any, low: Any) -> None:
    """Fill the lower triangle, of which the rest has to be zero."""
    n = a.shape[0]
    for j in range(n):
        for i in range(j, n):
            s = a[i, j]
            for k in range(j):
                s -= low[i, k] * low[j, k]
            if i == j:
                low[i, j] = np.sqrt(s)
            else:
                low[i, j] = s / low[j, j]


@kernel(covariance, (5, 12, 40), by_hand=algebra.cholesky_grad, order=3)
def cholesky(a: Any, x: Any) -> Any:
    """The negative log-density of a Gaussian, up to a constant, with the loops of a textbook."""
    n = len(x)
    low = np.zeros((n, n))
    cholesky_factor(a, low)
    z = np.zeros(n)
    loss = 0.0
    for i in range(n):
        s = x[i]
        for k in range(i):
            s -= low[i, k] * z[k]
        z[i] = s / low[i, i]
        loss += 0.5 * z[i] ** 2 + np.log(low[i, i])
    return loss


@kernel(covariance, (5, 20, 100))
def cholesky_by_columns(a: Any, x: Any) -> Any:
    """A Gaussian process: the factor overwrites a copy of the matrix, a column at a time."""
    n = len(x)
    low = a.copy()
    for j in range(n):
        low[j, j] = np.sqrt(low[j, j] - low[j, :j] @ low[j, :j])
        low[j + 1 :, j] -= low[j + 1 :, :j] @ low[j, :j]
        low[j + 1 :, j] /= low[j, j]
    z = x.copy()
    for i in range(n):
        z[i] = (z[i] - low[i, :i] @ z[:i]) / low[i, i]
    return 0.5 * np.sum(z**2) + np.sum(np.log(np.diag(low)))


def square(n: int) -> tuple[Any, ...]:
    return normal(52, n, n) / np.sqrt(n) + 3.0 * np.eye(n), normal(53, n)


@kernel(square, (5, 20, 100), by_hand=algebra.lu_grad)
def lu(matrix: Any, right: Any) -> Any:
    """LU without pivoting, in place by outer products, and both triangular solves."""
    n = len(right)
    a = matrix.copy()
    for k in range(n - 1):
        a[k + 1 :, k] /= a[k, k]
        a[k + 1 :, k + 1 :] -= np.outer(a[k + 1 :, k], a[k, k + 1 :])
    x = right.copy()
    for i in range(n):
        x[i] -= a[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    return np.sum(x**2)


def swap_rows(a: Any, i: Any, j: Any) -> None:
    row = a[i].copy()
    a[i] = a[j]
    a[j] = row


def shuffled(n: int) -> tuple[Any, ...]:
    matrix, right = square(n)
    return matrix[(np.arange(n) * 3 + 1) % n] if n % 3 else matrix[::-1].copy(), right


@kernel(shuffled, (5, 20, 100))
def lu_pivoted(matrix: Any, right: Any) -> Any:
    """LU with partial pivoting: rows swap places, and the right-hand side with them."""
    n = len(right)
    a = matrix.copy()
    order = np.arange(n)
    sign = 1.0
    for k in range(n):
        p = k + np.argmax(np.abs(a[k:, k]))
        if p != k:
            swap_rows(a, k, p)
            order[k], order[p] = order[p], order[k]
            sign = -sign
        for i in range(k + 1, n):
            a[i, k] /= a[k, k]
            a[i, k + 1 :] -= a[i, k] * a[k, k + 1 :]
    x = right[order]
    for i in range(n):
        x[i] -= a[i, :i] @ x[:i]
    for i in range(n - 1, -1, -1):
        x[i] = (x[i] - a[i, i + 1 :] @ x[i + 1 :]) / a[i, i]
    log_determinant = 0.0
    for i in range(n):
        log_determinant += np.log(np.abs(a[i, i]))
    return np.sum(x**2) + sign * log_determinant


def tall(n: int) -> tuple[Any, ...]:
    return normal(54, 2 * n, n), normal(55, 2 * n), uniform(56, 0.5, 1.5, n)


@kernel(tall, (3, 10, 50))
def gram_schmidt(matrix: Any, right: Any, weights: Any) -> Any:
    """Modified Gram-Schmidt: columns in place, coefficients into a triangle."""
    n = matrix.shape[1]
    q = matrix.copy()
    r = np.zeros((n, n))
    for j in range(n):
        r[j, j] = np.sqrt(np.sum(q[:, j] ** 2))
        q[:, j] /= r[j, j]
        for k in range(j + 1, n):
            r[j, k] = q[:, j] @ q[:, k]
            q[:, k] -= r[j, k] * q[:, j]
    return np.sum(weights * (right @ q)) + np.sum(r**2 * weights)


@kernel(tall, (3, 10, 50))
def householder(matrix: Any, right: Any, weights: Any) -> Any:
    """Least squares by reflections of the matrix and the right-hand side, both in place."""
    n = matrix.shape[1]
    r = matrix.copy()
    y = right.copy()
    for k in range(n):
        v = r[k:, k].copy()
        v[0] += np.copysign(np.sqrt(v @ v), v[0])
        v /= np.sqrt(v @ v)
        r[k:, k:] -= 2.0 * np.outer(v, v @ r[k:, k:])
        y[k:] -= 2.0 * (v @ y[k:]) * v
    x = np.zeros(n)
    for i in range(n - 1, -1, -1):
        x[i] = (y[i] - r[i, i + 1 :] @ x[i + 1 :]) / r[i, i]
    return np.sum(weights * x**2) + np.sum(y[n:] ** 2)


def block_matrices(n: int) -> tuple[Any, ...]:
    return normal(57, n, n), normal(58, n, n), normal(59, n, n), 3


def multiply_by_blocks(a: Any, b: Any, c: Any, size: int) -> None:
    """Add the product of a and b to c, block by block."""
    n = a.shape[0]
    for i in range(0, n, size):
        for j in range(0, n, size):
            for k in range(0, n, size):
                c[i : i + size, j : j + size] += (
                    a[i : i + size, k : k + size] @ b[k : k + size, j : j + size]
                )


@kernel(block_matrices, (4, 24, 48), by_hand=algebra.matrix_chain_grad)
def matrix_chain(a: Any, b: Any, c: Any, size: int) -> Any:
    """A chain of products, accumulated into blocks."""
    ab = np.zeros_like(a)
    multiply_by_blocks(a, b, ab, size)
    abc = np.zeros_like(a)
    multiply_by_blocks(ab, c, abc, size)
    return np.sum(np.tanh(abc))


def three_matrices(n: int) -> tuple[Any, ...]:
    return block_matrices(n)[:3]


@kernel(three_matrices, (4, 10, 24), order=3)
def matrix_product(a: Any, b: Any, c: Any) -> Any:
    """The three loops, added to what is there."""
    n = a.shape[0]
    product = c.copy()
    for i in range(n):
        for j in range(n):
            for k in range(n):
                product[i, j] += a[i, k] * b[k, j]
    return np.sum(product**2)

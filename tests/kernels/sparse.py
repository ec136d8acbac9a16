"""Sparse matrices: products by row pointers, assembly, smoothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import tables
from kernels.registry import kernel, normal, uniform


def rows_of_three(n: int) -> tuple[Any, ...]:
    """Three elements in each row, the diagonal among them."""
    rng = np.random.default_rng(160)
    columns = np.empty((n, 3), dtype=int)
    columns[:, 0] = np.arange(n)
    columns[:, 1] = rng.integers(0, n, n)
    columns[:, 2] = rng.integers(0, n, n)
    values = uniform(161, -0.5, 0.5, n, 3)
    values[:, 0] += 2.0
    return values.ravel(), columns.ravel(), np.arange(0, 3 * n + 1, 3), normal(162, n)


def multiply(data: Any, columns: Any, pointers: Any, x: Any, y: Any) -> None:
    """The product of a matrix, by row pointers, and a vector: into y."""
    for i in range(len(pointers) - 1):
        s = 0.0
        for k in range(pointers[i], pointers[i + 1]):
            s += data[k] * x[columns[k]]
        y[i] = s


@kernel(rows_of_three, (6, 100, 1000), by_hand=tables.csr_product_grad, order=1)
def csr_product(data: Any, columns: Any, pointers: Any, x: Any) -> Any:
    """A sparse matrix times a vector."""
    y = np.zeros(len(pointers) - 1)
    multiply(data, columns, pointers, x, y)
    return np.sum(np.tanh(y))


@kernel(rows_of_three, (6, 100, 1000), order=1)
def csr_smoother(data: Any, columns: Any, pointers: Any, right: Any) -> Any:
    """Two sweeps of Gauss-Seidel, and the residual that is left."""
    n = len(pointers) - 1
    x = np.zeros(n)
    for _ in range(2):
        for i in range(n):
            s = right[i]
            diagonal = 0.0
            for k in range(pointers[i], pointers[i + 1]):
                if columns[k] == i:
                    diagonal += data[k]
                else:
                    s -= data[k] * x[columns[k]]
            x[i] = s / diagonal
    residual = np.zeros(n)
    multiply(data, columns, pointers, x, residual)
    residual -= right
    return np.sum(residual**2) + np.sum(x**2)


def web(n: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(163)
    return uniform(164, 0.5, 1.5, 3 * n), rng.integers(0, n, 3 * n), rng.integers(0, n, 3 * n), 0.85


@kernel(web, (5, 30, 300), order=1)
def page_rank(strength: Any, sources: Any, targets: Any, damping: float) -> Any:
    """Importance that flows along links, a few rounds of it, links as a list of edges."""
    n = len(strength) // 3
    out = np.full(n, 0.1)
    for e in range(len(sources)):
        out[sources[e]] += strength[e]
    rank = np.full(n, 1.0 / n)
    for _ in range(3):
        received = np.zeros(n)
        for e in range(len(sources)):
            received[targets[e]] += rank[sources[e]] * strength[e] / out[sources[e]]
        rank = (1.0 - damping) / n + damping * received
    return n * np.sum(rank**2)


def truss(n: int) -> tuple[Any, ...]:
    return uniform(165, 0.5, 1.5, n), uniform(166, 0.8, 1.2, n), 0.1 * normal(167, n)


@kernel(truss, (6, 20, 80))
def finite_elements(stiffness: Any, lengths: Any, load: Any) -> Any:
    """A bar of many elements: assembled, held at one end, solved in place."""
    n = len(stiffness)
    matrix = np.zeros((n + 1, n + 1))
    force = np.zeros(n + 1)
    element = np.array([[1.0, -1.0], [-1.0, 1.0]])
    for e in range(n):
        matrix[e : e + 2, e : e + 2] += stiffness[e] / lengths[e] * element
        force[e : e + 2] += 0.5 * lengths[e] * load[e]
    matrix[0, :] = 0.0
    matrix[0, 0] = 1.0
    force[0] = 0.0
    for k in range(n):
        factor = matrix[k + 1, k] / matrix[k, k]
        matrix[k + 1, k:] -= factor * matrix[k, k:]
        force[k + 1] -= factor * force[k]
    u = np.zeros(n + 1)
    for k in range(n, -1, -1):
        u[k] = (force[k] - matrix[k, k + 1 :] @ u[k + 1 :]) / matrix[k, k]
    return u[n] ** 2 + np.sum(u**2)

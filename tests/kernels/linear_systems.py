"""Linear systems: direct solves of triangular and banded ones, and relaxation."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import algebra
from kernels.registry import kernel, normal, uniform


def solve_tridiagonal(lower: Any, diagonal: Any, upper: Any, right: Any) -> None:
    """Thomas: overwrite the right-hand side with the solution."""
    n = len(right)
    d = diagonal.copy()
    for i in range(1, n):
        w = lower[i - 1] / d[i - 1]
        d[i] -= w * upper[i - 1]
        right[i] -= w * right[i - 1]
    right[n - 1] /= d[n - 1]
    for i in range(n - 2, -1, -1):
        right[i] = (right[i] - upper[i] * right[i + 1]) / d[i]


def bands(n: int) -> tuple[Any, ...]:
    beside = uniform(30, -1.0, 1.0, 2, n - 1)
    return beside[0].copy(), uniform(31, 2.5, 3.5, n), beside[1].copy(), normal(32, n)


@kernel(bands, (6, 100, 2000), by_hand=algebra.thomas_grad, order=1)
def thomas(lower: Any, diagonal: Any, upper: Any, right: Any) -> Any:
    """A tridiagonal system."""
    x = right.copy()
    solve_tridiagonal(lower, diagonal, upper, x)
    return np.sum(np.cos(x))


def triangle(n: int) -> tuple[Any, ...]:
    matrix = normal(33, n, n) / n
    matrix[np.arange(n), np.arange(n)] = uniform(34, 1.0, 2.0, n)
    return matrix, normal(35, n)


@kernel(triangle, (5, 30, 120), by_hand=algebra.forward_substitution_grad, order=2)
def forward_substitution(low: Any, right: Any) -> Any:
    """A lower triangular system, element by element."""
    n = len(right)
    x = np.zeros(n)
    for i in range(n):
        s = right[i]
        for j in range(i):
            s -= low[i, j] * x[j]
        x[i] = s / low[i, i]
    return np.sum(x**2)


@kernel(triangle, (5, 30, 300))
def back_substitution(up: Any, right: Any) -> Any:
    """An upper triangular system, in place, a column at a time."""
    x = right.copy()
    for j in range(len(x) - 1, -1, -1):
        x[j] /= up[j, j]
        x[:j] -= up[:j, j] * x[j]
    return np.sum(np.sin(x))


def dominant(n: int) -> tuple[Any, ...]:
    matrix = normal(36, n, n) / n
    matrix[np.arange(n), np.arange(n)] = uniform(37, 2.0, 3.0, n)
    return matrix, normal(38, n), 4


@kernel(dominant, (5, 20, 60), by_hand=algebra.gauss_seidel_grad, order=2)
def gauss_seidel(matrix: Any, right: Any, sweeps: int) -> Any:
    """Each unknown by its own equation, the new values used at once."""
    n = len(right)
    x = np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            s = right[i]
            for j in range(n):
                if j != i:
                    s -= matrix[i, j] * x[j]
            x[i] = s / matrix[i, i]
    return np.sum(x**2)


@kernel(dominant, (5, 30, 200))
def jacobi(matrix: Any, right: Any, sweeps: int) -> Any:
    """Each unknown by the old values of the others."""
    n = len(right)
    old = np.zeros(n)
    new = np.zeros(n)
    for _ in range(sweeps):
        for i in range(n):
            others = matrix[i, :i] @ old[:i] + matrix[i, i + 1 :] @ old[i + 1 :]
            new[i] = (right[i] - others) / matrix[i, i]
        old, new = new, old
    return np.sum(old**3)


def potential(n: int) -> tuple[Any, ...]:
    return normal(39, n, n), 1.0 + 0.3 * normal(40, n), 1.5, 3


@kernel(potential, (6, 16, 60), order=2)
def relax_potential(charge: Any, plate: Any, omega: float, sweeps: int) -> Any:
    """Poisson's equation by successive over-relaxation, in red and black order."""
    n = charge.shape[0]
    phi = np.zeros((n, n))
    phi[0, :] = plate
    for sweep in range(2 * sweeps):
        for i in range(1, n - 1):
            for j in range(1 + (i + sweep) % 2, n - 1, 2):
                neighbours = phi[i - 1, j] + phi[i + 1, j] + phi[i, j - 1] + phi[i, j + 1]
                residual = 0.25 * (neighbours + charge[i, j]) - phi[i, j]
                phi[i, j] += omega * residual
    return np.sum(phi[1:-1, 1:-1] ** 2)


def eliminate(matrix: Any, right: Any) -> None:
    """Gauss: overwrite the matrix, and the right-hand side with the solution."""
    n = len(right)
    for k in range(n):
        for i in range(k + 1, n):
            factor = matrix[i, k] / matrix[k, k]
            matrix[i, k:] -= factor * matrix[k, k:]
            right[i] -= factor * right[k]
    for k in range(n - 1, -1, -1):
        right[k] = (right[k] - matrix[k, k + 1 :] @ right[k + 1 :]) / matrix[k, k]


def system(n: int) -> tuple[Any, ...]:
    return dominant(n)[:2]


@kernel(system, (5, 20, 60))
def gaussian_elimination(matrix: Any, right: Any) -> Any:
    """A dense system, by a function that overwrites copies of both arguments."""
    a = matrix.copy()
    x = right.copy()
    eliminate(a, x)
    return np.sum(x**2)

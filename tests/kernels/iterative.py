"""Iterations towards a solution, with their state in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.linear_systems import eliminate
from kernels.registry import kernel, normal, uniform


def bratu(n: int) -> tuple[Any, ...]:
    return np.zeros(n), 1.5, uniform(130, 0.5, 1.0, n)


@kernel(bratu, (5, 12, 40))
def newton_system(start: Any, strength: float, weights: Any) -> Any:
    """A boundary value problem, u'' + c exp(u) = 0, by Newton's method with a dense Jacobian."""
    n = len(start)
    h2 = 1.0 / (n + 1) ** 2
    u = start.copy()
    residual = np.zeros(n)
    jacobian = np.zeros((n, n))
    for _ in range(20):
        jacobian[:, :] = 0.0
        for i in range(n):
            source = strength * h2 * weights[i] * np.exp(u[i])
            residual[i] = -2.0 * u[i] + source
            jacobian[i, i] = -2.0 + source
            if i > 0:
                residual[i] += u[i - 1]
                jacobian[i, i - 1] = 1.0
            if i < n - 1:
                residual[i] += u[i + 1]
                jacobian[i, i + 1] = 1.0
        if np.max(np.abs(residual)) < 1e-12:
            break
        eliminate(jacobian, residual)
        u -= residual
    return np.sum(u**2)


def two_curves(n: int) -> tuple[Any, ...]:
    return np.array([1.2, 0.7]), 1.1, 0.4


@kernel(two_curves, (1, 1))
def newton_pair(start: Any, radius: float, slope: float) -> Any:
    """Where a circle and a sine meet: two unknowns, until the step is small."""
    x = start.copy()
    step = np.ones(2)
    while np.sqrt(step @ step) > 1e-10:
        f0 = x[0] ** 2 + x[1] ** 2 - radius**2
        f1 = x[1] - slope * np.sin(2.0 * x[0])
        a, b = 2.0 * x[0], 2.0 * x[1]
        c = -2.0 * slope * np.cos(2.0 * x[0])
        determinant = a - b * c
        step[0] = (f0 - b * f1) / determinant
        step[1] = (a * f1 - c * f0) / determinant
        x -= step
    return x[0] * x[1]


def definite(n: int) -> tuple[Any, ...]:
    root = normal(131, n, n) / np.sqrt(n)
    return root @ root.T + 2.0 * np.eye(n), normal(132, n), 4


@kernel(definite, (6, 30, 200))
def conjugate_gradients(matrix: Any, right: Any, iterations: int) -> Any:
    """Conjugate gradients, with the three vectors updated in place."""
    x = np.zeros_like(right)
    r = right.copy()
    p = right.copy()
    rr = r @ r
    for _ in range(iterations):
        ap = matrix @ p
        alpha = rr / (p @ ap)
        x += alpha * p
        r -= alpha * ap
        rr_new = r @ r
        if np.sqrt(rr_new) < 1e-9:
            break
        p *= rr_new / rr
        p += r
        rr = rr_new
    return np.sum(x**2) + rr


@kernel(definite, (6, 30, 200))
def power_iteration(matrix: Any, start: Any, iterations: int) -> Any:
    """The largest eigenvalue, from a vector that is multiplied and normalised in place."""
    v = start / np.linalg.norm(start)
    estimates = np.zeros(iterations)
    for t in range(iterations):
        v[:] = matrix @ v
        v /= np.linalg.norm(v)
        estimates[t] = v @ matrix @ v
    return estimates[-1] + np.mean(estimates)


def definite_alone(n: int) -> tuple[Any, ...]:
    return definite(n)[0], 4


@kernel(definite_alone, (5, 12, 40))
def jacobi_eigenvalues(matrix: Any, sweeps: int) -> Any:
    """Eigenvalues by rotations that set pairs of elements to zero, in place."""
    n = matrix.shape[0]
    a = 0.5 * (matrix + matrix.T)
    for _ in range(sweeps):
        for p in range(n - 1):
            for q in range(p + 1, n):
                if abs(a[p, q]) < 1e-12:
                    continue
                theta = (a[q, q] - a[p, p]) / (2.0 * a[p, q])
                t = np.copysign(1.0, theta) / (abs(theta) + np.sqrt(theta**2 + 1.0))
                c = 1.0 / np.sqrt(t**2 + 1.0)
                s = t * c
                row = a[p].copy()
                a[p] = c * row - s * a[q]
                a[q] = s * row + c * a[q]
                column = a[:, p].copy()
                a[:, p] = c * column - s * a[:, q]
                a[:, q] = s * column + c * a[:, q]
    return np.sum(np.log(np.diag(a))) + np.sum(np.diag(a) ** 3)


def regression(n: int) -> tuple[Any, ...]:
    return normal(133, 2 * n, n) / np.sqrt(n), normal(134, 2 * n), np.zeros(n), 0.1, 0.8, 8


@kernel(regression, (4, 20, 100))
def descent_with_momentum(
    features: Any, targets: Any, start: Any, rate: float, momentum: float, steps: int
) -> Any:
    """Least squares by descent, and the error after it: a gradient through training."""
    weights = start.copy()
    velocity = np.zeros_like(weights)
    for _ in range(steps):
        slope = features.T @ (features @ weights - targets) / len(targets)
        velocity *= momentum
        velocity -= rate * slope
        weights += velocity
    return np.mean((features @ weights - targets) ** 2)


@kernel(regression, (4, 20, 100))
def adam(features: Any, targets: Any, start: Any, rate: float, momentum: float, steps: int) -> Any:
    """The same by Adam, with both moments in place and parts of the data in turn."""
    weights = start.copy()
    first = np.zeros_like(weights)
    second = np.zeros_like(weights)
    half = len(targets) // 2
    for t in range(1, steps + 1):
        begin = half * (t % 2)
        x = features[begin : begin + half]
        slope = x.T @ (x @ weights - targets[begin : begin + half]) / half
        first[:] = momentum * first + (1.0 - momentum) * slope
        second[:] = 0.9 * second + 0.1 * slope**2
        unbiased = first / (1.0 - momentum**t)
        weights -= rate * unbiased / (np.sqrt(second / (1.0 - 0.9**t)) + 0.1)
    return np.mean((features @ weights - targets) ** 2)


def transport(n: int) -> tuple[Any, ...]:
    cost = uniform(135, 0.0, 1.0, n, n + 1)
    sources = uniform(136, 0.5, 1.0, n)
    sinks = uniform(137, 0.5, 1.0, n + 1)
    return cost, sources / np.sum(sources), sinks / np.sum(sinks), 0.3, 6


@kernel(transport, (4, 30, 200))
def sinkhorn(cost: Any, sources: Any, sinks: Any, temperature: float, rounds: int) -> Any:
    """Transport of mass: rows and columns of the plan scaled in turn, in place."""
    plan = np.exp(-cost / temperature)
    for _ in range(rounds):
        for i in range(plan.shape[0]):
            plan[i] *= sources[i] / np.sum(plan[i])
        plan *= sinks / np.sum(plan, axis=0)
    return np.sum(plan * cost)

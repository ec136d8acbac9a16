"""Linear systems, factorisations and iterations by libraries and by theory."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize, sparse, stats

from kernels.references import reference


def solved(matrix: Any, right: Any) -> Any:
    return np.linalg.solve(matrix, right)


@reference
def thomas(lower: Any, diagonal: Any, upper: Any, right: Any) -> Any:
    matrix = np.diag(lower, -1) + np.diag(diagonal) + np.diag(upper, 1)
    return np.sum(np.cos(solved(matrix, right)))


@reference
def forward_substitution(low: Any, right: Any) -> Any:
    return np.sum(solved(np.tril(low), right) ** 2)


@reference
def back_substitution(up: Any, right: Any) -> Any:
    return np.sum(np.sin(solved(np.triu(up), right)))


@reference
def gauss_seidel(matrix: Any, right: Any, sweeps: int) -> Any:
    x = np.zeros_like(right)
    for _ in range(sweeps):
        x = solved(np.tril(matrix), right - np.triu(matrix, 1) @ x)
    return np.sum(x**2)


@reference
def jacobi(matrix: Any, right: Any, sweeps: int) -> Any:
    x = np.zeros_like(right)
    for _ in range(sweeps):
        x = x + (right - matrix @ x) / np.diag(matrix)
    return np.sum(x**3)


@reference
def relax_potential(charge: Any, plate: Any, omega: float, sweeps: int) -> Any:
    n = charge.shape[0]
    phi = np.zeros((n, n))
    phi[0] = plate
    inside = np.pad(np.ones((n - 2, n - 2), dtype=bool), 1)
    black = np.add.outer(np.arange(n), np.arange(n)) % 2 == 1
    for _ in range(sweeps):
        for colour in (black, ~black):
            around = np.roll(phi, 1, 0) + np.roll(phi, -1, 0)
            around += np.roll(phi, 1, 1) + np.roll(phi, -1, 1)
            relaxed = phi + omega * (0.25 * (around + charge) - phi)
            phi = np.where(inside & colour, relaxed, phi)
    return np.sum(phi[inside] ** 2)


@reference
def gaussian_elimination(matrix: Any, right: Any) -> Any:
    return np.sum(solved(matrix, right) ** 2)


@reference
def cholesky(a: Any, x: Any) -> Any:
    density = stats.multivariate_normal(np.zeros(len(x)), a)
    return -density.logpdf(x) - 0.5 * len(x) * np.log(2.0 * np.pi)


@reference
def cholesky_by_columns(a: Any, x: Any) -> Any:
    return cholesky(a, x)


@reference
def lu(matrix: Any, right: Any) -> Any:
    return gaussian_elimination(matrix, right)


@reference
def lu_pivoted(matrix: Any, right: Any) -> Any:
    sign, log_determinant = np.linalg.slogdet(matrix)
    pivots = np.linalg.slogdet(matrix[np.argmax(np.abs(matrix), axis=0)])[0]
    return gaussian_elimination(matrix, right) + sign * pivots * log_determinant


@reference
def gram_schmidt(matrix: Any, right: Any, weights: Any) -> Any:
    q, r = np.linalg.qr(matrix)
    return np.sum(weights * np.sign(np.diag(r)) * (right @ q)) + np.sum(r**2 * weights)


@reference
def householder(matrix: Any, right: Any, weights: Any) -> Any:
    x, residual, _, _ = np.linalg.lstsq(matrix, right)
    return np.sum(weights * x**2) + residual[0]


@reference
def matrix_chain(a: Any, b: Any, c: Any, size: int) -> Any:
    return np.sum(np.tanh(a @ b @ c))


@reference
def matrix_product(a: Any, b: Any, c: Any) -> Any:
    return np.sum((c + a @ b) ** 2)


@reference
def newton_system(start: Any, strength: float, weights: Any) -> Any:
    n = len(start)
    bend = np.eye(n, k=1) - 2.0 * np.eye(n) + np.eye(n, k=-1)

    def residual(u: Any) -> Any:
        return (n + 1) ** 2 * (bend @ u) + strength * weights * np.exp(u)

    return np.sum(optimize.fsolve(residual, start, xtol=1e-13) ** 2)


@reference
def newton_pair(start: Any, radius: float, slope: float) -> Any:
    def angle_error(angle: float) -> Any:
        return radius * np.sin(angle) - slope * np.sin(2.0 * radius * np.cos(angle))

    angle = optimize.brentq(angle_error, 0.1, 1.2, xtol=1e-15)
    return radius**2 * np.cos(angle) * np.sin(angle)


@reference
def conjugate_gradients(matrix: Any, right: Any, iterations: int) -> Any:
    """The best there is in the Krylov space."""
    space = [right]
    for _ in range(iterations - 1):
        space.append(matrix @ space[-1])
    basis = np.linalg.qr(np.array(space).T)[0]
    x = basis @ solved(basis.T @ matrix @ basis, basis.T @ right)
    return np.sum(x**2) + np.sum((right - matrix @ x) ** 2)


@reference
def power_iteration(matrix: Any, start: Any, iterations: int) -> Any:
    estimates = []
    for t in range(1, iterations + 1):
        v = np.linalg.matrix_power(matrix, t) @ start
        estimates.append(v @ matrix @ v / (v @ v))
    return estimates[-1] + np.mean(estimates)


@reference
def jacobi_eigenvalues(matrix: Any, sweeps: int) -> Any:
    values = np.linalg.eigvalsh(matrix)
    return np.sum(np.log(values)) + np.sum(values**3)


@reference
def descent_with_momentum(
    features: Any, targets: Any, start: Any, rate: float, momentum: float, steps: int
) -> Any:
    """Weights and velocity are an affine map of what they were."""
    n = len(start)
    hessian = features.T @ features / len(targets)
    pull = rate * features.T @ targets / len(targets)
    velocity = np.hstack([-rate * hessian, momentum * np.eye(n), pull[:, None]])
    weights = velocity + np.eye(n, 2 * n + 1)
    advance = np.vstack([weights, velocity, np.eye(2 * n + 1)[-1]])
    state = np.concatenate([start, np.zeros(n), [1.0]])
    last = (np.linalg.matrix_power(advance, steps) @ state)[:n]
    return np.mean((features @ last - targets) ** 2)


@reference
def adam(features: Any, targets: Any, start: Any, rate: float, momentum: float, steps: int) -> Any:
    """Moments as weighted means of all slopes so far."""

    def mean(values: Any, decay: float) -> Any:
        return np.average(values, axis=0, weights=decay ** np.arange(len(values))[::-1])

    weights = start
    slopes: list[Any] = []
    parts = list(zip(np.split(features, 2), np.split(targets, 2), strict=True))
    for t in range(1, steps + 1):
        x, y = parts[t % 2]
        slopes.append(np.mean((x @ weights - y)[:, None] * x, axis=0))
        spread = mean(np.array(slopes) ** 2, 0.9)
        weights = weights - rate * mean(slopes, momentum) / (np.sqrt(spread) + 0.1)
    return np.mean((features @ weights - targets) ** 2)


@reference
def sinkhorn(cost: Any, sources: Any, sinks: Any, temperature: float, rounds: int) -> Any:
    near = np.exp(-cost / temperature)
    v = np.ones_like(sinks)
    for _ in range(rounds):
        u = sources / (near @ v)
        v = sinks / (near.T @ u)
    return u @ (near * cost) @ v


@reference
def csr_product(data: Any, columns: Any, pointers: Any, x: Any) -> Any:
    return np.sum(np.tanh(sparse.csr_matrix((data, columns, pointers)) @ x))


@reference
def csr_smoother(data: Any, columns: Any, pointers: Any, right: Any) -> Any:
    n = len(right)
    matrix = sparse.csr_matrix((data, columns, pointers), shape=(n, n)).toarray()
    x = solved(np.tril(matrix), right)
    x = solved(np.tril(matrix), right - np.triu(matrix, 1) @ x)
    return np.sum((matrix @ x - right) ** 2) + np.sum(x**2)


@reference
def page_rank(strength: Any, sources: Any, targets: Any, damping: float) -> Any:
    n = len(strength) // 3
    links = sparse.coo_matrix((strength, (targets, sources)), shape=(n, n)).toarray()
    links /= 0.1 + np.sum(links, axis=0)
    rank = np.full(n, 1.0 / n)
    for _ in range(3):
        rank = (1.0 - damping) / n + damping * links @ rank
    return n * np.sum(rank**2)


@reference
def finite_elements(stiffness: Any, lengths: Any, load: Any) -> Any:
    """What is stretched by the load on the far side of each element."""
    halves = 0.5 * lengths * load
    at_nodes = np.append(halves, 0.0) + np.append(0.0, halves)
    beyond = np.cumsum(at_nodes[::-1])[::-1][1:]
    u = np.append(0.0, np.cumsum(beyond * lengths / stiffness))
    return u[-1] ** 2 + np.sum(u**2)

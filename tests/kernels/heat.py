"""The heat equation, explicit and implicit, in one, two and three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import equations
from kernels.linear_systems import solve_tridiagonal
from kernels.registry import kernel, normal, uniform


def rod(n: int) -> tuple[Any, ...]:
    x = np.linspace(0.0, 1.0, n)
    return np.sin(3.0 * x) + 0.3 * np.cos(11.0 * x), 0.2, 8


@kernel(rod, (8, 100, 1000), by_hand=equations.heat_1d_grad, order=1)
def heat_1d(initial: Any, kappa: float, steps: int) -> Any:
    """Explicit steps on a rod with fixed ends, element by element, in two buffers."""
    n = len(initial)
    old = initial.copy()
    new = initial.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            new[i] = old[i] + kappa * (old[i + 1] - 2.0 * old[i] + old[i - 1])
        old, new = new, old
    return np.sum(old**2)


def plate(n: int) -> tuple[Any, ...]:
    x = np.linspace(0.0, 1.0, n)
    initial = np.sin(3.0 * x)[:, None] * np.cos(2.0 * x) + 0.2 * normal(1, n, n)
    return initial, 0.5 * normal(2, n, n), 0.15, 10


@kernel(plate, (5, 30, 200), by_hand=equations.heat_2d_grad)
def heat_2d(initial: Any, target: Any, kappa: float, steps: int) -> Any:
    """Explicit steps on a plate, in place by slices; how far it ends from a target."""
    u = initial.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] += kappa * (
            u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        )
    return np.mean((u - target) ** 2)


def block(n: int) -> tuple[Any, ...]:
    return normal(3, n, n, n), 0.1, 5


@kernel(block, (4, 12, 40))
def heat_3d(initial: Any, kappa: float, steps: int) -> Any:
    """Explicit steps in a block, with the Laplacian in an array of its own."""
    u = initial.copy()
    laplacian = np.zeros_like(u)
    for _ in range(steps):
        laplacian[1:-1, 1:-1, 1:-1] = -6.0 * u[1:-1, 1:-1, 1:-1]
        laplacian[1:-1, 1:-1, 1:-1] += u[2:, 1:-1, 1:-1] + u[:-2, 1:-1, 1:-1]
        laplacian[1:-1, 1:-1, 1:-1] += u[1:-1, 2:, 1:-1] + u[1:-1, :-2, 1:-1]
        laplacian[1:-1, 1:-1, 1:-1] += u[1:-1, 1:-1, 2:] + u[1:-1, 1:-1, :-2]
        u += kappa * laplacian
    return np.sum(u**4)


def rod_of_materials(n: int) -> tuple[Any, ...]:
    return normal(4, n), uniform(5, 0.2, 0.8, n + 1), 4


@kernel(rod_of_materials, (7, 50, 500), order=1)
def heat_implicit(initial: Any, conductivity: Any, steps: int) -> Any:
    """Backward Euler on a rod of many materials, zero outside: a tridiagonal solve a step."""
    n = len(initial)
    lower = np.zeros(n - 1)
    diagonal = np.zeros(n)
    upper = np.zeros(n - 1)
    for i in range(n):
        diagonal[i] = 1.0 + conductivity[i] + conductivity[i + 1]
    for i in range(n - 1):
        lower[i] = -conductivity[i + 1]
        upper[i] = -conductivity[i + 1]
    u = initial.copy()
    for _ in range(steps):
        solve_tridiagonal(lower, diagonal, upper, u)
    return np.sum(np.cos(u))


def step_along_rows(u: Any, alpha: float, out: Any) -> None:
    """An explicit half step along the rows, zero outside."""
    out[:, :] = (1.0 - 2.0 * alpha) * u
    out[:, 1:] += alpha * u[:, :-1]
    out[:, :-1] += alpha * u[:, 1:]


def small_plate(n: int) -> tuple[Any, ...]:
    return normal(6, n, n), 0.4, 2


@kernel(small_plate, (4, 12, 50), order=2)
def heat_adi(initial: Any, alpha: float, steps: int) -> Any:
    """Alternating directions (Peaceman and Rachford): explicit along one axis, implicit along
    the other, then the other way round."""
    n = initial.shape[0]
    diagonal = np.full(n, 1.0 + 2.0 * alpha)
    beside = np.full(n - 1, -alpha)
    u = initial.copy()
    half = np.zeros_like(u)
    for _ in range(steps):
        step_along_rows(u, alpha, half)
        for j in range(n):
            solve_tridiagonal(beside, diagonal, beside, half[:, j])
        step_along_rows(half.T, alpha, u.T)
        for i in range(n):
            solve_tridiagonal(beside, diagonal, beside, u[i])
    return np.sum(u**2) + u[0, 0]


def apply_boundary(u: Any) -> None:
    """Half of the heat is lost at the left end; the right end is insulated."""
    u[0] = 0.5 * u[1]
    u[-1] = u[-2]


def population(n: int) -> tuple[Any, ...]:
    return 0.5 + 0.3 * np.sin(np.arange(float(n))), 0.2, 0.6, 12


@kernel(population, (8, 100, 2000))
def reaction_diffusion(initial: Any, diffusivity: float, rate: float, steps: int) -> Any:
    """Fisher's equation, with its boundary in a function of its own."""
    dt = 0.5
    u = initial.copy()
    apply_boundary(u)
    for _ in range(steps):
        growth = rate * u[1:-1] * (1.0 - u[1:-1])
        u[1:-1] += dt * (diffusivity * (u[2:] - 2.0 * u[1:-1] + u[:-2]) + growth)
        apply_boundary(u)
    return np.sum(u**2)


def two_species(n: int) -> tuple[Any, ...]:
    u = 0.7 + 0.1 * np.sin(normal(7, n, n))
    v = 0.2 + 0.1 * np.cos(normal(8, n, n))
    return u, v, 0.04, 0.06, 5


def wrap(u: Any) -> None:
    """Copy the rows and columns of the other side into the margin."""
    u[0, :] = u[-2, :]
    u[-1, :] = u[1, :]
    u[:, 0] = u[:, -2]
    u[:, -1] = u[:, 1]


def laplacian_of(u: Any, out: Any) -> None:
    out[...] = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]


@kernel(two_species, (5, 20, 100))
def gray_scott(u0: Any, v0: Any, feed: float, kill: float, steps: int) -> Any:
    """Two species on a torus with margins, worked on by views of the inside."""
    u = u0.copy()
    v = v0.copy()
    inner_u = u[1:-1, 1:-1]
    inner_v = v[1:-1, 1:-1]
    spread_u = np.empty_like(inner_u)
    spread_v = np.empty_like(inner_v)
    for _ in range(steps):
        wrap(u)
        wrap(v)
        laplacian_of(u, spread_u)
        laplacian_of(v, spread_v)
        reaction = inner_u * inner_v**2
        inner_u += 0.16 * spread_u - reaction + feed * (1.0 - inner_u)
        inner_v += 0.08 * spread_v + reaction - (feed + kill) * inner_v
    return np.sum(v[1:-1, 1:-1] ** 2) + np.sum(u[1, 1:-1])

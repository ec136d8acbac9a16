"""Heat and flow by matrices and by whole arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import ndimage, signal

from kernels.references import reference


def second_difference(n: int) -> Any:
    """As a matrix, zero outside."""
    return np.eye(n, k=1) - 2.0 * np.eye(n) + np.eye(n, k=-1)


def fixed_ends(n: int) -> Any:
    matrix = second_difference(n)
    matrix[[0, -1]] = 0.0
    return matrix


@reference
def heat_1d(initial: Any, kappa: float, steps: int) -> Any:
    step = np.eye(len(initial)) + kappa * fixed_ends(len(initial))
    return np.sum((np.linalg.matrix_power(step, steps) @ initial) ** 2)


@reference
def heat_2d(initial: Any, target: Any, kappa: float, steps: int) -> Any:
    star = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    u = initial
    for _ in range(steps):
        u = u + np.pad(kappa * signal.convolve2d(u, star, mode="valid"), 1)
    return np.mean((u - target) ** 2)


@reference
def heat_3d(initial: Any, kappa: float, steps: int) -> Any:
    u = initial
    for _ in range(steps):
        u = u + kappa * np.pad(ndimage.laplace(u)[1:-1, 1:-1, 1:-1], 1)
    return np.sum(u**4)


@reference
def heat_implicit(initial: Any, conductivity: Any, steps: int) -> Any:
    gradient = np.eye(len(initial) + 1, len(initial)) - np.eye(len(initial) + 1, len(initial), k=-1)
    system = np.eye(len(initial)) + gradient.T @ np.diag(conductivity) @ gradient
    return np.sum(np.cos(np.linalg.solve(np.linalg.matrix_power(system, steps), initial)))


@reference
def heat_adi(initial: Any, alpha: float, steps: int) -> Any:
    n = initial.shape[0]
    explicit = np.eye(n) + alpha * second_difference(n)
    implicit = np.linalg.inv(np.eye(n) - alpha * second_difference(n))
    u = initial
    for _ in range(steps):
        u = explicit @ implicit @ u @ explicit @ implicit
    return np.sum(u**2) + u[0, 0]


@reference
def reaction_diffusion(initial: Any, diffusivity: float, rate: float, steps: int) -> Any:
    u = initial[1:-1]
    for _ in range(steps):
        padded = np.concatenate([u[:1] / 2.0, u, u[-1:]])
        u = u + 0.5 * (diffusivity * np.diff(padded, 2) + rate * (u - u**2))
    return np.sum(u**2) + (u[0] / 2.0) ** 2 + u[-1] ** 2


@reference
def gray_scott(u0: Any, v0: Any, feed: float, kill: float, steps: int) -> Any:
    u, v = u0[1:-1, 1:-1], v0[1:-1, 1:-1]
    for _ in range(steps):
        reaction = u * v**2
        u, v = (
            u + 0.16 * ndimage.laplace(u, mode="wrap") - reaction + feed * (1.0 - u),
            v + 0.08 * ndimage.laplace(v, mode="wrap") + reaction - (feed + kill) * v,
        )
    return np.sum(v**2) + np.sum(u[0])


@reference
def advection_upwind(initial: Any, speed: Any, courant: float, steps: int) -> Any:
    u = initial
    for _ in range(steps):
        slope = np.diff(u)
        upwind = np.where(speed[1:-1] > 0.0, slope[:-1], slope[1:])
        u = np.pad(u[1:-1] - courant * speed[1:-1] * upwind, 1, mode="edge")
    return np.sum(u**2)


@reference
def burgers(initial: Any, viscosity: float, dt: float, steps: int) -> Any:
    u = initial
    for _ in range(steps):
        left = np.roll(u, 1)
        bend = ndimage.laplace(u, mode="wrap")
        u = u - dt * u * (u - left) + viscosity * dt * bend
    return np.sum(u**3)


@reference
def wave_1d(initial: Any, speed: Any, steps: int) -> Any:
    n = len(initial)
    bend = np.diag(speed**2) @ fixed_ends(n)
    still = np.diag([0.0, *[1.0] * (n - 2), 0.0])
    ends = np.eye(n) - still
    advance = np.block([[2.0 * still + ends + bend, -still], [np.eye(n), np.zeros((n, n))]])
    both = np.linalg.matrix_power(advance, steps) @ np.concatenate([initial, initial])
    return np.sum(both[:n] ** 2) + both[:n] @ both[n:]


@reference
def fdtd_1d(permittivity: Any, loss: Any, source: Any, place: int) -> Any:
    n = len(permittivity)
    gradient = np.eye(n, k=1)[:-1] - np.eye(n)[:-1]
    inside = np.diag([0.0, *[1.0] * (n - 2), 0.0])
    damping = np.eye(n) - inside @ np.diag(loss)
    curl = -0.5 * inside @ np.diag(permittivity) @ gradient.T
    magnetic = np.hstack([0.5 * gradient, np.eye(n - 1)])
    electric = np.hstack([damping, np.zeros((n, n - 1))]) + curl @ magnetic
    advance = np.vstack([electric, magnetic])
    push = np.eye(2 * n - 1)[place]
    state = np.zeros(2 * n - 1)
    received = 0.0
    for value in source:
        state = advance @ state + value * push
        received += state[n - 2] ** 2
    return received + np.sum(state[n:] ** 2)


@reference
def fdtd_2d(permittivity: Any, source: Any, steps: int) -> Any:
    """The second-order wave equation: what remains without the magnetic fields."""
    n = permittivity.shape[0]
    before = now = np.zeros((n, n))
    for t in range(steps):
        bend = np.pad((permittivity * ndimage.laplace(now))[1:-1, 1:-1], 1)
        pushed = np.zeros((n, n))
        pushed[n // 2, n // 2] = source[t] - (source[t - 1] if t > 0 else 0.0)
        before, now = now, 2.0 * now - before + 0.5 * bend + pushed
    return np.sum(now**2)


@reference
def cavity_flow(u0: Any, v0: Any, density: float, viscosity: float, lid: float, steps: int) -> Any:
    """Element by element."""
    n = u0.shape[0]
    h = 1.0 / (n - 1)
    dt = 0.1 * h
    inside = [(i, j) for i in range(1, n - 1) for j in range(1, n - 1)]
    u, v, p, b = np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n)), np.zeros((n, n))
    u[1:-1, 1:-1], v[1:-1, 1:-1] = u0[1:-1, 1:-1], v0[1:-1, 1:-1]
    u[-1] = lid
    for _ in range(steps):
        for i, j in inside:
            ux, uy = (u[i, j + 1] - u[i, j - 1]) / 2 / h, (u[i + 1, j] - u[i - 1, j]) / 2 / h
            vx, vy = (v[i, j + 1] - v[i, j - 1]) / 2 / h, (v[i + 1, j] - v[i - 1, j]) / 2 / h
            b[i, j] = density * ((ux + vy) / dt - ux**2 - 2 * uy * vx - vy**2)
        for _ in range(4):
            old, p = p, p.copy()
            for i, j in inside:
                around = old[i, j + 1] + old[i, j - 1] + old[i + 1, j] + old[i - 1, j]
                p[i, j] = (around - h * h * b[i, j]) / 4
            p = np.pad(p[1:-1, 1:-1], 1, mode="edge")
            p[-1] = 0.0
        old_u, old_v = u.copy(), v.copy()
        for w, old in ((u, old_u), (v, old_v)):
            for i, j in inside:
                carried = old_u[i, j] * (old[i, j] - old[i, j - 1])
                carried += old_v[i, j] * (old[i, j] - old[i - 1, j])
                around = old[i, j + 1] + old[i, j - 1] + old[i + 1, j] + old[i - 1, j]
                spread = viscosity * dt / h / h * (around - 4 * old[i, j])
                w[i, j] = old[i, j] - dt / h * carried + spread
        for i, j in inside:
            u[i, j] -= dt / (2 * density * h) * (p[i, j + 1] - p[i, j - 1])
            v[i, j] -= dt / (2 * density * h) * (p[i + 1, j] - p[i - 1, j])
    return np.mean(u**2 + v**2) + 0.01 * np.mean(p**2)


@reference
def shallow_water(height: Any, momentum: Any, dt: float, steps: int) -> Any:
    h, q = height, momentum
    for _ in range(steps):
        pushed = q**2 / h + 0.5 * 9.81 * h**2
        h, q = (
            np.pad(0.5 * (h[2:] + h[:-2] - dt * (q[2:] - q[:-2])), 1, mode="edge"),
            np.pad(0.5 * (q[2:] + q[:-2] - dt * (pushed[2:] - pushed[:-2])), 1, mode="edge"),
        )
        q[[0, -1]] *= -1.0
    return np.sum(h**2) + np.sum(q**2)

"""Transport, waves and flow: finite differences with everything that moves in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import equations
from kernels.registry import kernel, normal, uniform


def tracer(n: int) -> tuple[Any, ...]:
    speed = np.where(np.arange(n) % 5 < 3, 1.0, -1.0) * uniform(11, 0.2, 0.9, n)
    return normal(10, n), speed, 0.5, 6


@kernel(tracer, (7, 100, 1000), order=1)
def advection_upwind(initial: Any, speed: Any, courant: float, steps: int) -> Any:
    """A tracer carried along a line, differences taken from where the wind comes."""
    n = len(initial)
    u = initial.copy()
    for _ in range(steps):
        old = u.copy()
        for i in range(1, n - 1):
            if speed[i] > 0.0:
                u[i] = old[i] - courant * speed[i] * (old[i] - old[i - 1])
            else:
                u[i] = old[i] - courant * speed[i] * (old[i + 1] - old[i])
        u[0] = u[1]
        u[n - 1] = u[n - 2]
    return np.sum(u**2)


def ring(n: int) -> tuple[Any, ...]:
    return 1.0 + 0.4 * np.sin(2.0 * np.pi * np.arange(n) / n), 0.1, 0.2, 20


@kernel(ring, (8, 100, 2000), by_hand=equations.burgers_grad)
def burgers(initial: Any, viscosity: float, dt: float, steps: int) -> Any:
    """The viscous Burgers equation on a ring, upwind, by slices and ends apart."""
    u = initial.copy()
    for _ in range(steps):
        un = u.copy()
        u[1:-1] = (
            un[1:-1]
            - dt * un[1:-1] * (un[1:-1] - un[:-2])
            + viscosity * dt * (un[2:] - 2.0 * un[1:-1] + un[:-2])
        )
        u[0] = (
            un[0] - dt * un[0] * (un[0] - un[-1]) + viscosity * dt * (un[1] - 2.0 * un[0] + un[-1])
        )
        u[-1] = (
            un[-1]
            - dt * un[-1] * (un[-1] - un[-2])
            + viscosity * dt * (un[0] - 2.0 * un[-1] + un[-2])
        )
    return np.sum(u**3)


def string(n: int) -> tuple[Any, ...]:
    return np.sin(np.linspace(0.0, 3.1, n)), uniform(12, 0.3, 0.9, n), 15


@kernel(string, (8, 100, 2000), by_hand=equations.wave_1d_grad)
def wave_1d(initial: Any, speed: Any, steps: int) -> Any:
    """A plucked string of uneven weight: three buffers that take turns."""
    previous = initial.copy()
    current = initial.copy()
    following = initial.copy()
    for _ in range(steps):
        following[1:-1] = (
            2.0 * current[1:-1]
            - previous[1:-1]
            + speed[1:-1] ** 2 * (current[2:] - 2.0 * current[1:-1] + current[:-2])
        )
        previous, current, following = current, following, previous
    return np.sum(current**2) + np.sum(current * previous)


def cable(n: int) -> tuple[Any, ...]:
    return uniform(13, 0.5, 1.0, n), 0.1 * uniform(14, 0.0, 1.0, n), normal(15, 2 * n), n // 2


@kernel(cable, (6, 50, 400))
def fdtd_1d(permittivity: Any, loss: Any, source: Any, place: int) -> Any:
    """Yee's scheme: E and H half a step apart, a source added in one place, one end recorded."""
    n = len(permittivity)
    electric = np.zeros(n)
    magnetic = np.zeros(n - 1)
    received = np.zeros(len(source))
    for t in range(len(source)):
        magnetic += 0.5 * (electric[1:] - electric[:-1])
        electric[1:-1] *= 1.0 - loss[1:-1]
        electric[1:-1] += 0.5 * permittivity[1:-1] * (magnetic[1:] - magnetic[:-1])
        electric[place] += source[t]
        received[t] = electric[n - 2]
    return np.sum(received**2) + np.sum(magnetic**2)


def cavity_of_fields(n: int) -> tuple[Any, ...]:
    return uniform(16, 0.3, 0.6, n, n), normal(17, n), n


@kernel(cavity_of_fields, (5, 20, 80))
def fdtd_2d(permittivity: Any, source: Any, steps: int) -> Any:
    """Transverse magnetic waves in a box: three fields, updated by functions of their own."""
    n = permittivity.shape[0]
    ez = np.zeros((n, n))
    hx = np.zeros((n, n - 1))
    hy = np.zeros((n - 1, n))
    for t in range(steps):
        update_magnetic(ez, hx, hy)
        update_electric(ez, hx, hy, permittivity)
        ez[n // 2, n // 2] += source[t]
    return np.sum(ez**2)


def update_magnetic(ez: Any, hx: Any, hy: Any) -> None:
    hx -= 0.5 * (ez[:, 1:] - ez[:, :-1])
    hy += 0.5 * (ez[1:, :] - ez[:-1, :])


def update_electric(ez: Any, hx: Any, hy: Any, permittivity: Any) -> None:
    curl = hy[1:, 1:-1] - hy[:-1, 1:-1] - hx[1:-1, 1:] + hx[1:-1, :-1]
    ez[1:-1, 1:-1] += permittivity[1:-1, 1:-1] * curl


def cavity(n: int) -> tuple[Any, ...]:
    return 0.1 * normal(18, n, n), 0.1 * normal(19, n, n), 1.0, 0.02, 1.5, 3


@kernel(cavity, (5, 20, 60))
def cavity_flow(u0: Any, v0: Any, density: float, viscosity: float, lid: float, steps: int) -> Any:
    """Flow in a box below a moving lid: momentum by slices, pressure by Jacobi iteration."""
    n = u0.shape[0]
    h = 1.0 / (n - 1)
    dt = 0.1 * h
    u = u0.copy()
    v = v0.copy()
    p = np.zeros((n, n))
    b = np.zeros((n, n))
    walls(u, v, lid)
    for _ in range(steps):
        build_source(b, density, dt, u, v, h)
        pressure_poisson(p, b, h, 4)
        un = u.copy()
        vn = v.copy()
        advance(u, un, vn, un, dt, h, viscosity)
        advance(v, un, vn, vn, dt, h, viscosity)
        u[1:-1, 1:-1] -= dt / (2.0 * density * h) * (p[1:-1, 2:] - p[1:-1, :-2])
        v[1:-1, 1:-1] -= dt / (2.0 * density * h) * (p[2:, 1:-1] - p[:-2, 1:-1])
        walls(u, v, lid)
    return np.mean(u**2 + v**2) + 0.01 * np.mean(p**2)


def walls(u: Any, v: Any, lid: float) -> None:
    """No slip at three walls, and the lid drives the fourth."""
    u[0, :] = 0.0
    u[:, 0] = 0.0
    u[:, -1] = 0.0
    u[-1, :] = lid
    v[0, :] = 0.0
    v[-1, :] = 0.0
    v[:, 0] = 0.0
    v[:, -1] = 0.0


def build_source(b: Any, density: float, dt: float, u: Any, v: Any, h: float) -> None:
    """The right-hand side of the pressure equation."""
    ux = (u[1:-1, 2:] - u[1:-1, :-2]) / (2.0 * h)
    uy = (u[2:, 1:-1] - u[:-2, 1:-1]) / (2.0 * h)
    vx = (v[1:-1, 2:] - v[1:-1, :-2]) / (2.0 * h)
    vy = (v[2:, 1:-1] - v[:-2, 1:-1]) / (2.0 * h)
    b[1:-1, 1:-1] = density * ((ux + vy) / dt - ux**2 - 2.0 * uy * vx - vy**2)


def pressure_poisson(p: Any, b: Any, h: float, sweeps: int) -> None:
    for _ in range(sweeps):
        pn = p.copy()
        p[1:-1, 1:-1] = 0.25 * (
            pn[1:-1, 2:] + pn[1:-1, :-2] + pn[2:, 1:-1] + pn[:-2, 1:-1] - h**2 * b[1:-1, 1:-1]
        )
        p[:, -1] = p[:, -2]
        p[0, :] = p[1, :]
        p[:, 0] = p[:, 1]
        p[-1, :] = 0.0


def advance(w: Any, un: Any, vn: Any, wn: Any, dt: float, h: float, viscosity: float) -> None:
    """Carry and spread one component of the velocity."""
    w[1:-1, 1:-1] = (
        wn[1:-1, 1:-1]
        - dt / h * un[1:-1, 1:-1] * (wn[1:-1, 1:-1] - wn[1:-1, :-2])
        - dt / h * vn[1:-1, 1:-1] * (wn[1:-1, 1:-1] - wn[:-2, 1:-1])
    )
    neighbours = wn[1:-1, 2:] + wn[1:-1, :-2] + wn[2:, 1:-1] + wn[:-2, 1:-1]
    w[1:-1, 1:-1] += viscosity * dt / h**2 * (neighbours - 4.0 * wn[1:-1, 1:-1])


def basin(n: int) -> tuple[Any, ...]:
    return 1.0 + 0.1 * np.sin(np.arange(float(n))), 0.05 * normal(20, n), 0.1, 10


@kernel(basin, (7, 100, 2000))
def shallow_water(height: Any, momentum: Any, dt: float, steps: int) -> Any:
    """Lax and Friedrichs: two conserved quantities in the rows of one array, walls at the ends."""
    n = len(height)
    state = np.empty((2, n))
    state[0] = height
    state[1] = momentum
    flux = np.empty_like(state)
    for _ in range(steps):
        h, q = state[0], state[1]
        flux[0] = q
        flux[1] = q**2 / h + 0.5 * 9.81 * h**2
        spread = 0.5 * (state[:, 2:] + state[:, :-2])
        state[:, 1:-1] = spread - 0.5 * dt * (flux[:, 2:] - flux[:, :-2])
        state[0, 0] = state[0, 1]
        state[0, -1] = state[0, -2]
        state[1, 0] = -state[1, 1]
        state[1, -1] = -state[1, -2]
    return np.sum(state[0] ** 2) + np.sum(state[1] ** 2)

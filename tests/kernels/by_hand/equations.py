"""Adjoints of differential equations."""

from __future__ import annotations

from typing import Any

import numpy as np


def heat_1d_grad(initial: Any, kappa: float, steps: int) -> tuple[Any, ...]:
    n = len(initial)
    history = []
    old = initial.copy()
    new = initial.copy()
    for _ in range(steps):
        for i in range(1, n - 1):
            new[i] = old[i] + kappa * (old[i + 1] - 2.0 * old[i] + old[i - 1])
        history.append(old)
        old, new = new, initial.copy()

    kappa_bar = 0.0
    new_bar = 2.0 * old
    for old in reversed(history):
        old_bar = np.zeros(n)
        old_bar[0] = new_bar[0]
        old_bar[n - 1] = new_bar[n - 1]
        for i in range(n - 2, 0, -1):
            g = new_bar[i]
            kappa_bar += g * (old[i + 1] - 2.0 * old[i] + old[i - 1])
            spread = kappa * g
            old_bar[i + 1] += spread
            old_bar[i] += g - 2.0 * spread
            old_bar[i - 1] += spread
        new_bar = old_bar
    return new_bar, kappa_bar


def heat_2d_grad(initial: Any, target: Any, kappa: float, steps: int) -> tuple[Any, ...]:
    laplacians = []
    u = initial.copy()
    for _ in range(steps):
        laplacian = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        u[1:-1, 1:-1] += kappa * laplacian
        laplacians.append(laplacian)

    u_bar = 2.0 / u.size * (u - target)
    target_bar = -u_bar
    kappa_bar = 0.0
    inside = u_bar[1:-1, 1:-1]
    for laplacian in reversed(laplacians):
        kappa_bar += np.sum(inside * laplacian)
        g = kappa * inside
        u_bar[2:, 1:-1] += g
        u_bar[:-2, 1:-1] += g
        u_bar[1:-1, 2:] += g
        u_bar[1:-1, :-2] += g
        inside -= 4.0 * g
    return u_bar, target_bar, kappa_bar


def burgers_grad(initial: Any, viscosity: float, dt: float, steps: int) -> tuple[Any, ...]:
    """The ring is cut open, with a copy of the other end on either side."""
    history = []
    u = initial
    for _ in range(steps):
        ring = np.empty(len(u) + 2)
        ring[1:-1] = u
        ring[0] = u[-1]
        ring[-1] = u[0]
        history.append(ring)
        bend = ring[2:] - 2.0 * u + ring[:-2]
        u = u - dt * u * (u - ring[:-2]) + viscosity * dt * bend

    viscosity_bar = 0.0
    dt_bar = 0.0
    u_bar = 3.0 * u**2
    for ring in reversed(history):
        u, before = ring[1:-1], ring[:-2]
        total = u_bar @ (ring[2:] - 2.0 * u + before)
        viscosity_bar += dt * total
        dt_bar += viscosity * total - (u_bar * u) @ (u - before)
        g = dt * u_bar
        ring_bar = np.zeros_like(ring)
        ring_bar[1:-1] = u_bar - g * (2.0 * (u + viscosity) - before)
        ring_bar[:-2] += g * (u + viscosity)
        ring_bar[2:] += viscosity * g
        ring_bar[-2] += ring_bar[0]
        ring_bar[1] += ring_bar[-1]
        u_bar = ring_bar[1:-1]
    return u_bar.copy(), viscosity_bar, dt_bar


def wave_1d_grad(initial: Any, speed: Any, steps: int) -> tuple[Any, ...]:
    bends = []
    squared = speed[1:-1] ** 2
    previous = initial.copy()
    current = initial.copy()
    following = initial.copy()
    for _ in range(steps):
        bend = current[2:] - 2.0 * current[1:-1] + current[:-2]
        following[1:-1] = 2.0 * current[1:-1] - previous[1:-1] + squared * bend
        bends.append(bend)
        previous, current, following = current, following, previous

    current_bar = 2.0 * current + previous
    previous_bar = current.copy()
    following_bar = np.zeros_like(initial)
    squared_bar = np.zeros_like(squared)
    for bend in reversed(bends):
        previous_bar, current_bar, following_bar = following_bar, previous_bar, current_bar
        g = following_bar[1:-1].copy()
        following_bar[1:-1] = 0.0
        spread = squared * g
        squared_bar += g * bend
        current_bar[1:-1] += 2.0 * (g - spread)
        current_bar[2:] += spread
        current_bar[:-2] += spread
        previous_bar[1:-1] -= g
    speed_bar = np.zeros_like(speed)
    speed_bar[1:-1] = 2.0 * speed[1:-1] * squared_bar
    return previous_bar + current_bar + following_bar, speed_bar

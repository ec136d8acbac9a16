"""Adjoints of trajectories."""

from __future__ import annotations

from typing import Any

import numpy as np


def attract(position: Any, mass: Any, acceleration: Any) -> None:
    n = len(mass)
    acceleration[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            d = position[j] - position[i]
            r2 = d @ d + 0.1
            pull = d / (r2 * np.sqrt(r2))
            acceleration[i] += mass[j] * pull
            acceleration[j] -= mass[i] * pull


def attract_back(position: Any, mass: Any, pulled: Any, position_bar: Any, mass_bar: Any) -> None:
    """Add to the adjoints, given that of the acceleration."""
    n = len(mass)
    for i in range(n - 1, -1, -1):
        for j in range(n - 1, i, -1):
            d = position[j] - position[i]
            r2 = d @ d + 0.1
            weight = 1.0 / (r2 * np.sqrt(r2))
            mass_bar[j] += weight * (pulled[i] @ d)
            mass_bar[i] -= weight * (pulled[j] @ d)
            pull_bar = mass[j] * pulled[i] - mass[i] * pulled[j]
            d_bar = weight * (pull_bar - 3.0 * (pull_bar @ d) / r2 * d)
            position_bar[j] += d_bar
            position_bar[i] -= d_bar


def n_body_grad(position: Any, velocity: Any, mass: Any, dt: float, steps: int) -> tuple[Any, ...]:
    x = position.copy()
    v = velocity.copy()
    a = np.zeros_like(x)
    attract(x, mass, a)
    tape = []
    for _ in range(steps):
        v += 0.5 * dt * a
        tape.append((a.copy(), v.copy(), x.copy()))
        x += dt * v
        attract(x, mass, a)
        v += 0.5 * dt * a

    x_bar = 2.0 * x
    v_bar = 2.0 * mass[:, None] * v
    a_bar = np.zeros_like(a)
    mass_bar = np.sum(v**2, axis=1)
    dt_bar = 0.0
    for a_old, v_half, x_old in reversed(tape):
        a_bar += 0.5 * dt * v_bar
        dt_bar += 0.5 * np.sum(v_bar * a)
        attract_back(x, mass, a_bar, x_bar, mass_bar)
        v_bar += dt * x_bar
        dt_bar += np.sum(x_bar * v_half) + 0.5 * np.sum(v_bar * a_old)
        a_bar = 0.5 * dt * v_bar
        a, x = a_old, x_old
    attract_back(x, mass, a_bar, x_bar, mass_bar)
    return x_bar, v_bar, mass_bar, dt_bar


def lorenz(state: Any, sigma: float, rho: float, beta: float, out: Any) -> None:
    out[0] = sigma * (state[1] - state[0])
    out[1] = state[0] * (rho - state[2]) - state[1]
    out[2] = state[0] * state[1] - beta * state[2]


def lorenz_back(
    state: Any, sigma: float, rho: float, beta: float, out_bar: Any, constants_bar: Any
) -> Any:
    """The adjoint of the state; what the constants get is added."""
    p, q, r = out_bar
    x, y, z = state
    constants_bar[0] += p * (y - x)
    constants_bar[1] += q * x
    constants_bar[2] -= r * z
    return np.array([q * (rho - z) + r * y - sigma * p, sigma * p - q + r * x, -(q * x) - beta * r])


def runge_kutta_grad(
    start: Any, sigma: float, rho: float, beta: float, dt: float, steps: int
) -> tuple[Any, ...]:
    trajectory = np.zeros((steps + 1, 3))
    trajectory[0] = start
    slopes = np.zeros((steps, 4, 3))
    for t in range(steps):
        y = trajectory[t]
        k1, k2, k3, k4 = slopes[t]
        lorenz(y, sigma, rho, beta, k1)
        lorenz(y + 0.5 * dt * k1, sigma, rho, beta, k2)
        lorenz(y + 0.5 * dt * k2, sigma, rho, beta, k3)
        lorenz(y + dt * k3, sigma, rho, beta, k4)
        trajectory[t + 1] = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)

    constants_bar = np.zeros(3)
    dt_bar = 0.0
    scale = 2.0 / trajectory.size
    y_bar = scale * trajectory[steps]
    for t in range(steps - 1, -1, -1):
        y = trajectory[t]
        k1, k2, k3, k4 = slopes[t]
        dt_bar += y_bar @ (k1 + 2.0 * k2 + 2.0 * k3 + k4) / 6.0
        g = dt / 6.0 * y_bar
        s4 = lorenz_back(y + dt * k3, sigma, rho, beta, g, constants_bar)
        k3_bar = 2.0 * g + dt * s4
        s3 = lorenz_back(y + 0.5 * dt * k2, sigma, rho, beta, k3_bar, constants_bar)
        k2_bar = 2.0 * g + 0.5 * dt * s3
        s2 = lorenz_back(y + 0.5 * dt * k1, sigma, rho, beta, k2_bar, constants_bar)
        k1_bar = g + 0.5 * dt * s2
        s1 = lorenz_back(y, sigma, rho, beta, k1_bar, constants_bar)
        dt_bar += s4 @ k3 + 0.5 * (s3 @ k2 + s2 @ k1)
        y_bar = y_bar + s1 + s2 + s3 + s4 + scale * y
    return y_bar, *constants_bar, dt_bar


def lotka_volterra_grad(
    prey0: float,
    predator0: float,
    birth: float,
    hunger: float,
    death: float,
    feeding: float,
    dt: float,
    steps: int,
) -> tuple[Any, ...]:
    prey = np.zeros(steps + 1)
    predator = np.zeros(steps + 1)
    prey[0] = prey0
    predator[0] = predator0
    for t in range(steps):
        prey[t + 1] = prey[t] + dt * prey[t] * (birth - hunger * predator[t])
        predator[t + 1] = predator[t] + dt * predator[t] * (feeding * prey[t] - death)

    birth_bar = hunger_bar = death_bar = feeding_bar = dt_bar = 0.0
    mean_bar = 1.0 / (steps + 1)
    prey_bar = mean_bar
    predator_bar = 2.0 * mean_bar * predator[steps]
    for t in range(steps - 1, -1, -1):
        x, y = prey[t], predator[t]
        x_rate = birth - hunger * y
        y_rate = feeding * x - death
        dt_bar += prey_bar * x * x_rate + predator_bar * y * y_rate
        p = prey_bar * dt * x
        q = predator_bar * dt * y
        birth_bar += p
        hunger_bar -= p * y
        feeding_bar += q * x
        death_bar -= q
        prey_bar += dt * prey_bar * x_rate + q * feeding + mean_bar
        predator_bar += dt * predator_bar * y_rate - p * hunger + 2.0 * mean_bar * y
    return prey_bar, predator_bar, birth_bar, hunger_bar, death_bar, feeding_bar, dt_bar

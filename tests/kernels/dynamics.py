"""Motion: bodies, oscillators and populations, step by step into arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import motion
from kernels.registry import kernel, normal, uniform


def attract(position: Any, mass: Any, acceleration: Any) -> None:
    """The pull of all pairs, softened."""
    n = len(mass)
    acceleration[:] = 0.0
    for i in range(n):
        for j in range(i + 1, n):
            d = position[j] - position[i]
            r2 = d @ d + 0.1
            pull = d / (r2 * np.sqrt(r2))
            acceleration[i] += mass[j] * pull
            acceleration[j] -= mass[i] * pull


def bodies(n: int) -> tuple[Any, ...]:
    return normal(90, n, 3), 0.3 * normal(91, n, 3), uniform(92, 0.5, 1.5, n), 0.05, 4


@kernel(bodies, (3, 8, 24), by_hand=motion.n_body_grad, order=2)
def n_body(position: Any, velocity: Any, mass: Any, dt: float, steps: int) -> Any:
    """Bodies by leapfrog: kick, drift, kick."""
    x = position.copy()
    v = velocity.copy()
    a = np.zeros_like(x)
    attract(x, mass, a)
    for _ in range(steps):
        v += 0.5 * dt * a
        x += dt * v
        attract(x, mass, a)
        v += 0.5 * dt * a
    return np.sum(x**2) + np.sum(mass * np.sum(v**2, axis=1))


def lorenz(state: Any, sigma: float, rho: float, beta: float, out: Any) -> None:
    out[0] = sigma * (state[1] - state[0])
    out[1] = state[0] * (rho - state[2]) - state[1]
    out[2] = state[0] * state[1] - beta * state[2]


def weather(n: int) -> tuple[Any, ...]:
    return np.array([1.0, 0.5, 2.0]), 10.0, 14.0, 8.0 / 3.0, 0.01, n


@kernel(weather, (6, 100, 1000), by_hand=motion.runge_kutta_grad, order=1)
def runge_kutta(start: Any, sigma: float, rho: float, beta: float, dt: float, steps: int) -> Any:
    """The Lorenz system by the method of Runge and Kutta, into the rows of a trajectory."""
    trajectory = np.zeros((steps + 1, 3))
    trajectory[0] = start
    k1, k2, k3, k4 = np.zeros(3), np.zeros(3), np.zeros(3), np.zeros(3)
    for t in range(steps):
        y = trajectory[t]
        lorenz(y, sigma, rho, beta, k1)
        lorenz(y + 0.5 * dt * k1, sigma, rho, beta, k2)
        lorenz(y + 0.5 * dt * k2, sigma, rho, beta, k3)
        lorenz(y + dt * k3, sigma, rho, beta, k4)
        trajectory[t + 1] = y + dt / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)
    return np.mean(trajectory**2)


def hares_and_lynxes(n: int) -> tuple[Any, ...]:
    return 1.2, 0.8, 0.6, 0.5, 0.4, 0.3, 10.0 / n, n


@kernel(hares_and_lynxes, (9, 100, 1000), by_hand=motion.lotka_volterra_grad, order=1)
def lotka_volterra(
    prey0: float,
    predator0: float,
    birth: float,
    hunger: float,
    death: float,
    feeding: float,
    dt: float,
    steps: int,
) -> Any:
    """Two populations by Euler's method, each in its array."""
    prey = np.zeros(steps + 1)
    predator = np.zeros(steps + 1)
    prey[0] = prey0
    predator[0] = predator0
    for t in range(steps):
        prey[t + 1] = prey[t] + dt * prey[t] * (birth - hunger * predator[t])
        predator[t + 1] = predator[t] + dt * predator[t] * (feeding * prey[t] - death)
    return np.mean(prey) + np.mean(predator**2)


def springs(n: int) -> tuple[Any, ...]:
    return 0.3 * normal(93, n), uniform(94, 0.5, 1.5, n + 1), 0.1, 6


def pull_of_springs(x: Any, stiffness: Any, force: Any) -> None:
    """Springs between neighbours, and from the outermost to the walls."""
    stretch = np.empty(len(stiffness))
    stretch[0] = x[0]
    stretch[1:-1] = x[1:] - x[:-1]
    stretch[-1] = -x[-1]
    tension = stiffness * (stretch + stretch**3)
    force[:] = tension[1:] - tension[:-1]


@kernel(springs, (6, 100, 2000))
def spring_chain(displacement: Any, stiffness: Any, dt: float, steps: int) -> Any:
    """A chain of stiffening springs (Fermi, Pasta, Ulam and Tsingou), symplectic Euler."""
    x = displacement.copy()
    v = np.zeros_like(x)
    force = np.zeros_like(x)
    for _ in range(steps):
        pull_of_springs(x, stiffness, force)
        v += dt * force
        x += dt * v
    return 0.5 * np.sum(v**2) + np.sum(x**4)


def hidden_units(n: int) -> tuple[Any, ...]:
    return 0.4 * normal(95, 3, 3), normal(96, 3, 2), normal(97, n, 2)


@kernel(hidden_units, (5, 50, 500), order=1)
def recurrent_network(recurrent: Any, inward: Any, inputs: Any) -> Any:
    """All hidden states in one array, read back at the end with what they grew to."""
    steps = inputs.shape[0]
    hidden = np.zeros((steps + 1, recurrent.shape[0]))
    for t in range(steps):
        hidden[t + 1] = np.tanh(recurrent @ hidden[t] + inward @ inputs[t])
    return np.sum(hidden[-1] ** 2) + np.mean(hidden[1:] * hidden[:-1])


def pendulum(n: int) -> tuple[Any, ...]:
    return np.array([0.8, -0.3]), 9.81, 1.5, 0.02, n


@kernel(pendulum, (6, 100, 1000), order=1)
def adams_bashforth(state: Any, gravity: float, length: float, dt: float, steps: int) -> Any:
    """A pendulum by a two-step method: the slopes shift through a small buffer."""
    y = state.copy()
    slopes = np.zeros((2, 2))
    swing = 0.0
    for t in range(steps):
        slopes[1] = slopes[0]
        slopes[0, 0] = y[1]
        slopes[0, 1] = -gravity / length * np.sin(y[0])
        if t == 0:
            y += dt * slopes[0]
        else:
            y += dt * (1.5 * slopes[0] - 0.5 * slopes[1])
        swing += y[0] ** 2
    return swing / steps

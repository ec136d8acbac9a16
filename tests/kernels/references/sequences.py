"""Filters, motion and models of sequences by libraries, by recursion and path by path."""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np
from numpy.polynomial import legendre
from scipy import integrate, interpolate, linalg, signal, special, stats

from kernels.references import reference


@reference
def iir(b: Any, a: Any, x: Any) -> Any:
    return np.sum(signal.lfilter(b, a, x) ** 2)


@reference
def biquad(b: Any, a: Any, x: Any) -> Any:
    return np.sum(np.tanh(signal.lfilter(b, a, x)))


@reference
def filtfilt(x: Any, rate: float) -> Any:
    y = x
    for _ in range(2):
        y = signal.lfilter([rate], [1.0, rate - 1.0], y, zi=[(1.0 - rate) * y[0]])[0][::-1]
    return np.sum((x - y) ** 2)


@reference
def prefix_sums(x: Any) -> Any:
    return np.sum(np.sin(np.cumsum(x)))


@reference
def scan_by_doubling(x: Any) -> Any:
    return prefix_sums(x)


@reference
def box_filter(image: Any, radius: int) -> Any:
    n, m = image.shape
    total = 0.0
    for i, j in np.ndindex(n, m):
        rows = slice(max(i - radius, 0), i + radius + 1)
        total += np.mean(image[rows, max(j - radius, 0) : j + radius + 1]) ** 2
    return total


@reference
def haar(signal: Any, threshold: float) -> Any:
    loss = 0.0
    while len(signal) > 1:
        details = signal[1::2] - signal[::2]
        signal = 0.5 * (signal[1::2] + signal[::2])
        loss += np.sum(np.hypot(threshold, details))
    return loss + signal[0] ** 2


@reference
def fft(real: Any, imag: Any) -> Any:
    return np.sum(np.hypot(1.0, np.abs(np.fft.fft(real + 1j * imag))))


@reference
def n_body(position: Any, velocity: Any, mass: Any, dt: float, steps: int) -> Any:
    """Verlet's form: positions from the two before."""

    def pull(x: Any) -> Any:
        d = x[None, :, :] - x[:, None, :]
        return np.einsum("j,ijk,ij->ik", mass, d, (np.sum(d**2, axis=2) + 0.1) ** -1.5)

    before, x = position, position + dt * velocity + 0.5 * dt**2 * pull(position)
    for _ in range(steps - 1):
        before, x = x, 2.0 * x - before + dt**2 * pull(x)
    v = (x - before) / dt + 0.5 * dt * pull(x)
    return np.sum(x**2) + np.sum(mass[:, None] * v**2)


@reference
def runge_kutta(start: Any, sigma: float, rho: float, beta: float, dt: float, steps: int) -> Any:
    """The exact solution."""

    def slope(_: float, s: Any) -> Any:
        return [sigma * (s[1] - s[0]), s[0] * (rho - s[2]) - s[1], s[0] * s[1] - beta * s[2]]

    times = dt * np.arange(steps + 1)
    exact = integrate.solve_ivp(
        slope, (0.0, times[-1]), start, t_eval=times, rtol=1e-11, atol=1e-11
    )
    return np.mean(exact.y**2)


@reference
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
    both = [np.array([prey0, predator0])]
    linear = np.diag([birth, -death])
    meeting = np.array([-hunger, feeding])
    for _ in range(steps):
        last = both[-1]
        both.append(last + dt * (linear @ last + meeting * np.prod(last)))
    return np.mean(both, axis=0)[0] + np.mean(np.square(both), axis=0)[1]


@reference
def spring_chain(displacement: Any, stiffness: Any, dt: float, steps: int) -> Any:
    x, v = displacement, 0.0 * displacement
    for _ in range(steps):
        stretch = np.diff(x, prepend=0.0, append=0.0)
        v = v + dt * np.diff(stiffness * (stretch + stretch**3))
        x = x + dt * v
    return 0.5 * v @ v + np.sum(x**4)


@reference
def recurrent_network(recurrent: Any, inward: Any, inputs: Any) -> Any:
    hidden = [np.zeros(len(recurrent))]
    for x in inputs:
        hidden.append(np.tanh(np.hstack([recurrent, inward]) @ np.append(hidden[-1], x)))
    return np.sum(hidden[-1] ** 2) + np.mean(np.multiply(hidden[1:], hidden[:-1]))


@reference
def adams_bashforth(state: Any, gravity: float, length: float, dt: float, steps: int) -> Any:
    angle, speed = [state[0]], [state[1]]
    for t in range(steps):
        now, past = (1.0, 0.0) if t == 0 else (1.5, -0.5)
        bend = [-gravity / length * np.sin(angle[k]) for k in (t, t - 1 if t > 0 else t)]
        angle.append(angle[t] + dt * (now * speed[t] + past * speed[t - 1]))
        speed.append(speed[t] + dt * (now * bend[0] + past * bend[1]))
    return np.mean(np.square(angle[1:]))


def all_paths(start: Any, moves: Any, emissions: Any, symbols: Any) -> tuple[Any, Any]:
    """Every sequence of states and its score."""
    paths = np.array(list(itertools.product(range(len(start)), repeat=len(symbols))))
    scores = start[paths[:, 0]] + np.sum(emissions[paths, symbols], axis=1)
    return paths, scores + np.sum(moves[paths[:, :-1], paths[:, 1:]], axis=1)


@reference
def hmm_forward(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    return special.logsumexp(all_paths(start, moves, emissions, symbols)[1])


@reference
def baum_welch_loss(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    parameters = (special.log_softmax(a, axis=-1) for a in (start, moves, emissions))
    return -hmm_forward(*parameters, symbols)


@reference
def viterbi(start: Any, moves: Any, emissions: Any, symbols: Any) -> Any:
    paths, scores = all_paths(start, moves, emissions, symbols)
    best = np.argmax(scores)
    return scores[best] + 0.1 * np.sum(emissions[paths[best, 1:], symbols[1:]] ** 2)


@reference
def kalman(observed: Any, mean: Any, noise: Any, variance: float, dt: float) -> Any:
    """All states and observations as one Gaussian, conditioned on what was seen so far."""
    n = len(observed)
    move = np.array([[1.0, dt], [0.0, 1.0]])
    powers = [np.linalg.matrix_power(move, t) for t in range(n + 1)]
    means = np.array([powers[t + 1] @ mean for t in range(n)])
    spread = [powers[1] @ powers[1].T + noise]
    for _ in range(n - 1):
        spread.append(move @ spread[-1] @ move.T + noise)
    joint = np.zeros((n, 2, n, 2))
    for s, t in np.ndindex(n, n):
        joint[s, :, t, :] = powers[s - t] @ spread[t] if s >= t else spread[s] @ powers[t - s].T
    seen = joint[:, 0, :, 0] + variance * np.eye(n)
    speeds = []
    for t in range(n):
        gain = np.linalg.solve(seen[: t + 1, : t + 1], joint[t, 1, : t + 1, 0])
        speeds.append(means[t, 1] + gain @ (observed - means[:, 0])[: t + 1])
    density = stats.multivariate_normal(means[:, 0], seen).logpdf(observed)
    return -density - 0.5 * n * np.log(2.0 * np.pi) + np.sum(np.diff(speeds) ** 2)


@reference
def expectation_maximisation(points: Any, means0: Any, scales0: Any, rounds: int) -> Any:
    means, scales, weights = means0, scales0, np.full(2, 0.5)
    for _ in range(rounds):
        joint = weights * stats.norm(means, scales).pdf(points[:, None])
        belongs = joint / np.sum(joint, axis=1, keepdims=True)
        weights = np.mean(belongs, axis=0)
        means = np.average(np.stack([points, points], 1), axis=0, weights=belongs)
        spread = np.average((points[:, None] - means) ** 2, axis=0, weights=belongs)
        scales = np.sqrt(0.1 + spread)
    return np.prod(means) + np.sum(scales**2) + weights[0] ** 2


@reference
def levinson_durbin(r: Any) -> Any:
    a = np.append(1.0, linalg.solve_toeplitz(r[:-1], -r[1:]))
    return np.sum(a**2) + np.log(a @ r)


def ways(n: int, m: int) -> list[list[tuple[int, int]]]:
    """All ways from (0, 0) to (n, m) by single steps to the right, down, or both."""
    if n == 0 and m == 0:
        return [[(0, 0)]]
    before = [(n - 1, m), (n, m - 1), (n - 1, m - 1)]
    return [[*way, (n, m)] for i, j in before if i >= 0 and j >= 0 for way in ways(i, j)]


def warping_costs(x: Any, y: Any) -> Any:
    every = ways(len(x) - 1, len(y) - 1)
    return np.array([sum((x[i] - y[j]) ** 2 for i, j in way) for way in every])


@reference
def time_warping(x: Any, y: Any) -> Any:
    return np.min(warping_costs(x, y))


@reference
def soft_time_warping(x: Any, y: Any, gamma: float) -> Any:
    return -gamma * special.logsumexp(-warping_costs(x, y) / gamma)


@reference
def edit_distance(first: Any, second: Any, replace: Any, insert: Any) -> Any:
    @cache
    def distance(i: int, j: int) -> Any:
        choices = [0.0] if i == j == 0 else []
        if i > 0:
            choices.append(distance(i - 1, j) + insert[first[i - 1]])
        if j > 0:
            choices.append(distance(i, j - 1) + insert[second[j - 1]])
        if i > 0 and j > 0:
            a, b = first[i - 1], second[j - 1]
            choices.append(distance(i - 1, j - 1) + (0.0 if a == b else replace[a, b]))
        return min(choices)

    return distance(len(first), len(second))


@reference
def soft_alignment(first: Any, second: Any, scores: Any, gap: float) -> Any:
    totals = []
    for way in ways(len(first), len(second)):
        total = 0.0
        for (i, j), (k, m) in itertools.pairwise(way):
            both = k > i and m > j
            total += scores[first[i], second[j]] if both else -gap
        totals.append(total)
    return special.logsumexp(totals)


@reference
def legendre_series(x: Any, coefficients: Any) -> Any:
    return np.sum(np.exp(legendre.legval(x, coefficients)))


@reference
def bezier(points: Any, t: float) -> Any:
    n = len(points) - 1
    k = np.arange(n + 1)
    p = (special.binom(n, k) * t**k * (1.0 - t) ** (n - k)) @ points
    return p[0] ** 2 + np.sin(p[1])


@reference
def cubic_spline(x: Any, y: Any) -> Any:
    bends = interpolate.CubicSpline(x, y, bc_type="natural")(x, 2)
    return np.sum(bends**2)


@reference
def binomial_option(
    spot: float, strike: float, rate: float, volatility: float, years: float, steps: int
) -> Any:
    dt = years / steps
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)

    @cache
    def value(t: int, ups: int) -> float:
        now = max(strike - spot * up ** (2 * ups - t), 0.0)
        if t == steps:
            return float(now)
        later = p * value(t + 1, ups + 1) + (1.0 - p) * value(t + 1, ups)
        return float(max(now, np.exp(-rate * dt) * later))

    return value(0, 0)

"""Tables filled from their own entries: dynamic programming and recurrences."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import tables
from kernels.registry import kernel, normal, uniform


def autocorrelation(n: int) -> tuple[Any, ...]:
    lags = np.arange(n + 1)
    return (np.exp(-0.3 * lags) * np.cos(0.9 * lags) + 0.5 * (lags == 0),)


@kernel(autocorrelation, (7, 40, 200), by_hand=tables.levinson_durbin_grad, order=2)
def levinson_durbin(r: Any) -> Any:
    """Linear prediction from autocorrelations: coefficients updated in place from both ends."""
    order = len(r) - 1
    a = np.zeros(order + 1)
    a[0] = 1.0
    error = r[0]
    for i in range(1, order + 1):
        s = r[i]
        for j in range(1, i):
            s += a[j] * r[i - j]
        k = -s / error
        for j in range(1, i // 2 + 1):
            front = a[j] + k * a[i - j]
            a[i - j] += k * a[j]
            a[j] = front
        a[i] = k
        error *= 1.0 - k * k
    return np.sum(a**2) + np.log(error)


def two_series(n: int) -> tuple[Any, ...]:
    return np.cumsum(normal(110, n)), np.cumsum(normal(111, n + 1))


@kernel(two_series, (5, 30, 100), by_hand=tables.time_warping_grad, order=2)
def time_warping(x: Any, y: Any) -> Any:
    """Dynamic time warping: the cheapest way to run through both series."""
    n, m = len(x), len(y)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            step = (x[i - 1] - y[j - 1]) ** 2
            cost[i, j] = step + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]


def soft_series(n: int) -> tuple[Any, ...]:
    return *two_series(n), 0.5


@kernel(soft_series, (5, 30, 100), by_hand=tables.soft_time_warping_grad, order=2)
def soft_time_warping(x: Any, y: Any, gamma: float) -> Any:
    """The same with a soft minimum."""
    n, m = len(x), len(y)
    cost = np.full((n + 1, m + 1), 1e10)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            a = -cost[i - 1, j] / gamma
            b = -cost[i, j - 1] / gamma
            c = -cost[i - 1, j - 1] / gamma
            top = max(a, b, c)
            soft = top + np.log(np.exp(a - top) + np.exp(b - top) + np.exp(c - top))
            cost[i, j] = (x[i - 1] - y[j - 1]) ** 2 - gamma * soft
    return cost[n, m]


def two_words(n: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(112)
    costs = uniform(113, 0.3, 1.0, 4, 4)
    return rng.integers(0, 4, n), rng.integers(0, 4, n + 2), costs, uniform(114, 0.4, 0.6, 4)


@kernel(two_words, (5, 30, 100), order=2)
def edit_distance(first: Any, second: Any, replace: Any, insert: Any) -> Any:
    """The price of turning one word into another, in two rows that take turns."""
    m = len(second)
    above = np.zeros(m + 1)
    row = np.zeros(m + 1)
    for j in range(1, m + 1):
        above[j] = above[j - 1] + insert[second[j - 1]]
    for i in range(1, len(first) + 1):
        letter = first[i - 1]
        row[0] = above[0] + insert[letter]
        for j in range(1, m + 1):
            other = second[j - 1]
            if letter == other:
                row[j] = above[j - 1]
            else:
                best = above[j - 1] + replace[letter, other]
                if above[j] + insert[letter] < best:
                    best = above[j] + insert[letter]
                if row[j - 1] + insert[other] < best:
                    best = row[j - 1] + insert[other]
                row[j] = best
        above, row = row, above
    return above[m]


def alignment(n: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(115)
    return rng.integers(0, 4, n), rng.integers(0, 4, n), normal(116, 4, 4), 0.7


@kernel(alignment, (5, 30, 100), order=2)
def soft_alignment(first: Any, second: Any, scores: Any, gap: float) -> Any:
    """The log of the sum over all alignments of two words (a soft Needleman and Wunsch)."""
    n, m = len(first), len(second)
    table = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        table[i, 0] = -gap * i
    for j in range(1, m + 1):
        table[0, j] = -gap * j
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            match = table[i - 1, j - 1] + scores[first[i - 1], second[j - 1]]
            gaps = np.logaddexp(table[i - 1, j], table[i, j - 1]) - gap
            table[i, j] = np.logaddexp(match, gaps)
    return table[n, m]


def expansion(n: int) -> tuple[Any, ...]:
    return uniform(117, -0.9, 0.9, 5), normal(118, n) / n


@kernel(expansion, (6, 50, 500))
def legendre_series(x: Any, coefficients: Any) -> Any:
    """A series of Legendre polynomials, their values in the rows of a table."""
    n = len(coefficients)
    table = np.zeros((n, len(x)))
    table[0] = 1.0
    table[1] = x
    for k in range(2, n):
        table[k] = ((2 * k - 1) * x * table[k - 1] - (k - 1) * table[k - 2]) / k
    y = np.zeros_like(x)
    for k in range(n):
        y += coefficients[k] * table[k]
    return np.sum(np.exp(y))


def control_points(n: int) -> tuple[Any, ...]:
    return normal(119, n, 2), 0.3


@kernel(control_points, (5, 20, 60))
def bezier(points: Any, t: float) -> Any:
    """De Casteljau: one row fewer at every level, in place."""
    p = points.copy()
    n = len(p)
    for level in range(1, n):
        p[: n - level] = (1.0 - t) * p[: n - level] + t * p[1 : n - level + 1]
    return p[0, 0] ** 2 + np.sin(p[0, 1])


def knots(n: int) -> tuple[Any, ...]:
    return np.arange(float(n)) + 0.1 * np.sin(normal(120, n)), normal(121, n)


@kernel(knots, (6, 30, 200), order=1)
def cubic_spline(x: Any, y: Any) -> Any:
    """How much a cubic spline bends that starts and ends straight: a sweep up and one down."""
    n = len(x)
    c = np.zeros(n)
    d = np.zeros(n)
    h = np.zeros(n - 1)
    for i in range(n - 1):
        h[i] = x[i + 1] - x[i]
    for i in range(1, n - 1):
        pivot = 2.0 * (h[i - 1] + h[i]) - h[i - 1] * c[i - 1]
        c[i] = h[i] / pivot
        bend = 6.0 * ((y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1])
        d[i] = (bend - h[i - 1] * d[i - 1]) / pivot
    for i in range(n - 2, 0, -1):
        d[i] -= c[i] * d[i + 1]
    return np.sum(d**2)


def option(n: int) -> tuple[Any, ...]:
    return 100.0, 104.0, 0.08, 0.3, 1.0, n


@kernel(option, (5, 50, 300))
def binomial_option(
    spot: float, strike: float, rate: float, volatility: float, years: float, steps: int
) -> Any:
    """An American put on a tree of prices, rolled back in place."""
    dt = years / steps
    up = np.exp(volatility * np.sqrt(dt))
    discount = np.exp(-rate * dt)
    p = (np.exp(rate * dt) - 1.0 / up) / (up - 1.0 / up)
    value = np.zeros(steps + 1)
    for j in range(steps + 1):
        value[j] = max(strike - spot * up ** (2.0 * j - steps), 0.0)
    for t in range(steps - 1, -1, -1):
        price = spot * up ** (2.0 * np.arange(t + 1) - t)
        value[: t + 1] = discount * (p * value[1 : t + 2] + (1.0 - p) * value[: t + 1])
        value[: t + 1] = np.maximum(value[: t + 1], strike - price)
    return value[0]

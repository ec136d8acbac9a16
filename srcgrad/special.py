"""Special functions that generated code may call, which need NumPy alone."""

from __future__ import annotations

from typing import Any

import numpy as np


def sinc_derivative(x: Any, n: int = 1) -> Any:
    """The derivative of `np.sinc` of order `n`: near 0 by its series, where division is inexact."""
    near = np.abs(x) < 0.5
    small, far = np.where(near, x, 0), np.where(near, 1, x)
    first = (n + 1) // 2
    term = (-1) ** first * np.pi ** (2 * first) / (2 * first + 1) * small ** (n % 2)
    series = term
    for k in range(2 * first, 2 * first + 26, 2):
        ratio = np.pi**2 * (k + 1) / ((k + 3) * (k + 1 - n) * (k + 2 - n))
        term = -term * small * small * ratio
        series = series + term
    value = np.sinc(far)
    for k in range(1, n + 1):
        wave = np.pi ** (k - 1) * np.sin(np.pi * far + k % 4 * np.pi / 2)
        value = (wave - k * value) / far
    return np.where(near, series, value)[()]


def polygamma(n: int, x: Any) -> float:
    """The derivative of order `n` of the digamma function, which is that of `math.lgamma`.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 6.4: an asymptotic series, after
    steps up to where it is exact; Bernardo, "Algorithm AS 103" (1976), does so for `n` of 0.
    """
    x, sign, rest = float(x), (-1.0) ** (n + 1), 0.0
    if x < 0:  # reflected: the derivatives of cot are polynomials in it
        r, row = x - np.rint(x), np.array([1.0, 0.0])
        near = abs(r) < 0.25  # to a pole; else to a zero
        cot = 1 / np.tan(np.pi * r) if near else np.tan(np.pi * (np.copysign(0.5, r) - r))
        for _ in range(n):
            row = -np.polymul([1.0, 0.0, 1.0], np.polyder(row))
        return float(-sign * polygamma(n, 1 - x) - np.pi ** (n + 1) * np.polyval(row, cot))
    factorial = float(np.prod(np.arange(1.0, n + 1)))
    while x < 10 + n:
        rest += sign * factorial / x ** (n + 1)
        x += 1
    small = 1 / x
    series = np.log(x) if n == 0 else sign * factorial / n * small**n
    series += sign * factorial / 2 * small ** (n + 1)
    term = sign * factorial * (n + 1) / 2 * small ** (n + 2)
    bernoulli = (6, -30, 42, -30, 66 / 5, -2730 / 691, 6 / 7, -510 / 3617, 798 / 43867)
    for k, inverse in enumerate(bernoulli, 1):
        series += term / inverse
        term *= (2 * k + n) * (2 * k + n + 1) / ((2 * k + 1) * (2 * k + 2)) * small**2
    return float(rest + series)


def bessel_i(n: int, x: Any) -> Any:
    """The modified Bessel function of the first kind of order `n`; `np.i0` is that of order 0.

    By its power series, whose terms have one sign: Abramowitz and Stegun, 9.6.10.
    """
    half = np.asarray(x) / 2
    total = term = half ** abs(n) / float(np.prod(np.arange(1.0, abs(n) + 1)))
    k = 1
    while np.any(np.abs(term) > 1e-17 * np.abs(total)):
        term = term * half * half / (k * (k + abs(n)))
        total, k = total + term, k + 1
    return total[()]

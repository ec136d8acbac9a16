"""Filters and sums along a signal or an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from kernels.by_hand import sequences
from kernels.registry import kernel, normal


def signal(n: int) -> tuple[Any, ...]:
    return np.array([0.4, 0.3, -0.2]), np.array([1.0, -0.5, 0.3]), normal(70, n)


@kernel(signal, (9, 100, 1000), by_hand=sequences.iir_grad, order=1)
def iir(b: Any, a: Any, x: Any) -> Any:
    """A recursive filter by its difference equation."""
    y = np.zeros(len(x))
    for n in range(len(x)):
        s = 0.0
        for k in range(len(b)):
            if n - k >= 0:
                s += b[k] * x[n - k]
        for k in range(1, len(a)):
            if n - k >= 0:
                s -= a[k] * y[n - k]
        y[n] = s / a[0]
    return np.sum(y**2)


@kernel(signal, (9, 100, 1000), order=1)
def biquad(b: Any, a: Any, x: Any) -> Any:
    """The same filter with two delays in place (direct form II, transposed)."""
    y = np.empty_like(x)
    z = np.zeros(2)
    for n in range(len(x)):
        y[n] = b[0] * x[n] + z[0]
        z[0] = b[1] * x[n] - a[1] * y[n] + z[1]
        z[1] = b[2] * x[n] - a[2] * y[n]
    return np.sum(np.tanh(y))


def smooth(y: Any, rate: float) -> None:
    """Exponential smoothing, in place."""
    for i in range(1, len(y)):
        y[i] = (1.0 - rate) * y[i - 1] + rate * y[i]


def rough(n: int) -> tuple[Any, ...]:
    return normal(71, n), 0.3


@kernel(rough, (9, 100, 1000), order=1)
def filtfilt(x: Any, rate: float) -> Any:
    """Smoothing forwards and then backwards, so that nothing is delayed."""
    y = x.copy()
    smooth(y, rate)
    smooth(y[::-1], rate)
    return np.sum((x - y) ** 2)


def series(n: int) -> tuple[Any, ...]:
    return (normal(72, n),)


@kernel(series, (9, 100, 1000), by_hand=sequences.prefix_sums_grad, order=1)
def prefix_sums(x: Any) -> Any:
    """Running sums, each from the one before."""
    s = np.empty(len(x))
    s[0] = x[0]
    for i in range(1, len(x)):
        s[i] = s[i - 1] + x[i]
    return np.sum(np.sin(s))


@kernel(series, (8, 128, 4096))
def scan_by_doubling(x: Any) -> Any:
    """Running sums in a logarithmic number of sweeps."""
    s = x.copy()
    shift = 1
    while shift < len(s):
        previous = s.copy()
        s[shift:] += previous[:-shift]
        shift *= 2
    return np.sum(np.sin(s))


def picture(n: int) -> tuple[Any, ...]:
    return normal(73, n, n), 2


@kernel(picture, (5, 20, 60), order=2)
def box_filter(image: Any, radius: int) -> Any:
    """Means over boxes, read from a table of summed areas."""
    rows, columns = image.shape
    table = np.zeros((rows + 1, columns + 1))
    for i in range(rows):
        for j in range(columns):
            table[i + 1, j + 1] = image[i, j] + table[i, j + 1] + table[i + 1, j] - table[i, j]
    result = np.zeros_like(image)
    for i in range(rows):
        for j in range(columns):
            top, bottom = max(i - radius, 0), min(i + radius + 1, rows)
            left, right = max(j - radius, 0), min(j + radius + 1, columns)
            total = table[bottom, right] - table[top, right] - table[bottom, left]
            result[i, j] = (total + table[top, left]) / ((bottom - top) * (right - left))
    return np.sum(result**2)


def haar_signal(n: int) -> tuple[Any, ...]:
    return normal(74, n), 0.7


@kernel(haar_signal, (8, 128, 4096))
def haar(signal: Any, threshold: float) -> Any:
    """A Haar transform by lifting, in place on strided parts; details above a soft threshold."""
    x = signal.copy()
    stride = 1
    while stride < len(x):
        even = x[:: 2 * stride]
        odd = x[stride :: 2 * stride]
        odd -= even
        even += 0.5 * odd
        stride *= 2
    return x[0] ** 2 + np.sum(np.sqrt(threshold**2 + x[1:] ** 2))


def spectrum(n: int) -> tuple[Any, ...]:
    return normal(75, n), normal(76, n)


@kernel(spectrum, (8, 64, 512), by_hand=sequences.fft_grad, order=1)
def fft(real: Any, imag: Any) -> Any:
    """A fast Fourier transform in place: bit reversal, then butterflies."""
    n = len(real)
    re = real.copy()
    im = imag.copy()
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j ^= bit
        if i < j:
            re[i], re[j] = re[j], re[i]
            im[i], im[j] = im[j], im[i]
    length = 2
    while length <= n:
        half = length // 2
        for start in range(0, n, length):
            for k in range(half):
                angle = -2.0 * np.pi * k / length
                c, s = np.cos(angle), np.sin(angle)
                p, q = start + k, start + k + half
                tr = c * re[q] - s * im[q]
                ti = c * im[q] + s * re[q]
                re[q] = re[p] - tr
                im[q] = im[p] - ti
                re[p] = re[p] + tr
                im[p] = im[p] + ti
        length *= 2
    return np.sum(np.sqrt(1.0 + re**2 + im**2))

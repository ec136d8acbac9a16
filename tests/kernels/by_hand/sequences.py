"""Adjoints of filters, transforms and models of sequences."""

from __future__ import annotations

from typing import Any

import numpy as np


def iir_grad(b: Any, a: Any, x: Any) -> tuple[Any, ...]:
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

    b_bar = np.zeros_like(b)
    a_bar = np.zeros_like(a)
    x_bar = np.zeros_like(x)
    y_bar = 2.0 * y
    for n in range(len(x) - 1, -1, -1):
        s_bar = y_bar[n] / a[0]
        a_bar[0] -= s_bar * y[n]
        for k in range(len(a) - 1, 0, -1):
            if n - k >= 0:
                a_bar[k] -= s_bar * y[n - k]
                y_bar[n - k] -= s_bar * a[k]
        for k in range(len(b) - 1, -1, -1):
            if n - k >= 0:
                b_bar[k] += s_bar * x[n - k]
                x_bar[n - k] += s_bar * b[k]
    return b_bar, a_bar, x_bar


def prefix_sums_grad(x: Any) -> tuple[Any, ...]:
    s = np.empty(len(x))
    s[0] = x[0]
    for i in range(1, len(x)):
        s[i] = s[i - 1] + x[i]

    s_bar = np.cos(s)
    for i in range(len(x) - 1, 0, -1):
        s_bar[i - 1] += s_bar[i]
    return (s_bar,)


def reversed_bits(n: int) -> list[tuple[int, int]]:
    """The pairs of places that swap their elements."""
    pairs = []
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j ^= bit
            bit >>= 1
        j ^= bit
        if i < j:
            pairs.append((i, j))
    return pairs


def fft_grad(real: Any, imag: Any) -> tuple[Any, ...]:
    """The transform is linear, so that its reverse needs nothing of it."""
    n = len(real)
    re = real.copy()
    im = imag.copy()
    pairs = reversed_bits(n)
    for i, j in pairs:
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

    size = np.sqrt(1.0 + re**2 + im**2)
    re /= size
    im /= size
    while length > 2:
        length //= 2
        half = length // 2
        for start in range(0, n, length):
            for k in range(half):
                angle = -2.0 * np.pi * k / length
                c, s = np.cos(angle), np.sin(angle)
                p, q = start + k, start + k + half
                tr = re[p] - re[q]
                ti = im[p] - im[q]
                re[p] += re[q]
                im[p] += im[q]
                re[q] = c * tr + s * ti
                im[q] = c * ti - s * tr
    for i, j in pairs:
        re[i], re[j] = re[j], re[i]
        im[i], im[j] = im[j], im[i]
    return re, im


def hmm_forward_grad(start: Any, moves: Any, emissions: Any, symbols: Any) -> tuple[Any, ...]:
    states = len(start)
    steps = len(symbols)
    alpha = np.zeros((steps, states))
    for j in range(states):
        alpha[0, j] = start[j] + emissions[j, symbols[0]]
    for t in range(1, steps):
        for j in range(states):
            s = alpha[t - 1] + moves[:, j]
            peak = np.max(s)
            alpha[t, j] = peak + np.log(np.sum(np.exp(s - peak))) + emissions[j, symbols[t]]

    moves_bar = np.zeros_like(moves)
    emissions_bar = np.zeros_like(emissions)
    alpha_bar = np.exp(alpha[-1] - np.max(alpha[-1]))
    alpha_bar /= np.sum(alpha_bar)
    for t in range(steps - 1, 0, -1):
        before_bar = np.zeros(states)
        for j in range(states - 1, -1, -1):
            emissions_bar[j, symbols[t]] += alpha_bar[j]
            log_sum = alpha[t, j] - emissions[j, symbols[t]]
            s_bar = alpha_bar[j] * np.exp(alpha[t - 1] + moves[:, j] - log_sum)
            moves_bar[:, j] += s_bar
            before_bar += s_bar
        alpha_bar = before_bar
    emissions_bar[:, symbols[0]] += alpha_bar
    return alpha_bar, moves_bar, emissions_bar


def viterbi_grad(start: Any, moves: Any, emissions: Any, symbols: Any) -> tuple[Any, ...]:
    """Only the best path has a part in the result."""
    states = len(start)
    steps = len(symbols)
    score = start + emissions[:, symbols[0]]
    came_from = np.zeros((steps, states), dtype=int)
    for t in range(1, steps):
        before = score
        score = np.empty(states)
        for j in range(states):
            candidates = before + moves[:, j]
            best = np.argmax(candidates)
            came_from[t, j] = best
            score[j] = candidates[best] + emissions[j, symbols[t]]

    start_bar = np.zeros_like(start)
    moves_bar = np.zeros_like(moves)
    emissions_bar = np.zeros_like(emissions)
    state = np.argmax(score)
    for t in range(steps - 1, 0, -1):
        emissions_bar[state, symbols[t]] += 1.0 + 0.2 * emissions[state, symbols[t]]
        before = came_from[t, state]
        moves_bar[before, state] += 1.0
        state = before
    emissions_bar[state, symbols[0]] += 1.0
    start_bar[state] = 1.0
    return start_bar, moves_bar, emissions_bar

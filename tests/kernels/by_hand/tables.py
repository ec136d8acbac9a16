"""Adjoints of dynamic programs, recurrences and sparse products."""

from __future__ import annotations

from typing import Any

import numpy as np


def levinson_durbin_grad(r: Any) -> tuple[Any, ...]:
    order = len(r) - 1
    a = np.zeros(order + 1)
    a[0] = 1.0
    error = r[0]
    tape = []
    for i in range(1, order + 1):
        s = r[i]
        for j in range(1, i):
            s += a[j] * r[i - j]
        k = -s / error
        tape.append((a[:i].copy(), error, k))
        for j in range(1, i // 2 + 1):
            front = a[j] + k * a[i - j]
            a[i - j] += k * a[j]
            a[j] = front
        a[i] = k
        error *= 1.0 - k * k

    r_bar = np.zeros_like(r)
    a_bar = 2.0 * a
    error_bar = 1.0 / error
    for i in range(order, 0, -1):
        a, error, k = tape.pop()
        k_bar = a_bar[i] - 2.0 * k * error * error_bar
        error_bar *= 1.0 - k * k
        for j in range(i // 2, 0, -1):
            front, back = a_bar[j], a_bar[i - j]
            k_bar += front * a[i - j]
            a_bar[j] = front + k * back
            if i - j > j:
                k_bar += back * a[j]
                a_bar[i - j] = back + k * front
        error_bar -= k_bar * k / error
        s_bar = -k_bar / error
        for j in range(i - 1, 0, -1):
            a_bar[j] += s_bar * r[i - j]
            r_bar[i - j] += s_bar * a[j]
        r_bar[i] += s_bar
    r_bar[0] += error_bar
    return (r_bar,)


def time_warping_grad(x: Any, y: Any) -> tuple[Any, ...]:
    """Only the steps of the cheapest way count."""
    n, m = len(x), len(y)
    cost = np.full((n + 1, m + 1), np.inf)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            step = (x[i - 1] - y[j - 1]) ** 2
            cost[i, j] = step + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])

    x_bar = np.zeros_like(x)
    y_bar = np.zeros_like(y)
    i, j = n, m
    while i > 0:
        g = 2.0 * (x[i - 1] - y[j - 1])
        x_bar[i - 1] += g
        y_bar[j - 1] -= g
        up, left, both = cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1]
        if both <= up and both <= left:
            i, j = i - 1, j - 1
        elif up <= left:
            i -= 1
        else:
            j -= 1
    return x_bar, y_bar


def soft_time_warping_grad(x: Any, y: Any, gamma: float) -> tuple[Any, ...]:
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

    x_bar = np.zeros_like(x)
    y_bar = np.zeros_like(y)
    gamma_bar = 0.0
    cost_bar = np.zeros_like(cost)
    cost_bar[n, m] = 1.0
    for i in range(n, 0, -1):
        for j in range(m, 0, -1):
            g = cost_bar[i, j]
            difference = x[i - 1] - y[j - 1]
            x_bar[i - 1] += 2.0 * g * difference
            y_bar[j - 1] -= 2.0 * g * difference
            least = cost[i, j] - difference**2
            up, left, both = cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1]
            p = g * np.exp((least - up) / gamma)
            q = g * np.exp((least - left) / gamma)
            s = g * np.exp((least - both) / gamma)
            gamma_bar += (g * least - p * up - q * left - s * both) / gamma
            cost_bar[i - 1, j] += p
            cost_bar[i, j - 1] += q
            cost_bar[i - 1, j - 1] += s
    return x_bar, y_bar, gamma_bar


def csr_product_grad(data: Any, columns: Any, pointers: Any, x: Any) -> tuple[Any, ...]:
    y = np.zeros(len(pointers) - 1)
    for i in range(len(pointers) - 1):
        s = 0.0
        for k in range(pointers[i], pointers[i + 1]):
            s += data[k] * x[columns[k]]
        y[i] = s

    data_bar = np.zeros_like(data)
    x_bar = np.zeros_like(x)
    y_bar = 1.0 - np.tanh(y) ** 2
    for i in range(len(pointers) - 2, -1, -1):
        g = y_bar[i]
        for k in range(pointers[i + 1] - 1, pointers[i] - 1, -1):
            data_bar[k] = g * x[columns[k]]
            x_bar[columns[k]] += g * data[k]
    return data_bar, x_bar

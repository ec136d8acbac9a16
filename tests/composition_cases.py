"""Small smooth programs of one array of three numbers, for derivatives of derivatives.

Each differs from the others in what its derivatives have to carry: a tape, stores, containers ...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import srcgrad

CASES: list[Callable[..., Any]] = []
POINT = np.array([0.7, 1.2, 0.4])
WAY = np.array([0.5, -0.3, 0.8])
MATRIX = np.array([[0.5, -0.2, 0.1], [0.3, 0.4, -0.6], [0.2, 0.1, 0.3]])


def case(function: Callable[..., Any]) -> Callable[..., Any]:
    CASES.append(function)
    return function


class Pair(NamedTuple):
    first: Any
    second: Any


@case
def scalar(x):
    return np.sin(x[0]) * x[1] ** 2 + np.exp(x[2] * x[0])


@case
def array_code(x):
    h = np.tanh(MATRIX @ x)
    return np.sum(h**3) + np.dot(x, h)


@case
def softmax(x):
    e = np.exp(x - 0.3)
    p = e / np.sum(e)
    return -np.sum(p * np.log(p))


@case
def broadcast(x):
    table = x[:, None] * np.sqrt(x[None, :] + 1.0)
    return np.sum(np.mean(table, axis=0) ** 2)


@case
def taped_loop(x):
    z = x[0]
    for i in range(4):
        z = np.sin(z + i) * x[1] + x[2] * z
    return z


@case
def stores(x):
    y = np.zeros_like(x)
    y[0] = x[0] ** 2
    for i in range(1, len(x)):
        y[i] = y[i - 1] * x[i] + np.cos(x[i])
    return np.sum(y**2)


@case
def stores_over_stores(x):
    y = x * x
    y[1:] += y[:-1] * x[1:]
    y *= np.exp(0.1 * x)
    return y[2] * y[0] + y[1]


def bent(a, b):
    if a > b:
        return a**3 * b
    return np.exp(b) * a


@case
def branches(x):
    total = 0.0
    for v in x:
        total = total + bent(v, 0.6) * v
    return total


@case
def containers(x):
    layers = [{"w": x[:2], "b": x[2]}, {"w": x[1:] ** 2, "b": 0.5 * x[0]}]
    h = 1.0
    for layer in layers:
        h = np.tanh(np.sum(layer["w"]) * h + layer["b"])
    pair = Pair(h, x[0])
    return pair.first * pair.second**2


@case
def while_loop(x):
    n = 0
    y = x[0] * x[1]
    while n < 3:
        y = y + x[2] * np.sin(y)
        n += 1
    return y * y


@case
def grown_list(x):
    kept = [x[0]]
    for i in range(1, 4):
        kept.append(kept[i - 1] * np.cos(kept[0]) + x[i % 3])
    return kept[3] * kept[1] + sum(kept)


@case
def closure(x):
    scale = np.sum(x**2)

    def step(v):
        return np.sin(v * scale) + v

    return step(x[0]) * step(x[1])


@case
def solved(x):
    a = MATRIX + np.diag(x)
    return np.sum(np.linalg.solve(a, x) ** 2)


@case
def newton(x):
    y = 1.0
    for _ in range(3):
        y = y - (y**3 + x[0] * y - x[1] - 2.0) / (3 * y**2 + x[0])
    return y * x[2]


@case
def inner_slope(x):
    def energy(q):
        return np.sum(q**2) * x[0] + np.prod(q)

    force = srcgrad.grad(energy)(x * x)
    return np.sum(force**2)


@case
def inner_jvp(x):
    value, change = srcgrad.jvp(lambda y, k: np.sum(np.exp(k * y)), (x, x[2]), (x**2, 1.0))
    return value * change

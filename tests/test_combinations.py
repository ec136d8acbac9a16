"""Functions that combine what the other cases show one by one, in the way users do."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from support import check_gradient

rng = np.random.default_rng(0)
N = rng.standard_normal
CASES: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = []


def case(*args: Any, **options: Any) -> Callable[[Any], Any]:
    """Register a function with its example arguments."""

    def register(function: Any) -> Any:
        CASES.append((function, args, options))
        return function

    return register


@case(0.7, 3)
def nested_while(x, n):
    s = 0.0
    for i in range(n):
        j = 0
        y = x
        while j < i + 1:
            y = np.sin(y) + x
            if y > 1.4:
                break
            j += 1
        s += y * y
    return s


@case(N(4), N((3, 4)))
def softmax(b, w):
    z = w + b
    m = np.max(z, axis=1, keepdims=True)
    e = np.exp(z - m)
    p = e / np.sum(e, axis=1, keepdims=True)
    return -np.mean(np.log(p[:, 0]))


@case(N((3, 4)), np.array([0, 2, 1]))
def xent(logits, y):
    m = logits.max(axis=1)
    lse = m + np.log(np.exp(logits - m[:, None]).sum(axis=1))
    return np.mean(lse - logits[np.arange(len(y)), y])


@case(N((4, 4)), argnums=0)
def grow(x):
    h = x[0]
    for i in range(1, 4):
        h = np.concatenate((h, x[i][:i]))
    return np.sum(h**3)


@case(N(5))
def total_array(x):
    total = 0
    for i in range(3):
        total = total + x * i
    return np.sum(total**2)


@case(N(5), 1.5)
def aug(x, a):
    y = x * a
    y += x
    y *= y
    return np.sum(y)


@case(N(5), N(5), argnums=(0, 1))
def fib(x, y):
    for i in range(3):
        x, y = y, x * np.tanh(y)
    return np.dot(x, y)


@case({"a": N(3), "b": {"c": 2.0, "d": (N(2), 1.0)}})
def nested_dict(p):
    s = np.sum(p["a"] ** 2) * p["b"]["c"]
    for k, v in p["b"].items():
        if k == "d":
            s = s + np.sum(v[0]) * v[1]
    return s


@case([N(3), N(3), N(3)])
def list_of_arrays(xs):
    s = 0.0
    for i in range(len(xs)):
        for j in range(i):
            s = s + np.sum(xs[i] * xs[j])
    return s


@case([N(3), N(3), N(3)])
def list_zip(xs):
    s = 0.0
    for a, b in zip(xs, xs[1:]):
        s = s + np.sum((a - b) ** 2)
    return s


@case(N((5, 2)))
def pairs(pos):
    e = 0.0
    n = len(pos)
    for i in range(n):
        for j in range(i + 1, n):
            d = pos[i] - pos[j]
            r = np.sqrt(np.sum(d * d))
            e += 1.0 / r
    return e


@case(0.3, 7)
def collatz(x, n):
    while n != 1:
        if n % 2 == 0:
            n = n // 2
            x = x * 1.1
        else:
            n = 3 * n + 1
            x = math.sin(x) + 0.5
    return x


@case(N(3).astype(np.float32), N(3))
def mixed(x, y):
    return np.sum(x * y)


@case(N((2, 3)), N(3), N((2, 1)), argnums=(0, 1, 2))
def bc(a, b, c):
    return np.sum(a * b + c / (1 + b**2) - np.where(a > 0, b, c))


@case(N(6))
def rev(x):
    s = 0.0
    for i in range(5, -1, -2):
        s = s * x[i] + x[::-1][i]
    return s


@case(N(6))
def evens(x):
    s = 1.0
    for i, v in enumerate(x[::2]):
        s = s * (v + i)
    for v in reversed(x):
        s = s + v * s * 0.1
    return s


@case(2.0)
def early(x):
    for i in range(10):
        x = x * 0.8
        for j in range(5):
            if x * j > 2.0:
                return x * j
            x = x + 0.01
        else:
            x = x * 1.1
    return x


@case(N(4), 3)
def inner_alias(x, n):
    a = x
    b = a
    c = np.sum(a) * b
    for i in range(n):
        b = a + b
        a = c
    return np.sum(a * b)


@case(0.5, 0.2, argnums=(0, 1))
def closures(x, y):
    def outer(a):
        def inner(b):
            return a * b + y

        return inner

    f = outer(x)
    return f(2.0) * f(x) + (lambda z, k=x: z * k)(y)


@case(N(4))
def logsum(x):
    return np.log(np.sum(np.exp(x - x.max()))) + x.max()


@case(N((3, 3)))
def inv(a):
    return np.trace(a @ a.T) + np.linalg.norm(a) + np.sum(np.outer(a[0], a[1]))


@case(N(4))
def masks(x):
    return np.sum(x[x > 0] ** 2) + x[[0, 0, 2]].sum() + x[np.array([1, 1])] @ np.ones(2)


@case(N((2, 3, 4)), N((4, 5)), argnums=(0, 1))
def batched(a, b):
    return np.sum(np.tanh(a @ b))


@case(1.3)
def try_ternary(x):
    y = x if x > 1 else -x
    z = (y and x) + (x > 2 or y)
    return y * z


@case(np.array(1.3))
def zero_d(x):
    return x * x + np.sin(x)


@case(N(1), N(3))
def one_el(x, y):
    return np.sum(x * y)


@case(np.float32(1.5))
def f32(x):
    return x * x * 3


@case(N(3), argnums=0)
def stack(x):
    y = np.stack([x, x**2, np.sin(x)])
    z = np.array([x[0], x[1] * 2.0, 3.0])
    return np.sum(y @ z)


@case(N(7), N(3), argnums=(0, 1))
def conv(x, w):
    s = 0.0
    for i in range(5):
        s += np.sum(x[i : i + 3] * w) ** 2
    return s


@case(N(8))
def state(x):
    h, c = 0.0, 1.0
    hist = (h, c)
    for t in range(8):
        i = 1 / (1 + np.exp(-x[t] - h))
        h, c = np.tanh(c) * i, c * (1 - i) + i * x[t]
        hist = (hist[0] + h, hist[1] * 0.9 + c)
    return hist[0] * hist[1]


@case(N(4), N(4), argnums=(0, 1))
def shared_bar(x, y):
    y2 = y * y
    a = x[0] * 3.0
    z = x + y2
    return np.sum(z**2) * a


@case(N(4), 5)
def branch_scatter(x, n):
    h = x * 1.0
    s = 0.0
    for i in range(n):
        if i % 2 == 0:
            s = s + h[i % 4] ** 2
        else:
            h = h * 1.1
    return s + np.sum(h)


@pytest.mark.parametrize(("function", "args", "options"), CASES, ids=[c[0].__name__ for c in CASES])
def test_combination(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    check_gradient(function, args, **options)

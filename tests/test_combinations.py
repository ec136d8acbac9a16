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


@case(N((6,)), N(3), argnums=(0, 1))
def two_slices(x, w):
    s = 0.0
    for i in range(4):
        k = i % 3 + 1
        a = x[:k]
        b = w[:k]
        s = s + np.sum(a * b)
    return s


@case(N((3,)), N(1), argnums=(0, 1))
def grows_from_one(x, y):
    for i in range(3):
        y = np.concatenate((y, x[i : i + 1]))
    return np.sum(y**2) + np.sum(y[:2] * y[1:3])


@case(N((4, 3)), 2)
def masked(x, n):
    m = x > 0
    a = x[m]
    b = (x * 2)[m]
    return np.sum(a * b)


@case([N((3, 4)), N(4), N((4, 2)), N(2)], N((5, 3)))
def flat_params(params, X):
    W1, b1, W2, b2 = params
    return np.sum(np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2))


@case([N((3, 3)), N(3), N((3, 3)), N(3)], N((5, 3)))
def pair_stride(params, X):
    h = X
    for i in range(0, len(params), 2):
        h = np.tanh(h @ params[i] + params[i + 1])
    return np.sum(h)


@case(N(5), N((5, 5)), argnums=(0, 1))
def power_iter(v, A):
    for _ in range(4):
        v = A @ v
        v = v / np.sqrt(v @ v)
    return v @ A @ v


@case(0.5, 1.0, argnums=(0, 1))
def rk4(k, y0):
    def f(y):
        return -k * y + math.sin(y)

    y, h = y0, 0.1
    for _ in range(5):
        k1 = f(y)
        k2 = f(y + h / 2 * k1)
        k3 = f(y + h / 2 * k2)
        k4 = f(y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return y


@case(N((4, 4)), N(4), argnums=(0, 1))
def quad(A, x):
    r = A.dot(x)
    return x.T.dot(r) + A.sum(axis=0).max() + A.mean() * x.var() + x.std() + x.prod()


@case(N((3, 4, 5)))
def axes(x):
    return (
        np.sum(x.transpose(2, 0, 1)[0] * x[..., 0])
        + np.sum(x.reshape(12, 5).sum(axis=(0,)) ** 2)
        + np.sum(np.mean(x, axis=(0, 2), keepdims=True) * x)
    )


@case((1.0, (2.0, N(2))), 3)
def tup(p, n):
    a, (b, c) = p
    q = (a * b, c * a)
    for i in range(n):
        q = (q[0] * b + i, q[1] + q[0])
    return q[0] + np.sum(q[1])


@case(N(4), N(4), N(4), argnums=(0, 1, 2))
def black(s, k, t):
    t = np.abs(t) + 0.1
    d = (np.log1p(s**2) - k) / (np.sqrt(t) + 1e-3)
    return np.sum(s * np.exp(-t) * np.tanh(d) / (1 + np.exp(-d)))


@case(N((2, 3)), N((3, 2)), argnums=(0, 1))
def mm(a, b):
    c, d = np.matmul(a, b), np.dot(b, a)
    e = np.inner(a, b.T)
    return (
        np.sum(c * e)
        + np.trace(d)
        + np.sum(np.outer(a, b) ** 2)
        + np.linalg.norm(c)
        + np.linalg.norm(a, axis=1).sum()
    )


@case(np.array([0.5, -1.0]), 4)
def fact(x, n):
    total = x * 0
    term = np.ones_like(x)
    for k in range(1, n):
        term = term * x / k
        total += term
    return np.sum(total)


@case(N(3))
def cond_none(x):
    best = None
    for i in range(3):
        v = x[i] ** 2
        if best is None or v > best:
            best = v
    return best


@case(N(6), 2)
def chunks(x, m):
    s = 0.0
    for start in range(0, len(x), m):
        c = x[start : start + m]
        s += np.prod(c) + np.max(c)
    return s


@case(N((8, 2)), N((3, 2)), argnums=(0, 1))
def kmeans(X, C):
    d = np.sum((X[:, None, :] - C[None, :, :]) ** 2, axis=2)
    return np.mean(-np.log(np.sum(np.exp(-d), axis=1)))


@case(N(12), N(4), 0.1)
def filt(x, w, lam):
    acc = 0.0
    for t in range(3, len(x)):
        pred = 0.0
        for j in range(4):
            pred += w[j] * x[t - j]
        err = x[t] - pred
        acc += err * err if abs(err) < 1.0 else 2 * abs(err) - 1
    return acc + lam * np.sum(np.abs(w))


@case(N((4, 4)), N(4), argnums=(0, 1))
def gp(K, y):
    S = K @ K.T + np.eye(4) * 2.0
    v = y
    for _ in range(5):
        v = v - 0.05 * (S @ v - y)
    return y @ v - np.log(np.trace(S))


@case(1.0, 2.0, 3.0, argnums=(0, 2))
def nested_calls(a, b, c):
    def g(u, v=b):
        return u * v + a

    def h(f, x):
        return f(f(x))

    return h(lambda t: g(t) * c, a) - g(c, v=a)


@case(N(5))
def while_arr(x):
    n = 0
    while np.sum(x * x) > 0.1 and n < 20:
        x = x * 0.7
        if n == 3:
            n += 2
            continue
        n += 1
    else:
        x = x + 1.0
    return np.sum(x) * n


@case(
    {"layers": [{"w": N((3, 4)), "b": N(4)}, {"w": N((4, 2)), "b": N(2)}], "scale": 1.5}, N((5, 3))
)
def deep(p, x):
    h = x
    for i, layer in enumerate(p["layers"]):
        z = h @ layer["w"] + layer["b"]
        h = np.where(z > 0, z, 0.1 * z) if i == 0 else z * p["scale"]
    return np.mean(h**2)


@case(N((3, 3)))
def sym(A):
    B = 0.5 * (A + A.T)
    s = 0.0
    for row in B:
        for v in row:
            s += v**3 if v > 0 else -v
    return s


@case(np.linspace(0.1, 1, 5), 3)
def poly(c, deg):
    x, out = 0.5, 0.0
    for k in reversed(range(deg)):
        out = out * x + c[k]
    for k, ck in enumerate(reversed(c)):
        out = out + k * ck**k
    return out


@pytest.mark.parametrize(("function", "args", "options"), CASES, ids=[c[0].__name__ for c in CASES])
def test_combination(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]
) -> None:
    check_gradient(function, args, **options)

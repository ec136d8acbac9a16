"""Checkpoints, and stop_gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import UnsupportedError, grad, hessian, jvp
from srcgrad.checkpointing import checkpoint
from srcgrad.runtime import stop_gradient
from support import assert_close, check_gradient

W = np.array([1.0, 2.0, 3.0])
X = np.linspace(0.0, 1.0, 3)
K = 2.0


def layer(h, w):
    return np.tanh(np.sin(h) * w) + h * w


kept = checkpoint(layer)


def assert_same_bits(f: Any, g: Any, args: Any, argnums: Any = 0) -> None:
    one, two = grad(f, argnums)(*args), grad(g, argnums)(*args)
    pairs = zip(one, two, strict=True) if isinstance(one, tuple) else [(one, two)]
    for a, b in pairs:
        np.testing.assert_array_equal(a, b)


def twice(step):
    return lambda h, w: np.sum(step(step(h, w), 2 * w))


def loop(step, start=0.5):
    def f(x):
        h = x
        for i in range(5):
            h = step(h, start + i * 0.1)
        return np.sum(h)

    return f


# checkpoints --------------------------------------------------------------------------------------


@pytest.mark.parametrize("argnums", [0, 1, (0, 1)])
@pytest.mark.parametrize("w", [W, 2.0])
def test_the_same_to_the_last_bit(argnums: Any, w: Any) -> None:
    assert_same_bits(twice(kept), twice(layer), (X, w), argnums)


def test_in_loops() -> None:
    assert_same_bits(loop(kept), loop(layer), (X,))
    assert_same_bits(loop(kept), loop(layer), (0.3,))

    def grow(step):
        def f(x):
            h = x
            while h < 10:
                h = step(h, 2.0)
            return h

        return f

    assert_same_bits(grow(kept), grow(layer), (0.5,))


def test_the_reverse_sweep_computes_again() -> None:
    text = srcgrad.source(loop(kept), X)
    forward, reverse = text.split("# reverse sweep")
    assert "tanh" not in forward
    assert "np.tanh" in reverse


def test_forward_mode() -> None:
    for made, plain, args in [
        (twice(kept), twice(layer), (X, W)),
        (loop(kept), loop(layer), (X,)),
    ]:
        assert_close(jvp(made, args, args), jvp(plain, args, args))


def test_second_order() -> None:
    f, g = twice(kept), twice(layer)
    assert_close(hessian(f)(X, W), hessian(g)(X, W))
    one, two = grad(f), grad(g)
    assert_close(
        grad(lambda h: np.sum(one(h, W) ** 2))(X), grad(lambda h: np.sum(two(h, W) ** 2))(X)
    )


def test_containers() -> None:
    def step(state, p):
        return {"x": state["x"] * p[0], "v": state["v"] + p[1] * state["x"]}

    def run(step):
        def f(x, p):
            state = {"x": x, "v": 0 * x}
            for _ in range(3):
                state = step(state, p)
            return np.sum(state["x"] * state["v"])

        return f

    args = (np.array([1.0, 2.0]), (2.0, 3.0))
    made, plain = run(checkpoint(step)), run(step)
    check_gradient(made, args, (0, 1))
    assert_close(jvp(made, args, args), jvp(plain, args, args))


@dataclass
class Point:
    x: Any
    y: Any


def test_objects_and_what_is_no_number() -> None:
    f = checkpoint(lambda p, n, flag: p.x**n * p.y if flag else p.x)
    bar = grad(lambda p: f(p, 2, True))(Point(2.0, 3.0))
    assert (bar.x, bar.y) == (12.0, 4.0)

    pair = checkpoint(lambda x: (x * x, 3))

    def g(x):
        a, n = pair(x)
        return a * n

    assert grad(g)(2.0) == 12.0


def test_keywords_defaults_and_stars() -> None:
    @checkpoint
    def f(h, k=2.0, *, b=1.0):
        return np.sin(h * k) * b

    check_gradient(lambda x: f(f(x, b=3.0), k=x), (0.7,))
    check_gradient(f, (0.7, 2.0), (0, 1))
    check_gradient(lambda x: f(x, b=x * x), (0.7,))
    assert_close(jvp(lambda x: f(x, b=x), (0.7,), (1.0,))[1], grad(lambda x: f(x, b=x))(0.7))
    several = checkpoint(lambda *xs: xs[0] * xs[1])
    assert grad(lambda x: several(x, x))(3.0) == 6.0


def test_globals_are_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    f = checkpoint(lambda x: K * x * x)
    slope = grad(lambda x: f(x))
    assert slope(3.0) == 12.0
    monkeypatch.setitem(globals(), "K", 5.0)
    assert slope(3.0) == 30.0
    check_gradient(checkpoint(lambda x: np.sum(np.sin(x * W))), (X,))


def test_a_global_that_is_differentiated() -> None:
    f = checkpoint(lambda x: K * x * x)
    with pytest.raises(UnsupportedError, match="reads K, which is differentiated"):
        grad(lambda x: f(x) + K, wrt="K")(3.0)


def test_a_global_called_as_the_argument_is_another_one() -> None:
    f = checkpoint(lambda h: h * X[2] * K)

    def g(K, X):
        return f(K) + X

    assert grad(g, (0, 1))(3.0, 1.0) == (2.0, 1.0)


def test_a_function_that_writes_into_its_argument() -> None:
    def f(a):
        a[0] = 3 * a[0]
        return np.sum(a * a)

    made = checkpoint(f)
    for g in (lambda x: made(x * 1.0), lambda x: made(x)):
        with pytest.raises(UnsupportedError, match="writes into its argument"):
            grad(g)(X)


def test_stores_around_and_inside() -> None:
    def inside(a):
        b = a * 1.0
        b[0] = b[1] * b[2]
        return np.sum(b**3)

    f = checkpoint(inside)

    def g(x):
        y = x * 2.0
        s = f(y)
        y[0] = 10.0
        return s + f(y)

    check_gradient(g, (X + 1,))


def test_nested() -> None:
    inner = checkpoint(lambda x: np.sin(x) * x)
    outer = checkpoint(lambda x: inner(inner(x)) + x)

    def f(x):
        return outer(outer(x))

    check_gradient(f, (0.7,))
    check_gradient(grad(f), (0.7,), rtol=1e-5)
    assert_close(jvp(f, (0.7,), (1.0,))[1], grad(f)(0.7))


def test_precision() -> None:
    assert grad(lambda x: np.sum(kept(x, 2.0)))(X.astype(np.float32)).dtype == np.float32


# stop_gradient ------------------------------------------------------------------------------------


def test_stop_gradient_at_every_order() -> None:
    def f(x):
        return x * x * stop_gradient(x * x)

    assert grad(f)(3.0) == 54.0
    assert grad(grad(f))(3.0) == 18.0
    assert grad(grad(grad(f)))(3.0) == 0.0
    assert jvp(f, (3.0,), (1.0,)) == (81.0, 54.0)
    assert jvp(grad(f), (3.0,), (1.0,))[1] == 18.0
    assert_close(hessian(lambda x: np.sum(x * x * stop_gradient(x)))(W), np.diag(2 * W))


def test_stop_gradient_of_containers() -> None:
    def f(p):
        return np.sum(p["a"] * stop_gradient(p)["a"]) + p["b"][0] * stop_gradient(p["b"])[1]

    p = {"a": np.array([1.0, 2.0]), "b": (3.0, 4.0)}
    bar = grad(f)(p)
    assert_close(bar["a"], p["a"])
    assert bar["b"] == (4.0, 0.0)
    assert jvp(f, (p,), (p,))[1] == 17.0
    assert grad(lambda xs: xs[0] * stop_gradient(xs)[0])([2.0, 3.0]) == [2.0, 0.0]


def test_stop_gradient_in_a_loop() -> None:
    def f(x):
        h = x
        for _ in range(3):
            h = h * stop_gradient(h) + x
        return h

    x, slope, h = 0.7, 1.0, 0.7
    for _ in range(3):
        slope, h = slope * h + 1.0, h * h + x
    assert_close(grad(f)(x), slope)
    assert_close(jvp(f, (x,), (1.0,))[1], slope)

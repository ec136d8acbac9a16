"""When a gradient compiles, and when it finds what it has compiled."""

from __future__ import annotations

import itertools
import threading
import timeit
import types
from collections import namedtuple
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from srcgrad import SrcgradError, grad, value_and_grad
from srcgrad.dispatch import MOST, in_words
from support import assert_close, check_gradient, models
from support.trees import assert_same


def count(g: Any) -> int:
    return len(g.variants)


def squares(x, y):
    return np.sum((x - y) ** 2)


# one variant for all calls of a kind --------------------------------------------------------------

Pair = namedtuple("Pair", "a b")


@dataclass
class Box:
    w: Any
    n: int = 2


class Settings:
    rate = 0.5

    def __init__(self) -> None:
        self.scale = 2.0


ARGUMENTS: dict[str, list[Any]] = {
    "float": [1.0, -2.0, float("nan"), float("inf"), 0.0],
    "int": [1, 0, -3, 7],
    "numpy float": [np.float32(1.0), np.float32(0.0)],
    "array": [np.ones(3), np.zeros(2), np.ones(64)],
    "matrix": [np.ones((3, 2)), np.ones((5, 4)), np.ones((2, 9))],
    "transposed": [np.ones((3, 2)), np.ones((3, 2)).T, np.ones((6, 6))[::2, ::3]],
    "rank 0": [np.array(1.0), np.array(2.0)],
    "float32": [np.ones(3, np.float32), np.ones(4, np.float32)],
    "complex beside": [np.ones(3, np.complex128).real, np.ones(2)],
    "tuple": [(1.0, 2.0), (3.0, np.pi)],
    "ints in a tuple": [(1, 2.0), (3.0, 4), (5, 6)],
    "list": [[1.0, 2.0], [1.0], [3.0] * 40],
    "list of arrays": [[np.ones(3), np.ones(2)], [np.ones(4)], [np.ones(2)] * 5],
    "dict": [{"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 4.0}],
    "named tuple": [Pair(1.0, 2.0), Pair(3.0, 4.0)],
    "dataclass": [Box(np.ones(3)), Box(np.ones(4), 7)],
}


def total(p):
    if isinstance(p, Box):
        return np.sum(p.w)
    if isinstance(p, dict):
        return p["a"] * p["b"]
    if isinstance(p, list):
        t = 0.0
        for e in p:
            t = t + np.sum(e * e)
        return t
    if isinstance(p, tuple):
        return p[0] * p[1]
    return np.sum(p * p)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_same_kinds_compile_once(name: str) -> None:
    g = value_and_grad(total)
    for argument in ARGUMENTS[name]:
        for _ in range(2):
            value, _ = g(argument)
            assert_close(value, total(argument))
    assert count(g) == 1


def test_beside_the_point_nothing_compiles_again() -> None:
    def f(x, n, flag, label, settings, data, f=np.tanh, option=None):
        for _ in range(n):
            x = f(x) * settings.scale
        return x if flag else -x

    g = grad(f)
    settings = Settings()
    data = {"a": [1, "b", object()]}
    for n, flag, label in itertools.product([2, 3, 5], [True, False], ["a", "b"]):
        settings.scale = n / 2
        g(0.5, n, flag, label, settings, data)
    g(0.5, 2, True, "c", Settings(), data)
    assert count(g) == 1


def test_unhashable_and_odd_arguments() -> None:
    class Odd:
        __hash__ = None

        def __eq__(self, other: object) -> Any:
            return np.ones(3)

        def __bool__(self) -> bool:
            raise TypeError("neither")

    g = grad(lambda x, odd, kind: x * x)
    for _ in range(2):
        assert g(3.0, Odd(), {1, 2}) == 6.0
        assert g(3.0, Odd(), set()) == 6.0
    assert count(g) == 1


def test_batch_sizes() -> None:
    g = grad(lambda w, x, y: np.mean((np.tanh(x @ w) - y) ** 2))
    w = np.linspace(-1.0, 1.0, 3)
    for size in (64, 32, 64, 17, 2):
        g(w, np.ones((size, 3)), np.ones(size))
    assert count(g) == 1
    assert g(w, np.ones((1, 3)), np.ones(1)).shape == (3,)
    assert count(g) == 2
    g(w, np.ones((1, 3)), np.ones(1))
    g(w, np.ones((9, 3)), np.ones(9))
    assert count(g) == 2


SHAPES = [(3, 4), (1, 4), (3, 1), (1, 1), (4,), (1,), ()]


@pytest.mark.parametrize("first", range(len(SHAPES)))
def test_dim_that_becomes_one(first: int) -> None:
    """Whatever was compiled before, each shape has its own right gradient."""
    g = grad(squares, (0, 1))
    shapes = [*SHAPES[first:], *SHAPES[:first]]
    rng = np.random.default_rng(0)
    for a, b in itertools.product(shapes, shapes):
        x, y = rng.standard_normal(a), rng.standard_normal(b)
        x_bar, y_bar = g(x, y)
        full = 2 * (x - y)
        assert_close(x_bar, _reduced(full, np.shape(x)), 1e-10, 1e-12)
        assert_close(y_bar, -_reduced(full, np.shape(y)), 1e-10, 1e-12)
    compiled = count(g)
    for a, b in itertools.product(shapes, shapes):
        g(rng.standard_normal(a), rng.standard_normal(b))
    assert count(g) == compiled
    assert compiled > MOST


def _reduced(bar: Any, shape: tuple[int, ...]) -> Any:
    bar = np.sum(bar, axis=tuple(range(np.ndim(bar) - len(shape))))
    axes = tuple(i for i, n in enumerate(shape) if n == 1)
    return np.sum(bar, axis=axes, keepdims=True)


def test_many_variants_are_all_found() -> None:
    g = grad(lambda x: np.sum(x * x))
    arguments = [np.ones((2,) * rank, t) for rank in range(1, 12) for t in (np.float32, float)]
    assert len(arguments) > MOST
    for argument in [*arguments, *arguments, *reversed(arguments)]:
        assert_same(g(argument), 2 * argument, "gradient")
    assert count(g) == len(arguments)


# what is outside ----------------------------------------------------------------------------------


def module(**names: Any) -> types.ModuleType:
    made = types.ModuleType("made")
    made.__dict__.update(names)
    return made


SCALE = 2.0
DATA = np.array([1.0, 2.0])


def helper(x):
    return x * x


def reads(x):
    return helper(x) * SCALE * np.sum(DATA)


def test_changed_global_data(monkeypatch: pytest.MonkeyPatch) -> None:
    g = grad(reads)
    assert g(1.0) == 12.0
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert g(1.0) == 18.0
    monkeypatch.setitem(globals(), "DATA", np.ones(5))
    assert g(1.0) == 30.0
    DATA[0] = 2.0
    assert g(1.0) == 36.0
    assert count(g) == 1
    monkeypatch.setitem(globals(), "SCALE", 3)
    assert g(1.0) == 36.0
    monkeypatch.setitem(globals(), "DATA", 2.0)
    assert g(1.0) == 12.0
    assert count(g) == 3


def test_changed_global_function(monkeypatch: pytest.MonkeyPatch) -> None:
    g = grad(reads)
    assert g(2.0) == 24.0
    original = helper
    monkeypatch.setitem(globals(), "helper", lambda x: x**3)
    assert g(2.0) == 72.0
    monkeypatch.setitem(globals(), "helper", original)
    assert g(2.0) == 24.0
    assert count(g) == 2


def test_changed_function_of_another_module(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x):
        return models.energy(x, 0.0)

    g = grad(f)
    assert g(2.0) == 36.0
    monkeypatch.setattr(models, "stretched", lambda x: x)
    assert g(2.0) == 4.0
    monkeypatch.setattr(models, "energy", lambda x, y: 5.0 * x)
    assert g(2.0) == 5.0
    monkeypatch.undo()
    assert g(2.0) == 36.0
    monkeypatch.setattr(models, "scale", 1.0)
    assert g(2.0) == 4.0
    assert count(g) == 3


def test_changed_module(monkeypatch: pytest.MonkeyPatch) -> None:
    g = grad(reads)
    assert g(1.0) == 12.0
    monkeypatch.setitem(globals(), "np", module(sum=lambda a: 10.0))
    assert g(1.0) == 40.0


def test_changed_closure() -> None:
    rate, f = 2.0, np.sin

    def cost(x):
        return rate * f(x) + rate * x

    g = grad(cost)
    assert_close(g(0.0), 4.0)
    rate = 3.0
    assert_close(g(0.0), 6.0)
    assert count(g) == 1
    f = np.cos
    assert_close(g(0.0), 3.0)
    rate = np.float32(1.0)
    assert_close(g(0.0), np.float32(1.0))
    assert count(g) == 3


def test_changed_builtin(monkeypatch: pytest.MonkeyPatch) -> None:
    def f(x):
        return abs(x)

    g = grad(f)
    assert g(-2.0) == -1.0
    monkeypatch.setitem(globals(), "abs", lambda x: x * x)
    assert g(-2.0) == -4.0
    monkeypatch.delitem(globals(), "abs")
    assert g(-2.0) == -1.0
    assert count(g) == 2


def test_deleted_global(monkeypatch: pytest.MonkeyPatch) -> None:
    g = grad(reads)
    g(1.0)
    monkeypatch.delitem(globals(), "SCALE")
    with pytest.raises(Exception, match="SCALE"):
        g(1.0)
    monkeypatch.undo()
    assert g(1.0) == 12.0


def test_attribute_of_another_kind() -> None:
    settings = Settings()
    g = grad(lambda x, s: s.scale * np.sum(x))
    assert g(1.0, settings) == 2.0
    settings.scale = np.float32(3.0)
    assert g(1.0, settings) == 3.0
    del settings.scale
    with pytest.raises(Exception, match="scale"):
        g(1.0, settings)


def test_attribute_that_is_new_each_time() -> None:
    class Restless:
        def __getattr__(self, name: str) -> Any:
            return lambda x: x * 2.0

    g = grad(lambda x, s: s.double(x))
    for _ in range(2):
        with pytest.raises(SrcgradError):
            g(1.0, Restless())
    assert count(g) == 0


def test_wrt_global_that_turns_int(monkeypatch: pytest.MonkeyPatch) -> None:
    g = grad(reads, wrt="SCALE")
    assert g(1.0) == 3.0
    monkeypatch.setitem(globals(), "SCALE", 5)
    assert g(1.0) == 3.0
    assert type(g(1.0)) in (float, np.float64)


# many at once -------------------------------------------------------------------------------------


def at_once(calls: list[Any]) -> list[Any]:
    """The results of calls made at the same time."""
    gate = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(i: int) -> None:
        gate.wait()
        try:
            results[i] = calls[i]()
        except BaseException as error:
            results[i] = error

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_threads_compile_once() -> None:
    x = np.linspace(0.0, 1.0, 5)
    for _ in range(5):
        g = grad(lambda x: np.sum(np.tanh(x) ** 2))
        results = at_once([lambda g=g: g(x)] * 8)
        want = 2 * np.tanh(x) * (1 - np.tanh(x) ** 2)
        for result in results:
            assert_close(result, want)
        assert count(g) == 1


def test_threads_of_many_kinds() -> None:
    g = grad(lambda x: np.sum(x * x))
    arguments = [np.ones((2,) * rank) for rank in range(1, 9)]
    results = at_once([lambda a=a: (g(a), list(map(g, arguments)))[0] for a in arguments])
    for result, argument in zip(results, arguments, strict=True):
        assert_same(result, 2 * argument, "gradient")
    assert count(g) == len(arguments)


def test_threads_of_many_gradients() -> None:
    def calls() -> list[Any]:
        return [lambda k=k: grad(lambda x: np.sum(x * x) * k)(np.ones(2)) for k in range(8)]

    for k, result in enumerate(at_once(calls())):
        assert_close(result, np.full(2, 2.0 * k))


def test_gradient_inside_of_a_call() -> None:
    """A function that the compiler runs may use gradients itself."""
    inner = grad(lambda x: x * x)
    seen = []

    def f(x):
        print("value", seen.append(inner(2.0)))
        return x * x

    assert grad(f)(3.0) == 6.0
    assert seen == [4.0]


# arguments are left alone -------------------------------------------------------------------------


@pytest.mark.parametrize("f", [squares, lambda x, y: np.sum(x), lambda x, y: np.sum(x + y)])
def test_nothing_is_shared_or_changed(f: Any) -> None:
    """`check_gradient` asserts both."""
    check_gradient(f, (np.ones(3), np.arange(3.0)), (0, 1))
    x = np.ones(3)
    check_gradient(f, (x, x), (0, 1))


# speed --------------------------------------------------------------------------------------------


def overhead(g: Any, *args: Any) -> float:
    """Seconds that a call takes until the generated function is entered."""
    function = g.compile_for(*args).function
    code = function.__code__
    function.__code__ = (lambda w, x, y: None).__code__
    try:
        number = 2000
        return min(timeit.repeat(lambda: g(*args), number=number, repeat=15)) / number
    finally:
        function.__code__ = code


def test_dispatch_is_quick() -> None:
    g = grad(lambda w, x, y: np.mean((x @ w - y) ** 2))
    args = np.ones(3), np.ones((8, 3)), np.ones(8)
    g(*args)
    bare = min(timeit.repeat(lambda: (lambda w, x, y: None)(*args), number=2000, repeat=15)) / 2000
    assert overhead(g, *args) - bare < 3e-6  # 1.5 on a quiet machine


def test_guards_in_words() -> None:
    conditions = [
        "_type(w) is _ndarray and w.dtype is _float64 and w.ndim == 2",
        "_h6['np'] is _numpy",
        "_h7.energy is _energy",
        "'abs' not in _h3",
        "w.shape[0] + 1 != 1",
        "_all(_type(_e0) is _tuple for _e0 in params)",
        "_len(params) == 2",
        "_tuple(d) == ('a', 'b')",
        "_h8.cell_contents is _helper",
        "mode is None",
        "not x",
    ]
    assert in_words(conditions).split(", ", 6) == [
        "w is an array of float64 with rank 2",
        "np is numpy",
        "energy is energy",
        "abs is the builtin",
        "w.shape[0] + 1 is not 1",
        "e0 is of type tuple for every e0 in params",
        "params has length 2, d has the keys 'a', 'b', helper is the same function, "
        "mode is None, not x",
    ]
    assert in_words([]) == "always"


# names --------------------------------------------------------------------------------------------

OWN = ("_fits", "_trace", "_found", "_missed", "_noted", "_v0", "_getattr", "_isinstance", "_Bdb")


@pytest.mark.parametrize("name", [*OWN, "_gettrace", "_settrace", "_Exception", "_e0"])
def test_a_parameter_that_is_called_as_something_of_the_dispatcher(
    name: str, tmp_path: Path
) -> None:
    text = f"def f({name}, x):\n    return {name}[0] * {name}[1] * x[0] ** 2\n"
    path = tmp_path / "model.py"
    path.write_text(text)
    space: dict[str, Any] = {"__name__": "model"}
    exec(compile(text, str(path), "exec"), space)
    slope = grad(space["f"])
    for _ in range(3):
        assert slope([2.0, 5.0], [3.0]) == [45.0, 18.0]
    assert slope(**{name: [2.0, 5.0], "x": (1.0,)}) == [5.0, 2.0]
    assert slope([2.0, 5.0], [3.0]) == [45.0, 18.0]

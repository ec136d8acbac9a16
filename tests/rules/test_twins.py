"""Functions of NumPy with a twin: what the twin gives, and derivatives of all orders through it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcgrad
from rules.checks import Sample, is_real, leaves
from rules.operands import (
    ANY,
    BOOLS,
    CUBE,
    FLOATS32,
    INTS,
    POSITIVE,
    ROW,
    SQUARE,
    A,
    B,
    V,
    W,
    X,
    Y,
    rows,
    values,
)
from rules.second_order import FORMS, check_second_order, check_tangents
from srcgrad.analysis.twins import NAMES, TWINS
from srcgrad.kinds import UNKNOWN
from srcgrad.rules.table import Primitive

SIX = values((6,), *ANY, seed=12)
STEPS = values((4,), *POSITIVE, seed=13)
WITH_FUNCTIONS = {"piecewise", "apply_along_axis", "apply_over_axes", "fromfunction"}
STORING = {"put_along_axis"}
OF_NUMBERS = {"poly", "logspace", "union1d", "intersect1d", "setdiff1d"}
"""Those that `test_numbers` calls."""


class Call(Sample):
    """A call of a function with a twin; its operands are those given by position."""

    @property
    def primitive(self) -> Primitive:
        return Primitive(self.op, f"np.{self.op.__name__}", ("args",), {}, _unknown, variadic=True)

    def call(self, operands: Any) -> Any:
        return self.op(*operands, **self.keywords)


def _unknown(*kinds: Any) -> Any:
    return UNKNOWN


def calls(name: str, *given: tuple[Any, ...], **keywords: Any) -> Iterator[Call]:
    """Calls of a function, if this version of NumPy has it."""
    op = getattr(np, name, None)
    for sample in rows(op, *given, **keywords) if op is not None else ():
        yield Call(sample.op, sample.args, sample.keywords, held=sample.held)


def joining() -> Iterator[Call]:
    yield from calls("append", (V, W), (A, V), (A, A, 0), (A, B[:2], 1), (V, X), (V, [X, 1.0]))
    yield from calls("append", (FLOATS32, V), (INTS, FLOATS32), (CUBE, CUBE[:, :1], -2), (X, Y))
    yield from calls("dstack", ([V, W],), ((A, A + 1),), ([A, CUBE[:, :3]],), ([Y, X],))
    yield from calls("block", ([V, X, W],), ([[A, A], [B[:1, :3], V[None]]],), (V,), ([A, B[:2]],))
    yield from calls("block", ([[X, Y], [Y, X]],), ([[[A]], [[A + 1]]],))
    yield from calls("block", ([[CUBE, CUBE], [CUBE[:, :1], CUBE[:, 1:2]]],))
    yield from calls("block", ([[A, np.zeros((2, 1))], [V, 1]],), ([V, V[None, None]],))
    yield from calls("diagflat", (V,), (A,), (A, -1), (V, 2), ([X, 1.0],))
    yield from calls("rollaxis", (CUBE, 2), (CUBE, 0, 2), (CUBE, 1, 3), (CUBE, -1, -2), (A, 1))
    yield from calls("unstack", (A,), (V,), (CUBE,))
    yield from calls("unstack", (A,), (CUBE,), axis=-1)
    yield from calls("matrix_transpose", (A,), (CUBE,))
    holes = V * [0, 1, 1]
    yield from calls("trim_zeros", (holes,), (holes, "b"), (holes, "f"), (V * 0,), held=(0,))
    yield from calls("trim_zeros", (V,), (V, "b"))
    yield from calls("astype", (INTS, float), (A, float))


def choosing() -> Iterator[Call]:
    yield from calls("select", ([V > 0.5, V > 0], [V, W]), ([V > 0.5, V > 0], [A, 2 * V], X))
    yield from calls("select", ([BOOLS], [FLOATS32], 0.5), ([BOOLS], [V], W), ([BOOLS], [INTS]))
    yield from calls("select", ([A > 0, BOOLS], [V, X], Y), ((BOOLS, V > 0), (V, W)))


def moments() -> Iterator[Call]:
    many = values((3, 5), *ANY, seed=14)
    for name in ("cov", "corrcoef"):
        yield from calls(name, (many,), (V,), (V, W), (many, many[0] + 1), (many.tolist(),))
        yield from calls(name, (many, None, False), (many.astype(np.float32),), (INTS,))
        yield from calls(name, (many.T, many.T[:, :1], False), (many.T, many[:1], False))
    yield from calls("cov", (many,), (many[:1],), bias=True)
    yield from calls("cov", (many[:1],), rowvar=False, ddof=0)
    yield from calls("cov", (many, None, True, False, 2), (many, None, True, False, 0))
    counts, weights = np.array([1, 2, 1, 3, 1]), values((5,), *POSITIVE, seed=15)
    yield from calls("cov", (many,), fweights=counts)
    yield from calls("cov", (many,), aweights=weights)
    yield from calls("cov", (many,), aweights=weights, fweights=counts)
    yield from calls("cov", (many,), aweights=weights, ddof=0)
    for mode in ("valid", "same", "full"):
        yield from calls("correlate", (SIX, V, mode), (V, SIX, mode), (SIX, V[:2], mode))
        yield from calls("correlate", (V[:2], SIX, mode), (B[0], V[:2], mode), (V, [X, 1.0], mode))
        yield from calls("correlate", (B[0], SIX, mode), (SIX, B[0], mode), (V, INTS, mode))
    yield from calls("correlate", (V, W), (FLOATS32, FLOATS32))


def slopes() -> Iterator[Call]:
    yield from calls("ediff1d", (V,), (A,), (V, X), (V, [X, 1.0], Y), (V, None, W), (INTS, 1))
    places = np.cumsum(STEPS)
    for order in (1, 2):
        yield from calls("gradient", (SIX,), (B,), (B, X), (B[0], places), edge_order=order)
        yield from calls("gradient", (B, np.cumsum(V + 2), places), edge_order=order)
        yield from calls("gradient", (B, X, places), (B, X, Y), edge_order=order)
        yield from calls("gradient", (B,), (B, X), (B, places), axis=1, edge_order=order)
        yield from calls("gradient", (CUBE,), axis=2, edge_order=order)
    yield from calls("gradient", (FLOATS32,), (INTS,), (FLOATS32, X), (V[:2],))
    yield from calls("gradient", (CUBE, 0.5, places), axis=(1, 2))
    yield from calls("gradient", (CUBE, places), axis=(-1,))


def vectors() -> Iterator[Call]:
    yield from calls("vecdot", (V, W), (A, V), (V, A), (CUBE, B), (A[:, None], ROW), (INTS, V))
    yield from calls("vecdot", (A, A + 1), (CUBE, CUBE + 1), axis=0)
    yield from calls("matvec", (A, V), (CUBE, STEPS), (CUBE, values((2, 4), *ANY)), (SQUARE, A))
    yield from calls("vecmat", (V, B), (V, CUBE), (A, CUBE), (A, B), (ROW, SQUARE))


def all_calls() -> list[Call]:
    groups: tuple[Callable[[], Iterator[Call]], ...] = (
        joining,
        choosing,
        moments,
        slopes,
        vectors,
    )
    return [call for group in groups for call in group()]


CALLS = all_calls()


def parts_of(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_the_twin_gives_what_numpy_gives(call: Call) -> None:
    want, got = call.call(call.args), TWINS[call.op](*call.args, **call.keywords)
    assert isinstance(got, tuple) == isinstance(want, tuple)
    for w, g in zip(parts_of(want), parts_of(got), strict=True):
        assert np.shape(w) == np.shape(g)
        assert np.result_type(w) == np.result_type(g)
        np.testing.assert_allclose(g, w, rtol=1e-6 if np.result_type(w) == np.float32 else 1e-12)


def smooth() -> list[Call]:
    """The calls with floats of double precision alone."""
    found = []
    for call in CALLS:
        active = [a for i, a in enumerate(call.args) if i not in call.held]
        singles = [a for a in leaves(list(call.args)) if getattr(a, "dtype", 0) == np.float32]
        found += [call] if is_real(active) and not singles else []
    return found


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", smooth(), ids=str)
def test_second_derivatives(call: Call) -> None:
    check_second_order(call, FORMS[0])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("call", smooth(), ids=str)
def test_tangents(call: Call) -> None:
    check_tangents(call)


PROGRAMS: list[tuple[Any, ...]] = [
    (lambda x: np.piecewise(x, [x > 0.5, x < 0], [np.sin, lambda v: v**2, 3.0]), SIX),
    (lambda x: np.piecewise(x, x > 0, [lambda v, a: v**a, 1.5], 3), SIX),
    (lambda x, k: np.piecewise(x, [x > 0, x > 1], [lambda v: k * v, k]), SIX, X),
    (lambda x: np.piecewise(x, [x > 0, x <= 0], [np.exp, np.cos]), Y),
    (lambda x: np.piecewise(x, [A > 0], [lambda v, *, k: k * v * v], k=2.0), A),
    (lambda x: np.apply_along_axis(np.prod, 0, x), A),
    (lambda x: np.apply_along_axis(lambda row: row * row[0], 1, x), CUBE),
    (lambda x: np.apply_along_axis(lambda row, k: k * row[:2] ** 2, -1, x, 3.0), A),
    (lambda x: np.apply_along_axis(np.diag, 0, x), A),
    (lambda x: np.apply_along_axis(np.sum, 0, x) ** 2, V),
    (lambda x: np.apply_over_axes(np.sum, x**2, (0, 2)), CUBE),
    (lambda x: np.apply_over_axes(np.prod, x, 1), A),
    (lambda x: np.fromfunction(lambda i, j: x * i + np.sin(x * j), (2, 3)), X),
    (lambda x: np.fromfunction(lambda i: x[i] ** 2, (3,), dtype=int), V),
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: inspect.getsource(p[0]).strip()[:60])
def test_functions_that_are_given_functions(program: tuple[Any, ...]) -> None:
    function, *args = program
    weights = np.random.default_rng(0).standard_normal(np.shape(function(*args)))

    def total(*given: Any) -> Any:
        return np.sum(weights * np.sin(function(*given)))

    srcgrad.check_grads(total, order=2)(*args)


def test_stores_along_an_axis() -> None:
    places = np.array([[2], [0]])

    def stored(x: Any, k: Any) -> Any:
        y, z = x * 2, x[0] * 1
        np.put_along_axis(y, places, k[:, None] ** 2, 1)
        np.put_along_axis(z, np.array([1, 1]), k, 0)
        return np.sum(y**3) + np.sum(z**3)

    srcgrad.check_grads(stored, order=2)(A, V[:2])


def test_what_is_not_differentiated_is_left() -> None:
    data = np.array([[0.0, 1.0], [0.0, 2.0]])

    def scaled(x: Any) -> Any:
        return x * np.sum(np.vecdot(data, data, dtype=float))

    gradient = srcgrad.grad(scaled)
    assert gradient(2.0) == 5.0
    assert "np.vecdot(" in gradient.source


def test_refusals() -> None:
    def trims(x: Any) -> Any:
        return np.sum(np.trim_zeros(x))

    def stores(x: Any) -> Any:
        y = x * 2
        np.put_along_axis(y, np.array([0]), 1.0, None)
        return np.sum(y)

    for function in (trims, stores):
        with pytest.raises(srcgrad.UnsupportedError):
            srcgrad.grad(function)(A)


def test_every_twin_has_a_call() -> None:
    tried = {call.op.__name__ for call in CALLS} | WITH_FUNCTIONS | STORING | OF_NUMBERS
    assert {name for name in NAMES if hasattr(np, name)} <= tried

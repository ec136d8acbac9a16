"""Draws of random numbers: what they give has a kind, and they are drawn once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from rules.checks import Answers, assert_fits, kind_of
from rules.operands import INTS, A, V
from srcgrad.errors import NoRuleError
from srcgrad.kinds import UNKNOWN
from srcgrad.rules import draws

HALF = np.full(2, 0.5)
DISTRIBUTIONS: dict[str, tuple[Any, ...]] = {
    **{name: (0.5,) * len(names.split()) for name, names in draws.FLOATS.items()},
    **{name: (0.5,) * len(names.split()) for name, names in draws.INTEGERS.items()},
    **{"binomial": (3, 0.5), "negative_binomial": (3, 0.5), "hypergeometric": (3, 4, 5)},
    **{"triangular": (0.1, 0.2, 0.3), "zipf": (2.0,), "standard_t": (3.0,)},
}
SIZES: tuple[Any, ...] = ((), 3, (2, 3), [4], np.int64(2))
OWNERS = (np.random.default_rng(0), np.random.RandomState(0))
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *((name, args, {}) for name, args in DISTRIBUTIONS.items()),
    *((name, args, {"size": s}) for name, args in DISTRIBUTIONS.items() for s in SIZES),
    *((n, (HALF,) * len(a), {}) for n, a in DISTRIBUTIONS.items() if n in ("normal", "gamma")),
    *((name, (), {}) for name in ("normal", "uniform", "exponential")),
    *(("normal", args, {}) for args in ((HALF, np.ones((3, 1))), ([0.0, 1.0],), (0.5, 1.0, 4))),
    *(("poisson", args, {}) for args in ((HALF,), ([1, 2],), (np.array(2.0),))),
    *(("random", (), {"size": s, "dtype": np.float32}) for s in (None, 3)),
    *(("integers", (5,), {"dtype": t}) for t in (int, np.int32, np.int64, np.dtype(int))),
    *((name, (2,), {"size": 3, "dtype": bool}) for name in ("integers", "randint")),
    *((name, args, {}) for name in ("integers", "randint") for args in ((5,), (1, 5), (0, 9, 3))),
    *((name, ([3, 4],), {}) for name in ("integers", "randint")),
    *(("choice", args, {}) for args in ((5,), (5, 3), (V,), (V, 2), (V, ()), ([1.0, 2.0], 2))),
    *(("choice", (5, s), {"replace": True, "p": [0.2] * 5}) for s in SIZES),
    *(("permutation", (x,), {}) for x in (4, V, A, INTS, [1, 2])),
    *(("multivariate_normal", (V, np.eye(3)), {"size": s}) for s in (None, 2, (2, 3))),
    *(("dirichlet", (np.ones(3),), {"size": s}) for s in (None, 2, (2, 3))),
    *(("multinomial", (4, [0.5, 0.5]), {"size": s}) for s in (None, 2, (2, 3))),
    *(("rand", args, {}) for args in ((), (3,), (2, 3))),
    *(("randn", args, {}) for args in ((), (3,), (2, 3))),
]


@pytest.mark.parametrize("symbolic", [True, False], ids=["symbolic", "static"])
@pytest.mark.parametrize("owner", OWNERS, ids=lambda o: type(o).__name__)
def test_kinds(owner: Any, symbolic: bool) -> None:
    for name, args, named in CALLS:
        if not hasattr(owner, name) or (named.get("dtype") is np.float32 and owner is OWNERS[1]):
            continue
        kinds = tuple(kind_of(a, symbolic) for a in (*args, *named.values()))
        kind = draws.kind_of_method(Answers(), type(owner), name, kinds, tuple(named))
        assert_fits(kind, getattr(owner, name)(*args, **named))


@pytest.mark.parametrize("name", ["shuffle", "bytes", "spawn", "nonsense", "choice"])
def test_what_is_not_known(name: str) -> None:
    assert draws.kind_of_method(Answers(), np.random.Generator, name, (), ()) == UNKNOWN


def test_functions_and_makers() -> None:
    assert_fits(draws.kind_of_call(Answers(), np.random.rand, (kind_of(3),), ()), np.ones(3))
    assert str(draws.kind_of_call(Answers(), np.random.default_rng, (), ())) == "Generator"
    assert draws.kind_of_call(Answers(), len, (), ()) == UNKNOWN


def dropped(x: Any) -> Any:
    rng = np.random.default_rng(0)
    mask = rng.random(x.shape) < 0.5
    return np.sum(np.tanh(x * mask + rng.normal(0.0, 0.1, size=x.shape)) ** 2)


def counted(x: Any) -> Any:
    return np.sum(x * np.random.default_rng(0).poisson(np.exp(x)))


def moved(x: Any) -> Any:
    return np.sum(np.random.default_rng(0).normal(x, 1.0))


def filled(x: Any) -> Any:
    noise = np.random.default_rng(0).normal(size=3)
    noise[0] = x[0]
    return np.sum(noise**2 * x)


@pytest.mark.parametrize("function", [dropped, filled])
def test_gradients(function: Any) -> None:
    gradient = srcgrad.grad(function)
    srcgrad.check_grads(function)(V)
    gradient(V)
    assert "unbroadcast" not in gradient.source


@pytest.mark.parametrize("function", [counted, moved])
def test_draws_by_what_is_differentiated(function: Any) -> None:
    with pytest.raises(NoRuleError):
        srcgrad.grad(function)(V)

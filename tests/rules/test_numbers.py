"""Helpers of numbers against what is known of them; conventions; functions written out in place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from rules.operands import A, V, W
from srcgrad import UnsupportedError, check_grads, grad, hessian
from srcgrad.errors import NoRuleError
from srcgrad.special import bessel_i, polygamma

EULER = 0.5772156649015329
ZETA3 = 1.2020569031595942
HOLES = np.array([[1.0, np.nan, 2.0], [0.5, np.nan, 2.0]])

POLYGAMMA: list[tuple[int, float, float]] = [
    *((0, 1.0, -EULER), (0, 0.5, -EULER - 2 * math.log(2)), (0, 2.0, 1 - EULER)),
    *((0, -0.5, 2 - EULER - 2 * math.log(2)), (0, 1e6, 13.815510057964191)),
    *((0, 0.25, -EULER - math.pi / 2 - 3 * math.log(2)), (0, 1e-9, -1000000000.5772156)),
    *((1, 1.0, math.pi**2 / 6), (1, 0.5, math.pi**2 / 2), (1, -0.5, math.pi**2 / 2 + 4)),
    *((2, 1.0, -2 * ZETA3), (2, 0.5, -14 * ZETA3), (2, -0.5, -14 * ZETA3 + 16)),
    *((3, 1.0, math.pi**4 / 15), (0, math.inf, math.inf), (1, math.inf, 0.0)),
]


@pytest.mark.parametrize(("n", "x", "value"), POLYGAMMA)
def test_polygamma(n: int, x: float, value: float) -> None:
    assert polygamma(n, x) == pytest.approx(value, rel=1e-13)


@pytest.mark.parametrize("x", [-0.3, -1.7, -7.2, -40.9, -300.1, 0.01, 0.7, 3.3, 12.5])
@pytest.mark.parametrize("n", range(5))
def test_polygamma_one_step_on(n: int, x: float) -> None:
    step = (-1) ** n * math.factorial(n) / x ** (n + 1)
    terms = abs(polygamma(n, x)) + abs(step)
    assert polygamma(n, x + 1) == pytest.approx(polygamma(n, x) + step, abs=1e-13 * terms)


@pytest.mark.parametrize("x", [0.0, 0.1, -2.5, 9.0, 40.0, 600.0])
def test_bessel_functions(x: float) -> None:
    assert bessel_i(0, x) == pytest.approx(float(np.i0(x)), rel=1e-13)
    if x:  # by the recurrence in their orders
        gap = bessel_i(1, x) - bessel_i(3, x)
        assert gap == pytest.approx(4 / x * bessel_i(2, x), rel=1e-12)


def test_second_derivatives_of_the_gamma_function() -> None:
    slope = grad(grad(lambda x: math.gamma(x)))
    want = math.gamma(2.5) * (polygamma(0, 2.5) ** 2 + polygamma(1, 2.5))
    assert slope(2.5) == pytest.approx(want, rel=1e-13)
    bent = hessian(lambda x: math.lgamma(x[0] + x[1]))(np.array([0.4, 0.9]))
    np.testing.assert_allclose(bent, polygamma(1, 1.3), rtol=1e-13)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("op", [np.nanmax, np.nanmedian, np.nanvar, np.nanstd, np.nanprod])
def test_where_all_is_missing_nothing_flows(op: Any) -> None:
    bar = grad(lambda x: np.nansum(op(x, 0)))(HOLES)
    np.testing.assert_array_equal(bar[:, 1], 0)
    assert np.all(np.isfinite(bar))


def test_equal_elements_share() -> None:
    np.testing.assert_array_equal(grad(lambda x: np.nanmax(x))(HOLES)[:, 2], 0.5)
    bar = grad(lambda x: np.sum(np.unique(x) * np.array([1.0, 4.0])))(np.array([2.0, 1.0, 2.0]))
    np.testing.assert_array_equal(bar, [2, 1, 2])


COMPOSITIONS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "poly": (lambda z: np.sum(np.sin(np.poly(z))), (V,)),
    "poly of a list": (lambda a, b: np.sum(np.sin(np.poly([a, b, 1.0]))), (0.4, 0.7)),
    "logspace": (lambda a, b: np.sum(np.sin(np.logspace(a, b, 5))), (0.1, 0.6)),
    "logspace by a base": (lambda a, b: np.sum(np.logspace(a, 1.0, 4, base=b)), (0.1, 2.3)),
    "logspace by bases": (lambda a, b: np.sum(np.logspace(a, 1.0, 4, base=b)), (0.1, V + 2)),
    "logspace of arrays": (lambda a, b: np.sum(np.logspace(a, b, 4, axis=-1) ** 2), (V, A / 2)),
    "union1d": (lambda a, b: np.sum(np.sin(np.union1d(a, b))), (A, W * 2)),
    "setdiff1d": (lambda a: np.sum(np.sin(np.setdiff1d(a, np.array([9.0])))), (A,)),
    "intersect1d": (lambda x: np.sum(x[np.intersect1d([0, 2, 5], [2, 0])] ** 2), (V,)),
}


@pytest.mark.parametrize(("function", "args"), COMPOSITIONS.values(), ids=COMPOSITIONS)
def test_functions_written_out(function: Any, args: tuple[Any, ...]) -> None:
    check_grads(function)(*args)


REFUSED: dict[str, Any] = {
    "initial=": lambda x: np.nanmax(x, initial=0.0),
    "roots": lambda x: np.sum(np.roots(x)),
    "columns": lambda x: np.sum(np.polyfit(W, np.outer(x, x), 1)),
    "along an axis": lambda x: np.sum(np.unique(x, axis=0)),
    "method": lambda x: np.sum(np.histogram(x, "auto")[1]),
    "density": lambda x: np.sum(np.histogram(x, 2, density=True)[0]),
}


@pytest.mark.parametrize("function", REFUSED.values(), ids=REFUSED)
def test_refused(function: Any) -> None:
    with pytest.raises((UnsupportedError, NoRuleError)):
        grad(function)(V)

"""The table of sample calls of what concerns single numbers, NaN, polynomials and draws."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from rules.checks import Sample
from rules.operands import CUBE, FLOATS32, INTS, A, V, X, Y, rows
from srcgrad import runtime

BOX = np.array(X)


def floats() -> Iterator[Sample]:
    for x in (X, 1.4616, 4.2, -0.4, -2.7, Y):
        yield from rows(math.lgamma, (x,))
        yield from rows(math.gamma, (x,))
        yield from rows(runtime.polygamma, (0, x))
    yield from rows(math.lgamma, (30.5,))
    yield from rows(runtime.polygamma, (1, 1.4), (2, 2.3), (3, 4.1), (2, -0.5))
    yield from rows(math.remainder, (2.9, 0.8), (0.7, Y))
    yield from rows(math.ldexp, (X, 3), (Y, -2))
    yield from rows(np.ldexp, (V, 2), (A, INTS), (X, 1), (FLOATS32, INTS), (BOX, 2), (V, A > 0))
    for op in (math.modf, math.frexp, np.frexp):
        yield from rows(op, (X,), (2.6,), (Y,))
    yield from rows(np.frexp, (V,), (A,), (FLOATS32,), (BOX,), (INTS,))
    yield from rows(math.nextafter, (X, 2.0), held=(1,))
    yield from rows(math.ulp, (X,))
    yield from rows(math.isclose, (X, Y))
    yield from rows(math.isclose, (X, 0.6000001), rel_tol=1e-3)
    yield from rows(np.nextafter, (V, 2.0), (A, V), (FLOATS32, V), held=(1,))
    yield from rows(np.spacing, (V,), (X,), (FLOATS32,))


HOLES = np.array([[1.0, np.nan, 2.0], [np.nan, 3.0, 1.4], [0.7, 1.6, -1.2], [2.4, 0.3, 1.7]])
LINE = np.array([0.4, np.nan, -1.2, 2.6])


def missing() -> Iterator[Sample]:
    reductions: tuple[Any, ...] = (np.nanmax, np.nanmin, np.nanvar, np.nanstd, np.nanprod)
    for op in (*reductions, np.nanmedian, np.nanargmax, np.nanargmin):
        yield from rows(op, (LINE,), (HOLES,), (HOLES, 0), (HOLES, -1), (V,), (CUBE, 1), (Y,))
        yield from rows(op, (FLOATS32,), (INTS,), (A, 1))
        for axis in (None, 0, -1):
            yield from rows(op, (HOLES,), axis=axis, keepdims=True)
    for op in reductions:
        yield from rows(op, (CUBE, (0, 2)), (HOLES, (0, 1)), (BOX,))
        yield from rows(op, (CUBE,), axis=(0, 2), keepdims=True)
    for op in (np.nanvar, np.nanstd):
        yield from rows(op, (HOLES,), (HOLES, 0), (LINE,), ddof=1)
    for op in (np.nancumsum, np.nancumprod):
        yield from rows(op, (LINE,), (HOLES,), (HOLES, 0), (HOLES, -1), (INTS,), (FLOATS32,))
    several = np.array([0.15, 0.43, 0.85])
    for op, whole in ((np.nanquantile, 1), (np.nanpercentile, 100)):
        at = 0.3 * whole
        yield from rows(op, (LINE, at), (HOLES, at), (HOLES, at, 0), (CUBE, at, 1), (V, at))
        yield from rows(op, (HOLES, several * whole), (HOLES, several * whole, 1), (FLOATS32, at))
        yield from rows(op, (A, several * whole, -1), (INTS, at), (V, whole // 2), (LINE, whole))
        for axis in (None, 0, -1):
            yield from rows(op, (HOLES, at), (A, several * whole), axis=axis, keepdims=True)


def numbers() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (floats, missing):
        yield from group()

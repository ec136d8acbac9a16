"""The table of sample calls of what concerns single numbers, NaN, polynomials and draws."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from rules.checks import Sample
from rules.operands import FLOATS32, INTS, A, V, X, Y, rows
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


def numbers() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (floats,):
        yield from group()

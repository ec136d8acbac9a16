"""The table of sample calls of what concerns single numbers, NaN, polynomials and draws."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from rules.checks import Sample
from rules.operands import ANY, BOOLS, CUBE, FLOATS32, INTS, POSITIVE, A, V, W, X, Y, rows, values
from srcgrad import runtime, special

BOX = np.array(X)


def floats() -> Iterator[Sample]:
    for x in (X, 1.4616, 4.2, -0.4, -2.7, Y):
        yield from rows(math.lgamma, (x,))
        yield from rows(math.gamma, (x,))
        yield from rows(special.polygamma, (0, x))
    yield from rows(math.lgamma, (30.5,))
    yield from rows(special.polygamma, (1, 1.4), (2, 2.3), (3, 4.1), (2, -0.5))
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


def polynomials() -> Iterator[Sample]:
    knots, heights = np.array([-1.2, -0.4, 0.1, 0.9, 1.7]), values((5,), *ANY)
    weights = values((5,), *POSITIVE)
    yield from rows(np.polyval, (V, X), (V, W), (V, A), (V, BOX), (FLOATS32, V), (V, 2), (INTS, V))
    yield from rows(np.polyval, (FLOATS32, FLOATS32), (V[:1], W), ([X, 1.0], W), (INTS, INTS))
    yield from rows(np.polyder, (V,), (V, 2), (V, 3), (V, 4), (V[:1],), (FLOATS32,), (INTS,))
    yield from rows(np.polyint, (V,), (V, 2), (V, 1, X), (FLOATS32,), (INTS,), (V[:1], 3))
    for op in (np.polyadd, np.polysub):
        yield from rows(op, (V, W), (V, heights), (heights, V), (V, X), (Y, V), (FLOATS32, V))
        yield from rows(op, (INTS, V), (INTS, INTS), ([X, 1.0], V), (X, Y))
    yield from rows(np.polymul, (V, W), (V, heights), (heights, V), (V, X), (FLOATS32, FLOATS32))
    yield from rows(np.polymul, (V * [0, 1, 1], W), (INTS, INTS), (INTS, V), held=(0,))
    yield from rows(np.polyfit, (knots, heights, 1), (knots, heights, 2), (knots, heights, 0))
    yield from rows(np.polyfit, (knots, heights, 2, None, False, weights), (INTS, V, 1))
    yield from rows(np.polyfit, (knots, heights, 1), w=weights)
    yield from rows(runtime.solve_fit, (V, knots), (V, knots, weights), (V[:1], knots))


def ranges() -> Iterator[Sample]:
    for op in (np.linspace, np.geomspace):
        ends = (V + 2, W + 3), (V + 2, 1.7), (A + 2, V + 2), (0.4, W + 3)
        yield from rows(op, *((a, b, 4) for a, b in ends), (X, 2.0), (X, 2.0, 4, False))
        yield from rows(op, (V + 2, W + 3, 4), (A + 2, 3.0, 3), axis=-1)
        yield from rows(op, (A + 2, V + 2, 3, False), axis=1)
        yield from rows(op, (FLOATS32 + 2, 3.0, 4), (1, 5, 3), (BOX, 2.0, 4))
    yield from rows(np.geomspace, (-X, -2.0, 4))
    yield from rows(np.linspace, (X, 2.0, 4), (V, W, 3), (V, X, 4, False), retstep=True)
    yield from rows(np.linspace, (V, W, 3), retstep=True, axis=1)
    windows: tuple[Any, ...] = (np.hamming, np.hanning, np.blackman, np.bartlett)
    for op in windows:
        yield from rows(op, (1,), (5,), (6,))
    yield from rows(np.kaiser, (5, X), (6, 3.5), (1, X), (4, Y))


def angles() -> Iterator[Sample]:
    yield from rows(np.i0, (X,), (Y,), (V,), (A * 2,), (FLOATS32,), (BOX,), (INTS,), ([X, 1.0],))
    for n in (0, 1, 2):
        yield from rows(special.bessel_i, (n, X), (n, V), (n, A * 2), (n, FLOATS32))
    turns = np.array([0.3, 7.0, -4.0, 9.5])
    yield from rows(np.unwrap, (V,), (turns,), (turns, 3.5), (FLOATS32,), held=(1, 3))
    yield from rows(np.unwrap, (A * 5, None, 0), (A * 5,), (turns,), period=2.5)
    ops: tuple[Any, ...] = (np.angle, np.imag, np.isreal, np.iscomplex, np.real_if_close)
    for op in (*ops, np.isposinf, np.isneginf):
        yield from rows(op, (V,), (A,), (X,), (Y,), (BOX,), (FLOATS32,))
    yield from rows(np.angle, (V, True), (INTS,))
    for op in (np.iscomplexobj, np.isrealobj):
        yield from rows(op, (V,), (np.array([1j]),), (X,), (INTS,))
    yield from rows(np.isscalar, (V,), (X,), (Y,), (BOX,))


def sets() -> Iterator[Sample]:
    repeated = np.array([[0.3, -1.2, 0.7], [1.5, 2.0, -0.1]])
    yield from rows(np.unique, (repeated,), (V,), (INTS,), (FLOATS32,), (X,), (BOX,))
    yield Sample(np.unique, (V,), {"return_counts": True, "return_index": True})
    yield Sample(np.unique, (repeated,), {"return_inverse": True})
    yield from rows(np.isin, (INTS, [1, 2]), (A, V), (X, V), (3, INTS))
    yield from rows(np.isin, (INTS, INTS), invert=True)
    edges = np.array([-2.0, -0.5, 0.2, 3.0])
    yield from rows(np.digitize, (V, edges), (A, edges), (X, edges), (V, edges, True))
    yield from rows(np.argwhere, (V,), (A > 0,), (CUBE,))
    yield from rows(np.array_equiv, (V, V), (V, A), (INTS, INTS))
    yield from rows(np.histogram, (V,), (A, 4), (INTS,), (FLOATS32, 3), (V, edges), (A, 5, (-2, 2)))
    yield from rows(np.histogram, (V, edges.astype(np.float32)))
    yield from rows(np.broadcast_shapes, ((2, 1), (3,)), (3,), ((2, 3), 1, (1, 1, 3)))
    for op in (np.gcd, np.lcm):
        yield from rows(op, (INTS, 4), (INTS, INTS), (6, 4))
    if hasattr(np, "bitwise_count"):
        yield from rows(np.bitwise_count, (INTS,), (5,))


def running() -> Iterator[Sample]:
    for name in ("cumulative_sum", "cumulative_prod"):
        op = getattr(np, name, None)
        if op is None:  # before NumPy 2.1
            continue
        yield from rows(op, (V,), (INTS,), (FLOATS32,), (BOOLS,))
        for axis in (0, -1):
            yield from rows(op, (V,), (A,), (CUBE,), axis=axis)
            yield from rows(op, (V,), (A,), (CUBE,), axis=axis, include_initial=True)
        yield from rows(op, (V,), include_initial=True)


def numbers() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (floats, missing, polynomials, ranges, angles, sets, running):
        yield from group()

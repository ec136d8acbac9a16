"""The table of sample calls of what sorts, gathers, repeats, surrounds and sums up elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rules.checks import Sample
from rules.operands import (
    ANY,
    BOOLS,
    CUBE,
    FLOATS32,
    INTS,
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
from srcgrad import runtime

PLACES = np.array([[1, 0, 1], [0, 1, 1]])
BOX = np.array(X)


def sorting() -> Iterator[Sample]:
    ops: tuple[Any, ...] = (np.sort, np.argsort)
    for op in ops:
        yield from rows(op, (V,), (A,), (A, 0), (A, None), (CUBE, 1), (FLOATS32,), (INTS,))
        yield from rows(op, (A,), kind="stable")
    yield from rows(np.argsort, (BOX,), (Y, None))
    for op in (np.partition, np.argpartition):
        yield from rows(op, (V, 1), (A, 1), (A, 0, 0), (A, 3, None), (FLOATS32, 0), (INTS, 1))
    yield from rows(np.lexsort, ((V, W),), (A,), ((A, A),), ((INTS, V), -1))
    yield from rows(np.searchsorted, (V, X), (V, A), (INTS, V), (V, Y, "right"), (V, BOX))
    yield from rows(np.nonzero, (V,), (A,), (BOOLS,), (CUBE > 0,))
    yield from rows(np.flatnonzero, (V,), (A > 0,), (X,))
    yield from rows(np.unravel_index, (3, (2, 3)), (INTS, (2, 3)), (PLACES, 7), (INTS, [2, 3]))
    yield from rows(np.ravel_multi_index, ((1, 2), (2, 3)), ((INTS, INTS), (4, 4)))
    yield from rows(np.ravel_multi_index, ((INTS, 1), (4, 4)), ((PLACES, INTS), (4, 4)))


def gathering() -> Iterator[Sample]:
    yield from rows(np.take, (V, 1), (V, INTS - 1), (V, [0, 0, 2]), (A, 4), (A, PLACES))
    yield from rows(np.take, (A, 1, 0), (A, PLACES, 1), (CUBE, INTS - 1, -2), (FLOATS32, [0, 0]))
    yield from rows(np.take, (CUBE, PLACES, 1), (V, [-1, -1]), (INTS, 1), (V, np.array(2)))
    for mode in ("wrap", "clip"):
        yield from rows(np.take, (V, [-4, 3, 5]), (A, [2, -5], 1), mode=mode)
    yield from rows(runtime.put_back, (V, W, INTS - 1), (V, A, np.array([1, 5, 1])), held=(1,))
    yield from rows(runtime.put_back, (A, B[:2], [0, 0, 2], 1), (Y, V, 1), held=(1,))
    yield from rows(np.take_along_axis, (A, PLACES, 0), (A, PLACES, 1), (V, INTS - 1, 0))
    yield from rows(np.take_along_axis, (A, INTS, None), (A, PLACES[:1], 0), (ROW, PLACES, 1))
    yield from rows(np.take_along_axis, (CUBE, PLACES[:, :, None], -1), (FLOATS32, INTS - 1, 0))
    yield from rows(runtime.put_back_along, (A, A + 1, PLACES, 0), (V, A, INTS, None), held=(1,))
    yield from rows(np.compress, (BOOLS, V), (BOOLS, A, 1), ([True], A, 0), (BOOLS, A))
    yield from rows(np.extract, (A > 0, A), (BOOLS, V), (BOOLS, FLOATS32))
    yield from rows(np.diagonal, (SQUARE,), (SQUARE, 1), (B,), (B, 1), (A, -1), (CUBE,))
    yield from rows(np.diagonal, (CUBE, 1, 0, 2), (CUBE, 0, -1, 0), (FLOATS32[:, None],))
    yield from rows(np.bincount, (INTS,), (INTS, V), (INTS, FLOATS32, 7), (INTS, INTS))


def turning() -> Iterator[Sample]:
    yield from rows(np.flip, (V,), (A,), (A, 1), (CUBE, (0, 2)))
    yield from rows(np.fliplr, (A,), (CUBE,))
    yield from rows(np.flipud, (V,), (A,))
    yield from rows(np.rot90, (A,), (A, 2), (A, -1), (CUBE, 3), (CUBE, 1, (0, 2)), (A, 0))
    yield from rows(np.roll, (V, 1), (A, 1, 0), (A, -2, 1), (A, 1), (A, (1, 2), (0, 1)))
    yield from rows(np.roll, (V, (1, 1)), (A, (1, 2), 1), (Y, 1))


def windows() -> Iterator[Sample]:
    yield from rows(np.repeat, (V, 2), (Y, 3), (A, 2), (A, 2, 0), (A, 3, -1), (CUBE, 2, 1))
    yield from rows(np.repeat, (V, [1, 2, 0]), (A, INTS, 1), (V, [2]), (A, [0, 2], 0), (BOX, 2))
    yield from rows(np.repeat, (FLOATS32, 2), (V, np.int64(2)), (V, 0), (INTS, 2))
    yield from rows(np.tile, (V, 2), (V, (2, 1)), (A, 2), (A, (2, 3)), (A, (2, 1, 2)), (Y, 2))
    yield from rows(np.tile, (BOX, ()), (V, ()), (CUBE, [2, 1]), (FLOATS32, 3), (V, INTS[:2]))
    yield from rows(np.resize, (V, 5), (V, (2, 4)), (A, 4), (A, (3, 3)), (Y, 3), (V, ()))
    yield from rows(np.resize, (FLOATS32, 4), (V, 0), (INTS, 2))
    yield from rows(np.diff, (V,), (A,), (A, 1, 0), (V, 2), (CUBE, 2, 1), (V[:1],))
    yield from rows(np.diff, (INTS,), (BOOLS,), (FLOATS32,))
    yield from rows(np.diff, (V,), prepend=X)
    yield from rows(np.diff, (V, 2), prepend=0, append=X)
    yield from rows(runtime.undo_diff, (V[:2], V), held=(1,))
    yield from rows(runtime.undo_diff, (A, B[:2]), (ROW, values((3, 3), *ANY), 2, 0), held=(1,))
    yield from padding()
    for mode in ("full", "same", "valid"):
        yield from rows(
            np.convolve, (V, W), (V, B[0]), (B[0], V), (V, W[:2]), (V[:1], W), mode=mode
        )
    yield from rows(np.convolve, (V, FLOATS32), (INTS, V), (FLOATS32, FLOATS32), (V, Y), (X, V))
    yield from rows(np.convolve, (V, [X, 1.0]), (V, [1, 2], "same"))


def padding() -> Iterator[Sample]:
    yield from rows(np.pad, (V, 1), (V, (1, 2)), (V, ((0, 2),)), (A, 1), (A, ((1, 2), (0, 1))))
    yield from rows(np.pad, (A, (1, 0)), (CUBE, ((1,), (2,), (0,))), (BOX, 1), (FLOATS32, 1))
    yield from rows(np.pad, (V, np.array([1, 2])), (V, 1, "constant"))
    yield from rows(np.pad, (V, 1), (A, (0, 1)), constant_values=X)
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        yield from rows(np.pad, (V, 2, mode), (A, ((1, 0), (2, 1)), mode), (V, (0, 1), mode))
    places = runtime.unpad
    yield from rows(places, (V, V[:1], 1), (A, A[:, :1], ((0, 0), (2, 0))), held=(1,))
    yield from rows(places, (V, V[:1], 1, "edge"), (V, W, 0), held=(1,))


def summing() -> Iterator[Sample]:
    yield from rows(np.cumprod, (V,), (A,), (A, 0), (A, -1), (V, 0), (INTS,), (FLOATS32,), (Y,))
    yield from rows(np.cumprod, (np.array([1.5, 0.0, 2.0, 0.0, 3.0]),), (A * [1, 0, 1], 1))
    yield from rows(runtime.cumprod_adjoint, (W, V), (A + 1, A, 1), (B, B + 1, 0), (W[:1], Y))
    yield from rows(runtime.cumprod_adjoint, (W, V * [1, 0, 1]), (A + 1, A * [0, 1, 0], 1))
    yield from rows(runtime.recurrence, (V, W), (A, A + 1), (V * [1, 0, 1], W), (V[:1], W[:1]))
    yield from rows(runtime.recurrence, (BOOLS, W), (INTS, W))
    yield from rows(np.ptp, (V,), (A,), (A, 0), (CUBE, 1), (CUBE, (0, 2)), (FLOATS32,), (INTS,))
    for axis in (None, 0, -1):
        yield from rows(np.ptp, (A,), axis=axis, keepdims=True)
        yield from rows(np.median, (A,), axis=axis, keepdims=True)
        yield from rows(np.nansum, (A,), axis=axis, keepdims=True)
        yield from rows(np.nanmean, (A,), axis=axis, keepdims=True)
        yield from rows(np.average, (A,), axis=axis, keepdims=True)
        yield from rows(np.average, (A,), axis=axis, weights=A + 2, keepdims=True)
    yield from rows(np.median, (V,), (B,), (A,), (A, 0), (CUBE, 1), (FLOATS32,), (INTS,), (Y,))
    yield from rows(np.average, (V,), (A,), (A, 0), (CUBE, (0, 2)), (FLOATS32,), (INTS,))
    yield from rows(np.average, (V, None, W + 2), (A, None, A + 2), (A, 0, A + 2), (A, 1, V + 2))
    yield from rows(np.average, (A, 0, [X, 1.0]), (CUBE, 1, V + 2), (CUBE, (0, 2), CUBE + 2))
    yield from rows(np.average, (INTS, None, FLOATS32), (FLOATS32, None, INTS), (A, 1, INTS))
    holes = np.array([[1.0, np.nan, 2.0], [np.nan, 3.0, 4.0]])
    for op in (np.nansum, np.nanmean):
        yield from rows(op, (V,), (A, 0), (CUBE, (0, 2)), (FLOATS32,), (INTS,), (Y,))
        yield from rows(op, (holes,), (holes, 0), (holes, 1))


def interpolating() -> Iterator[Sample]:
    knots, heights = np.array([-2.0, -0.4, 0.1, 1.3, 2.0]), values((5,), *ANY)
    yield from rows(np.interp, (V, knots, heights), (X, knots, heights), (A, knots, heights))
    yield from rows(
        np.interp, (V * 3, knots, heights), (np.array([-3.0, 0.5, 4.0]), knots, heights)
    )
    yield from rows(np.interp, (V * 3, knots, heights, 0.3, -0.7), (V * 3, knots, heights, X))
    yield from rows(np.interp, (FLOATS32, knots, heights), (V, INTS[::-1].cumsum(), heights[:3]))
    yield from rows(np.interp, (V, [-2.0, 0.1, 2.0], [X, 1.0, 3.0]), (X, [-2, 2], [1, 3]))
    yield from rows(np.interp, (BOX, knots, heights), (INTS, knots * 3, heights))


def accumulating() -> Iterator[Sample]:
    jumps = np.array([0.3, -0.4, 1.1, 0.7, 1.6, -2.0, -2.5])
    ufuncs: tuple[Any, ...] = (np.maximum, np.minimum, np.add, np.multiply)
    for ufunc in ufuncs:
        op = ufunc.accumulate
        yield from rows(op, (V,), (A,), (A, 0), (A, 1), (CUBE, -1), (CUBE, 1), (FLOATS32,), (INTS,))
        yield from rows(op, (jumps,), (BOOLS,), ([X, 1.2, -0.3],), (V[:1],), (V[:0],))
        yield from rows(op, (B,), axis=-2)
    yield from rows(np.add.accumulate, (INTS, 0, float), (V, 0, np.float32))
    yield from rows(np.multiply.accumulate, (V * [1, 0, 1],))


def quantiles() -> Iterator[Sample]:
    several = np.array([0.15, 0.43, 0.85])
    for op, whole in ((np.quantile, 1), (np.percentile, 100)):
        at = 0.3 * whole
        yield from rows(op, (V, at), (A, at), (A, at, 0), (CUBE, at, 1), (A, np.float64(at), -1))
        yield from rows(op, (V, several * whole), (A, several * whole, 1), (B, np.array(at), 0))
        yield from rows(op, (CUBE, several[:2] * whole, 2), (B[:, :1], [at, 0.7 * whole], 0))
        yield from rows(op, (FLOATS32, at), (FLOATS32, np.float64(at)), (INTS, at), (Y, at))
        yield from rows(op, (FLOATS32, np.float32(at)), (INTS, several * whole), (BOX, [at]))
        yield from rows(op, (V, 0), (A, whole, 1), (V, whole // 2), (INTS, 0), (A, [0, whole], 0))
        yield from rows(op, ([X, 1.0, 3.0], at), (V, whole / 2), (V, whole * 1.0), held=(1,))
        for axis in (None, 0, -1):
            yield from rows(op, (A, at), (A, several * whole), axis=axis, keepdims=True)


def integrating() -> Iterator[Sample]:
    op, wide = getattr(np, "trapezoid", None), values((3, 2, 4), *ANY)
    if op is None:  # before NumPy 2
        return
    yield from rows(op, (A, None, 1.0, 0), (CUBE, None, X, 1), (INTS, None, X))
    yield from rows(op, (V,), (A,), (FLOATS32,), (V[:1],), (V[:0],), held=(2,))
    yield from rows(op, (V, W), (A, V), (A, W[:2], 1.0, 0), (CUBE, V, 1.0, 1), (V, INTS))
    yield from rows(op, (A, A + 1), (CUBE, CUBE + 1, 1.0, 1), (A, ROW), (ROW, A), (INTS, V))
    yield from rows(op, (V, W[:2]), (V[:2], B[0]), (V, None, Y), (FLOATS32, V), (FLOATS32, INTS))
    yield from rows(op, ([X, 1.0, 2.0], [0.0, X, 3.0]), (BOOLS, V), (FLOATS32, None, Y))
    yield from rows(op, (V, None, BOX), (CUBE, wide[:2, :1], 1.0, 0), (A, [1, X, 4]))
    yield from rows(op, (A,), dx=X, axis=-2)
    yield from rows(op, (A,), x=V)


def comparing() -> Iterator[Sample]:
    for op in (np.isclose, np.allclose):
        yield from rows(op, (V, W), (A, V), (X, Y), (V, V, 0.1), (BOX, X), (INTS, V))
    tests: tuple[Any, ...] = (np.array_equal, np.shares_memory, np.may_share_memory)
    for op in tests:
        yield from rows(op, (V, V), (V, W), (A, V), (INTS, BOOLS))
    yield from rows(np.fix, (V,), (X,), (Y,), (FLOATS32,), (BOX,), (INTS,))


def arrays() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (
        sorting,
        gathering,
        turning,
        windows,
        summing,
        accumulating,
        quantiles,
        interpolating,
        integrating,
        comparing,
    ):
        yield from group()

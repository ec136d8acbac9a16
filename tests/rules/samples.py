"""The table of sample calls: at least one row for each primitive."""

from __future__ import annotations

import bisect
import builtins
import math
import operator
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
    MATRIX,
    POSITIVE,
    ROW,
    SQUARE,
    VECTOR,
    A,
    B,
    V,
    W,
    X,
    Y,
    rows,
    values,
)
from rules.samples_of_arrays import arrays
from rules.samples_of_numbers import numbers
from rules.samples_of_parts import parts
from rules.samples_of_products import more_products
from srcgrad import runtime, special
from srcgrad.rules import elementwise, methods


def unary(op: Any, low: float = -1.0, high: float = 1.7) -> Iterator[Sample]:
    """A ufunc on Python's and NumPy's scalars, arrays of each rank, and float32."""
    middle = low + 0.37 * (high - low)
    yield Sample(op, (middle,))
    yield Sample(op, (np.float64(middle),))
    yield Sample(op, (np.float32(middle),))
    yield Sample(op, (np.array(middle),))
    yield Sample(op, (values(VECTOR, low, high),))
    yield Sample(op, (values(MATRIX, low, high),))
    yield Sample(op, (values(VECTOR, low, high, np.float32),))


def binary(op: Any, a: tuple[float, float], b: tuple[float, float]) -> Iterator[Sample]:
    """A ufunc of two operands with all ways to broadcast."""
    (low, high), (low2, high2) = a, b
    x, y = low + 0.37 * (high - low), low2 + 0.71 * (high2 - low2)

    def left(*shape: int, dtype: Any = float) -> Any:
        return values(shape, low, high, dtype, 1)

    def right(*shape: int, dtype: Any = float) -> Any:
        return values(shape, low2, high2, dtype, 2) + dtype(0.01)

    yield Sample(op, (x, y))
    yield Sample(op, (np.float64(x), y))
    yield Sample(op, (np.array(x), np.array(y)))
    yield Sample(op, (x, right(3)))
    yield Sample(op, (left(3), y))
    yield Sample(op, (left(3), right(3)))
    yield Sample(op, (left(2, 3), right(3)))
    yield Sample(op, (left(3), right(2, 1)))
    yield Sample(op, (left(1, 3), right(2, 1)))
    yield Sample(op, (left(2, 3), right(2, 3)))
    yield Sample(op, (left(3, dtype=np.float32), right(3, dtype=np.float32)))
    yield Sample(op, (left(3, dtype=np.float32), y))
    yield Sample(op, (left(3, dtype=np.float32), right(2, 3)))
    yield Sample(op, (np.array([2, 3, 1]), right(3)))


UNARY: dict[Any, tuple[float, float]] = {
    **dict.fromkeys((np.exp, np.exp2, np.expm1, np.sin, np.cos, np.sinh, np.cosh), ANY),
    **dict.fromkeys((np.tanh, np.arctan, np.arcsinh, np.square, np.negative, np.positive), ANY),
    **dict.fromkeys((np.absolute, np.fabs, np.cbrt, np.sinc, np.nan_to_num), ANY),
    **dict.fromkeys((np.degrees, np.rad2deg, np.radians, np.deg2rad, np.conjugate), ANY),
    **dict.fromkeys((np.sign, np.floor, np.ceil, np.trunc, np.rint, np.round, np.around), ANY),
    **dict.fromkeys((np.isfinite, np.isnan, np.isinf, np.signbit, np.logical_not), ANY),
    **dict.fromkeys((np.log, np.log2, np.log10, np.log1p, np.sqrt, np.reciprocal), POSITIVE),
    **dict.fromkeys((np.arcsin, np.arccos, np.arctanh), (-0.9, 0.8)),
    np.tan: (-1.0, 1.2),
    np.arccosh: (1.2, 3.0),
    **dict.fromkeys((operator.neg, operator.pos, operator.abs, builtins.abs), ANY),
}

BINARY: dict[Any, tuple[tuple[float, float], tuple[float, float]]] = {
    **dict.fromkeys((np.add, np.subtract, np.multiply, np.hypot), (ANY, ANY)),
    **dict.fromkeys((np.logaddexp, np.logaddexp2, np.copysign, np.heaviside), (ANY, ANY)),
    **dict.fromkeys((np.maximum, np.minimum, np.fmax, np.fmin), (ANY, ANY)),
    **dict.fromkeys((np.logical_and, np.logical_or, np.logical_xor), (ANY, ANY)),
    **dict.fromkeys((np.less, np.less_equal, np.equal, np.not_equal), (ANY, ANY)),
    **dict.fromkeys((np.greater, np.greater_equal), (ANY, ANY)),
    **dict.fromkeys((np.divide, np.arctan2), (ANY, POSITIVE)),
    **dict.fromkeys((np.remainder, np.fmod, np.floor_divide), ((2.9, 3.0), (0.83, 0.86))),
    **dict.fromkeys((np.power, np.float_power), (POSITIVE, ANY)),
    **dict.fromkeys((operator.add, operator.sub, operator.mul), (ANY, ANY)),
    **dict.fromkeys((operator.truediv,), (ANY, POSITIVE)),
    **dict.fromkeys((operator.mod, operator.floordiv), ((2.9, 3.0), (0.83, 0.86))),
    **dict.fromkeys((operator.pow, builtins.pow), (POSITIVE, ANY)),
    **dict.fromkeys((operator.lt, operator.le, operator.eq, operator.ne), (ANY, ANY)),
    **dict.fromkeys((operator.gt, operator.ge), (ANY, ANY)),
}

MATH: dict[Any, tuple[float, ...]] = {
    **dict.fromkeys((math.exp, math.expm1, math.sin, math.cos, math.tan, math.sinh), (0.7,)),
    **dict.fromkeys((math.cosh, math.tanh, math.asin, math.acos, math.atan), (-0.4,)),
    **dict.fromkeys((math.asinh, math.atanh, math.fabs, math.degrees, math.radians), (-0.6,)),
    **dict.fromkeys((math.erf, math.erfc, math.exp2, math.cbrt, math.log1p, math.log), (0.8,)),
    **dict.fromkeys((math.log2, math.log10, math.sqrt, math.acosh), (1.9,)),
    **dict.fromkeys((math.floor, math.ceil, math.trunc), (1.7,)),
    **dict.fromkeys((math.isnan, math.isinf, math.isfinite), (1.7,)),
    **dict.fromkeys((math.atan2, math.copysign), (-0.6, 1.4)),
    math.fmod: (2.9, 0.8),
    math.pow: (1.3, 2.4),
    math.hypot: (0.3, -0.4),
}


def reduction(op: Any, *, out: bool = False) -> Iterator[Sample]:
    """A reduction over every choice of axes, with and without keepdims."""
    yield from rows(op, (V,), (A,), (CUBE,), (FLOATS32,), (Y,), (np.array(X),), (INTS,), (BOOLS,))
    yield from rows(op, (V, 0), (A, 0), (A, 1), (A, -1), (CUBE, 1), (INTS, 0))
    if op not in (np.argmax, np.argmin):
        yield from rows(op, (CUBE, (0, 2)), (A, (0, 1)), (CUBE, (-1, 1)))
        yield Sample(op, (CUBE,), {"axis": (0, 2), "keepdims": True})
    for axis in (None, 0, -1):
        yield Sample(op, (A,), {"axis": axis, "keepdims": True})


def reductions() -> Iterator[Sample]:
    for op in (np.sum, np.mean, np.prod, np.max, np.amax, np.min, np.amin, np.var, np.std):
        yield from reduction(op)
    tests: tuple[Any, ...] = (np.any, np.all, np.argmax, np.argmin, np.count_nonzero)
    for op in tests:
        yield from reduction(op)
    yield from rows(np.var, (V,), (A, 1), (A,), ddof=1)
    yield from rows(np.std, (V,), (A, 0), (A,), ddof=1)
    yield from rows(np.sum, (V, None, np.float32), (INTS, None, float), (A, 0, None, None, True))
    yield from rows(np.cumsum, (V,), (A,), (A, 0), (A, -1), (V, 0), (INTS,), (FLOATS32,))
    norm = np.linalg.norm
    yield from rows(norm, (V,), (A,), (CUBE,), (A, "fro"), (V, 1), (V, 2), (V, 3))
    yield from rows(norm, (V, math.inf), (V, 1.5), (A, math.inf, 1), held=(1,))
    yield from rows(norm, (A, 1, 0), (A, 2, 1), (A, None, 0), (INTS,))
    yield from rows(norm, (CUBE, None, (0, 2)), (FLOATS32,))
    yield from rows(norm, (A, 2, 1), (A, 3, 0), keepdims=True)
    yield from rows(norm, (A, math.inf, 0), held=(1,), keepdims=True)
    yield from rows(runtime.product_of_others, (V,), (A, 0), (A, 1), (CUBE, (0, 2)))
    yield from rows(runtime.product_of_others, (V * [1, 0, 1], None, (W,)), (A, 1, (A + 1, A - 1)))


def products() -> Iterator[Sample]:
    deep, wide = values((5, 2, 3), *ANY), values((5, 3, 4), *ANY)
    ones = values((1, 3, 4), *ANY)
    for op in (np.matmul, operator.matmul):
        yield from rows(op, (V, W), (V, B), (A, V), (A, B), (SQUARE, V), (INTS, V), (FLOATS32, V))
        yield from rows(op, (deep, wide), (deep, B), (A, wide), (deep, V), (V, wide), (deep, ones))
        yield from rows(op, (values((2, 1, 2, 3), *ANY), wide))
    yield from rows(np.dot, (V, W), (V, B), (A, V), (A, B), (deep, B), (deep, V), (A, wide))
    yield from rows(np.dot, (Y, V), (A, Y), (np.array(X), V), (V, wide), (deep, wide))
    yield from rows(np.inner, (V, W), (A, SQUARE), (deep, V), (V, deep), (np.array(X), V), (A, Y))
    yield from rows(np.outer, (V, W), (A, V), (V, A), (V, FLOATS32))
    yield from rows(np.vdot, (V, W), (A, A + 1), (A, values((6,), *ANY)))
    yield from rows(np.trace, (SQUARE,), (B,), (B, 1), (A, -1), (SQUARE.astype(int),))
    yield from rows(
        runtime.sum_stack, (wide, ones), (wide, wide), (values((2, 5, 3, 4), *ANY), wide)
    )
    for op in (np.triu, np.tril):
        yield from rows(op, (SQUARE,), (B, 1), (A, -1), (CUBE,), (V,), (V, 1))
    yield from rows(np.diag, (V,), (V, 1), (SQUARE,), (SQUARE, -1), (B,), (B, 1), (B, -1), (A, 2))
    yield from rows(runtime.place_diagonal, (V, SQUARE, 0), (V, B, 1))
    yield from rows(runtime.place_diagonal, (V[:2], B, -1), (B[:, :2], CUBE.T, 0, 0, 2), held=(1,))


def shapes() -> Iterator[Sample]:
    yield from rows(np.reshape, (A, (3, 2)), (A, -1), (V, (3, 1)), (CUBE, (4, -1)), (V[:1], ()))
    yield from rows(np.reshape, (CUBE, (-1, 4)), (CUBE, [6, 4]), (np.array(X), (1, 1)))
    yield from rows(np.ravel, (A,), (V,), (np.array(X),), (CUBE,))
    yield from rows(np.ndarray.flatten, (A,), (V,))
    yield from rows(np.squeeze, (ROW,), (ROW, 0), (V[:1],), (V,), (CUBE[:1, :, :1], (0, 2)))
    yield from rows(np.expand_dims, (V, 0), (V, -1), (A, 1), (A, (0, 3)))
    yield from rows(np.transpose, (A,), (V,), (CUBE,), (A, (1, 0)), (A, (0, 1)), (CUBE, (2, 0, 1)))
    yield from rows(np.transpose, (values((2, 1, 3, 4), *ANY), (3, 1, 0, 2)), (CUBE, (1, -1, 0)))
    yield from rows(np.swapaxes, (A, 0, 1), (CUBE, 0, -1))
    yield from rows(np.moveaxis, (CUBE, 0, -1), (CUBE, (0, 1), (2, 0)))
    yield from rows(np.broadcast_to, (V, (2, 3)), (Y, (2,)), (ROW, (4, 3)), (V, (3,)))
    for op in (np.atleast_1d, np.atleast_2d):
        yield from rows(op, (Y,), (np.array(X),), (V,), (A,), (CUBE,))
    yield from rows(np.concatenate, ((V, W),), ([V, W, V[:1]],), ((A, A), 1), ((A, ROW), 0))
    yield from rows(np.concatenate, ((A, A + 1, A), -1), ((INTS, V),), ((FLOATS32, V),))
    yield from rows(np.stack, ((V, W),), ([V, W], 1), ((A, A + 1), -1), ([A, A, A], 1), ([Y, Y],))
    yield from rows(np.vstack, ((V, W),), ([A, V],), ((A, ROW),), ([CUBE, CUBE],))
    yield from rows(np.hstack, ((V, W[:2]),), ([A, A[:, :1]],))
    yield from rows(np.column_stack, ((V, W),), ([V, B],), ((B, B),))
    yield from rows(runtime.split_like, (V, (V[:1], V[:2]), 0), (B, [B[:, :1], B[:, :3]], 1))
    yield from rows(runtime.join_like, ((V[:1], V[:2]), V, 0), held=(1,))
    yield from rows(runtime.join_like, ((A, A[:, 0], A[:, :0]), B[:2], 1), held=(1,))
    yield from rows(runtime.join_like, ((A[:0], V[:0]), B[:0], 1), held=(1,))


def allocations() -> Iterator[Sample]:
    for op in (np.zeros, np.ones):
        yield from rows(op, (3,), ((2, 3),), ([2, 3],), ((),), ((2,), np.float32), (2, int))
    yield from rows(np.empty, (3,), ((2, 3), np.float32))
    alike: tuple[Any, ...] = (np.zeros_like, np.ones_like)
    for op in alike:
        yield from rows(op, (V,), (A,), (Y,), (INTS,), (FLOATS32,), (V, int), (X,))
    yield from rows(np.empty_like, (V,), (A, np.float32))
    yield from rows(np.full, (3, X), ((2, 3), Y), ((2, 3), V), (2, 1), ((2,), 1, float), ((), X))
    yield from rows(np.full_like, (V, X), (A, V), (FLOATS32, X), (Y, X))
    yield from rows(
        np.arange, (4,), (1, 4), (0, 5, 2), (3.5,), (0.0, 1.0, 0.3), (4, None, 1, float)
    )
    yield from rows(np.linspace, (X, 2.0), (X, Y, 5), (0, 1, 4), (X, 2.0, 4, False))
    yield from rows(np.eye, (3,), (2, 3), (2, 3, 1), (2, None, 0, np.float32))
    yield from rows(np.identity, (3,), (2, np.float32))
    yield from rows(
        np.array, (V,), (X,), ([X, 1.2],), ((X, Y),), ([V, W],), ([[X, 1.0], [2.0, 3.0]],)
    )
    yield from rows(np.array, ([1, 2],), ([1, X],), (V, np.float32), ([X, 1], np.float32))
    yield from rows(np.asarray, (V,), ([X, 1.2],), (Y,), (FLOATS32, float))
    yield from rows(np.ascontiguousarray, (A,), (Y,), (V, np.float32))
    yield from rows(np.copy, (V,), (A,), (Y,), (np.array(X),))
    yield from rows(
        np.ndarray.astype, (V, float), (V, np.float32), (FLOATS32, float), (INTS, float), (V, int)
    )
    yield from rows(np.shape, (V,), (A,), (Y,), (CUBE,))
    yield from rows(np.size, (V,), (A,), (Y,), (CUBE,))
    yield from rows(np.ndim, (V,), (A,), (Y,), (X,))
    yield from rows(np.result_type, (V, X), (FLOATS32, 1.0), (INTS, np.float32), (INTS, V))


def choices() -> Iterator[Sample]:
    yield from rows(
        np.where, (BOOLS, V, W), (BOOLS, X, V), (A > 0, A, V), (True, X, Y), (BOOLS, X, 1)
    )
    yield from rows(np.where, (BOOLS, FLOATS32, 0), (BOOLS, FLOATS32, V), (BOOLS,), (A > 0,))
    yield from rows(np.sinc, (np.array([0.0, 1e-9, 1e-3, 0.499, 0.501, 3.0]),), (0.0,))
    yield from rows(np.hypot, (V - V, W), (0.0, Y))
    yield from rows(np.clip, (V, -0.5, 0.8), (V, None, 0.8), (V, -0.5, None), (A, V - 1, W + 1))
    yield from rows(np.clip, (Y, -0.5, 0.8), (FLOATS32, -0.5, 0.5), (INTS, 1, 2), (X, 0.0, 1.0))
    yield from (Sample(np.clip, (V,), k) for k in ({"min": -0.5}, {"max": 0.5}))
    yield from rows(elementwise.is_missing, (elementwise.MISSING,), (None,), (X,))
    yield from rows(elementwise.is_fixed, (2,), (INTS,), (Y,), (V,))
    yield Sample(np.clip, (A,), {"min": -0.5, "max": V})
    yield from rows(np.round, (V, 1), (INTS,), (A, -1))
    for op in (np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.left_shift, np.right_shift):
        yield from rows(op, (INTS, 1), (INTS, INTS), (6, 1))
    for op in (np.bitwise_and, np.bitwise_or, np.bitwise_xor):
        yield from rows(op, (BOOLS, BOOLS), (BOOLS, True))
    yield from rows(np.invert, (INTS,), (BOOLS,))
    yield from rows(methods.dtype, (V,), (FLOATS32,), (Y,))
    yield from rows(np.real, (V,), (np.array([1j, 2.0]),))
    yield from rows(np.ndarray.item, (np.array(X),), (V[:1],), (INTS[:1],))
    yield from rows(np.ndarray.tolist, (V,), (A,), (INTS,))


def python() -> Iterator[Sample]:
    for op in (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv):
        yield from rows(op, (3, 2), (3, 0.7), (True, 2), (INTS, 2), (INTS, INTS), (True, True))
    yield from rows(operator.mod, (7, 3), (-7, 3), (INTS, 2))
    yield from rows(operator.pow, (3, 2), (X, 2), (V, 2), (V, 3), (V, -1), (X, -2), (2, V), (2, -1))
    yield from rows(operator.pow, (INTS, 2), (V, 0), (A, 1), (V + 2, 0.0), (V + 2, V - V))
    yield from rows(operator.pow, (V * [0, 1, 0] + 0, 3), (V - V, 0), (X, 0.0))
    yield from rows(operator.pow, (V - V, 0.0), (V - V, 2.0), (V - V, INTS + 1.0), held=(1,))
    yield from rows(operator.add, ((1, 2), (3,)))
    yield from rows(operator.mul, ((1, 2), 2))
    for op in (operator.and_, operator.or_, operator.xor):
        yield from rows(op, (6, 3), (True, False), (INTS, 1), (BOOLS, BOOLS))
    yield from rows(operator.lshift, (6, 3), (INTS, 1))
    yield from rows(operator.rshift, (6, 1), (INTS, 1))
    yield from rows(operator.invert, (6,), (INTS,), (BOOLS,))
    for op in (operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge):
        yield from rows(op, (3, 2), (X, 2), (V, X), (INTS, 2), (Y, 0))
    yield from rows(operator.eq, ("a", "b"), (None, 2), ((2, 3), (2, 3)))
    yield from rows(operator.not_, (3,), (X,), (None,), (False,))
    yield from rows(operator.truth, (3,), (X,), (None,))
    for op in (operator.is_, operator.is_not):
        yield from rows(op, (None, None), (V, None), (None, X))
    yield from rows(isinstance, (V, np.ndarray), (0.5, np.ndarray), (A, (float, np.ndarray)))
    yield from rows(operator.contains, ((1, 2, 3), 2), ([1.0, 2.0], 2.0))
    yield from rows(math.log, (1.7, 3.0), (1.7, 2))
    yield from rows(math.hypot, (0.3,), (0.3, -0.4, 1.2), (Y, X))
    yield from rows(math.fabs, (np.float64(-0.3),))
    yield from rows(math.isqrt, (17,))
    yield from rows(math.factorial, (4,))
    for op in (math.gcd, math.lcm, math.comb, math.perm):
        yield Sample(op, (6, 4))
    yield from rows(builtins.float, (X,), (Y,), (3,), (np.array(X),), (np.float32(0.5),))
    yield from rows(builtins.int, (X,), (Y,), (3,), (True,))
    yield from rows(builtins.bool, (X,), (3,), (Y,))
    yield from rows(builtins.len, (V,), (A,), ((1, 2),), ([X, 1.0],), ("abc",))
    yield from rows(builtins.round, (X,), (Y,), (3,), (1.234, 1), (Y, 2))
    yield from rows(builtins.divmod, (2.9, 0.8), (7, 3), (np.array([2.9, 3.1]), 0.8))
    for op in (bisect.bisect_left, bisect.bisect_right):
        yield from rows(op, ([1.0, 2.0], X), ([1, 2, 2], 2), (np.sort(V), Y), ([1, 2, 3], 2, 1, 3))
    for op in (builtins.max, builtins.min):
        yield from rows(op, (X, 1.2), (X, 1.2, -0.3), (V,), ([X, 1.2],), ((X, 1.2),), (3, 2))
        yield from rows(op, (Y, X), ((X, Y),), vague=True)
    yield from rows(builtins.list, (V,), (A,), ([X, 1.2],), ([V, W],))
    yield from rows(builtins.sum, (V,), (A,), ([X, 1.2],), ((X, Y),), ([V, W],), ([X, 1.2], 0.5))
    yield from rows(builtins.sum, ([1, 2],), (INTS,), ((V, W), V))


def helpers() -> Iterator[Sample]:
    """What generated code calls."""
    op = runtime.unbroadcast
    yield from rows(op, (A, A), (A, V), (A, ROW), (CUBE, V[:1, None]), (A, FLOATS32), held=(1,))
    yield from rows(op, (INTS, INTS), (np.array([INTS, INTS]), INTS), (INTS, np.int64(2)))
    yield from rows(op, (ROW, V, A), (A, ROW, A), (Y, V, A), held=(1, 2))
    yield from rows(runtime.owned, (V,), (A,), (FLOATS32,), (Y,), (X,))
    yield from rows(runtime.owned, (INTS,), (BOOLS,), (3,))
    yield from rows(runtime.stop_gradient, (V,), (X,), (INTS,), held=(0,))
    yield from rows(runtime.zeros_unless_none, (V,), (FLOATS32,))
    yield from rows(runtime.shaped_as, (V, W), (X, Y), (A, A), held=(1,))
    yield from rows(special.sinc_derivative, (V,), (A, 2), (X, 3), (FLOATS32,), (np.zeros(2), 3))
    yield from rows(runtime.last_stored, (V, V, INTS - 1), (V, V, np.array([0, 0, 1])), held=(1,))
    yield from rows(runtime.add_lists, ([X, 1.2], [1.0, X]), ([1.0], [X]))
    yield from rows(runtime.overlap, (V, V), (V, [W, V]))


def indices() -> Iterator[Sample]:
    whole = slice(None)
    yield from ((Sample(operator.getitem, (V, i))) for i in INDICES_1D)
    two = [(0, 1), (0,), (whole, 1), (slice(1, None), slice(None, -1)), (None, 0), (..., 0), BOOLS]
    for index in two[:-1]:
        yield Sample(operator.getitem, (SQUARE, index))
    for index in ((BOOLS, 0), (whole, BOOLS), (INTS - 1, whole), (INTS - 1, INTS - 1), SQUARE > 0):
        yield Sample(operator.getitem, (SQUARE, index))
    for index in INDICES_3D:
        yield Sample(operator.getitem, (CUBE, index))
    yield from rows(operator.getitem, (np.array(X), ()), (np.array(X), ...), (np.array(X), None))
    yield from rows(operator.getitem, ((1, X), 1), ([X, 1.2], 0), ((1, 2, 3), slice(1, None)))


INDICES_1D: list[Any] = [
    *(0, -1, slice(None), slice(1, None), slice(None, -1), slice(1, -1), slice(-2, None)),
    *(slice(None, 2), slice(None, None, 2), slice(None, None, -1), slice(2, 0, -1), slice(5, 9)),
    *(None, ..., (..., None), (..., 0), BOOLS, INTS - 1, [0, 2], np.array([[0, 1], [2, 2]])),
    *([True, False, True], np.array(1), slice(1, 2), slice(0, 0)),
]
_I = np.array([0, 1, 1])
INDICES_3D: list[Any] = [
    *((0, 1, 2), (0, ..., 1), (slice(None), 1), (..., slice(1, None)), (None, 0, None, 1)),
    *((_I,), (slice(None), _I), (0, slice(None), _I), (_I, slice(None), 0), (0, _I), (_I, _I)),
    *((_I, None, _I), (slice(None), _I, _I), (slice(None), _I, None, 0), (_I, ..., 0)),
    *((_I[:, None], _I), (slice(None), _I[:, None], _I), (_I, slice(None), slice(1, 3))),
    *((slice(None), BOOLS), (slice(None), BOOLS, slice(1, None)), (0, BOOLS, 1), CUBE[:, :, 0] > 0),
    *((0, ..., 1, 2), (0, 1, ..., _I), (_I, 1, ..., 2), (0, 1, 2, ...)),
]


def all_samples() -> list[Sample]:
    """Every row."""
    found: list[Sample] = []
    for op, (low, high) in UNARY.items():
        found += unary(op, low, high)
    for op, (a, b) in BINARY.items():
        found += binary(op, a, b)
    for op, args in MATH.items():
        found.append(Sample(op, args))
    for group in (reductions, products, shapes, allocations, choices, python, helpers, indices):
        found += group()
    for group in (arrays, more_products, parts, numbers):
        found += group()
    return found

"""Norms of vectors and matrices, condition numbers and ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.kinds import UNKNOWN, Kind, NotStaticError, Num, Questions, array, integer
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import as_number, reduction_float
from srcgrad.rules.solving import inv, like_stack, matrices, real_part
from srcgrad.rules.spectra import row
from srcgrad.rules.table import adjoint, constant

OF_MATRICES = (1, -1, 2, -2, np.inf, -np.inf, "nuc", "fro", None)


def _norm_kind(q: Questions, x: Kind, ord: Kind, axis: Kind, keepdims: Kind) -> Kind:
    refuse_complex("np.linalg.norm", x)
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    try:
        order, over = q.value(ord), q.value(axis)
    except NotStaticError:
        raise UnsupportedError(
            "np.linalg.norm with ord= or axis= known only when running is not supported",
            why="the rule depends on them",
            fix="pass a number that is written in the source",
        ) from None
    rank = None if number.dims is None else len(number.dims)
    count = len(over) if isinstance(over, tuple) else rank if over is None else 1
    few = order not in OF_MATRICES if count == 2 else isinstance(order, str)
    if (few and count is not None) or (order is not None and count not in (1, 2, None)):
        raise UnsupportedError(
            f"np.linalg.norm with ord={order!r} is not supported here",
            why="NumPy has no such norm",
            fix="use a number, or for matrices 'fro' or 'nuc'",
        )
    return reduction_float(q, x, axis, keepdims)


@adjoint(np.linalg.norm, kind=_norm_kind)
def norm(
    x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False, *, y: Any, y_bar: Any
) -> Any:
    """Zero at the origin; elements, rows, columns and singular values that tie share equally."""
    matrix = np.ndim(x) == 2 if axis is None else isinstance(axis, tuple) and len(axis) == 2
    if axis is not None and not keepdims:
        y = np.expand_dims(y, axis)
        y_bar = np.expand_dims(y_bar, axis)
    if ord is None or ord == "fro" or (ord == 2 and not matrix):
        return x * (y_bar / (y + (y == 0)))
    if matrix:
        if axis is None or axis == (-2, -1) or (axis == (0, 1) and np.ndim(x) == 2):
            return _of_matrix(x, ord, y_bar)
        moved, bar = np.moveaxis(x, axis, (-2, -1)), np.moveaxis(y_bar, axis, (-2, -1))
        return np.moveaxis(_of_matrix(moved, ord, bar), (-2, -1), axis)
    if ord == 0:
        return 0.0
    if ord == 1:
        return y_bar * np.sign(x)
    if ord == np.inf or ord == -np.inf:
        ties = np.abs(x) == y
        if axis is None:
            return y_bar / np.count_nonzero(ties) * (ties * np.sign(x))
        return y_bar / np.expand_dims(np.sum(ties, axis), axis) * (ties * np.sign(x))
    return y_bar * np.sign(x) * (np.abs(x) / (y + (y == 0))) ** (ord - 1)


def _of_matrix(x: Any, ord: Any, y_bar: Any) -> Any:
    """The adjoint of the norm over the last two axes, whose own is of that rank or a number."""
    if ord == 1 or ord == -1:
        return _of_lines(x, -2, ord, y_bar)
    if ord == np.inf or ord == -np.inf:
        return _of_lines(x, -1, ord, y_bar)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    share = y_bar if np.ndim(y_bar) == 0 else np.reshape(y_bar, (*np.shape(s)[:-1], 1))
    if ord == "nuc":
        return u * row(share * np.sign(s)) @ vh
    ties = s == (s[..., :1] if ord == 2 else s[..., -1:])
    if np.ndim(s) == 1:
        return u * row(share / np.count_nonzero(ties) * (ties * np.sign(s))) @ vh
    counts = np.expand_dims(np.sum(ties, -1), -1)
    return u * row(share / counts * (ties * np.sign(s))) @ vh


def _of_lines(x: Any, along: Any, ord: Any, y_bar: Any) -> Any:
    """To the rows or columns whose sum of absolute values is the norm."""
    sums = np.sum(np.abs(x), along, keepdims=True)
    if np.ndim(x) == 2:
        ties = sums == (np.max(sums) if ord > 0 else np.min(sums))
        return y_bar / np.count_nonzero(ties) * (ties * np.sign(x))
    across = -1 if along == -2 else -2
    ties = sums == np.expand_dims(np.max(sums, across) if ord > 0 else np.min(sums, across), across)
    counts = np.expand_dims(np.sum(ties, across), across)
    return y_bar / counts * (ties * np.sign(x))


def _cond_kind(q: Questions, x: Kind, p: Kind) -> Kind:
    number = matrices(x)
    return UNKNOWN if number is None else real_part(like_stack(number))


@adjoint(np.linalg.cond, kind=_cond_kind)
def cond(x: Any, p: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The largest by the smallest singular value, or the norm times that of the inverse."""
    if p is None or p == 2 or p == -2:
        u, s, vh = np.linalg.svd(x, full_matrices=False)
        share = y * y_bar if np.ndim(y) == 0 else np.expand_dims(y * y_bar, -1)
        places = np.arange(np.shape(s)[-1])
        first, last = (places == 0) * 1.0, (places == np.shape(s)[-1] - 1) * 1.0
        ends = last - first if p == -2 else first - last
        return u * row(share * ends / s) @ vh
    inverse = np.linalg.inv(x)
    size, other = np.linalg.norm(x, p, (-2, -1)), np.linalg.norm(inverse, p, (-2, -1))
    inverse_bar = norm(inverse, p, (-2, -1), y=other, y_bar=y_bar * size)
    x_bar = norm(x, p, (-2, -1), y=size, y_bar=y_bar * other)
    return x_bar + inv(x, y=inverse, y_bar=inverse_bar)


def _rank_kind(q: Questions, A: Kind, tol: Kind, hermitian: Kind, rtol: Kind) -> Kind:
    x = as_number(A)
    if not isinstance(x, Num) or x.dims is None:
        return UNKNOWN
    return integer() if len(x.dims) < 2 else array(np.intp, x.dims[:-2])


constant(
    np.linalg.matrix_rank,
    lambda A, tol=None, hermitian=False, rtol=None: None,
    kind=_rank_kind,
)

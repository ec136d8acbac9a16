"""Functions that take elements out of arrays, and the helpers that put their adjoints back."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import UNKNOWN, Dims, Kind, NotStaticError, Num, Questions, array
from srcgrad.rules.linalg import diagonal_dim
from srcgrad.rules.shapes import (
    as_number,
    broadcast_dim,
    is_none,
    like_second,
    ranked,
    refuse,
)
from srcgrad.rules.table import adjoint

INDEX = np.dtype(np.intp)


def replaced_axis(q: Questions, x: Num, axis: Kind, dims: Dims | None) -> Dims | None:
    """x's dims with others in place of those of an axis; in place of all of them without one."""
    if is_none(axis):
        return dims
    if x.dims is None or dims is None:
        return None
    try:
        place = q.value(axis) % len(x.dims)
    except NotStaticError:
        return None
    return x.dims[:place] + dims + x.dims[place + 1 :]


# by positions ------------------------------------------------------------------------------------


def _take_kind(q: Questions, a: Kind, indices: Kind, axis: Kind, out: Kind, mode: Kind) -> Kind:
    refuse("np.take with out=", out)
    x, places = as_number(a), as_number(indices)
    if not isinstance(x, Num):
        return UNKNOWN
    dims = places.dims if isinstance(places, Num) else None
    return array(x.dtype, replaced_axis(q, x, axis, dims))


@adjoint(np.take, kind=_take_kind, memory="block")
def take(
    a: Any,
    indices: Any,
    axis: Any = None,
    out: Any = None,
    mode: Any = "raise",
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Back to where each element was taken from, as often as it was."""
    size = np.size(a) if axis is None else np.shape(a)[axis]
    if mode == "raise":
        return runtime.put_back(y_bar, a, indices, axis)
    if mode == "wrap":
        return runtime.put_back(y_bar, a, np.remainder(indices, size), axis)
    return runtime.put_back(y_bar, a, np.clip(indices, 0, size - 1), axis)


@adjoint(runtime.put_back, kind=like_second, name="put_back")
def put_back(values: Any, x: Any, indices: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Taken again."""
    return np.take(y_bar, indices, axis)


def _take_along_kind(q: Questions, arr: Kind, indices: Kind, axis: Kind) -> Kind:
    x, places = as_number(arr), as_number(indices)
    if not isinstance(x, Num):
        return UNKNOWN
    if not isinstance(places, Num) or places.dims is None:
        return array(x.dtype, None)
    if is_none(axis):
        return array(x.dtype, places.dims)
    if x.dims is None:
        return array(x.dtype, None)
    try:
        along = q.value(axis) % len(x.dims)
    except NotStaticError:
        return array(x.dtype, None)
    pairs = enumerate(zip(x.dims, places.dims, strict=True))
    return array(x.dtype, [n if i == along else broadcast_dim(q, m, n) for i, (m, n) in pairs])


@adjoint(np.take_along_axis, kind=_take_along_kind)
def take_along_axis(arr: Any, indices: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Back to where each element was taken from, as often as it was."""
    return runtime.put_back_along(y_bar, arr, indices, axis)


@adjoint(runtime.put_back_along, kind=like_second, name="put_back_along")
def put_back_along(values: Any, x: Any, indices: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Taken again."""
    return np.take_along_axis(y_bar, indices, axis)


# by masks ----------------------------------------------------------------------------------------


def _compress_kind(q: Questions, condition: Kind, a: Kind, axis: Kind, out: Kind) -> Kind:
    refuse("np.compress with out=", out)
    x = as_number(a)
    if not isinstance(x, Num):
        return UNKNOWN
    found = q.fresh(("mask", object()), "m")
    return array(x.dtype, replaced_axis(q, x, axis, (found,)))


@adjoint(np.compress, kind=_compress_kind)
def compress(
    condition: Any, a: Any, axis: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Back to where the condition holds."""
    return None, runtime.put_back(y_bar, a, np.flatnonzero(condition), axis)


def _extract_kind(q: Questions, condition: Kind, arr: Kind) -> Kind:
    x = as_number(arr)
    return array(x.dtype, (q.fresh(("mask", object()), "m"),)) if isinstance(x, Num) else UNKNOWN


@adjoint(np.extract, kind=_extract_kind)
def extract(condition: Any, arr: Any, *, y: Any, y_bar: Any) -> Any:
    """Back to where the condition holds."""
    return None, runtime.put_back(y_bar, arr, np.flatnonzero(condition))


# diagonals ---------------------------------------------------------------------------------------


def _diagonal_kind(q: Questions, a: Kind, offset: Kind, axis1: Kind, axis2: Kind) -> Kind:
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        first, second = q.value(axis1) % len(dims), q.value(axis2) % len(dims)
        along = diagonal_dim(q, dims[first], dims[second], int(q.value(offset)))
    except NotStaticError:
        return array(x.dtype, None)
    rest = tuple(d for i, d in enumerate(dims) if i not in (first, second))
    return array(x.dtype, (*rest, along))


@adjoint(np.diagonal, kind=_diagonal_kind, memory="frozen")
def diagonal(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, *, y: Any, y_bar: Any) -> Any:
    """The diagonal's place in the array."""
    return runtime.place_diagonal(y_bar, a, offset, axis1, axis2)


# sums by position --------------------------------------------------------------------------------


def _bincount_kind(q: Questions, x: Kind, weights: Kind, minlength: Kind) -> Kind:
    if not is_none(weights) and not isinstance(as_number(weights), Num):
        return UNKNOWN
    dims = (q.fresh(("bincount", object()), "m"),)
    return array(INDEX if is_none(weights) else float, dims)


@adjoint(np.bincount, kind=_bincount_kind)
def bincount(x: Any, weights: Any = None, minlength: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """Each weight has the adjoint of its sum."""
    return None, y_bar[x]

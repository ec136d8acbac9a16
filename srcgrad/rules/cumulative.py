"""Sums, products and extremes of all elements up to each one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import UNKNOWN, Dim, Kind, NotStaticError, Num, Questions, Static, array
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import FALSE, dim_of_product, refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    is_none,
    like_second,
    numbers,
    reduction_sum,
    refuse,
    result_dtype,
    with_dtype,
)
from srcgrad.rules.table import adjoint

ONE = Dim.of(1)


def cumulative_kind(q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind) -> Kind:
    refuse("out= of a cumulative sum or product", out)
    x = as_number(a)
    if not isinstance(x, Num) or x.dims is None:
        return UNKNOWN
    summed = reduction_sum(q, Num(x.dtype, ()), Static(None), FALSE)
    if not isinstance(summed, Num):
        return UNKNOWN
    flat = is_none(axis) and len(x.dims) != 1
    dims = (dim_of_product(q, x.dims),) if flat else x.dims
    return with_dtype(array(summed.dtype, dims), dtype)


@adjoint(np.cumsum, kind=cumulative_kind)
def cumsum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Sums from the other end."""
    if axis is None:
        if a.ndim == 1:
            return np.cumsum(y_bar[::-1])[::-1]
        return np.reshape(np.cumsum(y_bar[::-1])[::-1], a.shape)
    return np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis)


@adjoint(np.cumprod, kind=cumulative_kind)
def cumprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Sums of products from the other end, which division would get wrong at 0."""
    return runtime.cumprod_adjoint(y_bar, a, axis)


@adjoint(runtime.cumprod_adjoint, kind=like_second, name="cumprod_adjoint")
def cumprod_adjoint(bar: Any, x: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """What the products, and what this adjoint, moves by if the factors move by `y_bar`.

    The adjoint of a factor is all products before it, times a sum of those of later ones.
    """
    factors, bars, moves = _rows(x, axis), _rows(bar, axis), _rows(y_bar, axis)
    before = _shifted(np.cumprod(factors, 0), np.ones_like(factors[:1]))
    products_move = runtime.recurrence(factors, moves * before)
    before_move = _shifted(products_move, np.zeros_like(factors[:1]))
    backwards = np.roll(factors[::-1], 1, 0)
    later = runtime.recurrence(backwards, bars[::-1])
    change = _shifted(moves[::-1] * later, np.zeros_like(factors[:1]))
    later_move = runtime.recurrence(backwards, change)
    x_move = later_move[::-1] * before + later[::-1] * before_move
    if axis is None:
        return products_move, np.reshape(x_move, np.shape(x))
    return np.moveaxis(products_move, 0, axis), np.moveaxis(x_move, 0, axis)


def _rows(x: Any, axis: Any) -> Any:
    """The array with the axis first, or flat without one."""
    if axis is None:
        return x if np.ndim(x) == 1 else np.reshape(x, -1)
    return np.moveaxis(x, axis, 0)


def _shifted(rows: Any, first: Any) -> Any:
    """All rows but the last, one place later."""
    return np.concatenate((first, rows[:-1]))


def _recurrence_kind(q: Questions, factors: Kind, terms: Kind) -> Kind:
    nums = numbers((factors, terms))
    return UNKNOWN if nums is None else array(result_dtype(*nums), nums[1].dims)


@adjoint(runtime.recurrence, kind=_recurrence_kind, name="recurrence")
def recurrence(factors: Any, terms: Any, *, y: Any, y_bar: Any) -> Any:
    """The recurrence the other way; a factor's adjoint goes with the row that it multiplies."""
    terms_bar = runtime.recurrence(np.roll(factors[::-1], 1, 0), y_bar[::-1])[::-1]
    return terms_bar * _shifted(y, np.zeros_like(y[:1])), terms_bar


# methods of ufuncs -------------------------------------------------------------------------------


def _accumulate_kind(name: str, family: Callable[..., Kind]) -> Callable[..., Kind]:
    """That of a running result along an axis; without one NumPy takes vectors only."""

    def kind(q: Questions, array: Kind, axis: Kind, dtype: Kind, out: Kind) -> Kind:
        refuse(f"{name} with out=", out)
        return family(q, array, axis, dtype, out) if isinstance(axis, Num) else UNKNOWN

    return kind


def _running_kind(q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind) -> Kind:
    refuse_complex("a running maximum or minimum", a)
    x = as_number(a)
    return with_dtype(array(x.dtype, x.dims), dtype) if isinstance(x, Num) else UNKNOWN


def _running(
    array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """To the extreme so far; elements up to each place that tie share equally."""
    if axis is None or isinstance(axis, tuple):
        return unsupported("accumulate without an axis", "pass an int")
    if dtype is not None:
        return unsupported("a running maximum or minimum with dtype=", "use astype")
    rows, extremes = np.moveaxis(array, axis, 0), np.moveaxis(y, axis, 0)
    hits = rows == extremes
    stays = _shifted(extremes, extremes[:1]) == extremes
    found = np.cumsum(hits, 0)
    before = np.maximum.accumulate(np.where(stays, 0, found - hits), 0)
    shares = np.moveaxis(y_bar, axis, 0) / (found - before)
    later = runtime.recurrence(np.roll(stays[::-1], 1, 0), shares[::-1])[::-1]
    return np.moveaxis(hits * later, 0, axis)


for _op, _name in ((np.maximum, "np.maximum"), (np.minimum, "np.minimum")):
    _name = f"{_name}.accumulate"
    adjoint(_op.accumulate, kind=_accumulate_kind(_name, _running_kind), name=_name)(_running)


@adjoint(
    np.add.accumulate,
    kind=_accumulate_kind("np.add.accumulate", cumulative_kind),
    name="np.add.accumulate",
)
def add_accumulate(
    array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """As np.cumsum along the axis."""
    if axis is None or isinstance(axis, tuple):
        return unsupported("accumulate without an axis", "pass an int")
    return np.flip(np.cumsum(np.flip(y_bar, axis), axis), axis)


@adjoint(
    np.multiply.accumulate,
    kind=_accumulate_kind("np.multiply.accumulate", cumulative_kind),
    name="np.multiply.accumulate",
)
def multiply_accumulate(
    array: Any, axis: Any = 0, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """As np.cumprod along the axis."""
    if axis is None or isinstance(axis, tuple):
        return unsupported("accumulate without an axis", "pass an int")
    return runtime.cumprod_adjoint(y_bar, array, axis)


# sums and products with an initial one ------------------------------------------------------------


def _array_api_kind(
    q: Questions, x: Kind, axis: Kind, dtype: Kind, out: Kind, include_initial: Kind
) -> Kind:
    number = as_number(x)
    try:
        longer, at = bool(q.value(include_initial)), q.value(axis)
    except NotStaticError:
        return UNKNOWN
    if not isinstance(number, Num) or not number.dims or (at is None and len(number.dims) > 1):
        return UNKNOWN
    kind = cumulative_kind(q, number, axis, dtype, out)
    if not longer or not isinstance(kind, Num) or not kind.dims:
        return kind
    first = 0 if at is None else int(at) % len(kind.dims)
    dims = (d + ONE if i == first else d for i, d in enumerate(kind.dims))
    return array(kind.dtype, dims)


def _but_first(y_bar: Any, axis: Any) -> Any:
    """All along an axis but the initial one."""
    if np.ndim(y_bar) == 1:
        return y_bar[1:]
    return np.moveaxis(np.moveaxis(y_bar, axis, 0)[1:], 0, axis)


def _cumulative_sum(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """As np.cumsum; the initial 0 is a constant."""
    bars = _but_first(y_bar, axis) if include_initial else y_bar
    return cumsum(x, axis, y=y, y_bar=bars)


def _cumulative_prod(
    x: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    include_initial: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """As np.cumprod; the initial 1 is a constant."""
    bars = _but_first(y_bar, axis) if include_initial else y_bar
    return cumprod(x, axis, y=y, y_bar=bars)


if hasattr(np, "cumulative_sum"):  # since NumPy 2.1
    adjoint(np.cumulative_sum, kind=_array_api_kind)(_cumulative_sum)
    adjoint(np.cumulative_prod, kind=_array_api_kind)(_cumulative_prod)

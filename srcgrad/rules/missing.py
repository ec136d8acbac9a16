"""Reductions and running results that pass over NaN: a missing element has no adjoint."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import Kind, Questions
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.cumulative import cumprod, cumsum, cumulative_kind
from srcgrad.rules.reductions import moment, position_kind, refuse_complex
from srcgrad.rules.shapes import reduction, reduction_float, reduction_sum, refuse, with_dtype
from srcgrad.rules.statistics import quantile_kind
from srcgrad.rules.table import adjoint, constant


def counts(present: Any, axis: Any) -> Any:
    """How many elements are there along the axes, at least one, against which nothing divides."""
    if axis is None:
        return np.maximum(np.count_nonzero(present), 1)
    return np.expand_dims(np.maximum(np.sum(present, axis), 1), axis)


def spread(y_bar: Any, axis: Any, keepdims: Any) -> Any:
    """An adjoint with the axes that the reduction left out."""
    return y_bar if axis is None or keepdims else np.expand_dims(y_bar, axis)


# extremes ----------------------------------------------------------------------------------------


def _extreme_kind(
    q: Questions, a: Kind, axis: Kind, out: Kind, keepdims: Kind, initial: Kind, where: Kind
) -> Kind:
    refuse("out= of a reduction", out, fix="assign the result")
    refuse_complex("np.nanmax and np.nanmin", a)
    return reduction(q, a, axis, keepdims)


def _extreme(
    a: Any,
    axis: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Elements that tie share equally."""
    if initial is not None or where is not None:
        return unsupported("np.nanmax and np.nanmin with initial= or where=", "use np.where")
    ties = a == spread(y, axis, keepdims)
    return spread(y_bar, axis, keepdims) / counts(ties, axis) * ties


_extremes: tuple[Any, ...] = (np.nanmax, np.nanmin)
for _op in _extremes:
    adjoint(_op, kind=_extreme_kind)(_extreme)

_positions: tuple[Any, ...] = (np.nanargmax, np.nanargmin)
for _op in _positions:
    constant(_op, lambda a, axis=None, out=None, keepdims=False: None, kind=position_kind)

# moments -----------------------------------------------------------------------------------------


def _moment_kind(
    q: Questions,
    a: Kind,
    axis: Kind,
    dtype: Kind,
    out: Kind,
    ddof: Kind,
    keepdims: Kind,
    *rest: Kind,
) -> Kind:
    return moment(q, a, axis, dtype, out, ddof, keepdims)


@adjoint(np.nanvar, kind=_moment_kind)
def nanvar(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Deviations from the mean of those that count."""
    if where is not None or mean is not None or correction is not None:
        return unsupported("np.nanvar with where=, mean= or correction=", "use np.where and ddof=")
    present = ~np.isnan(a)
    scale = 2 * spread(y_bar, axis, keepdims) / (counts(present, axis) - ddof)
    return np.where(present, scale * (a - np.nanmean(a, axis, keepdims=True)), 0)


@adjoint(np.nanstd, kind=_moment_kind)
def nanstd(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    where: Any = None,
    mean: Any = None,
    correction: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """As the variance, divided by twice the result; zero where that is zero."""
    if where is not None or mean is not None or correction is not None:
        return unsupported("np.nanstd with where=, mean= or correction=", "use np.where and ddof=")
    present = ~np.isnan(a)
    scale = spread(y_bar / (y + (y == 0)), axis, keepdims) / (counts(present, axis) - ddof)
    return np.where(present, scale * (a - np.nanmean(a, axis, keepdims=True)), 0)


# products and running results --------------------------------------------------------------------


def _nanprod_kind(
    q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind, keepdims: Kind, *rest: Kind
) -> Kind:
    refuse("out= of a reduction", out, fix="assign the result")
    return with_dtype(reduction_sum(q, a, axis, keepdims), dtype)


@adjoint(np.nanprod, kind=_nanprod_kind)
def nanprod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    initial: Any = None,
    where: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The product of the others, in which a missing one is 1."""
    if initial is not None or where is not None:
        return unsupported("np.nanprod with initial= or where=", "use np.where")
    missing = np.isnan(a)
    others = runtime.product_of_others(np.where(missing, 1, a), axis)
    return np.where(missing, 0, spread(y_bar, axis, keepdims) * others)


@adjoint(np.nancumsum, kind=cumulative_kind)
def nancumsum(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Sums from the other end."""
    return np.where(np.isnan(a), 0, cumsum(a, axis, y=y, y_bar=y_bar))


@adjoint(np.nancumprod, kind=cumulative_kind)
def nancumprod(
    a: Any, axis: Any = None, dtype: Any = None, out: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Sums of products from the other end, in which a missing one is 1."""
    missing = np.isnan(a)
    return np.where(missing, 0, cumprod(np.where(missing, 1, a), axis, y=y, y_bar=y_bar))


# ranks -------------------------------------------------------------------------------------------


def _nanmedian_kind(
    q: Questions, a: Kind, axis: Kind, out: Kind, overwrite_input: Kind, keepdims: Kind
) -> Kind:
    refuse("np.nanmedian with out=", out)
    refuse("np.nanmedian with overwrite_input=", overwrite_input, unless=False)
    refuse_complex("np.nanmedian", a)
    return reduction_float(q, a, axis, keepdims)


@adjoint(np.nanmedian, kind=_nanmedian_kind)
def nanmedian(
    a: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """To the one in the middle, or both; elements that tie with it share equally."""
    if isinstance(axis, tuple):
        return unsupported("np.nanmedian over several axes", "reshape them into one")
    return _nanquantile(a, 0.5, axis, y_bar)[0]


@adjoint(np.nanquantile, kind=quantile_kind("np.nanquantile", percent=False))
def nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    weights: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """To the elements on both sides by how near they are; those that tie with one share equally."""
    if method != "linear" or weights is not None:
        return unsupported("np.nanquantile with method= or weights=", "use the method 'linear'")
    if isinstance(axis, tuple):
        return unsupported("np.nanquantile over several axes", "reshape them into one")
    if np.ndim(q) > 1:
        return unsupported("np.nanquantile with q= of several axes", "reshape it to one")
    return _nanquantile(a, q, axis, y_bar)


@adjoint(np.nanpercentile, kind=quantile_kind("np.nanpercentile", percent=True))
def nanpercentile(
    a: Any,
    q: Any,
    axis: Any = None,
    out: Any = None,
    overwrite_input: Any = False,
    method: Any = "linear",
    keepdims: Any = False,
    weights: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """That of the quantile."""
    if method != "linear" or weights is not None:
        return unsupported("np.nanpercentile with method= or weights=", "use the method 'linear'")
    if isinstance(axis, tuple):
        return unsupported("np.nanpercentile over several axes", "reshape them into one")
    if np.ndim(q) > 1:
        return unsupported("np.nanpercentile with q= of several axes", "reshape it to one")
    a_bar, q_bar = _nanquantile(a, np.divide(q, 100), axis, y_bar)
    return a_bar, q_bar / 100


def _nanquantile(a: Any, q: Any, axis: Any, y_bar: Any) -> Any:
    """As for quantiles; where the places are depends on how many elements of a row count."""
    rows = np.reshape(a, -1) if axis is None else np.moveaxis(a, axis, 0)
    last = np.maximum(np.sum(~np.isnan(rows), 0) - 1, 0)
    ranks = np.sort(rows, 0)
    places = np.reshape(q, (-1,) + (1,) * (np.ndim(rows) - 1)) * last
    below = np.clip(np.floor(places), 0, np.maximum(last - 1, 0)).astype(int)
    low = np.take_along_axis(ranks, below, 0)
    high = np.take_along_axis(ranks, np.minimum(below + 1, last), 0)
    bars = np.reshape(y_bar, np.shape(low))
    share = places - below
    lows, highs = rows == np.expand_dims(low, 1), rows == np.expand_dims(high, 1)
    to_low = np.expand_dims(bars * (1 - share), 1) / counts(lows, 1) * lows
    to_high = np.expand_dims(bars * share, 1) / counts(highs, 1) * highs
    rows_bar = np.sum(to_low + to_high, 0)
    slopes = np.where(np.isnan(low), 0, bars * (high - low) * last)
    q_bar = np.reshape(np.sum(np.reshape(slopes, (np.size(q), -1)), 1), np.shape(q))
    return (
        np.reshape(rows_bar, np.shape(a)) if axis is None else np.moveaxis(rows_bar, 0, axis)
    ), q_bar

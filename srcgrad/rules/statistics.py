"""Ranges, medians, quantiles and averages, and sums that pass over NaN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.kinds import FLOAT, UNKNOWN, Kind, Num, Questions, Static, array
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import mean, refuse_complex
from srcgrad.rules.shapes import (
    is_none,
    numbers,
    reduced_dims,
    reduction,
    reduction_float,
    reduction_sum,
    refuse,
    result_dtype,
    with_dtype,
)
from srcgrad.rules.table import adjoint

FALSE = Static(False)

# ranges and medians ------------------------------------------------------------------------------


def _ptp_kind(q: Questions, a: Kind, axis: Kind, out: Kind, keepdims: Kind) -> Kind:
    refuse("np.ptp with out=", out)
    return reduction(q, a, axis, keepdims)


@adjoint(np.ptp, kind=_ptp_kind)
def ptp(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, y: Any, y_bar: Any
) -> Any:
    """To the largest, and with a minus sign to the smallest; elements that tie share equally."""
    if axis is None:
        high, low = a == np.max(a), a == np.min(a)
        return y_bar / np.count_nonzero(high) * high - y_bar / np.count_nonzero(low) * low
    wide = y_bar if keepdims else np.expand_dims(y_bar, axis)
    high = a == np.expand_dims(np.max(a, axis), axis)
    low = a == np.expand_dims(np.min(a, axis), axis)
    highs, lows = np.sum(high, axis), np.sum(low, axis)
    return wide / np.expand_dims(highs, axis) * high - wide / np.expand_dims(lows, axis) * low


def _median_kind(
    q: Questions, a: Kind, axis: Kind, out: Kind, overwrite_input: Kind, keepdims: Kind
) -> Kind:
    refuse("np.median with out=", out)
    refuse("np.median with overwrite_input=", overwrite_input, unless=False)
    return reduction_float(q, a, axis, keepdims)


@adjoint(np.median, kind=_median_kind)
def median(
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
        return unsupported("np.median over several axes", "reshape them into one")
    count = np.size(a) if axis is None else np.shape(a)[axis]
    ranks = np.sort(a, axis)
    if axis is None:
        low, high = a == ranks[(count - 1) // 2], a == ranks[count // 2]
        return y_bar / 2 * (low / np.count_nonzero(low) + high / np.count_nonzero(high))
    low = a == np.expand_dims(np.take(ranks, (count - 1) // 2, axis), axis)
    high = a == np.expand_dims(np.take(ranks, count // 2, axis), axis)
    wide = y_bar if keepdims else np.expand_dims(y_bar, axis)
    lows, highs = np.expand_dims(np.sum(low, axis), axis), np.expand_dims(np.sum(high, axis), axis)
    return wide / 2 * (low / lows + high / highs)


# quantiles ---------------------------------------------------------------------------------------


def quantile_kind(name: str, percent: bool) -> Callable[..., Kind]:
    """The family of quantiles, in shares of 1 or of 100."""

    def kind(
        q: Questions,
        a: Kind,
        at: Kind,
        axis: Kind,
        out: Kind,
        overwrite_input: Kind,
        method: Kind,
        keepdims: Kind,
        weights: Kind,
    ) -> Kind:
        refuse(f"{name} with out=", out)
        refuse(f"{name} with overwrite_input=", overwrite_input, unless=False)
        refuse_complex(name, a)
        nums = numbers((a, at))
        linear = isinstance(method, Static) and method.value == "linear"
        if nums is None or not linear or not is_none(weights):
            return UNKNOWN
        x, places = nums
        if not places.is_float and percent:
            places = Num(FLOAT, places.dims, weak=places.weak)
        dtype = result_dtype(Num(x.dtype), places) if places.is_float else x.dtype
        rest = reduced_dims(q, x, axis, keepdims)
        return array(dtype, None if places.dims is None or rest is None else places.dims + rest)

    return kind


@adjoint(np.quantile, kind=quantile_kind("np.quantile", percent=False))
def quantile(
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
        return unsupported("np.quantile with method= or weights=", "use the method 'linear'")
    if isinstance(axis, tuple):
        return unsupported("np.quantile over several axes", "reshape them into one")
    if np.ndim(q) > 1:
        return unsupported("np.quantile with q= of several axes", "reshape it to one")
    return _quantile(a, q, axis, y_bar)


@adjoint(np.percentile, kind=quantile_kind("np.percentile", percent=True))
def percentile(
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
        return unsupported("np.percentile with method= or weights=", "use the method 'linear'")
    if isinstance(axis, tuple):
        return unsupported("np.percentile over several axes", "reshape them into one")
    if np.ndim(q) > 1:
        return unsupported("np.percentile with q= of several axes", "reshape it to one")
    a_bar, q_bar = _quantile(a, np.divide(q, 100), axis, y_bar)
    return a_bar, q_bar / 100


def _quantile(a: Any, q: Any, axis: Any, y_bar: Any) -> Any:
    """The adjoints of the array and of q; at an element, q moves along the segment above it."""
    rows = np.reshape(a, -1) if axis is None else np.moveaxis(a, axis, 0)
    count = np.shape(rows)[0]
    ranks = np.sort(rows, 0)
    places = np.reshape(q, -1) * (count - 1)
    below = np.clip(np.floor(places), 0, max(count - 2, 0)).astype(int)
    low, high = np.take(ranks, below, 0), np.take(ranks, np.minimum(below + 1, count - 1), 0)
    bars = np.reshape(y_bar, np.shape(low))
    share = np.reshape(places - below, (-1,) + (1,) * (np.ndim(rows) - 1))
    lows, highs = rows == np.expand_dims(low, 1), rows == np.expand_dims(high, 1)
    to_low = np.expand_dims(bars * (1 - share) / np.sum(lows, 1), 1) * lows
    to_high = np.expand_dims(bars * share / np.sum(highs, 1), 1) * highs
    rows_bar = np.sum(to_low + to_high, 0)
    slopes = bars * (high - low) * (count - 1)
    q_bar = np.reshape(np.sum(np.reshape(slopes, (np.size(q), -1)), 1), np.shape(q))
    return (
        np.reshape(rows_bar, np.shape(a)) if axis is None else np.moveaxis(rows_bar, 0, axis)
    ), q_bar


# averages ----------------------------------------------------------------------------------------


def _average_kind(
    q: Questions, a: Kind, axis: Kind, weights: Kind, returned: Kind, keepdims: Kind
) -> Kind:
    refuse("np.average with returned=", returned, fix="sum the weights", unless=False)
    kind = reduction_float(q, a, axis, keepdims)
    if is_none(weights) or not isinstance(kind, Num):
        return kind
    nums = numbers((a, weights))
    if nums is None:
        return UNKNOWN
    own = [Num(n.dtype) for n in nums]
    least = [] if nums[0].is_float else [Num(np.dtype(float))]
    return array(result_dtype(*own, *least), kind.dims)


@adjoint(np.average, kind=_average_kind)
def average(
    a: Any,
    axis: Any = None,
    weights: Any = None,
    returned: Any = False,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The share of each weight in their sum; a weight moves the average to its own element."""
    if weights is None:
        return mean(a, axis, keepdims=keepdims, y=y, y_bar=y_bar), None, None
    weights = weights if isinstance(weights, np.ndarray) else np.asarray(weights)
    if axis is None:
        share = y_bar / np.sum(weights)
        return share * weights, None, share * (a - y)
    wide = y_bar if keepdims else np.expand_dims(y_bar, axis)
    offsets = a - (y if keepdims else np.expand_dims(y, axis))
    if np.ndim(a) == np.ndim(weights):
        share = wide / np.expand_dims(np.sum(weights, axis), axis)
        return share * weights, None, share * offsets
    if isinstance(axis, tuple):
        return unsupported("np.average over several axes", "reshape them into one")
    share = np.moveaxis(wide / np.sum(weights), axis, -1)
    terms = np.reshape(share * np.moveaxis(offsets, axis, -1), (-1, np.shape(a)[axis]))
    return np.moveaxis(share * weights, -1, axis), None, np.sum(terms, 0)


# what passes over NaN ----------------------------------------------------------------------------


def _nansum_kind(
    q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind, keepdims: Kind, *rest: Kind
) -> Kind:
    refuse("np.nansum with out=", out)
    return with_dtype(reduction_sum(q, a, axis, keepdims), dtype)


def _nanmean_kind(
    q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind, keepdims: Kind, where: Kind
) -> Kind:
    refuse("np.nanmean with out=", out)
    return with_dtype(reduction_float(q, a, axis, keepdims), dtype)


@adjoint(np.nansum, kind=_nansum_kind)
def nansum(
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
    """Every element that counts has the adjoint of its sum."""
    if initial is not None or where is not None:
        return unsupported("np.nansum with initial= or where=", "use np.where")
    wide = y_bar if axis is None or keepdims else np.expand_dims(y_bar, axis)
    return np.where(np.isnan(a), 0, wide)


@adjoint(np.nanmean, kind=_nanmean_kind)
def nanmean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    where: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The adjoint of a sum, divided by how many elements count."""
    if where is not None:
        return unsupported("np.nanmean with where=", "use np.where")
    missing = np.isnan(a)
    if axis is None:
        return np.where(missing, 0, y_bar / np.sum(~missing))
    wide = y_bar if keepdims else np.expand_dims(y_bar, axis)
    return np.where(missing, 0, wide / np.expand_dims(np.sum(~missing, axis), axis))

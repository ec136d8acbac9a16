"""Numbers between two ends: evenly, or as powers; and windows for signals."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime, special
from srcgrad.kinds import (
    FLOAT,
    UNKNOWN,
    Dims,
    Kind,
    NotStaticError,
    Num,
    Questions,
    Tuple,
    array,
    scalar,
)
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    dims_of_shape,
    numbers,
    result_dtype,
    with_dtype,
)
from srcgrad.rules.table import adjoint, constant

# between two ends --------------------------------------------------------------------------------


def _dims(q: Questions, ends: list[Num], num: Kind, axis: Kind) -> Dims | None:
    """Those of both ends broadcast, with one more axis."""
    rest, count = broadcast(q, *(e.dims for e in ends)), dims_of_shape(q, num)
    if rest is None or count is None:
        return None
    at = int(q.value(axis)) % (len(rest) + 1)
    return (*rest[:at], *count, *rest[at:])


def _linspace_kind(
    q: Questions,
    start: Kind,
    stop: Kind,
    num: Kind,
    endpoint: Kind,
    retstep: Kind,
    dtype: Kind,
    axis: Kind,
) -> Kind:
    ends = numbers((start, stop))
    if ends is None:
        return UNKNOWN
    promoted = result_dtype(*ends, scalar(float))
    try:
        kind = with_dtype(array(promoted, _dims(q, ends, num, axis)), dtype)
        if not q.value(retstep):
            return kind
    except NotStaticError:
        return UNKNOWN
    return Tuple((kind, array(promoted, broadcast(q, *(e.dims for e in ends)))))


@adjoint(np.linspace, kind=_linspace_kind)
def linspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = None,
    axis: Any = 0,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """A mixture of both ends."""
    falling, rising = np.linspace(1, 0, num, endpoint), np.linspace(0, 1, num, endpoint)
    bars = y_bar[0] if retstep else y_bar
    start_bar, stop_bar = mixed(bars, falling, start, axis), mixed(bars, rising, stop, axis)
    if retstep:
        step_bar = y_bar[1] / (max(num - 1, 1) if endpoint else num)
        start_bar = start_bar - summed(step_bar, start)
        stop_bar = stop_bar + summed(step_bar, stop)
    return start_bar, stop_bar


def mixed(y_bar: Any, shares: Any, end: Any, axis: Any) -> Any:
    """The sum of what the shares of an end get, in its shape."""
    if np.ndim(y_bar) == 1:
        return np.sum(y_bar * shares)
    rows = y_bar if axis == 0 else np.moveaxis(y_bar, axis, 0)
    return summed(np.tensordot(shares, rows, 1), end)


def summed(bar: Any, end: Any) -> Any:
    """What an end gets that was broadcast."""
    return np.sum(bar) if np.ndim(end) == 0 else runtime.unbroadcast(bar, end)


def _geomspace_kind(
    q: Questions, start: Kind, stop: Kind, num: Kind, endpoint: Kind, dtype: Kind, axis: Kind
) -> Kind:
    refuse_complex("np.geomspace", start, stop)
    ends = numbers((start, stop))
    if ends is None:
        return UNKNOWN
    try:
        dims = _dims(q, ends, num, axis)
    except NotStaticError:
        return UNKNOWN
    return with_dtype(array(FLOAT, dims), dtype)


@adjoint(np.geomspace, kind=_geomspace_kind)
def geomspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    dtype: Any = None,
    axis: Any = 0,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """A mixture of both ends in their logarithms."""
    logs_bar = y_bar * y
    falling, rising = np.linspace(1, 0, num, endpoint), np.linspace(0, 1, num, endpoint)
    return mixed(logs_bar, falling, start, axis) / start, mixed(logs_bar, rising, stop, axis) / stop


# windows -----------------------------------------------------------------------------------------


def _window_kind(q: Questions, M: Kind, *more: Kind) -> Kind:
    number = as_number(M)
    if not isinstance(number, Num) or number.dims != ():
        return UNKNOWN
    return array(FLOAT, dims_of_shape(q, M))


_windows: tuple[Any, ...] = (np.bartlett, np.blackman, np.hamming, np.hanning)
for _op in _windows:
    constant(_op, lambda M: None, kind=_window_kind)


@adjoint(np.kaiser, kind=_window_kind)
def kaiser(M: Any, beta: Any, *, y: Any, y_bar: Any) -> Any:
    """By the derivative of the Bessel function, which is that of order 1."""
    half = np.maximum((M - 1) / 2, 0.5)
    places = np.sqrt(np.maximum(1 - ((np.arange(M) - (M - 1) / 2) / half) ** 2, 0))
    slopes = places * special.bessel_i(1, beta * places) - y * special.bessel_i(1, beta)
    return None, np.sum(y_bar * slopes) / np.i0(beta)

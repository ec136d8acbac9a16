"""What is kept of a value: its statistics, whatever its size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from srcgrad.debug.events import Summary

SAMPLE = 6  # the first elements, kept as they are


def summarise(value: Any) -> Summary:
    """The summary of a number, an array, a container of them or anything else.

    Of complex numbers `low` and `high` are of the absolute values, and so is `sample`.
    """
    if isinstance(value, Summary):
        return value
    if isinstance(value, float) or type(value) is int:  # the most frequent ones
        return _of_number(value)
    if isinstance(value, bool | int | complex | np.generic):
        return of_array(np.asarray(value), type(value).__name__)
    if isinstance(value, np.ndarray):
        return of_array(value, str(value.dtype))
    return _of_parts(value)


def _of_number(value: float) -> Summary:
    name = type(value).__name__
    number = value if type(value) is int else float(value)
    if type(number) is int or math.isfinite(number):
        zero = 0.0 if number else 1.0
        return Summary((), name, number, number, abs(number), zero, 0.0, 0.0, None, (number,))
    nan = math.nan
    share = 1.0 if math.isnan(number) else 0.0
    return Summary((), name, nan, nan, nan, 0.0, share, 1.0 - share, (), (number,))


def of_array(array: Any, dtype: str) -> Summary:
    """The summary of an array of any type; what holds no numbers has no statistics."""
    if array.dtype.kind not in "biufc":
        return _empty(array.shape, dtype)
    sample = _as_reals(array.ravel()[:SAMPLE] if array.ndim else array.reshape(1))
    whole = _as_reals(array)
    with np.errstate(all="ignore"):
        low, high = _range(whole)
        squares = float(np.vdot(whole, whole)) if whole.dtype.kind == "f" else math.inf
        if not (math.isfinite(squares) and squares > 0):
            return _carefully(whole, dtype, sample)
    zeros = 1 - np.count_nonzero(whole) / whole.size
    numbers = tuple(sample.tolist())
    return Summary(
        array.shape, dtype, low, high, math.sqrt(squares), zeros, 0.0, 0.0, None, numbers
    )


def _carefully(whole: Any, dtype: str, sample: Any) -> Summary:
    """The same for arrays whose squares overflow or vanish, and for those with NaN and Inf."""
    if not whole.size:
        return _empty(whole.shape, dtype)
    whole, shape = whole.astype(float), whole.shape
    finite = np.isfinite(whole)
    good = whole[finite]
    low, high = _range(good)
    scale = max(abs(low), abs(high)) if good.size else math.nan
    norm = scale * float(np.linalg.norm(good / scale)) if scale else 0.0
    nans = np.count_nonzero(np.isnan(whole)) / whole.size
    infs = np.count_nonzero(np.isinf(whole)) / whole.size
    zeros = np.count_nonzero(whole == 0) / whole.size
    numbers = tuple(float(x) for x in sample.tolist())
    return Summary(
        shape, dtype, low, high, norm, zeros, nans, infs, _first_bad(finite, shape), numbers
    )


def _range(whole: Any) -> tuple[float, float]:
    return (float(whole.min()), float(whole.max())) if whole.size else (math.nan, math.nan)


def _first_bad(finite: Any, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    if finite.all():
        return None
    return tuple(int(i) for i in np.unravel_index(int(np.argmin(finite)), shape))


def _as_reals(array: Any) -> Any:
    return np.abs(array) if array.dtype.kind == "c" else array


def _empty(shape: tuple[int, ...], dtype: str) -> Summary:
    nan = math.nan
    return Summary(tuple(shape), dtype, nan, nan, 0.0, 0.0, 0.0, 0.0, None, ())


def _of_parts(value: Any) -> Summary:
    """The summary of all numbers inside a container, in one row."""
    name = type(value).__name__
    parts = [np.ravel(part) for part in numbers_in(value)]
    if not parts:
        return _empty((len(value),) if isinstance(value, tuple | list | dict) else (), name)
    return of_array(np.concatenate([_as_reals(p) for p in parts]), name)


def numbers_in(value: Any) -> Iterator[Any]:
    """The numbers and arrays of numbers in a container, dicts in their own order."""
    if isinstance(value, np.ndarray):
        if value.dtype.kind in "biufc":
            yield value
    elif isinstance(value, bool | int | float | complex | np.number):
        if not isinstance(value, int) or abs(value) < 2**1023:
            yield np.asarray(value, None if not isinstance(value, int) else float)
    elif isinstance(value, dict):
        for part in value.values():
            yield from numbers_in(part)
    elif isinstance(value, tuple | list | set | frozenset):
        for part in value:
            yield from numbers_in(part)
    elif hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        for field in value.__dataclass_fields__:
            yield from numbers_in(getattr(value, field, None))

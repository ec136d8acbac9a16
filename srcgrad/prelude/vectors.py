"""Products of stacks of vectors and matrices, and functions applied along axes."""

from __future__ import annotations

from typing import Any

import numpy as np


def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    if np.ndim(x1) == 1 and np.ndim(x2) == 1:
        return np.dot(x1, x2)
    left = x1 if axis == -1 else np.moveaxis(x1, axis, -1)
    right = x2 if axis == -1 else np.moveaxis(x2, axis, -1)
    return np.sum(left * right, -1)


def matvec(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x2) == 1:
        return x1 @ x2
    return np.squeeze(x1 @ np.expand_dims(x2, -1), -1)


def vecmat(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) == 1:
        return x1 @ x2
    return np.squeeze(np.expand_dims(x1, -2) @ x2, -2)


def apply_along_axis(func1d: Any, axis: Any, arr: Any, *args: Any, **kwargs: Any) -> Any:
    whole = np.asarray(arr)
    last = np.ndim(whole) - 1
    if last == 0:
        return np.array(func1d(whole, *args, **kwargs))
    rows = whole if axis % (last + 1) == last else np.moveaxis(whole, axis, -1)
    lead = np.shape(rows)[:-1]
    flat = rows if last == 1 else np.reshape(rows, (-1, np.shape(rows)[-1]))
    found = np.array([func1d(row, *args, **kwargs) for row in flat])
    shaped = found if last == 1 else np.reshape(found, lead + np.shape(found)[1:])
    first, own = axis % (last + 1), np.ndim(found) - 1
    if own == 0 or first == last:
        return shaped
    if own == 1:
        return np.moveaxis(shaped, last, first)
    return np.moveaxis(shaped, tuple(range(last, last + own)), tuple(range(first, first + own)))


def apply_over_axes(func: Any, a: Any, axes: Any) -> Any:
    value = np.asarray(a)
    for axis in axes if isinstance(axes, (list, tuple)) else (axes,):
        found = func(value, axis)
        value = found if np.ndim(found) == np.ndim(value) else np.expand_dims(found, axis)
    return value


def fromfunction(function: Any, shape: Any, *, dtype: Any = float, **kwargs: Any) -> Any:
    return function(*np.indices(shape, dtype=dtype), **kwargs)


def astype(x: Any, dtype: Any, /, *, copy: Any = True) -> Any:
    return x.astype(dtype) if copy else np.asarray(x, dtype)

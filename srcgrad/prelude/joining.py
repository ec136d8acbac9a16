"""Functions of NumPy that put arrays together or lay them out anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.rules.compiling import unsupported


def append(arr: Any, values: Any, axis: Any = None) -> Any:
    if axis is None:
        return np.concatenate((flat(arr), flat(values)))
    return np.concatenate((arr, values), axis)


def flat(x: Any) -> Any:
    """The elements as a vector."""
    return x if np.ndim(x) == 1 else np.ravel(x)


def dstack(tup: Any) -> Any:
    return np.concatenate([np.atleast_3d(part) for part in tup], 2)


def block(arrays: Any) -> Any:
    if not isinstance(arrays, list):
        return np.copy(arrays)
    if not isinstance(arrays[0], list):
        return _row(arrays, _most_axes(arrays, 1))
    if not isinstance(arrays[0][0], list):
        rank = _most_axes([part for row in arrays for part in row], 2)
        return np.concatenate([_row(row, rank) for row in arrays], -2)
    if isinstance(arrays[0][0][0], list):
        return unsupported("np.block of lists four deep", "use np.concatenate")
    rank = _most_axes([part for plane in arrays for row in plane for part in row], 3)
    planes = [np.concatenate([_row(row, rank) for row in plane], -2) for plane in arrays]
    return np.concatenate(planes, -3)


def _most_axes(parts: Any, least: Any) -> Any:
    """How many axes the array with the most has, and the least it may be."""
    rank = least
    for part in parts:
        rank = np.ndim(part) if np.ndim(part) > rank else rank
    return rank


def _row(parts: Any, rank: Any) -> Any:
    """Parts beside each other, each with axes in front as far as they are missing."""
    return np.concatenate([_lifted(part, rank) for part in parts], -1)


def _lifted(part: Any, rank: Any) -> Any:
    missing = rank - np.ndim(part)
    if missing == 0:
        return part
    return np.expand_dims(part, 0 if missing == 1 else tuple(range(missing)))


def diagflat(v: Any, k: Any = 0) -> Any:
    return np.diag(flat(v), k)


def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    rank = np.ndim(a)
    source = axis % rank
    before = start + rank if start < 0 else start
    return np.moveaxis(a, source, before - 1 if source < before else before)


def unstack(x: Any, /, *, axis: Any = 0) -> Any:
    return tuple(x) if axis == 0 else tuple(np.moveaxis(x, axis, 0))


def matrix_transpose(x: Any, /) -> Any:
    return np.swapaxes(x, -1, -2)


def trim_zeros(filt: Any, trim: Any = "fb", axis: Any = None) -> Any:
    if np.ndim(filt) != 1:
        return unsupported("np.trim_zeros of more than vectors", "use slices")
    places = np.flatnonzero(filt)
    if len(places) == 0:
        return filt[:0]
    start = 0 if trim in ("b", "B") else places[0]
    stop = len(filt) if trim in ("f", "F") else places[-1] + 1
    return filt[start:stop]


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> Any:
    if axis is None:
        unsupported("np.put_along_axis without an axis", "use np.put")
    if np.ndim(arr) == 1:
        arr[indices] = values
    else:
        places = list(np.indices(np.shape(arr), sparse=True))
        places[axis] = indices
        arr[tuple(places)] = values

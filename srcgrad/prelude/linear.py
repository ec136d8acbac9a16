"""Functions of np.linalg that are others under another name, or follow from them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

# under another name ------------------------------------------------------------------------------


def cross(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    return np.cross(x1, x2) if axis == -1 else np.cross(x1, x2, axis=axis)


def diagonal(x: Any, /, *, offset: Any = 0) -> Any:
    return np.diagonal(x, offset, -2, -1)


def matmul(x1: Any, x2: Any, /) -> Any:
    return np.matmul(x1, x2)


def matrix_norm(x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Any:
    return np.linalg.norm(x, ord, (-2, -1), keepdims)


def matrix_transpose(x: Any, /) -> Any:
    return x.T if np.ndim(x) == 2 else np.swapaxes(x, -1, -2)


def outer(x1: Any, x2: Any, /) -> Any:
    if np.ndim(x1) != 1 or np.ndim(x2) != 1:
        raise ValueError("np.linalg.outer takes vectors")
    return np.outer(x1, x2)


def tensordot(x1: Any, x2: Any, /, *, axes: Any = 2) -> Any:
    return np.tensordot(x1, x2, axes)


def trace(x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Any:
    if np.ndim(x) == 2:
        return np.trace(x, offset, dtype=dtype)
    return np.sum(np.diagonal(x, offset, -2, -1), -1, dtype)


def vecdot(x1: Any, x2: Any, /, *, axis: Any = -1) -> Any:
    if axis == -1:
        return np.sum(np.conj(x1) * x2, -1)
    return np.sum(np.conj(np.moveaxis(x1, axis, -1)) * np.moveaxis(x2, axis, -1), -1)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Any:
    """Over several axes, of the array with these as one."""
    rank = np.ndim(x)
    if axis is None and rank == 1 and not keepdims:
        return np.linalg.norm(x, ord)
    if isinstance(axis, int):
        return np.linalg.norm(x, ord, axis, keepdims)
    if axis is None and not keepdims:
        return np.linalg.norm(np.reshape(x, -1), ord)
    places = tuple([a for a in range(rank) if axis is None or a in axis or a - rank in axis])
    others = [np.shape(x)[a] for a in range(rank) if a not in places]
    moved = np.moveaxis(x, places, tuple([*range(-len(places), 0)]))
    value = np.linalg.norm(np.reshape(moved, (*others, -1)), ord, -1)
    return np.expand_dims(value, places) if keepdims else value


# tensors as matrices ----------------------------------------------------------------------------


def tensorinv(a: Any, ind: Any = 2) -> Any:
    shape = np.shape(a)
    rows = 1
    for size in shape[ind:]:
        rows *= size
    return np.reshape(np.linalg.inv(np.reshape(a, (rows, -1))), (*shape[ind:], *shape[:ind]))


def tensorsolve(a: Any, b: Any, axes: Any = None) -> Any:
    array, right = np.asarray(a), np.asarray(b)
    rank = np.ndim(array)
    if axes is not None:
        array = np.transpose(array, (*[k for k in range(rank) if k not in axes], *axes))
    shape = np.shape(array)[np.ndim(right) - rank :]
    size = np.size(right)
    x = np.linalg.solve(np.reshape(array, (size, size)), np.reshape(right, -1))
    return np.reshape(x, shape)


_twins: tuple[Callable[..., Any], ...] = (
    *(cross, diagonal, matmul, matrix_norm, matrix_transpose, outer, tensordot),
    *(tensorinv, tensorsolve, trace, vecdot, vector_norm),
)
TWINS: dict[Any, Callable[..., Any]] = {
    getattr(np.linalg, f.__name__): f for f in _twins if hasattr(np.linalg, f.__name__)
}
"""The twin of each function; some of these are there since NumPy 2."""

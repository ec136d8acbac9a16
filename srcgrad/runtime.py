"""The few helpers that generated code may call: plain functions that need NumPy alone."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np


def product_of_others(x: Any, axis: Any = None, along: Any = ()) -> Any:
    """For each element the product of all the others along `axis`; exact where some are zero.

    With arrays `along`, its derivative along the first of them, that of this along the second ...
    """
    rows, restore = _as_rows(x, axis)
    return restore(_products(rows, [_as_rows(a, axis)[0] for a in along]))


def _products(rows: Any, along: list[Any]) -> Any:
    """For each element of a row the product of all the others, or its derivative."""
    left, right = np.ones_like(rows), np.ones_like(rows)
    if not along:
        left[:, 1:] = np.cumprod(rows[:, :-1], axis=1)
        right[:, :-1] = np.cumprod(rows[:, :0:-1], axis=1)[:, ::-1]
        return left * right
    total = np.zeros_like(rows)
    for i in range(rows.shape[1]):
        moved = _with_column(rows, i, along[0][:, i])
        term = _products(moved, [_with_column(a, i, 0) for a in along[1:]])
        term[:, i] = 0
        total += term
    return total


def _with_column(rows: Any, i: int, column: Any) -> Any:
    """A copy of a matrix with another column in one place."""
    rows = rows.copy()
    rows[:, i] = column
    return rows


def _as_rows(x: Any, axis: Any) -> tuple[Any, Any]:
    """The array with the axes of one product as the rows of a matrix, and the way back."""
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    last = tuple(range(x.ndim - len(axes), x.ndim))
    moved = np.moveaxis(x, axes, last)
    width = 1
    for a in axes:
        width *= x.shape[a]
    rows = moved.reshape(x.size // width if width else 0, width)
    return rows, lambda r: np.moveaxis(r.reshape(moved.shape), last, axes)


def split_like(joined: Any, arrays: Any, axis: int) -> Any:
    """A tuple of the pieces of `joined` that come from each of `arrays`, joined along `axis`."""
    pieces = []
    start = 0
    for a in arrays:
        across = joined.size // joined.shape[axis] if joined.shape[axis] else 0
        stop = start + (np.size(a) // across if across else 0)
        index = [slice(None)] * joined.ndim
        index[axis] = slice(start, stop)
        pieces.append(np.reshape(joined[tuple(index)], np.shape(a)))
        start = stop
    return tuple(pieces)


def join_like(pieces: Any, joined: Any, axis: int) -> Any:
    """The way back from `split_like`: the pieces joined along `axis`, shaped as `joined`."""
    if joined.size == 0:
        return joined.copy()
    shape = list(joined.shape)
    across = joined.size // shape[axis]
    blocks = []
    for piece in pieces:
        shape[axis] = np.size(piece) // across
        blocks.append(np.reshape(piece, shape))
    return np.concatenate(blocks, axis)


def unsplit(parts: Any, x: Any, at: Any, axis: int) -> Any:
    """Zeros shaped as `x`, with `parts` added where `np.array_split(x, at, axis)` takes them."""
    result = np.zeros(np.shape(x), np.result_type(*parts))
    for place, part in zip(np.array_split(result, at, axis), parts, strict=True):
        place += part
    return result


def sum_stack(x_bar: Any, x: Any) -> Any:
    """`x_bar` summed over the leading axes along which the stack of matrices `x` was broadcast."""
    lead = tuple(range(x_bar.ndim - x.ndim))
    x_bar = np.sum(x_bar, axis=lead) if lead else x_bar
    ones = tuple(i for i in range(x.ndim - 2) if x.shape[i] == 1 != x_bar.shape[i])
    return np.sum(x_bar, axis=ones, keepdims=True) if ones else x_bar


def place_diagonal(values: Any, x: Any, k: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """Zeros like `x`, with `values` on its diagonal `k`."""
    result = np.zeros_like(x)
    along = np.arange(np.shape(values)[-1])
    planes = np.moveaxis(result, (axis1, axis2), (-2, -1))
    planes[..., along + max(-k, 0), along + max(k, 0)] = values
    return result


def put_back(values: Any, x: Any, indices: Any, axis: int | None = None) -> Any:
    """Zeros shaped as `x`, with `values` added where `np.take(x, indices, axis)` takes them."""
    result = np.zeros(np.shape(x), np.result_type(values))
    places = np.asarray(indices, np.intp)
    if axis is None:
        np.add.at(np.reshape(result, -1), places, values)
        return result[()]
    first = axis % result.ndim
    taken = range(first, first + places.ndim)
    moved = np.moveaxis(values, taken, range(places.ndim))
    np.add.at(np.moveaxis(result, first, 0), places, moved)
    return result


def put_back_along(values: Any, x: Any, indices: Any, axis: int | None) -> Any:
    """Zeros shaped as `x`, with `values` added where `np.take_along_axis` takes them."""
    if axis is None:
        return put_back(values, x, indices)
    result = np.zeros(np.shape(x), np.result_type(values))
    places: list[Any] = list(np.indices(result.shape, sparse=True))
    places[axis] = indices
    np.add.at(result, tuple(places), values)
    return result


def cumprod_adjoint(y_bar: Any, x: Any, axis: int | None = None) -> Any:
    """The adjoint of `x` in `np.cumprod(x, axis)`; exact where some elements are zero."""
    rows = np.reshape(x, -1) if axis is None else np.moveaxis(x, axis, 0)
    bars = y_bar if axis is None else np.moveaxis(y_bar, axis, 0)
    products = np.cumprod(rows, 0)
    if np.all(np.abs(products) > np.finfo(products.dtype).tiny):
        result = np.cumsum((bars * products)[::-1], 0)[::-1] / rows
    else:
        result = np.empty(rows.shape, products.dtype)
        later: Any = 0.0
        for i in reversed(range(len(rows))):
            later = bars[i] + later
            result[i] = later * products[i - 1] if i else later
            later = later * rows[i]
    return np.reshape(result, np.shape(x))[()] if axis is None else np.moveaxis(result, 0, axis)


def solve_fit(values: Any, x: Any, w: Any = None) -> Any:
    """The solution of the normal equations of `np.polyfit` with other `values` on the right."""
    powers = np.vander(x, len(values)) if w is None else np.vander(x, len(values)) * w[:, None]
    scale = np.sqrt(np.sum(powers * powers, 0))
    upper: Any = np.linalg.qr(powers / scale)[1]
    return np.linalg.solve(upper, np.linalg.solve(upper.T, values / scale)) / scale


def recurrence(factors: Any, terms: Any) -> Any:
    """The rows `y[i] = factors[i] * y[i - 1] + terms[i]`, from `y[0] = terms[0]`."""
    result = np.array(terms, np.result_type(factors, terms))
    for i in range(1, len(result)):
        result[i] += factors[i] * result[i - 1]
    return result


def cofactors(x: Any) -> Any:
    """The derivatives of the determinant of `x` by its elements; exact where `x` is singular."""
    u, s, vh, sign = _signed_svd(x)
    return sign * (u * product_of_others(s, -1)[..., None, :]) @ vh


def cofactors_adjoint(x: Any, y_bar: Any) -> Any:
    """The adjoint of `x` in `cofactors(x)`; exact where `x` is singular."""
    u, s, vh, sign = _signed_svd(x)
    bar = np.swapaxes(u, -1, -2) @ y_bar @ np.swapaxes(vh, -1, -2)
    same = np.eye(s.shape[-1], dtype=bool)
    others = product_of_others(np.where(same, 1, s[..., None, :]), -1)  # those of neither i nor j
    others = np.where(same, 0, others)
    straight = np.diagonal(bar, 0, -1, -2)[..., None, :] @ others
    inner = np.where(same, straight, -np.swapaxes(others * bar, -1, -2))
    return sign * u @ inner @ vh


def _signed_svd(x: Any) -> Any:
    """The singular value decomposition, and the determinant of the two rotations."""
    u, s, vh = np.linalg.svd(x)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return u, s, vh, sign[..., None, None]


def undo_diff(values: Any, x: Any, n: int = 1, axis: int = -1) -> Any:
    """The adjoint of `x` in `y = np.diff(x, n, axis)` from the adjoint `values` of `y`."""
    rows = np.moveaxis(values, axis, 0)
    for k in reversed(range(n)):
        longer = np.zeros((max(np.shape(x)[axis] - k, 0), *rows.shape[1:]), rows.dtype)
        longer[1:] = rows
        longer[:-1] -= rows
        rows = longer
    return np.moveaxis(rows, 0, axis)


def unpad(values: Any, x: Any, pad_width: Any, mode: Any = "constant") -> Any:
    """The adjoint of `x` in `y = np.pad(x, pad_width, mode)` from the adjoint `values` of `y`."""
    for axis, (before, after) in enumerate(np.broadcast_to(pad_width, (x.ndim, 2)).tolist()):
        rows = np.moveaxis(values, axis, 0)
        inside = rows[before : before + x.shape[axis]]
        if mode != "constant":
            places = np.pad(np.arange(x.shape[axis]), (before, after), mode)
            inside = inside.copy()
            np.add.at(inside, places[:before], rows[:before])
            np.add.at(inside, places[len(places) - after :], rows[len(places) - after :])
        values = np.moveaxis(inside, 0, axis)
    return values


def last_stored(values: Any, array: Any, index: Any) -> Any:
    """The `values` to be stored at `array[index]`, zero in place of those overwritten at once.

    Where an index names an element more than once, the last store wins.
    """
    values = np.asarray(values)
    order = np.arange(values.size).reshape(values.shape)
    kept = np.empty(array.shape, order.dtype)
    kept[index] = order
    return np.where(kept[index] == order, values, 0)


def unbroadcast(x_bar: Any, x: Any, result: Any = None) -> Any:
    """`x_bar` summed over the dims that broadcasting gave it, so that it has x's shape.

    `result` is that of the broadcasting, for an `x_bar` that may be smaller than it; then
    what is returned may be a read-only view.
    """
    shape = np.shape(x)
    if result is not None and np.shape(x_bar) != np.shape(result):
        x_bar = np.broadcast_to(x_bar, np.shape(result))
    extra = np.ndim(x_bar) - len(shape)
    if extra > 0:
        x_bar = np.sum(x_bar, axis=tuple(range(extra)))
    for axis, size in enumerate(shape):
        if size == 1 and np.shape(x_bar)[axis] != 1:
            x_bar = np.sum(x_bar, axis=axis, keepdims=True)
    return x_bar


def add_lists(some: Any, others: Any) -> Any:
    """The sums of the elements of two lists: of numbers, arrays, or containers of them."""
    return [_sum(a, b) for a, b in zip(some, others, strict=True)]


def _sum(a: Any, b: Any) -> Any:
    if isinstance(a, list):
        return add_lists(a, b)
    if isinstance(a, tuple):
        parts = add_lists(a, b)
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    return {k: _sum(v, b[k]) for k, v in a.items()} if isinstance(a, dict) else a + b


def overlap(written: Any, other: Any) -> bool:
    """Whether an array in one value shares memory with one in another, containers looked into."""
    return any(np.shares_memory(a, b) for a in _arrays(written) for b in _arrays(other))


def _arrays(value: Any, seen: tuple[int, ...] = ()) -> list[Any]:
    """The arrays in a value, however deep in tuples, lists, dicts and objects."""
    if isinstance(value, np.ndarray):
        return [value]
    if id(value) in seen:  # an object that holds itself
        return []
    if isinstance(value, dict):
        parts = list(value.values())
    elif isinstance(value, tuple | list):
        parts = list(value)
    else:
        parts = list(getattr(value, "__dict__", {}).values())
    inside = (*seen, id(value))
    return [a for part in parts for a in _arrays(part, inside)]


def shaped_as(x_bar: Any, x: Any) -> Any:
    """An adjoint that a rule gave for `x`, in its precision, if it has its shape."""
    if np.shape(x_bar) != np.shape(x):
        raise ValueError(
            f"a rule gave an adjoint or a tangent of shape {np.shape(x_bar)} for a value of shape "
            f"{np.shape(x)}: they must be the same"
        )
    dtype = np.result_type(x)
    if dtype.kind != "f" or np.result_type(x_bar) == dtype:
        return x_bar
    return np.asarray(x_bar, dtype)[()] if np.ndim(x) == 0 else np.asarray(x_bar, dtype)


def copied(value: Any) -> Any:
    """A value with copies of all arrays in it, containers looked into."""
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: copied(part) for key, part in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(copied, value))
    if isinstance(value, tuple | list):
        return type(value)(map(copied, value))
    if hasattr(value, "__dataclass_fields__"):
        same = copy.copy(value)
        for name in value.__dataclass_fields__:
            object.__setattr__(same, name, copied(getattr(value, name)))
        return same
    return value


def stop_gradient(x: Any) -> Any:
    """The value itself, which derivatives of every order take for a constant.

    Examples:
        >>> import srcgrad
        >>> srcgrad.grad(lambda x: x * srcgrad.stop_gradient(x))(3.0)
        3.0
    """
    return x


def owned(x: Any) -> Any:
    """A copy of an array; anything else as it is."""
    return x.copy() if isinstance(x, np.ndarray) else x


def zeros_unless_none(x: Any) -> Any:
    """The adjoint of a value that nothing depends on: zeros like an array, 0.0 for None."""
    return 0.0 if x is None else np.zeros_like(x)


def without(values: set[Any], value: Any) -> set[Any]:
    """A set without one of its elements.

    Raises:
        KeyError: if it is none of them.
    """
    left = set(values)
    left.remove(value)
    return left


def instance(cls: type, /, **attributes: Any) -> Any:
    """An object of a class with these attributes; its constructor is not called."""
    new: Any = cls.__new__
    made = new(cls)
    for name, value in attributes.items():
        object.__setattr__(made, name, value)
    return made

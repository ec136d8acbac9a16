"""Functions that sort, and functions that find positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import UNKNOWN, Dim, Dims, Kind, List, Num, Questions, Tuple, array
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import as_number, broadcast, dims_of_shape, is_none, numbers, ranked
from srcgrad.rules.table import adjoint, constant

INDEX = np.dtype(np.intp)
ONE = Dim.of(1)

# order -------------------------------------------------------------------------------------------


def _ordered_dims(q: Questions, x: Num, axis: Kind) -> Dims | None:
    """The dims of x sorted along an axis; flattened without one, and never those of a scalar."""
    if x.dims is None or not isinstance(axis, Num):
        known = x.dims is not None and is_none(axis)
        return (dim_of_product(q, x.dims or ()),) if known else None
    return x.dims or (ONE,)


def _sorted_kind(q: Questions, a: Kind, axis: Kind, *options: Kind) -> Kind:
    x = as_number(a)
    return array(x.dtype, _ordered_dims(q, x, axis)) if isinstance(x, Num) else UNKNOWN


def _order_kind(q: Questions, a: Kind, axis: Kind, *options: Kind) -> Kind:
    x = as_number(a)
    return array(INDEX, _ordered_dims(q, x, axis)) if isinstance(x, Num) else UNKNOWN


def _partition_kind(q: Questions, a: Kind, kth: Kind, axis: Kind, *options: Kind) -> Kind:
    return _sorted_kind(q, a, axis)


def _argpartition_kind(q: Questions, a: Kind, kth: Kind, axis: Kind, *options: Kind) -> Kind:
    return _order_kind(q, a, axis)


@adjoint(np.sort, kind=_sorted_kind)
def sort(
    a: Any,
    axis: Any = -1,
    kind: Any = None,
    order: Any = None,
    stable: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Each element has the adjoint of its rank, also where elements tie."""
    if axis is None:
        return np.reshape(np.take(y_bar, np.argsort(np.argsort(a, None))), np.shape(a))
    if np.ndim(a) == 1:
        return np.take(y_bar, np.argsort(np.argsort(a)))
    return np.take_along_axis(y_bar, np.argsort(np.argsort(a, axis), axis), axis)


@adjoint(np.partition, kind=_partition_kind)
def partition(
    a: Any,
    kth: Any,
    axis: Any = -1,
    kind: Any = "introselect",
    order: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """By rank, since nothing says in which order the elements of each part come."""
    if axis is None:
        ranked_bar = np.take(y_bar, np.argsort(y))
        return np.reshape(np.take(ranked_bar, np.argsort(np.argsort(a, None))), np.shape(a))
    if np.ndim(a) == 1:
        return np.take(np.take(y_bar, np.argsort(y)), np.argsort(np.argsort(a)))
    ranked_bar = np.take_along_axis(y_bar, np.argsort(y, axis), axis)
    return np.take_along_axis(ranked_bar, np.argsort(np.argsort(a, axis), axis), axis)


constant(
    np.argsort,
    lambda a, axis=-1, kind=None, order=None, stable=None: None,
    kind=_order_kind,
)
constant(
    np.argpartition,
    lambda a, kth, axis=-1, kind="introselect", order=None: None,
    kind=_argpartition_kind,
)


def _lexsort_kind(q: Questions, keys: Kind, axis: Kind) -> Kind:
    known = ranked(keys)
    return UNKNOWN if known is None else array(INDEX, known[1][1:] or (ONE,))


constant(np.lexsort, lambda keys, axis=-1: None, kind=_lexsort_kind)


def _searchsorted_kind(q: Questions, a: Kind, v: Kind, *options: Kind) -> Kind:
    values = as_number(v)
    return array(INDEX, values.dims) if isinstance(values, Num) else UNKNOWN


constant(np.searchsorted, lambda a, v, side="left", sorter=None: None, kind=_searchsorted_kind)

# positions ---------------------------------------------------------------------------------------


def _nonzero_kind(q: Questions, a: Kind) -> Kind:
    known = ranked(a)
    if known is None or not known[1]:
        return UNKNOWN
    found = q.fresh(("nonzero", object()), "m")
    return Tuple(tuple(array(INDEX, (found,)) for _ in known[1]))


def _flatnonzero_kind(q: Questions, a: Kind) -> Kind:
    return array(INDEX, (q.fresh(("nonzero", object()), "m"),))


constant(np.nonzero, lambda a: None, kind=_nonzero_kind)
constant(np.flatnonzero, lambda a: None, kind=_flatnonzero_kind)


def _unravel_kind(q: Questions, indices: Kind, shape: Kind, order: Kind) -> Kind:
    found, sizes = as_number(indices), dims_of_shape(q, shape)
    if not isinstance(found, Num) or sizes is None or _is_array(shape):
        return UNKNOWN
    return Tuple((array(INDEX, found.dims),) * len(sizes))


def _is_array(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.dims != ()


def _ravel_multi_kind(q: Questions, multi_index: Kind, dims: Kind, *options: Kind) -> Kind:
    if not isinstance(multi_index, Tuple | List) or multi_index.elements is None:
        return UNKNOWN
    nums = numbers(multi_index.elements)
    if nums is None:
        return UNKNOWN
    return array(INDEX, broadcast(q, *(n.dims for n in nums)))


constant(np.unravel_index, lambda indices, shape, order="C": None, kind=_unravel_kind)
constant(
    np.ravel_multi_index,
    lambda multi_index, dims, mode="raise", order="C": None,
    kind=_ravel_multi_kind,
)

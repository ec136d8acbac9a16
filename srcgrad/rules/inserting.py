"""Functions that put elements into an array, leave some out, or choose them from several arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import (
    UNKNOWN,
    Dim,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    static,
)
from srcgrad.rules.compiling import shaped_like
from srcgrad.rules.gathering import replaced_axis
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    is_none,
    numbers,
    ranked,
    refuse,
    result_dtype,
)
from srcgrad.rules.table import adjoint, constant

ONE = Dim.of(1)


def is_one_place(obj: Any) -> bool:
    """Whether an argument for positions is one number."""
    return not isinstance(obj, slice) and np.ndim(obj) == 0


def _is_one_place_kind(q: Questions, obj: Kind) -> Kind:
    return Static(isinstance(obj, Num) and obj.dims == ())


def counts_from_the_start(obj: Any) -> bool:
    """Whether a position is known when compiling not to be negative."""
    return int(obj) >= 0


def _counts_kind(q: Questions, obj: Kind) -> Kind:
    try:
        return Static(static(obj) >= 0)
    except NotStaticError:
        return Static(False)


constant(is_one_place, lambda obj: None, kind=_is_one_place_kind)
constant(counts_from_the_start, lambda obj: None, kind=_counts_kind)


def _places(obj: Kind) -> list[int] | None:
    """The positions that a list or tuple of ints names, if they are known."""
    try:
        found = static(obj) if isinstance(obj, Tuple | List) else None
    except NotStaticError:
        return None
    return None if found is None or any(isinstance(k, bool) for k in found) else list(found)


def _resized(q: Questions, arr: Kind, axis: Kind, more: Dim | None) -> Kind:
    """The array longer by a dim along the axis; flat without one."""
    known = ranked(arr)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        place = None if is_none(axis) else int(q.value(axis)) % len(dims)
    except (NotStaticError, ZeroDivisionError):
        return array(x.dtype, None)
    old = dim_of_product(q, dims) if place is None else dims[place]
    new = q.fresh(("resized", object()), "m") if more is None else old + more
    return array(x.dtype, replaced_axis(q, x, axis, (new,)))


# deletions ---------------------------------------------------------------------------------------


def _delete_kind(q: Questions, arr: Kind, obj: Kind, axis: Kind) -> Kind:
    places = _places(obj)
    if isinstance(obj, Num) and obj.dims == ():
        return _resized(q, arr, axis, Dim.of(-1))
    if places is None or not (all(k >= 0 for k in places) or all(k < 0 for k in places)):
        return _resized(q, arr, axis, None)
    return _resized(q, arr, axis, Dim.of(-len(set(places))))


@adjoint(np.delete, kind=_delete_kind)
def delete(arr: Any, obj: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Zero for what is left out."""
    size = np.size(arr) if axis is None else np.shape(arr)[axis]
    if is_one_place(obj) and (axis is not None or np.ndim(arr) == 1):
        at = obj if counts_from_the_start(obj) else obj % size
        return shaped_like(np.insert(y_bar, at, 0, axis), arr)
    return runtime.put_back(y_bar, arr, np.delete(np.arange(size), obj), axis)


# insertions --------------------------------------------------------------------------------------


def _insert_kind(q: Questions, arr: Kind, obj: Kind, values: Kind, axis: Kind) -> Kind:
    known, new, places = ranked(arr), ranked(values), _places(obj)
    if known is None or new is None:
        return UNKNOWN
    rank = 1 if is_none(axis) else len(known[1])
    filled = (ONE,) * (rank - len(new[1])) + new[1]
    if isinstance(obj, Num) and obj.dims == ():
        return _resized(q, arr, axis, filled[0])
    if places is None:
        return _resized(q, arr, axis, None)
    if len(places) != 1:
        return _resized(q, arr, axis, Dim.of(len(places)))
    try:
        return _resized(q, arr, axis, filled[0 if is_none(axis) else int(q.value(axis))])
    except NotStaticError:
        return array(known[0].dtype, None)


@adjoint(np.insert, kind=_insert_kind)
def insert(arr: Any, obj: Any, values: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Both operands have their own elements of the adjoint."""
    if is_one_place(obj) and np.ndim(values) == 0 and np.ndim(arr) == 1:
        at = obj
        if not counts_from_the_start(obj):
            at = np.where(np.less(obj, 0), obj + np.size(arr), obj)
        return shaped_like(np.delete(y_bar, at), arr), None, y_bar[at]
    size = np.size(arr)
    sources = np.insert(_numbered(arr), obj, _numbered(values) + size, axis)
    both = runtime.put_back(y_bar, np.zeros(size + np.size(values)), sources)
    return np.reshape(both[:size], np.shape(arr)), None, np.reshape(both[size:], np.shape(values))


def _numbered(x: Any) -> Any:
    """The positions of an array's elements, in its shape."""
    return np.reshape(np.arange(np.size(x)), np.shape(x))


# choices -----------------------------------------------------------------------------------------


def _choose_kind(q: Questions, a: Kind, choices: Kind, out: Kind, mode: Kind) -> Kind:
    refuse("np.choose with out=", out)
    which, whole = as_number(a), as_number(choices)
    parts = choices.elements if isinstance(choices, Tuple | List) else None
    nums = numbers(parts) if parts else None
    if not isinstance(which, Num):
        return UNKNOWN
    if nums is not None:
        dims = broadcast(q, which.dims, *(n.dims for n in nums))
        return array(result_dtype(*(Num(n.dtype) for n in nums)), dims)
    if not isinstance(whole, Num) or not whole.dims:
        return UNKNOWN
    return array(whole.dtype, broadcast(q, which.dims, whole.dims[1:]))


@adjoint(np.choose, kind=_choose_kind)
def choose(
    a: Any, choices: Any, out: Any = None, mode: Any = "raise", *, y: Any, y_bar: Any
) -> Any:
    """To the array that each element was chosen from."""
    last = len(choices) - 1
    which = a
    if mode == "wrap":
        which = np.remainder(a, last + 1)
    if mode == "clip":
        which = np.clip(a, 0, last)
    shares: Any = []
    for i, choice in enumerate(choices):
        share = np.where(which == i, y_bar, 0)
        shares = [*shares, runtime.unbroadcast(share, choice)]
    return None, (np.stack(shares) if isinstance(choices, np.ndarray) else shares)

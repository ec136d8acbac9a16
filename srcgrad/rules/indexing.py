"""Indexing: what x[index] is like.  The compiler reverses it itself, as a store into the adjoint.

Dims of slices.  `x[a:]`, `x[:-b]` and the like, with numbers a and b, have the dims n - a, n - b:
were n smaller, the true dim would be 0 where these are negative, and dims that are equal stay
equal.  A bound that the end of the array may cut off, as in `x[:k]`, gives a dim of its own.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Dict,
    Dim,
    Dims,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Slice,
    Static,
    Tuple,
    array,
    integer,
    static,
)
from srcgrad.rules.shapes import as_number, broadcast, is_none
from srcgrad.rules.table import constant

ONE = Dim.of(1)


def _getitem_kind(q: Questions, x: Kind, index: Kind) -> Kind:
    match x:
        case Num():
            return _array_item(q, x, _parts(index))
        case Tuple():
            return _tuple_item(x, index)
        case List():
            return _list_item(q, x, index)
        case Dict():
            return _dict_item(x, index)
    return UNKNOWN


constant(operator.getitem, lambda a, b: None, kind=_getitem_kind, cheap=True, memory="view")


# questions the compiler asks about an index ------------------------------------------------------


def index_kind_is_basic(kind: Kind) -> bool:
    """Whether indexing with it gives a view or one element: no arrays, lists or masks."""
    return all(_is_basic(p) for p in _parts(kind))


def index_may_repeat(kind: Kind) -> bool:
    """Whether one index may name an element twice, so that `+=` would lose contributions."""
    return any(not _is_basic(p) and not _is_mask(p) for p in _parts(kind))


def index_only_reshapes(kind: Kind) -> bool:
    """Whether an index keeps every element: nothing but None, `:` and `...`."""
    parts = _parts(kind)
    whole = Slice(NONE, NONE, NONE)
    return any(map(is_none, parts)) and all(
        is_none(p) or p == whole or _is_ellipsis(p) for p in parts
    )


def _is_basic(part: Kind) -> bool:
    if isinstance(part, Static):
        return is_none(part) or _is_ellipsis(part)
    return isinstance(part, Slice) or _is_integer(part)


def _is_ellipsis(part: Kind) -> bool:
    return isinstance(part, Static) and part.value is Ellipsis


def _is_integer(part: Kind) -> bool:
    return isinstance(part, Num) and part.is_scalar and part.dtype.kind in "iu"


def _is_mask(part: Kind) -> bool:
    number = as_number(part)
    return isinstance(number, Num) and number.dtype.kind == "b"


def _parts(index: Kind) -> tuple[Kind, ...]:
    """The entries of an index, slices known when compiling in the same form as others."""
    return tuple(map(_slice_form, index.elements if isinstance(index, Tuple) else (index,)))


def _slice_form(part: Kind) -> Kind:
    if not isinstance(part, Static) or not isinstance(part.value, slice):
        return part
    bounds = (part.value.start, part.value.stop, part.value.step)
    return Slice(*(NONE if b is None else integer(operator.index(b)) for b in bounds))


# arrays ------------------------------------------------------------------------------------------


def _array_item(q: Questions, x: Num, parts: Sequence[Kind]) -> Kind:
    if not all(_is_basic(p) or isinstance(as_number(p), Num) for p in parts):
        return UNKNOWN
    if x.dims is None:
        return Num(x.dtype, None)
    full = _without_ellipsis(parts, len(x.dims))
    if full is None:
        return UNKNOWN
    if any(not _is_basic(p) for p in full):
        dims = _fancy_dims(q, x.dims, full)
        return Num(x.dtype, None) if dims is None else array(x.dtype, dims)
    dims = _basic_dims(q, x.dims, full)
    return Num(x.dtype, dims, box=dims == () and any(_is_ellipsis(p) for p in parts))


def _without_ellipsis(parts: Sequence[Kind], rank: int) -> list[Kind] | None:
    """The entries with `...` written out as full slices, at the end if there is none.

    An ellipsis that stands for nothing stays: it still parts arrays, and keeps rank 0 an array.
    """
    used = sum(_axes_taken(p) for p in parts)
    if used > rank:
        return None
    places = [i for i, p in enumerate(parts) if _is_ellipsis(p)]
    filler: list[Kind] = [Slice(NONE, NONE, NONE)] * (rank - used)
    if not places:
        return [*parts, *filler]
    at = places[0]
    return [*parts[:at], *(filler or [parts[at]]), *parts[at + 1 :]]


def _axes_taken(part: Kind) -> int:
    if isinstance(part, Static):
        return 0
    number = as_number(part)
    if _is_mask(part) and isinstance(number, Num):
        return len(number.dims or ())
    return 1


def _basic_dims(q: Questions, dims: Dims, parts: Sequence[Kind]) -> Dims:
    left = iter(dims)
    result = []
    for part in parts:
        if isinstance(part, Slice):
            result.append(slice_dim(q, next(left), part))
        elif is_none(part):
            result.append(ONE)
        elif not _is_ellipsis(part):
            next(left)
    return tuple(result)


def _fancy_dims(q: Questions, dims: Dims, parts: Sequence[Kind]) -> Dims | None:
    """Arrays and ints broadcast together; the dims go where they stand side by side, or first."""
    left = list(dims)
    result: list[Dim] = []
    arrays: list[Dims | None] = []
    places: list[tuple[int, int]] = []
    for i, part in enumerate(parts):
        if isinstance(part, Slice):
            result.append(slice_dim(q, left.pop(0), part))
        elif is_none(part):
            result.append(ONE)
        elif not _is_ellipsis(part):
            del left[: _axes_taken(part)]
            arrays.append(_index_dims(q, part))
            places.append((i, len(result)))
    together = broadcast(q, *arrays)
    if together is None:
        return None
    first, last = places[0], places[-1]
    at = first[1] if last[0] - first[0] == len(places) - 1 else 0
    return (*result[:at], *together, *result[at:])


def _index_dims(q: Questions, part: Kind) -> Dims | None:
    number = as_number(part)
    if not isinstance(number, Num):
        return None
    if _is_mask(part):
        return (q.fresh(("mask", object()), "m"),)
    return number.dims


def slice_dim(q: Questions, n: Dim, part: Slice) -> Dim:
    """The dim that a slice of an axis of dim n has."""
    bounds = [_bound(k) for k in (part.start, part.stop, part.step)]
    start, stop, step = bounds
    if step is None or step == ONE:
        exact = _difference(n, start, stop)
    elif start is None and stop is None and step == Dim.of(-1):
        exact = n
    else:
        exact = None
    if exact is not None:
        return exact
    numbers = [b.static if isinstance(b, Dim) else None for b in bounds]
    known = all(b is None or m is not None for b, m in zip(bounds, numbers, strict=True))
    if known and n.static is not None and numbers[2] != 0:
        return Dim.of(len(range(*slice(*numbers).indices(n.static))))
    return q.fresh(("slice", n, *bounds), "m")


def _bound(kind: Kind) -> Any:
    """A Dim, None if left out, or an object equal to no other if unknown."""
    if is_none(kind):
        return None
    value = kind.value if isinstance(kind, Num) else None
    return value if isinstance(value, Dim) else object()


def _difference(n: Dim, start: Any, stop: Any) -> Dim | None:
    """n after cutting numbers off both ends; None if that is not what the bounds say."""
    if n.static is not None:
        return None
    front = 0 if start is None else start.static if isinstance(start, Dim) else None
    back = Dim.of(0) if stop is None else _from_end(n, stop)
    if front is None or back is None or front < 0:
        return None
    return n + back - Dim.of(front)


def _from_end(n: Dim, bound: Any) -> Dim | None:
    """How far a bound is from the end, as a number that is not positive: -1 is Dim(-1)."""
    if not isinstance(bound, Dim):
        return None
    if bound == n:
        return Dim.of(0)
    far = bound.static if bound.static is not None else (bound - n).static
    return Dim.of(far) if far is not None and far < 0 else None


# containers --------------------------------------------------------------------------------------


def _tuple_item(x: Tuple, index: Kind) -> Kind:
    try:
        chosen: Kind | tuple[Kind, ...] = x.elements[_static_index(index)]
    except (NotStaticError, IndexError, TypeError):
        alike = set(x.elements)
        return x.elements[0] if len(alike) == 1 and not isinstance(index, Slice) else UNKNOWN
    return Tuple(chosen) if isinstance(chosen, tuple) else chosen


def _list_item(q: Questions, x: List, index: Kind) -> Kind:
    if isinstance(_slice_form(index), Slice):
        return _list_slice(q, x, index)
    if x.elements is None or len(set(x.elements)) == 1:
        return x.element
    try:
        q.value(integer(x.length))
        chosen: Kind = x.elements[_static_index(index)]
        return chosen
    except (NotStaticError, IndexError, TypeError):
        return x.element


def _list_slice(q: Questions, x: List, index: Kind) -> Kind:
    part = _slice_form(index)
    assert isinstance(part, Slice)
    length = slice_dim(q, x.length, part)
    try:
        chosen = x.elements[_static_index(part)] if x.elements and x.length.static else None
    except NotStaticError:
        chosen = None
    return List(x.element, length, chosen)


def _dict_item(x: Dict, index: Kind) -> Kind:
    try:
        return x.values[x.keys.index(static(index))]
    except (NotStaticError, ValueError):
        return UNKNOWN


def _static_index(index: Kind) -> Any:
    """The int or slice that an index is; raises NotStaticError if only a run knows it."""
    part = _slice_form(index)
    if isinstance(part, Slice):
        return slice(static(part.start), static(part.stop), static(part.step))
    return operator.index(static(part))

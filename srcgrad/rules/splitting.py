"""Functions that cut an array into parts; their adjoints come as a list."""

from __future__ import annotations

from collections.abc import Callable
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
    Slice,
    Static,
    Tuple,
    array,
    integer,
    static,
)
from srcgrad.rules.compiling import shaped_like
from srcgrad.rules.gathering import replaced_axis
from srcgrad.rules.indexing import slice_dim
from srcgrad.rules.shapes import like_second, numbers, ranked, result_dtype
from srcgrad.rules.shaping import quotient
from srcgrad.rules.table import adjoint, constant

NONE = Static(None)

# kinds -------------------------------------------------------------------------------------------


def _parts_kind(q: Questions, ary: Kind, at: Kind, axis: Kind, *, even: bool) -> Kind:
    """A list of the parts, each with a dim of its own along the axis unless they are even."""
    known = ranked(ary)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        place = int(q.value(axis)) % len(dims)
        along = _dims_along(q, dims[place], at, even)
    except NotStaticError:
        return List(array(x.dtype, None), q.fresh(("parts", object()), "m"))
    if along is None:
        dim = q.fresh(("part", object()), "m")
        part = array(x.dtype, replaced_axis(q, x, integer(place), (dim,)))
        return List(part, q.fresh(("parts", object()), "m"))
    parts = tuple(array(x.dtype, replaced_axis(q, x, integer(place), (d,))) for d in along)
    whole = parts[0] if len(set(parts)) == 1 else array(x.dtype, _own_dims(q, x, place))
    return List(whole, Dim.of(len(parts)), parts)


def _own_dims(q: Questions, x: Num, place: int) -> Any:
    return replaced_axis(q, x, integer(place), (q.fresh(("part", object()), "m"),))


def _dims_along(q: Questions, dim: Dim, at: Kind, even: bool) -> list[Dim] | None:
    """The dims of the parts along the axis; None if how many there are is known only in a run."""
    if isinstance(at, Num) and at.dims == ():
        return _dims_of_sections(q, dim, int(q.value(at)), even)
    if isinstance(at, Num):
        if at.dims is None or len(at.dims) != 1 or at.dims[0].static is None:
            return None
        return [q.fresh(("part", object()), "m") for _ in range(at.dims[0].static + 1)]
    cuts = at.elements if isinstance(at, Tuple | List) else None
    if cuts is None or (isinstance(at, List) and at.length.static is None):
        return None
    starts, stops = (integer(0), *cuts), (*cuts, NONE)
    pairs = zip(starts, stops, strict=True)
    return [slice_dim(q, dim, Slice(start, stop, NONE)) for start, stop in pairs]


def _dims_of_sections(q: Questions, dim: Dim, count: int, even: bool) -> list[Dim]:
    if dim.static is not None and count > 0:
        each, more = divmod(dim.static, count)
        return [Dim.of(each + (i < more)) for i in range(count)]
    if even:
        return [quotient(q, (dim,), (Dim.of(count),))] * count
    return [q.fresh(("section", dim, count, i), "m") for i in range(count)]


def _split_kind(q: Questions, ary: Kind, at: Kind, axis: Kind) -> Kind:
    return _parts_kind(q, ary, at, axis, even=True)


def _array_split_kind(q: Questions, ary: Kind, at: Kind, axis: Kind) -> Kind:
    return _parts_kind(q, ary, at, axis, even=False)


def _split_along(axis: int) -> Callable[..., Kind]:
    def kind(q: Questions, ary: Kind, at: Kind) -> Kind:
        known = ranked(ary)
        if known is None:
            return UNKNOWN
        place = 0 if axis == 1 and len(known[1]) == 1 else axis
        return _parts_kind(q, ary, at, integer(place), even=True)

    return kind


# derivatives -------------------------------------------------------------------------------------


@adjoint(np.split, kind=_split_kind, memory="alias", rearranges=True)
def split(ary: Any, indices_or_sections: Any, axis: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the parts, put together again."""
    return _together(y_bar, ary, indices_or_sections, axis)


@adjoint(np.array_split, kind=_array_split_kind, memory="alias", rearranges=True)
def array_split(ary: Any, indices_or_sections: Any, axis: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the parts, put together again."""
    return _together(y_bar, ary, indices_or_sections, axis)


@adjoint(np.vsplit, kind=_split_along(0), memory="alias", rearranges=True)
def vsplit(ary: Any, indices_or_sections: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the parts, put together again."""
    return _together(y_bar, ary, indices_or_sections, 0)


@adjoint(np.hsplit, kind=_split_along(1), memory="alias", rearranges=True)
def hsplit(ary: Any, indices_or_sections: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the parts, put together again."""
    if np.ndim(ary) == 1:
        return _together(y_bar, ary, indices_or_sections, 0)
    return _together(y_bar, ary, indices_or_sections, 1)


@adjoint(np.dsplit, kind=_split_along(2), memory="alias", rearranges=True)
def dsplit(ary: Any, indices_or_sections: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the parts, put together again."""
    return _together(y_bar, ary, indices_or_sections, 2)


def _together(parts: Any, ary: Any, at: Any, axis: Any) -> Any:
    """The whole, from parts that meet end to end, or else from a list, or that may overlap."""
    if cuts_once(at) and are_apart(parts):
        return shaped_like(np.concatenate(parts, axis), ary)
    return runtime.unsplit(parts, ary, at, axis)


def are_apart(parts: Any) -> bool:
    """Whether the parts are known one by one: no loop has made a list of them."""
    return isinstance(parts, tuple)


def _are_apart_kind(q: Questions, parts: Kind) -> Kind:
    return Static(isinstance(parts, Tuple))


constant(are_apart, lambda parts: None, kind=_are_apart_kind)


def cuts_once(at: Any) -> bool:
    """Whether it is known when compiling that every element is in one part."""
    return np.ndim(at) == 0 or (min(at, default=0) >= 0 and sorted(at) == list(at))


def _cuts_once_kind(q: Questions, at: Kind) -> Kind:
    if isinstance(at, Num) and at.dims == ():
        return Static(True)
    try:
        return Static(bool(cuts_once(static(at))))
    except NotStaticError:
        return Static(False)


constant(cuts_once, lambda at: None, kind=_cuts_once_kind)


def _unsplit_kind(q: Questions, parts: Kind, x: Kind, at: Kind, axis: Kind) -> Kind:
    each = parts.elements if isinstance(parts, List | Tuple) else None
    nums = numbers(each or (parts.element if isinstance(parts, List) else parts,))
    if nums is None:
        return UNKNOWN
    return like_second(q, Num(result_dtype(*(Num(n.dtype) for n in nums))), x)


@adjoint(runtime.unsplit, kind=_unsplit_kind, name="unsplit", rearranges=True)
def unsplit(parts: Any, x: Any, at: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Split again."""
    return (np.array_split(y_bar, at, axis),)

"""Where paths meet: the kind that covers two, and the widening of kinds around a loop."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Bottom,
    Dict,
    Dim,
    Dims,
    Kind,
    List,
    Num,
    Object,
    Opaque,
    Slice,
    Static,
    Str,
    Sym,
    Tuple,
    forget_value,
)
from srcgrad.rules.shapes import result_dtype


def join(a: Kind, b: Kind) -> Kind:
    """The kind of a value that is either."""
    if a == b:
        return a
    if isinstance(a, Bottom):
        return b
    if isinstance(b, Bottom):
        return a
    if isinstance(a, Num) and isinstance(b, Num):
        return _join_numbers(a, b)
    if NONE in (a, b):
        return _nullable(b if a == NONE else a)
    if type(a) is type(b):
        return _join_alike(a, b)
    if isinstance(a, Static | Str | Opaque) and isinstance(b, Static | Str | Opaque):
        return Opaque()
    return UNKNOWN


def _nullable(kind: Kind) -> Kind:
    """The kind of a float or an array of floats that may be None instead."""
    if isinstance(kind, Num) and kind.is_float:
        return replace(kind, value=None, nullable=True)
    return Opaque() if isinstance(kind, Static | Str | Opaque) else UNKNOWN


def _join_alike(a: Any, b: Any) -> Kind:
    match a:
        case Tuple(elements, cls) if cls is b.cls and len(elements) == len(b.elements):
            return Tuple(tuple(map(join, elements, b.elements)), cls)
        case Dict(keys, values) if keys == b.keys:
            return Dict(keys, tuple(map(join, values, b.values)))
        case Object(cls, names, values) if cls is b.cls and names == b.names:
            return Object(cls, names, tuple(map(join, values, b.values)))
        case List():
            return _join_lists(a, b)
        case Slice():
            return Slice(join(a.start, b.start), join(a.stop, b.stop), join(a.step, b.step))
        case Static():
            return Str() if isinstance(a.value, str) and isinstance(b.value, str) else Opaque()
        case Opaque():
            return Opaque()
    return UNKNOWN


def _join_lists(a: List, b: List) -> Kind:
    elements = None
    if a.elements is not None and b.elements is not None and len(a.elements) == len(b.elements):
        elements = tuple(map(join, a.elements, b.elements))
    length = a.length if a.length == b.length else joined_dim((a.length, b.length))
    return List(join(a.element, b.element), length, elements)


def _join_numbers(a: Num, b: Num) -> Kind:
    nullable = a.nullable or b.nullable
    if a.dims == b.dims and a.dtype == b.dtype and a.weak == b.weak:
        return replace(a, value=None, box=a.box or b.box, nullable=nullable)
    dtype = a.dtype if a.dtype == b.dtype else result_dtype(*_without_weak_ints(a, b))
    weak = a.weak and b.weak
    mixed = a.dtype != b.dtype or a.mixed or b.mixed
    dims, box = join_dims(a.dims, b.dims), a.box or b.box
    return Num(dtype, dims, weak=weak, box=box, mixed=mixed, nullable=nullable)


def _without_weak_ints(a: Num, b: Num) -> tuple[Num, ...]:
    """A Python int that starts an accumulation takes the other's dtype."""
    return tuple(k for k in (a, b) if not (k.weak and k.dtype.kind in "ib")) or (a, b)


def join_dims(a: Dims | None, b: Dims | None) -> Dims | None:
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(m if m == n else joined_dim((m, n)) for m, n in zip(a, b, strict=True))


def joined_dim(sources: tuple[Dim, ...]) -> Dim:
    sym = Sym("j")
    sym.sources = dict.fromkeys(sources)
    return Dim.of(sym)


class LoopJoin:
    """Finds the kinds of a loop's carried values: joins what each pass hands on until it is stable.

    A dim that differs from pass to pass becomes a symbol that remembers what it may equal; one
    that depends on itself, or on something born inside the loop that nothing is known of, is
    simply unknown.
    """

    def __init__(self, scope: object) -> None:
        self.scope = scope
        self.joined: set[Sym] = set()

    def widen(self, before: Kind, after: Kind) -> Kind:
        """The kind of a carried value after one more pass."""
        if isinstance(before, Bottom):
            return self._outward(forget_value(after))
        if isinstance(after, Bottom):
            return before
        if isinstance(before, Num) and isinstance(after, Num):
            kind = self._widen_numbers(before, after)
            nullable = before.nullable or after.nullable
            return replace(kind, nullable=nullable) if isinstance(kind, Num) else kind
        if before == NONE:
            return join(before, self._outward(after))
        if (
            isinstance(before, Tuple)
            and isinstance(after, Tuple)
            and len(before.elements) == len(after.elements)
        ):
            return Tuple(tuple(map(self.widen, before.elements, after.elements)), before.cls)
        if isinstance(before, List) and isinstance(after, List):
            return self._widen_lists(before, after)
        return join(before, after)

    def _widen_lists(self, before: List, after: List) -> Kind:
        same = before.length == after.length
        joined = _join_lists(before, after)
        assert isinstance(joined, List)
        element = self.widen(before.element, after.element)
        length = before.length if same else self._widen_dim(before.length, after.length)
        return List(element, length, joined.elements if same else None)

    def _widen_numbers(self, before: Num, after: Num) -> Kind:
        if before.is_scalar and after.dims:
            return replace(
                self._outward_number(after), dtype=_accumulated(before, after), weak=False
            )
        if after.dims == () and before.dims and (after.weak or not after.box):
            return replace(before, dtype=_accumulated(after, before))
        kind = _join_numbers(before, after) if before != after else before
        assert isinstance(kind, Num)
        if before.dims is None or after.dims is None or len(before.dims) != len(after.dims):
            return replace(kind, dims=None, value=None)
        dims = tuple(map(self._widen_dim, before.dims, after.dims))
        return replace(kind, dims=dims, value=None if before.value != after.value else kind.value)

    def _widen_dim(self, before: Dim, after: Dim) -> Dim:
        own = (
            before.terms[0][0]
            if len(before.terms) == 1 and before.terms[0][0] in self.joined
            else None
        )
        if before == after:
            return before
        if own is not None and before == Dim.of(own):
            self._add_source(own, after)
            return before
        return self._joined((before, after))

    def _joined(self, sources: tuple[Dim, ...]) -> Dim:
        dim = joined_dim(())
        sym = dim.terms[0][0]
        sym.scope = self.scope
        self.joined.add(sym)
        for source in sources:
            self._add_source(sym, source)
        return dim

    def _add_source(self, sym: Sym, source: Dim) -> None:
        if sym.sources is None:
            return
        depends = any(s is sym for s, _ in source.terms)
        opaque = any(s.hints is None and not s.sources for s, _ in source.terms)
        if depends or opaque:
            sym.sources = None
        else:
            sym.sources[source] = None

    def _outward(self, kind: Kind) -> Kind:
        return self._outward_number(kind) if isinstance(kind, Num) else kind

    def _outward_number(self, kind: Num) -> Num:
        """A kind first seen inside the loop: dims that may vary by the pass get new symbols."""
        if kind.dims is None:
            return kind
        return replace(
            kind,
            value=None,
            dims=tuple(d if self._is_outer(d) else self._joined((d,)) for d in kind.dims),
        )

    def _is_outer(self, dim: Dim) -> bool:
        return all(s.scope is None and s.over is None for s, _ in dim.terms)


def _accumulated(start: Num, array: Num) -> np.dtype[Any]:
    return result_dtype(*_without_weak_ints(start, array))

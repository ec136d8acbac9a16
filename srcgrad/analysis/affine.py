"""Affine index tests: whether two accesses of an array inside loops can meet.

Indices are affine in loop variables and sizes (kinds give them as `Dim`). Two accesses are apart if
along one axis the distance between them is positive for all values that the loops allow (Banerjee,
*Dependence Analysis for Supercomputing*, 1988, on one dimension at a time).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from srcgrad.kinds import NONE, Dim, Kind, Num, Slice, Static, Sym, Tuple, integer

ONE = Dim.of(1)
ZERO = Dim.of(0)
DEPTH = 12


@dataclass(frozen=True, eq=False)
class Span:
    """The elements of one axis that an access may touch: from `low` to `high`, both included.

    `axis` says that the access leaves the axis as an axis; a single element does not. Of one that
    is not `plain` some elements are left out, or their order is another.
    """

    low: Dim
    high: Dim
    axis: bool
    plain: bool = True


Region = tuple[Span, ...]


@dataclass(eq=False)
class Bounds:
    """What is known of symbols: each may be no less and no more than some expressions."""

    lower: dict[Sym, list[Dim]]
    upper: dict[Sym, list[Dim]]

    def joined(self, lower: dict[Sym, list[Dim]], upper: dict[Sym, list[Dim]]) -> Bounds:
        """These bounds and more."""
        return Bounds(_joined(self.lower, lower), _joined(self.upper, upper))

    def is_at_least(self, value: Dim, least: int) -> bool:
        """Whether an expression is surely no less than a number."""
        return self._reaches(value - Dim.of(least), DEPTH)

    def _reaches(self, value: Dim, depth: int) -> bool:
        """Whether an expression is surely not negative: bounds are put in for its symbols."""
        left = [(s, c) for s, c in value.terms if not (c > 0 and _is_size(s))]
        if not left:
            return value.const >= 0
        if not depth:
            return False
        for sym, c in sorted(left, key=lambda term: -term[0].serial):
            for bound in (self.lower if c > 0 else self.upper).get(sym, ()):
                rest = value - Dim(((sym, c),)) + bound.scaled(c)
                if self._reaches(rest, depth - 1):
                    return True
        return False


def _joined(a: dict[Sym, list[Dim]], b: dict[Sym, list[Dim]]) -> dict[Sym, list[Dim]]:
    return {s: [*a.get(s, ()), *b.get(s, ())] for s in {**a, **b}}


def _is_size(sym: Sym) -> bool:
    """Whether a symbol is the size of an argument, which is not negative."""
    return sym.expr is not None and (".shape[" in sym.expr or sym.expr.startswith("_len("))


def whole(dims: Iterable[Dim]) -> Region:
    """All of an array."""
    return tuple(Span(ZERO, d - ONE, True) for d in dims)


def narrowed(region: Region, index: Kind, bounds: Bounds) -> Region | None:
    """The part of a region that an index into it touches; None if it is not of the simple kind."""
    parts = list(index.elements if isinstance(index, Tuple) else (index,))
    result: list[Span] = []
    for span in region:
        if not span.axis or not parts:
            result.append(span)
            continue
        found = _part(span, parts.pop(0), bounds)
        if found is None:
            return None
        result.append(found)
    return None if parts else tuple(result)


def _part(span: Span, part: Kind, bounds: Bounds) -> Span | None:
    size = span.high - span.low + ONE
    if isinstance(part, Static) and isinstance(part.value, slice):
        s = part.value
        part = Slice(*(NONE if v is None else integer(v) for v in (s.start, s.stop, s.step)))
    if isinstance(part, Slice):
        return _slice(span, part, size, bounds)
    if not isinstance(part, Num) or not part.is_scalar or part.dtype.kind not in "iu":
        return None
    at = _from_start(part.value, size, bounds) if span.plain else None
    if at is None:
        return Span(span.low, span.high, False)
    return Span(span.low + at, span.low + at, False)


def _slice(span: Span, part: Slice, size: Dim, bounds: Bounds) -> Span:
    step = part.step.value if isinstance(part.step, Num) else None
    plain = part.step == NONE or (isinstance(step, Dim) and step == ONE)
    forward = plain or (isinstance(step, Dim) and (step.static or 0) > 0)
    if not forward or not span.plain:
        return Span(span.low, span.high, True, False)
    low, high = span.low, span.high
    start = None if part.start == NONE else _end(part.start, size, bounds)
    stop = None if part.stop == NONE else _end(part.stop, size, bounds)
    if start is not None:
        low = span.low + start
    if stop is not None:
        high = span.low + stop - ONE
    return Span(low, high, True, plain)


def _end(kind: Kind, size: Dim, bounds: Bounds) -> Dim | None:
    return _from_start(kind.value, size, bounds) if isinstance(kind, Num) else None


def _from_start(value: object, size: Dim, bounds: Bounds) -> Dim | None:
    """An index counted from the start; None if its sign is not known."""
    if not isinstance(value, Dim):
        return None
    if bounds.is_at_least(value, 0):
        return value
    if bounds.is_at_least(value.scaled(-1), 1):
        return size + value
    return None


def are_apart(a: Region, b: Region, bounds: Bounds) -> bool:
    """Whether no element is surely in both regions of one array."""
    return any(
        bounds.is_at_least(x.low - y.high, 1) or bounds.is_at_least(y.low - x.high, 1)
        for x, y in zip(a, b, strict=True)
    )


def renamed(region: Region, names: dict[Sym, Sym]) -> Region:
    """A region in terms of other symbols."""
    return tuple(replace(s, low=rename(s.low, names), high=rename(s.high, names)) for s in region)


def rename(dim: Dim, names: dict[Sym, Sym]) -> Dim:
    """An expression in terms of other symbols."""
    result = Dim.of(dim.const)
    for sym, c in dim.terms:
        result += Dim(((names.get(sym, sym), c),))
    return result


def symbols(region: Region) -> Iterator[Sym]:
    """The symbols that a region depends on."""
    for span in region:
        for dim in (span.low, span.high):
            yield from (s for s, _ in dim.terms)

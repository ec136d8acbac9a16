"""The adjoints known at a point of the reverse sweep, and how contributions are added to them."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import UNKNOWN, Dict, Kind, List, Num, Object, Tuple
from srcgrad.rules import algebra
from srcgrad.transform import cotangents, shadows
from srcgrad.transform.shadows import Spot

Path = tuple[Any, ...]
Place = tuple[Var, Path]


def kind_at(kind: Kind, path: Path) -> Kind:
    """The kind of what a path of indices, keys and field names leads to."""
    for key in path:
        match kind:
            case Tuple(elements):
                kind = elements[key]
            case List(element=element, elements=elements):
                known = elements if elements is not None and key < len(elements) else None
                kind = element if known is None else known[key]
            case Dict(keys, values):
                kind = values[keys.index(key)]
            case Object(names=names, values=values):
                kind = values[names.index(key)]
            case _:
                return UNKNOWN
    return kind


def fields_of(kind: Kind) -> list[tuple[Any, Kind]]:
    """The parts of a container of known structure, by index, key or name."""
    match kind:
        case Tuple(elements):
            return list(enumerate(elements))
        case Dict(keys, values) | Object(names=keys, values=values):
            return list(zip(keys, values, strict=True))
        case List(elements=elements, length=length) if (
            elements is not None and length.static is not None
        ):
            return list(enumerate(elements))
    return []


def fields_at(kind: Kind, path: Path) -> list[tuple[Any, Kind]]:
    """The parts of what a path leads to; none where it leads nowhere, which a run will find."""
    try:
        return fields_of(kind_at(kind, path))
    except (IndexError, ValueError):
        return []


class Adjoints:
    """Maps places to their adjoints so far.

    A place is a variable and a path into it, since the adjoint of a tuple, dict or list of known
    structure is kept element by element.  Inside a loop, `local` are the variables of its body; the
    first contribution to any other place makes an accumulator, which the reverse loop carries.
    """

    def __init__(self, builder: Builder, local: set[Var] | None = None) -> None:
        self.builder = builder
        self.local = local
        self.table: dict[Place, Atom] = {}
        self.pending: dict[Place, list[Atom]] = {}
        self.accumulators: dict[Place, Var] = {}
        self.blank: set[Var] = set()

    def branch(self) -> Adjoints:
        """The same adjoints for one branch to add to."""
        self.settle()
        copy = Adjoints(self.builder, self.local)
        copy.table = dict(self.table)
        copy.accumulators = self.accumulators
        copy.blank = self.blank
        return copy

    def get(self, place: Place) -> Atom | None:
        """The adjoint of a place so far; None for zero."""
        self._settle(place)
        return self._settled(place)

    def _settled(self, place: Place) -> Atom | None:
        if place in self.table:
            return self.table[place]
        if self.local is None or place[0] in self.local:
            return None
        if place not in self.accumulators:
            self.accumulators[place] = Var(bar_name(place), kind_at(place[0].kind, place[1]))
        return self.accumulators[place]

    def take(self, place: Place) -> Atom | None:
        """The adjoint of a place, which is zero from here on."""
        self._settle(place)
        return self.table.pop(place, None)

    def take_all(self, var: Var) -> dict[Path, Atom]:
        """The adjoints of all places in a variable."""
        paths = list(dict.fromkeys(p for v, p in (*self.table, *self.pending) if v is var))
        taken = {p: self.take((var, p)) for p in paths}
        return {p: a for p, a in taken.items() if a is not None}

    def add(self, place: Place, value: Atom) -> None:
        """Add a contribution that has the place's dtype and fits its shape."""
        self.pending.setdefault(place, []).append(value)

    def settle(self) -> None:
        """Sum up all contributions: accumulators first, whose sums nothing here reads."""
        for place in sorted(
            self.pending, key=lambda p: self.local is not None and p[0] in self.local
        ):
            self._settle(place)

    def _settle(self, place: Place) -> None:
        """Sum up a place's contributions, in the order of the user's operands."""
        parts = self.pending.pop(place, [])
        if not parts:
            return
        total = parts[-1]
        for part in parts[-2::-1]:
            total = algebra.accumulate(self.builder, total, part)
        old = self._settled(place)
        if old is not None and not algebra.is_number(old, 0):
            total = algebra.accumulate(self.builder, old, total)
        if isinstance(total, Var) and total in self.builder.made:
            self._name(total, place, [*parts, *([] if old is None else [old])])
        self.table[place] = total

    def _name(self, total: Var, place: Place, parts: list[Atom]) -> None:
        """Call a sum after its place; it is whole if one of its parts is."""
        total.hint = total.hint or bar_name(place)
        whole, have = kind_at(place[0].kind, place[1]), total.kind
        unknown = isinstance(have, Num) and have.dims is None
        if unknown and isinstance(whole, Num) and any(self._is_whole(p, place) for p in parts):
            total.kind = Num(whole.dtype, whole.dims)

    def _is_whole(self, part: Atom, place: Place) -> bool:
        """Whether a contribution surely has its variable's full shape."""
        known = isinstance(kind := kind_of(part), Num) and kind.dims is not None
        return known and not place[1] and not cotangents.is_deficient(self.builder, part, place[0])

    def add_at(self, place: Place, spot: Spot, value: Atom) -> None:
        """Add a contribution to one element or slice of an array."""
        old = self._storage(place)
        self.table[place] = shadows.add_at(self.builder, old, spot, value, bar_name(place))

    def set_at(self, place: Place, index: Atom, value: Atom) -> None:
        """Set one element of a list's adjoint."""
        old = self._storage(place)
        self.table[place] = shadows.set_at(self.builder, old, index, value, bar_name(place))

    def _storage(self, place: Place) -> Atom:
        """The adjoint of an array or list as storage that can be written to."""
        old, like = self.get(place), self.atom(place)
        if old is None or algebra.is_number(old, 0):
            made = cotangents.zeros(self.builder, like)
        else:
            made = cotangents.filled(self.builder, old, like)
        if isinstance(made, Var) and made.hint is None:
            made.hint = bar_name(place)
        return made

    def atom(self, place: Place) -> Atom:
        """The primal value at a place."""
        var, path = place
        atom: Atom = var
        for depth, key in enumerate(path):
            kind = kind_at(var.kind, path[: depth + 1])
            if isinstance(kind_of(atom), Object):
                atom = self.builder.bind(ir.GetAttr(key), (atom,), kind)
            else:
                atom = self.builder.bind(operator.getitem, (atom, Const(key)), kind)
        return atom

    def zero(self, place: Place) -> Atom:
        """A zero adjoint for a place, of its full shape."""
        if place[0] in self.blank and not place[1]:
            return self.builder.bind(ir.Blanks(), (place[0],), place[0].kind, bar_name(place))
        made = cotangents.zeros(self.builder, self.atom(place))
        if isinstance(made, Var):
            made.hint = bar_name(place)
        return made

    def filled(self, place: Place, value: Atom | None) -> Atom:
        """The adjoint of a place in its full shape, zero if None."""
        if value is None:
            return self.zero(place)
        kind = kind_at(place[0].kind, place[1])
        if isinstance(kind, Num) and kind.is_scalar:
            return value
        return cotangents.filled(self.builder, value, self.atom(place))


def bar_name(place: Place) -> str | None:
    """The name of a place's adjoint: `x_bar`; None for what has no name itself."""
    var, path = place
    if var.hint is None:
        return None
    parts = [var.hint, *(str(p) for p in path)]
    return "_".join(p for p in parts if p.isidentifier() or p.isdigit()) + "_bar"

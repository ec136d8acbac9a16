"""Places: in which memory each value lies, for certain or perhaps."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder, atom_key, kind_of
from srcgrad.analysis.values import Method, Pack, Value
from srcgrad.ir import Atom, Bind, Const, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, SetOfData, Tuple, Unknown
from srcgrad.rules.indexing import index_kind_is_basic
from srcgrad.rules.table import Primitive, lookup

_serial = itertools.count()
Operation = tuple[Any, tuple[Atom, ...]]


@dataclass(eq=False)
class Cell:
    """One piece of memory; `first` is what it held when it came up.

    `near` are the cells that may be the same memory, or have memory in common with it.  A list that
    grows `holds` the cells of its elements, and is `held_by` lists itself.
    `outside` says whose it is, if not the function's own; `contiguous` that it is one block;
    `hint` is the name that the user gave it first.
    """

    first: Value
    near: set[Cell] = field(default_factory=set)
    holds: set[Cell] = field(default_factory=set)
    held_by: set[Cell] = field(default_factory=set)
    outside: str | None = None
    contiguous: bool = False
    hint: str | None = None
    serial: int = field(default_factory=lambda: next(_serial))


@dataclass(frozen=True, eq=False)
class Reference:
    """Where a value lies: in a cell, seen through the operations of some views."""

    cell: Cell
    steps: tuple[Operation, ...] = ()

    def is_same(self, other: Reference) -> bool:
        return self.cell is other.cell and _keys(self.steps) == _keys(other.steps)


def _keys(steps: tuple[Operation, ...]) -> list[object]:
    return [(id(op), *map(atom_key, args)) for op, args in steps]


class Places:
    """Knows where every value lies.

    What is `assumed` to be a view, because the array it is made from most likely is one block, is
    to be checked in a run if it is `relied` upon.
    """

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.references: dict[Var, Reference | None] = {}
        self.based: dict[Var, Atom | None] = {}
        self.elements: dict[tuple[Var, object], Cell] = {}
        self.owners: dict[Cell, tuple[Var, Any]] = {}
        self.assumed: list[tuple[Bind, Reference]] = []
        self.seen: set[Pack] = set()
        self.within: list[Pack] = []

    def mark(self) -> int:
        """A number between those of the cells before and after now."""
        return next(_serial)

    def reference(self, value: Value) -> Reference | None:
        """Where a value lies; None for what is not memory, such as numbers."""
        if isinstance(value, Pack):
            return None if value.cell is None else Reference(value.cell)
        if not isinstance(value, Var) or not is_memory(value.kind):
            return None
        if value not in self.references:
            self.references[value] = self._derive(value, self.builder.definitions.get(value))
        return self.references[value]

    def new(self, value: Value, near: Iterable[Cell] = (), outside: str | None = None) -> Cell:
        """A cell of a value's own."""
        cell = Cell(value, outside=outside)
        self.relate(cell, near)
        if isinstance(value, Var):
            self.references[value] = Reference(cell)
        return cell

    def relate(self, cell: Cell, others: Iterable[Cell]) -> None:
        """Note that a cell may be the same memory as others."""
        for other in others:
            if other is not cell:
                cell.near.add(other)
                other.near.add(cell)

    def place(self, reference: Reference, kind: Kind, hint: str | None) -> Var:
        """A variable that stands for what lies somewhere, whatever that is by then."""
        var = Var(hint, kind)
        self.references[var] = reference
        self.based[var] = None
        return var

    def whole(self, cell: Cell) -> Reference:
        """All of a cell."""
        return Reference(cell)

    def note(self, value: Value) -> None:
        """Find out where a value that has just come up lies."""
        if isinstance(value, Pack):
            for part in value.values if value not in self.seen else ():
                self.seen.add(value)
                self.note(part)
        else:
            self.reference(value)

    def cells(self, value: Value) -> set[Cell]:
        """The cells that a value has memory in, for certain or perhaps."""
        if isinstance(value, Pack):
            inner = self._of_parts(value, self.cells)
            return inner if value.cell is None else inner | self.family(value.cell)
        if isinstance(value, Method):
            return self.cells(value.owner)
        reference = self.reference(value)
        return set() if reference is None else self.family(reference.cell)

    def own(self, value: Value) -> set[Cell]:
        """The cells that a value lies in, those near them not counted."""
        if isinstance(value, Pack):
            inner = self._of_parts(value, self.own)
            return inner if value.cell is None else inner | {value.cell}
        reference = self.reference(value)
        return set() if reference is None else {reference.cell}

    def _of_parts(self, pack: Pack, of: Callable[[Value], set[Cell]]) -> set[Cell]:
        """The cells of the elements of a container, which may hold itself."""
        if pack in self.within:
            return set()
        self.within.append(pack)
        found = {c for v in pack.values for c in of(v)}
        self.within.pop()
        return found

    def family(self, cell: Cell) -> set[Cell]:
        """A cell and all that may be the same memory."""
        return {cell} | cell.near

    def _derive(self, var: Var, made: Bind | None) -> Reference:
        if made is None:
            return Reference(self.new(var))
        primitive = lookup(made.op)
        owner = made.args[0] if made.args else Const(None)
        if made.op is operator.getitem or isinstance(made.op, ir.GetAttr):
            return self._derive_item(var, made, owner)
        several = isinstance(var.kind, Tuple) and primitive is not None and not primitive.is_fresh
        if primitive is None or isinstance(made.op, ir.Display) or several:
            return Reference(self.new(var, self._cells_of(made.args)))
        if primitive.is_fresh or not isinstance(owner, Var):
            cell = self.new(var)
            cell.contiguous = primitive.memory == "block" or _is_flat(var)
            return Reference(cell)
        return self._derive_view(var, made, owner, primitive)

    def _derive_view(self, var: Var, made: Bind, owner: Var, primitive: Primitive) -> Reference:
        base = self.reference(owner)
        if base is None or _is_converted(owner, var):
            return Reference(self.new(var))
        sure = primitive.memory in ("view", "frozen") or (
            primitive.memory == "alias" and _is_same_array(owner, var)
        )
        if primitive.memory == "layout" and not self._is_contiguous(base):
            steps = (*base.steps, (made.op, made.args[1:]))
            self.assumed.append((made, Reference(base.cell, steps)))
            sure = True
        if sure or primitive.memory == "layout":
            return self._through(var, made, owner, base)
        return Reference(self.new(var, self.family(base.cell)))

    def _derive_item(self, var: Var, made: Bind, owner: Atom) -> Reference:
        kind = kind_of(owner)
        if isinstance(owner, Var) and isinstance(kind, Tuple | List | Dict | Object):
            return self._element(var, made, owner)
        base = self.reference(owner)
        index = kind_of(made.args[1]) if len(made.args) > 1 else None
        if base is None or not isinstance(owner, Var):
            cell = self.new(var)
            if isinstance(made.op, ir.GetAttr):
                cell.outside = f"the attribute {made.op.name!r} of an object"
            return Reference(cell)
        if index is None or not isinstance(kind, Num):
            return Reference(self.new(var, self.family(base.cell)))
        if not index_kind_is_basic(index):
            cell = self.new(var, self.family(base.cell) if isinstance(index, Unknown) else ())
            return Reference(cell)
        return self._through(var, made, owner, base)

    def _through(self, var: Var, made: Bind, owner: Var, base: Reference) -> Reference:
        """The place of a view of what lies at `base`."""
        self.based[var] = self.based.get(owner) if base.steps else owner
        return Reference(base.cell, (*base.steps, (made.op, made.args[1:])))

    def _element(self, var: Var, made: Bind, owner: Var) -> Reference:
        """The place of an element of a container that came from outside."""
        key: Any = made.op.name if isinstance(made.op, ir.GetAttr) else _static_key(made.args[1])
        if key is None or isinstance(owner.kind, List):
            return Reference(self._some_element(var, owner))
        if (owner, key) not in self.elements:
            whole = self.reference(owner)
            cell = self.elements[owner, key] = self.new(var, whole.cell.near if whole else ())
            cell.outside = None if whole is None else whole.cell.outside
            self.owners[cell] = (owner, key)
        return Reference(self.elements[owner, key])

    def _some_element(self, var: Var, owner: Var) -> Cell:
        """The cell of an element of a list of which it is not known which one it is."""
        whole = self.reference(owner)
        held = {c for (o, _), c in self.elements.items() if o is owner}
        if whole is not None:
            held |= whole.cell.near | {c for h in whole.cell.holds for c in self.family(h)}
        cell = self.new(var, held)
        if whole is not None:
            cell.held_by.add(whole.cell)
            whole.cell.holds.add(cell)
        return cell

    def _cells_of(self, atoms: Iterable[Atom]) -> set[Cell]:
        return {c for a in atoms for c in self.cells(a)}

    def _is_contiguous(self, place: Reference) -> bool:
        """Whether what lies there is one block of memory, so that other shapes of it are views."""
        return place.cell.contiguous and all(_keeps_layout(op, args) for op, args in place.steps)


def meet(some: set[Cell], others: set[Cell]) -> bool:
    """Whether one of some cells may be the same memory as one of others."""
    return any(a is b or b in a.near for a in some for b in others)


def is_memory(kind: Kind) -> bool:
    """Whether values of a kind are memory that may be changed."""
    if isinstance(kind, Num):
        return not kind.is_scalar
    return isinstance(kind, List | Dict | Object | Unknown | Tuple | SetOfData)


def _is_flat(var: Var) -> bool:
    return isinstance(var.kind, Num) and var.kind.dims is not None and len(var.kind.dims) < 2


def _is_same_array(owner: Var, var: Var) -> bool:
    """Whether a conversion has nothing to do."""
    a, b = owner.kind, var.kind
    return isinstance(a, Num) and isinstance(b, Num) and a.dims is not None and a.dims == b.dims


def _is_converted(owner: Var, var: Var) -> bool:
    """Whether a value is of another dtype than what it was made from, so not a view of it."""
    a, b = owner.kind, var.kind
    return isinstance(a, Num) and isinstance(b, Num) and a.dtype != b.dtype


def _static_key(index: Atom) -> object | None:
    return index.value if isinstance(index, Const) and isinstance(index.value, int | str) else None


def _keeps_layout(op: Any, args: tuple[Atom, ...]) -> bool:
    """Whether a view of one block of memory is one block: a row, or another shape."""
    if op is operator.getitem:
        kind = kind_of(args[0])
        parts = kind.elements if isinstance(kind, Tuple) else (kind,)
        return all(isinstance(p, Num) for p in parts)
    primitive = lookup(op)
    return primitive is not None and primitive.memory == "layout"

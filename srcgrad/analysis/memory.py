"""Storage: which names lie in the same memory, and what it holds at a point of the program.

Arrays, lists and dicts are memory that several names may see.  While a function is specialised,
a store makes a new version of the content and every name that lies there is read from it: what
comes out has values only.  Where it is not known which memory a name lies in, it may be read, until
something is stored into memory that may be the same; what it holds then is lost, and reading it is
refused.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder
from srcgrad.analysis.places import Cell, Places, Reference, is_memory, meet
from srcgrad.analysis.values import Local, Method, Pack, Value, kind_of_value
from srcgrad.errors import LostError, UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, Tuple
from srcgrad.rules.table import lookup

__all__ = ["Cell", "Lost", "Memory", "Reference", "State", "is_memory", "meet"]


@dataclass(frozen=True, eq=False)
class Lost:
    """The content of a cell once something was stored that may or may not have gone there."""


Content = Value | Lost
State = dict[Cell, Content]


class Memory(Places):
    """Knows where every value lies, and the latest content of each cell.

    `state` belongs to the path that is being specialised: branches work on copies of it.  What is
    `assumed` to be a view, because the array it is made from most likely is one block, is to be
    checked in a run if it is `relied` upon: if something is stored through it, or under it. What is
    `settled` may not be stored into any more, for it is what its text says.
    """

    def __init__(self, builder: Builder) -> None:
        super().__init__(builder)
        self.state: State = {}
        self.relied: list[Reference] = []
        self.opened: list[Var] = []
        self.taken_apart: list[Var] = []
        self.written: set[Cell] = set()
        self.live = True
        self.freshening: list[Cell | None] = []
        self.read: set[Cell] = set()
        self.settled: dict[Cell, str] = {}
        self.given: set[Cell] = set()
        self.given_changed = False

    # content

    @contextmanager
    def giving(self) -> Iterator[None]:
        """Notice whether something changes that was `given` out before."""
        outer, self.given, self.given_changed = (self.given, self.given_changed), set(), False
        try:
            yield
        finally:
            self.given, self.given_changed = outer

    @contextmanager
    def reading(self) -> Iterator[set[Cell]]:
        """Collect the cells that are looked into meanwhile."""
        outer, self.read = self.read, set()
        try:
            yield self.read
        finally:
            outer |= self.read
            self.read = outer

    def content(self, cell: Cell) -> Value:
        """What a cell holds now."""
        found = self.state.get(cell, cell.first)
        self.read.add(cell)
        if isinstance(found, Lost):
            raise _lost()
        return found

    def owned(self, value: Value) -> Value:
        """A value that has just been read out of a container, in memory of its own."""
        if isinstance(value, Var) and is_memory(value.kind):
            place = self.reference(value)
            self.new(value)
            self.opened.append(value)
            if place is not None:
                self.owners.pop(place.cell, None)
        return value

    def initial(self, cell: Cell) -> Value:
        """What a cell holds as long as nothing is stored there, read anew if it is an element."""
        if cell not in self.owners:
            return cell.first
        (owner, key), kind = self.owners[cell], kind_of_value(cell.first)
        op = ir.GetAttr(key) if isinstance(owner.kind, Object) else operator.getitem
        args = (owner,) if isinstance(owner.kind, Object) else (owner, Const(key))
        made = self.builder.bind(op, args, kind)
        self.references[made] = Reference(cell)
        return made

    def root(self, var: Var, place: Reference) -> Value:
        """What the cell of a variable holds: all that the variable is a view of."""
        if place.cell in self.owners and place.cell not in self.state:
            based = self.based.get(var) if place.steps else var
            assert based is not None
            return based
        return self.content(place.cell)

    def fresh(self, value: Value) -> Value:
        """A value as it is now: what lies where it lies."""
        if not self.live:
            return value
        if isinstance(value, Pack):
            return self._fresh_pack(value)
        if isinstance(value, Method):
            owner = self.fresh(value.owner)
            return value if owner is value.owner else Method(owner, value.name)
        if isinstance(value, Local):
            args = tuple(map(self.fresh, value.args))
            return Local(value.closure, args) if _differ(args, value.args) else value
        place = self.reference(value)
        return value if place is None or not isinstance(value, Var) else self._at(value, place)

    def _fresh_pack(self, pack: Pack) -> Pack | Value:
        if pack.cell is not None:
            if pack.cell in self.freshening:  # it holds itself
                return pack
            latest = self.content(pack.cell)
            if not isinstance(latest, Pack):
                return latest
            pack = latest
        self.freshening.append(pack.cell)
        try:
            values = tuple(map(self.fresh, pack.values))
        finally:
            self.freshening.pop()
        return (
            Pack(pack.cls, values, pack.keys, pack.cell) if _differ(values, pack.values) else pack
        )

    def _at(self, var: Var, place: Reference) -> Value:
        self.read.add(place.cell)
        if place.cell in self.owners and place.cell not in self.state:
            if self.based.get(var, var) is not None:
                return var
            return self._again(var, place, self.initial(place.cell))
        content = self.content(place.cell)
        if not place.steps:
            return self._fresh_pack(content) if isinstance(content, Pack) else content
        if self.based.get(var) is content:
            return var
        return self._again(var, place, content)

    def _again(self, var: Var, place: Reference, content: Value) -> Var:
        """A view made anew from what its cell holds now."""
        assert isinstance(content, Var)
        if not place.steps:
            return content
        self.rely(place)
        view = content
        for op, args in place.steps[:-1]:
            view = self._view(view, op, args, None, None)
        return self._view(view, *place.steps[-1], var.kind, var.hint)

    def _view(
        self, base: Var, op: Any, args: tuple[Atom, ...], kind: Kind | None, hint: str | None
    ) -> Var:
        known = kind if kind is not None else self.builder.infer(op, (base, *args))
        return self.builder.bind(op, (base, *args), known, hint)

    def rely(self, place: Reference) -> None:
        """Note that a view has to be one, if it is only assumed to be."""
        for i, (op, _) in enumerate(place.steps):
            primitive = lookup(op)
            if primitive is not None and primitive.memory == "layout":
                self.relied.append(Reference(place.cell, place.steps[: i + 1]))

    def put(self, cell: Cell, content: Value) -> None:
        """Let a cell hold something else from here on."""
        _check_own(cell)
        if cell in self.settled:
            raise _is_settled(self.settled[cell])
        self.state[cell] = content
        self.written.add(cell)
        self.given_changed |= cell in self.given
        if isinstance(content, Var):
            self.references[content] = Reference(cell)
        for other in self._meant_too(cell, content):
            self.state[other] = Lost()

    def _meant_too(self, cell: Cell, content: Value) -> set[Cell]:
        """The cells that show a change of a cell too, perhaps.

        A list that changes leaves the arrays in it as they are, and other lists that hold them.
        """
        if isinstance(kind_of_value(content), List):
            lists = {c for c in self.family(cell) if _may_hold_a_list(kind_of_value(c.first))}
            return (lists - {cell}) | {h for c in lists for h in c.held_by}
        return cell.near | {h for c in self.family(cell) for h in c.held_by}


def _may_hold_a_list(kind: Kind) -> bool:
    """Whether a value may be a list or have one in it."""
    if isinstance(kind, Tuple):
        return any(map(_may_hold_a_list, kind.elements))
    if isinstance(kind, Dict | Object):
        return any(map(_may_hold_a_list, kind.values))
    return not isinstance(kind, Num)


def _differ(a: tuple[Value, ...], b: tuple[Value, ...]) -> bool:
    return any(x is not y for x, y in zip(a, b, strict=True))


def _check_own(cell: Cell) -> None:
    if cell.outside is not None:
        hint = cell.first.hint if isinstance(cell.first, Var) else cell.hint
        raise UnsupportedError(
            f"a store into {cell.outside}",
            why="it belongs to nobody in particular and would be different at the next call",
            fix=f"pass {hint or 'it'} as an argument, or make a copy of it and change that",
        )


def _is_settled(what: str) -> UnsupportedError:
    return UnsupportedError(
        f"a store into {what}",
        why="what was read of it before has to stay as it is",
        fix="store before that, or make a copy",
    )


def _lost() -> LostError:
    return LostError(
        "a value that may or may not have been changed by a store before",
        why="which memory it lies in is known only when running",
        fix="make a copy, with np.copy, where it gets its name",
    )

"""Sets that the function makes itself: what changes one makes another, so that none changes."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.containers import ContainerSpecialiser
from srcgrad.analysis.effects import mutation
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.ir import Const, Var
from srcgrad.kinds import UNKNOWN, SetOfData
from srcgrad.runtime import without

OPERATORS = {
    operator.or_: "union",
    operator.and_: "intersection",
    operator.sub: "difference",
    operator.xor: "symmetric_difference",
}
UPDATES = {
    "update": "union",
    "intersection_update": "intersection",
    "difference_update": "difference",
    "symmetric_difference_update": "symmetric_difference",
}


class SetSpecialiser(ContainerSpecialiser):
    """The part of the specialiser that knows sets, which hold data alone."""

    def made_set(self, op: Any, args: list[Value]) -> Var:
        """The set that a call gives, in memory of its own."""
        atoms = tuple(self.atom(self.consumed(a)) for a in args)
        made = self._opaque_call(op, atoms, ())
        assert isinstance(made, Var)
        made.kind = SetOfData()
        self.memory.new(made)
        return made

    def _of_containers(
        self, function: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value | None:
        if function is set and not keywords and len(args) < 2:
            return self.made_set(set, args)
        return super()._of_containers(function, args, keywords)

    def _sorted(self, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if isinstance(kind_of_value(args[0]), SetOfData) and "key" not in keywords:
            return self._opaque_call(sorted, tuple(map(self.atom, args)), keywords)
        return super()._sorted(args, keywords)

    def _container_method(
        self, owner: Value, name: str, args: list[Value], named: dict[str, Value]
    ) -> Value | None:
        if isinstance(kind_of_value(owner), SetOfData) and not named:
            return self._set_method(owner, name, args)
        found: Value | None = super()._container_method(owner, name, args, named)
        return found

    def _set_method(self, owner: Value, name: str, args: list[Value]) -> Value | None:
        """A method of a set; None for one that only reads it, or is not known."""
        if name in (*OPERATORS.values(), "copy"):
            return self._made_by_method(owner, name, args)
        if name == "clear":
            self._hold(owner, self.made_set(set, []))
        elif name == "remove":
            self._hold(owner, self.made_set(without, [owner, *args]))
        elif name in ("add", "discard"):
            union = "union" if name == "add" else "difference"
            self._hold(owner, self._made_by_method(owner, union, [Pack(list, tuple(args))]))
        elif name in UPDATES:
            self._hold(owner, self._made_by_method(owner, UPDATES[name], args))
        elif name == "pop":
            raise mutation(name)  # which element it is depends on the set's past
        else:
            return None
        return Const(None)

    def _made_by_method(self, owner: Value, name: str, args: list[Value]) -> Var:
        method = self.builder.bind(ir.GetAttr(name), (self.atom(owner),), UNKNOWN)
        return self.made_set(ir.CALL, [method, *args])

    def _hold(self, owner: Value, made: Var) -> None:
        place = self.memory.reference(owner)
        assert place is not None
        self.memory.put(place.cell, made)

    def in_place(self, op: Any, old: Value, value: Value) -> Value:
        if not isinstance(kind_of_value(old), SetOfData) or op not in OPERATORS:
            return super().in_place(op, old, value)
        self._hold(old, self._made_by_method(old, OPERATORS[op], [value]))
        return self.memory.fresh(old)

"""Specialise lists that grow and shrink."""

from __future__ import annotations

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.memory import Cell
from srcgrad.analysis.stores import StoreSpecialiser, not_stored
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import NotKnownError
from srcgrad.ir import Const, Var
from srcgrad.kinds import (
    Dim,
    List,
    Sym,
)


class ListSpecialiser(StoreSpecialiser):
    """The part of the specialiser that makes lists longer and shorter."""

    def append(self, owner: Value, value: Value) -> None:
        """owner.append(value)"""
        cell, content = self._list(owner)
        if isinstance(content, Pack):
            self.memory.put(cell, Pack(list, (*content.values, value), None, cell))
            return
        atom, kind = self.atom(value), content.kind
        assert isinstance(kind, List)
        new = self._list_of(kind, kind_of(atom), kind.length + Dim.of(1))
        made = self.builder.bind(ir.Append(), (content, atom), new, content.hint)
        self.resized.add(cell)
        self.change_list(cell, made, value)

    def extend(self, owner: Value, values: Value) -> None:
        """owner.extend(values)"""
        pack = self.as_pack(values)
        if pack is None:
            raise NotKnownError(
                "extending a list by a sequence whose length is not known",
                fix="append the elements in a loop",
            )
        for value in pack.values:
            self.append(self.memory.fresh(owner), value)

    def insert(self, owner: Value, index: Value, value: Value) -> None:
        """owner.insert(index, value)"""
        cell, content = self._list(owner)
        if not isinstance(content, Pack) or not isinstance(index, Const):
            raise _unknown_length("insert")
        values = list(content.values)
        values.insert(index.value, value)
        self.memory.put(cell, Pack(list, tuple(values), None, cell))

    def pop(self, owner: Value, index: Value) -> Value:
        """owner.pop(index)"""
        cell, content = self._list(owner)
        if isinstance(content, Pack) and isinstance(index, Const):
            values = list(content.values)
            position = self._position(content, index)
            popped = values.pop(position if position is not None else -1)
            self.memory.put(cell, Pack(list, tuple(values), None, cell))
            return popped
        last = isinstance(index, Const) and index.value == -1
        if isinstance(content, Pack) or not last:
            raise _unknown_length("pop")
        assert isinstance(content.kind, List)
        popped = self.element(content, index)
        kind = List(content.kind.element, Dim.of(Sym("n")))
        self.resized.add(cell)
        self.memory.put(cell, self.builder.bind(ir.Shorten(), (content,), kind, content.hint))
        return popped

    def _list(self, owner: Value) -> tuple[Cell, Pack | Var]:
        """The memory of a list, and what it holds: its elements one by one if they are known."""
        place = self.memory.reference(owner)
        if place is None or not isinstance(kind_of_value(owner), List):
            raise not_stored(kind_of_value(owner))
        if isinstance(owner, Pack):
            return place.cell, owner
        assert isinstance(owner, Var)
        return place.cell, self.opened(owner, place.cell) or owner


def _unknown_length(method: str) -> NotKnownError:
    return NotKnownError(
        f"list.{method} on a list whose length is not known",
        why="which elements move is known only when running",
        fix="use append, or pop() from the end",
    )

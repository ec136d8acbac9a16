"""Specialise stores: each makes a new version of the memory that it writes into."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.elements import ElementSpecialiser
from srcgrad.analysis.join import join
from srcgrad.analysis.memory import Cell
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import LostError, NotKnownError, UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import (
    Dict,
    Dim,
    Kind,
    List,
    NotStaticError,
    Num,
    Object,
    Slice,
    Tuple,
    Unknown,
)
from srcgrad.rules.indexing import index_may_repeat
from srcgrad.rules.table import lookup

ELLIPSIS = Const(Ellipsis)
ACCUMULATE = (operator.add, operator.sub)


class StoreSpecialiser(ElementSpecialiser):
    """The part of the specialiser that writes into arrays, lists and dicts."""

    def store(self, owner: Value, index: Value, value: Value) -> None:
        """owner[index] = value"""
        setter = self._special_method(owner, "__setitem__")
        if setter is not None:
            self.call(setter, [index, value], ())
            return
        if isinstance(owner, Pack):
            self._store_in_pack(owner, index, value)
            return
        kind = kind_of_value(owner)
        index = self.known_key(index) if isinstance(kind, Dict) else index
        if is_array(kind) and isinstance(owner, Var):
            self.update(owner, index, value, None)
        elif isinstance(kind, List | Dict) and isinstance(owner, Var):
            self._store_in_container(owner, kind, index, value)
        else:
            raise not_stored(kind)

    def store_augmented(self, op: Any, owner: Value, index: Value, value: Value) -> None:
        """owner[index] op= value"""
        if isinstance(owner, Var) and is_array(owner.kind):
            if op in ACCUMULATE and not index_may_repeat(kind_of_value(index)):
                self.update(owner, index, value, op)
            else:
                new = self.operation(op, [self.element(owner, index), value], ())
                self.update(owner, index, new, None)
            return
        self.store(owner, index, self.in_place(op, self.element(owner, index), value))

    # arrays

    def update(self, owner: Var, index: Value, value: Value, op: Any) -> None:
        """Write into the memory of an array, through the views that lead to it."""
        place = self.memory.reference(owner)
        assert place is not None
        self._check_depth(place.cell)
        self.memory.rely(place)
        _check_writable(place.steps)
        root, at = self.memory.root(owner, place), self.atom(index)
        assert isinstance(root, Var)
        views = place.steps
        if _is_whole(at) and views and views[-1][0] is operator.getitem:
            views, at = views[:-1], views[-1][1][0]
        steps = tuple(ir.Step(o, len(args)) for o, args in views)
        operands = [a for _, args in views for a in args]
        repeats = index_may_repeat(kind_of(at))
        args = (root, *operands, at, self._storable(value))
        new = self.builder.bind(ir.UpdateAt(op, repeats, steps), args, root.kind, root.hint)
        self.memory.put(place.cell, new)

    def array_of(self, value: Value) -> Value:
        """A list or tuple of numbers as an array; anything else as it is."""
        made: Value = self._storable(value)
        return made

    def _storable(self, value: Value) -> Any:
        """What is stored into an array: a list of numbers as an array of them."""
        atom = self.atom(value)
        if isinstance(kind_of(atom), List | Tuple):
            return self.builder.call(np.array, (atom,))
        return atom

    def _check_depth(self, cell: Cell) -> None:
        """Ask for an argument one by one if what is stored into lies two containers deep in it.

        Each look at the inner container is another variable, which would miss the store.
        """
        first = cell.first
        if self.memory.opened:
            return
        for _ in range(2):
            made = self.builder.definitions.get(first) if isinstance(first, Var) else None
            if made is None or not _is_element(made):
                return
            first = made.args[0]
        raise LostError(
            "a store into what lies deep in an argument",
            why="the containers around it are not known one by one",
            fix="get the inner container by its name first",
        )

    def overwrite(self, owner: Value, value: Value) -> None:
        """owner[:] = value"""
        kind = kind_of_value(owner)
        ranked = isinstance(kind, Num) and kind.dims
        self.store(owner, Const(slice(None)) if ranked else ELLIPSIS, value)

    def in_place(self, op: Any, old: Value, value: Value) -> Value:
        """What `old` is after `old op= value`; memory is changed, numbers make new ones."""
        found = self.updated(op, old, value)
        if found is not None:
            return found
        kind = kind_of_value(old)
        if isinstance(kind, List | Dict):
            self._in_place_of_container(op, old, kind, value)
            return old
        place = self.memory.reference(old)
        if not isinstance(kind, Num) or place is None or not isinstance(old, Var):
            return self.operation(op, [old, value], ())
        if place.steps or self.memory.root(old, place) is not old:
            self.store_augmented(op, old, ELLIPSIS, value)
            return self.memory.fresh(old)
        return self._in_place_of_root(op, old, value, place.cell)

    def _in_place_of_container(self, op: Any, old: Value, kind: Kind, value: Value) -> None:
        """A list or dict updated: `l += m`, `l *= n`."""
        other = kind_of_value(value)
        if op is operator.add and isinstance(other, List | Tuple):
            self.extend(old, value)
        elif op is operator.or_ and isinstance(kind, Dict) and isinstance(other, Dict):
            for key in other.keys:
                self.store(self.memory.fresh(old), Const(key), self.element(value, Const(key)))
        elif op is operator.mul and isinstance(old, Pack) and isinstance(value, Const):
            assert old.cell is not None
            self.memory.put(old.cell, Pack(old.cls, old.values * value.value, None, old.cell))
        else:
            raise UnsupportedError(
                f"an update in place of a {type(kind).__name__.lower()} by a value of kind {other}",
                why="what it comes to is not known",
                fix="use append, extend or update",
            )

    def _in_place_of_root(self, op: Any, old: Var, value: Value, cell: Cell) -> Value:
        """A whole array updated: a new array is as good, if it has the same shape and dtype."""
        before = len(self.builder.stmts)
        new = self.operation(op, [old, value], ())
        if isinstance(new, Var) and _same_form(old.kind, new.kind):
            if self.memory.references.get(new) is not None and new is not old:
                new = self.builder.copied(new)
            new.hint = old.hint or new.hint
            self.memory.put(cell, new)
            return new
        del self.builder.stmts[before:]
        self.store_augmented(op, old, ELLIPSIS, value)
        return self.memory.fresh(old)

    # lists and dicts

    def _store_in_pack(self, owner: Pack, index: Value, value: Value) -> None:
        if owner.cell is None or owner.cls.__name__ == "Shown":
            raise not_stored(kind_of_value(owner))
        index = self.known_key(index) if owner.keys is not None else index
        if isinstance(index, Const) and owner.keys is not None:
            self.memory.put(owner.cell, _with_entry(owner, index.value, value))
            return
        position = self._position(owner, index)
        if position is not None:
            values = list(owner.values)
            values[position] = value
            self.memory.put(owner.cell, Pack(owner.cls, tuple(values), None, owner.cell))
        elif isinstance(kind_of_value(index), Slice):
            self._store_slice(owner, index, value)
        elif owner.keys is None and isinstance(kind_of_value(index), Num):
            self._store_in_list(owner.cell, self._as_dynamic(owner), index, value)
        else:
            raise _unknown_key()

    def _position(self, owner: Pack, index: Value) -> int | None:
        size = len(owner.values)
        if not (isinstance(index, Const) and type(index.value) is int and owner.keys is None):
            return None
        if not -size <= index.value < size:
            raise UnsupportedError(
                f"a store into the element {index.value} of a list of {size}",
                why="it has no such element",
                fix="use append",
            )
        return index.value % size

    def _store_slice(self, owner: Pack, index: Value, value: Value) -> None:
        new, kind = self.as_pack(value), kind_of_value(index)
        assert isinstance(kind, Slice)
        try:
            bounds = [self.guards.value(p) for p in (kind.start, kind.stop, kind.step)]
        except NotStaticError:
            new = None
        if new is None:
            raise _unknown_key()
        values = list(owner.values)
        values[slice(*bounds)] = new.values
        self.memory.put(owner.cell, Pack(owner.cls, tuple(values), None, owner.cell))

    def _store_in_container(self, owner: Var, kind: Kind, index: Value, value: Value) -> None:
        """A store into a list or dict that came from outside, or one that has grown."""
        place = self.memory.reference(owner)
        assert place is not None
        self._check_depth(place.cell)
        if isinstance(kind, List) and not isinstance(index, Const):
            self._store_in_list(place.cell, owner, index, value)
            return
        pack = self.opened(owner, place.cell)
        if pack is not None:
            self._store_in_pack(pack, index, value)
        else:
            self._store_in_list(place.cell, owner, index, value)

    def opened(self, owner: Var, cell: Cell) -> Pack | None:
        """A list or dict that came as one value, taken apart; None if its length is not known."""
        kind = owner.kind
        if isinstance(kind, Dict):
            values = tuple(self.element(owner, Const(k)) for k in kind.keys)
            return Pack(dict, values, kind.keys, cell)
        if isinstance(kind, List) and kind.elements is not None:
            pack = self.as_pack(owner)
            return None if pack is None else Pack(list, pack.values, None, cell)
        return None

    def taken_apart(self, value: Value) -> Value:
        """A list or dict that came as one value as a pack, with memory for each element."""
        kind = kind_of_value(value)
        if not isinstance(value, Var) or not isinstance(kind, List | Dict | Tuple | Object):
            return value
        place = self.memory.reference(value)
        if isinstance(kind, Object):
            attributes = tuple(self.attribute(value, n) for n in kind.names)
            pack: Pack | None = Pack(kind.cls, attributes, kind.names)
        elif isinstance(kind, Dict):
            pack = self.opened(value, Cell(value))
        else:
            pack = self.as_pack(value)
        if pack is None or place is None:
            return value
        self.memory.taken_apart.append(value)
        parts = tuple(self.taken_apart(self.memory.owned(v)) for v in pack.values)
        keys = pack.keys
        cell = place.cell if isinstance(kind, List | Dict | Object) else None
        new = Pack(pack.cls, parts, keys, cell)
        if cell is not None:
            cell.first = new
        return new

    def _as_dynamic(self, owner: Pack) -> Var:
        """A list known element by element as one value, to be indexed by what only a run knows."""
        parts = tuple(map(self.atom, owner.values))
        kind = self.builder.infer(ir.Display(list), parts)
        hint = owner.cell.hint if owner.cell is not None else None
        return self.builder.bind(ir.Display(list), parts, kind, hint)

    def _store_in_list(self, cell: Cell, root: Var, index: Value, value: Value) -> None:
        kind, atom = root.kind, self.atom(value)
        assert isinstance(kind, List)
        new = self._list_of(kind, kind_of(atom), kind.length)
        made = self.builder.bind(ir.UpdateAt(), (root, self.atom(index), atom), new, root.hint)
        self.change_list(cell, made, value)

    def change_list(self, cell: Cell, new: Var, *held: Value) -> None:
        """Let a list be a new version of itself, which holds some values more."""
        for value in held:
            for other in self.memory.cells(value):
                cell.holds.add(other)
                other.held_by.add(cell)
        self.memory.put(cell, new)

    def _list_of(self, kind: List, element: Kind, length: Dim) -> List:
        known = kind.elements if kind.elements is not None else (kind.element,)
        joined = element
        for one in known if kind.element != element else ():
            joined = join(one, joined)
        return List(joined, length)


def _is_element(made: Any) -> bool:
    """Whether an operation takes something out of a container."""
    owner = kind_of(made.args[0]) if made.args else None
    taken = made.op is operator.getitem or isinstance(made.op, ir.GetAttr)
    return taken and isinstance(owner, Tuple | List | Dict | Object)


def _is_whole(index: Atom) -> bool:
    """Whether an index means all of an array: `:` or `...`."""
    if not isinstance(index, Const):
        return False
    return index.value is Ellipsis or index.value == slice(None)


def _check_writable(steps: tuple[Any, ...]) -> None:
    for op, _ in steps:
        primitive = lookup(op)
        if primitive is not None and primitive.memory == "frozen":
            raise UnsupportedError(
                f"a store into what {primitive.name or op} gives",
                why="it is a view that cannot be written to: NumPy raises ValueError",
                fix="make a copy, with np.copy",
            )


def is_array(kind: Kind) -> bool:
    """Whether a store into a value of this kind goes into an array, as far as one knows."""
    return isinstance(kind, Unknown) or (isinstance(kind, Num) and not kind.is_scalar)


def _same_form(before: Kind, after: Kind) -> bool:
    """Whether an update in place gives what the operator alone would."""
    if not (isinstance(before, Num) and isinstance(after, Num)):
        return False
    return before.dtype == after.dtype and before.dims is not None and before.dims == after.dims


def _with_entry(owner: Pack, key: Any, value: Value) -> Pack:
    assert owner.keys is not None
    entries = dict(zip(owner.keys, owner.values, strict=True)) | {key: value}
    return Pack(owner.cls, tuple(entries.values()), tuple(entries), owner.cell)


def not_stored(kind: Kind) -> UnsupportedError:
    objects = isinstance(kind, Object)
    return UnsupportedError(
        f"a store into a value of kind {kind}",
        why="objects are not changed by differentiated code" if objects else "it cannot be changed",
        fix="use an array, a list or a dict",
    )


def _unknown_key() -> NotKnownError:
    return NotKnownError(
        "a store under a key that is not known when compiling",
        why="which entry it changes is known only when running",
        fix="use a constant key, or an array",
    )

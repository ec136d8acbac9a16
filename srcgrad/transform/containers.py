"""The reverse sweep of tuples, lists, dicts and elements."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import kind_of
from srcgrad.errors import LostError, NotKnownError, UnsupportedError
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, Slice, Tuple
from srcgrad.rules import algebra
from srcgrad.rules.indexing import index_only_reshapes
from srcgrad.runtime import add_lists
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Place, fields_of, kind_at
from srcgrad.transform.contributions import Contributor
from srcgrad.transform.refusals import no_rule, refuse_containers
from srcgrad.transform.shadows import Spot, spot_of
from srcgrad.walk import atoms, inner_targets, statements, targets


class ContainerReverser(Contributor):
    """The part of the reverser that takes containers apart and puts their adjoints together."""

    def _display(self, s: Bind) -> None:
        keys: Iterable[Any] = range(len(s.args))
        args = s.args
        if isinstance(s.op, ir.Construct):
            keys = s.op.names
        elif s.op.cls is dict:
            keys, args = [a.value for a in s.args[::2] if isinstance(a, Const)], s.args[1::2]
        parts = self.adjoints.take_all(s.target)
        if () in parts:
            whole = parts.pop(())
            parts = {**parts, **self._split(whole, list(keys), args)}
        for key, arg in zip(keys, args, strict=True):
            for path, value in parts.items():
                if path[0] == key and (type(path[0]) is type(key)):
                    self.add_to(arg, path[1:], value)

    def _split(
        self, whole: Atom, keys: list[Any], parts: tuple[Atom, ...]
    ) -> dict[tuple[Any, ...], Atom]:
        """The adjoint of a container kept whole, part by part."""
        return {
            (key,): self.builder.bind(operator.getitem, (whole, Const(key)), kind_of(part))
            for key, part in zip(keys, parts, strict=True)
            if part in self.activity
        }

    def _element(self, s: Bind, key: Any) -> None:
        """x = owner[key] for a key known when compiling."""
        owner = s.args[0]
        kind = kind_of(owner)
        if not isinstance(kind, Tuple | List | Dict | Object):
            made = self.builder.maker(owner) or s
            raise no_rule(made.op).at(made.origin.location if made.origin else None)
        if isinstance(key, int) and key < 0 and isinstance(kind, List | Tuple):
            elements = (
                self.specialiser.guards.length(kind) if isinstance(kind, List) else kind.elements
            )
            key += len(elements)
        for path, value in self.adjoints.take_all(s.target).items():
            self.add_to(owner, (key, *path), value)

    def _getitem(self, s: Bind) -> None:
        owner, index = s.args
        kind = kind_of(owner)
        if isinstance(kind, Tuple | Dict | List):
            self._container_item(s, owner, index)
            return
        if isinstance(kind, Num) and kind.is_scalar:
            raise UnsupportedError(
                f"an element of a value of kind {kind}",
                why="it is a number and has no elements",
                fix="index an array or a list",
            )
        y_bar = self.adjoints.take((s.target, ()))
        if y_bar is None or not isinstance(owner, Var) or owner not in self.activity:
            return
        if isinstance(kind, Num) and kind.dims is not None and index_only_reshapes(kind_of(index)):
            y_bar = cotangents.whole(self.builder, y_bar, s.target)
            self.contribute(owner, cotangents.reshaped(self.builder, y_bar, owner), owner)
            return
        if not isinstance(kind, Num):
            y_bar = cotangents.whole_at_run_time(self.builder, y_bar, s.target)
        array, spot = spot_of(self.builder, owner, index)
        if array not in self.activity:
            array, spot = owner, Spot(index)
        self.adjoints.add_at((array, ()), spot, cotangents.cast(self.builder, y_bar, kind))

    def _repeated(self, s: Bind, y_bar: Atom) -> None:
        """y = items * n: an element gets the adjoints of all its copies."""
        items = next(a for a in s.args if isinstance(kind_of(a), List))
        kind = kind_of(items)
        assert isinstance(kind, List)
        copies = kind_of(y_bar)
        length = kind.length.static
        if length is None or not _is_scalar(kind.element) or not isinstance(copies, List):
            refuse_containers(items)
        for k in range(length or 0):
            every = Const(slice(k, None, length))
            bars = self.builder.bind(operator.getitem, (y_bar, every), copies)
            total = self.builder.call(sum, (y_bar if length == 1 else bars,))
            self.add_to(items, (k,), total)

    def _container_item(self, s: Bind, owner: Atom, index: Atom) -> None:
        if isinstance(kind_of(index), Slice) or (
            isinstance(index, Const) and isinstance(index.value, slice)
        ):
            raise NotKnownError(
                "a slice of a list whose length is not known",
                why="the elements it takes cannot be told apart when compiling",
                fix="loop over range(n) and index the list",
            )
        if isinstance(owner, Var) and owner in self.dynamic:
            parts = self.adjoints.take_all(s.target)
            if parts:
                self.add_to_list(owner, index, parts)
        elif isinstance(index, Const) and isinstance(index.value, int | str):
            self._element(s, index.value)
        else:
            raise no_rule(s.op)

    def add_to_list(self, owner: Var, index: Atom, parts: dict[tuple[Any, ...], Atom]) -> None:
        """Add to one element of a list's adjoint, which is a list itself."""
        kind = kind_of(owner)
        assert isinstance(kind, List)
        old = self.adjoints._storage((owner, ()))
        self.adjoints.table[(owner, ())] = old
        item = self.builder.bind(operator.getitem, (old, index), kind.element)
        self.adjoints.set_at((owner, ()), index, self._sum(item, parts, ()))

    def add_item(
        self, owner: Var, index: Atom, parts: dict[tuple[Any, ...], Atom], loop: Loop
    ) -> None:
        """Add to the element of a list that this pass of a loop took."""
        if self.once.get(owner) is not loop:
            self.add_to_list(owner, index, parts)
            return
        assert isinstance(owner.kind, List)
        item = (
            next(leaf.item for leaf in loop.source.leaves() if owner in leaf.args)
            if loop.source
            else None
        )
        assert item is not None
        self.adjoints.set_at((owner, ()), index, self._whole_item((item, ()), parts))

    def _whole_item(self, place: Place, parts: dict[tuple[Any, ...], Atom]) -> Atom:
        """The adjoint of one element in the element's structure, zero where it has no part."""
        kind = kind_at(place[0].kind, place[1])
        below = [p for p in parts if len(p) > len(place[1]) and p[: len(place[1])] == place[1]]
        if place[1] in parts and below:
            raise mixed()
        if place[1] in parts and isinstance(kind, List):
            return parts[place[1]]
        if fields_of(kind):
            fields = [
                self._whole_item((place[0], (*place[1], k)), parts) for k, _ in fields_of(kind)
            ]
            return self._rebuilt(kind, fields)
        if below:
            raise mixed()
        return self.adjoints.filled(place, parts.get(place[1]))

    def _sum(self, old: Atom, parts: dict[tuple[Any, ...], Atom], path: tuple[Any, ...]) -> Atom:
        """The old adjoint of an element plus its parts, in the element's structure."""
        if path in parts and isinstance(kind_of(old), List):
            return self.builder.call(add_lists, (old, parts[path]))
        kind = kind_of(old)
        if path in parts and not fields_of(kind):
            return algebra.accumulate(self.builder, old, parts[path])
        if path in parts:
            whole = parts.pop(path)
            parts |= {
                (*path, key): self._field(whole, key, k)
                if (*path, key) not in parts
                else algebra.accumulate(
                    self.builder, parts[(*path, key)], self._field(whole, key, k)
                )
                for key, k in fields_of(kind)
            }
        if not any(p[: len(path)] == path for p in parts):
            return old
        if not fields_of(kind):
            raise mixed()
        fields = [
            self._sum(self._field(old, key, k), parts, (*path, key)) for key, k in fields_of(kind)
        ]
        return self._rebuilt(kind, fields)

    def _field(self, owner: Atom, key: Any, kind: Kind) -> Atom:
        if isinstance(kind_of(owner), Object):
            return self.builder.bind(ir.GetAttr(key), (owner,), kind)
        return self.builder.bind(operator.getitem, (owner, Const(key)), kind)

    def _rebuilt(self, kind: Kind, fields: list[Atom]) -> Atom:
        """A container of a kind from its fields."""
        match kind:
            case Tuple(cls=cls):
                return self.builder.bind(ir.Display(cls), tuple(fields), kind)
            case Dict(keys=keys):
                pairs = [a for k, f in zip(keys, fields, strict=True) for a in (Const(k), f)]
                return self.builder.bind(ir.Display(dict), tuple(pairs), kind)
            case Object(cls=cls, names=names):
                return self.builder.bind(ir.Construct(cls, names), tuple(fields), kind)
            case List():
                return self.builder.bind(ir.Display(list), tuple(fields), kind)
        raise UnsupportedError(
            f"an element of kind {kind} of a list that is differentiated",
            fix="use tuples or dicts of arrays",
        )


def mixed() -> LostError:
    """A list is read as a whole, in a loop, and also at places that are known."""
    return LostError(
        "a list of containers that is read in a loop and also element by element",
        why="the adjoints of its elements are kept in two ways that do not fit together",
        fix="read it in one way",
    )


def walked_once(forward: Block, dynamic: set[Var]) -> dict[Var, Loop]:
    """The lists that nothing but one loop reads, which takes every element exactly once."""
    reads = [a for s in statements(forward) for a in atoms(s) if a in dynamic]
    found = {}
    for s in forward.stmts:
        if (
            isinstance(s, Loop)
            and s.source is not None
            and s.stop is None
            and s.source.op in (iter, enumerate)
        ):
            for leaf in s.source.leaves():
                if leaf.op is iter and reads.count(leaf.args[0]) == 1 and _is_flat(leaf.args[0]):
                    found[leaf.args[0]] = s
    return found


def _is_flat(sequence: Any) -> bool:
    element = sequence.kind.element
    parts = [k for _, k in fields_of(element)] or [element]
    return all(isinstance(p, Num) for p in parts)


def dynamic_lists(block: Block, activity: Activity) -> set[Var]:
    """The active lists that grow, or are read or changed at an index that only a run knows."""
    found: set[Var] = set()
    for s in statements(block):
        defined = (*targets(s), *inner_targets(s))
        found.update(v for v in defined if isinstance(v.kind, List) and v.kind.elements is None)
        if isinstance(s, Bind) and s.op is operator.getitem:
            owner, index = s.args
            if isinstance(owner, Var) and not isinstance(index, Const):
                found.add(owner)
        if isinstance(s, Loop) and s.source is not None:
            leaves = [leaf for leaf in s.source.leaves() if leaf.op is iter]
            found.update(leaf.args[0] for leaf in leaves if isinstance(leaf.args[0], Var))
    return {v for v in found if isinstance(v.kind, List) and v in activity}


def _is_scalar(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.is_scalar

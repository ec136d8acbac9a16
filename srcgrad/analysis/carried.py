"""What a loop changes: names, and memory that is stored into.

A pass starts from parameters and hands on their next values.  A name that lies in the same memory
at both ends of a pass is not carried by itself (it is "held"): its memory is, if anything is
stored there.  Which memory that is shows only when a pass has been specialised, so passes are
tried until nothing new comes up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeGuard

from srcgrad import ir
from srcgrad.analysis.join import LoopJoin, join
from srcgrad.analysis.memory import Cell, Lost, Memory, is_memory, meet
from srcgrad.analysis.values import Pack, Value, kind_of_value, same_shape
from srcgrad.errors import NotKnownError
from srcgrad.ir import Loop, Var
from srcgrad.kinds import BOTTOM, UNKNOWN, Kind, Object, forget_value

Path = tuple[int, ...]
Leaf = tuple[object, Path]


@dataclass(eq=False)
class Entry:
    """A name (`key` is its position) or a cell of memory, and how its value is built."""

    key: Any
    hint: str | None
    init: Value
    shape: Value


class Carried:
    """The entries of one loop, and what is known of them so far."""

    def __init__(self, memory: Memory, s: Loop, inits: list[Value]) -> None:
        self.memory = memory
        self.before = memory.state
        self.mark = memory.mark()
        self.entries = [
            Entry(i, p.hint, v, v) for i, (p, v) in enumerate(zip(s.params, inits, strict=True))
        ]
        self.kinds: dict[Leaf, Kind] = {}
        self.held: set[Leaf] = set()
        self.lost: set[Cell] = set()
        self.outer: dict[Leaf, set[Cell]] = {}
        self.related: set[frozenset[Leaf]] = set()
        self.own: dict[Leaf, Cell] = {}
        self.widening = LoopJoin(s)
        self.bound: ir.Source | None = None
        self.started: dict[Cell, Any] = {}
        for entry in self.entries:
            self._hold(entry.key, entry.init, ())
        self._start_kinds()

    def _hold(self, key: object, value: Value, path: Path) -> None:
        if self.memory.reference(value) is not None:
            self.held.add((key, path))
        elif isinstance(value, Pack):
            for i, part in enumerate(value.values):
                self._hold(key, part, (*path, i))

    def _start_kinds(self) -> None:
        self.kinds = {}
        for entry in self.entries:
            for path, value in self.leaves(entry, entry.init):
                kind = BOTTOM if value is ir.UNDEFINED else forget_value(kind_of_value(value))
                self.kinds[entry.key, path] = kind

    # taking values apart and putting them together

    def leaves(self, entry: Entry, value: Value) -> list[tuple[Path, Value]]:
        """The parts of a value that are carried one by one, as many as the entry's shape has."""
        return list(self._leaves(entry.key, entry.shape, value, ()))

    def _leaves(
        self, key: object, shape: Value, value: Value, path: Path
    ) -> Iterator[tuple[Path, Value]]:
        if (key, path) in self.held:
            return
        if not isinstance(shape, Pack):
            yield path, value
            return
        for i, part in enumerate(shape.values):
            inner = value.values[i] if isinstance(value, Pack) else ir.UNDEFINED
            yield from self._leaves(key, part, inner, (*path, i))

    def _nodes(self, shape: Value, value: Value, path: Path) -> Iterator[tuple[Path, Value]]:
        """A value and all its parts, down to those that are carried one by one."""
        yield path, value
        for i, part in enumerate(shape.values if isinstance(shape, Pack) else ()):
            inner = value.values[i] if isinstance(value, Pack) else ir.UNDEFINED
            yield from self._nodes(part, inner, (*path, i))

    def build(self, entry: Entry, make: Callable[[Leaf], Value]) -> Value:
        """A value of the entry's shape with its carried leaves made by `make`."""
        return self._build(entry, entry.shape, (), make)

    def _build(
        self, entry: Entry, shape: Value, path: Path, make: Callable[[Leaf], Value]
    ) -> Value:
        leaf = (entry.key, path)
        if leaf in self.held:
            place = self.memory.reference(shape)
            if isinstance(shape, Pack) or place is None:
                return shape
            return self.memory.place(place, kind_of_value(shape), entry.hint)
        if not isinstance(shape, Pack):
            return make(leaf)
        values = tuple(self._build(entry, v, (*path, i), make) for i, v in enumerate(shape.values))
        cell = None
        if shape.cell is not None:
            cell = entry.key if not path and isinstance(entry.key, Cell) else self._cell(leaf)
        pack = Pack(shape.cls, values, shape.keys, cell)
        if cell is not None and cell is not entry.key:
            cell.first = pack
        return pack

    def _cell(self, leaf: Leaf) -> Cell:
        """The memory that a carried leaf lies in during one pass, or after the loop."""
        cell = self.own[leaf] = Cell(ir.UNDEFINED)
        self.memory.relate(cell, self.outer.get(leaf, ()))
        return cell

    def start(self) -> tuple[dict[Any, Value], list[Var]]:
        """The value of each entry at the start of a pass, and the parameters that make them up."""
        params: list[Var] = []
        hints = {e.key: e.hint if not isinstance(e.shape, Pack) else None for e in self.entries}

        def make(leaf: Leaf) -> Value:
            params.append(Var(hints[leaf[0]], self.kinds[leaf]))
            return params[-1]

        return self.enter(make), params

    def enter(self, make: Callable[[Leaf], Value]) -> dict[Any, Value]:
        """The value of each entry, with its memory as it is at the start of a pass."""
        self.own = {}
        values: dict[Any, Value] = {}
        self.memory.state = dict(self.before) | {c: Lost() for c in self.lost}
        for entry in self.entries:
            values[entry.key] = self.build(entry, lambda leaf: self._placed(leaf, make(leaf)))
            if isinstance(entry.key, Cell):
                self.memory.state[entry.key] = values[entry.key]
        for pair in self.related:
            first, second = (self.own.get(leaf) for leaf in pair)
            if first is not None and second is not None:
                self.memory.relate(first, [second])
        return values

    def _placed(self, leaf: Leaf, value: Value) -> Value:
        """A carried leaf with its place in memory."""
        key, path = leaf
        if isinstance(value, Var) and is_memory(value.kind):
            if isinstance(key, Cell) and not path:
                self.memory.references[value] = self.memory.whole(key)
            else:
                cell = self._cell(leaf)
                cell.first = value
                self.memory.references[value] = self.memory.whole(cell)
        return value

    # learning from a pass

    def learn(self, yields: dict[Any, Value], started: dict[Cell, Any]) -> bool:
        """Note what a pass has shown; whether that was news."""
        news = [
            self._learn_memory(started),
            *map(lambda e: self._learn_held(e, yields), self.entries),
        ]
        if any(news):
            self._start_kinds()
            return True
        if any([self._learn_shape(e, yields[e.key]) for e in self.entries]):
            self._start_kinds()
            return True
        kinds = self._learn_kinds(yields)
        return self._learn_places(yields) or kinds

    def _learn_memory(self, started: dict[Cell, Any]) -> bool:
        known = {e.key for e in self.entries} | self.lost
        news = False
        for cell, content in self.memory.state.items():
            if cell.serial > self.mark or cell in self.lost:
                continue
            if isinstance(content, Lost):
                changed = not isinstance(self.before.get(cell), Lost)
                self.lost |= {cell} if changed else set()
                self.entries = [e for e in self.entries if e.key is not cell]
                news = news or changed
            elif cell not in known and content is not started.get(cell, cell.first):
                self._add(cell)
                news = True
        return news

    def _add(self, cell: Cell) -> None:
        init = self.before[cell] if cell in self.before else self.memory.initial(cell)
        assert not isinstance(init, Lost)
        now, self.memory.state = self.memory.state, self.before
        init = self.memory.fresh(init)
        self.memory.state = now
        hint = init.hint if isinstance(init, Var) else cell.hint
        entry = Entry(cell, hint, init, init)
        self.entries.append(entry)
        if isinstance(init, Pack):
            for i, part in enumerate(init.values):
                self._hold(cell, part, (i,))

    def _learn_held(self, entry: Entry, yields: dict[Any, Value]) -> bool:
        value = yields.get(entry.key)
        return value is not None and self._check(entry.key, entry.shape, value, ())

    def _check(self, key: object, shape: Value, value: Value, path: Path) -> bool:
        """Stop holding what does not lie in the same memory at the end of a pass."""
        if (key, path) in self.held:
            a, b = self.memory.reference(shape), self.memory.reference(value)
            if a is not None and b is not None and a.is_same(b):
                return False
            self.held.discard((key, path))
            if isinstance(shape, Pack):
                for i, part in enumerate(shape.values):
                    self._hold(key, part, (*path, i))
            return True
        if not isinstance(shape, Pack) or not isinstance(value, Pack):
            return False
        parts = enumerate(zip(shape.values, value.values, strict=False))
        return any([self._check(key, s, v, (*path, i)) for i, (s, v) in parts])

    def _learn_shape(self, entry: Entry, value: Value) -> bool:
        if (entry.key, ()) in self.held:
            return False
        common = self._common(entry.shape, value, (entry.key, ()))
        if common is entry.shape:
            return False
        entry.shape = common
        self.held = {leaf for leaf in self.held if leaf[0] is not entry.key}
        if isinstance(common, Pack) and isinstance(entry.init, Pack):
            for i, part in enumerate(entry.init.values):
                self._hold(entry.key, part, (i,))
        return True

    def _common(self, a: Value, b: Value, leaf: Leaf) -> Value:
        """A shape that fits both: that of the one that is defined, else a single value."""
        if (
            leaf in self.held
            or b is ir.UNDEFINED
            or same_shape(a, b)
            or (isinstance(a, Var) and isinstance(b, Pack))
        ):
            return a
        if a is ir.UNDEFINED:
            return _undefined(b)
        if isinstance(a, Pack) and isinstance(b, Pack) and _are_alike(a, b):
            key, path = leaf
            pairs = enumerate(zip(a.values, b.values, strict=True))
            parts = tuple(self._common(p, q, (key, (*path, i))) for i, (p, q) in pairs)
            same = all(p is q for p, q in zip(parts, a.values, strict=True))
            return a if same else Pack(a.cls, parts, a.keys, a.cell)
        for one in (a, b):
            if _is_object(one):
                raise changing(one.cls)
        return Var(None, join(kind_of_value(a), kind_of_value(b)))

    def _learn_kinds(self, yields: dict[Any, Value]) -> bool:
        news = False
        for entry in self.entries:
            for path, value in self.leaves(entry, yields[entry.key]):
                old = self.kinds[entry.key, path]
                new = self.widening.widen(old, kind_of_value(value))
                self.kinds[entry.key, path] = new
                news = news or new != old
        return news

    def give_up(self, before: dict[Leaf, Kind]) -> None:
        """Take for unknown every kind that still changes."""
        for leaf, kind in self.kinds.items():
            if before.get(leaf, kind) != kind:
                if isinstance(kind, Object):
                    raise changing(kind.cls)
                self.kinds[leaf] = UNKNOWN

    def _learn_places(self, yields: dict[Any, Value]) -> bool:
        """Which memory from outside the loop, and of each other, carried leaves may lie in."""
        cells: dict[Leaf, set[Cell]] = {}
        starts: dict[Leaf, set[Cell]] = {}
        for entry in self.entries:
            inits = dict(self._nodes(entry.shape, entry.init, ()))
            for path, value in self._nodes(entry.shape, yields[entry.key], ()):
                leaf = (entry.key, path)
                if leaf in self.own:
                    starts[leaf] = self.memory.own(inits[path])
                    cells[leaf] = self.memory.own(value)
        owners = {cell: leaf for leaf, cell in self.own.items()}
        news = False
        for leaf, found in cells.items():
            near = {c for cell in found | starts[leaf] for c in self.memory.family(cell)}
            reached = {c for c in near if c.serial < self.mark}
            for cell in found:
                reached |= self.outer.get(owners[cell], set()) if cell in owners else set()
            news = news or not reached <= self.outer.get(leaf, set())
            self.outer.setdefault(leaf, set()).update(reached)
        for a, b in combinations(cells, 2):
            pair = frozenset((a, b))
            if pair not in self.related and (
                meet(cells[a], cells[b]) or meet(starts[a], starts[b])
            ):
                self.related.add(pair)
                news = True
        return news


def _is_object(value: Value) -> TypeGuard[Pack]:
    return isinstance(value, Pack) and value.cls not in (list, dict) and not _is_tuple(value)


def _are_alike(a: Pack, b: Pack) -> bool:
    """Whether two objects are of one class, with the same attributes."""
    return _is_object(a) and a.keys is not None and a.cls is b.cls and a.keys == b.keys


def _is_tuple(pack: Pack) -> bool:
    return issubclass(pack.cls, tuple)


def changing(cls: type) -> NotKnownError:
    """The refusal of an object that is another one, or has other attributes, after a pass."""
    return NotKnownError(
        f"a {cls.__name__} that is built in another way after a pass of a loop",
        why="what its attributes are must be known when compiling",
        fix="set all attributes before the loop",
    )


def _undefined(shape: Value) -> Value:
    """A value built like another one, with nothing in it."""
    if not isinstance(shape, Pack):
        return ir.UNDEFINED
    return Pack(shape.cls, tuple(map(_undefined, shape.values)), shape.keys, shape.cell)

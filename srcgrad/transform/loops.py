"""The reverse sweep of loops: the same passes, last first.

A `for` over a range reverses the range; other iterables are indexed; a loop whose number of passes
only a run knows has them counted, by its tape if it has one.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Atom, Block, Const, Loop, Source, Var
from srcgrad.kinds import UNKNOWN, Kind, List, Num, integer
from srcgrad.transform.adjoints import Adjoints, bar_name, kind_at
from srcgrad.transform.exits import Exits
from srcgrad.transform.last_pass import spare
from srcgrad.transform.needed import Bridge, new_tape
from srcgrad.transform.resimplify import carry_less
from srcgrad.transform.shadows import Spot
from srcgrad.transform.tidy import drop_dead
from srcgrad.walk import defined, inner_targets, read

if TYPE_CHECKING:
    from srcgrad.transform.reverse import Reverser


def reverse_loop(reverser: Reverser, loop: Loop) -> None:
    """Emit the reverse sweep of a loop."""
    LoopReverser(reverser, loop).run()


class LoopReverser:
    """Reverses one loop."""

    def __init__(self, reverser: Reverser, loop: Loop) -> None:
        self.reverser = reverser
        self.builder: Builder = reverser.builder
        self.loop = loop
        self.outer = reverser.adjoints
        self.local = defined(loop.body) | set(inner_targets(loop))
        self.index = Var("k", integer())

    def run(self) -> None:
        carried = self._carried()
        if not carried and not self._reaches_items():
            return
        seeds = [self.outer.take((t, path)) for t, path in carried]
        exits = Exits(self.loop, {self._position(t) for t, _ in carried})
        body, inner, params = self._body(carried, exits)
        places = [p for p in inner.accumulators if self._changed(inner, p)]
        results = self._results(body, inner, carried, places)
        body.results = tuple(results)
        accumulated = tuple(inner.accumulators[p] for p in places)
        self._spare_last_pass(body, carried, params)
        count = self._bridge(body, exits)
        inits = self._inits(carried, seeds, places)
        self._emit(body, (*params, *accumulated), inits, carried, places, count)

    def _spare_last_pass(self, body: Block, carried: list[Any], params: list[Var]) -> None:
        first = self._first_index()
        for i, (target, path) in enumerate(carried):
            init = self.loop.inits[self._position(target)]
            if first is not None and not path and init not in self.reverser.activity:
                spare(self.builder, body, i, params[i], self.index, first)

    def _first_index(self) -> Atom | None:
        """The index of the forward loop's first pass; None if it has no index."""
        if self.loop.source is None or not self._indexable():
            return None
        return _range_parts(self.loop.source)[0] if self._is_plain_range() else Const(0)

    def _position(self, target: Var) -> int:
        return self.loop.targets.index(target)

    def _carried(self) -> list[tuple[Var, tuple[Any, ...]]]:
        """The loop's targets whose adjoints the reverse loop carries, with paths into them."""
        self.outer.settle()
        found: list[tuple[Var, tuple[Any, ...]]] = []
        activity = self.reverser.activity
        for target, param in zip(self.loop.targets, self.loop.params, strict=True):
            if target in activity or param in activity:
                paths = {p for v, p in self.outer.table if v is target}
                if isinstance(target.kind, Num) or not paths:
                    paths.add(())
                found.extend((target, p) for p in sorted(paths, key=repr))
        return found

    def _reaches_items(self) -> bool:
        return False

    # the body of the reverse loop

    def _body(self, carried: list[Any], exits: Exits) -> tuple[Block, Adjoints, list[Var]]:
        reverser = self.reverser
        inner = reverser.adjoints = Adjoints(self.builder, self.local)
        reverser.loops.append(self.loop)
        params = [Var(bar_name(place), self._carried_kind(place)) for place in carried]
        self.builder.looping += 1
        with self.builder.block() as body:
            self.builder.origin = self.loop.origin
            for (target, path), param in zip(carried, params, strict=True):
                reverser.add_result(exits.result(self._position(target)), path, param)
            reverser.block(exits.body())
            self.builder.origin = self.loop.origin
            self._items(inner)
            inner.settle()
        self.builder.looping -= 1
        reverser.loops.pop()
        reverser.adjoints = self.outer
        return body, inner, params

    def _is_reset(self, param: Var) -> bool:
        """Whether a pass assigns what it carries before it reads it, so that nothing flows back."""
        return param not in self.reverser.activity

    def _carried_kind(self, place: Any) -> Kind:
        """The kind of a carried adjoint, which is 0.0 in all but the first pass if it is reset."""
        kind = kind_at(place[0].kind, place[1])
        param = self.loop.params[self._position(place[0])]
        if self._is_reset(param) and isinstance(kind, Num) and not kind.is_scalar:
            return Num(kind.dtype, None)
        return kind

    def _items(self, inner: Adjoints) -> None:
        """Move the adjoints of the items to what they are elements of."""
        for leaf in self.loop.source.leaves() if self.loop.source else ():
            if leaf.item is None or leaf.op is not iter:
                continue
            parts = inner.take_all(leaf.item)
            sequence = leaf.args[0]
            if not parts or not isinstance(sequence, Var) or sequence not in self.reverser.activity:
                continue
            at = self._element_index(leaf)
            if isinstance(sequence.kind, List):
                self.reverser.add_item(sequence, at, parts, self.loop)
            elif isinstance(sequence.kind, Num):
                inner.add_at((sequence, ()), Spot(at), parts[()])
            else:
                raise _unknown_sequence()

    def _changed(self, inner: Adjoints, place: Any) -> bool:
        return inner.table.get(place) not in (None, inner.accumulators[place])

    def _results(
        self, body: Block, inner: Adjoints, carried: list[Any], places: list[Any]
    ) -> list[Atom]:
        with self.builder.inside(body):
            params = [(self.loop.params[self._position(t)], path) for t, path in carried]
            results = [self._carried_result(inner, place) for place in params]
            return results + [inner.filled(p, inner.get(p)) for p in places]

    def _carried_result(self, inner: Adjoints, place: Any) -> Atom:
        if self._is_reset(place[0]) and inner.get(place) is None:
            return Const(0.0)
        return inner.filled(place, inner.get(place))

    def _inits(
        self, carried: list[Any], seeds: list[Atom | None], places: list[Any]
    ) -> tuple[Atom, ...]:
        self.builder.origin = None
        inits = [self._init(place, seed) for place, seed in zip(carried, seeds, strict=True)]
        inits += [self.outer.filled(p, self.outer.get(p)) for p in places]
        return tuple(inits)

    def _init(self, place: Any, seed: Atom | None) -> Atom:
        if seed is None and self._is_reset(self.loop.params[self._position(place[0])]):
            return Const(0.0)
        return self.outer.filled(place, seed)

    def _left_over(self, init: Atom, kind: Kind) -> Kind:
        """The kind of what is left of a carried adjoint: that of what the loop started from."""
        before = kind_of(init)
        if not (isinstance(before, Num) and isinstance(kind, Num)):
            return kind
        return (
            Num(kind.dtype, before.dims) if before.dims and _rank(before) == _rank(kind) else kind
        )

    def _fits(self, init: Atom, target: Var) -> bool:
        """Whether what a loop started from has the rank of what it carries."""
        rank = _rank(kind_of(init))
        return rank is not None and rank == _rank(target.kind)

    def _emit(
        self,
        body: Block,
        params: tuple[Var, ...],
        inits: tuple[Atom, ...],
        carried: list[Any],
        places: list[Any],
        count: Atom | None,
    ) -> None:
        source = self._reverse_source(body, count)
        targets = tuple(Var(p.hint, p.kind) for p in params)
        for (target, _), bar in zip(carried, targets, strict=False):
            bar.kind = self._left_over(self.loop.inits[self._position(target)], bar.kind)
        backward = Loop(source, params, inits, body, targets, origin=self.loop.origin)
        constant = carry_less(self.builder, backward)
        self.builder.stmts.append(backward)
        bars: list[Atom] = [constant.get(t, t) for t in targets]
        self.outer.table.update(zip(places, bars[len(carried) :], strict=True))
        for (target, path), left in zip(carried, bars, strict=False):
            init = self.loop.inits[self._position(target)]
            if init in self.reverser.activity:
                self.reverser.add_result(
                    init, path, left, init if self._fits(init, target) else target
                )

    # passes and their indices

    def _bridge(self, body: Block, exits: Exits) -> Atom | None:
        """Connect the body to the forward pass; the number of passes, if it had to be counted."""
        given = self._given()
        bridge = Bridge(self.reverser, self.loop.body, body, inner_targets(self.loop))
        with self.builder.block() as prefix:
            bridge.mapping.update((item, make()) for item, make in given.items())
        counted = self.loop.source is None or self.loop.stop is not None or not self._indexable()
        nested = bool(self.reverser.loops)
        self.reverser.loops.append(self.loop)
        bridge.connect(exits.block(), hoist=not (counted and nested))
        self.reverser.loops.pop()
        body.stmts[:0] = prefix.stmts
        drop_dead(body)
        if not counted:
            return None
        return self._count_passes(bridge, exits, nested)

    def _count_passes(self, bridge: Bridge, exits: Exits, nested: bool) -> Atom:
        if bridge.tape is not None:
            if nested:
                self._before_loop(new_tape(bridge.tape))
                bridge.keep_on_tape(self.index)
            return self.builder.bind(len, (bridge.tape,), integer())
        return exits.add_counter()

    def _before_loop(self, s: ir.Stmt) -> None:
        self.reverser.insert_before(self.loop, s)

    def _indexable(self) -> bool:
        leaves = self.loop.source.leaves() if self.loop.source else ()
        return all(leaf.op is not iter or _has_length(leaf.args[0]) for leaf in leaves)

    def _given(self) -> dict[Var, Any]:
        """How to have each item again from the reverse loop's index."""
        found = {}
        for leaf in self.loop.source.leaves() if self.loop.source else ():
            assert leaf.item is not None
            if leaf.op is not iter:
                found[leaf.item] = lambda leaf=leaf: self._counter(leaf)
            elif _has_length(leaf.args[0]):
                found[leaf.item] = lambda leaf=leaf: self._element_of(leaf)
        return found

    def _counter(self, leaf: Source) -> Atom:
        assert leaf.item is not None
        if self._is_plain_range():
            self.index.hint = leaf.item.hint or "k"
            return self.index
        at = self._element_index(leaf)
        if leaf.op is enumerate:
            return self.builder.emit(operator.add, leaf.args[0], at)
        start, _, step = _range_parts(leaf)
        scaled = self.builder.emit(operator.mul, at, step)
        return self.builder.emit(operator.add, start, scaled)

    def _element_of(self, leaf: Source) -> Atom:
        assert leaf.item is not None
        at = self._element_index(leaf)
        return self.builder.bind(
            operator.getitem, (leaf.args[0], at), leaf.item.kind, leaf.item.hint
        )

    def _element_index(self, leaf: Source) -> Atom:
        """The index of a leaf's element in the pass that `index` counts."""
        assert self.loop.source is not None
        return self._index_in(self.loop.source, leaf, self.index)

    def _index_in(self, source: Source, leaf: Source, at: Atom) -> Atom:
        if source is leaf:
            return at
        for arg in source.args:
            if isinstance(arg, Source) and leaf in set(arg.leaves()):
                if source.op is reversed:
                    last = self.builder.emit(operator.sub, self._length(arg), Const(1))
                    at = self.builder.emit(operator.sub, last, at)
                return self._index_in(arg, leaf, at)
        raise AssertionError("the leaf is not of this loop")

    def _length(self, source: Source) -> Atom:
        if source.op is range:
            return self._range_length(source)
        if source.op is iter:
            return self.builder.call(len, (source.args[0],))
        parts = [
            self._length(a)
            for a in source.args
            if (isinstance(a, Source) and a.op is not enumerate) or _is_nested(a)
        ]
        if source.op is zip and len(parts) > 1:
            return self.builder.bind(min, tuple(parts), integer())
        return parts[-1]

    def _range_length(self, leaf: Source) -> Atom:
        start, stop, step = _range_parts(leaf)
        if _is(step, 1):
            return self.builder.emit(operator.sub, stop, start)
        made = self.builder.bind(range, (start, stop, step), UNKNOWN)
        return self.builder.bind(len, (made,), integer())

    def _is_plain_range(self) -> bool:
        """Whether the loop runs over one range, to its end, in steps of one."""
        source = self.loop.source
        if source is None or source.op is not range or self.loop.stop is not None:
            return False
        return any(_is(_range_parts(source)[2], s) for s in (1, -1))

    def _reverse_source(self, body: Block, count: Atom | None) -> Source:
        used = self.index in set(read(body))
        if count is None and self._is_plain_range():
            return self._reversed_range(used)
        if count is None:
            assert self.loop.source is not None
            count = self._length(self.loop.source)
        if not used:
            return Source(range, (count,), self.index)
        last = self.builder.emit(operator.sub, count, Const(1))
        return Source(range, (last, Const(-1), Const(-1)), self.index)

    def _reversed_range(self, used: bool) -> Source:
        assert self.loop.source is not None
        if not used:
            return Source(range, self.loop.source.args, self.index)
        start, stop, step = _range_parts(self.loop.source)
        back = Const(-1) if _is(step, 1) else Const(1)
        first = self.builder.emit(operator.add, stop, back)
        end = self.builder.emit(operator.add, start, back)
        return Source(range, (first, end, back), self.index)


def _rank(kind: Kind) -> int | None:
    return len(kind.dims) if isinstance(kind, Num) and kind.dims is not None else None


def _has_length(sequence: Atom) -> bool:
    return isinstance(sequence, Const) or isinstance(sequence.kind, List | Num)


def _is_nested(source: Any) -> bool:
    return isinstance(source, Source) and any(isinstance(a, Source) for a in source.args)


def _range_parts(source: Source) -> tuple[Atom, Atom, Atom]:
    args = source.args
    if len(args) == 1:
        return Const(0), args[0], Const(1)
    return args[0], args[1], args[2] if len(args) == 3 else Const(1)


def _is(atom: Atom, value: int) -> bool:
    return isinstance(atom, Const) and type(atom.value) is int and atom.value == value


def _unknown_sequence() -> UnsupportedError:
    return UnsupportedError(
        "a loop over something whose kind is not known",
        why="its elements cannot be found again in the reverse sweep",
        fix="pass example arguments, or loop over a list or an array",
    )

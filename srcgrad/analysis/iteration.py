"""Specialise loops: unroll those over tuples, and find the kinds that the others carry."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from srcgrad.analysis.branches import BranchSpecialiser
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.carried import Carried
from srcgrad.analysis.memory import Cell, Lost, is_memory
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import LostError, UnsupportedError
from srcgrad.ir import Block, Const, If, Loop, Source, Var
from srcgrad.kinds import (
    UNKNOWN,
    Dict,
    Kind,
    List,
    NotStaticError,
    Num,
    Tuple,
    forget_value,
    integer,
)

UNROLLED = 16  # sequences of equals longer than this are looped over
TRIALS = 24  # a loop whose kinds have not settled by then never will


@dataclass(eq=False)
class Pass:
    """One pass of an unrolled loop: what each leaf of the source binds."""

    items: list[Callable[[], Value]]


@dataclass(eq=False)
class Trial:
    """What one pass of a loop came to: what it started from and what it hands on."""

    params: list[Var]
    test: Block | None
    source: Source | None
    yields: dict[Any, Value]
    stop: Value
    started: dict[Cell, Any]


class LoopSpecialiser(BranchSpecialiser):
    """The part of the specialiser that knows what loops do.

    `walked` are the sequences that a loop walks through by index, since it changes them.
    """


    def _loop(self, s: Loop) -> None:
        source = s.source and self._resolve_source(s.source)
        passes = None if source is None else self._unrolled(source)
        if passes is not None:
            self._unroll(s, source, passes)
        elif s.test is not None and self.truth_of_block(s.test) is False:
            self.env.update((t, self.value(i)) for t, i in zip(s.targets, s.inits, strict=True))
        else:
            self._carry(s, source)

    def truth_of_block(self, test: Block) -> bool | None:
        result = test.results[0]
        return bool(result.value) if isinstance(result, Const) else None

    def _resolve_source(self, source: Source) -> Source:
        """The source with its arguments resolved to values."""
        args = tuple(
            self._resolve_source(a)
            if isinstance(a, Source)
            else self._iterated(source.op, self.value(a))
            for a in source.args
        )
        return Source(source.op, args, source.item)

    def _iterated(self, op: Any, value: Value) -> Value:
        if op is not iter:
            return value
        kind = kind_of_value(value)
        if isinstance(value, Pack) and value.keys is not None:
            return Pack(list, tuple(Const(k) for k in value.keys))
        if isinstance(value, Pack):
            return self._maybe_looped(value)
        if isinstance(kind, Dict):
            return Pack(list, tuple(Const(k) for k in kind.keys))
        if isinstance(kind, Tuple) or (isinstance(kind, List) and kind.element == UNKNOWN):
            return self.as_pack(value) or value
        if isinstance(kind, Num) and kind.dims == ():
            raise UnsupportedError(
                f"a loop over a value of kind {kind}",
                why="it cannot be iterated",
                fix="loop over range(n)",
            )
        return value

    def _maybe_looped(self, pack: Pack) -> Value:
        """Long sequences of equals are worth a loop."""
        kinds = {forget_value(kind_of_value(v)) for v in pack.values}
        plain = all(isinstance(v, Var | Const) for v in pack.values)
        return (
            self.atom(pack) if len(pack.values) > UNROLLED and len(kinds) == 1 and plain else pack
        )

    def _unrolled(self, source: Source) -> list[Pass] | None:
        """The passes of a loop over sequences known element by element."""
        if not any(isinstance(a, Pack) for a in _source_values(source)):
            return None
        return self._passes(source)

    def _passes(self, source: Source) -> list[Pass]:
        if source.op is reversed:
            return self._passes(source.args[0])[::-1]
        if source.op is zip:
            parts = [self._passes(a) for a in source.args]
            return [Pass([i for p in row for i in p.items]) for row in zip(*parts, strict=False)]
        if source.op is enumerate and isinstance(source.args[-1], Source):
            count, inner = source.args
            start = count.args[0]
            rows = self._passes(inner)
            return [Pass([partial(self._offset, start, k), *r.items]) for k, r in enumerate(rows)]
        if source.op is range:
            ends = [kind_of_value(a) for a in source.args]
            numbers = range(*(self._known_length(k.value) for k in ends if isinstance(k, Num)))
            return [Pass([partial(Const, k)]) for k in numbers]
        return self._sequence_passes(source.args[0])

    def _offset(self, start: Value, k: int) -> Value:
        return self.primitive(operator.add, [start, Const(k)])

    def _sequence_passes(self, value: Value) -> list[Pass]:
        if isinstance(value, Pack):
            return [Pass([partial(self._item_now, value, k)]) for k in range(len(value.values))]
        kind = kind_of_value(value)
        length = (
            kind.length
            if isinstance(kind, List)
            else kind.dims[0]
            if isinstance(kind, Num) and kind.dims
            else None
        )
        if length is None:
            raise UnsupportedError(
                "zip of a tuple and something of unknown length", fix="zip lists or arrays"
            )
        count = self._known_length(length)
        return [Pass([partial(self._item_now, value, k)]) for k in range(count)]

    def _item_now(self, sequence: Value, k: int) -> Value:
        """An element at the time of its pass, which may have been changed since the first."""
        now = self.memory.fresh(sequence)
        if isinstance(sequence, Pack) and not _is_as_long(now, sequence):
            raise _resized()
        return self.element(now, Const(k))

    def _known_length(self, length: Any) -> int:
        """How often an unrolled loop runs, which must be known."""
        try:
            return int(self.guards.value(integer(length)))
        except NotStaticError:
            raise UnsupportedError(
                "a loop over a tuple and something whose length is not known",
                why="the loop is written out, once for each element",
                fix="loop over range(n) and index both",
            ) from None

    def _unroll(self, s: Loop, source: Source | None, passes: list[Pass]) -> None:
        values = [self.value(i) for i in s.inits]
        values = self._unroll_from(
            s, [leaf.item for leaf in source.leaves()] if source else [], passes, values
        )
        if not self.raised:
            self.env.update(zip(s.targets, values, strict=True))

    def _unroll_from(
        self, s: Loop, items: list[Var | None], passes: list[Pass], values: list[Value]
    ) -> list[Value]:
        for index, one in enumerate(passes):
            env = dict(self.env) | dict(zip(s.params, values, strict=True))
            env |= {
                item: make()
                for item, make in zip(items, one.items, strict=True)
                if item is not None
            }
            extended = Block(s.body.stmts, (*s.body.results, s.stop or Const(False)))
            *values, stop = self.body(extended, env) or [*values, Const(True)]
            known = self.truth(stop)
            if self.raised or known:
                break
            if known is None:
                return self._unroll_rest(s, items, passes[index + 1 :], values, stop)
        return values

    def _unroll_rest(
        self, s: Loop, items: list[Var | None], passes: list[Pass], values: list[Value], stop: Value
    ) -> list[Value]:
        """The passes after one that may have been the last."""
        if not passes:
            return values
        before, self.memory.state = self.memory.state, dict(self.memory.state)
        mark = self.memory.mark()
        with self.builder.block() as rest:
            after = self._unroll_from(s, items, passes, list(values))
            rest.raises = self.raised
        statement = If(self.atom(stop), Block(), rest, (), origin=s.origin)
        merged = self._merge(statement, values, after, s.targets, (before, self.memory.state), mark)
        self.builder.stmts.append(statement)
        return merged

    def _carry(self, s: Loop, source: Source | None) -> None:
        """A loop that stays one: find what it carries, then specialise its body once more."""
        carried = Carried(self.memory, s, [self.value(i) for i in s.inits])
        with self._scope(s), self._marked():
            source = self._settle(s, source, carried)
            loop = self._loop_body(s, source, carried)
        self._finish(s, loop, carried)

    def _settle(self, s: Loop, source: Source | None, carried: Carried) -> Source | None:
        """Try passes until the kinds and places of what is carried are stable."""
        kinds = dict(carried.kinds)
        for _ in range(TRIALS):
            trial, changed = self._tried(s, source, carried)
            if source and changed:
                source = self._by_index(source, changed)
                continue
            self._check_lengths(source)
            assert trial is not None
            kinds = dict(carried.kinds)
            if not carried.learn(trial.yields, trial.started):
                return source
        carried.give_up(kinds)
        return source

    def _tried(
        self, s: Loop, source: Source | None, carried: Carried
    ) -> tuple[Trial | None, set[Var]]:
        """What a pass comes to, and the items of sequences that it changes."""
        outer, self.resized, carried.bound = self.resized, set(), None
        trial, lost = None, None
        with self.builder.block():
            try:
                trial = self._one_pass(s, source, carried)
            except LostError as error:
                lost = error
        self.latest, self.resized = self.resized, self.resized | outer
        changed: set[Var] = set()
        if source and carried.bound:
            changed = self._changed_sequence(source, carried)
        if lost is not None and not changed:
            raise lost
        return trial, changed

    def _one_pass(self, s: Loop, source: Source | None, carried: Carried) -> Trial:
        values, params = carried.start()
        started = carried.started = dict(self.memory.state)
        named = {p: values[i] for i, p in enumerate(s.params)}
        env = dict(self.env) | named
        test = self._test(s, env)
        items = carried.bound = self._bind_items(source, env)
        yields = self.body(Block(s.body.stmts, (*s.body.results, s.stop or Const(False))), env)
        if self.raised:
            yields = [*named.values(), Const(True)]
            self.memory.state = started
        ends: dict[Any, Value] = dict(enumerate(yields[:-1]))
        for entry in carried.entries:
            if isinstance(entry.key, Cell):
                lost = isinstance(self.memory.state.get(entry.key), Lost)
                ends[entry.key] = entry.shape if lost else self.memory.content(entry.key)
        return Trial(params, test, items, ends, yields[-1], started)

    def _test(self, s: Loop, env: dict[Var, Value]) -> Block | None:
        """The test of a `while`, on what a pass starts from."""
        if s.test is None:
            return None
        before = dict(self.memory.state)
        test, results = self.sub(s.test, dict(env))
        test.results = (self._atom_in(test, results[0]),)
        if any(before.get(c) is not v for c, v in self.memory.state.items()):
            raise UnsupportedError(
                "a while whose test stores into memory",
                why="the test is evaluated once more than the body",
                fix="write while True, with the test and break inside",
            )
        return test

    def _loop_body(self, s: Loop, source: Source | None, carried: Carried) -> Loop:
        with self.builder.block() as body:
            trial = self._one_pass(s, source, carried)
            body.raises = self.raised
            body.results = tuple(
                self.atom(v) for e in carried.entries for _, v in carried.leaves(e, trial.yields[e.key])
            )
            stop = self.atom(trial.stop)
        never = isinstance(stop, Const) and not stop.value
        last = None if never else stop
        return Loop(
            trial.source, tuple(trial.params), (), body, (), trial.test, last, origin=s.origin
        )

    def _finish(self, s: Loop, loop: Loop, carried: Carried) -> None:
        self.memory.state = carried.before
        inits = [v for e in carried.entries for _, v in carried.leaves(e, e.init)]
        loop.inits = tuple(self.atom(v) for v in inits)
        loop.targets = tuple(Var(p.hint, p.kind) for p in loop.params)
        self.builder.stmts.append(loop)
        supply = iter(loop.targets)
        values = carried.enter(lambda leaf: next(supply))
        self.env.update((t, values[i]) for i, t in enumerate(s.targets))

    def _bind_items(self, source: Source | None, env: dict[Var, Value]) -> Source | None:
        """The source with an item of the right kind at each leaf, entered into the environment."""
        if source is None:
            return None
        args = tuple(
            self._bind_items(a, env) if isinstance(a, Source) else self.atom(a) for a in source.args
        )
        item = None
        if source.item is not None:
            item = self._bind_item(source, args, env)
        return Source(source.op, args, item)

    def _bind_item(self, source: Source, args: tuple[Any, ...], env: dict[Var, Value]) -> Var:
        assert source.item is not None
        if source.item in self.walked:
            index = Var(None, self._item_kind(source, args))
            sequence = self.memory.fresh(self.walked[source.item])
            env[source.item] = self._named(self.element(sequence, index), source.item)
            return index
        item = Var(source.item.hint, self._item_kind(source, args))
        env[source.item] = item
        if source.op is iter and is_memory(item.kind):
            self.memory.new(item, self.memory.cells(args[0]))
        return item

    def _named(self, value: Value, target: Var) -> Value:
        """Let a value that has no name take the user's name for it."""
        raise NotImplementedError

    # sequences that a loop changes while it walks through them

    def _check_lengths(self, source: Source | None) -> None:
        """Refuse a walk through a list that is longer or shorter after a pass."""
        for leaf in source.leaves() if source else ():
            sequence = self.walked.get(leaf.item) if leaf.item is not None else None
            place = self.memory.reference(sequence) if sequence is not None else None
            kind = None if sequence is None else kind_of_value(sequence)
            if place is None or not isinstance(kind, List):
                continue
            if place.cell in self.latest:
                raise _resized()

    def _changed_sequence(self, source: Source, carried: Carried) -> set[Var]:
        """The items of sequences that the pass just tried has stored into."""
        found = set()
        assert carried.bound is not None
        for leaf, new in zip(source.leaves(), carried.bound.leaves(), strict=True):
            if leaf.op is iter and leaf.item is not None:
                cells = self.memory.cells(leaf.args[0])
                if new.item is not None:
                    cells |= self.memory.cells(new.item)
                state, started = self.memory.state, carried.started
                if any(state.get(c) is not started.get(c) for c in cells):
                    found.add(leaf.item)
        return found

    def _by_index(self, source: Source, items: set[Var]) -> Source:
        """The source with the walk through some sequences replaced by one over their indices."""
        if source.item in items:
            sequence = source.args[0]
            assert source.item is not None
            self.walked[source.item] = sequence
            length = self._call_static(len, [sequence], ())
            return Source(range, (Const(0), length), source.item)
        args = tuple(self._by_index(a, items) if isinstance(a, Source) else a for a in source.args)
        return Source(source.op, args, source.item)

    def _item_kind(self, source: Source, args: tuple[Any, ...]) -> Kind:
        if source.op is range:
            name = source.item.hint or "i" if source.item else "i"
            return integer(self.guards.fresh((self.guards.scope, self.marker, source.item), name))
        if source.op is not iter:
            return integer()
        kind = kind_of(args[0])
        if isinstance(kind, Num) and kind.dims:
            return replace(kind, dims=kind.dims[1:], value=None)
        if isinstance(kind, List):
            return self.instance(kind.element, source.item)
        return UNKNOWN

    @contextmanager
    def _marked(self) -> Iterator[None]:
        """Tell the indices of this loop from those of others with the same statement."""
        outer, self.marker = self.marker, object()
        try:
            yield
        finally:
            self.marker = outer

    @contextmanager
    def _scope(self, loop: Loop) -> Iterator[None]:
        outer, self.guards.scope = self.guards.scope, loop
        try:
            yield
        finally:
            self.guards.scope = outer


def _resized() -> UnsupportedError:
    return UnsupportedError(
        "a loop over a list that grows or shrinks meanwhile",
        why="how often it runs is known only when running",
        fix="loop over a copy of the list",
    )


def _is_as_long(now: Value, before: Pack) -> bool:
    return isinstance(now, Pack) and len(now.values) == len(before.values)


def _source_values(source: Source) -> Iterator[Value]:
    for arg in source.args:
        if isinstance(arg, Source):
            yield from _source_values(arg)
        else:
            yield arg

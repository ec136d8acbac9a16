"""Specialise loops that stay loops: find what they carry, and of which kinds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.carried import Carried
from srcgrad.analysis.library import refuse_same
from srcgrad.analysis.memory import Cell, Lost, is_memory
from srcgrad.analysis.unrolling import Unroller, resized_meanwhile
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import LostError, NotKnownError, UnsupportedError
from srcgrad.ir import Block, Const, Loop, Source, Var
from srcgrad.kinds import (
    UNKNOWN,
    Kind,
    List,
    Num,
    integer,
)

REFUSALS = (NotKnownError, LostError, UnsupportedError)
TRIALS = 24  # a loop whose kinds have not settled by then never will


@dataclass(eq=False)
class Trial:
    """What one pass of a loop came to: what it started from and what it hands on."""

    params: list[Var]
    test: Block | None
    source: Source | None
    yields: dict[Any, Value]
    stop: Value
    started: dict[Cell, Any]


class LoopSpecialiser(Unroller):
    """The part of the specialiser that knows what loops do.

    `walked` are the sequences that a loop walks through by index, since it changes them.
    """

    def _loop(self, s: Loop) -> None:
        if s.source is not None:
            values = [self.value(a) for leaf in s.source.leaves() for a in leaf.args]
            refuse_same(values)
        never = s.stop is None or (isinstance(s.stop, Const) and not s.stop.value)
        early = not never or (s.source is not None and s.source.op is zip)
        source, looked, stored = self._looked_into(s.source, early)
        before = {c: self.memory.state.get(c) for c in looked}
        with self.memory.reading() as read:
            self._walk(s, source)
        changed = any(not _holds_the_same(v, self.memory.state.get(c)) for c, v in before.items())
        if changed or read & stored:
            raise _out_of_step()

    def _looked_into(
        self, source: Source | None, early: bool
    ) -> tuple[Source | None, set[Cell], set[Cell]]:
        """The source resolved, what its elements were computed from, and what that stored into.

        All of that happens before the first pass.
        """
        outer = self.computed, self.stepwise
        self.computed, self.stepwise = set(), set()
        try:
            found = source and self._resolve_source(source, early)
            return found, self.computed, self.stepwise
        finally:
            self.computed, self.stepwise = outer

    def _walk(self, s: Loop, source: Source | None) -> None:
        passes = None if source is None else self._unrolled(source)
        if passes is not None:
            self._unroll(s, source, passes)
        elif s.test is not None and self.truth_of_block(s.test) is False:
            self.env.update((t, self.value(i)) for t, i in zip(s.targets, s.inits, strict=True))
        elif self.unrolled and (few := self._few(source)) is not None:
            self._unroll(s, source, few)
        else:
            self._carry_if_possible(s, source)

    def _carry_if_possible(self, s: Loop, source: Source | None) -> None:
        """A loop that stays one; one in which something has to be known is written out if short."""
        before = dict(self.memory.state)
        try:
            self._carry(s, source)
        except REFUSALS as error:
            passes = self._few(source)
            self.memory.state = before
            if passes is not None:
                self._unroll(s, source, passes)
            elif source is None and self._decided(s):
                return
            elif self.exact and isinstance(error, NotKnownError):
                self._carry_inexactly(s, source)
            else:
                raise error from None

    def _carry_inexactly(self, s: Loop, source: Source | None) -> None:
        """A loop in which not all that would better be known is insisted on."""
        self.exact = False
        try:
            self._carry(s, source)
        finally:
            self.exact = True

    def truth_of_block(self, test: Block) -> bool | None:
        result = test.results[0]
        return bool(result.value) if isinstance(result, Const) else None

    def _resolve_source(self, source: Source, early: bool) -> Source:
        """The source with its arguments resolved to values; not all may be walked if `early`."""
        args = tuple(
            self._resolve_source(a, early)
            if isinstance(a, Source)
            else self._iterated(source.op, self.value(a), early)
            for a in source.args
        )
        return Source(source.op, args, source.item)

    def _carry(self, s: Loop, source: Source | None) -> None:
        """A loop that stays one: find what it carries, then specialise its body once more."""
        carried = Carried(self.memory, s, [self.value(i) for i in s.inits])
        with self._scope(s), self._marked(), self._walking():
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
                ends[entry.key] = (
                    entry.shape if lost else self.memory.fresh(self.memory.content(entry.key))
                )
        return Trial(params, test, items, ends, yields[-1], started)

    def _test(self, s: Loop, env: dict[Var, Value]) -> Block | None:
        """The test of a `while`, on what a pass starts from."""
        if s.test is None:
            return None
        before = dict(self.memory.state)
        test, results = self.sub(s.test, dict(env))
        with self.builder.inside(test):
            tested = self.tested(results[0])
        test.results = (self._atom_in(test, tested),)
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
                self.atom(v)
                for e in carried.entries
                for _, v in carried.leaves(e, trial.yields[e.key])
            )
            stop = self.atom(trial.stop)
        never = isinstance(stop, Const) and not stop.value
        last = None if never else stop
        return Loop(
            trial.source,
            tuple(trial.params),
            (),
            body,
            (),
            trial.test,
            last,
            origin=self.builder.origin,
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
                raise resized_meanwhile()

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
    def _walking(self) -> Iterator[None]:
        """Forget afterwards what this loop walks through: it may run again, on something else."""
        outer, self.walked = self.walked, {}
        try:
            yield
        finally:
            self.walked = outer

    @contextmanager
    def _scope(self, loop: Loop) -> Iterator[None]:
        outer, self.guards.scope = self.guards.scope, loop
        try:
            yield
        finally:
            self.guards.scope = outer


def _holds_the_same(before: Any, after: Any) -> bool:
    """Whether memory holds the same values; what is in those that are memory is another matter."""
    if before is after:
        return True
    packs = isinstance(before, Pack) and isinstance(after, Pack)
    if not packs or before.keys != after.keys or len(before.values) != len(after.values):
        return False
    pairs = zip(before.values, after.values, strict=True)
    return all(p is q or _is_in_one_cell(p, q) for p, q in pairs)


def _is_in_one_cell(one: Value, other: Value) -> bool:
    both = isinstance(one, Pack) and isinstance(other, Pack)
    return both and one.cell is not None and one.cell is other.cell  # type: ignore[union-attr]


def _out_of_step() -> UnsupportedError:
    return UnsupportedError(
        "a loop over an iterator that looks into what the loop changes",
        why="each element is computed when its pass begins, and both take turns",
        fix="loop over the elements, and compute with them in the loop",
    )

"""Specialise loops over tuples and short lists: they are written out, pass by pass."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from srcgrad.analysis.library import View
from srcgrad.analysis.regions import RegionSpecialiser
from srcgrad.analysis.values import Pack, Value, is_instance, kind_of_value
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Block, Const, If, Loop, Source, Var
from srcgrad.kinds import UNKNOWN, Dict, List, NotStaticError, Num, Tuple, forget_value, integer

FEW = 64  # loops that have to be written out may have so many passes
UNROLLED = 16  # sequences of equals longer than this are looped over


@dataclass(eq=False)
class Pass:
    """One pass of an unrolled loop: what each leaf of the source binds."""

    items: list[Callable[[], Value]]


class Unroller(RegionSpecialiser):
    """The part of the specialiser that writes loops out."""

    def _iterated(self, op: Any, value: Value, early: bool = False) -> Value:
        if op is not iter:
            return value
        if isinstance(value, Pack) and issubclass(value.cls, View):
            return value
        value = self.consumed(value, early)
        if is_instance(value):
            value = self._walked(value)
        kind = kind_of_value(value)
        if isinstance(value, Pack) and value.keys is not None:
            return Pack(list, tuple(Const(k) for k in value.keys))
        if isinstance(value, Pack):
            return self._maybe_looped(value)
        if isinstance(kind, Dict):
            return Pack(list, tuple(Const(k) for k in kind.keys))
        if isinstance(value, Const) and isinstance(value.value, str):
            return Pack(list, tuple(map(Const, value.value)))
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

    def _few(self, source: Source | None) -> list[Pass] | None:
        """The passes of a loop over anything whose length the guard can fix; None if too many."""
        try:
            passes = None if source is None else self._passes(source)
        except UnsupportedError:
            return None
        return passes if passes is not None and len(passes) <= FEW else None

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
        if isinstance(value, Pack) and issubclass(value.cls, View):
            count = len(self.shown_now(value).values)
            return [Pass([partial(self._shown_item, value, k)]) for k in range(count)]
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
            raise NotKnownError(
                "zip of a tuple and something of unknown length",
                why="a loop over a tuple is written out, as many times as all parts have elements",
                fix="zip lists or arrays",
            )
        count = self._known_length(length)
        return [Pass([partial(self._item_now, value, k)]) for k in range(count)]

    def shown_now(self, view: Pack) -> Pack:
        """What a view of a dict shows at this time."""
        now = self.memory.fresh(view)
        shown = self.consumed(now)
        assert isinstance(shown, Pack)
        return shown

    def _shown_item(self, view: Pack, k: int) -> Value:
        shown = self.shown_now(view)
        if k >= len(shown.values):
            raise resized_meanwhile()
        return shown.values[k]

    def _item_now(self, sequence: Value, k: int) -> Value:
        """An element at the time of its pass, which may have been changed since the first."""
        now = self.memory.fresh(sequence)
        if isinstance(sequence, Pack) and not _is_as_long(now, sequence):
            raise resized_meanwhile()
        return self.element(now, Const(k))

    def _known_length(self, length: Any) -> int:
        """How often an unrolled loop runs, which must be known."""
        try:
            return int(self.guards.value(integer(length)))
        except NotStaticError:
            raise NotKnownError(
                "a loop over a tuple and something whose length is not known",
                why="the loop is written out, once for each element",
                fix="loop over range(n) and index both",
            ) from None

    def _decided(self, s: Loop) -> bool:
        """Write out a `while` whose every test is known when compiling; False if one is not."""
        count, before = len(self.builder.stmts), dict(self.memory.state)
        values, going = [self.value(i) for i in s.inits], True
        for _ in range(FEW):
            env = dict(self.env) | dict(zip(s.params, values, strict=True))
            test = Const(True) if s.test is None else self.body(s.test, env)[0]
            known = self.truth(self.tested(test)) if going else False
            if known is False:
                self.env.update(zip(s.targets, values, strict=True))
                return True
            extended = Block(s.body.stmts, (*s.body.results, s.stop or Const(False)))
            *values, stop = (self.body(extended, env) if known else []) or [*values, Const(True)]
            if self.raised:
                return True
            if known is None or self.truth(stop) is None:
                break
            going = not self.truth(stop)
        self.builder.forget(count)
        self.memory.state = before
        return False

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


def _source_values(source: Source) -> Iterator[Value]:
    for arg in source.args:
        if isinstance(arg, Source):
            yield from _source_values(arg)
        else:
            yield arg


def resized_meanwhile() -> UnsupportedError:
    """The refusal of a walk through a list that changes its length."""
    return UnsupportedError(
        "a loop over a list that grows or shrinks meanwhile",
        why="how often it runs is known only when running",
        fix="loop over a copy of the list",
    )


def _is_as_long(now: Value, before: Pack) -> bool:
    return isinstance(now, Pack) and len(now.values) == len(before.values)

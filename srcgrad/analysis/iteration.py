"""Specialise loops: unroll those over tuples, and find the kinds that the others carry."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from srcgrad import ir
from srcgrad.analysis.branches import BranchSpecialiser
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.join import LoopJoin, join
from srcgrad.analysis.values import (
    Pack,
    Value,
    kind_of_value,
    leaves,
    rebuild,
    same_shape,
)
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Block, Const, If, Loop, Source, Var
from srcgrad.kinds import (
    BOTTOM,
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
PASSES = 8  # a loop whose kinds have not settled by then never will


@dataclass(eq=False)
class Pass:
    """One pass of an unrolled loop: what each leaf of the source binds."""

    items: list[Callable[[], Value]]


class LoopSpecialiser(BranchSpecialiser):
    """The part of the specialiser that knows what loops do."""

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
            return [Pass([partial(_given, v)]) for v in value.values]
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
        return [Pass([partial(self.element, value, Const(k))]) for k in range(count)]

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
        with self.builder.block() as rest:
            after = self._unroll_from(s, items, passes, list(values))
            rest.raises = self.raised
        statement = If(self.atom(stop), Block(), rest, (), origin=s.origin)
        merged = self._merge(statement, values, after, s.targets)
        self.builder.stmts.append(statement)
        return merged

    def _carry(self, s: Loop, source: Source | None) -> None:
        """A loop that stays one: find the kinds it carries, then specialise its body once more."""
        inits = [self.value(i) for i in s.inits]
        with self._scope(s):
            shapes, kinds = self._settle(s, source, inits)
            loop, params = self._loop_body(s, source, shapes, kinds)
        self._finish(s, loop, shapes, inits, params)

    def _settle(
        self, s: Loop, source: Source | None, inits: list[Value]
    ) -> tuple[list[Value], list[Kind]]:
        """How the carried values are built, and the kinds of their leaves."""
        shapes = list(inits)
        kinds = new = [self._initial(v) for shape in shapes for v in leaves(shape)]
        widening = LoopJoin(s)
        for _ in range(PASSES):
            with self.builder.block():
                _, _, yields, _ = self._one_pass(s, source, shapes, kinds)
            new_shapes = [_common(a, b) for a, b in zip(shapes, yields, strict=True)]
            if any(a is not b for a, b in zip(shapes, new_shapes, strict=True)):
                shapes = new_shapes
                kinds = [self._initial(v) for shape in shapes for v in leaves(shape)]
                continue
            parts = [_parts(y, shape) for y, shape in zip(yields, shapes, strict=True)]
            after = [kind_of_value(v) for part in parts for v in part]
            new = [widening.widen(a, b) for a, b in zip(kinds, after, strict=True)]
            if new == kinds:
                return shapes, kinds
            kinds = new
        return shapes, [UNKNOWN if a != b else a for a, b in zip(kinds, new, strict=True)]

    def _initial(self, value: Value) -> Kind:
        return BOTTOM if value is ir.UNDEFINED else forget_value(kind_of_value(value))

    def _one_pass(
        self, s: Loop, source: Source | None, shapes: list[Value], kinds: list[Kind]
    ) -> tuple[list[Var], Block | None, list[Value], Source | None]:
        hints = [
            p.hint if not isinstance(v, Pack) else None
            for p, v in zip(s.params, shapes, strict=True)
            for _ in leaves(v)
        ]
        params = [Var(h, k) for h, k in zip(hints, kinds, strict=True)]
        supply: list[Value] = list(params)
        values = [rebuild(shape, supply) for shape in shapes]
        env = dict(self.env) | dict(zip(s.params, values, strict=True))
        test = None
        if s.test is not None:
            test, results = self.sub(s.test, dict(env))
            test.results = (self._atom_in(test, results[0]),)
        items = self._bind_items(source, env)
        yields = self.body(Block(s.body.stmts, (*s.body.results, s.stop or Const(False))), env)
        if self.raised:
            yields = [*values, Const(True)]
        self._stop = yields.pop()
        return params, test, yields, items

    def _loop_body(
        self, s: Loop, source: Source | None, shapes: list[Value], kinds: list[Kind]
    ) -> tuple[Loop, list[Var]]:
        with self.builder.block() as body:
            params, test, yields, items = self._one_pass(s, source, shapes, kinds)
            body.raises = self.raised
            parts = [_parts(y, shape) for y, shape in zip(yields, shapes, strict=True)]
            body.results = tuple(self.atom(v) for part in parts for v in part)
            stop = self.atom(self._stop)
        never = isinstance(stop, Const) and not stop.value
        loop = Loop(
            items, tuple(params), (), body, (), test, None if never else stop, origin=s.origin
        )
        return loop, params

    def _finish(
        self, s: Loop, loop: Loop, shapes: list[Value], inits: list[Value], params: list[Var]
    ) -> None:
        parts = [_parts(i, shape) for i, shape in zip(inits, shapes, strict=True)]
        loop.inits = tuple(self.atom(v) for part in parts for v in part)
        targets = [Var(p.hint, p.kind) for p in params]
        loop.targets = tuple(targets)
        self.builder.stmts.append(loop)
        supply: list[Value] = list(targets)
        self.env.update(
            (t, rebuild(shape, supply)) for t, shape in zip(s.targets, shapes, strict=True)
        )

    def _bind_items(self, source: Source | None, env: dict[Var, Value]) -> Source | None:
        """The source with an item of the right kind at each leaf, entered into the environment."""
        if source is None:
            return None
        args = tuple(
            self._bind_items(a, env) if isinstance(a, Source) else self.atom(a) for a in source.args
        )
        item = None
        if source.item is not None:
            item = Var(source.item.hint, self._item_kind(source, args))
            env[source.item] = item
        return Source(source.op, args, item)

    def _item_kind(self, source: Source, args: tuple[Any, ...]) -> Kind:
        if source.op is not iter:
            return integer()
        kind = kind_of(args[0])
        if isinstance(kind, Num) and kind.dims:
            return replace(kind, dims=kind.dims[1:], value=None)
        if isinstance(kind, List):
            return self.instance(kind.element, source.item)
        return UNKNOWN

    @contextmanager
    def _scope(self, loop: Loop) -> Iterator[None]:
        outer, self.guards.scope = self.guards.scope, loop
        try:
            yield
        finally:
            self.guards.scope = outer


def _given(value: Value) -> Value:
    return value


def _source_values(source: Source) -> Iterator[Value]:
    for arg in source.args:
        if isinstance(arg, Source):
            yield from _source_values(arg)
        else:
            yield arg


def _common(a: Value, b: Value) -> Value:
    """A shape that fits both: that of the one that is defined, else a single value."""
    if b is ir.UNDEFINED or same_shape(a, b) or (isinstance(a, Var) and isinstance(b, Pack)):
        return a
    if a is ir.UNDEFINED:
        return rebuild(b, [ir.UNDEFINED] * len(leaves(b)))
    return Var(None, join(kind_of_value(a), kind_of_value(b)))


def _parts(value: Value, shape: Value) -> list[Value]:
    """The leaves of a value, as many as its shape has."""
    if not isinstance(shape, Pack):
        return [value]
    if value is ir.UNDEFINED:
        return [ir.UNDEFINED] * len(leaves(shape))
    return leaves(value)

"""Specialise a lowered function to the kinds of its arguments.

One walk resolves every name and operation to an object, gives every value a kind, takes the branch of
every test that is known, and inlines the user's functions.  What comes out is plain: primitives on
variables and constants, branches, loops.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.calls import CallSpecialiser
from srcgrad.analysis.join import LoopJoin, join
from srcgrad.analysis.private import Privacy
from srcgrad.analysis.values import (
    Local,
    Method,
    Pack,
    Value,
    kind_of_value,
    leaves,
    materialise,
    rebuild,
    same_shape,
)
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.frontend.lower import Lowered
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Origin, Raise, Source, Stmt, Var
from srcgrad.kinds import (
    BOTTOM,
    UNKNOWN,
    Dict,
    Kind,
    List,
    NotStatic,
    Num,
    Tuple,
    Unknown,
    forget_value,
    integer,
)
from srcgrad.rules.table import lookup

UNROLLED = 16  # sequences of equals longer than this are looped over
PASSES = 8  # a loop whose kinds have not settled by then never will


@dataclass(eq=False)
class Pass:
    """One pass of an unrolled loop: what each leaf of the source binds."""

    items: list[Callable[[], Value]]


class Specialiser(CallSpecialiser):
    """Specialises one function and everything it calls.

    `place` is the origin of all that is emitted, if it is not each statement's own: that of the user's
    statement which a rule is spliced in for.
    """

    place: Origin | None = None
    _privacy: dict[Lowered, Privacy]

    # blocks

    def body(self, block: Block, env: dict[Var, Value]) -> list[Value]:
        """Specialise a block into the current one; the values it hands on."""
        outer, self.env = self.env, env
        try:
            for statement in block.stmts:
                self.statement(statement)
                if self.raised:
                    return []
            return [self.value(r) for r in block.results]
        finally:
            self.env = outer

    @property
    def raised(self) -> bool:
        stmts = self.builder.stmts
        return bool(stmts) and isinstance(stmts[-1], Raise)

    def sub(self, block: Block, env: dict[Var, Value]) -> tuple[Block, list[Value]]:
        """Specialise a block into a block of its own."""
        with self.builder.block() as new:
            values = self.body(block, env)
            new.raises = self.raised
        return new, values

    def value(self, atom: Atom) -> Value:
        return self.env[atom] if isinstance(atom, Var) else atom

    def statement(self, s: Stmt) -> None:
        origin, self.builder.origin = (
            self.builder.origin,
            self.place or s.origin or self.builder.origin,
        )
        try:
            self._dispatch(s)
        except SrcgradError as error:
            raise error.at(s.origin.location if s.origin else None)
        finally:
            self.builder.origin = origin

    def _dispatch(self, s: Stmt) -> None:
        match s:
            case Bind(target, op, args, keywords):
                values = [self.value(a) for a in args]
                if isinstance(op, ir.InPlace):
                    result = self._in_place(op, values, s)
                else:
                    result = self.operation(op, values, keywords)
                if isinstance(op, ir.Call) and self._makes_fresh(values[0]):
                    self.privacy().fresh_calls.add(target)
                self.env[target] = self._named(result, target)
            case If():
                self._if(s)
            case Loop():
                self._loop(s)
            case Raise(exception, cause):
                atoms = [
                    None if a is None else self.atom(self.value(a)) for a in (exception, cause)
                ]
                self.builder.stmts.append(Raise(*atoms, origin=s.origin))  # type: ignore[arg-type]
            case _:
                raise AssertionError(f"not a lowered statement: {s}")

    def _named(self, value: Value, target: Var) -> Value:
        """Let a value that has no name take the user's name for it."""
        if isinstance(value, Var) and value.hint is None and target.hint:
            value.hint = target.hint
        return value

    def atom(self, value: Value) -> Atom:
        return materialise(value, self.builder)

    # operations

    def operation(self, op: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if isinstance(op, ir.Call | ir.Display) and op.stars:
            args = self._spread(args, op.stars)
        match op:
            case ir.Load(name):
                return self.load(name)
            case ir.GetAttr(name):
                return self.attribute(args[0], name)
            case ir.Call():
                return self.call(args[0], args[1:], keywords)
            case ir.Unpack():
                return self._unpack(op, args[0])
            case ir.Display(cls):
                return self._display(cls, args)
            case ir.Closure():
                return Local(op, tuple(args))
            case ir.Format():
                return self.builder.bind(op, tuple(map(self.atom, args)), UNKNOWN)
        if op is operator.getitem:
            return self.element(args[0], args[1])
        if op in (operator.is_, operator.is_not):
            return self.identity(op, args)
        return self.primitive(op, args)

    def _spread(self, args: list[Value], stars: tuple[int, ...]) -> list[Value]:
        """The arguments with starred ones replaced by their elements."""
        spread: list[Value] = []
        for i, value in enumerate(args):
            pack = self.as_pack(value) if i in stars else Pack(tuple, (value,))
            if pack is None:
                raise UnsupportedError(
                    "a starred argument whose length is not known",
                    why="how many arguments it stands for must be known when compiling",
                    fix="write the arguments out",
                )
            spread += [Const(k) for k in pack.keys] if pack.keys is not None else pack.values
        return spread

    def _display(self, cls: type, args: list[Value]) -> Value:
        if cls is not dict:
            return Pack(cls, tuple(args))
        keys = args[::2]
        if all(isinstance(k, Const) for k in keys):
            return Pack(
                dict, tuple(args[1::2]), tuple(k.value for k in keys if isinstance(k, Const))
            )
        return self.builder.bind(ir.Display(dict), tuple(map(self.atom, args)), UNKNOWN)

    def _makes_fresh(self, function: Value) -> bool:
        primitive = lookup(function.value) if isinstance(function, Const) else None
        return primitive is not None and primitive.memory == "fresh"

    def privacy(self) -> Privacy:
        """Which values of the function being specialised have no second name."""
        lowered = self.active[-1]
        if lowered not in self._privacy:
            self._privacy[lowered] = Privacy(lowered.body)
        return self._privacy[lowered]

    def _in_place(self, op: ir.InPlace, args: list[Value], s: Bind) -> Value:
        kind = kind_of_value(args[0])
        if isinstance(kind, Tuple) or (isinstance(kind, Num) and kind.is_scalar):
            return self.primitive(op.op, args)
        if isinstance(kind, Num | Unknown) and self.privacy().is_private(s):
            result = self.primitive(op.op, args)
            if self._keeps(kind, kind_of_value(result)):
                return result
        symbol = {
            "add": "+",
            "sub": "-",
            "mul": "*",
            "truediv": "/",
            "matmul": "@",
            "pow": "**",
        }.get(op.op.__name__, op.op.__name__)
        raise UnsupportedError(
            f"an in-place update ({symbol}=) of {_article(kind)}",
            why="it changes the object itself, which other names may see",
            fix=f"write y = y {symbol} x, which makes a new one",
        )

    def _keeps(self, before: Kind, after: Kind) -> bool:
        """Whether an update in place gives what the operator alone would."""
        if not (isinstance(before, Num) and isinstance(after, Num)):
            return True
        return before.dtype == after.dtype and before.dims is not None and before.dims == after.dims

    def _unpack(self, op: ir.Unpack, value: Value) -> Value:
        if isinstance(value, Pack) and value.keys is not None:
            value = Pack(list, tuple(Const(k) for k in value.keys))
        if op.star is None:
            self._check_count(op, value)
            return self.element(value, Const(op.index))
        if isinstance(value, Pack):
            size = len(value.values) - op.count + 1
            start = op.index if op.index <= op.star else op.index + size - 1
            if op.index == op.star:
                return Pack(list, value.values[start : start + size])
            return value.values[start]
        pack = self.as_pack(value)
        if pack is None:
            raise UnsupportedError(
                "a starred target for a sequence whose length is not known",
                why="the list it takes has no fixed length",
                fix="use slices such as x[0] and x[1:]",
            )
        return self._unpack(op, pack)

    def _check_count(self, op: ir.Unpack, value: Value) -> None:
        kind = kind_of_value(value)
        size = len(kind.elements) if isinstance(kind, Tuple) else None
        if isinstance(value, Pack):
            size = len(value.values)
        if isinstance(kind, List) and kind.elements is not None and op.index == 0:
            size = len(self.guards.length(kind))
        if isinstance(kind, Num) and kind.dims and op.index == 0:
            size = self._array_length(kind)
        if size is not None and size != op.count:
            raise UnsupportedError(
                f"unpacking {size} values into {op.count} names",
                why="the function itself would raise ValueError",
                fix="name every value",
            )

    def _array_length(self, kind: Num) -> int | None:
        try:
            return int(self.guards.value(integer(kind.dims[0]))) if kind.dims else None
        except NotStatic:
            return None

    # branches

    def _if(self, s: If) -> None:
        test = self.value(s.test)
        known = self.truth(test)
        if known is not None:
            results = self.body(s.then if known else s.orelse, self.env)
            if not self.raised:
                self.env.update(zip(s.targets, results, strict=True))
            return
        then, a = self.sub(s.then, dict(self.env))
        orelse, b = self.sub(s.orelse, dict(self.env))
        statement = If(self.atom(test), then, orelse, (), origin=s.origin)
        values = self._merge(statement, a, b, s.targets)
        self.builder.stmts.append(statement)
        self.env.update(zip(s.targets, values, strict=True))

    def _merge(
        self, s: If, a: list[Value], b: list[Value], targets: tuple[Var, ...]
    ) -> list[Value]:
        """The values after a branch: what both agree on as it is, the rest as targets of the branch."""
        if s.then.raises or s.orelse.raises:
            return b if s.then.raises else a
        pairs: list[tuple[Atom, Atom, Var]] = []
        values = [
            self._merge_one(s, x, y, t.hint, pairs) for x, y, t in zip(a, b, targets, strict=True)
        ]
        s.then.results = tuple(x for x, _, _ in pairs)
        s.orelse.results = tuple(y for _, y, _ in pairs)
        s.targets = tuple(t for _, _, t in pairs)
        return values

    def _merge_one(
        self, s: If, x: Value, y: Value, hint: str | None, pairs: list[tuple[Atom, Atom, Var]]
    ) -> Value:
        if x is y or _same_constant(x, y):
            return x
        if y is ir.UNDEFINED and isinstance(x, Pack):
            y = rebuild(x, [ir.UNDEFINED] * len(leaves(x)))
        if x is ir.UNDEFINED and isinstance(y, Pack):
            x = rebuild(y, [ir.UNDEFINED] * len(leaves(y)))
        if isinstance(x, Pack) and isinstance(y, Pack) and same_shape(x, y):
            merged = [
                self._merge_one(s, p, q, None, pairs)
                for p, q in zip(leaves(x), leaves(y), strict=True)
            ]
            return rebuild(x, merged)
        self._refuse_functions(x, y)
        left, right = self._atom_in(s.then, x), self._atom_in(s.orelse, y)
        target = Var(hint, join(kind_of(left), kind_of(right)))
        pairs.append((left, right, target))
        return target

    def _refuse_functions(self, *values: Value) -> None:
        for value in values:
            if isinstance(value, Local | Method) or (
                isinstance(value, Const) and callable(value.value)
            ):
                raise UnsupportedError(
                    "a function chosen at run time",
                    why="which function is called must be known when compiling",
                    fix="call each function in its own branch",
                )

    def _atom_in(self, block: Block, value: Value) -> Atom:
        with self.builder.inside(block):
            return self.atom(value)

    # loops

    def _loop(self, s: Loop) -> None:
        source = s.source and self._resolve_source(s.source)
        passes = source and self._unrolled(source)
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
                f"a loop over {_article(kind)}",
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
            return [
                Pass([lambda k=k: self._offset(start, k), *r.items]) for k, r in enumerate(rows)
            ]
        if source.op is range:
            numbers = range(*(int(self.guards.value(kind_of_value(a))) for a in source.args))
            return [Pass([lambda k=k: Const(k)]) for k in numbers]
        return self._sequence_passes(source.args[0])

    def _offset(self, start: Value, k: int) -> Value:
        return self.primitive(operator.add, [start, Const(k)])

    def _sequence_passes(self, value: Value) -> list[Pass]:
        if isinstance(value, Pack):
            return [Pass([lambda v=v: v]) for v in value.values]
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
        count = int(self.guards.value(integer(length)))
        return [Pass([lambda k=k: self.element(value, Const(k))]) for k in range(count)]

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
        rest = Block()
        with self.builder.block() as rest:
            after = self._unroll_from(s, items, passes, list(values))
            rest.raises = self.raised
        statement = If(self.atom(stop), Block(), rest, (), origin=s.origin)
        merged = self._merge(statement, values, after, s.targets)
        self.builder.stmts.append(statement)
        return merged

    def _carry(self, s: Loop, source: Source | None) -> None:
        """A loop that stays a loop: find the kinds it carries, then specialise its body once more."""
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
        kinds = [self._initial(v) for shape in shapes for v in leaves(shape)]
        widening = LoopJoin(s)
        for _ in range(PASSES):
            with self.builder.block():
                _, _, yields, _ = self._one_pass(s, source, shapes, kinds)
            new_shapes = [
                a if same_shape(a, b) else _common(a, b)
                for a, b in zip(shapes, yields, strict=True)
            ]
            if any(a is not b for a, b in zip(shapes, new_shapes, strict=True)):
                shapes = new_shapes
                kinds = [self._initial(v) for shape in shapes for v in leaves(shape)]
                continue
            after = [kind_of_value(v) for y in yields for v in leaves(y)]
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
            matched = [_as_shape(y, shape) for y, shape in zip(yields, shapes, strict=True)]
            body.results = tuple(self.atom(v) for y in matched for v in leaves(y))
            stop = self.atom(self._stop)
        never = isinstance(stop, Const) and not stop.value
        loop = Loop(
            items, tuple(params), (), body, (), test, None if never else stop, origin=s.origin
        )
        return loop, params

    def _finish(
        self, s: Loop, loop: Loop, shapes: list[Value], inits: list[Value], params: list[Var]
    ) -> None:
        matched = [_as_shape(i, shape) for i, shape in zip(inits, shapes, strict=True)]
        loop.inits = tuple(self.atom(v) for i in matched for v in leaves(i))
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


def _source_values(source: Source) -> Iterator[Value]:
    for arg in source.args:
        if isinstance(arg, Source):
            yield from _source_values(arg)
        else:
            yield arg


def _same_constant(x: Value, y: Value) -> bool:
    if not (isinstance(x, Const) and isinstance(y, Const)):
        return False
    return type(x.value) is type(y.value) and (x.value is y.value or repr(x.value) == repr(y.value))


def _common(a: Value, b: Value) -> Value:
    """A shape that fits both: that of the one that is defined, else a single value."""
    if a is ir.UNDEFINED:
        return rebuild(b, [ir.UNDEFINED] * len(leaves(b)))
    return Var(None)


def _as_shape(value: Value, shape: Value) -> Value:
    if value is ir.UNDEFINED and isinstance(shape, Pack):
        return rebuild(shape, [ir.UNDEFINED] * len(leaves(shape)))
    return value


def _article(kind: Kind) -> str:
    return f"a value of kind {kind}"

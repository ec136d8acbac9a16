"""Functions that call themselves as often as only a run knows: compiled once, and called by name.

A call in the forward sweep gives the value and a pullback, which is called in the reverse sweep.
What kinds the arguments and the result have is found by trying until nothing changes, beginning
with the ways through the function that do not call it.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.join import join
from srcgrad.analysis.memory import Memory
from srcgrad.analysis.sets import SetSpecialiser
from srcgrad.analysis.values import FUNCTIONS, Local, Method, Super, Value, kind_of_value
from srcgrad.errors import UnsupportedError
from srcgrad.frontend.lower import Lowered
from srcgrad.ir import Atom, Block, Const, Raise, Var
from srcgrad.kinds import (
    BOTTOM,
    Dict,
    Kind,
    List,
    Num,
    Object,
    Opaque,
    Static,
    Tuple,
    integer,
    may_be_active,
)
from srcgrad.rulebook import CustomRule

MOST = 8  # so often a function is tried before its kinds are given up


@dataclass(eq=False)
class Callee:
    """A function that calls itself, and what is known of it so far.

    `fixed` are arguments that are the same in all calls: functions, None, texts. `program` takes
    `params` to `result`. `name` is what the derivative's source calls it.
    """

    name: str
    function: Any
    lowered: Lowered
    fixed: dict[str, Value]
    kinds: dict[str, Kind]
    local: Local | None
    kind: Kind = BOTTOM
    settled: bool = False
    params: tuple[Var, ...] = ()
    program: Block = field(default_factory=Block)
    result: Atom = ir.UNDEFINED

    @property
    def __name__(self) -> str:
        return self.name

    @property
    def active(self) -> tuple[int, ...]:
        """The positions of the parameters that may be differentiated."""
        return tuple(i for i, k in enumerate(self.kinds.values()) if may_be_active(k))


class RecursionSpecialiser(SetSpecialiser):
    """The part of the specialiser that leaves calls of such functions as calls."""

    @cached_property
    def callees(self) -> dict[object, Callee]:
        return {}

    @cached_property
    def pullback_of(self) -> dict[Atom, Var]:
        return {}

    def call_recursive(self, function: Any, lowered: Lowered, bound: dict[str, Value]) -> Value:
        fixed = {n: v for n, v in bound.items() if _is_fixed(v)}
        given = {n: self.atom(v) for n, v in bound.items() if n not in fixed}
        for name, value in fixed.items():
            given |= {n: self.atom(v) for n, v in _captured(name, value).items()}
        key = (lowered, *((n, _key(v)) for n, v in fixed.items()))
        if key not in self.callees:
            kinds = {n: self._general(kind_of(a)) for n, a in given.items()}
            name = f"{lowered.name if lowered.name.isidentifier() else 'function'}_vjp"
            local = self.itself[-1] if self.itself else None
            self.callees[key] = Callee(name, function, lowered, fixed, kinds, local)
            self._settle_callee(self.callees[key])
        callee = self.callees[key]
        if not self._covers(callee, given):
            callee.settled = False
            if function not in self.frames:
                self._settle_callee(callee)
        if callee.kind is BOTTOM:
            self.builder.stmts.append(Raise(None, origin=self.builder.origin))
            return Const(None)
        return self._called(callee, tuple(given.values()))

    def _covers(self, callee: Callee, given: dict[str, Atom]) -> bool:
        """Whether the kinds of a call's arguments are known; they are from here on."""
        news = False
        for name, atom in given.items():
            joined = _joined(callee.kinds[name], self._general(kind_of(atom)))
            news = news or _shape(joined) != _shape(callee.kinds[name])
            callee.kinds[name] = joined
        return not news

    def _called(self, callee: Callee, args: tuple[Atom, ...]) -> Value:
        rule = CustomRule(
            callee.lowered.name,
            callee,
            inspect.Signature(),
            adjoints=lambda call, given, y, kept, y_bar: self._pulled_back(callee, kept, y_bar),
            tangent=_no_tangent,
            keeps=True,
            active=callee.active,
            names=tuple(callee.kinds),
        )
        kind = Tuple((self._general(callee.kind), Opaque()))
        result = self.builder.bind(ir.Ruled(callee, rule), args, kind)
        self.memory.new(result, {c for a in args for c in self.memory.cells(a)})
        value = self.element(result, Const(0))
        pullback = self.element(result, Const(1))
        if isinstance(pullback, Var):
            pullback.hint = f"{callee.lowered.name}_pullback"
            self.pullback_of[result] = pullback
        return value

    def _pulled_back(self, callee: Callee, pullback: Value, y_bar: Value) -> tuple[Value, ...]:
        """The adjoints of the arguments, from that of the result."""
        kinds = tuple(self._general(list(callee.kinds.values())[i]) for i in callee.active)
        made = self.builder.definitions.get(pullback) if isinstance(pullback, Var) else None
        first = self.pullback_of.get(made.args[0], pullback) if made is not None else pullback
        atoms = self.atom(first), self.atom(y_bar)
        if len(kinds) == 1:
            return (self.builder.bind(ir.CALL, atoms, kinds[0]),)
        bars = self.builder.bind(ir.CALL, atoms, Tuple(kinds))
        return tuple(self.element(bars, Const(i)) for i in range(len(kinds)))

    # settling

    def _settle_callee(self, callee: Callee) -> None:
        """Specialise the function until its kinds are stable."""
        for _ in range(MOST):
            before, callee.settled = callee.kind, True
            self._specialise_callee(callee)
            if callee.settled and _shape(callee.kind) == _shape(before) != _shape(BOTTOM):
                return
        raise UnsupportedError(
            f"the recursive call of {callee.lowered.name}()",
            why="the kinds of its arguments and results differ from call to call",
            fix="write the recursion as a loop",
        )

    def _specialise_callee(self, callee: Callee) -> None:
        outer, scope = self.memory, self.guards.scope
        self.memory, self.guards.scope = Memory(self.builder), None
        callee.params = tuple(Var(n, k) for n, k in callee.kinds.items())
        given: dict[str, Value] = dict(zip(callee.kinds, callee.params, strict=True))
        known = given | {n: _with_inside(n, v, given) for n, v in callee.fixed.items()}
        if callee.local is not None:
            self.itself.append(_with_captured(callee.local, known))
        self.frames.append(callee.function)
        self.active.append(callee.lowered)
        try:
            with self.builder.block() as block:
                for p in callee.params:
                    self.memory.note(p)
                mine = {c for p in callee.params for c in self.memory.cells(p)}
                env = {p: known[p.hint or ""] for p in callee.lowered.params}
                results = self.body(callee.lowered.body, env)
                block.raises = self.raised
                value = self.memory.fresh(results[0]) if results else Const(None)
                callee.result = self.atom(value)
                block.results = (callee.result,)
        finally:
            written, self.memory = self.memory.written, outer
            self.guards.scope = scope
            self.frames.pop()
            self.active.pop()
            if callee.local is not None:
                self.itself.pop()
        if written & mine:
            raise _writes(callee.lowered.name)
        callee.program = block
        if not block.raises:
            callee.kind = _joined(callee.kind, self._general(kind_of(callee.result)))

    @property
    def raised(self) -> bool:
        """Whether the current block ends in a raise."""
        raise NotImplementedError

    def _general(self, kind: Kind) -> Kind:
        """A kind whose dims and values may be any."""
        match kind:
            case Num(dtype=dtype) if kind.is_scalar and dtype.kind == "i" and kind.weak:
                return integer(self.guards.fresh(object(), "n"))
            case Num(dims=dims):
                new = (
                    None if dims is None else tuple(self.guards.fresh(object(), "n") for _ in dims)
                )
                return replace(kind, dims=new, value=None, weak=not dims or kind.weak)
            case Tuple(elements, cls):
                return Tuple(tuple(map(self._general, elements)), cls)
            case Dict(keys, values):
                return Dict(keys, tuple(map(self._general, values)))
            case Object(cls, names, values):
                return Object(cls, names, tuple(map(self._general, values)))
            case List(element=element):
                return List(self._general(element), self.guards.fresh(object(), "n"))
        return kind


def _is_fixed(value: Value) -> bool:
    """Whether an argument is known when compiling, and is no number."""
    if isinstance(value, FUNCTIONS):
        return True
    if not isinstance(value, Const):
        return isinstance(kind_of_value(value), Static)
    return not isinstance(value.value, int | float | complex | tuple) or isinstance(
        value.value, bool
    )


def _captured(name: str, value: Value) -> dict[str, Value]:
    """What a function that is passed on captures, which are arguments as well."""
    if not isinstance(value, Local):
        if isinstance(value, Const | Super | Method) or not isinstance(value, FUNCTIONS):
            return {}
        raise UnsupportedError(
            "a partial or derivative passed to a function that calls itself",
            why="what it holds would have to be passed on as well",
            fix="write a nested function",
        )
    return {f"{name}_{i}": v for i, v in enumerate(value.args)}


def _with_inside(name: str, value: Value, given: dict[str, Value]) -> Value:
    """A function that is passed on, with what it captures as it is inside."""
    if not isinstance(value, Local):
        return value
    return Local(value.closure, tuple(given[f"{name}_{i}"] for i in range(len(value.args))))


def _key(value: Value) -> object:
    if isinstance(value, Local):
        return value.closure.node
    return id(value.value) if isinstance(value, Const) and callable(value.value) else repr(value)


def _with_captured(local: Local, known: dict[str, Value]) -> Local:
    """A nested function with what it captures as it is inside it."""
    closure = local.closure
    captured = tuple(known[n] for n in closure.captured)
    return Local(closure, (*local.args[: closure.defaults], *captured))


def _joined(a: Kind, b: Kind) -> Kind:
    """The kind of either; equal shapes stay as they are."""
    return a if _shape(a) == _shape(b) else join(a, b)


def _shape(kind: Kind) -> object:
    """What of a kind has to be the same: all but dims, values, and whether a number is NumPy's."""
    match kind:
        case Num(dtype=dtype, dims=dims):
            return dtype, None if dims is None else len(dims)
        case Tuple(elements, cls):
            return (cls, *map(_shape, elements))
        case Dict(keys, values):
            return (keys, *map(_shape, values))
        case Object(cls, names, values):
            return (cls, names, *map(_shape, values))
        case List(element=element):
            return list, _shape(element)
    return kind


def _no_tangent(call: Any, args: Any, y: Any, dots: Any) -> Any:
    raise UnsupportedError(
        "forward mode through a recursion",
        why="a function that calls itself has a pullback, but no rule for tangents",
        fix="use reverse mode, or write the recursion as a loop",
    )


def _writes(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name}(), which calls itself, writes into its argument",
        why="its calls are compiled by themselves, and do not see each other's stores",
        fix="let it work on a copy, and return that",
    )

"""Calls of functions that users have given rules for, and of the rules themselves."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import cached_property
from typing import Any

from srcgrad import ir
from srcgrad.analysis.inline import Inliner, bad_call
from srcgrad.analysis.memory import Cell, Memory, is_memory
from srcgrad.analysis.values import (
    FUNCTIONS,
    Local,
    Pack,
    Value,
    is_user_function,
    kind_of_value,
)
from srcgrad.errors import NoRuleError, SrcgradError, UnsupportedError
from srcgrad.ir import Block, Const, Origin, Var
from srcgrad.kinds import UNKNOWN, Kind, Num, Tuple, Unknown
from srcgrad.rulebook import CustomRule
from srcgrad.walk import atoms, statements


class RuleCaller(Inliner):
    """The part of the specialiser that leaves such functions as they are, to be called by name.

    `inferring` are those of which it is looked at what they return.
    """

    @cached_property
    def inferring(self) -> list[Any]:
        return []

    def _call_ruled(self, rule: CustomRule, args: list[Value], keywords: tuple[str, ...]) -> Value:
        values, names, keywords = self._in_order(rule, args, keywords)
        plain = len(values) - len(keywords)
        last = len(values) if rule.defaults else plain
        active = tuple(i for i in range(last) if i not in rule.fixed)
        rule = replace(rule, active=active, names=names, keywords=keywords)
        kind, is_new = self._result_of(rule, values)
        atoms = tuple(map(self.atom, values))
        result = self.builder.bind(ir.Ruled(rule.function, rule), atoms, kind)
        self.builder.definitions[result].keywords = keywords
        near = {c for a in atoms for c in self.memory.cells(a)}
        if is_new and is_memory(kind):
            self.memory.new(result)
        elif near and not is_new:
            self.memory.new(result, near)
        else:
            self.memory.note(result)
        return self.element(result, Const(0)) if rule.keeps else result

    def _hooked(self, value: Value, hook: Value) -> Value:
        """A value whose adjoint a function of the user's changes on its way back."""
        value, hook = self.memory.fresh(value), self.memory.fresh(hook)
        kind = kind_of_value(value)
        if not isinstance(kind, Num | Unknown):
            raise UnsupportedError(
                f"the adjoint of a value of kind {kind}",
                why="it has one for each of its parts",
                fix="take the adjoint of a number or an array",
            )
        if not isinstance(value, Var):  # a constant
            return value

        def adjoints(call: Any, args: Any, y: Any, kept: Any, y_bar: Any) -> Any:
            kind = kind_of_value(y_bar)
            number = isinstance(kind, Num) and kind.is_scalar
            return (call(hook, [y_bar if number else self.builder.copied(y_bar)], {}),)

        rule = CustomRule(
            "adjoint_of",
            None,
            inspect.Signature(),
            adjoints=adjoints,
            tangent=_passed,
            hook=True,
            active=(0,),
            names=(value.hint or "the value",),
        )
        place = self.memory.reference(value)
        hooked = self.builder.bind(ir.Ruled(None, rule), (value,), value.kind, value.hint)
        if place is not None and not place.steps:
            self.memory.put(place.cell, hooked)
        return hooked

    def _in_order(
        self, rule: CustomRule, args: list[Value], keywords: tuple[str, ...]
    ) -> tuple[list[Value], tuple[str, ...], tuple[str, ...]]:
        """The arguments of a call in order, their names, and the keywords of the last of them."""
        positional = args[: len(args) - len(keywords)]
        named = dict(zip(keywords, args[len(positional) :], strict=True))
        try:
            bound = rule.signature.bind(*positional, **named)
        except TypeError as error:
            raise bad_call(rule.name, str(error)) from None
        if rule.defaults:
            bound.apply_defaults()
        first, last = _by_name(bound)
        if not rule.defaults:
            last = {k: v for k, v in {**last, **first}.items() if k in named}
            first = {k: v for k, v in first.items() if k not in named}
        values = list(map(as_value, (*first.values(), *last.values())))
        return values, (*first, *last), tuple(last)

    def _result_of(self, rule: CustomRule, values: list[Value]) -> tuple[Kind, bool]:
        """The kind of what a function returns, and whether it surely is memory of its own."""
        unknown = Tuple((UNKNOWN, UNKNOWN)) if rule.keeps else UNKNOWN
        if rule.function in self.inferring:  # a function's own rule that calls it
            kind, is_new = self._inferred(rule, rule.primal, values)
            return Tuple((kind, UNKNOWN)) if rule.keeps else kind, is_new
        kind, is_new = self._inferred(rule, rule.function, values)
        if not rule.keeps or kind is UNKNOWN:
            return (unknown if kind is UNKNOWN else kind), is_new
        if not isinstance(kind, Tuple) or len(kind.elements) != 2:
            raise no_pair(rule.name, "of its forward sweep", "its value and what is kept")
        return kind, is_new

    def _inferred(self, rule: CustomRule, function: Any, values: list[Value]) -> tuple[Kind, bool]:
        function = getattr(function, "__wrapped__", function)
        if not is_user_function(function):
            return UNKNOWN, False
        memory, state, live = self.memory, dict(self.memory.state), self.memory.live
        written, memory.written = memory.written, set()
        kind: Kind = UNKNOWN
        is_new = False
        self.inferring.append(rule.function)
        try:
            with self.builder.block() as block:
                result = memory.fresh(self._call_function(function, values, rule.keywords))
                kind = kind_of_value(result)
                is_new = not self._cells(values) & set(memory.cells(result))
        except SrcgradError:  # what it does is known to Python alone, which is why it has a rule
            pass
        finally:
            self.inferring.pop()
            touched, memory.written = memory.written, written
            memory.state, memory.live = state, live
        if touched & self._cells(values):
            raise _writes(rule.name)
        self._check_outside(rule, block)
        return kind, is_new

    def _cells(self, values: list[Value]) -> set[Cell]:
        return {c for v in values for c in self.memory.cells(v)}

    def _check_outside(self, rule: CustomRule, block: Block) -> None:
        """Refuse a function that reads what is differentiated by its name: its rule misses that."""
        read = {a for s in statements(block) for a in atoms(s)}
        for i in self.externals.implicits.values():
            own = i.var.hint == i.name.lstrip("_")  # not renamed for a parameter of this name
            if own and i.name in self.externals.wrt and i.var in read:
                raise UnsupportedError(
                    f"{rule.name}() reads {i.name}, which is differentiated",
                    why="a function with a rule has derivatives for its arguments alone",
                    fix=f"pass {i.name} as an argument",
                )

    def apart(
        self,
        function: Any,
        args: list[Value],
        named: dict[str, Value],
        origin: Origin | None,
        then: list[Value] | None = None,
    ) -> Value:
        """What a function returns that is called in the middle of a derivative.

        It has memory of its own, and may not write into its arguments. With `then`, the function
        returns another one, which is called with these.
        """
        args = list(map(as_value, args))
        named = {name: as_value(value) for name, value in named.items()}
        memory, place, before = self.memory, self.place, self.builder.origin
        self.memory, self.place = Memory(self.builder), origin
        try:
            given = (*args, *named.values(), *(then or ()))
            for value in given if not isinstance(function, Local) else ():
                self._lend(value)
            called = function if isinstance(function, Local) else Const(function)
            result = self.call(called, [*args, *named.values()], tuple(named))
            if then is not None:
                result = self.call(result, then, ())
            return self._settled(result)
        finally:
            self.memory, self.place, self.builder.origin = memory, place, before

    def _lend(self, value: Value) -> None:
        if isinstance(value, Pack):
            for part in value.values:
                self._lend(part)
        elif isinstance(value, Var):
            self.memory.note(value)
            place = self.memory.reference(value)
            if place is not None:
                place.cell.outside = "an argument of a rule"

    def _settled(self, value: Value) -> Value:
        """A result as it is at the end, down to atoms and packs of them."""
        value = self.memory.fresh(value)
        if isinstance(value, Pack):
            parts = tuple(map(self._settled, value.values))
            return Pack(value.cls, parts, value.keys)
        return value


def _passed(call: Any, args: Any, y: Any, dots: Any) -> Any:
    """Tangents go through what is for adjoints."""
    return dots[0]


def _by_name(bound: inspect.BoundArguments) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments of a call that go by position, and those that go by name."""
    first: dict[str, Any] = {}
    last: dict[str, Any] = {}
    for name, value in bound.arguments.items():
        kind = bound.signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            first |= {f"{name}[{i}]": v for i, v in enumerate(value)}
        elif kind is inspect.Parameter.VAR_KEYWORD:
            last |= value
        elif kind is inspect.Parameter.KEYWORD_ONLY:
            last[name] = value
        else:
            first[name] = value
    return first, last


def no_pair(name: str, what: str, parts: str) -> NoRuleError:
    """The refusal of a rule that returns something else than a pair."""
    return NoRuleError(
        f"the rule of {name} {what} does not return a pair",
        why=f"it gives {parts}",
        fix="return both, as a tuple",
    )


def _writes(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name}(), which has a rule, writes into its argument",
        why="a rule says nothing of that, and the reverse sweep needs the argument as it was",
        fix="let it work on a copy, and return that",
    )


def as_value(value: Any) -> Value:
    if isinstance(value, Var | Const | Pack | FUNCTIONS):
        return value
    if isinstance(value, dict):
        return Pack(dict, tuple(map(as_value, value.values())), tuple(value))
    return Pack(tuple, tuple(map(as_value, value))) if isinstance(value, tuple) else Const(value)

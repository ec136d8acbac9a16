"""Calls of functions that users have given rules for, and of the rules themselves."""

from __future__ import annotations

import inspect
from typing import Any

from srcgrad import ir
from srcgrad.analysis.inline import Inliner, bad_call
from srcgrad.analysis.memory import Memory
from srcgrad.analysis.values import Local, Method, Pack, Value, is_user_function, kind_of_value
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.ir import Const, Origin, Var
from srcgrad.kinds import UNKNOWN, Kind, Num, Tuple, Unknown
from srcgrad.rules.custom import CustomRule


class RuleCaller(Inliner):
    """The part of the specialiser that leaves such functions as they are, to be called by name."""

    def _call_ruled(self, rule: CustomRule, args: list[Value], keywords: tuple[str, ...]) -> Value:
        values = self._in_order(rule, args, keywords)
        kind, is_new = self._result_of(rule, values)
        atoms = tuple(map(self.atom, values))
        result = self.builder.bind(ir.Ruled(rule.function, rule), atoms, kind)
        near = {c for a in atoms for c in self.memory.cells(a)}
        if near and not is_new:
            self.memory.new(result, near)
        else:
            self.memory.note(result)
        return self.element(result, Const(0)) if rule.keeps else result

    def _hooked(self, value: Value, hook: Value) -> Value:
        """A value whose adjoint a function of the user's changes on its way back."""
        value = self.memory.fresh(value)
        if not isinstance(value, Var) or not isinstance(value.kind, Num | Unknown):
            raise UnsupportedError(
                f"the adjoint of a value of kind {kind_of_value(value)}",
                why="it has one for each of its parts",
                fix="take the adjoint of a number or an array",
            )

        def adjoints(call: Any, args: Any, y: Any, kept: Any, y_bar: Any) -> Any:
            kind = kind_of_value(y_bar)
            number = isinstance(kind, Num) and kind.is_scalar
            return (call(hook, [y_bar if number else self.builder.copied(y_bar)], {}),)

        rule = CustomRule(
            "adjoint_of", None, inspect.Signature(), (0,), adjoints, _passed, hook=True
        )
        place = self.memory.reference(value)
        hooked = self.builder.bind(ir.Ruled(None, rule), (value,), value.kind, value.hint)
        if place is not None and not place.steps:
            self.memory.put(place.cell, hooked)
        return hooked

    def _in_order(
        self, rule: CustomRule, args: list[Value], keywords: tuple[str, ...]
    ) -> list[Value]:
        """The arguments of a call by position, defaults filled in."""
        positional = args[: len(args) - len(keywords)]
        named = dict(zip(keywords, args[len(positional) :], strict=True))
        try:
            bound = rule.signature.bind(*positional, **named)
        except TypeError as error:
            raise bad_call(rule.name, str(error)) from None
        bound.apply_defaults()
        values: list[Value] = []
        for name, value in bound.arguments.items():
            several = rule.signature.parameters[name].kind.name == "VAR_POSITIONAL"
            values += map(_as_value, value) if several else [_as_value(value)]
        return values

    def _result_of(self, rule: CustomRule, values: list[Value]) -> tuple[Kind, bool]:
        """The kind of what a function returns, and whether it surely is memory of its own."""
        unknown = Tuple((UNKNOWN, UNKNOWN)) if rule.keeps else UNKNOWN
        function = getattr(rule.function, "__wrapped__", rule.function)
        if not is_user_function(function):
            return unknown, False
        state, live = dict(self.memory.state), self.memory.live
        try:
            with self.builder.block():
                result = self.memory.fresh(self._call_function(function, values, ()))
                kind = kind_of_value(result)
                cells = {c for v in values for c in self.memory.cells(v)}
                return kind, not cells & set(self.memory.cells(result))
        except SrcgradError:  # what it does is known to Python alone, which is why it has a rule
            return unknown, False
        finally:
            self.memory.state, self.memory.live = state, live

    def apart(
        self, function: Any, args: list[Value], named: dict[str, Value], origin: Origin | None
    ) -> Value:
        """What a function returns that is called in the middle of a derivative.

        It has memory of its own, and may not write into its arguments.
        """
        args = list(map(_as_value, args))
        memory, place = self.memory, self.place
        self.memory, self.place = Memory(self.builder), origin
        try:
            for value in (*args, *named.values()) if not isinstance(function, Local) else ():
                self._lend(value)
            called = function if isinstance(function, Local) else Const(function)
            result = self.call(called, [*args, *named.values()], tuple(named))
            return self._settled(result)
        finally:
            self.memory, self.place = memory, place

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

    place: Origin | None = None

    def call(self, function: Value, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """Call what a value stands for."""
        raise NotImplementedError


def _passed(call: Any, args: Any, y: Any, dots: Any) -> Any:
    """Tangents go through what is for adjoints."""
    return dots[0]


def _as_value(value: Any) -> Value:
    if isinstance(value, Var | Const | Pack | Local | Method):
        return value
    return Pack(tuple, tuple(map(_as_value, value))) if isinstance(value, tuple) else Const(value)

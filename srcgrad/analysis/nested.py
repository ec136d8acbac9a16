"""Derivatives that a function itself asks for, such as grad(g)."""

from __future__ import annotations

from typing import Any

from srcgrad.analysis.arithmetic import OperationSpecialiser
from srcgrad.analysis.values import (
    Bound,
    Local,
    Pack,
    Value,
)
from srcgrad.errors import (
    UnsupportedError,
)
from srcgrad.frontend.closures import separate
from srcgrad.ir import Const


class DerivativeSpecialiser(OperationSpecialiser):
    """The part of the specialiser that makes derivatives while it runs."""

    def _operator(self, make: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """A derivative that the function itself asks for, such as grad(g)."""
        captured: dict[str, Value] = {}
        constants = tuple(_constant(a, captured) for a in args)
        key = (make, keywords, *constants)
        if key not in self._inside:
            split = len(args) - len(keywords)
            named = dict(zip(keywords, constants[split:], strict=True))
            self._inside[key] = make(*constants[:split], **named)
        made = self._inside[key]
        return Bound(made, tuple(captured), tuple(captured.values())) if captured else Const(made)


def _constant(value: Value, captured: dict[str, Value]) -> Any:
    """What a value is, where that must be known when compiling; what functions capture is noted."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Pack) and value.cls is tuple:
        return tuple(_constant(v, captured) for v in value.values)
    if isinstance(value, Bound):
        captured.update(zip(value.names, value.values, strict=True))
        return value.function
    if isinstance(value, Local):
        closure = value.closure
        inside = {
            n: v for n, v in zip(closure.captured, value.args[closure.defaults :], strict=True)
        }
        captured.update({n: _as_constant(v) for n, v in inside.items()})
        return separate(closure)
    raise UnsupportedError(
        "a derivative of something that only a run knows",
        why="what is differentiated, and with respect to what, must be known when compiling",
        fix="write the function and the positions out",
    )


def _as_constant(value: Value) -> Value:
    """A captured value; a function that captures nothing is one like any other."""
    if isinstance(value, Local) and not value.args:
        return Const(separate(value.closure))
    return value

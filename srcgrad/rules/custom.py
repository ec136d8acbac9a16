"""Derivatives that users give for their own functions: what a rule is, and which function has one.

A rule is Python like any other: the engine hands it `call`, which runs a function on what values
stand for while a program is written, and gets back what the function returns.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Call = Callable[..., Any]
"""call(function, args, keywords): the result of a function."""


@dataclass(frozen=True, eq=False)
class CustomRule:
    """How to differentiate a function.

    `function` is what the forward sweep calls; if it `keeps` something for the reverse sweep, it
    returns a pair of the value and that. `adjoints(call, args, y, kept, y_bar)` gives the adjoints
    of the arguments at `active`, in their order, None for zero; `tangent(call, args, y, dots)` that
    of the result from those of the arguments at `active`. A tangent that is `linear` code can be
    turned around, which gives the adjoints. A `hook` calls nothing: it hands its argument on.
    """

    name: str
    function: Any
    signature: inspect.Signature
    active: tuple[int, ...]
    adjoints: Callable[..., Any] | None = None
    tangent: Callable[..., Any] | None = None
    keeps: bool = False
    linear: bool = False
    hook: bool = False


_rules: dict[int, tuple[Any, CustomRule]] = {}


def register(function: Any, rule: CustomRule) -> None:
    """Give a function a rule, in place of any that it had."""
    _rules[id(function)] = function, rule


def rule_of(function: Any) -> CustomRule | None:
    """The rule that a user gave for a function; None if there is none."""
    found = _rules.get(id(function))
    return found[1] if found is not None and found[0] is function else None


def by_adjoint(rule: Any) -> Callable[..., Any]:
    """A rule `rule(*args, y=y, y_bar=y_bar)` that returns the adjoints of the arguments."""

    def adjoints(call: Call, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        return call(rule, args, {"y": y, "y_bar": y_bar})

    return adjoints


def by_tangent(rule: Any, names: Sequence[str]) -> Callable[..., Any]:
    """A rule `rule(*args, y=y, a_dot=a_dot, ...)` that returns the tangent of the result."""

    def tangent(call: Call, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        named = {f"{n}_dot": d for n, d in zip(names, dots, strict=True)}
        return call(rule, args, {"y": y, **named})

    return tangent

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
    returns a pair of the value and that, and `primal` is the function itself. Without `defaults`
    arguments come as they are passed: those by name stay so, and have no derivative. The positions
    that are `fixed` have none either.

    `adjoints(call, args, y, kept, y_bar)` gives the adjoints of the arguments at `active`, in their
    order, None for zero; `tangent(call, args, y, dots)` that of the result from those of the
    arguments at `active`. A tangent that is `linear` code can be turned around, which gives the
    adjoints. A `hook` calls nothing: it hands its argument on.

    The engine fills in what belongs to one call: `active`, the `names` of the arguments, and the
    `keywords` of the last of them.
    """

    name: str
    function: Any
    signature: inspect.Signature
    primal: Any = None
    fixed: tuple[int, ...] = ()
    adjoints: Callable[..., Any] | None = None
    tangent: Callable[..., Any] | None = None
    keeps: bool = False
    linear: bool = False
    hook: bool = False
    defaults: bool = True
    active: tuple[int, ...] = ()
    names: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


_rules: dict[int, tuple[Any, CustomRule]] = {}


def register(function: Any, rule: CustomRule) -> None:
    """Give a function a rule, in place of any that it had."""
    _rules[id(function)] = function, rule


def rule_of(function: Any) -> CustomRule | None:
    """The rule that a user gave for a function; None if there is none."""
    found = _rules.get(id(function))
    return found[1] if found is not None and found[0] is function else None


def function_of(rule: CustomRule) -> Any:
    """The function that a rule was given for, however the engine has filled the rule in."""
    return next(
        function
        for function, known in _rules.values()
        if known.adjoints is rule.adjoints and known.tangent is rule.tangent
    )


def by_adjoint(rule: Any) -> Callable[..., Any]:
    """A rule `rule(*args, y=y, y_bar=y_bar)` that returns the adjoints of the arguments."""

    def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        positional, named = call.split(args)
        return call(rule, positional, {**named, "y": y, "y_bar": y_bar})

    return adjoints


def by_tangent(rule: Any, signature: inspect.Signature) -> Callable[..., Any]:
    """A rule `rule(*args, y=y, a_dot=a_dot, ...)` that returns the tangent of the result."""
    parameters = signature.parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]

    def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        positional, named = call.split(args)
        first, by_name = call.split(dots)
        all_dots = dict(zip(names, first, strict=False)) | by_name
        if star:
            all_dots[star[0]] = tuple(first[len(names) :])
        made = {f"{n}_dot": d for n, d in all_dots.items()}
        return call(rule, positional, {**named, "y": y, **made})

    return tangent

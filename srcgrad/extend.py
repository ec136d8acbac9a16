"""autograd's way to give functions derivatives: `primitive`, `defvjp` and `defjvp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from srcgrad.custom import Custom
from srcgrad.errors import ArgumentError, NoRuleError
from srcgrad.rulebook import CustomRule

Maker = Callable[..., Any]


class primitive(Custom):  # noqa: N801 - as in autograd
    """A function that is not looked into; give it derivatives by `defvjp` and `defjvp`.

    Examples:
        >>> import numpy as np, srcgrad
        >>> from srcgrad.extend import defvjp, primitive
        >>> @primitive
        ... def cube(x):
        ...     return x**3
        >>> defvjp(cube, lambda ans, x: lambda g: 3.0 * x**2 * g)
        >>> srcgrad.grad(cube)(2.0)
        12.0
    """

    def _rule(self) -> CustomRule:
        return replace(super()._rule(), defaults=False)


def defvjp(fun: Any, *makers: Maker | None, argnums: Sequence[int] | None = None) -> None:
    """Set the rule for reverse mode: for each argument `maker(ans, *args)`, a function of `g`."""
    rules = _by_position(fun, makers, argnums)

    def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        positional, named = call.split(args)
        found: list[Any] = [None] * len(call.active)
        for i in call.wanted:
            maker = _maker(rules, i, call, "defvjp")
            if maker is not None:
                found[i] = call(maker, [y, *positional], named, then=[y_bar])
        return tuple(found)

    fun._set(adjoints=adjoints)


def defjvp(fun: Any, *makers: Maker | None, argnums: Sequence[int] | None = None) -> None:
    """Set the rule for forward mode: for each argument `maker(g, ans, *args)`, its contribution."""
    rules = _by_position(fun, makers, argnums)

    def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        positional, named = call.split(args)
        total: Any = None
        for i in call.wanted:
            maker = _maker(rules, i, call, "defjvp")
            if maker is not None:
                part = call(maker, [dots[i], y, *positional], named)
                total = part if total is None else call(_sum, (total, part), {})
        return total

    fun._set(tangent=tangent)


def _by_position(
    fun: Any, makers: Sequence[Maker | None], argnums: Sequence[int] | None
) -> dict[int, Maker | None]:
    if not isinstance(fun, primitive):
        raise ArgumentError(
            f"a rule for {fun!r}", why="it is not a primitive", fix="decorate it with @primitive"
        )
    positions = range(len(makers)) if argnums is None else tuple(argnums)
    if len(positions) != len(makers):
        raise ArgumentError(
            f"{len(makers)} rules for argnums={argnums!r}",
            why="there is one for each of these arguments",
            fix="pass as many rules as positions",
        )
    return dict(zip(positions, makers, strict=True))


def _maker(rules: dict[int, Maker | None], i: int, call: Any, setter: str) -> Maker | None:
    if i in rules:
        return rules[i]
    raise NoRuleError(
        f"the derivative of {call.rule.name} with respect to {call.rule.names[i]}",
        why="it was given no rule for this argument",
        fix=f"pass one to {setter}, or None if the derivative is zero",
    )


def _sum(a: Any, b: Any) -> Any:
    return a + b


__all__ = ["defjvp", "defvjp", "primitive"]

"""autograd's way to give functions derivatives: `primitive`, `defvjp` and `defjvp`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.custom import Custom
from srcgrad.errors import ArgumentError
from srcgrad.rules.custom import CustomRule, register, rule_of

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


def defvjp(fun: Any, *makers: Maker | None, argnums: Sequence[int] | None = None) -> None:
    """Set the rule for reverse mode: for each argument `maker(ans, *args)`, a function of `g`."""
    rules = _by_position(fun, makers, argnums)

    def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        made = {i: call(_adjoint, (rules[i], y, tuple(args), y_bar), {}) for i in rules}
        return tuple(made.get(i) for i in range(len(args)))

    _set(fun, adjoints=adjoints)


def defjvp(fun: Any, *makers: Maker | None, argnums: Sequence[int] | None = None) -> None:
    """Set the rule for forward mode: for each argument `maker(g, ans, *args)`, its contribution."""
    rules = _by_position(fun, makers, argnums)

    def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        total: Any = None
        for i in call.wanted:
            if i in rules:
                part = call(_part, (rules[i], dots[i], y, tuple(args)), {})
                total = part if total is None else call(_sum, (total, part), {})
        return total

    _set(fun, tangent=tangent)


def _by_position(
    fun: Any, makers: Sequence[Maker | None], argnums: Sequence[int] | None
) -> dict[int, Maker]:
    if not isinstance(fun, primitive):
        raise ArgumentError(
            f"a rule for {fun!r}", why="it is not a primitive", fix="decorate it with @primitive"
        )
    positions = range(len(makers)) if argnums is None else argnums
    pairs = zip(positions, makers, strict=True)
    return {i: maker for i, maker in pairs if maker is not None}


def _set(fun: Any, **mode: Any) -> None:
    old = rule_of(fun)
    assert old is not None
    parts = {"adjoints": old.adjoints, "tangent": old.tangent, **mode}
    register(fun, CustomRule(old.name, old.function, old.signature, old.active, **parts))


def _adjoint(maker: Any, y: Any, args: Any, g: Any) -> Any:
    return maker(y, *args)(g)


def _part(maker: Any, g: Any, y: Any, args: Any) -> Any:
    return maker(g, y, *args)


def _sum(a: Any, b: Any) -> Any:
    return a + b


__all__ = ["defjvp", "defvjp", "primitive"]

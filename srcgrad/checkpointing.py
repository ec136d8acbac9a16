"""Checkpoints: run a function again in the reverse sweep in place of keeping what it computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from srcgrad.custom import Custom
from srcgrad.making import pullback_of, tangent_of
from srcgrad.rulebook import CustomRule
from srcgrad.writing import written

Function = Callable[..., Any]


class checkpoint(Custom):  # noqa: N801 - read as a function
    """A function whose forward sweep is run again in the reverse sweep, in place of a tape.

    It costs the function's time once more, and keeps no more than the function's arguments
    (Griewank & Walther, *Evaluating Derivatives*, 2008, chapter 12).

    Examples:
        >>> import numpy as np, srcgrad
        >>> layer = srcgrad.checkpoint(lambda h, w: np.tanh(np.sin(h) * w))
        >>> srcgrad.grad(lambda h: np.sum(layer(layer(h, 2.0), 3.0)))(np.zeros(2))
        array([6., 6.])
    """

    def _rule(self) -> CustomRule:
        by_position = _by_position(self.fun)
        return replace(
            super()._rule(), adjoints=_adjoints(by_position), tangent=_tangent(by_position)
        )


def _by_position(fun: Function) -> Callable[[CustomRule], Function]:
    """The function with the arguments of one call, all of them by position."""
    known: dict[tuple[Any, ...], Function] = {}

    def of(rule: CustomRule) -> Function:
        kinds = {p.kind for p in rule.signature.parameters.values()}
        if kinds <= {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}:
            return fun
        key = rule.names, rule.keywords
        if key not in known:
            known[key] = _flat(fun, *key)
        return known[key]

    return of


def _flat(fun: Function, names: tuple[str, ...], keywords: tuple[str, ...]) -> Function:
    plain = [n.replace("[", "_").rstrip("]") for n in names]
    count = len(plain) - len(keywords)
    passed = plain[:count] + [f"{k}={n}" for k, n in zip(keywords, plain[count:], strict=True)]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature([inspect.Parameter(n, kind) for n in plain])
    name = getattr(fun, "__name__", "")
    body = f"return _fun({', '.join(passed)})"
    name = name if name.isidentifier() else "function"
    return written(fun, name, body, {"fun": fun}, None, signature)


def _adjoints(by_position: Callable[[CustomRule], Function]) -> Callable[..., Any]:
    def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        pull = pullback_of(by_position(call.rule), call.wanted)
        last = call.wanted[-1] + 1
        bars = call(_pulled, (pull, tuple(args[:last]), y_bar, tuple(args[last:])), {})
        found: list[Any] = [None] * len(args)
        for i, bar in zip(call.wanted, call.parts(bars), strict=True):
            found[i] = bar
        return tuple(found)

    return adjoints


def _tangent(by_position: Callable[[CustomRule], Function]) -> Callable[..., Any]:
    def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        push = tangent_of(by_position(call.rule), call.wanted)
        last = call.wanted[-1] + 1
        wanted = tuple(dots[i] for i in call.wanted)
        return call(_pushed, (push, tuple(args[:last]), wanted, tuple(args[last:])), {})

    return tangent


def _pulled(pull: Any, first: Any, bar: Any, rest: Any) -> Any:
    return pull(*first, bar, *rest)[1]


def _pushed(push: Any, first: Any, dots: Any, rest: Any) -> Any:
    return push(*first, *dots, *rest)[1]

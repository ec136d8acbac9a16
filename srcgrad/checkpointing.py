"""Checkpoints: run a function again in the reverse sweep in place of keeping what it computes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.custom import Custom
from srcgrad.making import pullback_of, tangent_of
from srcgrad.rules.custom import CustomRule


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

    def _rule(self, **parts: Any) -> CustomRule:
        return super()._rule(adjoints=_adjoints(self.fun), tangent=_tangent(self.fun))


def _adjoints(fun: Callable[..., Any]) -> Callable[..., Any]:
    def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
        pull = pullback_of(fun, call.wanted)
        last = call.wanted[-1] + 1
        bars = call(_pulled, (pull, tuple(args[:last]), y_bar, tuple(args[last:])), {})
        found = dict(zip(call.wanted, bars.values, strict=True))
        return tuple(found.get(i) for i in range(len(args)))

    return adjoints


def _tangent(fun: Callable[..., Any]) -> Callable[..., Any]:
    def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
        push = tangent_of(fun, call.wanted)
        last = call.wanted[-1] + 1
        wanted = tuple(dots[i] for i in call.wanted)
        return call(_pushed, (push, tuple(args[:last]), wanted, tuple(args[last:])), {})

    return tangent


def _pulled(pull: Any, first: Any, bar: Any, rest: Any) -> Any:
    return pull(*first, bar, *rest)[1]


def _pushed(push: Any, first: Any, dots: Any, rest: Any) -> Any:
    return push(*first, *dots, *rest)[1]

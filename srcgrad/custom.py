"""Rules by the user: derivatives for functions that srcgrad should not, or cannot, look into."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.errors import ArgumentError
from srcgrad.rules.custom import CustomRule, by_adjoint, by_tangent, register, rule_of

Function = Callable[..., Any]


def adjoint(function: Function) -> Callable[[Function], Function]:
    """Register a rule for reverse mode: how the adjoints of arguments come from the result's.

    The rule takes the arguments of `function` and, by keyword, its result `y` and the result's
    adjoint `y_bar`; it returns the adjoints of the arguments, one for each, None for zero.  Its
    source is spliced into the derivative's.  `function` may be written in any language.

    Examples:
        >>> import math, numpy as np, srcgrad
        >>> def cube(x):
        ...     return x**3
        >>> @srcgrad.adjoint(cube)
        ... def cube_adjoint(x, *, y, y_bar):
        ...     return 3.0 * x**2 * y_bar
        >>> srcgrad.grad(lambda x: cube(x) + x)(2.0)
        13.0
    """
    return lambda rule: _extended(function, rule, adjoints=by_adjoint(rule))


def tangent(function: Function) -> Callable[[Function], Function]:
    """Register a rule for forward mode: how the result's tangent comes from the arguments'.

    The rule takes the arguments of `function` and, by keyword, its result `y` and a tangent for
    each argument, `a_dot` for one called `a`; it returns the tangent of the result.

    Examples:
        >>> import srcgrad
        >>> def product(a, b):
        ...     return a * b
        >>> @srcgrad.tangent(product)
        ... def product_tangent(a, b, *, y, a_dot, b_dot):
        ...     return a_dot * b + a * b_dot
        >>> srcgrad.jvp(product, (2.0, 3.0), (1.0, 0.0))
        (6.0, 3.0)
    """
    names = _parameters(function)
    return lambda rule: _extended(function, rule, tangent=by_tangent(rule, names))


def _extended(function: Any, rule: Function, **modes: Any) -> Function:
    """Give a function one more rule, keeping the one for the other mode."""
    old = rule_of(function)
    kept = {"adjoints": old.adjoints, "tangent": old.tangent} if old is not None else {}
    active = tuple(range(len(_parameters(function))))
    signature = _signature(function)
    register(
        function, CustomRule(_name(function), function, signature, active, **{**kept, **modes})
    )
    return rule


class Custom:
    """A function with a rule: calls are calls of the function."""

    def __init__(self, fun: Function, nondiff_argnums: Sequence[int] = ()) -> None:
        functools.update_wrapper(self, fun)
        self.fun = fun
        self.__signature__ = _signature(fun)
        self.nondiff = tuple(nondiff_argnums)
        self.active = tuple(i for i in range(len(_parameters(fun))) if i not in self.nondiff)
        register(self, self._rule())

    def _rule(self, **parts: Any) -> CustomRule:
        function = parts.pop("function", self.fun)
        return CustomRule(_name(self.fun), function, self.__signature__, self.active, **parts)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.fun(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else functools.partial(self, instance)


class custom_vjp(Custom):  # noqa: N801 - as in JAX
    """A function with its own rule for reverse mode, as in JAX.

    `defvjp(fwd, bwd)`: `fwd` takes the function's arguments and returns the pair of its value and
    of anything that the rule needs; `bwd` takes that and the adjoint of the value, behind the
    arguments at `nondiff_argnums`, and returns the tuple of the adjoints of the other arguments.

    Examples:
        >>> import numpy as np, srcgrad
        >>> @srcgrad.custom_vjp
        ... def clipped(x):
        ...     return x
        >>> clipped.defvjp(lambda x: (x, None), lambda kept, bar: (np.clip(bar, -1.0, 1.0),))
        >>> srcgrad.grad(lambda x: 5.0 * clipped(x))(2.0)
        np.float64(1.0)
    """

    def defvjp(self, fwd: Function, bwd: Function) -> None:
        """Set the rule."""
        nondiff = self.nondiff

        def adjoints(call: Any, args: Sequence[Any], y: Any, kept: Any, y_bar: Any) -> Any:
            return call(bwd, [*(args[i] for i in nondiff), kept, y_bar], {})

        register(self, self._rule(function=fwd, adjoints=adjoints, keeps=True))


class custom_jvp(Custom):  # noqa: N801 - as in JAX
    """A function with its own rule for forward mode, as in JAX; reverse mode turns it around.

    `defjvp(rule)`: `rule` takes, behind the arguments at `nondiff_argnums`, the tuple of the others
    and that of their tangents, and returns the pair of the value and its tangent, which must be
    linear in the tangents.

    Examples:
        >>> import srcgrad
        >>> @srcgrad.custom_jvp
        ... def square(x):
        ...     return x * x
        >>> @square.defjvp
        ... def square_jvp(primals, tangents):
        ...     (x,), (x_dot,) = primals, tangents
        ...     return x * x, 2.0 * x * x_dot
        >>> srcgrad.jvp(square, (3.0,), (1.0,)), srcgrad.grad(square)(3.0)
        ((9.0, 6.0), 6.0)
    """

    def defjvp(self, rule: Function) -> Function:
        """Set the rule; can be used as a decorator."""
        nondiff, active = self.nondiff, self.active

        def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
            fixed = tuple(args[i] for i in nondiff)
            return call(_second, [rule, fixed, tuple(args[i] for i in active), tuple(dots)], {})

        register(self, self._rule(tangent=tangent, linear=True))
        return rule

    def defjvps(self, *rules: Function | None) -> None:
        """Set a rule for each argument: `rule(x_dot, y, *args)` gives its part of the tangent."""
        active = self.active

        def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
            total: Any = None
            for i, dot in zip(active, dots, strict=True):
                one = rules[active.index(i)]
                if one is not None:
                    part = call(one, [dot, y, *args], {})
                    total = part if total is None else call(_sum, [total, part], {})
            return total

        register(self, self._rule(tangent=tangent, linear=True))


def _second(rule: Any, fixed: Any, primals: Any, tangents: Any) -> Any:
    return rule(*fixed, tuple(primals), tuple(tangents))[1]


def _sum(a: Any, b: Any) -> Any:
    return a + b


def _signature(function: Any) -> inspect.Signature:
    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"a rule for {function!r}",
            why="its parameters are not known",
            fix="wrap it in a function that names them, and give that one the rule",
        ) from None


def _parameters(function: Any) -> list[str]:
    return list(_signature(function).parameters)


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", function))

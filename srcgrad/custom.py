"""Rules by the user: derivatives for functions that srcgrad should not, or cannot, look into."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.errors import ArgumentError
from srcgrad.rulebook import CustomRule, by_adjoint, by_tangent, register, rule_of

Function = Callable[..., Any]


def adjoint(function: Function) -> Callable[[Function], Function]:
    """Register a rule for reverse mode: how the adjoints of arguments come from the result's.

    The rule takes the arguments of `function`, with its defaults filled in, and by keyword its
    result `y` and the result's adjoint `y_bar`; it returns the adjoints of the arguments, one for
    each in its shape, None for zero.  Its source is spliced into the derivative's.  `function` may
    be written in any language.

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
    _rule_for(function)  # refuses what cannot have one
    parts = {"function": function, "keeps": False}
    return lambda rule: _extended(function, rule, adjoints=by_adjoint(rule), **parts)


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
    before = _rule_for(function)
    return lambda rule: _extended(
        function, rule, tangent=by_tangent(rule, before.signature), linear=False
    )


def _extended(owner: Any, rule: Function, **parts: Any) -> Function:
    """Give a function one more rule, keeping the one for the other mode."""
    register(owner, replace(_rule_for(owner), **parts))
    return rule


def _rule_for(function: Any) -> CustomRule:
    """The rule of a function so far, which may be for no mode yet."""
    known = rule_of(function)
    if known is not None:
        return known
    if isinstance(function, types.MethodType):
        raise ArgumentError(
            f"a rule for the method {_name(function)}",
            why="it is another object each time that it is looked up",
            fix=f"give the rule to the function in the class, {function.__func__.__qualname__}",
        )
    return CustomRule(_name(function), function, _signature(function), primal=function)


class Custom:
    """A function with a rule: calls are calls of the function."""

    def __init__(self, fun: Function, nondiff_argnums: int | Sequence[int] = ()) -> None:
        functools.update_wrapper(self, fun)
        self.fun = fun
        self.__signature__ = _signature(fun)
        self.nondiff = _positions(nondiff_argnums, self.__signature__)
        register(self, self._rule())

    def _rule(self) -> CustomRule:
        rule = CustomRule(_name(self.fun), self, self.__signature__, primal=self.fun)
        return replace(rule, fixed=self.nondiff)

    def _set(self, **parts: Any) -> None:
        register(self, replace(rule_of(self) or self._rule(), **parts))

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

        self._set(function=fwd, adjoints=adjoints, keeps=True)


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
        nondiff = self.nondiff

        def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
            fixed = [args[i] for i in nondiff]
            primals = tuple(args[i] for i in call.active)
            return call.second(call(rule, [*fixed, primals, tuple(dots)], {}))

        self._set(tangent=tangent, linear=True)
        return rule

    def defjvps(self, *rules: Function | None) -> None:
        """Set a rule for each argument: `rule(x_dot, y, *args)` gives its part of the tangent."""

        def tangent(call: Any, args: Sequence[Any], y: Any, dots: Sequence[Any]) -> Any:
            total: Any = None
            for i, one in enumerate(call.one_for_each(rules)):
                if one is not None and call.active[i] in call.wanted:
                    part = call(one, [dots[i], y, *args], {})
                    total = part if total is None else call(_sum, [total, part], {})
            return total

        self._set(tangent=tangent, linear=True)


def _sum(a: Any, b: Any) -> Any:
    return a + b


def _positions(given: int | Sequence[int], signature: inspect.Signature) -> tuple[int, ...]:
    """The positions of arguments that have no derivative."""
    several = (given,) if isinstance(given, int) else tuple(given)
    count = len(signature.parameters)
    if not all(isinstance(i, int) and -count <= i < count for i in several):
        raise ArgumentError(
            f"nondiff_argnums={given!r} of a function with {count} parameters",
            why=f"its parameters are {', '.join(signature.parameters) or 'none'}",
            fix="pass a tuple of positions that it has",
        )
    return tuple(i % count for i in several)


def _signature(function: Any) -> inspect.Signature:
    """The parameters of a function; those of a ufunc are its operands."""
    if isinstance(function, np.ufunc):
        kind = inspect.Parameter.POSITIONAL_ONLY
        names = ["x"] if function.nin == 1 else [f"x{i + 1}" for i in range(function.nin)]
        return inspect.Signature([inspect.Parameter(n, kind) for n in names])
    try:
        return inspect.signature(getattr(function, "pyfunc", function))
    except (TypeError, ValueError):
        raise ArgumentError(
            f"a rule for {function!r}",
            why="its parameters are not known",
            fix="wrap it in a function that names them, and give that one the rule",
        ) from None


def _name(function: Any) -> str:
    return str(getattr(function, "__name__", function))

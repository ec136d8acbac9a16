"""Derivatives along a direction: tangents forward, adjoints in reverse.

Everything here is plain Python over two primitives, so that it can itself be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.making import first, pullback_of, tangent_of
from srcgrad.runtime import copied


def jvp(
    fun: Callable[..., Any],
    primals: Sequence[Any],
    tangents: Sequence[Any],
    has_aux: bool = False,
) -> Any:
    """The value of a function and its derivative along a direction, by forward mode.

    Args:
        fun: the function; it may return any structure of floats and arrays.
        primals: its arguments, all of which are differentiated.
        tangents: the direction: for each primal a value of the same structure and shapes.
        has_aux: `fun` returns a pair; the second is handed through.

    Returns:
        `(value, tangent)`, the tangent with the structure of the value; with `has_aux`
        `(value, tangent, aux)`.

    Examples:
        >>> import srcgrad
        >>> srcgrad.jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.5))
        (6.0, 3.5)
    """
    if len(primals) != len(tangents):
        raise TypeError(f"{len(primals)} primals and {len(tangents)} tangents")
    return tangent_of(fun, first(len(primals)), has_aux)(*primals, *tangents)


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function and its pullback, in JAX's order.

    Returns:
        `(value, pullback)`: `pullback(bar)` takes the adjoint of the value, in its structure, and
        returns the tuple of the adjoints of `primals`; it can be called many times.  With
        `has_aux` `(value, pullback, aux)`.

    Examples:
        >>> import srcgrad
        >>> value, pullback = srcgrad.vjp(lambda x, y: x * y, 3.0, 2.0)
        >>> value, pullback(1.0)
        (6.0, (2.0, 3.0))
    """
    pull = pullback_of(fun, first(len(primals)), has_aux)
    kept = copied(primals)
    result = fun(*copied(primals))

    def pullback(bar: Any) -> Any:
        return pull(*kept, bar)[1]

    if has_aux:
        return result[0], pullback, result[1]
    return result, pullback


def make_jvp(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Forward mode in autograd's form: `make_jvp(fun)(*args)(v)` is `(value, tangent)`.

    Examples:
        >>> import srcgrad
        >>> srcgrad.make_jvp(lambda x: x**3)(2.0)(1.0)
        (8.0, 12.0)
    """
    tangent = tangent_of(fun, argnum)

    def at(*args: Any) -> Any:
        kept = copied(args)

        def push(v: Any) -> Any:
            return tangent(*kept[: argnum + 1], v, *kept[argnum + 1 :])

        return push

    return at


def make_vjp(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """Reverse mode in autograd's form: `make_vjp(fun)(*args)` is `(pullback, value)`.

    Examples:
        >>> import srcgrad
        >>> pullback, value = srcgrad.make_vjp(lambda x: x**3)(2.0)
        >>> pullback(1.0), value
        (12.0, 8.0)
    """
    pull = pullback_of(fun, argnum)

    def at(*args: Any) -> Any:
        kept = copied(args)
        value = fun(*copied(args))

        def pullback(bar: Any) -> Any:
            return pull(*kept[: argnum + 1], bar, *kept[argnum + 1 :])[1]

        return pullback, value

    return at


def deriv(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The derivative of a function of one number, by forward mode; the result may be any shape.

    Examples:
        >>> import srcgrad
        >>> srcgrad.deriv(lambda t: t**3)(2.0)
        12.0
    """
    tangent = tangent_of(fun, argnum)

    def derivative(*args: Any) -> Any:
        return tangent(*args[: argnum + 1], 1.0, *args[argnum + 1 :])[1]

    return derivative


__all__ = ["deriv", "jvp", "make_jvp", "make_vjp", "vjp"]

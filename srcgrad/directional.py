"""Derivatives along a direction: tangents forward, adjoints in reverse.

Everything here is plain Python over two primitives, so that it can itself be differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.errors import ArgumentError
from srcgrad.gradient import Gradient, signature_of
from srcgrad.making import (
    compiled,
    first,
    makes_derivatives,
    positions,
    pullback_of,
    tangent_of,
)
from srcgrad.runtime import copied
from srcgrad.seeds import check, floats
from srcgrad.writing import as_function, parameter, passed, written


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
        `(value, tangent)`, the tangent with the structure and shapes of the value; with `has_aux`
        `(value, tangent, aux)`.

    Raises:
        ArgumentError: if the tangents have not the structure and shapes of the primals.

    Examples:
        >>> import srcgrad
        >>> srcgrad.jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.5))
        (6.0, 3.5)
    """
    if len(primals) != len(tangents):
        raise ArgumentError(
            f"{len(primals)} primals and {len(tangents)} tangents",
            why="each argument moves along its own tangent",
            fix="pass one for each, zeros for those that stay: jvp(f, (x, y), (x_dot, y_dot))",
        )
    for tangent, primal in zip(tangents, primals):  # noqa: B905
        check(tangent, primal)
    return tangent_of(fun, first(len(primals)), has_aux)(*primals, *tangents)


def vjp(fun: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """The value of a function and its pullback, in JAX's order.

    Args:
        fun: the function; it may return any structure of floats and arrays.
        primals: its arguments, all of which are differentiated.
        has_aux: `fun` returns a pair; the second is handed through.

    Returns:
        `(value, pullback)`: `pullback(bar)` takes the adjoint of the value, in its structure and
        shapes, and returns the tuple of the adjoints of `primals`, in theirs; it can be called
        many times.  With `has_aux` `(value, pullback, aux)`.

    Raises:
        ArgumentError: from `pullback`, for an adjoint of another structure or shape.

    Examples:
        >>> import srcgrad
        >>> value, pullback = srcgrad.vjp(lambda x, y: x * y, 3.0, 2.0)
        >>> value, pullback(1.0)
        (6.0, (2.0, 3.0))
    """
    pull = pullback_of(fun, first(len(primals)), has_aux)
    kept = floats(copied(primals))
    result = fun(*copied(kept))
    value = result[0] if has_aux else result

    def pullback(bar: Any) -> Any:
        check(bar, value)
        return pull(*kept, bar)[1]

    if has_aux:
        return value, pullback, result[1]
    return value, pullback


@makes_derivatives
def make_jvp(fun: Callable[..., Any], argnum: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Forward mode in autograd's form: `make_jvp(fun)(*args)(v)` is `(value, tangent)`.

    Args:
        fun: the function; it may return any structure of floats and arrays.
        argnum: the position of the argument that moves, or a tuple of positions; then `v` is a
            tuple as well.

    Returns:
        A function of the arguments of `fun` that returns the function `push(v)` of a direction,
        which has the structure and shapes of the argument, and can be called many times.

    Raises:
        ArgumentError: from `push`, for a direction of another structure or shape.

    Examples:
        >>> import srcgrad
        >>> srcgrad.make_jvp(lambda x: x**3)(2.0)(1.0)
        (8.0, 12.0)
    """
    chosen = places(fun, argnum)
    seeds = ["_v"] if isinstance(argnum, int) else [f"_v[{i}]" for i in range(len(chosen))]
    checks = [f"_check({v}, {parameter(fun, p)})" for v, p in zip(seeds, chosen, strict=True)]
    body = f"""
    {copies(fun)}
    def push(_v):
        {"; ".join(checks)}
        return _tangent({with_seeds(fun, chosen, seeds)})
    return push
    """
    return written(fun, "at", body, {"tangent": tangent_of(fun, argnum), **HELPERS})


@makes_derivatives
def make_vjp(fun: Callable[..., Any], argnum: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Reverse mode in autograd's form: `make_vjp(fun)(*args)` is `(pullback, value)`.

    Args:
        fun: the function; it may return any structure of floats and arrays.
        argnum: the position of the argument to differentiate with respect to, or a tuple of them;
            then `pullback` returns a tuple as well.

    Returns:
        A function of the arguments of `fun` that returns `(pullback, value)`: `pullback(bar)` takes
        the adjoint of the value, in its structure and shapes, and returns that of the argument;
        it can be called many times.

    Raises:
        ArgumentError: from `pullback`, for an adjoint of another structure or shape.

    Examples:
        >>> import srcgrad
        >>> pullback, value = srcgrad.make_vjp(lambda x: x**3)(2.0)
        >>> pullback(1.0), value
        (12.0, 8.0)
    """
    chosen = places(fun, argnum)
    body = f"""
    {copies(fun, chosen)}
    _value = _fun({again(fun)})
    def pullback(_bar):
        _check(_bar, _value)
        return _pull({with_seeds(fun, chosen, ["_bar"])})[1]
    return pullback, _value
    """
    return written(fun, "at", body, {"fun": fun, "pull": pullback_of(fun, argnum), **HELPERS})


@makes_derivatives
def deriv(fun: Callable[..., Any], argnum: int = 0) -> Gradient:
    """The derivative of a function of one number, by forward mode; the result may be any shape.

    Args:
        fun: a function of a number, or an elementwise one of an array.
        argnum: the position of the argument to differentiate with respect to.

    Returns:
        A function with the parameters of `fun`, whose result has the structure and shapes of that
        of `fun`.

    Examples:
        >>> import srcgrad
        >>> srcgrad.deriv(lambda t: t**3)(2.0)
        12.0
    """
    (place,) = places(fun, argnum)
    x = parameter(fun, place)
    one, ones = (with_seeds(fun, (place,), [v]) for v in ("1.0", f"_np.ones_like({x})"))
    body = f"""
    if _np.ndim({x}) == 0:
        return _tangent({one})[1]
    return _tangent({ones})[1]
    """
    function = written(fun, "deriv", body, {"tangent": tangent_of(fun, place)})
    return compiled(function, fun, "deriv")


# the text of their source -------------------------------------------------------------------------

HELPERS = {"check": check, "copied": copied, "floats": floats}


def places(fun: Any, argnums: Any) -> tuple[int, ...]:
    """The positions of parameters, counted from the start."""
    names, _ = positions(fun, argnums)
    return tuple(map(list(signature_of(as_function(fun)).parameters).index, names))


def with_seeds(fun: Any, chosen: tuple[int, ...], seeds: Sequence[str]) -> str:
    """The arguments of a derivative: those of `fun`, and seeds behind those it is by."""
    own = [passed(p) for p in signature_of(as_function(fun)).parameters.values()]
    count = 1 + max(chosen)
    return ", ".join([*own[:count], *seeds, *own[count:]])


def copies(fun: Any, chosen: tuple[int, ...] = ()) -> str:
    """A line that keeps the arguments as they are now, those to differentiate by as floats."""
    names = list(signature_of(as_function(fun)).parameters)
    kept = [
        f"_floats(_copied({n}))" if i in chosen else f"_copied({n})" for i, n in enumerate(names)
    ]
    return "; ".join(f"{n} = {value}" for n, value in zip(names, kept, strict=True))


def again(fun: Any) -> str:
    """The arguments of a call that may write into them."""
    parameters = signature_of(as_function(fun)).parameters.values()
    return ", ".join(passed(p, f"_copied({p.name})") for p in parameters)


__all__ = ["deriv", "jvp", "make_jvp", "make_vjp", "vjp"]

"""The functions a user calls.  Thin: they check their arguments and hand over to the compiler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import Gradient, check_function, signature_of
from srcgrad.request import Request

Names = str | Sequence[str]


def grad(
    fun: Callable[..., Any] | None = None,
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    *,
    wrt: Names | None = None,
    argnum: int | Sequence[int] | None = None,
) -> Any:
    """The gradient of a function that returns one number.

    Args:
        fun: the function.  Left out, `grad` is a decorator: `@grad` or `@grad(argnums=(0, 1))`.
        argnums: the position of the argument to differentiate with respect to, or a tuple of them,
            for which a tuple of gradients is returned.  Negative positions count from the end.
        has_aux: `fun` returns a pair; the first is differentiated, the second returned as it is.
        wrt: in place of `argnums`, the name of a parameter, or of a global or closure variable that
            the function or one it calls reads; or a tuple of names.
        argnum: autograd's spelling of `argnums`.

    Returns:
        A `Gradient`: called with the arguments of `fun`, it returns the gradient, with the
        structure, shapes and dtypes of what it is with respect to (with `has_aux`, the pair of it
        and the second result).  `print` shows its source.

    Raises:
        ArgumentError: for positions or names that `fun` does not have.
        SourceError: if the source of `fun` cannot be read.

    Examples:
        >>> import srcgrad
        >>> @srcgrad.grad
        ... def slope(x):
        ...     return x**3 + 2 * x**2 + x + 1
        >>> slope(1.0)
        8.0
    """
    return _differentiate(fun, _either(argnums, argnum), wrt, has_aux, "grad")


def value_and_grad(
    fun: Callable[..., Any] | None = None,
    argnums: int | Sequence[int] | None = None,
    has_aux: bool = False,
    *,
    wrt: Names | None = None,
    argnum: int | Sequence[int] | None = None,
) -> Any:
    """The value of a function and its gradient, from one pass; takes what `grad` takes.

    Returns:
        A `Gradient` that returns `(value, gradient)`, with `has_aux` `((value, aux), gradient)`.

    Examples:
        >>> import srcgrad
        >>> srcgrad.value_and_grad(lambda x, y: x**2 + x * y)(2.0, 3.0)
        (10.0, 7.0)
    """
    return _differentiate(fun, _either(argnums, argnum), wrt, has_aux, "value_and_grad")


def source(fun: Callable[..., Any], *example_args: Any, argnums: int | Sequence[int] = 0) -> str:
    """The source of a function's gradient as text, without running it.

    Args:
        fun: the function.
        example_args: arguments of the kinds to compile for.  Without them, type hints and defaults
            are used, and the source handles any shapes with the helper `unbroadcast`.
        argnums: as in `grad`.

    Examples:
        >>> import srcgrad
        >>> print(srcgrad.source(lambda x: x * x, 3.0))
        def function_grad(x):  # x: float
            # reverse
            # 1: x * x
            x_bar = 2.0 * x
            return x_bar
        <BLANKLINE>
    """
    gradient = grad(fun, argnums)
    if not example_args:
        return str(gradient.source)
    return str(gradient.compile_for(*example_args).source)


def stages(fun: Callable[..., Any], *example_args: Any, argnums: int | Sequence[int] = 0) -> str:
    """The function after each stage of the compiler, as text: for the curious and for debugging.

    Shows it lowered to one operation a statement, specialised to the kinds of the arguments with
    what is active, as adjoint before and after tidying, and the source.
    """
    return str(grad(fun, argnums).show_stages(*example_args))


def _differentiate(fun: Any, argnums: Any, wrt: Names | None, has_aux: bool, title: str) -> Any:
    if fun is None:
        return lambda function: _differentiate(function, argnums, wrt, has_aux, title)
    try:
        return _made(fun, argnums, wrt, has_aux, title)
    except SrcgradError as error:
        raise error.with_traceback(None) from None


def _made(fun: Any, argnums: Any, wrt: Names | None, has_aux: bool, title: str) -> Gradient:
    _check_function(fun)
    if argnums is not None and wrt is not None:
        raise ArgumentError(
            "both argnums and wrt", why="they say the same thing", fix="pass one of them"
        )
    names, single = (
        _names(fun, wrt) if wrt is not None else _positions(fun, 0 if argnums is None else argnums)
    )
    request = Request(names, single, title == "value_and_grad", bool(has_aux))
    return Gradient(fun, request, title)


def _check_function(fun: Any) -> None:
    """Refuse what cannot be called, and what has no source."""
    if isinstance(fun, type) or not (callable(fun) or isinstance(fun, classmethod)):
        raise ArgumentError(
            f"the gradient of {fun!r}", why="it is not a function", fix="pass a function"
        )
    check_function(fun)


def _either(argnums: Any, argnum: Any) -> Any:
    """The positions, under whichever of the two names they were passed."""
    if argnums is not None and argnum is not None:
        raise ArgumentError(
            "both argnums and argnum", why="they say the same thing", fix="pass argnums alone"
        )
    return argnums if argnum is None else argnum


def _names(fun: Any, wrt: Any) -> tuple[tuple[str, ...], bool]:
    names = tuple(wrt) if isinstance(wrt, tuple | list) else (wrt,)
    if not names or not all(isinstance(n, str) for n in names):
        raise ArgumentError(
            f"wrt={wrt!r}", why="it must be a name or a tuple of names", fix='wrt=("a", "b")'
        )
    return names, isinstance(wrt, str)


def _positions(fun: Any, argnums: Any) -> tuple[tuple[str, ...], bool]:
    """The names of the parameters at some positions."""
    single = isinstance(argnums, int) and not isinstance(argnums, bool)
    positions = (argnums,) if single else argnums
    valid = isinstance(positions, tuple | list) and positions
    if not valid or not all(isinstance(p, int) and not isinstance(p, bool) for p in positions):
        raise ArgumentError(
            f"argnums={argnums!r}",
            why="it must be an int or a tuple of ints",
            fix="argnums=0 or argnums=(0, 1)",
        )
    parameters, stars = _parameters(fun)
    for p in positions:
        if not -len(parameters) <= p < len(parameters):
            raise _bad_position(argnums, parameters, stars)
    return tuple(parameters[p] for p in positions), single


def _parameters(fun: Any) -> tuple[list[str], str]:
    """The parameters that have a position, and the one that takes all others, if any."""
    parameters = signature_of(fun).parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names, next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "")


def _bad_position(argnums: Any, parameters: list[str], stars: str) -> ArgumentError:
    fix = "pass a position that it has, or wrt= with a name"
    if stars:
        fix = f"name the parameter, or pass wrt={stars!r} for a gradient of each of *{stars}"
    count = len(parameters)
    return ArgumentError(
        f"argnums={argnums!r} of a function with {count} positional parameters",
        why=f"its parameters are {', '.join(parameters) or 'none'}",
        fix=fix,
    )


__all__ = ["Gradient", "grad", "source", "stages", "value_and_grad"]

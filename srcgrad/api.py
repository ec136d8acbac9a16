"""The functions a user calls.  Thin: they check their arguments and hand over to the compiler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.gradient import Gradient
from srcgrad.making import Names, differentiate, either, makes_derivatives


@makes_derivatives
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
    return differentiate(fun, either(argnums, argnum), wrt, has_aux, "grad")


@makes_derivatives
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
    return differentiate(fun, either(argnums, argnum), wrt, has_aux, "value_and_grad")


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


__all__ = ["Gradient", "grad", "source", "stages", "value_and_grad"]

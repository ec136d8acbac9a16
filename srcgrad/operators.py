"""Matrices of derivatives and products with them: Jacobians, Hessians and their like.

Each returns a function with the signature of the one that it is given: a line or two of Python over
gradients, tangents and pullbacks, which can itself be read and differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.api import grad
from srcgrad.gradient import signature_of
from srcgrad.making import (
    compiled,
    makes_derivatives,
    pullback_of,
    pullbacks_of,
    tangent_of,
    tangents_of,
)
from srcgrad.writing import parameter, passed, written

Function = Callable[..., Any]


@makes_derivatives
def elementwise_grad(fun: Function, argnum: int = 0) -> Function:
    """The derivative of each element of the result by the same element of an argument.

    For functions that work elementwise; it is the gradient of the sum of the results, in the shape
    and dtype of the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
        array([ 3., 12.])
    """
    pull = pullback_of(fun, argnum)
    body = "return _pull({args})[1]"
    seed = "_np.ones_like(_fun({own}))"
    return _with_seed(fun, "elementwise_grad", body, argnum, seed, {"pull": pull})


egrad = elementwise_grad


@makes_derivatives
def jacfwd(fun: Function, argnum: int = 0) -> Function:
    """The Jacobian of a function by forward mode: for no more inputs than outputs.

    Returns:
        A function with the parameters of `fun`.  For an array or number the result has the shape of
        the result of `fun` followed by that of the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacfwd(lambda x: x**2)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
    """
    x, tangents = parameter(fun, argnum), tangents_of(fun, argnum)
    body = f"return _columns(_tangents({{args}})[1], _np.shape({x}))"
    names = {"tangents": tangents, "columns": columns}
    return _with_seed(fun, "jacobian", body, argnum, f"_basis({x})", names)


@makes_derivatives
def jacrev(fun: Function, argnum: int = 0) -> Function:
    """The Jacobian of a function by reverse mode: for fewer outputs than inputs.

    Returns:
        As `jacfwd`.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacrev(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
        array([2., 4.])
    """
    x, pullbacks = parameter(fun, argnum), pullbacks_of(fun, argnum)
    body = f"""
    _y = _fun({{own}})
    return _rows(_pullbacks({{args}})[1], _np.shape(_y), _np.shape({x}))
    """
    names = {"pullbacks": pullbacks, "rows": rows}
    return _with_seed(fun, "jacobian", body, argnum, "_basis(_y)", names)


@makes_derivatives
def hessian(fun: Function, argnum: int = 0) -> Function:
    """The second derivatives of a function of one array or number, forward over reverse.

    Returns:
        A function with the parameters of `fun`; its result has the shape of the argument twice.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.hessian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
        array([[ 6.,  0.],
               [ 0., 12.]])
    """
    return jacfwd(grad(fun, argnum), argnum)


@makes_derivatives
def hvp(fun: Function, argnum: int = 0) -> Function:
    """The product of the Hessian and a vector, forward over reverse, without the Hessian.

    Returns:
        A function of the arguments of `fun` and, behind the one at `argnum`, the vector, which has
        its structure and shapes: `hvp(fun)(x, v)`.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
        array([ 6., 12.])
    """
    tangent = tangent_of(grad(fun, argnum), argnum)
    return written(tangent, "hvp", "return _tangent({args})[1]", {"tangent": tangent})


hessian_vector_product = hvp


def basis(x: Any) -> Any:
    """The unit vectors in the shape of a number or an array, one behind the other."""
    size = np.size(x)
    return np.reshape(np.eye(size), (size, *np.shape(x)))


def columns(derivatives: Any, shape: tuple[int, ...]) -> Any:
    """A Jacobian from its columns, one behind the other; `shape` is that of the argument."""
    return np.reshape(np.moveaxis(derivatives, 0, -1), np.shape(derivatives)[1:] + shape)


def rows(derivatives: Any, y_shape: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """A Jacobian from its rows, one behind the other."""
    return np.reshape(derivatives, y_shape + shape)


def _with_seed(
    fun: Any, name: str, body: str, argnum: int, seed: str, names: dict[str, Any]
) -> Function:
    """A function with the signature of `fun` that calls a derivative with a seed."""
    own = [passed(p) for p in signature_of(fun).parameters.values()]
    seeded = [*own[: argnum + 1], seed, *own[argnum + 1 :]]
    text = body.replace("{args}", ", ".join(seeded)).replace("{own}", ", ".join(own))
    function = written(fun, name, text, {"fun": fun, "basis": basis, **names})
    return compiled(function, fun, name)


__all__ = [
    "egrad",
    "elementwise_grad",
    "hessian",
    "hessian_vector_product",
    "hvp",
    "jacfwd",
    "jacrev",
]

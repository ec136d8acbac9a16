"""Matrices of derivatives and products with them: Jacobians, Hessians and their like.

Everything here is plain Python over gradients, tangents and pullbacks, so that it can itself be
differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.api import grad, value_and_grad
from srcgrad.directional import make_jvp, vjp
from srcgrad.making import pullback_of, tangent_of


def elementwise_grad(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The derivative of each element of the result with respect to the same element of an argument.

    For functions that work elementwise: it is the gradient of the sum of the results.  Shapes and
    dtypes are those of the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
        array([ 3., 12.])
    """

    pull = pullback_of(fun, argnum)

    def derivative(*args: Any) -> Any:
        ones = np.ones_like(fun(*args))
        return pull(*args[: argnum + 1], ones, *args[argnum + 1 :])[1]

    return derivative


egrad = elementwise_grad


def jacfwd(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The Jacobian of a function of an array by forward mode: best for few inputs.

    Returns:
        A function of `fun`'s arguments; its result has the shape of `fun`'s result followed by that
        of the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacfwd(lambda x: x**2)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
    """
    tangent = tangent_of(fun, argnum)

    def jacobian_by_columns(*args: Any) -> Any:
        x = args[argnum]
        columns = []
        for direction in basis(x):
            columns.append(tangent(*args[: argnum + 1], direction, *args[argnum + 1 :])[1])
        return as_last_axes(np.stack(columns), np.shape(x))

    return jacobian_by_columns


def jacrev(fun: Callable[..., Any], argnum: int = 0) -> Callable[..., Any]:
    """The Jacobian of a function of an array by reverse mode: best for few outputs.

    Returns:
        A function of `fun`'s arguments; its result has the shape of `fun`'s result followed by that
        of the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacrev(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
        array([2., 4.])
    """
    pull = pullback_of(fun, argnum)

    def jacobian_by_rows(*args: Any) -> Any:
        y = fun(*args)
        rows = []
        for bar in basis(y):
            rows.append(pull(*args[: argnum + 1], bar, *args[argnum + 1 :])[1])
        return np.reshape(np.stack(rows), np.shape(y) + np.shape(args[argnum]))

    return jacobian_by_rows


def basis(x: Any) -> Any:
    """The unit vectors in the shape of a number or an array, one behind the other."""
    size = np.size(x)
    return np.reshape(np.eye(size), (size, *np.shape(x)))


def as_last_axes(columns: Any, shape: tuple[int, ...]) -> Any:
    """Columns with the axis that counts them as the last ones, in a shape."""
    return np.reshape(np.moveaxis(columns, 0, -1), np.shape(columns)[1:] + shape)

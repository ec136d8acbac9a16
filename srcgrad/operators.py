"""Matrices of derivatives and products with them: Jacobians, Hessians and their like.

Each operator returns a function with the signature of the one that it is given: a line or two of
Python over gradients, tangents and pullbacks, which can itself be read and differentiated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import Parameter
from typing import Any

import numpy as np

from srcgrad.api import grad
from srcgrad.directional import copies, make_jvp, places, with_seeds
from srcgrad.gradient import Gradient, signature_of
from srcgrad.making import differentiate, either, makes_derivatives, pullback_of, slope_of
from srcgrad.matrices import matrix
from srcgrad.runtime import copied
from srcgrad.seeds import check
from srcgrad.writing import as_function, passed, written

Function = Callable[..., Any]
Positions = int | Sequence[int]


@makes_derivatives
def jacobian(
    fun: Function,
    argnums: Positions | None = None,
    has_aux: bool = False,
    *,
    argnum: Positions | None = None,
) -> Gradient:
    """The Jacobian of a function, by forward or by reverse mode.

    The sizes of result and argument decide at each call: reverse mode for fewer outputs than
    inputs, else forward mode.

    Args:
        fun: a function of arrays, numbers and containers of them, which returns one of these.
        argnums: the position of the argument to differentiate with respect to, or a tuple of them.
        has_aux: `fun` returns a pair; the first is differentiated, the second handed through.
        argnum: autograd's spelling of `argnums`.

    Returns:
        A function with the parameters of `fun`.  For an argument of shape `a` and a result of shape
        `r` it returns an array of shape `r + a`; for a tuple of `argnums` a tuple of them.  Where
        the result or the argument is a container (tuple, named tuple, list, dict, dataclass) it
        returns, as JAX does, the containers of the result with those of the argument in the place
        of each leaf, with such arrays as leaves.  With `has_aux`, the pair of that and the second
        result.

    Raises:
        ArgumentError: for positions that `fun` does not have.
        UnsupportedError: for containers, where the Jacobian is itself differentiated.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacobian(lambda x: np.array([x[0] * x[1], x[2]]))(np.array([2.0, 3.0, 4.0]))
        array([[3., 2., 0.],
               [0., 0., 1.]])
        >>> srcgrad.jacobian(lambda p: p["a"] ** 2 * p["b"])({"a": 3.0, "b": np.array([1.0, 2.0])})
        {'a': array([ 6., 12.]), 'b': array([[9., 0.],
               [0., 9.]])}
    """
    return matrix("jacobian", fun, either(argnums, argnum), has_aux)


@makes_derivatives
def jacfwd(
    fun: Function,
    argnums: Positions | None = None,
    has_aux: bool = False,
    *,
    argnum: Positions | None = None,
) -> Gradient:
    """The Jacobian of a function by forward mode: for no more inputs than outputs.

    Takes, returns and raises what `jacobian` does.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacfwd(lambda x: x**2)(np.array([1.0, 2.0]))
        array([[2., 0.],
               [0., 4.]])
    """
    return matrix("jacfwd", fun, either(argnums, argnum), has_aux)


@makes_derivatives
def jacrev(
    fun: Function,
    argnums: Positions | None = None,
    has_aux: bool = False,
    *,
    argnum: Positions | None = None,
) -> Gradient:
    """The Jacobian of a function by reverse mode: for fewer outputs than inputs.

    Takes, returns and raises what `jacobian` does.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.jacrev(lambda x, y: np.sum(x * y), argnums=(0, 1))(np.ones(2), np.ones(2))
        (array([1., 1.]), array([1., 1.]))
    """
    return matrix("jacrev", fun, either(argnums, argnum), has_aux)


@makes_derivatives
def hessian(
    fun: Function,
    argnums: Positions | None = None,
    has_aux: bool = False,
    *,
    argnum: Positions | None = None,
) -> Gradient:
    """The second derivatives of a function that returns one number, forward over reverse.

    Args:
        fun: a function of arrays, numbers and containers of them, which returns one number.
        argnums: the position of the argument to differentiate with respect to, or a tuple of them.
        has_aux: `fun` returns a pair; the first is differentiated, the second handed through.
        argnum: autograd's spelling of `argnums`.

    Returns:
        A function with the parameters of `fun`.  For an argument of shape `a` it returns an array
        of shape `a + a`; for a tuple of `argnums` a tuple of tuples of blocks, where the one at
        `[i][j]` has the shape of the argument `i` followed by that of `j`; for containers, as JAX,
        the container with containers of blocks in the place of its leaves.

    Raises:
        ArgumentError: for positions that `fun` does not have.
        NotDifferentiableError: if `fun` does not return one number.
        UnsupportedError: for containers, where the Hessian is itself differentiated.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.hessian(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
        array([[ 6.,  0.],
               [ 0., 12.]])
        >>> srcgrad.hessian(lambda x, y: x**2 * y, argnums=(0, 1))(3.0, 5.0)
        ((10.0, 6.0), (6.0, 0.0))
    """
    return matrix("hessian", fun, either(argnums, argnum), has_aux)


@makes_derivatives
def elementwise_grad(fun: Function, argnum: int = 0) -> Gradient:
    """The derivative of each element of the result by the same element of an argument.

    For functions that work elementwise.  In general it is the gradient of the sum of the results.

    Args:
        fun: a function that returns an array or a number.
        argnum: the position of the argument to differentiate with respect to.

    Returns:
        A function with the parameters of `fun`, whose result has the structure, shapes and dtypes
        of the argument.

    Raises:
        ArgumentError: for a position that `fun` does not have.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.elementwise_grad(lambda x: x**3)(np.array([1.0, 2.0]))
        array([ 3., 12.])
    """
    name = getattr(fun, "__name__", "function")
    total = written(
        fun,
        name if name.isidentifier() else "function",
        "return _np.sum(_fun({args}))",
        {"fun": fun},
    )
    return differentiate(total, argnum, None, False, "elementwise_grad")  # type: ignore[no-any-return]


egrad = elementwise_grad


@makes_derivatives
def hvp(fun: Function, argnum: int = 0) -> Function:
    """The product of the Hessian and a vector, forward over reverse, without the Hessian.

    Args:
        fun: a function of any structure of floats and arrays that returns one number.
        argnum: the position of the argument to differentiate with respect to.

    Returns:
        A function of the arguments of `fun` and, behind the one at `argnum`, the vector, which has
        its structure and shapes, as has the result: `hvp(fun)(x, v)`, and `hvp(fun)(x, v, data)`
        for a function of `x` and `data`, which is what SciPy calls as `hessp`.

    Raises:
        ArgumentError: for a vector of another structure or shape than the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
        array([ 6., 12.])
    """
    (place,) = places(fun, argnum)
    slope = slope_of(grad(fun, place), place)
    (x,), (x_dot,) = slope._request.wrt, slope._request.seeds
    body = f"_check({x_dot}, {x})\nreturn _slope({{args}})"
    return written(slope, "hvp", body, {"slope": slope, "check": check})


@makes_derivatives
def hessian_vector_product(fun: Function, argnum: int = 0) -> Function:
    """The product of the Hessian and a vector in autograd's form: the vector comes last.

    Returns:
        A function of the arguments of `fun`, by position, and behind them the vector, which has the
        structure and shapes of the argument at `argnum`: `hessian_vector_product(fun)(x, data, v)`.
        For functions of one argument it is `hvp(fun)(x, v)`.

    Raises:
        ArgumentError: for a vector of another structure or shape than the argument.

    Examples:
        >>> import numpy as np, srcgrad
        >>> product = srcgrad.hessian_vector_product(lambda x, a: np.sum(a * x**3))
        >>> product(np.array([1.0, 2.0]), 2.0, np.array([1.0, 1.0]))
        array([12., 24.])
    """
    product = hvp(fun, argnum)
    count = 1 + max(places(fun, argnum))

    def at(*args: Any, **kwargs: Any) -> Any:
        own, v = args[:-1], args[-1]
        return product(*own[:count], v, *own[count:], **kwargs)

    return at


hessian_tensor_product = hessian_vector_product


@makes_derivatives
def make_hvp(fun: Function, argnum: int = 0) -> Function:
    """The product of the Hessian at a point and a vector, in autograd's form.

    Returns:
        A function of the arguments of `fun` that returns the pair `(product, gradient)`:
        `product(v)`, of a vector with the structure and shapes of the argument at `argnum`, can be
        called many times, and has its structure and shapes.

    Raises:
        ArgumentError: from `product`, for a vector of another structure or shape.

    Examples:
        >>> import numpy as np, srcgrad
        >>> product, gradient = srcgrad.make_hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]))
        >>> product(np.array([1.0, 1.0])), gradient
        (array([ 6., 12.]), array([ 3., 12.]))
    """
    chosen = places(fun, argnum)
    body = f"""
    {copies(fun)}
    def product(_v):
        return _hvp({with_seeds(fun, chosen, ["_v"])})
    return product, _gradient({{args}})
    """
    names = {"hvp": hvp(fun, argnum), "gradient": grad(fun, argnum), "copied": copied}
    return written(fun, "at", body, names)


@makes_derivatives
def vector_jacobian_product(fun: Function, argnum: int = 0) -> Function:
    """The product of a vector or tensor and the Jacobian, in autograd's form: it comes last.

    Returns:
        A function of the arguments of `fun`, by position, and behind them an array of the shape
        of the result, or of its first axes.  It returns an array with the other axes of the result
        followed by the shape of the argument at `argnum`.

    Examples:
        >>> import numpy as np, srcgrad
        >>> product = srcgrad.vector_jacobian_product(lambda x: x**2)
        >>> product(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
        array([ 2., 40.])
    """
    contracted = jacobian_along(fun, argnum)

    def at(*args: Any, **kwargs: Any) -> Any:
        return contracted(*args[:-1], vector_=args[-1], **kwargs)

    return at


tensor_jacobian_product = vector_jacobian_product


def grad_and_aux(fun: Function, argnum: int = 0) -> Gradient:
    """The gradient of the first of two results, and the second: `grad` with `has_aux`.

    Examples:
        >>> import srcgrad
        >>> srcgrad.grad_and_aux(lambda x: (x**2, {"x": x}))(3.0)
        (6.0, {'x': 3.0})
    """
    return grad(fun, argnum, has_aux=True)  # type: ignore[no-any-return]


def half_squares(y: Any) -> Any:
    """Half of the sum of squares."""
    return 0.5 * np.sum(y**2, axis=-1)


@makes_derivatives
def make_ggnvp(f: Function, g: Function = half_squares, f_argnum: int = 0) -> Function:
    """Products with the generalised Gauss-Newton matrix of `g(f(x))`, in autograd's form.

    The matrix is `J.T @ H @ J`, with the Jacobian `J` of `f` and the Hessian `H` of `g`: for the
    default `g`, half of the sum of squares of a vector, it is `J.T @ J`.

    Returns:
        A function of the arguments of `f` that returns the function `product(v)`, of a vector
        with the structure and shapes of the argument at `f_argnum`, as has its result.

    Raises:
        ArgumentError: from `product`, for a vector of another structure or shape.

    Examples:
        >>> import numpy as np, srcgrad
        >>> srcgrad.make_ggnvp(lambda x: x**2)(np.array([1.0, 2.0]))(np.array([1.0, 1.0]))
        array([ 4., 16.])
    """
    chosen = places(f, f_argnum)
    body = f"""
    {copies(f)}
    def product(_v):
        _y, _y_dot = _push({{args}})(_v)
        _y_bar = _curvature(_y, _y_dot)
        return _pull({with_seeds(f, chosen, ["_y_bar"])})[1]
    return product
    """
    names = {"push": make_jvp(f, f_argnum), "pull": pullback_of(f, f_argnum), "copied": copied}
    return written(f, "at", body, {"curvature": hvp(g), **names})


@makes_derivatives
def jacobian_along(fun: Function, argnum: int) -> Gradient:
    """The Jacobian of the product of a tensor, passed by name, and the result of a function."""
    signature = signature_of(as_function(fun))
    vector = Parameter("vector_", Parameter.KEYWORD_ONLY)
    before = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    after = [p for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD]
    args = ", ".join(passed(p) for p in signature.parameters.values())
    body = f"return _np.tensordot(vector_, _fun({args}), axes=_np.ndim(vector_))"
    wide = signature.replace(parameters=[*before, vector, *after])
    return jacobian(written(fun, "product", body, {"fun": fun}, None, wide), argnum)


__all__ = [
    "egrad",
    "elementwise_grad",
    "grad_and_aux",
    "hessian",
    "hessian_tensor_product",
    "hessian_vector_product",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "make_ggnvp",
    "make_hvp",
    "tensor_jacobian_product",
    "vector_jacobian_product",
]

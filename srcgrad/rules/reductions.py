"""Reductions over axes: sums, products, extremes, moments and norms.

Parameters stand in NumPy's own order, `out` included, so that positional arguments bind as NumPy
binds them; an `out` is refused.  `a.size // y.size` is how many elements each result covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    INT,
    UNKNOWN,
    Dim,
    Kind,
    Num,
    Questions,
    Static,
    array,
    integer,
)
from srcgrad.rules.shapes import (
    as_number,
    is_none,
    reduced_dims,
    reduction,
    reduction_float,
    reduction_sum,
    refuse,
    with_dtype,
)
from srcgrad.rules.table import adjoint, constant

FALSE = Static(False)


def _with_dtype_and_out(family: Callable[..., Kind]) -> Callable[..., Kind]:
    """The family, for a function whose parameters are a, axis, dtype, out, keepdims."""

    def kind(q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind, keepdims: Kind) -> Kind:
        refuse("out= of a reduction", out, fix="assign the result")
        return with_dtype(family(q, a, axis, keepdims), dtype)

    return kind


def _with_out(family: Callable[..., Kind]) -> Callable[..., Kind]:
    """The family, for a function whose parameters are a, axis, out, keepdims."""

    def kind(q: Questions, a: Kind, axis: Kind, out: Kind, keepdims: Kind) -> Kind:
        refuse("out= of a reduction", out, fix="assign the result")
        return family(q, a, axis, keepdims)

    return kind


def moment(
    q: Questions, a: Kind, axis: Kind, dtype: Kind, out: Kind, ddof: Kind, keepdims: Kind
) -> Kind:
    refuse_complex("np.var and np.std", a)
    refuse("out= of a reduction", out, fix="assign the result")
    if isinstance(ddof, Num) and ddof.is_float and ddof.value is None:
        raise UnsupportedError("ddof= known only when running is not supported", fix="pass an int")
    return with_dtype(reduction_float(q, a, axis, keepdims), dtype)


def refuse_complex(what: str, *kinds: Kind) -> None:
    """Raise if an operand is complex: `what` has no complex derivative."""
    if any(isinstance(k, Num) and k.dtype.kind == "c" for k in kinds):
        raise UnsupportedError(
            f"{what} of complex numbers is not supported",
            why="the rule holds for real numbers only",
            fix="write it with .real and .imag",
        )


# sums --------------------------------------------------------------------------------------------


@adjoint(np.sum, kind=_with_dtype_and_out(reduction_sum))
def sum_(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Every element has the adjoint of its sum."""
    if axis is None or keepdims:
        return y_bar
    return np.expand_dims(y_bar, axis)


@adjoint(np.mean, kind=_with_dtype_and_out(reduction_float))
def mean(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The adjoint of a sum, divided."""
    if axis is None:
        return y_bar / a.size
    if keepdims:
        return y_bar / (a.size // y.size)
    if isinstance(axis, int):
        return np.expand_dims(y_bar / a.shape[axis], axis)
    return np.expand_dims(y_bar / (a.size // y.size), axis)


@adjoint(np.prod, kind=_with_dtype_and_out(reduction_sum))
def prod(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The product of the others, which division by the element itself would get wrong at 0."""
    if axis is None or keepdims:
        return y_bar * runtime.product_of_others(a, axis)
    return np.expand_dims(y_bar, axis) * runtime.product_of_others(a, axis)


def _product_of_others_kind(q: Questions, x: Kind, axis: Kind, along: Kind) -> Kind:
    number = as_number(x)
    return array(number.dtype, number.dims) if isinstance(number, Num) else UNKNOWN


@adjoint(runtime.product_of_others, kind=_product_of_others_kind, name="product_of_others")
def product_of_others(x: Any, axis: Any = None, along: Any = (), *, y: Any, y_bar: Any) -> Any:
    """Derivatives of a product along several directions are symmetric in them."""
    shares: Any = ()
    for i, _ in enumerate(along):
        others = (*along[:i], *along[i + 1 :], y_bar)
        shares = (*shares, runtime.product_of_others(x, axis, others))
    return runtime.product_of_others(x, axis, (*along, y_bar)), None, shares


def dim_of_product(q: Questions, dims: tuple[Dim, ...]) -> Dim:
    """The product of dims: exact if at most one is not a number."""
    unknown = [d for d in dims if d.static is None]
    factor = 1
    for dim in dims:
        factor *= 1 if dim.static is None else dim.static
    if not unknown or not factor:
        return Dim.of(factor)
    if len(unknown) == 1:
        return unknown[0].scaled(factor)
    return q.fresh(("product", factor, frozenset((d, unknown.count(d)) for d in unknown)), "m")


# extremes ----------------------------------------------------------------------------------------


def _extreme(
    a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, y: Any, y_bar: Any
) -> Any:
    """Elements that tie share equally."""
    if axis is None:
        ties = a == y
        return y_bar / np.count_nonzero(ties) * ties
    if keepdims:
        ties = a == y
        return y_bar / np.expand_dims(np.sum(ties, axis), axis) * ties
    ties = a == np.expand_dims(y, axis)
    return np.expand_dims(y_bar / np.sum(ties, axis), axis) * ties


_extremes: tuple[Any, ...] = (np.max, np.amax, np.min, np.amin)
for _op in _extremes:
    adjoint(_op, kind=_with_out(reduction))(_extreme)


# moments -----------------------------------------------------------------------------------------


@adjoint(np.var, kind=moment)
def var(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Deviations from the mean; the mean's own contribution cancels."""
    if axis is None:
        return 2 * y_bar / (a.size - ddof) * (a - np.mean(a))
    centred = a - np.expand_dims(np.mean(a, axis), axis)
    if keepdims:
        return 2 * y_bar / (a.size // y.size - ddof) * centred
    return np.expand_dims(2 * y_bar / (a.size // y.size - ddof), axis) * centred


@adjoint(np.std, kind=moment)
def std(
    a: Any,
    axis: Any = None,
    dtype: Any = None,
    out: Any = None,
    ddof: Any = 0,
    keepdims: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """As the variance, divided by twice the result; zero where that is zero."""
    if axis is None:
        return y_bar / ((a.size - ddof) * (y + (y == 0))) * (a - np.mean(a))
    centred = a - np.expand_dims(np.mean(a, axis), axis)
    scale = y_bar / ((a.size // y.size - ddof) * (y + (y == 0)))
    if keepdims:
        return scale * centred
    return np.expand_dims(scale, axis) * centred


# tests and positions -----------------------------------------------------------------------------


def _any_kind(q: Questions, a: Kind, axis: Kind, keepdims: Kind) -> Kind:
    kind = reduction(q, a, axis, keepdims)
    return replace(kind, dtype=np.dtype(bool)) if isinstance(kind, Num) else kind


def _position_kind(q: Questions, a: Kind, axis: Kind, keepdims: Kind) -> Kind:
    kind = reduction(q, a, axis, keepdims)
    return replace(kind, dtype=np.dtype(np.intp)) if isinstance(kind, Num) else kind


def _count_kind(q: Questions, a: Kind, axis: Kind, keepdims: Kind) -> Kind:
    if is_none(axis):
        return _python_count(q, a, keepdims)
    number = as_number(a)
    if not isinstance(number, Num):
        return UNKNOWN
    return array(INT, reduced_dims(q, number, axis, keepdims))


def _python_count(q: Questions, a: Kind, keepdims: Kind) -> Kind:
    number = as_number(a)
    if not isinstance(number, Num):
        return UNKNOWN
    dims = reduced_dims(q, number, Static(None), keepdims)
    count: object = np.count_nonzero(0)  # an int in older versions of NumPy, np.intp in newer ones
    return integer() if dims == () and type(count) is int else array(INT, dims)


position_kind = _with_out(_position_kind)
_tests: tuple[Any, ...] = (np.any, np.all)
_positions: tuple[Any, ...] = (np.argmax, np.argmin)
for _op in _tests:
    constant(_op, lambda a, axis=None, out=None, keepdims=False: None, kind=_with_out(_any_kind))
for _op in _positions:
    constant(_op, lambda a, axis=None, out=None, keepdims=False: None, kind=position_kind)
constant(np.count_nonzero, lambda a, axis=None, keepdims=False: None, kind=_count_kind)

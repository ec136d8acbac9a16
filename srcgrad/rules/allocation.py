"""Functions that make arrays, or tell what an array is like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.kinds import (
    UNKNOWN,
    Dim,
    Kind,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    integer,
)
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    as_number,
    dims_of_shape,
    dtype_of,
    is_none,
    numbers,
    ranked,
    result_dtype,
    with_dtype,
)
from srcgrad.rules.table import adjoint, constant, elementwise


def _allocated(q: Questions, shape: Kind, dtype: Kind, default: Any = float) -> Kind:
    asked = dtype_of(q, dtype, default)
    dims = dims_of_shape(q, shape)
    return UNKNOWN if asked is None else Num(asked, dims, box=dims == ())


def _new_kind(q: Questions, shape: Kind, dtype: Kind) -> Kind:
    return _allocated(q, shape, dtype)


def _full_kind(q: Questions, shape: Kind, fill_value: Kind, dtype: Kind) -> Kind:
    fill = as_number(fill_value)
    if not isinstance(fill, Num):
        return UNKNOWN
    return _allocated(q, shape, dtype, fill.dtype)


def _like_kind(q: Questions, a: Kind, dtype: Kind) -> Kind:
    x = as_number(a)
    if not isinstance(x, Num):
        return UNKNOWN
    return with_dtype(Num(x.dtype, x.dims, box=x.dims == ()), dtype)


def _full_like_kind(q: Questions, a: Kind, fill_value: Kind, dtype: Kind) -> Kind:
    return _like_kind(q, a, dtype)


_new: tuple[Any, ...] = (np.zeros, np.ones, np.empty)
_like: tuple[Any, ...] = (np.zeros_like, np.ones_like, np.empty_like)
for _op in _new:
    constant(_op, lambda shape, dtype=None: None, kind=_new_kind, memory="block")
for _op in _like:
    constant(_op, lambda a, dtype=None: None, kind=_like_kind, shape_only=True)


def _full(shape: Any, fill_value: Any, dtype: Any = None, y: Any = None) -> Any:
    return None, 1


def _full_like(a: Any, fill_value: Any, dtype: Any = None, y: Any = None) -> Any:
    return None, 1


elementwise(np.full, _full, kind=_full_kind, memory="block")
elementwise(np.full_like, _full_like, kind=_full_like_kind)


# ranges ------------------------------------------------------------------------------------------


def _arange_kind(q: Questions, start: Kind, stop: Kind, step: Kind, dtype: Kind) -> Kind:
    if is_none(stop):
        start, stop = integer(0), start
    nums = numbers((start, stop, step))
    if nums is None:
        return UNKNOWN
    kind = array(result_dtype(*nums), (_count(q, nums),))
    return with_dtype(kind, dtype)


def _count(q: Questions, nums: list[Num]) -> Dim:
    """How many elements a range of ints has, if that is certain."""
    values = [n.value for n in nums if isinstance(n.value, Dim)]
    if len(values) != len(nums):
        return q.fresh(("arange", object()), "m")
    start, stop, step = values
    if step.static is not None and start.static is not None and stop.static is not None:
        return Dim.of(len(range(start.static, stop.static, step.static)))
    if step.static == 1 and start.static is not None:
        return stop - start if start.static else stop
    return q.fresh(("arange", start, stop, step), "m")


@adjoint(np.arange, kind=_arange_kind)
def arange(
    start: Any, stop: Any = None, step: Any = 1, dtype: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """start + i * step; where it stops is a matter of counting."""
    if stop is None:
        return None, None, None
    return np.sum(y_bar), None, np.sum(y_bar * np.arange(y.size))


def _eye_kind(q: Questions, rows: Kind, columns: Kind, k: Kind, dtype: Kind) -> Kind:
    return _allocated(q, Tuple((rows, rows if is_none(columns) else columns)), dtype)


def _identity_kind(q: Questions, n: Kind, dtype: Kind) -> Kind:
    return _allocated(q, Tuple((n, n)), dtype)


constant(np.eye, lambda N, M=None, k=0, dtype=float: None, kind=_eye_kind)
constant(np.identity, lambda n, dtype=None: None, kind=_identity_kind)


# copies ------------------------------------------------------------------------------------------


def _array_kind(q: Questions, object: Kind, dtype: Kind, *rest: Kind) -> Kind:
    return _like_kind(q, object, dtype)


def _contiguous_kind(q: Questions, a: Kind, dtype: Kind) -> Kind:
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    return with_dtype(array(x.dtype, dims or (Dim.of(1),)), dtype)


def _copy_kind(q: Questions, a: Kind, order: Kind) -> Kind:
    return _like_kind(q, a, Static(None))


def _astype_kind(q: Questions, a: Kind, dtype: Kind) -> Kind:
    asked = dtype_of(q, dtype)
    x = as_number(a)
    if asked is None or not isinstance(x, Num):
        return UNKNOWN
    return Num(asked, x.dims, box=x.box)


@adjoint(np.array, kind=_array_kind)
def array_(object: Any, dtype: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is; of a list or tuple, each element has its own element of it."""
    return y_bar


@adjoint(np.asarray, kind=_array_kind, memory="alias")
def asarray(a: Any, dtype: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is; of a list or tuple, each element has its own element of it."""
    return y_bar


adjoint(np.asanyarray, kind=_array_kind, memory="alias")(asarray)


@adjoint(np.ascontiguousarray, kind=_contiguous_kind, memory="layout")
def ascontiguousarray(a: Any, dtype: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is."""
    if a.ndim == 0:
        return y_bar[0]
    return y_bar


adjoint(np.asfortranarray, kind=_contiguous_kind, memory="perhaps")(ascontiguousarray)


def _require_kind(q: Questions, a: Kind, dtype: Kind, requirements: Kind) -> Kind:
    return _like_kind(q, a, dtype)


@adjoint(np.require, kind=_require_kind, memory="perhaps")
def require(a: Any, dtype: Any = None, requirements: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is; of a list or tuple, each element has its own element of it."""
    return y_bar


@adjoint(np.copy, kind=_copy_kind)
def copy(a: Any, order: Any = "K", *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is."""
    return y_bar


@adjoint(np.ndarray.astype, kind=_astype_kind, name=".astype()")
def astype(a: Any, dtype: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoint, in the operand's own dtype."""
    if a.dtype == y.dtype:
        return y_bar
    return y_bar.astype(a.dtype)


def _at_least(rank: int) -> Any:
    def kind(q: Questions, a: Kind) -> Kind:
        known = ranked(a)
        if known is None:
            return UNKNOWN
        x, dims = known
        return array(x.dtype, (Dim.of(1),) * (rank - len(dims)) + dims)

    return kind


def _at_least_rule(a: Any, *, y: Any, y_bar: Any) -> Any:
    """Back to the operand's shape."""
    if a.ndim == y.ndim:
        return y_bar
    return np.reshape(y_bar, a.shape)


adjoint(np.atleast_1d, kind=_at_least(1), memory="alias")(_at_least_rule)
adjoint(np.atleast_2d, kind=_at_least(2), memory="alias")(_at_least_rule)


def _at_least_3d_kind(q: Questions, a: Kind) -> Kind:
    """Vectors lie along the second of three axes."""
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    lying = (Dim.of(1), *dims) if len(dims) == 1 else dims
    return array(x.dtype, lying + (Dim.of(1),) * (3 - len(lying)))


adjoint(np.atleast_3d, kind=_at_least_3d_kind, memory="alias")(_at_least_rule)


# what an array is like ---------------------------------------------------------------------------


def _dims_kind(answer: Callable[[Questions, tuple[Dim, ...]], Kind]) -> Any:
    def kind(q: Questions, a: Kind) -> Kind:
        known = ranked(a)
        return UNKNOWN if known is None else answer(q, known[1])

    return kind


def _product(q: Questions, dims: tuple[Dim, ...]) -> Kind:
    return integer(dim_of_product(q, dims))


def _result_type_kind(q: Questions, *operands: Kind) -> Kind:
    nums: list[Num] = []
    for kind in operands:
        asked = dtype_of(q, kind) if isinstance(kind, Static) else None
        number = Num(asked) if asked is not None else as_number(kind)
        if not isinstance(number, Num):
            return UNKNOWN
        nums.append(number)
    return Static(result_dtype(*nums))


constant(
    np.shape,
    lambda a: None,
    kind=_dims_kind(lambda q, dims: Tuple(tuple(integer(d) for d in dims))),
    name=".shape",
    cheap=True,
    shape_only=True,
)
constant(
    np.size,
    lambda a: None,
    kind=_dims_kind(_product),
    name=".size",
    cheap=True,
    shape_only=True,
)
constant(
    np.ndim,
    lambda a: None,
    kind=_dims_kind(lambda q, d: integer(len(d))),
    name=".ndim",
    cheap=True,
    shape_only=True,
)
constant(np.result_type, lambda *arrays_and_dtypes: None, kind=_result_type_kind, cheap=True)

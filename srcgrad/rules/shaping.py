"""Functions that move elements about: shapes, axes, joins and copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    UNKNOWN,
    Dim,
    Dims,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Tuple,
    array,
)
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    as_number,
    dims_of_shape,
    is_none,
    numbers,
    ranked,
    refuse,
    result_dtype,
)
from srcgrad.rules.table import adjoint, elementwise

ONE = Dim.of(1)


def _boxed(x: Num, dims: Dims | None) -> Num:
    """An array like x with other dims: an ndarray even of rank 0."""
    return Num(x.dtype, dims, box=dims == ())


# shapes ------------------------------------------------------------------------------------------


def _reshape_kind(q: Questions, a: Kind, shape: Kind, order: Kind) -> Kind:
    refuse("np.reshape with order=", order, unless="C")
    x = as_number(a)
    if not isinstance(x, Num):
        return UNKNOWN
    dims = dims_of_shape(q, shape)
    if dims is None:
        return Num(x.dtype, None)
    rest = Dim.of(-1)
    if rest not in dims:
        return _boxed(x, dims)
    if x.dims is None:
        inferred = q.fresh(("reshape", object()), "m")
    else:
        inferred = _inferred_dim(q, x.dims, tuple(d for d in dims if d != rest))
    return _boxed(x, tuple(inferred if d == rest else d for d in dims))


def _inferred_dim(q: Questions, whole: Dims, others: Dims) -> Dim:
    """What -1 stands for in a shape: the size of the whole over that of the others."""
    left = list(whole)
    for dim in others:
        if dim in left:
            left.remove(dim)
        elif dim != ONE:
            return quotient(q, whole, others)
    return dim_of_product(q, tuple(left))


def quotient(q: Questions, whole: Dims, others: Dims) -> Dim:
    size, divisor = dim_of_product(q, whole), dim_of_product(q, others)
    by = divisor.static
    if by and not size.const % by and not any(c % by for _, c in size.terms):
        return Dim(tuple((s, c // by) for s, c in size.terms), size.const // by)
    return q.fresh(("quotient", size, divisor), "m")


@adjoint(np.reshape, kind=_reshape_kind, memory="layout")
def reshape(a: Any, shape: Any, order: Any = "C", *, y: Any, y_bar: Any) -> Any:
    """Back to the operand's shape."""
    return np.reshape(y_bar, a.shape)


def _ravel_kind(q: Questions, a: Kind, order: Kind) -> Kind:
    refuse("ravel with order=", order, unless="C")
    known = ranked(a)
    if known is None:
        number = as_number(a)
        return Num(number.dtype, None) if isinstance(number, Num) else UNKNOWN
    return array(known[0].dtype, (dim_of_product(q, known[1]),))


def _ravel(a: Any, order: Any = "C", *, y: Any, y_bar: Any) -> Any:
    """Back to the operand's shape."""
    if a.ndim == 1:
        return y_bar
    return np.reshape(y_bar, a.shape)


adjoint(np.ravel, kind=_ravel_kind, memory="layout")(_ravel)
adjoint(np.ndarray.flatten, kind=_ravel_kind, name=".flatten()")(_ravel)


def _squeeze_kind(q: Questions, a: Kind, axis: Kind) -> Kind:
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    if is_none(axis):
        ones = [q.is_one(d) for d in dims]
        if None in ones:
            return Num(x.dtype, None)
        return _boxed(x, tuple(d for d, one in zip(dims, ones, strict=True) if not one))
    try:
        over = q.value(axis)
    except NotStaticError:
        return Num(x.dtype, None)
    axes = {a % len(dims) for a in (over if isinstance(over, tuple) else (over,))}
    return _boxed(x, tuple(d for i, d in enumerate(dims) if i not in axes))


@adjoint(np.squeeze, kind=_squeeze_kind, memory="view")
def squeeze(a: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Back to the operand's shape."""
    return np.reshape(y_bar, a.shape)


def _expand_dims_kind(q: Questions, a: Kind, axis: Kind) -> Kind:
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        over = q.value(axis)
    except NotStaticError:
        return Num(x.dtype, None)
    places = over if isinstance(over, tuple) else (over,)
    rank = len(dims) + len(places)
    axes = {p % rank for p in places}
    left = iter(dims)
    return array(x.dtype, tuple(ONE if i in axes else next(left) for i in range(rank)))


@adjoint(np.expand_dims, kind=_expand_dims_kind, memory="view", inserts_axes=True)
def expand_dims(a: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Back to the operand's shape."""
    return np.reshape(y_bar, a.shape)


def _broadcast_to_kind(q: Questions, array: Kind, shape: Kind) -> Kind:
    x = as_number(array)
    return _boxed(x, dims_of_shape(q, shape)) if isinstance(x, Num) else UNKNOWN


elementwise(
    np.broadcast_to, lambda array, shape, y: (1, None), kind=_broadcast_to_kind, memory="frozen"
)

# axes --------------------------------------------------------------------------------------------


def _transpose_kind(q: Questions, a: Kind, axes: Kind) -> Kind:
    known = ranked(a)
    if known is None:
        number = as_number(a)
        return Num(number.dtype, None) if isinstance(number, Num) else UNKNOWN
    x, dims = known
    try:
        order = q.value(axes)
    except NotStaticError:
        return Num(x.dtype, None)
    return _boxed(x, dims[::-1] if order is None else tuple(dims[i] for i in order))


@adjoint(np.transpose, kind=_transpose_kind, memory="view")
def transpose(a: Any, axes: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The inverse permutation."""
    if axes is None:
        return y_bar.T
    if a.ndim == 2:
        return np.moveaxis(y_bar, (0, 1), axes)
    if a.ndim == 3:
        return np.moveaxis(y_bar, (0, 1, 2), axes)
    if a.ndim == 4:
        return np.moveaxis(y_bar, (0, 1, 2, 3), axes)
    return np.transpose(y_bar, np.argsort(axes))


def _permuted(q: Questions, a: Kind, function: Any, *axes: Kind) -> Kind:
    """Dims permuted as `function` permutes the axes of an array of that rank."""
    known = ranked(a)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        order = function(np.empty(range(len(dims))), *(q.value(k) for k in axes)).shape
    except NotStaticError:
        return Num(x.dtype, None)
    return _boxed(x, tuple(dims[i] for i in order))


def _swapaxes_kind(q: Questions, a: Kind, axis1: Kind, axis2: Kind) -> Kind:
    return _permuted(q, a, np.swapaxes, axis1, axis2)


def _moveaxis_kind(q: Questions, a: Kind, source: Kind, destination: Kind) -> Kind:
    return _permuted(q, a, np.moveaxis, source, destination)


@adjoint(np.swapaxes, kind=_swapaxes_kind, memory="view")
def swapaxes(a: Any, axis1: Any, axis2: Any, *, y: Any, y_bar: Any) -> Any:
    """Its own inverse."""
    return np.swapaxes(y_bar, axis1, axis2)


@adjoint(np.moveaxis, kind=_moveaxis_kind, memory="view")
def moveaxis(a: Any, source: Any, destination: Any, *, y: Any, y_bar: Any) -> Any:
    """Back where it came from."""
    return np.moveaxis(y_bar, destination, source)


# joins -------------------------------------------------------------------------------------------


def _parts(kind: Kind) -> list[Num] | None:
    """The arrays of a tuple, or of a list with a known number of them, as numbers."""
    if isinstance(kind, List) and kind.length.static is None:
        return None
    if not isinstance(kind, Tuple | List) or not kind.elements:
        return None
    return numbers(kind.elements)


def _joined_kind(
    q: Questions, arrays: Kind, axis: int, least: int = 1, upright: bool = False
) -> Kind:
    """Arrays one after the other along `axis`, each of rank `least` at least."""
    parts = _parts(arrays)
    if parts is None:
        return _unknown_join(arrays)
    shapes = [_lifted(p.dims, least, upright) for p in parts]
    dtype = result_dtype(*(Num(p.dtype) for p in parts))
    if None in shapes:
        return array(dtype, None)
    known = [s for s in shapes if s is not None]
    axis %= len(known[0])
    total = Dim.of(0)
    for shape in known:
        total += shape[axis]
    return array(dtype, (*known[0][:axis], total, *known[0][axis + 1 :]))


def _unknown_join(arrays: Kind) -> Kind:
    element = as_number(arrays.element) if isinstance(arrays, List) else UNKNOWN
    return array(element.dtype, None) if isinstance(element, Num) else UNKNOWN


def _lifted(dims: Dims | None, least: int, upright: bool) -> Dims | None:
    if dims is None or len(dims) >= least:
        return dims
    if upright:
        return (*dims, ONE, ONE)[:2]
    return (ONE,) * (least - len(dims)) + dims


def _refuse_rest(what: str, out: Kind, dtype: Kind) -> None:
    refuse(f"{what} with out=", out)
    refuse(f"{what} with dtype=", dtype, fix="use astype")


def _concatenate_kind(q: Questions, arrays: Kind, axis: Kind, out: Kind, dtype: Kind) -> Kind:
    _refuse_rest("np.concatenate", out, dtype)
    if is_none(axis):
        raise UnsupportedError(
            "np.concatenate with axis=None is not supported", fix="ravel the arrays"
        )
    try:
        return _joined_kind(q, arrays, int(q.value(axis)))
    except NotStaticError:
        return _unknown_join(arrays)


@adjoint(np.concatenate, kind=_concatenate_kind)
def concatenate(
    arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Each array has its own piece of the adjoint."""
    if len(arrays) == 2 and axis == 0:
        return (y_bar[: len(arrays[0])], y_bar[len(arrays[0]) :]), None
    return runtime.split_like(y_bar, arrays, axis), None


def _stack_kind(q: Questions, arrays: Kind, axis: Kind, out: Kind, dtype: Kind) -> Kind:
    _refuse_rest("np.stack", out, dtype)
    whole = as_number(arrays)
    if not isinstance(whole, Num):
        return _unknown_join(arrays)
    try:
        place = q.value(axis)
    except NotStaticError:
        return Num(whole.dtype, None)
    if whole.dims is None:
        return whole
    count, *rest = whole.dims
    rest.insert(place % len(whole.dims), count)
    return array(whole.dtype, rest)


@adjoint(np.stack, kind=_stack_kind)
def stack(
    arrays: Any, axis: Any = 0, out: Any = None, dtype: Any = None, *, y: Any, y_bar: Any
) -> Any:
    """Each array has its own slice of the adjoint."""
    if axis == 0:
        return y_bar
    return np.moveaxis(y_bar, axis, 0)


def _vstack_kind(q: Questions, tup: Kind) -> Kind:
    return _joined_kind(q, tup, 0, least=2)


def _column_stack_kind(q: Questions, tup: Kind) -> Kind:
    return _joined_kind(q, tup, 1, least=2, upright=True)


def _hstack_kind(q: Questions, tup: Kind) -> Kind:
    parts = _parts(tup)
    if parts is None or parts[0].dims is None:
        return _unknown_join(tup)
    return _joined_kind(q, tup, 0 if len(parts[0].dims) < 2 else 1)


@adjoint(np.vstack, kind=_vstack_kind)
def vstack(tup: Any, *, y: Any, y_bar: Any) -> Any:
    """Each array has its own rows of the adjoint."""
    return (runtime.split_like(y_bar, tup, 0),)


@adjoint(np.hstack, kind=_hstack_kind)
def hstack(tup: Any, *, y: Any, y_bar: Any) -> Any:
    """Each array has its own columns of the adjoint."""
    if y.ndim == 1:
        return (runtime.split_like(y_bar, tup, 0),)
    return (runtime.split_like(y_bar, tup, 1),)


@adjoint(np.column_stack, kind=_column_stack_kind)
def column_stack(tup: Any, *, y: Any, y_bar: Any) -> Any:
    """Each array has its own columns of the adjoint."""
    return (runtime.split_like(y_bar, tup, 1),)


def _split_kind(q: Questions, joined: Kind, arrays: Kind, axis: Kind) -> Kind:
    whole, parts = as_number(joined), _parts(arrays)
    if not isinstance(whole, Num) or parts is None:
        return UNKNOWN
    return Tuple(tuple(array(whole.dtype, p.dims) for p in parts))


@adjoint(runtime.split_like, kind=_split_kind, name="split_like", memory="view")
def split_like(joined: Any, arrays: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Joined again."""
    return runtime.join_like(y_bar, joined, axis)


def _join_kind(q: Questions, pieces: Kind, joined: Kind, axis: Kind) -> Kind:
    whole = as_number(joined)
    return array(whole.dtype, whole.dims) if isinstance(whole, Num) else UNKNOWN


@adjoint(runtime.join_like, kind=_join_kind, name="join_like")
def join_like(pieces: Any, joined: Any, axis: Any, *, y: Any, y_bar: Any) -> Any:
    """Split again."""
    return (runtime.split_like(y_bar, pieces, axis),)

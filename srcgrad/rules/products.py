"""Products of vectors and matrices by other rules: cross, Kronecker, and powers."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    INT,
    UNKNOWN,
    Dim,
    Dims,
    Kind,
    NotStaticError,
    Num,
    Questions,
    array,
    integer,
)
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    broadcast,
    dim_of_int,
    is_none,
    numbers,
    ranked,
    result_dtype,
)
from srcgrad.rules.table import adjoint

THREE = Dim.of(3)


def _cross_kind(
    q: Questions, a: Kind, b: Kind, axisa: Kind, axisb: Kind, axisc: Kind, axis: Kind
) -> Kind:
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    places = (axisa, axisb, axisc) if is_none(axis) else (axis,) * 3
    if nums[0].dims is None or nums[1].dims is None:
        return array(dtype, None)
    try:
        first, second, third = map(q.value, places)
    except NotStaticError:
        return array(dtype, None)
    rests = _across(q, nums[0].dims, first), _across(q, nums[1].dims, second)
    dims = broadcast(q, *rests)
    if dims is None:
        return array(dtype, None)
    place = third % (len(dims) + 1)
    return array(dtype, (*dims[:place], THREE, *dims[place:]))


def _across(q: Questions, dims: Dims, axis: int) -> Dims:
    """The dims without those of the vectors, which must have three elements."""
    place = axis % len(dims)
    try:
        length = q.value(integer(dims[place]))
    except NotStaticError:
        length = None
    if length != 3:
        raise UnsupportedError(
            "np.cross of vectors that are not known to have three elements is not supported",
            fix="write the products out",
        )
    return dims[:place] + dims[place + 1 :]


@adjoint(np.cross, kind=_cross_kind, broadcasts=True)
def cross(
    a: Any,
    b: Any,
    axisa: Any = -1,
    axisb: Any = -1,
    axisc: Any = -1,
    axis: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Each operand's by another cross product."""
    if axis is None and axisa == -1 and axisb == -1 and axisc == -1:
        return np.cross(b, y_bar), np.cross(y_bar, a)
    if axis is not None and (a.ndim == b.ndim or axis == -1):
        return np.cross(b, y_bar, axis=axis), np.cross(y_bar, a, axis=axis)
    return unsupported("np.cross with vectors along several axes", "use np.moveaxis")


def _kron_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    if nums[0].dims is None or nums[1].dims is None:
        return array(dtype, None)
    rank = max(len(n.dims or ()) for n in nums)
    left, right = ((Dim.of(1),) * (rank - len(n.dims or ())) + (n.dims or ()) for n in nums)
    return array(dtype, [dim_of_product(q, pair) for pair in zip(left, right, strict=True)])


@adjoint(np.kron, kind=_kron_kind)
def kron(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """The blocks of the adjoint against the other operand."""
    if np.ndim(a) == 0:
        return np.sum(y_bar * b), y_bar * a
    if np.ndim(b) == 0:
        return y_bar * b, np.sum(y_bar * a)
    if a.ndim == 1 and b.ndim == 1:
        blocks = np.reshape(y_bar, (a.size, b.size))
        return blocks @ b, a @ blocks
    if a.ndim > 2 or b.ndim > 2:
        return unsupported("np.kron of more than matrices", "write it with np.einsum")
    left = a if a.ndim == 2 else np.atleast_2d(a)
    right = b if b.ndim == 2 else np.atleast_2d(b)
    sizes = (left.shape[0], right.shape[0], left.shape[1], right.shape[1])
    blocks = np.reshape(y_bar, sizes)
    a_bar = np.tensordot(blocks, right, ((1, 3), (0, 1)))
    b_bar = np.tensordot(left, blocks, ((0, 1), (0, 2)))
    return (
        a_bar if a.ndim == 2 else np.reshape(a_bar, a.shape),
        b_bar if b.ndim == 2 else np.reshape(b_bar, b.shape),
    )


def _vander_kind(q: Questions, x: Kind, N: Kind, increasing: Kind) -> Kind:
    known = ranked(x)
    if known is None or len(known[1]) != 1:
        return UNKNOWN
    columns = known[1][0] if is_none(N) else dim_of_int(q, N)
    return array(result_dtype(Num(known[0].dtype), Num(INT)), (known[1][0], columns))


@adjoint(np.vander, kind=_vander_kind, memory="block")
def vander(x: Any, N: Any = None, increasing: Any = False, *, y: Any, y_bar: Any) -> Any:
    """The derivative of a power is its exponent times the power next to it."""
    if increasing:
        return np.sum(y_bar[:, 1:] * np.arange(1, y.shape[1]) * y[:, :-1], 1)
    return np.sum(y_bar[:, :-1] * np.arange(y.shape[1] - 1, 0, -1) * y[:, 1:], 1)

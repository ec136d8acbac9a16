"""Products of vectors and matrices by other rules: cross, Kronecker, and powers."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import (
    FLOAT,
    INT,
    UNKNOWN,
    Dim,
    Dims,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    integer,
    static,
)
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    dim_of_int,
    is_none,
    numbers,
    ranked,
    refuse,
    result_dtype,
)
from srcgrad.rules.solving import inv, turned
from srcgrad.rules.table import adjoint, constant


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
        lengths = [_length(q, n, k) for n, k in zip(nums, (first, second), strict=True)]
    except NotStaticError:
        return array(dtype, None)
    dims = broadcast(q, _without(nums[0].dims, first), _without(nums[1].dims, second))
    if dims is None or lengths != [3, 3]:
        return array(dtype, None)
    place = third % (len(dims) + 1)
    return array(dtype, (*dims[:place], Dim.of(3), *dims[place:]))


def _length(q: Questions, x: Num, axis: int) -> Any:
    return q.value(integer((x.dims or ())[axis]))


def _without(dims: Dims, axis: int) -> Dims:
    place = axis % len(dims)
    return dims[:place] + dims[place + 1 :]


def vector_length(x: Any, axis: int) -> Any:
    """How many elements the vectors along an axis have; None where only a run knows."""
    return np.shape(x)[axis]


def _vector_length_kind(q: Questions, x: Kind, axis: Kind) -> Kind:
    known = ranked(x)
    try:
        return Static(None if known is None else _length(q, known[0], q.value(axis)))
    except NotStaticError:
        return Static(None)


constant(vector_length, lambda x, axis: None, kind=_vector_length_kind)


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
        return np.cross(_triples(b, -1), y_bar), np.cross(y_bar, _triples(a, -1))
    if axis is not None and (np.ndim(a) == np.ndim(b) or axis == -1):
        left, right = _triples(a, axis), _triples(b, axis)
        return np.cross(right, y_bar, axis=axis), np.cross(y_bar, left, axis=axis)
    return unsupported("np.cross with vectors along several axes", "use np.moveaxis")


def _triples(x: Any, axis: Any) -> Any:
    """The vectors along an axis, which must have three elements."""
    length = vector_length(x, axis)
    if length == 3:
        return x
    if length is None:
        return np.take(x, (0, 1, 2), axis)
    return unsupported("np.cross of vectors of two elements", "write the products out")


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
    if np.ndim(a) == 1 and np.ndim(b) == 1:
        blocks = np.reshape(y_bar, (np.size(a), np.size(b)))
        return blocks @ b, a @ blocks
    if np.ndim(a) > 2 or np.ndim(b) > 2:
        return unsupported("np.kron of more than matrices", "write it with np.einsum")
    left = a if np.ndim(a) == 2 else np.atleast_2d(a)
    right = b if np.ndim(b) == 2 else np.atleast_2d(b)
    sizes = (left.shape[0], right.shape[0], left.shape[1], right.shape[1])
    blocks = np.reshape(y_bar, sizes)
    a_bar = np.tensordot(blocks, right, ((1, 3), (0, 1)))
    b_bar = np.tensordot(left, blocks, ((0, 1), (0, 2)))
    return (
        a_bar if np.ndim(a) == 2 else np.reshape(a_bar, np.shape(a)),
        b_bar if np.ndim(b) == 2 else np.reshape(b_bar, np.shape(b)),
    )


def known_power(n: Any) -> Any:
    """The exponent, if it is known when compiling; else None."""
    return int(n)


def _known_power_kind(q: Questions, n: Kind) -> Kind:
    try:
        return Static(int(q.value(n)))
    except NotStaticError:
        return Static(None)


constant(known_power, lambda n: None, kind=_known_power_kind)


def _matrix_power_kind(q: Questions, a: Kind, n: Kind) -> Kind:
    x = as_number(a)
    if not isinstance(x, Num):
        return UNKNOWN
    power = None if x.is_float else static(_known_power_kind(q, n))
    if not x.is_float and power is None:
        return UNKNOWN
    return array(x.dtype if power is None or power >= 0 else FLOAT, x.dims)


@adjoint(np.linalg.matrix_power, kind=_matrix_power_kind, memory="alias")
def matrix_power(a: Any, n: Any, *, y: Any, y_bar: Any) -> Any:
    """Each factor has the others on both sides of the adjoint, transposed."""
    power = known_power(n)
    if power is None:
        if n < 0:
            inverse = np.linalg.inv(a)
            a_bar = inv(a, y=inverse, y_bar=_by_steps(inverse, -n, y_bar))
        else:
            a_bar = _by_steps(a, n, y_bar)
        return a_bar
    if power == 0:
        return np.zeros_like(a)
    if power < 0:
        inverse = np.linalg.inv(a)
        return inv(a, y=inverse, y_bar=_by_squares(inverse, -power, y_bar))
    return _by_squares(a, power, y_bar)


def _by_squares(a: Any, n: Any, y_bar: Any) -> Any:
    """The adjoint of the base of a power that is known when compiling."""
    if n == 1:
        return y_bar
    if n == 2:
        return y_bar @ turned(a) + turned(a) @ y_bar
    if n % 2 == 0:
        square_bar = _by_squares(a @ a, n // 2, y_bar)
        return square_bar @ turned(a) + turned(a) @ square_bar
    rest_bar = _by_squares(a, n - 1, y_bar @ turned(a))
    return rest_bar + turned(np.linalg.matrix_power(a, n - 1)) @ y_bar


def _by_steps(a: Any, n: Any, y_bar: Any) -> Any:
    """The same for a power that only a run knows."""
    left = y_bar * (n > 0)
    total = left
    for _ in range(n - 1):
        left = turned(a) @ left
        total = total @ turned(a) + left
    return total


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


def _multi_dot_kind(q: Questions, arrays: Kind, out: Kind) -> Kind:
    refuse("np.linalg.multi_dot with out=", out)
    parts = arrays.elements if isinstance(arrays, Tuple | List) else None
    nums = numbers(parts or ())
    if not nums:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    first, last = nums[0].dims, nums[-1].dims
    if first is None or last is None:
        return array(dtype, None)
    return array(dtype, first[:-1] + last[1:])


@adjoint(np.linalg.multi_dot, kind=_multi_dot_kind)
def multi_dot(arrays: Any, out: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Each factor has the others on both sides of the adjoint, transposed."""
    count = len(arrays)
    whole = np.expand_dims(y_bar, 0) if np.ndim(arrays[0]) == 1 else y_bar
    whole = np.expand_dims(whole, -1) if np.ndim(arrays[count - 1]) == 1 else whole
    shares: Any = ()
    for i in range(count):
        chain: Any = (whole,)
        for j in range(i):
            flat = np.ndim(arrays[j]) == 1
            chain = (np.expand_dims(arrays[j], 1) if flat else np.transpose(arrays[j]), *chain)
        for j in range(count - 1, i, -1):
            flat = np.ndim(arrays[j]) == 1
            chain = (*chain, np.expand_dims(arrays[j], 0) if flat else np.transpose(arrays[j]))
        share = chain[0] @ chain[1] if count == 2 else np.linalg.multi_dot(chain)
        shares = (*shares, share if np.ndim(arrays[i]) == 2 else np.reshape(share, -1))
    return shares, None

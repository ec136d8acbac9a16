"""Products of vectors, matrices and stacks of matrices; diagonals and triangles.

Each rule tells ranks apart with `if`, so that what is left for given operands is one line.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import BOOL, UNKNOWN, Dim, Kind, NotStaticError, Num, Questions, Static, array
from srcgrad.rules.reductions import dim_of_product, refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    contraction,
    dot,
    like_first,
    like_second,
    numbers,
    reduction_sum,
    refuse,
    result_dtype,
    with_dtype,
)
from srcgrad.rules.table import adjoint, constant


def same_stack(a: Any, b: Any) -> bool:
    """Whether two stacks of matrices have the same shape, so that neither is broadcast."""
    return bool(np.shape(a)[:-2] == np.shape(b)[:-2])


def _same_stack_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    return Num(BOOL, (), weak=True, value=_surely_same(q, numbers((a, b))))


def _surely_same(q: Questions, nums: list[Num] | None) -> bool:
    shapes = [n.dims for n in nums or () if n.dims is not None]
    if len(shapes) != 2 or len(shapes[0]) != len(shapes[1]):
        return False
    pairs = zip(shapes[0][:-2], shapes[1][:-2], strict=True)
    return all(m == n or {q.is_one(m), q.is_one(n)} in ({True}, {False}) for m, n in pairs)


constant(same_stack, lambda a, b: None, kind=_same_stack_kind)


@adjoint(np.matmul, kind=contraction)
def matmul(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """Vectors, matrices, and stacks of matrices that broadcast."""
    if a.ndim == 1 and b.ndim == 1:
        return y_bar * b, y_bar * a
    if a.ndim == 1 and b.ndim == 2:
        return b @ y_bar, np.outer(a, y_bar)
    if a.ndim == 2 and b.ndim == 1:
        return np.outer(y_bar, b), a.T @ y_bar
    if a.ndim == 2 and b.ndim == 2:
        return y_bar @ b.T, a.T @ y_bar
    if b.ndim == 1:
        return (
            np.expand_dims(y_bar, -1) * b,
            np.reshape(y_bar, -1) @ np.reshape(a, (-1, a.shape[-1])),
        )
    if a.ndim == 1:
        return (
            np.reshape(y_bar, -1) @ np.reshape(np.swapaxes(b, -1, -2), (-1, a.shape[0])),
            np.expand_dims(a, 1) * np.expand_dims(y_bar, -2),
        )
    if b.ndim == 2:
        return (
            y_bar @ b.T,
            np.reshape(a, (-1, a.shape[-1])).T @ np.reshape(y_bar, (-1, y_bar.shape[-1])),
        )
    if same_stack(a, b):
        return y_bar @ np.swapaxes(b, -1, -2), np.swapaxes(a, -1, -2) @ y_bar
    return (
        runtime.sum_stack(y_bar @ np.swapaxes(b, -1, -2), a),
        runtime.sum_stack(np.swapaxes(a, -1, -2) @ y_bar, b),
    )


@adjoint(runtime.sum_stack, kind=like_second, name="sum_stack")
def sum_stack(x_bar: Any, x: Any, *, y: Any, y_bar: Any) -> Any:
    """A sum hands its adjoint to all it covers."""
    return y_bar


def _dot_kind(q: Questions, a: Kind, b: Kind, out: Kind) -> Kind:
    refuse("np.dot with out=", out)
    return dot(q, a, b)


@adjoint(np.dot, kind=_dot_kind)
def dot_(a: Any, b: Any, out: Any = None, *, y: Any, y_bar: Any) -> Any:
    """A product with a scalar; else the last axis of a against the second last of b."""
    if a.ndim == 0:
        return np.sum(y_bar * b), y_bar * a
    if b.ndim == 0:
        return y_bar * b, np.sum(y_bar * a)
    if a.ndim == 1 and b.ndim == 1:
        return y_bar * b, y_bar * a
    if a.ndim == 1 and b.ndim == 2:
        return b @ y_bar, np.outer(a, y_bar)
    if a.ndim == 2 and b.ndim == 1:
        return np.outer(y_bar, b), a.T @ y_bar
    if a.ndim == 2 and b.ndim == 2:
        return y_bar @ b.T, a.T @ y_bar
    if b.ndim == 1:
        return (
            np.expand_dims(y_bar, -1) * b,
            np.reshape(y_bar, -1) @ np.reshape(a, (-1, a.shape[-1])),
        )
    rows = np.reshape(a, (-1, a.shape[-1]))
    moved = np.moveaxis(b, -2, 0)
    columns = np.reshape(moved, (moved.shape[0], -1))
    flat = np.reshape(y_bar, (rows.shape[0], columns.shape[1]))
    return (
        np.reshape(flat @ columns.T, a.shape),
        np.moveaxis(np.reshape(rows.T @ flat, moved.shape), 0, -2),
    )


def _inner_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    left, right = nums
    dtype = result_dtype(left, right)
    if left.dims is None or right.dims is None:
        return array(dtype, None)
    if not left.dims or not right.dims:
        return array(dtype, left.dims or right.dims)
    return array(dtype, left.dims[:-1] + right.dims[:-1])


@adjoint(np.inner, kind=_inner_kind)
def inner(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """The last axes of both against each other."""
    if a.ndim == 0:
        return np.sum(y_bar * b), y_bar * a
    if b.ndim == 0:
        return y_bar * b, np.sum(y_bar * a)
    if a.ndim == 1 and b.ndim == 1:
        return y_bar * b, y_bar * a
    if a.ndim == 2 and b.ndim == 2:
        return y_bar @ b, y_bar.T @ a
    left = np.reshape(a, (-1, a.shape[-1]))
    right = np.reshape(b, (-1, b.shape[-1]))
    flat = np.reshape(y_bar, (left.shape[0], right.shape[0]))
    return np.reshape(flat @ right, a.shape), np.reshape(flat.T @ left, b.shape)


def _outer_kind(q: Questions, a: Kind, b: Kind, out: Kind) -> Kind:
    refuse("np.outer with out=", out)
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    dims = [
        q.fresh(("outer", object()), "m") if n.dims is None else dim_of_product(q, n.dims)
        for n in nums
    ]
    return array(result_dtype(*nums), dims)


@adjoint(np.outer, kind=_outer_kind)
def outer(a: Any, b: Any, out: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Both operands flattened."""
    if a.ndim == 1 and b.ndim == 1:
        return y_bar @ b, a @ y_bar
    return (
        np.reshape(y_bar @ np.reshape(b, -1), a.shape),
        np.reshape(np.reshape(a, -1) @ y_bar, b.shape),
    )


def _vdot_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    refuse_complex("np.vdot", a, b)
    nums = numbers((a, b))
    return UNKNOWN if nums is None else array(result_dtype(*nums), ())


@adjoint(np.vdot, kind=_vdot_kind)
def vdot(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """Both operands flattened."""
    if a.ndim == b.ndim:
        return y_bar * b, y_bar * a
    return y_bar * np.reshape(b, a.shape), y_bar * np.reshape(a, b.shape)


def _trace_kind(
    q: Questions, a: Kind, offset: Kind, axis1: Kind, axis2: Kind, dtype: Kind, out: Kind
) -> Kind:
    refuse("np.trace with out=", out)
    refuse("np.trace with axis1=", axis1, unless=0)
    refuse("np.trace with axis2=", axis2, unless=1)
    x = as_number(a)
    if not isinstance(x, Num) or x.dims is None:
        return UNKNOWN
    if len(x.dims) != 2:
        raise UnsupportedError("np.trace of more than a matrix is not supported")
    none = Static(None)
    return with_dtype(reduction_sum(q, x, none, Static(False)), dtype)


@adjoint(np.trace, kind=_trace_kind)
def trace(
    a: Any,
    offset: Any = 0,
    axis1: Any = 0,
    axis2: Any = 1,
    dtype: Any = None,
    out: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The adjoint on the diagonal."""
    return y_bar * np.eye(a.shape[0], a.shape[1], offset)


# diagonals and triangles -------------------------------------------------------------------------


def _triangle_kind(q: Questions, m: Kind, k: Kind) -> Kind:
    x = like_first(q, m)
    if isinstance(x, Num) and x.dims is not None and len(x.dims) == 1:
        return array(x.dtype, x.dims * 2)  # a vector is taken for every row
    return x


@adjoint(np.triu, kind=_triangle_kind, broadcasts=True)
def triu(m: Any, k: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """The same triangle."""
    return np.triu(y_bar, k)


@adjoint(np.tril, kind=_triangle_kind, broadcasts=True)
def tril(m: Any, k: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """The same triangle."""
    return np.tril(y_bar, k)


def _diag_kind(q: Questions, v: Kind, k: Kind) -> Kind:
    x = as_number(v)
    if not isinstance(x, Num) or x.dims is None:
        return x
    dims = x.dims
    try:
        offset = int(q.value(k))
    except NotStaticError:
        return Num(x.dtype, None)
    if len(dims) == 1:
        return array(x.dtype, (dims[0] + Dim.of(abs(offset)),) * 2)
    rows, columns = dims
    return array(x.dtype, (diagonal_dim(q, rows, columns, offset),))


def diagonal_dim(q: Questions, rows: Dim, columns: Dim, offset: int) -> Dim:
    """How many elements a diagonal has."""
    if rows == columns:
        return rows - Dim.of(abs(offset))
    if rows.static is None or columns.static is None:
        return q.fresh(("diag", rows, columns, offset), "m")
    return Dim.of(len(np.diag(np.empty((rows.static, columns.static)), offset)))


@adjoint(np.diag, kind=_diag_kind, memory="frozen")
def diag(v: Any, k: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """A vector's place on the diagonal, or the diagonal's place in the matrix."""
    if v.ndim == 1:
        return np.diag(y_bar, k)
    return runtime.place_diagonal(y_bar, v, k)


@adjoint(runtime.place_diagonal, kind=like_second, name="place_diagonal")
def place_diagonal(
    values: Any, x: Any, k: Any = 0, axis1: Any = 0, axis2: Any = 1, *, y: Any, y_bar: Any
) -> Any:
    """The diagonal again."""
    return np.diagonal(y_bar, k, axis1, axis2)

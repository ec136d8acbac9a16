"""Functions with several results; their adjoints come as a tuple, each of its result's shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import UNKNOWN, Dim, Kind, Num, Questions, Tuple, array
from srcgrad.rules.reductions import dim_of_product, refuse_complex
from srcgrad.rules.shapes import broadcast, is_none, numbers, refuse, ufunc
from srcgrad.rules.solving import like_stack, matrices, turned
from srcgrad.rules.table import adjoint, constant

INDEX = np.dtype(np.intp)
ONE = Dim.of(1)


def _divmod_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    return Tuple((ufunc(np.floor_divide)(q, a, b), ufunc(np.remainder)(q, a, b)))


@adjoint(np.divmod, kind=_divmod_kind)
def divmod_(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """The remainder's; the quotient is a step function."""
    return runtime.unbroadcast(y_bar[1], a), runtime.unbroadcast(-y_bar[1] * y[0], b)


def _modf_kind(q: Questions, x: Kind) -> Kind:
    return Tuple((ufunc(np.modf)(q, x),) * 2)


@adjoint(np.modf, kind=_modf_kind)
def modf(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The fraction's; the whole number is a step function."""
    return y_bar[0]


def _slogdet_kind(q: Questions, a: Kind) -> Kind:
    refuse_complex("np.linalg.slogdet", a)
    x = matrices(a)
    if x is None:
        return UNKNOWN
    return Tuple((like_stack(x),) * 2, type(np.linalg.slogdet(np.eye(1))))


@adjoint(np.linalg.slogdet, kind=_slogdet_kind)
def slogdet(a: Any, *, y: Any, y_bar: Any) -> Any:
    """The logarithm's; the sign is a step function."""
    if a.ndim == 2:
        return y_bar[1] * np.linalg.inv(a).T
    return np.expand_dims(y_bar[1], (-2, -1)) * turned(np.linalg.inv(a))


# grids -------------------------------------------------------------------------------------------


def _meshgrid_kind(
    q: Questions, x1: Kind, x2: Kind, x3: Kind, copy: Kind, sparse: Kind, indexing: Kind
) -> Kind:
    refuse("np.meshgrid with copy=", copy, fix="leave it out", unless=True)
    nums = numbers(tuple(k for k in (x1, x2, x3) if not is_none(k)))
    if nums is None or any(n.dims is None for n in nums):
        return UNKNOWN
    order = axes_of(len(nums), q.value(indexing))
    sizes = [dim_of_product(q, n.dims or ()) for n in nums]
    open_, parts = bool(q.value(sparse)), []
    for i, number in enumerate(nums):
        along = [s if j == i or not open_ else ONE for j, s in enumerate(sizes)]
        parts.append(array(number.dtype, [along[order.index(k)] for k in range(len(nums))]))
    return Tuple(tuple(parts))


def axes_of(count: int, indexing: str) -> list[int]:
    """The axis of a grid along which each operand runs."""
    order = list(range(count))
    return [1, 0, *order[2:]] if indexing == "xy" and count > 1 else order


@adjoint(np.meshgrid, kind=_meshgrid_kind)
def meshgrid(
    x1: Any,
    x2: Any = None,
    x3: Any = None,
    copy: Any = True,
    sparse: Any = False,
    indexing: Any = "xy",
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Sums over the axes along which an operand is repeated."""
    if x2 is None:
        return _along(y_bar[0], x1), None, None, None, None, None
    first = 1 if indexing == "xy" else 0
    if x3 is None:
        return (
            _along(np.sum(y_bar[0], 1 - first), x1),
            _along(np.sum(y_bar[1], first), x2),
            None,
            None,
            None,
            None,
        )
    return (
        _along(np.sum(y_bar[0], (1 - first, 2)), x1),
        _along(np.sum(y_bar[1], (first, 2)), x2),
        _along(np.sum(y_bar[2], (0, 1)), x3),
        None,
        None,
        None,
    )


def _along(share: Any, x: Any) -> Any:
    """A vector's share, or that of what is taken for a vector."""
    return share if np.ndim(x) == 1 else np.reshape(share, np.shape(x))


def _broadcast_arrays_kind(q: Questions, *args: Kind) -> Kind:
    nums = numbers(args)
    if nums is None:
        return UNKNOWN
    dims = broadcast(q, *(n.dims for n in nums))
    return Tuple(tuple(Num(n.dtype, dims, box=dims == ()) for n in nums))


@adjoint(np.broadcast_arrays, kind=_broadcast_arrays_kind, memory="alias")
def broadcast_arrays(*args: Any, y: Any, y_bar: Any) -> Any:
    """Sums over the axes along which an operand is repeated."""
    shares: Any = ()
    for i, x in enumerate(args):
        shares = (*shares, runtime.unbroadcast(y_bar[i], x))
    return shares


def _ix_kind(q: Questions, *args: Kind) -> Kind:
    nums = numbers(args)
    if nums is None or any(n.dims is None or len(n.dims) != 1 for n in nums):
        return UNKNOWN
    return Tuple(tuple(_open_axis(q, n, i, len(nums)) for i, n in enumerate(nums)))


def _open_axis(q: Questions, number: Num, place: int, rank: int) -> Kind:
    """An index array along one axis of an open mesh, of the positions that a mask stands for."""
    mask = number.dtype.kind == "b"
    along = (q.fresh(("mask", object()), "m"),) if mask else number.dims or ()
    dims = (ONE,) * place + along + (ONE,) * (rank - place - 1)
    return array(INDEX if mask else number.dtype, dims)


constant(np.ix_, lambda *args: None, kind=_ix_kind, memory="alias")

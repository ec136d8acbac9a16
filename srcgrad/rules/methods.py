"""Methods and attributes of arrays, and the functions that they stand for."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import UNKNOWN, Kind, List, Num, Questions, Static, scalar
from srcgrad.rules.shapes import as_number, ufunc
from srcgrad.rules.table import adjoint, attribute, constant, method

# methods with no function of NumPy's own ---------------------------------------------------------


def _item_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return scalar(type(np.zeros((), number.dtype).item()))


@adjoint(np.ndarray.item, kind=_item_kind, name=".item()")
def item(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The one element's adjoint."""
    if x.ndim == 0:
        return y_bar
    return np.full(x.shape, y_bar)


def _tolist_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num) or number.dims is None:
        return UNKNOWN
    kind = _item_kind(q, Num(number.dtype))
    for dim in reversed(number.dims):
        kind = List(kind, dim)
    return kind


@adjoint(np.ndarray.tolist, kind=_tolist_kind, name=".tolist()", linear=True)
def tolist(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoints of the elements, as an array again."""
    return np.array(y_bar)


def _real_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return Num(np.zeros((), number.dtype).real.dtype, number.dims, box=number.box)


@adjoint(np.real, kind=_real_kind, memory="view")
def real(val: Any, *, y: Any, y_bar: Any) -> Any:
    """For real arrays the adjoint as it is, for complex ones too: df/dx - i df/dy."""
    return y_bar


@adjoint(np.conjugate, kind=ufunc(np.conjugate), name="np.conj")
def conjugate(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The conjugate of the adjoint."""
    return np.conj(y_bar)


def dtype(x: Any) -> Any:
    """x.dtype."""
    return x.dtype


def _dtype_kind(q: Questions, x: Kind) -> Kind:
    return Static(x.dtype) if isinstance(x, Num) and not x.weak else UNKNOWN


constant(dtype, lambda x: None, kind=_dtype_kind, name=".dtype", cheap=True)

# names -------------------------------------------------------------------------------------------

for _function in (
    *(np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.any, np.all, np.cumsum),
    *(np.argmax, np.argmin, np.dot, np.trace, np.squeeze, np.swapaxes, np.ravel, np.clip),
    *(np.round, np.copy, np.argsort, np.cumprod, np.diagonal, np.nonzero, np.repeat),
    *(np.searchsorted, np.take),
):
    method(_function.__name__, _function)

method("reshape", np.reshape, star="shape")
method("transpose", np.transpose, star="axes")
method("flatten", np.ndarray.flatten)
method("astype", np.ndarray.astype)
method("item", np.ndarray.item)
method("tolist", np.ndarray.tolist)

attribute("T", np.transpose)
attribute("shape", np.shape)
attribute("size", np.size)
attribute("ndim", np.ndim)
attribute("dtype", dtype)
attribute("real", np.real)

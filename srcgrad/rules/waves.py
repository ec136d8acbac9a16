"""Angles, Bessel functions, and the parts of numbers that may be complex."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcgrad import special
from srcgrad.kinds import UNKNOWN, Kind, Num, Questions, array, scalar
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.shapes import as_number, numbers, result_dtype, ufunc
from srcgrad.rules.table import adjoint, constant, elementwise

# Bessel functions --------------------------------------------------------------------------------


def _i0_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    dtype = number.dtype if number.is_float else np.dtype(float)
    return Num(dtype, number.dims, box=number.dims == ())


def _bessel_kind(q: Questions, n: Kind, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return array(number.dtype if number.is_float else float, number.dims)


elementwise(np.i0, lambda x, y: special.bessel_i(1, x), kind=_i0_kind)
elementwise(
    special.bessel_i,
    lambda n, x, y: (
        None,
        (special.bessel_i(n - 1, x) + special.bessel_i(n + 1, x)) / 2,
    ),
    kind=_bessel_kind,
    name="bessel_i",
)

# angles ------------------------------------------------------------------------------------------


def _unwrap_kind(q: Questions, p: Kind, discont: Kind, axis: Kind, period: Kind) -> Kind:
    nums = numbers((p, period))
    if nums is None:
        return UNKNOWN
    x, turn = nums
    return array(result_dtype(Num(x.dtype), turn), x.dims)


@adjoint(np.unwrap, kind=_unwrap_kind)
def unwrap(
    p: Any,
    discont: Any = None,
    axis: Any = -1,
    period: Any = 2 * math.pi,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The adjoint as it is; the period is added a number of times."""
    return y_bar, None, None, np.sum(y_bar * np.rint((y - p) / period))


def _angle_kind(q: Questions, z: Kind, deg: Kind) -> Kind:
    return ufunc(np.arctan2)(q, Num(np.dtype(int), (), weak=True), z) if _real(z) else UNKNOWN


@adjoint(np.angle, kind=_angle_kind)
def angle(z: Any, deg: Any = False, *, y: Any, y_bar: Any) -> Any:
    """That of a real number is a step function."""
    if np.iscomplexobj(z):
        return unsupported("np.angle of complex numbers", "use np.arctan2")
    return None


# parts -------------------------------------------------------------------------------------------


def _real(kind: Kind) -> bool:
    number = as_number(kind)
    return isinstance(number, Num) and number.dtype.kind != "c"


def _imag_kind(q: Questions, val: Kind) -> Kind:
    number = as_number(val)
    if not isinstance(number, Num):
        return UNKNOWN
    dtype = np.zeros((), number.dtype).imag.dtype
    return Num(dtype, number.dims, weak=number.weak, box=number.box)


def _real_if_close_kind(q: Questions, a: Kind, tol: Kind) -> Kind:
    number = as_number(a)
    if not isinstance(number, Num) or not _real(a):
        return UNKNOWN
    return Num(number.dtype, number.dims, box=number.dims == ())


@adjoint(np.imag, kind=_imag_kind, memory="frozen")
def imag(val: Any, *, y: Any, y_bar: Any) -> Any:
    """That of a real number is 0."""
    if np.iscomplexobj(val):
        return unsupported("np.imag of complex numbers", "keep both parts apart")
    return None


@adjoint(np.real_if_close, kind=_real_if_close_kind, memory="alias")
def real_if_close(a: Any, tol: Any = 100, *, y: Any, y_bar: Any) -> Any:
    """The adjoint as it is."""
    if np.iscomplexobj(a):
        return unsupported("np.real_if_close of complex numbers", "use np.real")
    return y_bar


def _is_complex_kind(answer: bool) -> Any:
    def kind(q: Questions, x: Kind) -> Kind:
        number = as_number(x)
        if not isinstance(number, Num):
            return scalar(bool)
        found = (number.dtype.kind == "c") is answer
        return Num(np.dtype(bool), (), weak=True, value=found)

    return kind


constant(np.iscomplexobj, lambda x: None, kind=_is_complex_kind(True), cheap=True)
constant(np.isrealobj, lambda x: None, kind=_is_complex_kind(False), cheap=True)

"""The gamma function, and functions that take floats apart."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from srcgrad import special
from srcgrad.kinds import UNKNOWN, Kind, Num, Questions, Tuple, array, integer, scalar
from srcgrad.rules.shapes import numbers, python_bool, python_float, ufunc
from srcgrad.rules.table import adjoint, constant, elementwise

# the gamma function ------------------------------------------------------------------------------

elementwise(math.lgamma, lambda x, y: special.polygamma(0, x), kind=python_float)
elementwise(math.gamma, lambda x, y: y * special.polygamma(0, x), kind=python_float)
elementwise(
    special.polygamma,
    lambda n, x, y: (None, special.polygamma(n + 1, x)),
    kind=python_float,
    name="polygamma",
)

# remainders, fractions and exponents -------------------------------------------------------------


def _pair_of_floats(q: Questions, x: Kind) -> Kind:
    return Tuple((scalar(float), scalar(float)))


def _mantissa_and_exponent(q: Questions, x: Kind) -> Kind:
    return Tuple((scalar(float), integer()))


def _frexp_kind(q: Questions, x: Kind) -> Kind:
    mantissa = ufunc(np.frexp)(q, x)
    if not isinstance(mantissa, Num):
        return UNKNOWN
    return Tuple((mantissa, array(np.intc, mantissa.dims)))


elementwise(math.remainder, lambda a, b, y: (1, (y - a) / b), kind=python_float)
elementwise(math.ldexp, lambda x, i, y: (math.ldexp(1.0, i), None), kind=python_float)


@adjoint(np.ldexp, kind=ufunc(np.ldexp), broadcasts=True)
def ldexp(x1: Any, x2: Any, *, y: Any, y_bar: Any) -> Any:
    """With the same exponent."""
    return np.ldexp(y_bar, x2), None


@adjoint(math.modf, kind=_pair_of_floats)
def modf(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The fraction's; the whole number is a step function."""
    return y_bar[0]


@adjoint(math.frexp, kind=_mantissa_and_exponent)
def frexp(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The mantissa's; the exponent is a step function."""
    return y_bar[0] * math.ldexp(1.0, -y[1])


@adjoint(np.frexp, kind=_frexp_kind)
def frexp_of_arrays(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The mantissa's; the exponent is a step function."""
    return np.ldexp(y_bar[0], -y[1])


# neighbours --------------------------------------------------------------------------------------


def _isclose_kind(q: Questions, a: Kind, b: Kind, *tolerances: Kind) -> Kind:
    return UNKNOWN if numbers((a, b)) is None else python_bool(q)


elementwise(math.nextafter, lambda x, y_, y: (1, None), kind=python_float)
elementwise(np.nextafter, lambda x1, x2, y: (1, None), kind=ufunc(np.nextafter))
elementwise(np.spacing, None, kind=ufunc(np.spacing))
constant(math.ulp, lambda x: None, kind=python_float)
constant(
    math.isclose,
    lambda a, b, rel_tol=1e-09, abs_tol=0.0: None,
    kind=_isclose_kind,
)

"""Elementwise functions of NumPy: ufuncs, np.where, np.clip and their like.

A denominator written `y + (y == 0)` is 1 where y is 0: there the numerator is 0 as well, and the
derivative is 0 by convention (hypot, std, norm).  Literals are Python's own numbers, so that
float32 stays float32.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import special
from srcgrad.ir import Atom, Const
from srcgrad.kinds import BOOL, INT, UNKNOWN, Kind, Num, Questions, Static, Tuple, array
from srcgrad.rules.algebra import Emitter, identity
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    is_none,
    numbers,
    refuse,
    result_dtype,
    ufunc,
)
from srcgrad.rules.table import adjoint, constant, elementwise


def _smooth(op: Any, partials: Callable[..., Any], name: str | None = None) -> None:
    elementwise(op, partials, kind=ufunc(op), name=name)


# one operand -------------------------------------------------------------------------------------

_smooth(np.exp, lambda x, y: y)
_smooth(np.exp2, lambda x, y: y * math.log(2))
_smooth(np.expm1, lambda x, y: y + 1)
_smooth(np.log, lambda x, y: 1 / x)
_smooth(np.log2, lambda x, y: 1 / (x * math.log(2)))
_smooth(np.log10, lambda x, y: 1 / (x * math.log(10)))
_smooth(np.log1p, lambda x, y: 1 / (1 + x))
_smooth(np.sqrt, lambda x, y: 0.5 / y)
_smooth(np.cbrt, lambda x, y: 1 / (3 * y * y))
_smooth(np.square, lambda x, y: 2 * x)
_smooth(np.reciprocal, lambda x, y: -y * y)
_smooth(np.sin, lambda x, y: np.cos(x))
_smooth(np.cos, lambda x, y: -np.sin(x))
_smooth(np.tan, lambda x, y: 1 + y * y)
_smooth(np.arcsin, lambda x, y: 1 / np.sqrt(1 - x * x))
_smooth(np.arccos, lambda x, y: -1 / np.sqrt(1 - x * x))
_smooth(np.arctan, lambda x, y: 1 / (1 + x * x))
_smooth(np.sinh, lambda x, y: np.cosh(x))
_smooth(np.cosh, lambda x, y: np.sinh(x))
_smooth(np.tanh, lambda x, y: 1 - y * y)
_smooth(np.arcsinh, lambda x, y: 1 / np.sqrt(x * x + 1))
_smooth(np.arccosh, lambda x, y: 1 / np.sqrt(x * x - 1))
_smooth(np.arctanh, lambda x, y: 1 / (1 - x * x))
_smooth(np.absolute, lambda x, y: np.sign(x), name="np.abs")
_smooth(np.fabs, lambda x, y: np.sign(x))
_smooth(np.negative, lambda x, y: -1)
_smooth(np.positive, lambda x, y: 1)
_smooth(np.degrees, lambda x, y: 180 / math.pi)
_smooth(np.rad2deg, lambda x, y: 180 / math.pi)
_smooth(np.radians, lambda x, y: math.pi / 180)
_smooth(np.deg2rad, lambda x, y: math.pi / 180)


def is_fixed(exponent: Any) -> bool:
    """Whether an exponent has no derivative: it is an int, or known when compiling."""
    return np.asarray(exponent).dtype.kind != "f"


def _fixed_kind(q: Questions, exponent: Kind) -> Kind:
    moves = isinstance(exponent, Num) and exponent.is_float and exponent.value is None
    return Num(BOOL, (), weak=True, value=isinstance(exponent, Num) and not moves)


constant(is_fixed, lambda exponent: None, kind=_fixed_kind)


def lowered(a: Any, b: Any) -> Any:
    """The exponent of the derivative by `a`, which at 0 ** 0 is 0 as well."""
    return b - (b != 0) if is_fixed(b) else b - ((a != 0) | (b != 0))


def power(a: Any, b: Any, y: Any) -> Any:
    """The partials of a power."""
    return b * a ** lowered(a, b), y * np.log(a + (a == 0))


# two operands ------------------------------------------------------------------------------------

_smooth(np.add, lambda a, b, y: (1, 1))
_smooth(np.subtract, lambda a, b, y: (1, -1))
_smooth(np.multiply, lambda a, b, y: (b, a))
_smooth(np.divide, lambda a, b, y: (1 / b, -(1 / b * y)))
_smooth(np.remainder, lambda a, b, y: (1, -(a // b)))
_smooth(np.fmod, lambda a, b, y: (1, (y - a) / b))
_smooth(np.power, power)
_smooth(np.float_power, power)
_smooth(np.arctan2, lambda a, b, y: (b / (a * a + b * b), -a / (a * a + b * b)))
_smooth(np.hypot, lambda a, b, y: (a / (y + (y == 0)), b / (y + (y == 0))))
_smooth(np.logaddexp, lambda a, b, y: (np.exp(a - y), np.exp(b - y)))
_smooth(np.logaddexp2, lambda a, b, y: (np.exp2(a - y), np.exp2(b - y)))
_smooth(np.copysign, lambda a, b, y: (np.sign(a) * np.copysign(1, b), None))
_smooth(np.heaviside, lambda a, b, y: (None, a == 0))
_smooth(np.maximum, lambda a, b, y: ((a > b) + 0.5 * (a == b), (b > a) + 0.5 * (a == b)))
_smooth(np.minimum, lambda a, b, y: ((a < b) + 0.5 * (a == b), (b < a) + 0.5 * (a == b)))
_smooth(
    np.fmax,
    lambda a, b, y: (
        (a > b) + 0.5 * (a == b) + np.isnan(b),
        (b > a) + 0.5 * (a == b) + np.isnan(a),
    ),
)
_smooth(
    np.fmin,
    lambda a, b, y: (
        (a < b) + 0.5 * (a == b) + np.isnan(b),
        (b < a) + 0.5 * (a == b) + np.isnan(a),
    ),
)

# no derivative -----------------------------------------------------------------------------------

for _step in (np.sign, np.floor, np.ceil, np.trunc, np.rint, np.floor_divide):
    elementwise(_step, None, kind=ufunc(_step))

constant(np.fix, lambda x: None, kind=ufunc(np.ceil))

for _test in (
    *(np.less, np.less_equal, np.equal, np.not_equal, np.greater, np.greater_equal),
    *(np.logical_and, np.logical_or, np.logical_xor, np.logical_not),
    *(np.isfinite, np.isnan, np.isinf, np.signbit),
    *(np.bitwise_and, np.bitwise_or, np.bitwise_xor, np.invert, np.left_shift, np.right_shift),
):
    elementwise(_test, None, kind=ufunc(_test))


# functions that are not ufuncs -------------------------------------------------------------------


def like_operand(q: Questions, x: Kind, *rest: Kind) -> Kind:
    """x's dtype and dims, as a fresh result: a scalar for a scalar."""
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return array(number.dtype, number.dims)


def _sinc_kind(q: Questions, x: Kind, *order: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return array(number.dtype if number.is_float else float, number.dims)


def _round_kind(q: Questions, a: Kind, decimals: Kind, out: Kind) -> Kind:
    refuse("np.round with out=", out)
    number = as_number(a)
    return UNKNOWN if isinstance(number, Num) and number.dtype.kind == "b" else like_operand(q, a)


def _nan_to_num_kind(q: Questions, x: Kind, copy: Kind, *fills: Kind) -> Kind:
    refuse("np.nan_to_num with copy=", copy, fix="leave copy=True", unless=True)
    kind = like_operand(q, x)
    return Num(kind.dtype, kind.dims) if isinstance(kind, Num) else kind


def _nan_to_num(
    x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None, y: Any = None
) -> Any:
    return np.isfinite(x), None, np.isnan(x), x == math.inf, x == -math.inf


def _sinc_derivative(x: Any, n: Any = 1, y: Any = None) -> Any:
    return special.sinc_derivative(x, n + 1), None


elementwise(np.sinc, lambda x, y: special.sinc_derivative(x), kind=_sinc_kind)
elementwise(special.sinc_derivative, _sinc_derivative, kind=_sinc_kind, name="sinc_derivative")
elementwise(np.nan_to_num, _nan_to_num, kind=_nan_to_num_kind)
constant(np.round, lambda a, decimals=0, out=None: None, kind=_round_kind)
constant(np.around, lambda a, decimals=0, out=None: None, kind=_round_kind)


def _where_kind(q: Questions, condition: Kind, x: Kind, y: Kind) -> Kind:
    test = as_number(condition)
    if is_none(x) and is_none(y):
        if not isinstance(test, Num) or not test.dims:
            return UNKNOWN
        found = q.fresh(("where", object()), "m")
        return Tuple(tuple(Num(INT, (found,)) for _ in test.dims))
    nums = numbers((condition, x, y))
    if nums is None:
        return UNKNOWN
    dims = broadcast(q, *(n.dims for n in nums))
    return Num(result_dtype(*nums[1:]), dims, box=dims == ())


@adjoint(np.where, kind=_where_kind, broadcasts=True)
def where(condition: Any, x1: Any = None, x2: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Masked, not multiplied: an adjoint that is inf or NaN stays with the branch it is for."""
    return None, np.where(condition, y_bar, 0), np.where(condition, 0, y_bar)


# NumPy takes None for no bound, and tells it from a bound that is not given.
MISSING: Any = inspect.signature(np.clip).parameters["a_min"].default


def is_missing(bound: Any) -> bool:
    """Whether a bound of np.clip is not given."""
    return bound is MISSING


def _missing_kind(q: Questions, bound: Kind) -> Kind:
    return Num(BOOL, (), weak=True, value=isinstance(bound, Static) and bound.value is MISSING)


constant(is_missing, lambda bound: None, kind=_missing_kind)


def _clip_kind(
    q: Questions, a: Kind, a_min: Kind, a_max: Kind, out: Kind, low: Kind, high: Kind
) -> Kind:
    refuse("np.clip with out=", out)
    bounds = tuple(b for b in (a_min, a_max, low, high) if not (is_none(b) or b == Static(MISSING)))
    nums = numbers((a, *bounds))
    if nums is None:
        return UNKNOWN
    dims = broadcast(q, *(n.dims for n in nums))
    if all(n.weak for n in nums):
        nums = [Num(n.dtype, n.dims) for n in nums]
    return array(result_dtype(*nums), dims)


def _clip(
    a: Any,
    a_min: Any = MISSING,
    a_max: Any = MISSING,
    out: Any = None,
    min: Any = None,
    max: Any = None,
    y: Any = None,
) -> Any:
    if is_missing(a_min) or is_missing(a_max):
        own, low, high = _shares_of_clip(a, min, max, y)
        return own, None, None, None, low, high
    own, low, high = _shares_of_clip(a, a_min, a_max, y)
    return own, low, high, None, None, None


def _shares_of_clip(a: Any, low: Any, high: Any, y: Any) -> Any:
    """The partials by the operand and its bounds; at a bound, it has half and the bound half."""
    if low is not None and high is not None:
        return (
            (a == y) * (1 - 0.5 * ((a == low) | (a == high))),
            (y == low) * ((a < low) + 0.5 * (a == low)),
            (y == high) * ((np.maximum(a, low) > high) + 0.5 * (a == high)),
        )
    if low is not None:
        below = (a < low) + 0.5 * (a == low)
        return 1 - below, below, None
    if high is not None:
        above = (a > high) + 0.5 * (a == high)
        return 1 - above, None, above
    return 1, None, None


elementwise(np.clip, _clip, kind=_clip_kind)


@identity(np.clip)
def _one_bound(b: Emitter, a: Atom, low: Atom, high: Atom, *rest: Atom) -> Atom | None:
    """`x.clip(0.0)`: the method takes a bound that is not given for None, the function does not."""
    if _is_missing(high) and not _is_missing(low):
        return b.emit(np.clip, a, low, Const(None), *rest)
    return None


def _is_missing(bound: Atom) -> bool:
    return isinstance(bound, Const) and is_missing(bound.value)

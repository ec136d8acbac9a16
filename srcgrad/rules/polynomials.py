"""Polynomials as arrays of coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import FLOAT, UNKNOWN, Dim, Kind, NotStaticError, Num, Questions, array
from srcgrad.rules.compiling import shaped_like, unsupported
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    is_none,
    like_second,
    numbers,
    ranked,
    refuse,
    result_dtype,
)
from srcgrad.rules.table import adjoint

ONE = Dim.of(1)

# values ------------------------------------------------------------------------------------------


def _polyval_kind(q: Questions, p: Kind, x: Kind) -> Kind:
    refuse_complex("np.polyval", p, x)
    nums = numbers((p, x))
    if nums is None or not nums[0].dims:
        return UNKNOWN
    return array(result_dtype(*(Num(n.dtype) for n in nums)), nums[1].dims)


@adjoint(np.polyval, kind=_polyval_kind)
def polyval(p: Any, x: Any, *, y: Any, y_bar: Any) -> Any:
    """The powers of x to the coefficients, the slope of the polynomial to x."""
    powers = np.vander(flat(x), np.size(p))
    p_bar = y_bar * powers[0] if np.ndim(x) == 0 else flat(y_bar) @ powers
    return p_bar, y_bar * np.polyval(np.polyder(p), x)


def flat(x: Any) -> Any:
    """The elements as a vector."""
    return x if np.ndim(x) == 1 else np.reshape(x, -1)


# derivatives and integrals -----------------------------------------------------------------------


def _times(q: Questions, m: Kind) -> int | None:
    try:
        times = int(q.value(m))
    except NotStaticError:
        return None
    return times if times > 0 else None


def _polyder_kind(q: Questions, p: Kind, m: Kind) -> Kind:
    known, times = ranked(p), _times(q, m)
    if known is None or len(known[1]) != 1 or times is None:
        return UNKNOWN
    rest = known[1][0] - Dim.of(times)
    if min(rest.hints() or [0]) < 0:
        rest = Dim.of(0) if rest.static is not None else q.fresh(("polyder", object()), "m")
    return array(result_dtype(Num(known[0].dtype), Num(np.dtype(int))), (rest,))


@adjoint(np.polyder, kind=_polyder_kind)
def polyder(p: Any, m: Any = 1, *, y: Any, y_bar: Any) -> Any:
    """Each coefficient has that of one power less, times what it was multiplied by."""
    if m < 1:
        return unsupported("np.polyder with m=0", "leave it out")
    factors = np.polyder(np.ones_like(p), m)
    return shaped_like(np.pad(y_bar * factors, (0, min(m, np.size(p)))), p)


def _polyint_kind(q: Questions, p: Kind, m: Kind, k: Kind) -> Kind:
    refuse_complex("np.polyint", p, k)
    known, times = ranked(p), _times(q, m)
    if known is None or len(known[1]) != 1 or times is None:
        return UNKNOWN
    return array(FLOAT, (known[1][0] + Dim.of(times),))


@adjoint(np.polyint, kind=_polyint_kind)
def polyint(p: Any, m: Any = 1, k: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Each coefficient has that of one power more, divided as it was; the constant its own."""
    if m < 1 or (k is not None and (m > 1 or np.ndim(k) > 0)):
        return unsupported("np.polyint with m=0 or several constants k=", "integrate one by one")
    factors = np.polyint(np.ones_like(p), m)[:-m]
    return y_bar[:-m] * factors, None, None if k is None else y_bar[-1]


# arithmetic --------------------------------------------------------------------------------------


def _size(number: Num) -> Dim | None:
    return None if number.dims is None or len(number.dims) > 1 else (*number.dims, ONE)[0]


def _polyadd_kind(q: Questions, a1: Kind, a2: Kind) -> Kind:
    nums = numbers((a1, a2))
    sizes = [None, None] if nums is None else [_size(n) for n in nums]
    if nums is None or sizes[0] is None or sizes[1] is None:
        return UNKNOWN
    longer = (sizes[0] - sizes[1]).static
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    if longer is None:
        return array(dtype, (q.fresh(("polyadd", *sizes), "m"),))
    return array(dtype, (sizes[0] if longer >= 0 else sizes[1],))


def last_of(y_bar: Any, a: Any) -> Any:
    """The adjoints of as many lowest powers as a polynomial has, shaped as it."""
    if np.ndim(a) == 0:
        return y_bar[-1]
    return shaped_like(y_bar[np.size(y_bar) - np.size(a) :], a)


@adjoint(np.polyadd, kind=_polyadd_kind)
def polyadd(a1: Any, a2: Any, *, y: Any, y_bar: Any) -> Any:
    """That of the same power to both."""
    return last_of(y_bar, a1), last_of(y_bar, a2)


@adjoint(np.polysub, kind=_polyadd_kind)
def polysub(a1: Any, a2: Any, *, y: Any, y_bar: Any) -> Any:
    """That of the same power to both, with a minus sign to the second."""
    return last_of(y_bar, a1), -last_of(y_bar, a2)


def _polymul_kind(q: Questions, a1: Kind, a2: Kind) -> Kind:
    nums = numbers((a1, a2))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    return array(dtype, (q.fresh(("polymul", object()), "m"),))


@adjoint(np.polymul, kind=_polymul_kind)
def polymul(a1: Any, a2: Any, *, y: Any, y_bar: Any) -> Any:
    """As for a convolution; powers that are left out because they are 0 have no adjoint."""
    left, right = flat(a1), flat(a2)
    full = np.pad(y_bar, (np.size(left) + np.size(right) - 1 - np.size(y_bar), 0))
    a1_bar = shaped_like(np.convolve(full, right[::-1], "valid"), left)
    a2_bar = shaped_like(np.convolve(full, left[::-1], "valid"), right)
    return (
        a1_bar if np.ndim(a1) == 1 else np.reshape(a1_bar, np.shape(a1)),
        a2_bar if np.ndim(a2) == 1 else np.reshape(a2_bar, np.shape(a2)),
    )


# fits --------------------------------------------------------------------------------------------


def _polyfit_kind(
    q: Questions, x: Kind, y: Kind, deg: Kind, rcond: Kind, full: Kind, w: Kind, cov: Kind
) -> Kind:
    refuse("np.polyfit with full=", full, unless=False)
    refuse("np.polyfit with cov=", cov, unless=False)
    refuse_complex("np.polyfit", x, y)
    nums = numbers((x, y) if is_none(w) else (x, y, w))
    if nums is None or nums[1].dims is None or not isinstance(deg, Num) or deg.dims != ():
        return UNKNOWN
    if not isinstance(deg.value, Dim):
        return array(FLOAT, None)
    return array(FLOAT, (deg.value + ONE, *nums[1].dims[1:]))


@adjoint(np.polyfit, kind=_polyfit_kind)
def polyfit(
    x: Any,
    y_: Any,
    deg: Any,
    rcond: Any = None,
    full: Any = False,
    w: Any = None,
    cov: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """By the normal equations: what is left over moves with x, and with the weights."""
    if np.ndim(y_) != 1 or np.ndim(deg) != 0:
        return unsupported("np.polyfit of several columns or powers", "fit them one by one")
    solved = runtime.solve_fit(y_bar, x, w)
    share = np.polyval(solved, x)
    left = y_ - np.polyval(y, x)
    x_bar = left * np.polyval(np.polyder(solved), x) - share * np.polyval(np.polyder(y), x)
    if w is None:
        return x_bar, share, None, None, None, None, None
    return w * w * x_bar, w * w * share, None, None, None, 2 * w * left * share, None


def _solve_fit_kind(q: Questions, values: Kind, x: Kind, w: Kind) -> Kind:
    number = as_number(values)
    return like_second(q, Num(FLOAT, ()), number) if isinstance(number, Num) else UNKNOWN


@adjoint(runtime.solve_fit, kind=_solve_fit_kind, name="solve_fit")
def solve_fit(values: Any, x: Any, w: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The equations are symmetric."""
    solved = runtime.solve_fit(y_bar, x, w)
    one, other = np.polyval(solved, x), np.polyval(y, x)
    x_bar = -one * np.polyval(np.polyder(y), x) - other * np.polyval(np.polyder(solved), x)
    if w is None:
        return solved, x_bar, None
    return solved, w * w * x_bar, -2 * w * one * other

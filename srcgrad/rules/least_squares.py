"""Orthogonal factors, pseudoinverses and least squares.

The rule of the factors is that of S. Walter and L. Lehmann, "Algorithmic differentiation of linear
algebra functions with application in optimum experimental design" (2010); that of pseudoinverses,
by changes that keep the rank, is from G. Golub and V. Pereyra, "The differentiation of
pseudo-inverses and nonlinear least squares problems whose variables separate" (1973).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import UNKNOWN, Kind, NotStaticError, Num, Questions, Tuple, array
from srcgrad.rules.compiling import is_zero, shaped_like, unsupported
from srcgrad.rules.shapes import numbers
from srcgrad.rules.solving import float_dtype, like_stack, matrices, real_part, turned
from srcgrad.rules.spectra import from_values, least
from srcgrad.rules.table import adjoint, constant

QR = type(np.linalg.qr(np.eye(1)))

# factors -----------------------------------------------------------------------------------------


def _qr_kind(q: Questions, a: Kind, mode: Kind) -> Kind:
    x = matrices(a)
    try:
        given = q.value(mode)
    except NotStaticError:
        return UNKNOWN
    if x is None or given not in ("reduced", "r", "complete"):
        return UNKNOWN
    if x.dims is None:
        return x if given == "r" else Tuple((x, x), QR)
    m, n = x.dims[-2:]
    k = m if given == "complete" else least(q, m, n)
    upper = like_stack(x, k, n)
    return upper if given == "r" else Tuple((like_stack(x, m, k), upper), QR)


@adjoint(np.linalg.qr, kind=_qr_kind)
def qr(a: Any, mode: Any = "reduced", *, y: Any, y_bar: Any) -> Any:
    """The upper triangle moves R; the rest moves Q, within its columns and out of them."""
    if mode != "reduced" and mode != "r":
        return unsupported("np.linalg.qr with this mode", "use the mode 'reduced'")
    if is_wide(a):
        return unsupported("np.linalg.qr of more columns than rows", "factor the first ones")
    if mode == "r":
        q = np.linalg.qr(a)[0]
        return turned(np.linalg.solve(y, turned(q @ _mirrored(y @ turned(y_bar)))))
    q, r = y
    q_bar, r_bar = y_bar
    if is_zero(q_bar):
        a_bar = q @ _mirrored(r @ turned(r_bar))
    elif is_zero(r_bar):
        a_bar = q_bar - q @ _mirrored(turned(q_bar) @ q)
    else:
        a_bar = q_bar + q @ _mirrored(r @ turned(r_bar) - turned(q_bar) @ q)
    return turned(np.linalg.solve(r, turned(a_bar)))


def _mirrored(x: Any) -> Any:
    """The symmetric matrix with the same lower triangle."""
    return np.tril(x) + turned(np.tril(x, -1))


def is_wide(a: Any) -> bool:
    """Whether matrices have more columns than rows; what compiles for others fails with these."""
    return bool(np.shape(a)[-2] < np.shape(a)[-1])


def _is_wide_kind(q: Questions, a: Kind) -> Kind:
    x = matrices(a)
    hints = None if x is None or x.dims is None else (x.dims[-2] - x.dims[-1]).hints()
    wide = hints is not None and max(hints, default=0) < 0
    return Num(np.dtype(bool), (), weak=True, value=wide)


constant(is_wide, lambda a: None, kind=_is_wide_kind)


# pseudoinverses ----------------------------------------------------------------------------------


def _pinv_kind(q: Questions, a: Kind, rcond: Kind, hermitian: Kind, rtol: Kind) -> Kind:
    x = matrices(a)
    if x is None or x.dims is None:
        return x or UNKNOWN
    return like_stack(x, x.dims[-1], x.dims[-2])


@adjoint(np.linalg.pinv, kind=_pinv_kind)
def pinv(
    a: Any,
    rcond: Any = None,
    hermitian: Any = False,
    rtol: Any = np._NoValue,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Minus itself on both sides, and what lies outside of its rows and of its columns."""
    if hermitian:
        return unsupported("np.linalg.pinv with hermitian=", "leave it out")
    across, straight = turned(y), turned(y_bar)
    outside = straight - a @ (y @ straight)
    beside = straight - (straight @ y) @ a
    return outside @ (y @ across) + (across @ y) @ beside - across @ y_bar @ across


# least squares -----------------------------------------------------------------------------------


def _lstsq_kind(q: Questions, a: Kind, b: Kind, rcond: Kind) -> Kind:
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    left, right = nums
    dtype = float_dtype(left, right)
    sums = array(dtype, (q.fresh(("residuals", object()), "k"),))  # none without full rank
    if not left.dims or not right.dims:
        x, values = array(dtype, None), array(dtype, (q.fresh(("values", object()), "k"),))
    else:
        x = array(dtype, (left.dims[-1], *right.dims[1:]))
        values = array(dtype, (least(q, *left.dims),))
    return Tuple((x, real_part(sums), array(np.int32, ()), real_part(values)))


@adjoint(np.linalg.lstsq, kind=_lstsq_kind)
def lstsq(a: Any, b: Any, rcond: Any = None, *, y: Any, y_bar: Any) -> Any:
    """That of the pseudoinverse times `b`; sums of squares move as if the solution stood still."""
    x = y[0]
    x_bar, sums_bar, _, values_bar = y_bar
    residual = b - a @ x
    a_bar, b_bar = 0.0, 0.0
    if not is_zero(x_bar):
        inverse = np.linalg.pinv(a)
        b_bar = inverse.T @ x_bar
        beside = x_bar - inverse @ (a @ x_bar)
        a_bar = _outer(residual, inverse @ b_bar) - _outer(b_bar, x)
        a_bar = a_bar + _outer(inverse.T @ x, beside)
    if not is_zero(sums_bar):
        if b.ndim == 1:
            slope = 2 * residual * np.sum(sums_bar)
        else:  # there are no sums without full rank
            weights = sums_bar if np.size(y[1]) > 0 else 0.0
            slope = shaped_like(2 * residual * weights, residual)
        a_bar, b_bar = a_bar + _outer(-slope, x), b_bar + slope
    if not is_zero(values_bar):
        a_bar = a_bar + from_values(a, values_bar)
    return a_bar, b_bar


def _outer(u: Any, v: Any) -> Any:
    """The outer product of two vectors, or the sum of those of their columns."""
    return np.outer(u, v) if u.ndim == 1 else u @ v.T

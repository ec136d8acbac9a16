"""Linear systems, inverses, determinants and factors, of matrices and of stacks of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import FLOAT, UNKNOWN, Dim, Kind, Num, Questions, array
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.linalg import same_stack
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import as_number, broadcast, like_second, numbers, refuse, result_dtype
from srcgrad.rules.table import adjoint


def float_dtype(*nums: Num) -> np.dtype[Any]:
    """The dtype of the results of np.linalg, which takes all that is not a float for a double."""
    return result_dtype(*(Num(n.dtype if n.is_float else FLOAT) for n in nums))


def real_part(x: Num) -> Num:
    """The kind of real results of what may be complex."""
    return array(np.empty(0, x.dtype).real.dtype, x.dims)


def turned(x: Any) -> Any:
    """The transpose of a matrix, or of each in a stack."""
    return x.T if x.ndim == 2 else np.swapaxes(x, -1, -2)


def matrices(a: Kind) -> Num | None:
    """A matrix or a stack of them, in the dtype of results; None for what surely is none."""
    x = as_number(a)
    if not isinstance(x, Num) or (x.dims is not None and len(x.dims) < 2):
        return None
    return array(float_dtype(x), x.dims)


def like_stack(x: Num, *dims: Dim) -> Num:
    """An array with these dims for each matrix of a stack."""
    return array(x.dtype, None if x.dims is None else (*x.dims[:-2], *dims))


def _solve_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    refuse_complex("np.linalg.solve", a, b)
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    left, right = nums
    dtype = float_dtype(left, right)
    if not left.dims or not right.dims:
        return array(dtype, None)
    if len(right.dims) == 1:
        return array(dtype, (*left.dims[:-2], left.dims[-1]))
    stack = broadcast(q, left.dims[:-2], right.dims[:-2])
    return array(dtype, None if stack is None else (*stack, left.dims[-1], right.dims[-1]))


@adjoint(np.linalg.solve, kind=_solve_kind)
def solve(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoint of the right-hand side by the transposed system."""
    if np.ndim(b) == 1 and np.ndim(a) == 2:
        b_bar = np.linalg.solve(a.T, y_bar)
        return -np.outer(b_bar, y), b_bar
    if np.ndim(a) == 2 and np.ndim(b) == 2:
        b_bar = np.linalg.solve(a.T, y_bar)
        return -b_bar @ y.T, b_bar
    if np.ndim(b) == 1:
        b_bar = np.linalg.solve(np.swapaxes(a, -1, -2), np.expand_dims(y_bar, -1))
        total = np.sum(np.reshape(b_bar, (-1, np.shape(b)[0])), 0)
        return -b_bar @ np.expand_dims(y, -2), total
    b_bar = np.linalg.solve(np.swapaxes(a, -1, -2), y_bar)
    a_bar = -b_bar @ np.swapaxes(y, -1, -2)
    if same_stack(a, b):
        return a_bar, b_bar
    return runtime.sum_stack(a_bar, a), runtime.sum_stack(b_bar, b)


def _inv_kind(q: Questions, a: Kind) -> Kind:
    refuse_complex("np.linalg.inv", a)
    return matrices(a) or UNKNOWN


@adjoint(np.linalg.inv, kind=_inv_kind)
def inv(a: Any, *, y: Any, y_bar: Any) -> Any:
    """The inverse moves by minus itself, times what the matrix moves by, times itself."""
    return -turned(y) @ y_bar @ turned(y)


def _det_kind(q: Questions, a: Kind) -> Kind:
    refuse_complex("np.linalg.det", a)
    x = matrices(a)
    return UNKNOWN if x is None else like_stack(x)


@adjoint(np.linalg.det, kind=_det_kind)
def det(a: Any, *, y: Any, y_bar: Any) -> Any:
    """The cofactors, which the inverse would get wrong at a singular matrix."""
    if np.ndim(a) == 2:
        return y_bar * runtime.cofactors(a)
    return np.expand_dims(y_bar, (-2, -1)) * runtime.cofactors(a)


def _cofactors_kind(q: Questions, x: Kind) -> Kind:
    return matrices(x) or UNKNOWN


@adjoint(runtime.cofactors, kind=_cofactors_kind, name="cofactors")
def cofactors(x: Any, *, y: Any, y_bar: Any) -> Any:
    """The second derivative of a determinant."""
    return runtime.cofactors_adjoint(x, y_bar)


@adjoint(runtime.cofactors_adjoint, kind=like_second, name="cofactors_adjoint")
def cofactors_adjoint(x: Any, bar: Any, *, y: Any, y_bar: Any) -> Any:
    """The second derivative is symmetric; there is no rule for the third."""
    return (
        unsupported("the second derivative of np.linalg.det", "use np.linalg.slogdet"),
        runtime.cofactors_adjoint(x, y_bar),
    )


def _cholesky_kind(q: Questions, a: Kind, upper: Kind) -> Kind:
    refuse("np.linalg.cholesky with upper=", upper, fix="transpose the result", unless=False)
    refuse_complex("np.linalg.cholesky", a)
    return matrices(a) or UNKNOWN


@adjoint(np.linalg.cholesky, kind=_cholesky_kind)
def cholesky(a: Any, upper: Any = False, *, y: Any, y_bar: Any) -> Any:
    """The adjoint of the lower triangle, which is all of the matrix that is read."""
    inner = _lower_half(turned(y) @ y_bar)
    left = turned(np.linalg.solve(turned(y), inner))
    outer = np.linalg.solve(turned(y), left)
    return _lower_half(outer + turned(outer))


def _lower_half(x: Any) -> Any:
    """The lower triangle with half of the diagonal."""
    return (np.tril(x) + np.tril(x, -1)) / 2

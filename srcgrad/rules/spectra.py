"""Eigenvalues and singular values, with their vectors, of matrices and of stacks of them.

The formulas are those of M. Giles, "Collected matrix derivative results for forward and reverse
mode algorithmic differentiation" (2008).  Where two values are equal, their vectors can be turned
among each other: derivatives of the values are right there, those of the vectors are NaN.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import (
    BOOL,
    UNKNOWN,
    Dim,
    Kind,
    NotStaticError,
    Num,
    Questions,
    Tuple,
    array,
)
from srcgrad.rules.compiling import is_zero, unsupported
from srcgrad.rules.shapes import ranked
from srcgrad.rules.solving import like_stack, matrices, real_part, turned
from srcgrad.rules.table import adjoint, constant, without_rule

EIGH = type(np.linalg.eigh(np.eye(1)))
SVD = type(np.linalg.svd(np.eye(1)))
ONE = Dim.of(1)


def is_square(a: Any) -> bool:
    """Whether the matrices are known to be square when compiling."""
    return bool(np.shape(a)[-2] == np.shape(a)[-1])


def _is_square_kind(q: Questions, a: Kind) -> Kind:
    known = ranked(a)
    square = known is not None and are_same(q, *known[1][-2:])
    return Num(BOOL, (), weak=True, value=square)


constant(is_square, lambda a: None, kind=_is_square_kind)


def are_same(q: Questions, m: Dim, n: Dim) -> bool:
    """Whether two dims are surely the same."""
    return bool(q.is_one(m - n + ONE))


def least(q: Questions, m: Dim, n: Dim) -> Dim:
    """The smaller of two dims."""
    difference = (m - n).static
    if difference is not None:
        return m if difference < 0 else n
    return n if are_same(q, m, n) else q.fresh(("least", frozenset((m, n))), "k")


# symmetric matrices ------------------------------------------------------------------------------


def _eigvalsh_kind(q: Questions, a: Kind, UPLO: Kind) -> Kind:
    x = matrices(a)
    return UNKNOWN if x is None else _values_kind(x)


def _eigh_kind(q: Questions, a: Kind, UPLO: Kind) -> Kind:
    x = matrices(a)
    return UNKNOWN if x is None else Tuple((_values_kind(x), x), EIGH)


def _values_kind(x: Num) -> Num:
    """The eigenvalues of square matrices."""
    return real_part(array(x.dtype, None if x.dims is None else x.dims[:-1]))


@adjoint(np.linalg.eigvalsh, kind=_eigvalsh_kind)
def eigvalsh(a: Any, UPLO: Any = "L", *, y: Any, y_bar: Any) -> Any:
    """An eigenvalue moves by what its vector makes of the matrix on both sides."""
    vectors = np.linalg.eigh(a, UPLO)[1]
    return _triangle(vectors * row(y_bar) @ turned(vectors), UPLO)


@adjoint(np.linalg.eigh, kind=_eigh_kind)
def eigh(a: Any, UPLO: Any = "L", *, y: Any, y_bar: Any) -> Any:
    """A vector turns towards the others, the faster the nearer their values are."""
    values, vectors = y
    if is_zero(y_bar[1]):
        return _triangle(vectors * row(y_bar[0]) @ turned(vectors), UPLO)
    turn = turned(vectors) @ y_bar[1]
    same = np.eye(values.shape[-1])
    inner = (turn - turned(turn)) / 2 / (row(values) - column(values) + same)
    if not is_zero(y_bar[0]):
        inner = inner + same * row(y_bar[0])
    return _triangle(vectors @ inner @ turned(vectors), UPLO)


def _triangle(symmetric: Any, UPLO: Any) -> Any:
    """The adjoint of the triangle that is read, which stands for both."""
    if UPLO == "U" or UPLO == "u":
        return np.triu(symmetric) + np.triu(symmetric, 1)
    return np.tril(symmetric) + np.tril(symmetric, -1)


def row(x: Any) -> Any:
    """A vector along the columns of a matrix."""
    return x if x.ndim == 1 else np.expand_dims(x, -2)


def column(x: Any) -> Any:
    """A vector along the rows of a matrix."""
    return np.expand_dims(x, -1)


for _op in (np.linalg.eig, np.linalg.eigvals):
    without_rule(
        _op,
        why="the eigenvalues of a general matrix may be complex",
        fix="use np.linalg.eigh or np.linalg.eigvalsh if the matrix is symmetric",
    )


# general matrices --------------------------------------------------------------------------------


def _svd_kind(
    q: Questions, a: Kind, full_matrices: Kind, compute_uv: Kind, hermitian: Kind
) -> Kind:
    x = matrices(a)
    try:
        full, vectors = bool(q.value(full_matrices)), bool(q.value(compute_uv))
    except NotStaticError:
        return UNKNOWN
    if x is None:
        return UNKNOWN
    values = _singular_values(q, x)
    if not vectors:
        return values
    if x.dims is None:
        return Tuple((x, values, x), SVD)
    m, n = x.dims[-2:]
    left, right = (m, n) if full and not are_same(q, m, n) else (least(q, m, n),) * 2
    return Tuple((like_stack(x, m, left), values, like_stack(x, right, n)), SVD)


def _singular_values(q: Questions, x: Num) -> Num:
    return real_part(x if x.dims is None else like_stack(x, least(q, *x.dims[-2:])))


@adjoint(np.linalg.svd, kind=_svd_kind)
def svd(
    a: Any,
    full_matrices: Any = True,
    compute_uv: Any = True,
    hermitian: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """As with eigenvalues; what lies outside of the space of the vectors turns into it."""
    if hermitian:
        return unsupported("np.linalg.svd with hermitian=", "use np.linalg.eigh")
    if not compute_uv:
        return from_values(a, y_bar)
    u, s, vh = y
    u_bar, s_bar, vh_bar = y_bar
    if is_zero(u_bar) and is_zero(vh_bar):
        if full_matrices and not is_square(a):
            return from_values(a, s_bar)
        return u * row(s_bar) @ vh
    if full_matrices and not is_square(a):
        return unsupported(
            "np.linalg.svd with full_matrices=True of matrices that are not square",
            "pass full_matrices=False",
        )
    same = np.eye(s.shape[-1])
    gaps = (row(s) - column(s)) * (row(s) + column(s)) + same
    left, right = turned(u) @ u_bar, vh @ turned(vh_bar)
    inner = same * row(s_bar)
    if not is_zero(u_bar):
        inner = inner + (left - turned(left)) / gaps * row(s)
    if not is_zero(vh_bar):
        inner = inner + column(s) * ((right - turned(right)) / gaps)
    a_bar = u @ inner @ vh
    if not is_zero(u_bar) and not is_square(a):
        a_bar = a_bar + (u_bar - u @ left) / row(s) @ vh
    if not is_zero(vh_bar) and not is_square(a):
        a_bar = a_bar + u @ ((vh_bar - turned(right) @ vh) / column(s))
    return a_bar


def from_values(a: Any, s_bar: Any) -> Any:
    """A singular value moves by what its two vectors make of the matrix."""
    u, _, vh = np.linalg.svd(a, full_matrices=False)
    return u * row(s_bar) @ vh


def _svdvals_kind(q: Questions, x: Kind) -> Kind:
    number = matrices(x)
    return UNKNOWN if number is None else _singular_values(q, number)


def svdvals(x: Any, *, y: Any, y_bar: Any) -> Any:
    """A singular value moves by what its two vectors make of the matrix."""
    return from_values(x, y_bar)


if hasattr(np.linalg, "svdvals"):  # since NumPy 2
    adjoint(np.linalg.svdvals, kind=_svdvals_kind)(svdvals)

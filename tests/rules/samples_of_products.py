"""The table of sample calls of contractions, other products, and linear algebra."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rules.checks import Sample
from rules.operands import (
    ANY,
    BOOLS,
    CUBE,
    FLOATS32,
    INTS,
    ROW,
    SQUARE,
    A,
    B,
    V,
    W,
    X,
    Y,
    rows,
    values,
)
from srcgrad import runtime
from srcgrad.rules import contractions, least_squares, linalg, products, spectra, windows

TRIPLES = values((4, 3), *ANY, seed=11)
STACK = values((2, 3, 3), *ANY, seed=12) + 2 * np.eye(3)
DEEP = values((2, 3, 4), *ANY, seed=13)
REGULAR = SQUARE + 2 * np.eye(3)
LABELS = "ij,jk->ik"


def einsums() -> Iterator[Sample]:
    op = np.einsum
    yield from rows(op, (LABELS, A, B), ("ij,jk", A, B), ("i,i->", V, W), ("i,i", V, W))
    yield from rows(op, ("i,j->ij", V, B[0]), ("i,j->ji", V, W), ("ij,ij->i", A, A + 1))
    yield from rows(op, ("ij,ik->jk", A, A), ("ij,j->i", A, V), ("ij,k->jk", A, V))
    yield from rows(op, ("ij->i", A), ("ij->", A), ("ijk->ki", CUBE), ("ijk->j", CUBE), ("i->", V))
    yield from rows(op, ("ij, jk -> ik", A, B), (",i->i", X, V), ("i,->", V, Y))
    yield from rows(op, ("...ij,jk->...ik", CUBE, B.T), ("...j,...j->...", STACK, SQUARE))
    yield from rows(op, ("...ij,...jk", STACK, STACK), ("i...,i->...", A, A[:, 0]))
    yield from rows(op, ("...i->...", CUBE))
    yield from rows(op, ("i,ij,j->", V, SQUARE, W), ("ij,jk,kl->il", A, B, B.T))
    yield from rows(op, ("i,ij,jk,k->", V[:2], A, B, B[0]), ("ij,ik,jl,kl->", *(SQUARE,) * 4))
    yield from rows(op, ("ij,ij->ij", A, ROW), ("ij,ij->i", ROW, A), ("ij,ij->", A[:, :1], A))
    yield from rows(op, (LABELS, A, FLOATS32[:, None]), (LABELS, INTS[None], B), (LABELS, A, B))
    yield from rows(op, (LABELS, A, B), optimize=True)


def contracted() -> Iterator[Sample]:
    op = np.tensordot
    square = values((3, 2), *ANY)
    yield from rows(op, (A, B, 1), (A, A), (V, W, 0), (V, W, 1), (CUBE, CUBE, 3))
    yield from rows(op, (A, B, (1, 0)), (A, square, ((0, 1), (1, 0))), (CUBE, A, ((1,), (1,))))
    yield from rows(op, (CUBE, STACK, ([0, 1], [0, 2])), (CUBE, STACK, ((1, 0), (1, 0))))
    yield from rows(op, (STACK, CUBE, ((-1,), (-2,))), (A, FLOATS32, 1), (INTS, V, 1), (V, A, 0))


def other_products() -> Iterator[Sample]:
    yield from rows(np.cross, (V, W), (TRIPLES, V), (V, TRIPLES), (TRIPLES, TRIPLES[::-1]))
    yield from rows(np.cross, (TRIPLES[:, None], A), (V, FLOATS32), (INTS, V), (ROW, TRIPLES))
    yield from rows(np.cross, (SQUARE, REGULAR), (TRIPLES.T, TRIPLES.T + 1), axis=0)
    yield from rows(np.cross, (TRIPLES, V), axis=-1)
    yield from rows(np.kron, (V, W), (V, B[0]), (A, B), (A, V), (V, A), (Y, A), (A, X), (X, Y))
    yield from rows(np.kron, (FLOATS32, V), (INTS, V), (ROW, A))
    yield from rows(np.vander, (V,), (V, 2), (V, 5), (V, 1), (INTS, 2), (FLOATS32, 3), (V, 0))
    yield from rows(np.vander, (V,), (V, 4), (V, 1), increasing=True)


def powers() -> Iterator[Sample]:
    """Powers of matrices, and products of several."""
    ints = np.array([[2, 1], [1, 5]])
    for n in (0, 1, 2, 3, 6, -1, -3):
        yield from rows(np.linalg.matrix_power, (REGULAR / 3, n), (ints, n))
    yield from rows(np.linalg.matrix_power, (STACK / 3, 5), (STACK / 3, -2), (STACK, 0))
    yield from rows(np.linalg.matrix_power, (REGULAR.astype(np.float32), 3))
    yield from rows(products.known_power, (3,), (-2,))
    op = np.linalg.multi_dot
    yield from rows(
        op, ((A, B),), ([A, SQUARE, B],), ([V, SQUARE, W],), ([A, SQUARE, STACK[0], V],)
    )
    yield from rows(op, ([V, B],), ([V, SQUARE, B],), ((V, W),), ([A, FLOATS32],), ([INTS, B],))
    yield from rows(op, ([A, SQUARE, REGULAR, SQUARE, B],), ([V, SQUARE, REGULAR, SQUARE, W],))


def linear_algebra() -> Iterator[Sample]:
    spd = SQUARE @ SQUARE.T + np.eye(3)
    spds = STACK @ np.swapaxes(STACK, -1, -2) + np.eye(3)
    single = REGULAR.astype(np.float32)
    solve = np.linalg.solve
    yield from rows(solve, (REGULAR, V), (REGULAR, B), (STACK, STACK), (STACK, B), (REGULAR, STACK))
    yield from rows(solve, (STACK, V), (STACK[:1], STACK), (single, FLOATS32), (REGULAR, INTS))
    yield from rows(solve, (np.eye(3, dtype=int), V), (single, V))
    yield from rows(np.linalg.inv, (REGULAR,), (STACK,), (single,), (np.eye(2, dtype=int),))
    yield from rows(np.linalg.det, (REGULAR,), (STACK,), (single,), (np.eye(2, dtype=int),))
    yield from rows(np.linalg.det, (np.ones((3, 3)),), (np.outer(V, W),), (SQUARE[:2, :2],))
    flat = np.outer(V, W)
    yield from rows(runtime.cofactors, (REGULAR,), (STACK,), (SQUARE[:1, :1],), (flat,))
    yield from rows(
        runtime.cofactors_adjoint, (REGULAR, SQUARE), (STACK, STACK + 1), (flat, SQUARE), held=(0,)
    )
    yield from rows(np.linalg.cholesky, (spd,), (spds,), (spd.astype(np.float32),))


def spectral() -> Iterator[Sample]:
    """Eigenvalues and singular values."""
    single, ints = REGULAR.astype(np.float32), np.array([[2, 1], [1, 5]])
    for op in (np.linalg.eigh, np.linalg.eigvalsh):
        yield from rows(op, (REGULAR,), (STACK,), (single,), (REGULAR, "U"), (STACK, "U"), (ints,))
        yield from rows(op, (REGULAR[:1, :1],), (STACK[None],), (SQUARE.T, "l"))
    svd = np.linalg.svd
    yield from rows(svd, (REGULAR,), (STACK,), (single,), (A, False), (A.T, False), (TRIPLES, 0))
    yield from rows(svd, (DEEP, False), (np.swapaxes(DEEP, 1, 2), False), (A[:1], False), (ints,))
    yield from rows(svd, (A,), (A.T,), (STACK,), (DEEP,), (single,), compute_uv=False)
    if hasattr(np.linalg, "svdvals"):
        yield from rows(np.linalg.svdvals, (A,), (A.T,), (STACK,), (DEEP,), (single,), (ints,))
    yield from rows(spectra.is_square, (SQUARE,), (A,), (STACK,), (DEEP,))


def least_squares_() -> Iterator[Sample]:
    """Orthogonal factors, pseudoinverses and least squares."""
    single = TRIPLES.astype(np.float32)
    tall = np.swapaxes(DEEP, 1, 2)
    for mode in ("reduced", "r"):
        yield from rows(np.linalg.qr, (TRIPLES, mode), (SQUARE, mode), (tall, mode), (single, mode))
    yield from rows(np.linalg.qr, (TRIPLES[:, :1],), (np.array([[2, 1], [1, 5]]),), (STACK,))
    yield from rows(np.linalg.pinv, (TRIPLES,), (A,), (REGULAR,), (STACK,), (DEEP,), (single,))
    yield from rows(np.linalg.pinv, (np.array([[2, 1], [1, 5]]),), (TRIPLES, 1e-10))
    y4, many = values((4,), *ANY, seed=14), values((4, 2), *ANY, seed=15)
    yield from rows(np.linalg.lstsq, (TRIPLES, y4), (TRIPLES, many), (A, V[:2]), (A, B[:2]))
    yield from rows(np.linalg.lstsq, (REGULAR, V), (single, y4), (TRIPLES, y4, 1e-10))
    yield from rows(np.linalg.lstsq, (single, FLOATS32[[0, 1, 2, 0]]), (REGULAR, INTS))
    yield from rows(np.linalg.pinv, (A,), rtol=1e-9)
    yield from rows(least_squares.is_wide, (A,), (A.T,), (SQUARE,))


def norms() -> Iterator[Sample]:
    """Norms of matrices, the rarer ones of vectors, and condition numbers."""
    norm, inf = np.linalg.norm, np.inf
    flat, deep = np.exp(A) - 1, np.exp(CUBE) - 1  # no two rows, or columns, have one sum
    orders: tuple[Any, ...] = (1, -1, 2, -2, inf, -inf, "nuc")
    for p in orders:
        yield from rows(norm, (flat, p), (deep, p, (0, 2)), (deep, p, (-1, 0)), held=(1,))
        yield from rows(norm, (deep, p, (0, 1)), (flat, p, (0, 1)), held=(1,))
        yield from rows(norm, (deep, p, (1, 2)), (flat, p), held=(1,), keepdims=True)
    yield from rows(norm, (A.astype(np.float32), "nuc"), (INTS[None], 1), (CUBE, "fro", (1, 2)))
    yield from rows(norm, (A, 2, (0, 1)), (CUBE, None, (1,)), (V, 2, (0,)), (A, 1, (1,)))
    for p in (-inf, 0, 0.5, -1, -1.5):
        yield from rows(norm, (V, p), (A, p, 0), (A, p, (1,)), held=(1,))
        yield from rows(norm, (A, p, -1), (V, p), held=(1,), keepdims=True)
    yield from rows(norm, (A,), (A, "fro"), (CUBE,), keepdims=True)
    orders = (None, 2, -2, 1, -1, inf, -inf, "fro")
    for p in orders:
        yield from rows(np.linalg.cond, (REGULAR, p), (STACK, p), held=(1,))
    yield from rows(np.linalg.matrix_rank, (A,), (STACK,), (V,), (REGULAR, 1e-3), (INTS[None],))
    yield from rows(np.linalg.cond, (A,), (A.T, 2), (A, -2), (REGULAR.astype(np.float32),))


def several() -> Iterator[Sample]:
    """Functions with several results."""
    yield from rows(np.divmod, (A + 3, V + 2.1), (X + 2, 0.5), (V + 3, 0.7), (FLOATS32 + 4, 1.1))
    yield from rows(np.modf, (V,), (A,), (X,), (FLOATS32,))
    yield from rows(np.linalg.slogdet, (REGULAR,), (STACK,), (REGULAR.astype(np.float32),))
    yield from rows(np.meshgrid, (V,), (V, B[0]), (V, W, B[0]), (V, FLOATS32), (V, X), (INTS, V))
    yield from rows(np.meshgrid, (V, B[0]), (V, W, B[0]), indexing="ij")
    yield from rows(np.meshgrid, (V, B[0]), (V, W, B[0]), sparse=True)
    yield from rows(np.broadcast_arrays, (V, A), (ROW, A), (X, V), (V, TRIPLES, X))
    yield from rows(np.ix_, (INTS, INTS), (INTS, BOOLS), ([0, 1], INTS), (INTS,))


def known() -> Iterator[Sample]:
    """What rules ask while they are compiled."""
    for i in (0, 1):
        yield from rows(contractions.share_subscripts, (LABELS, (2, 2), i), ("i,ij->", (1, 2), i))
        yield from rows(contractions.summed_axes, (LABELS, (2, 2), i), ("ij,k->k", (2, 1), i))
        yield from rows(contractions.share_axes, (2, 3, 3, i), (((0, 1), (2, 0)), 3, 4, i))
        yield from rows(contractions.axes_order, (2, 3, 3, i), (((0, 1), (2, 0)), 3, 4, i))
    yield from rows(contractions.share_order, ("ijk->ki", (3,)), ("...i->...", (3,)))
    yield from rows(contractions.operand_count, (LABELS,), ("i->",))
    yield from rows(contractions.ranks_of, (LABELS, A, B), ("...i,i", CUBE, V))
    yield from rows(contractions.sizes_agree, (LABELS, A, B), ("ij,ij->", A, ROW))
    yield from rows(linalg.same_stack, (STACK, STACK), (STACK, SQUARE))
    yield from rows(products.vector_length, (TRIPLES, -1), (TRIPLES.T, 0), (A, 0))
    yield from rows(windows.inside_margins, (1, 1), ((1, 2), 1), (((0, 1), (2, 0)), 2))


def more_products() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (
        einsums,
        contracted,
        other_products,
        powers,
        linear_algebra,
        spectral,
        least_squares_,
        norms,
        several,
        known,
    ):
        yield from group()

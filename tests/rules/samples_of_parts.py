"""The table of sample calls of what cuts arrays up, and puts elements in or leaves them out."""

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
from srcgrad.rules import inserting as inserting_rules
from srcgrad.rules import splitting as splitting_rules

SIX = values((6,), *ANY, seed=11)


def splitting() -> Iterator[Sample]:
    ops: tuple[Any, ...] = (np.split, np.array_split)
    for op in ops:
        yield from rows(op, (SIX, 3), (SIX, 1), (SIX, [2]), (SIX, (1, 4)), (B, 2, 1), (CUBE, 2, -1))
        yield from rows(op, (SIX, [4, 1]), (V, [-1]), (SIX, [2, 6]), (SIX, []), (SIX, [0, 6]))
        yield from rows(op, (SIX, np.array([1, 3])), (A, [1], 1), (A, (2, 0), -1), (INTS, 3))
        yield from rows(op, (FLOATS32, [1]), (BOOLS, [1]), (V, [np.int64(1)]))
    yield from rows(np.array_split, (SIX, 4), (V, 5), (B, 3, 1), (INTS, 2))
    yield from rows(np.vsplit, (A, 2), (B, [1]), (CUBE, 2), (B, [2, 1]))
    yield from rows(np.hsplit, (SIX, 2), (V, [1]), (A, 3), (CUBE, [1, 2]))
    yield from rows(np.dsplit, (CUBE, 2), (CUBE, [1]), (CUBE, [3, 1]))
    parts = np.split(SIX, [1, 3])
    yield from rows(runtime.unsplit, (parts, SIX, [1, 3], 0), held=(1,))
    yield from rows(runtime.unsplit, ([A[:, :2], A[:, :0], A[:, 1:]], A, [2, 1], 1), held=(1,))
    yield from rows(splitting_rules.cuts_once, (2,), ([1, 3],), ((3, 1),), ([-1],), ([],))
    yield from rows(splitting_rules.are_apart, ((V, W),), ([V, W],))


def inserting() -> Iterator[Sample]:
    mask = np.array([True, False, True])
    yield from rows(np.delete, (V, 1), (V, -1), (A, 4), (A, 1, 0), (A, -2, 1), (CUBE, 0, -1))
    yield from rows(np.delete, (V, [0, 2]), (SIX, [-1, -1, -3]), (SIX, [0, -1]), (A, [1], 1))
    yield from rows(np.delete, (SIX, slice(1, 3)), (SIX, np.array([1, 4])), (V, mask), (V, []))
    yield from rows(np.delete, (FLOATS32, 0), (INTS, 1), (A, np.int64(1), 0), (SIX, (1, 2)))
    yield from rows(np.insert, (V, 1, X), (V, -1, Y), (V, 3, X), (A, 4, X), (V, 0, W), (INTS, 1, 2))
    yield from rows(np.insert, (A, 1, V, 0), (A, 1, X, 1), (A, -1, V[:2], 1), (CUBE, 1, A, 2))
    yield from rows(np.insert, (V, [0, 2], [X, Y]), (V, [1], W), (A, [0, 2], A[:, :2], 1))
    yield from rows(np.insert, (V, [1, 1], X), (V, slice(0, 2), W[:2]))
    yield from rows(np.insert, (A, [1], V[:2, None], 1), (FLOATS32, 1, X), (V, np.int64(1), X))
    yield from rows(np.insert, (V, np.array([2, 0]), W[:2]), (A, [0], ROW, 0), (V, 1, INTS))
    yield from rows(inserting_rules.is_one_place, (1,), ([1],), (INTS,), (slice(0, 1),))
    yield from rows(inserting_rules.counts_from_the_start, (1,), (-1,), (0,))


def choosing() -> Iterator[Sample]:
    which, far = np.array([0, 2, 1]), np.array([-1, 4, 2])
    yield from rows(np.choose, (which, [V, W, V + 1]), (which, (V, X, Y)), (which, SQUARE))
    yield from rows(np.choose, (1, [V, W]), (which, [A, V, W]), (which, [V, INTS, FLOATS32]))
    yield from rows(np.choose, (np.array([[0], [1]]), [V, W]), (BOOLS, [X, V]), (BOOLS, [V, A]))
    for mode in ("wrap", "clip"):
        yield from rows(np.choose, (far, [V, W, V + 1]), (far, SQUARE), mode=mode)


def positions() -> Iterator[Sample]:
    yield from rows(np.tri, (3,), (2, 4), (3, 3, -1), (2, 3, 1, int), (2,))
    for op in (np.tril_indices, np.triu_indices):
        yield from rows(op, (3,), (3, 1), (3, -1), (3, 0, 5), (2, -1, 4), (0,))
    for op in (np.tril_indices_from, np.triu_indices_from):
        yield from rows(op, (B,), (A, 1), (A, -1))
    yield from rows(np.diag_indices, (3,), (2, 3))
    yield from rows(np.diag_indices_from, (A[:, :2],), (CUBE[:, :2, :2],))
    yield from rows(np.indices, ((2, 3),), ((4,), float), ((2, 3), int, True), ([2, 2],), ((),))


def copying() -> Iterator[Sample]:
    yield from rows(np.atleast_3d, (Y,), (V,), (A,), (CUBE,), (FLOATS32,), (INTS,))
    yield from rows(np.asanyarray, (V,), (X,), ([X, 1.0],), (INTS, float), (V, np.float32))
    yield from rows(np.asfortranarray, (V,), (A,), (Y,), (INTS, float))
    yield from rows(np.require, (V,), (A, None, "F"), (INTS, float), (V, None, ["C", "O"]))


def parts() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (splitting, inserting, choosing, positions, copying):
        yield from group()

"""The table of sample calls of what cuts arrays into parts, and puts elements in or leaves them out."""

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


def parts() -> Iterator[Sample]:
    """Every row of this file."""
    for group in (splitting,):
        yield from group()

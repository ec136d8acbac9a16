"""Operands for sample calls, and how rows of a table are made."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from rules.checks import Sample

SCALAR, VECTOR, MATRIX = (), (3,), (2, 3)
ANY: tuple[float, float] = (-1.3, 1.9)
POSITIVE: tuple[float, float] = (0.4, 2.6)


def values(
    shape: tuple[int, ...], low: float, high: float, dtype: Any = float, seed: int = 0
) -> Any:
    """Numbers between bounds that keep off them, and off each other."""
    count = math.prod(shape)
    steps = np.random.default_rng(seed).permutation(count) + 0.5
    return (low + (high - low) * (0.1 + 0.8 * steps / max(count, 1))).reshape(shape).astype(dtype)


V, W = values(VECTOR, *ANY, seed=3), values(VECTOR, *ANY, seed=4)
A, B = values(MATRIX, *ANY, seed=5), values((3, 4), *ANY, seed=6)
SQUARE = values((3, 3), *ANY, seed=7)
CUBE = values((2, 3, 4), *ANY, seed=8)
ROW = values((1, 3), *ANY, seed=9)
X, Y = 0.6, np.float64(-1.2)
FLOATS32 = V.astype(np.float32)
INTS = np.array([3, 1, 2])
BOOLS = np.array([True, False, True])


def rows(op: Any, *calls: tuple[Any, ...], **more: Any) -> Iterator[Sample]:
    """Calls of one primitive; keywords that are not the sample's own go with each call."""
    own = {k: more.pop(k) for k in ("vague", "held") if k in more}
    for args in calls:
        yield Sample(op, args, more, **own)

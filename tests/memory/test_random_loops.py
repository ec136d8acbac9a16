"""Random loop nests with affine indices: right, never wrong.  SRCGRAD_LOOPS=N looks at N more."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest

import srcgrad
from memory.check import forget, is_refusal, load
from memory.random_loops import SIZE, Writer

COUNT = int(os.environ.get("SRCGRAD_LOOPS", "300"))
BATCH = 50
X = np.array([0.3, -0.5, 0.7, 0.2])
W = np.cos(1.3 * np.arange(SIZE * SIZE)).reshape(SIZE, SIZE)


def differences(f: Any, step: float) -> np.ndarray[Any, Any]:
    """The derivatives by every element of both arguments."""
    found = []
    for which in (0, 1):
        for at in np.ndindex((X, W)[which].shape):
            ends = []
            for sign in (1, -1):
                moved = (X.copy(), W.copy())
                moved[which][at] += sign * step
                ends.append(f(*moved))
            found.append((ends[0] - ends[1]) / (2 * step))
    return np.array(found)


def reference(f: Any) -> np.ndarray[Any, Any] | None:
    """The derivatives, if the program runs and is tame enough for differences."""
    try:
        with np.errstate(all="raise"):
            rough, fine = differences(f, 1e-5), differences(f, 1e-6)
    except (FloatingPointError, IndexError, ValueError):
        return None
    close = np.allclose(rough, fine, rtol=1e-4, atol=1e-6)
    return fine if close and np.max(np.abs(fine)) < 1e4 else None


@pytest.mark.parametrize("start", range(0, COUNT, BATCH))
def test_right(start: int) -> None:
    right = 0
    for seed in range(start, start + BATCH):
        name, text = f"loops {seed}", Writer(seed).program()
        f = load(text, name)["program"]
        want = reference(f)
        if want is not None:
            assert_right(f, want, text)
            right += 1
        forget(name)
    assert right > BATCH // 4


def assert_right(f: Any, want: np.ndarray[Any, Any], text: str) -> None:
    try:
        bars = srcgrad.grad(f, argnums=(0, 1))(X.copy(), W.copy())
    except srcgrad.SrcgradError as error:
        if not is_refusal(error):
            raise
        return
    got = np.concatenate([bar.ravel() for bar in bars])
    assert np.allclose(got, want, rtol=1e-4, atol=1e-5), f"{got}\n{want}\n{text}"

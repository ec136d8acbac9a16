"""Parts of the last element of a list are taken with the element itself."""

from __future__ import annotations

import numpy as np

import srcgrad


def recurrence(a):
    z = 0.0
    for i in range(5):
        z = a * np.cos(z + i) + z * np.sin(0.4 - i)
    return z


def test_parts_are_taken_in_one_statement() -> None:
    first = srcgrad.grad(recurrence)
    second = srcgrad.grad(lambda a: first(a) * 1.5)
    second(0.7)
    assert ", _ = tape_bar.pop()" in second.source
    assert "[-1][0]" not in second.source

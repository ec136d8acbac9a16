"""Random programs that change arrays in place: right, or refused, and most of them right.

SRCGRAD_TORTURE=5000 looks at so many, and SRCGRAD_TORTURE_SEED=7 at others.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from memory.torture import FAILING, check, function_of, generate, report, verdict

COUNT = int(os.environ.get("SRCGRAD_TORTURE", "200"))
SEED = int(os.environ.get("SRCGRAD_TORTURE_SEED", "0"))
BATCH = 50
LEAST = 0.6  # are right, not refused


@pytest.mark.parametrize("first", range(0, COUNT, BATCH))
def test_right_or_refused(first: int) -> None:
    right, wrong = 0, []
    numbers = range(first, min(first + BATCH, COUNT))
    for number in numbers:
        made, slopes = generate(SEED, number)
        found = verdict(made, slopes)
        right += found.kind == "right"
        if found.kind in FAILING:
            wrong.append(f"program {number} of seed {SEED}\n\n{report(made, found)}")
    assert not wrong, "\n\n".join(wrong)
    assert right >= LEAST * len(numbers), f"only {right} of {len(numbers)} are right"


def test_programs_are_the_same_each_time() -> None:
    assert generate(SEED, 3)[0].text == generate(SEED, 3)[0].text


def test_wrong_gradients_are_found() -> None:
    made, slopes = generate(SEED, 0)
    f = function_of(made)
    bars = tuple(0.0 * arg for arg in made.args)

    def gradient(*args: Any) -> Any:
        return f(*[1.0 * arg for arg in args]), bars

    with pytest.raises(AssertionError, match="along"):
        check(f, gradient, made.args, slopes)

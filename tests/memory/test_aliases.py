# mypy: allow-untyped-defs, allow-untyped-calls
"""One array under several names: the gradient is right, or refused where it may be."""

from __future__ import annotations

import numpy as np
import pytest

from memory import (  # noqa: F401 - they register cases
    alias_calls,
    alias_containers,
    alias_copies,
    alias_grown,
    alias_loops,
    alias_names,
    alias_overlaps,
)
from memory.check import assert_smooth, check_right_or_refused
from memory.registry import CASES, Case
from support import check_gradient
from support.trees import leaves


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_gradient(case: Case) -> None:
    check = check_right_or_refused if case.may_refuse else check_gradient
    check(case.function, case.args, case.argnums)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_program_is_smooth(case: Case) -> None:
    single = any(getattr(leaf, "dtype", None) == np.float32 for _, leaf in leaves(case.args))
    if not single:
        assert_smooth(case.function, case.args, case.argnums)


def test_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)

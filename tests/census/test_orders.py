"""Second derivatives through every construct of the census that has a first one."""

from __future__ import annotations

import numpy as np
import pytest

import census.programs  # noqa: F401
from census.check import check_second_order
from census.registry import PROGRAMS, Program, Verdict

SMOOTH = [
    program
    for program in PROGRAMS
    if program.verdict is Verdict.DIFFERENTIATED and isinstance(program.args[0], float | np.ndarray)
]


@pytest.mark.parametrize("program", SMOOTH, ids=lambda program: program.label)
def test_second_order(program: Program) -> None:
    check_second_order(program)

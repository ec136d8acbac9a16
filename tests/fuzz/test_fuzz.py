"""Random programs: right or refused.  SRCGRAD_FUZZ=5000 looks at so many, with other seeds."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, assume, given, settings

from fuzz.check import NoVerdictError, check
from fuzz.generate import Program, programs

COUNT = int(os.environ.get("SRCGRAD_FUZZ", "0"))
OFF = frozenset(os.environ.get("SRCGRAD_FUZZ_OFF", "").split())
"""Names of `generate.SWITCHES` to leave out, for a look behind what is known to be wrong."""


@settings(
    max_examples=COUNT or 150,
    derandomize=not COUNT,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
)
@given(programs(OFF))
def test_right_or_refused(program: Program) -> None:
    try:
        check(program)
    except NoVerdictError:
        assume(False)

"""Random programs: traces change nothing, and findings claim nothing wrong."""

from __future__ import annotations

import copy
import random
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pytest
from fuzz.check import NoVerdictError, load_with_lines, primal_value
from fuzz.generate import generate

import srcgrad
from support.trees import leaves

SEEDS = range(15)


def assert_equal(got: object, expected: object) -> None:
    for (_, a), (_, b) in zip(leaves(got), leaves(expected), strict=True):
        assert np.array_equal(a, b, equal_nan=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_traces_change_nothing(seed: int) -> None:
    program = generate(random.Random(seed).randint)
    module = load_with_lines(program.text)
    gradient = srcgrad.value_and_grad(module.main, program.argnums)
    try:
        primal_value(module.main, module.ARGS)
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            expected = gradient(*copy.deepcopy(module.ARGS))
    except (NoVerdictError, srcgrad.SrcgradError):
        return  # whether that is right is a question of other tests
    args = copy.deepcopy(module.ARGS)
    with np.errstate(all="ignore"), redirect_stdout(StringIO()):
        trace = gradient.trace(*args)
        few = gradient.tracing(most=20)(*args)
    assert trace.error is None
    assert_equal(trace.result, expected)
    assert_equal(args, module.ARGS)
    events = {e.index: e for e in trace.events}
    assert [events[e.index].iteration for e in few.events] == [e.iteration for e in few.events]
    assert {f.kind for f in trace.findings} <= {"dead input", "kink"}

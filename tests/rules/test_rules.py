"""Every primitive: its derivative against numerical ones, its kind against what NumPy returns."""

from __future__ import annotations

import pytest

from rules.checks import Sample, check_derivatives, check_kind
from rules.samples import all_samples
from srcgrad.rules.compiling import shaped_like, unsupported
from srcgrad.rules.table import primitives

SAMPLES = all_samples()
SAID = (unsupported, shaped_like)  # by rules, to the compiler


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_derivative(sample: Sample) -> None:
    check_derivatives(sample)


@pytest.mark.parametrize("symbolic", [True, False], ids=["symbolic", "static"])
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_kind(sample: Sample, symbolic: bool) -> None:
    check_kind(sample, symbolic)


def test_every_primitive_has_a_sample() -> None:
    sampled = {id(s.op) for s in SAMPLES}
    others = [p for p in primitives() if id(p.op) not in sampled and p.op not in SAID]
    missing = [p.name or p.op.__name__ for p in others]
    assert not missing, f"add a row to tests/rules/samples.py for {', '.join(missing)}"

"""Every primitive's gradient is right, and is differentiated again."""

from __future__ import annotations

import numpy as np
import pytest

from rules.checks import Sample
from rules.samples import all_samples
from rules.second_order import FORMS, check_second_order, chosen
from srcgrad import UnsupportedError, runtime
from srcgrad.rules.table import primitives

REFUSED = (runtime.cofactors,)  # a third derivative of np.linalg.det
PAIRS = [(s, form) for s, form in chosen(all_samples()) if s.op not in REFUSED]


@pytest.mark.parametrize(("sample", "form"), PAIRS, ids=str)
def test_second_order(sample: Sample, form: str) -> None:
    with np.errstate(all="ignore"):  # partials nobody asks for, such as the one for an exponent
        check_second_order(sample, form)


def test_every_derivative_is_differentiated_again() -> None:
    checked = {id(sample.primitive.op) for sample, _ in PAIRS}
    left = [p.op for p in primitives() if p.has_derivative and id(p.op) not in checked]
    assert left == [*REFUSED]


@pytest.mark.parametrize("op", REFUSED)
def test_refused(op: object) -> None:
    with pytest.raises(UnsupportedError, match=r"of the second derivative of np\.linalg\.det"):
        check_second_order(Sample(op, (np.eye(3),)), FORMS[0])

"""Forward mode of every primitive: from partials, or from the adjoint rule turned around."""

from __future__ import annotations

import numpy as np
import pytest

from rules.checks import Sample
from rules.samples import all_samples
from rules.second_order import FORMS, check_tangents, chosen
from srcgrad import runtime

REFUSED = (runtime.cofactors,)  # a third derivative of np.linalg.det
PAIRS = [(s, form) for s, form in chosen(all_samples()) if s.op not in REFUSED]
SAMPLES = [sample for sample, form in PAIRS if form == FORMS[0]]


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_tangent(sample: Sample) -> None:
    with np.errstate(all="ignore"):  # partials nobody asks for, such as the one for an exponent
        check_tangents(sample)

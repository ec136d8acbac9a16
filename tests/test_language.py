"""The language: small programs through every construct, checked against central differences."""

from collections import Counter

import pytest

from language_cases import CASES, Case
from support import check_gradient


def labels() -> list[str]:
    """The name of every case, numbered where a name comes more than once."""
    seen: Counter[str] = Counter()
    result = []
    for case in CASES:
        name = case.name.strip("<>")
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


@pytest.mark.parametrize("case", CASES, ids=labels())
def test_gradient(case: Case) -> None:
    check_gradient(case.function, case.args, **case.options)

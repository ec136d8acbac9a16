"""Make the helpers next to the tests importable, and keep the rules of each test to itself."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from srcgrad import rulebook

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def own_rules() -> Iterator[None]:
    """Rules that a test gives to functions are gone after it."""
    before = dict(rulebook._rules)
    yield
    rulebook._rules.clear()
    rulebook._rules.update(before)

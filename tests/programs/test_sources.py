"""What is generated for some of the programs, word by word."""

from __future__ import annotations

import pytest

from programs.sources import STORED, generated, path_of


@pytest.mark.parametrize("program", STORED)
def test_source_is_the_one_that_is_stored(program: str) -> None:
    assert generated(program) == path_of(program).read_text(encoding="utf-8")

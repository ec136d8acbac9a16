"""Every verdict of the census is true."""

from __future__ import annotations

import io
from collections import Counter

import pytest

import census.programs  # noqa: F401
from census.check import check
from census.registry import PROGRAMS, Program


@pytest.fixture(autouse=True)
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody types and nobody debugs: `input` reads an empty line, `breakpoint` does nothing."""
    monkeypatch.setenv("PYTHONBREAKPOINT", "0")
    monkeypatch.setattr("sys.stdin", io.StringIO("\n" * 1000))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.label)
def test_verdict(program: Program) -> None:
    check(program)


def test_every_program_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(p.label for p in PROGRAMS).items() if count > 1] == []

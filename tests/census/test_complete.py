"""The census is complete, and its programs hold what they are said to prove something of."""

from __future__ import annotations

import pytest

import census.programs  # noqa: F401
from census.check import named, occurring
from census.grammar import GONE, NOT_IN_A_FUNCTION, builtin_functions, node_classes
from census.registry import PROGRAMS, Program, Verdict, entries

NAMES = {entry.name for entry in entries()}


def under(heading: str) -> set[str]:
    """The names in the census under a heading, without it."""
    return {n.removeprefix(f"{heading}.") for n in NAMES if n.startswith(f"{heading}.")}


def test_every_node_class_is_there() -> None:
    assert under("ast") == node_classes()


def test_every_builtin_is_there() -> None:
    assert under("builtins") == builtin_functions()


def test_what_is_left_out_is_none_of_the_census() -> None:
    assert not under("ast") & (GONE | NOT_IN_A_FUNCTION.keys())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda p: p.title)
def test_what_a_program_proves_occurs_in_it(program: Program) -> None:
    nodes, names = occurring(program.function), named(program.function)
    for name in program.names:
        heading, _, last = name.rpartition(".")
        if heading == "ast":
            assert last in nodes, name
        elif heading and ": " not in name and last not in ("exceptions", "*"):
            assert last in names, name


def test_refusals_of_the_grammar_are_proven_by_a_refusal() -> None:
    verdicts: dict[str, set[Verdict]] = {}
    for entry in entries():
        verdicts.setdefault(entry.name, set()).add(entry.verdict)
    assert all(verdicts.values())

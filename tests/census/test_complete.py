"""The census is complete, and its programs hold what they are said to prove something of."""

from __future__ import annotations

from typing import Any

import pytest

import census.programs  # noqa: F401
from census.check import named, occurring
from census.grammar import GONE, NOT_IN_A_FUNCTION, WHOLE, builtin_functions, node_classes, public
from census.registry import PROGRAMS, Program, Verdict, entries
from census.spelling import PARTS, REFUSED, all_nodes

NAMES = {entry.name for entry in entries()}


def under(heading: str) -> set[str]:
    """The names in the census under a heading, without it."""
    return {n.removeprefix(f"{heading}.") for n in NAMES if n.startswith(f"{heading}.")}


def test_every_node_class_is_there() -> None:
    assert under("ast") == node_classes()


def test_every_builtin_is_there() -> None:
    assert under("builtins") == builtin_functions()


@pytest.mark.parametrize("thing", WHOLE, ids=lambda thing: thing.__name__)
def test_modules_and_types_are_there_as_a_whole(thing: Any) -> None:
    assert public(thing) <= under(thing.__name__)


def test_what_is_left_out_is_none_of_the_census() -> None:
    assert not under("ast") & (GONE | NOT_IN_A_FUNCTION.keys())


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.label)
def test_what_a_program_proves_occurs_in_it(program: Program) -> None:
    nodes, names = occurring(program.function), named(program.function)
    for name in program.names:
        heading, _, last = name.rpartition(".")
        if heading == "ast":
            assert last in nodes, name
        elif heading and ": " not in name and last not in ("exceptions", "*"):
            assert last in names, name


def test_every_node_class_is_spelled() -> None:
    """In the table of the README, by itself or as a part of another."""
    assert node_classes() <= all_nodes().keys() | PARTS


def test_what_is_refused_of_a_name_that_is_not_is_said() -> None:
    """A name in two columns of the table says in the column of refusals what is refused of it."""
    refused = {e.name for e in entries() if e.verdict is Verdict.REFUSED and ": " not in e.name}
    others = {e.name for e in entries() if e.verdict is not Verdict.REFUSED}
    assert refused & others == REFUSED.keys()

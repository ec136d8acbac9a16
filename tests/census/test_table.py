"""The table of the README holds all that the census does."""

from __future__ import annotations

from pathlib import Path

from census.registry import LATER, PROGRAMS, Verdict, entries
from census.table import BEGIN, EMPTY, END, ROWS, cells, row_and_text, section

README = Path(__file__).parents[2] / "README.md"


def test_the_readme_has_the_table() -> None:
    """`python -m tests.census` prints what has to stand there."""
    assert section() in README.read_text(encoding="utf-8")


def test_every_entry_has_a_row() -> None:
    places = [place for place in map(row_and_text, entries()) if place is not None]
    assert {row for row, _ in places} == set(ROWS)


def test_every_row_says_something_in_the_columns_of_the_verdicts() -> None:
    first, head, rule, *rows, last = section().splitlines()
    assert (first, last) == (BEGIN, END)
    assert len(rows) == len(ROWS)
    for row in (head, rule, *rows):
        assert row.replace(r"\|", "").count("|") == len(Verdict) + 2
    assert all(row.count(EMPTY) < len(Verdict) for row in rows)


def test_what_newer_versions_have_is_in_the_table_of_all() -> None:
    text = section()
    for written in ("`type T = ...`", "`batched`", "`sumprod`", "`fma`"):
        assert written in text


def test_each_thing_is_in_a_cell_once() -> None:
    for cell in cells([*entries(), *LATER]).values():
        assert len(cell) == len(set(cell))


def test_enough() -> None:
    assert len(PROGRAMS) >= 250
    assert sum(program.verdict is Verdict.REFUSED for program in PROGRAMS) >= 60

"""Which place of a run of the user's function each assignment to an adjoint belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from srcgrad.debug.events import Event
from srcgrad.debug.report.parts import Path, Unknown
from srcgrad.debug.report.perturbing import Hit

Key = tuple[str, int, str]
"""File, line and variable."""


@dataclass
class Visit:
    """Assignments to one adjoint while the reverse sweep goes past one statement, once.

    `hit` is where the user's function was in front of that statement; `alone` says that nothing
    else could be meant.
    """

    events: list[Event]
    hit: Hit | None = None
    alone: bool = False
    why: str = "the function does not come past this line with a variable of this name"


def is_apart(path: Path | Unknown, others: Sequence[Path | Unknown]) -> bool:
    """Whether an element, named by whole numbers from the start, is none of others named so."""
    named = [p for p in (path, *others) if isinstance(p, tuple) and p and _are_counts(p)]
    return len(named) == len(others) + 1 and named.count(named[0]) == 1


def _are_counts(path: Path) -> bool:
    flat = [n for index in path for n in (index if isinstance(index, tuple) else (index,))]
    return all(isinstance(n, int) and n >= 0 for n in flat)


def visits_of(events: Sequence[Event]) -> dict[Key, list[Visit]]:
    """The assignments to adjoints by file, line and variable, in order of time."""
    found: dict[Key, list[Visit]] = {}
    placed = [e for e in events if e.statement.reverse and e.statement.line]
    for _, group in groupby(placed, lambda e: (e.statement.file, e.statement.line, e.iteration)):
        of_variable: dict[str, list[Event]] = {}
        for e in group:
            if e.role == "adjoint":
                of_variable.setdefault(e.variable, []).append(e)
        for variable, own in of_variable.items():
            s = own[0].statement
            found.setdefault((s.file, s.line, variable), []).append(Visit(own))
    return found


def match(runs: list[Visit], hits: list[Hit], trusted: bool) -> None:
    """Give each run of a statement's reverse the place in the function's run that it belongs to."""
    if {h.iteration for h in hits} >= {r.events[0].iteration for r in runs}:
        for iteration in {r.events[0].iteration for r in runs}:
            same = [h for h in hits if h.iteration == iteration]
            _pair([r for r in runs if r.events[0].iteration == iteration], same, trusted)
    else:
        _pair(runs, hits, False)


def _pair(runs: list[Visit], hits: list[Hit], trusted: bool) -> None:
    """The last of the hits belongs to the first of the runs, if there are as many."""
    if len(runs) != len(hits):
        for run in runs:
            if hits:
                run.why = f"the function comes past here {len(hits)} times, the reverse {len(runs)}"
        return
    for run, hit in zip(runs, reversed(hits), strict=True):
        is_header = run.events[-1].statement.text.startswith(("for ", "while "))
        run.hit, run.alone = hit, trusted and len(hits) == 1 and not is_header

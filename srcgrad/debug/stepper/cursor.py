"""A place in the time of a trace, and the moves from one to another, without any screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from srcgrad.backend.linemap import Role
from srcgrad.debug.events import Event, Statement
from srcgrad.debug.stepper.replay import stores
from srcgrad.debug.stepper.timeline import Held, Step, Timeline, steps
from srcgrad.errors import ArgumentError

if TYPE_CHECKING:
    from srcgrad.debug.findings import Finding
    from srcgrad.debug.listing import Listing
    from srcgrad.debug.trace import Trace

ROLES: tuple[Role, ...] = ("value", "adjoint", "tangent")


@dataclass(frozen=True, slots=True)
class Row:
    """A variable at a moment: the last events that assigned its value, adjoint and tangent.

    Each is None as long as there is none. A helper of the gradient has a value alone. `changed`
    are those that this moment's statement assigned.
    """

    name: str
    helper: bool
    value: Event | None
    adjoint: Event | None
    tangent: Event | None
    changed: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a trace shows right after one run of a statement.

    `position` counts the steps from 0. `listing` and `line` are of the user's statement, of the
    last one that there was where this step belongs to none (`line` is 0 before the first);
    `generated` is the line of the gradient's source. `findings` are those about this step.
    """

    position: int
    step: Step
    listing: Listing
    line: int
    generated: int
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def iteration(self) -> tuple[int, ...]:
        return self.step.iteration

    @property
    def reverse(self) -> bool:
        return self.step.reverse

    def row(self, name: str) -> Row | None:
        """A variable's row; None if nothing has assigned it yet."""
        return next((r for r in self.rows if r.name == name), None)


class Cursor:
    """A place in a trace that moves in time, both ways.

    Every move says whether there was a place to go to; if not, the cursor stays where it is.

    Raises ArgumentError for a trace without events.
    """

    def __init__(self, trace: Trace) -> None:
        if not trace.events:
            raise _empty(trace.title)
        self.trace = trace
        self.timeline = Timeline(steps(trace.events), stores(trace.source))
        self.position = 0
        self._places = _places(self.timeline.steps, trace.listings)
        self._assigned = _assigned(trace.events)
        self._finding_steps = [self._step_of(f) for f in trace.findings]

    # what is there

    @property
    def count(self) -> int:
        """The number of steps."""
        return len(self.timeline.steps)

    @property
    def moment(self) -> Moment:
        """What there is to see at this place."""
        listing, line = self._places[self.position]
        step = self.timeline.steps[self.position]
        here = zip(self.trace.findings, self._finding_steps, strict=True)
        findings = tuple(f for f, position in here if position == self.position)
        number = step.statement.number
        return Moment(self.position, step, listing, line, number, self._rows(), findings)

    def assigned_on(self, listing: Listing) -> dict[int, tuple[str, ...]]:
        """The variables that a function's lines assign in the run, by the lines' numbers."""
        return self._assigned.get(listing.file, {})

    def lines_found(self) -> frozenset[int]:
        """The lines of the gradient's source that there are findings about."""
        steps = (self.timeline.steps[p] for p in self._finding_steps if p is not None)
        return frozenset(s.statement.number for s in steps)

    def _rows(self) -> tuple[Row, ...]:
        """The variables so far in the order of their first values, the helpers behind them."""
        names = dict.fromkeys(h.variable for h in self.timeline.held if h.role != "helper")
        helpers = [h for h in self.timeline.held if h.role == "helper"]
        rows = [self._row(name) for name in names] + [self._helper(held) for held in helpers]
        return tuple(r for r in rows if r.value or r.adjoint or r.tangent)

    def _row(self, name: str) -> Row:
        held = {role: self.timeline.latest(Held(name, role), self.position) for role in ROLES}
        changed = frozenset(role for role, event in held.items() if self._is_new(event))
        return Row(name, False, held["value"], held["adjoint"], held["tangent"], changed)

    def _helper(self, held: Held) -> Row:
        value = self.timeline.latest(held, self.position)
        changed: tuple[Role, ...] = ("value",) if self._is_new(value) else ()
        return Row(held.variable, True, value, None, None, frozenset(changed))

    def _is_new(self, event: Event | None) -> bool:
        """Whether this step has made an event."""
        return event is not None and event.index >= self._step.events[0].index

    @property
    def _step(self) -> Step:
        return self.timeline.steps[self.position]

    # moves

    def next(self) -> bool:
        """One statement on in time."""
        return self._go(self.position + 1)

    def back(self) -> bool:
        """One statement back in time."""
        return self._go(self.position - 1)

    def first(self) -> bool:
        """To the first statement of the run."""
        return self._go(0)

    def last(self) -> bool:
        """To the last statement of the run."""
        return self._go(self.count - 1)

    def to_line(self, number: int, file: str = "") -> bool:
        """To the next run of a line of the user's, of the file that is shown unless given.

        After the last run of the line comes its first.
        """
        shown = file or self.moment.listing.file
        return self._ahead(lambda s: _at(s.statement, number) and s.statement.file == shown)

    def to_generated_line(self, number: int) -> bool:
        """To the next run of a line of the gradient's source."""
        return self._ahead(lambda s: s.statement.number == number)

    def to_iteration(self, *numbers: int) -> bool:
        """To the pass of the loops with these numbers, the outermost first.

        Rather to the same line and sweep as here than to others.
        """
        steps, here = self.timeline.steps, self._step
        inside = [p for p, s in enumerate(steps) if s.iteration[: len(numbers)] == numbers]
        on_line = [p for p in inside if steps[p].statement.number == here.statement.number]
        in_sweep = [p for p in inside if steps[p].reverse == here.reverse]
        return self._go(next(iter(on_line or in_sweep or inside), -1))

    def next_pass(self) -> bool:
        """To the next run of this line."""
        return self._later(lambda s: s.statement.number == self._step.statement.number)

    def previous_pass(self) -> bool:
        """To the run of this line before this one."""
        return self._earlier(lambda s: s.statement.number == self._step.statement.number)

    def to_finding(self, number: int) -> bool:
        """To a finding of `trace.findings`, counted from 0, which is the root cause."""
        if not 0 <= number < len(self._finding_steps):
            return False
        position = self._finding_steps[number]
        return position is not None and self._go(position)

    def next_finding(self) -> bool:
        """To the next step with a finding."""
        later = [p for p in self._finding_steps if p is not None and p > self.position]
        return bool(later) and self._go(min(later))

    def previous_finding(self) -> bool:
        """To the step with a finding before this one."""
        earlier = [p for p in self._finding_steps if p is not None and p < self.position]
        return bool(earlier) and self._go(max(earlier))

    def search(self, text: str) -> bool:
        """To the next step that assigns the name, or has the text in one of its two lines.

        Behind the last one it goes on from the first.
        """
        return self._ahead(self._matching(text))

    def search_back(self, text: str) -> bool:
        """As `search`, back in time."""
        return self._behind(self._matching(text))

    def next_change(self, variable: str) -> bool:
        """To the next step that assigns a variable's value, adjoint or tangent."""
        return self._go(next((p for p in self.timeline.changes(variable) if p > self.position), -1))

    def previous_change(self, variable: str) -> bool:
        """To the step before this one that assigned a variable's value, adjoint or tangent."""
        before = [p for p in self.timeline.changes(variable) if p < self.position]
        return bool(before) and self._go(before[-1])

    def to_other_sweep(self) -> bool:
        """To the same line of the user's and the same pass in the other sweep."""
        here = self._step
        place = here.statement.file, here.statement.line, here.iteration
        return self._ahead(
            lambda s: (
                s.reverse != here.reverse
                and (s.statement.file, s.statement.line, s.iteration) == place
                and bool(s.statement.line)
                and not s.statement.restores
            )
        )

    # how they are found

    def _matching(self, text: str) -> Callable[[Step], bool]:
        wanted = text.lower()
        source = self.trace.source.splitlines()

        def matches(step: Step) -> bool:
            lines = (step.statement.text, source[step.statement.number - 1])
            return text in step.names or any(wanted in line.lower() for line in lines)

        return matches

    def _later(self, fits: Callable[[Step], bool]) -> bool:
        return self._go_first(range(self.position + 1, self.count), fits)

    def _earlier(self, fits: Callable[[Step], bool]) -> bool:
        return self._go_first(range(self.position - 1, -1, -1), fits)

    def _ahead(self, fits: Callable[[Step], bool]) -> bool:
        around = (*range(self.position + 1, self.count), *range(self.position + 1))
        return self._go_first(around, fits)

    def _behind(self, fits: Callable[[Step], bool]) -> bool:
        around = (*range(self.position - 1, -1, -1), *range(self.count - 1, self.position - 1, -1))
        return self._go_first(around, fits)

    def _go_first(self, positions: Iterable[int], fits: Callable[[Step], bool]) -> bool:
        return self._go(next((p for p in positions if fits(self.timeline.steps[p])), -1))

    def _go(self, position: int) -> bool:
        if not 0 <= position < self.count:
            return False
        self.position = position
        return True

    def _step_of(self, finding: Finding) -> int | None:
        """The step that a finding is about, by its event or else by its line and pass.

        An error is where the run ended.
        """
        if finding.kind == "error":
            return self.count - 1
        for position, step in enumerate(self.timeline.steps):
            if finding.event is not None and step.events[-1].index >= finding.event:
                return position
            here = (step.statement.file, step.statement.line, step.iteration)
            if finding.event is None and here == (finding.file, finding.line, finding.iteration):
                return position
        return None


def _at(statement: Statement, number: int) -> bool:
    return bool(number) and statement.line == number


def _places(steps: Iterable[Step], listings: tuple[Listing, ...]) -> list[tuple[Listing, int]]:
    """For each step the function of the user's and the line in it."""
    found: list[tuple[Listing, int]] = []
    place = (listings[0], 0)
    for step in steps:
        listing = listing_of(step.statement, listings)
        if listing is not None:
            place = (listing, step.statement.line)
        found.append(place)
    return found


def _assigned(events: Iterable[Event]) -> dict[str, dict[int, tuple[str, ...]]]:
    """The variables that each line of the user's assigns, by file and line."""
    found: dict[str, dict[int, tuple[str, ...]]] = {}
    for event in events:
        statement = event.statement
        own = event.role == "value" and event.variable in _targets(statement.text)
        if own and not statement.reverse:
            lines = found.setdefault(statement.file, {})
            names = (*lines.get(statement.line, ()), event.variable)
            lines[statement.line] = tuple(dict.fromkeys(names))
    return found


@cache
def _targets(text: str) -> frozenset[str]:
    """The names in the part of a statement that says what it assigns."""
    if not text.startswith("def "):
        text = text.partition(" in " if text.startswith("for ") else "=")[0]
    return frozenset(re.findall(r"(?<![.\w])[^\W\d]\w*", text))


def listing_of(statement: Statement, listings: tuple[Listing, ...]) -> Listing | None:
    """The function of the user's that a statement belongs to, the innermost one."""
    around = [
        listing
        for listing in listings
        if listing.file == statement.file
        and listing.first <= statement.line < listing.first + len(listing.lines)
    ]
    return max(around, key=lambda listing: listing.first, default=None)


def _empty(title: str) -> ArgumentError:
    return ArgumentError(
        f"a trace of {title} without events",
        why="nothing that was assigned in the run was kept",
        fix="trace a function whose gradient computes something",
    )

"""Values next to their adjoints: which adjoint belongs to which version of a variable."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from srcgrad.debug.events import Event, Statement

Place = tuple[str, int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A value that the user's statement assigned, with its adjoint, if there is one.

    In forward mode `adjoint` is the tangent. `value` is None for an adjoint of a value that the
    gradient did not need to compute, or of which no event is kept.
    """

    statement: Statement
    variable: str
    iteration: tuple[int, ...]
    value: Event | None
    adjoint: Event | None


def paired(events: Sequence[Event]) -> list[Pair]:
    """Each value with its adjoint, in the order in which the values were assigned.

    Behind them stand adjoints of variables that the gradient needs no value of.

    What the reverse of a statement adds to an adjoint belongs to the value that the statement
    read: the last one that was assigned before it. The last such addition is the whole adjoint.
    """
    values = [e for e in events if _is_the_users(e)]
    versions: dict[str, list[Event]] = {}
    for e in values:
        versions.setdefault(e.variable, []).append(e)
    found = _adjoints(events, versions)
    both = [Pair(e.statement, e.variable, e.iteration, e, found.get(e.index)) for e in values]
    return both + [
        Pair(e.statement, e.variable, e.iteration, None, e) for e in _alone(events, versions)
    ]


def _alone(events: Sequence[Event], versions: dict[str, list[Event]]) -> list[Event]:
    """The last adjoint or tangent in each place of variables without a value."""
    last: dict[tuple[str, Place], Event] = {}
    for e in events:
        derivative = e.role in ("adjoint", "tangent") and e.statement.line > 0
        if derivative and e.variable and e.variable not in versions:
            last[e.variable, _place(e)] = e
    return sorted(last.values(), key=_place)


def _is_the_users(e: Event) -> bool:
    """Whether an event is of a value that a statement of the user's assigned."""
    return e.role == "value" and bool(e.variable and e.statement.line) and not e.statement.restores


def _adjoints(events: Sequence[Event], versions: dict[str, list[Event]]) -> dict[int, Event]:
    """The adjoints or tangents by the index of the value that they belong to."""
    times = _times(events)
    found: dict[int, Event] = {}
    own: dict[int, Event] = {}
    now = len(events) and events[-1].index + 1
    for e in events:
        now = times.get(_place(e), now) if e.statement.reverse else now
        known = versions.get(e.variable)
        if e.role not in ("adjoint", "tangent") or not known:
            continue
        same = [v for v in known if _place(v) == _place(e)] if _is_of_its_own(e) else []
        if same:
            own[same[-1].index] = e
        else:
            time = now if e.role == "adjoint" else e.index
            found[known[_index_before(known, time)].index] = e
    return {**found, **own}


def _is_of_its_own(e: Event) -> bool:
    """Whether a derivative belongs to what its own statement assigned, not to what that read.

    So do tangents, what is returned, and what is taken out of the adjoint of an array by the
    reverse of a store: it has another name.
    """
    return e.role == "tangent" or not e.name.startswith(f"{e.variable}_bar")


def _place(e: Event) -> Place:
    return e.statement.file, e.statement.line, e.iteration


def _times(events: Sequence[Event]) -> dict[Place, int]:
    """When each of the user's statements ran first, in each pass."""
    found: dict[Place, int] = {}
    for e in events:
        if not e.statement.reverse and e.statement.line:
            found.setdefault(_place(e), e.index)
    return found


def _index_before(known: Sequence[Event], time: int) -> int:
    """The position of the last event before a time, the first one if there is none."""
    return max(bisect_left(known, time, key=lambda e: e.index) - 1, 0)

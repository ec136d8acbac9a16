"""The events of a trace as steps in time, and what each variable held at each of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from srcgrad.backend.linemap import Role
from srcgrad.debug.events import Event, Statement
from srcgrad.debug.stepper.replay import Stores, whole


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One run of a statement of the gradient, with an event for each name that it assigned."""

    events: tuple[Event, ...]

    @property
    def statement(self) -> Statement:
        return self.events[0].statement

    @property
    def iteration(self) -> tuple[int, ...]:
        return self.events[0].iteration

    @property
    def reverse(self) -> bool:
        return self.statement.reverse

    @property
    def names(self) -> frozenset[str]:
        """What is assigned, by the names of the gradient's source and by those of the user's."""
        return frozenset(n for e in self.events for n in (e.name, e.variable) if n)

    def continues_with(self, event: Event) -> bool:
        """Whether an event belongs to the same run of the same statement."""
        last = self.events[-1]
        same = (last.statement.number, last.iteration) == (event.statement.number, event.iteration)
        following = event.index == last.index + 1
        return same and following and all(e.name != event.name for e in self.events)


def steps(events: Iterable[Event]) -> tuple[Step, ...]:
    """The events of a run, in order of time, gathered by the runs of statements."""
    found: list[Step] = []
    for event in events:
        if found and found[-1].continues_with(event):
            found[-1] = Step((*found[-1].events, event))
        else:
            found.append(Step((event,)))
    return tuple(found)


class Held(NamedTuple):
    """What is held for a variable: a value, an adjoint or a tangent; helpers have their own."""

    variable: str
    role: Role


class Timeline:
    """For every variable, the steps that assigned it, and the events of what it held then.

    `stores` are what the gradient's source stores into; an array of which only a part was assigned
    is held as a whole where it is known.
    """

    def __init__(self, steps: tuple[Step, ...], stores: Stores) -> None:
        self.steps = steps
        self.stores = stores
        self._assigned: dict[Held, tuple[list[int], list[Event]]] = {}
        for position, held, event in _held(steps, stores):
            positions, events = self._assigned.setdefault(held, ([], []))
            positions.append(position)
            events.append(event)

    @property
    def held(self) -> tuple[Held, ...]:
        """All that is assigned at some time, in the order of the first time."""
        return tuple(self._assigned)

    def latest(self, held: Held, position: int) -> Event | None:
        """The last event up to a step that assigned a variable; None if there is none yet."""
        positions, events = self._assigned.get(held, ([], []))
        count = bisect_right(positions, position)
        return events[count - 1] if count else None

    def history(self, held: Held) -> tuple[Event, ...]:
        """All events that assigned a variable, in order of time."""
        return tuple(self._assigned.get(held, ([], []))[1])

    def changes(self, variable: str) -> list[int]:
        """The steps that assign a variable's value, adjoint or tangent, in order of time."""
        found = (p for h, (p, _) in self._assigned.items() if h.variable == variable)
        return sorted({position for positions in found for position in positions})


def _held(steps: Iterable[Step], stores: Stores) -> Iterator[tuple[int, Held, Event]]:
    """Each event with its step and what it assigns.

    The reverse sweep counts a loop's variable down under the name of the forward sweep: what
    assigns the name of a value is one of its values, also where it is made for the adjoints.
    """
    values: dict[str, str] = {}
    positions = (position for position, step in enumerate(steps) for _ in step.events)
    events = whole((e for step in steps for e in step.events), stores)
    for position, event in zip(positions, events, strict=True):
        if event.role == "value":
            values[event.name] = event.variable
        if event.role == "helper" and event.name in values:
            yield position, Held(values[event.name], "value"), event
        elif event.name != "_":
            yield position, Held(event.variable or event.name, event.role), event

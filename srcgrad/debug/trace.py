"""A trace: every assignment of a run of a gradient, next to the user's lines."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcgrad.debug.events import Event, Statement
from srcgrad.debug.listing import Listing, listings
from srcgrad.debug.pairing import Pair, paired
from srcgrad.debug.recorder import Recorder
from srcgrad.debug.run import Run
from srcgrad.debug.slots import Slot
from srcgrad.debug.summaries import summarise
from srcgrad.errors import SrcgradError

if TYPE_CHECKING:
    from srcgrad.debug.findings import Findings


class Events(Sequence[Event]):
    """Some events of a trace, in order of time."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._events = tuple(events)

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: Any) -> Any:
        found = self._events[index]
        return Events(found) if isinstance(index, slice) else found

    @property
    def values(self) -> Events:
        """Those of values."""
        return Events(e for e in self if e.role == "value")

    @property
    def adjoints(self) -> Events:
        """Those of adjoints, in the order of the reverse sweep."""
        return Events(e for e in self if e.role == "adjoint")

    @property
    def tangents(self) -> Events:
        """Those of tangents."""
        return Events(e for e in self if e.role == "tangent")

    def __repr__(self) -> str:
        from srcgrad.debug.printing import event_line

        return "\n".join(map(event_line, self)) or "no events"


@dataclass(eq=False, repr=False)
class Trace:
    """What a gradient assigned, in both sweeps, and what it returned or raised.

    `run`, `recorder` and `slots` are what it is made from. `statements` are those of the gradient's
    source by line number; `result` what the gradient returned; `error` what it raised, or None.

    Examples:
        >>> import srcgrad
        >>> trace = srcgrad.grad(lambda x: x**3).trace(2.0)
        >>> trace.result
        12.0
        >>> trace["x"].adjoints[-1].value
        12.0
    """

    run: Run
    recorder: Recorder
    slots: tuple[Slot, ...]
    statements: dict[int, Statement]
    result: Any
    error: BaseException | None

    @cached_property
    def listings(self) -> tuple[Listing, ...]:
        """The user's functions: the primal, then those that it calls and that became part of it."""
        return listings(self.run.read, self.statements.values())

    @property
    def title(self) -> str:
        """The name of the function that is differentiated."""
        return self.run.read.name

    @property
    def source(self) -> str:
        """The source of the gradient that ran."""
        return self.run.compiled.source

    @property
    def count(self) -> int:
        """How many assignments there were, kept or not."""
        return self.recorder.count

    @cached_property
    def events(self) -> tuple[Event, ...]:
        """The events that are kept, in order of time."""
        return tuple(self._event(*raw) for raw in self.recorder.finish())

    def _event(self, index: int, slot: int, iteration: tuple[int, ...], value: Any) -> Event:
        place, summary = self.slots[slot], summarise(value)
        kept = None if summary is value else value
        return Event(
            index, place.statement, place.name, place.variable, place.role, iteration, summary, kept
        )

    @cached_property
    def findings(self) -> Findings:
        """What is wrong or remarkable in the run, the root cause first.

        The function is run again for them, some ten times or more: once with a look at every
        operation, and a few times for finite differences. Raises an SrcgradError if what it reads
        outside is of another kind by now.
        """
        from srcgrad.debug.findings import Findings, find

        found = self.run.gradient._refusing(lambda: find(self))
        assert isinstance(found, Findings)
        return found

    # looking up

    def __getitem__(self, name: str) -> Events:
        """All events of one of the user's variables: its values, and its adjoints or tangents."""
        found = Events(e for e in self.events if e.variable == name)
        if not found:
            known = ", ".join(dict.fromkeys(e.variable for e in self.events if e.variable))
            raise KeyError(f"no event of {name!r}; there are those of {known}")
        return found

    def at(
        self,
        line: int | None = None,
        iteration: int | tuple[int, ...] | None = None,
        file: str | None = None,
    ) -> Events:
        """The events of one of the user's lines, of one pass, or of both.

        An `iteration` that is an int is the number of the innermost pass, a tuple the numbers of
        all loops around, the outermost first. `file` may be the end of a path.
        """

        def fits(e: Event) -> bool:
            s = e.statement
            if line is not None and s.line != line:
                return False
            if file is not None and not s.file.endswith(file):
                return False
            whole = e.iteration if isinstance(iteration, tuple) else e.iteration[-1:]
            wanted = iteration if isinstance(iteration, tuple) else (iteration,)
            return iteration is None or whole == wanted

        return Events(filter(fits, self.events))

    def pairs(self) -> list[Pair]:
        """Each value with its adjoint, in the order in which the values were assigned."""
        return paired(self.events)

    # showing

    def __str__(self) -> str:
        from srcgrad.debug.printing import as_text

        return as_text(self)

    def __repr__(self) -> str:
        return f"<trace of {self.title}, {len(self.events)} of {self.count} events>"

    def __rich__(self) -> Any:
        from srcgrad.debug.printing import as_rich

        return as_rich(self)

    def show(self) -> None:
        """Print the trace, in colours in a terminal if rich is installed."""
        from srcgrad.debug.printing import show

        show(self)

    def plot(self, *args: Any, **kwargs: Any) -> Any:
        """The sizes of values and adjoints over the run, as a figure of matplotlib."""
        from srcgrad.debug.plotting import plot

        return plot(self, *args, **kwargs)

    def report(self, path: str | Path) -> Path:
        """Write the trace as a page of HTML that needs nothing else."""
        from srcgrad.debug.report import report

        return report(self, path)

    def _repr_html_(self) -> str:
        from srcgrad.debug.notebook import trace_html

        return trace_html(self)

    # handing on

    def to_dict(self) -> dict[str, Any]:
        """The trace as dicts, lists, strings and numbers; NaN and Inf are strings, as in JSON."""
        return {
            "title": self.title,
            "source": self.source,
            "count": self.count,
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
            "listings": [_plain(asdict(listing)) for listing in self.listings],
            "statements": [_plain(asdict(s)) for s in self.statements.values()],
            "events": [_row(e) for e in self.events],
            "findings": [_plain(asdict(f)) for f in self.findings],
        }

    def to_pandas(self) -> Any:
        """The events as a DataFrame, one row each. Needs `pip install 'srcgrad[pandas]'`."""
        try:
            import pandas
        except ImportError:
            raise SrcgradError(
                "pandas is not installed",
                why="a DataFrame is made by it",
                fix="pip install 'srcgrad[pandas]'",
            ) from None
        return pandas.DataFrame([*_flat(self.events)])


def _row(e: Event) -> dict[str, Any]:
    row = {"statement": e.statement.number, "line": e.statement.line, "file": e.statement.file}
    own = {n: getattr(e, n) for n in ("index", "name", "variable", "role", "iteration")}
    return _plain({**own, **row, "summary": asdict(e.summary)})  # type: ignore[no-any-return]


def _flat(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    for e in events:
        row = {n: getattr(e, n) for n in ("index", "variable", "role", "name", "iteration")}
        s = e.statement
        place = {"file": s.file, "line": s.line, "text": s.text, "reverse": s.reverse}
        yield {**row, **place, **asdict(e.summary)}


def _plain(value: Any) -> Any:
    """A value as JSON knows it."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


__all__ = ["Event", "Events", "Listing", "Pair", "Statement", "Trace"]

"""A trace as a picture: how large values and adjoints are, line by line and pass by pass."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from srcgrad.debug.events import Event
from srcgrad.plotting import axes

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

Place = tuple[str, int, tuple[int, ...]]  # a file, a line of it, and the passes around it

STYLES: dict[str, dict[str, Any]] = {
    "value": {"ls": "-", "marker": "o"},
    "adjoint": {"ls": "--", "marker": "o", "mfc": "white"},
    "tangent": {"ls": "--", "marker": "o", "mfc": "white"},
}
SUFFIXES = {"value": "", "adjoint": "_bar", "tangent": "_dot"}
COLOURS = 10  # of Matplotlib's cycle
TICKS = 12  # at most


def plot(trace: Trace, *, ax: Any = None) -> Any:
    """Draw how large the values are that each line assigned, and the adjoints that its reverse did.

    Along the x axis are the lines of the user's that ran, in the order of the forward sweep, a line
    in a loop once for each pass. A norm of zero leaves a gap, as the y axis is logarithmic; the
    norm of an array with NaN or Inf is that of its other elements, and where the first one was
    assigned there is a red line.

    Args:
        trace: the trace.
        ax: the axes of Matplotlib to draw on; without it, those of a new figure.

    Returns:
        The axes: of each variable a line for the norms of its values and, labelled with `_bar` or
        `_dot`, a dashed one for those of its adjoints or tangents.

    Raises:
        ArgumentError: if Matplotlib is missing.
    """
    ax = axes(ax)
    events = [e for e in trace.events if e.variable and e.statement.line and _counts(e)]
    places = in_order(events)
    for k, name in enumerate(dict.fromkeys(e.variable for e in events)):
        colour = f"C{k % COLOURS}"
        for role, style in STYLES.items():
            own = [e for e in events if e.variable == name and e.role == role]
            if own:
                label = name + SUFFIXES[role]
                ax.plot(*_curve(own, places), label=label, color=colour, ms=4, **style)
    _mark(ax, events, places)
    _finish(ax, trace.title, places)
    return ax


def _counts(event: Event) -> bool:
    """Whether a value is news: what the reverse sweep takes back from a tape is none."""
    return event.role in STYLES and not event.statement.restores


def place_of(event: Event) -> Place:
    return event.statement.file, event.statement.line, event.iteration


def in_order(events: Iterable[Event]) -> list[Place]:
    """The places that ran, in the order of the forward sweep.

    A place that only the reverse sweep has comes behind the one that the reverse did after it.
    """
    forward = [place_of(e) for e in events if not e.statement.reverse]
    reverse = [place_of(e) for e in events if e.statement.reverse][::-1]
    found = list(dict.fromkeys(forward))
    known, position = set(found), -1
    for place in dict.fromkeys(reverse):
        if place in known:
            position = found.index(place)
        else:
            position += 1
            found.insert(position, place)
    return found


def _curve(events: Sequence[Event], places: Sequence[Place]) -> tuple[list[int], list[float]]:
    """The norms by place; of several at one place the last, to which the others are added."""
    norms = {place_of(e): e.summary.norm for e in events}
    at = [i for i, place in enumerate(places) if place in norms]
    return at, [norms[places[i]] or math.nan for i in at]


def _mark(ax: Any, events: Sequence[Event], places: Sequence[Place]) -> None:
    """A line where the first NaN or Inf was assigned."""
    bad = next((e for e in events if e.summary.first_bad is not None), None)
    if bad is not None:
        label = f"{bad.variable}{SUFFIXES[bad.role]} is not finite"
        ax.axvline(places.index(place_of(bad)), color="red", lw=1, label=label)


def _finish(ax: Any, title: str, places: Sequence[Place]) -> None:
    passes = any(place[2] for place in places)
    ticks = _ticks(places)
    ax.set_xticks(ticks, [_label(places[i]) for i in ticks])
    ax.set_yscale("log")
    ax.set(title=title, xlabel="line, pass of the loop" if passes else "line", ylabel="norm")
    ax.grid(color="0.92")
    ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _ticks(places: Sequence[Place]) -> list[int]:
    """Where to write the line: everywhere or, if that is too often, where a new pass starts."""
    ticks = list(range(len(places)))
    if len(ticks) > TICKS:
        ticks = [i for i in ticks if not i or places[i][2] != places[i - 1][2]]
    return ticks[:: math.ceil(len(ticks) / TICKS) or 1]


def _label(place: Place) -> str:
    _, line, passes = place
    return f"{line}\n{', '.join(map(str, passes))}" if passes else str(line)

"""A trace as text: the user's lines, with values on the left and adjoints on the right."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.debug.events import Event, Summary
from srcgrad.debug.pairing import Pair
from srcgrad.errors import SrcgradError

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

LEFT = 72  # columns of the values
ENDS = 2  # passes shown of a loop: the first and the last


@dataclass(frozen=True)
class Row:
    """One line: `style` is "line" (the user's), "values", "finding" or "note"."""

    left: str
    right: str
    style: str
    bad: bool = False


def as_text(trace: Trace) -> str:
    """The trace without colours."""
    rows = [*_rows(trace)]
    width = min(max((len(r.left) for r in rows if r.right), default=0), LEFT)
    return "\n".join(f"{r.left:{width}}   {r.right}".rstrip() for r in rows)


def as_rich(trace: Trace) -> Any:
    """The trace as a text of rich."""
    from rich.text import Text

    styles = {"line": "bold", "values": "", "finding": "yellow", "note": "dim"}
    whole = Text(no_wrap=True)
    rows = [*_rows(trace)]
    width = min(max((len(r.left) for r in rows if r.right), default=0), LEFT)
    for r in rows:
        style = "red" if r.bad else styles[r.style]
        whole.append(f"{r.left:{width}}   ".rstrip(" " if not r.right else "") or "", style)
        whole.append(f"{r.right}\n", "red" if r.bad else "cyan")
    return whole


def show(trace: Trace) -> None:
    """Print a trace, in colours if a person looks at it."""
    if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
        try:
            from rich import print as printed
        except ImportError:
            pass
        else:
            printed(as_rich(trace))
            return
    print(as_text(trace))


def _rows(trace: Trace) -> Iterator[Row]:
    yield Row(_heading(trace), "", "note")
    by_line: dict[tuple[str, int], list[Pair]] = {}
    for pair in trace.pairs():
        by_line.setdefault((pair.statement.file, pair.statement.line), []).append(pair)
    for listing in trace.listings:
        yield Row("", "", "note")
        for number, text in enumerate(listing.lines, listing.first):
            yield Row(f"{number:5}  {text}", "", "line")
            yield from _lines(by_line.pop((listing.file, number), []))
    if trace.error is not None:
        yield Row("", "", "note")
        yield Row(f"raised {type(trace.error).__name__}: {trace.error}", "", "finding", True)
    yield Row("", "", "note")
    for text in _found(trace).splitlines():
        yield Row(text, "", "finding")


def _found(trace: Trace) -> str:
    """The findings, or why there are none to be had."""
    try:
        return str(trace.findings)
    except SrcgradError as error:
        return f"no findings: {error}"


def _heading(trace: Trace) -> str:
    kept = len(trace.events)
    which = "" if kept == trace.count else f", {kept} of them kept"
    forward = any(e.role == "tangent" for e in trace.events)
    columns = f"values | {'tangents' if forward else 'adjoints'}"
    return f"trace of {trace.title}: {trace.count} assignments{which}; {columns}"


def _lines(pairs: Sequence[Pair]) -> Iterator[Row]:
    """The values of one of the user's lines: of each variable the first and the last pass."""
    by_name: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_name.setdefault(pair.variable, []).append(pair)
    for found in by_name.values():
        ends = found if len(found) <= ENDS else [found[0], found[-1]]
        yield from map(_pair_row, ends)
        if len(found) > len(ends):
            yield Row(f"{'':9}... {len(found)} of {found[0].variable} are kept", "", "note")


def _pair_row(pair: Pair) -> Row:
    passes = f"[{', '.join(map(str, pair.iteration))}]" if pair.iteration else ""
    left = f"{'':9}{pair.variable}{' ' if passes else ''}{passes} = {_described(pair.value)}"
    right = "" if pair.adjoint is None else f"| {_described(pair.adjoint)}"
    shown = [e.summary for e in (pair.value, pair.adjoint) if e is not None]
    return Row(left, right, "values", any(s.first_bad is not None for s in shown))


def _described(event: Event | None) -> str:
    return "?" if event is None else described(event.summary)


def described(s: Summary) -> str:
    """A summary on one line."""
    if not s.shape and s.sample:
        return number(s.sample[0])
    shape = f"{s.dtype}[{', '.join(map(str, s.shape))}]"
    if s.first_bad is not None:
        return f"{shape} {_bad(s)}"
    if not s.sample:
        return shape if s.shape else s.dtype
    if len(s.sample) <= 3 and len(s.shape) == 1 and s.shape[0] == len(s.sample):
        return f"[{', '.join(map(number, s.sample))}]"
    return f"{shape} in {number(s.low)} .. {number(s.high)}, norm {number(s.norm)}"


def _bad(s: Summary) -> str:
    words = [f"{share:.0%} {name}" for share, name in ((s.nans, "NaN"), (s.infs, "Inf")) if share]
    index = ", ".join(map(str, s.first_bad or ()))
    return " and ".join(words) + (f", first at [{index}]" if index else "")


def number(x: Any) -> str:
    """A number in as many digits as a glance takes in."""
    return f"{x:.4g}" if isinstance(x, float) else str(x)


def event_line(e: Event) -> str:
    """An event on one line."""
    passes = f" pass {', '.join(map(str, e.iteration))}" if e.iteration else ""
    place = f"line {e.statement.line}" if e.statement.line else "no line"
    return f"{e.index:6}  {place}{passes}: {e.name} = {described(e.summary)}  ({e.role})"

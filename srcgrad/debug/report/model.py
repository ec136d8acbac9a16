"""What a report shows, as plain data that goes into the page as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.debug.events import Event, Summary
from srcgrad.debug.report.lines import gradient_statements, key_of, listing_keys

if TYPE_CHECKING:
    from srcgrad.debug.report.checks import Check
    from srcgrad.debug.trace import Listing, Trace

SHOWN = 6  # numbers of a value

FIELDS = (
    *("index", "number", "line", "name", "variable", "role", "reverse", "iteration", "shape"),
    *("dtype", "norm", "low", "high", "zeros", "bad", "sample", "check"),
)
"""The columns of the table of events, in the order in which a row holds them."""


@dataclass(frozen=True)
class Row:
    """A line of code: its name in the page, its number and its text.

    `key` is the name of the user's line that its statement belongs to, empty for none.
    """

    name: str
    number: int
    text: str
    key: str
    reverse: bool = False


def primal_rows(listing: Listing, index: int) -> list[Row]:
    """The lines of one of the user's functions."""
    keys = listing_keys(listing, index)
    rows = enumerate(zip(listing.lines, keys, strict=True), listing.first)
    return [Row(f"u{index}-{n}", n, text, key if text.strip() else "") for n, (text, key) in rows]


def gradient_rows(trace: Trace) -> list[Row]:
    """The lines of the gradient's source."""
    lines = trace.source.rstrip("\n").split("\n")
    found = gradient_statements(lines, trace.statements)
    return [
        Row(f"g{n}", n, text, key_of(trace, s.file, s.line) if s else "", bool(s and s.reverse))
        for n, (text, s) in enumerate(zip(lines, found, strict=True), 1)
    ]


def report_data(trace: Trace, checks: Mapping[int, Check]) -> dict[str, Any]:
    """The events of a trace, the passes of its loops, and the range of its norms.

    `checks` are comparisons with differences by the index of an event. All numbers are finite or
    None, so that the result is JSON as browsers read it. `events` are rows of the `fields`; of
    `passes` each is the numbers of one pass of the innermost loops; `norms` are the exponents of
    ten between which the norms lie.
    """
    events = [_event(trace, e, checks.get(e.index)) for e in trace.events]
    return {
        "fields": FIELDS,
        "events": events,
        "passes": passes(trace.events),
        "norms": exponents(trace.events),
    }


def _event(trace: Trace, e: Event, check: Check | None) -> list[Any]:
    s, summary = e.statement, e.summary
    name = f"{e.variable} returned" if e.name == "return" else e.name
    return [
        *(e.index, s.number, key_of(trace, s.file, s.line), name, e.variable, e.role),
        *(int(s.reverse), list(e.iteration), shape_text(summary), summary.dtype),
        *map(finite, (summary.norm, summary.low, summary.high, summary.zeros)),
        *(bad_text(summary), sample_text(summary), check and check.to_list()),
    ]


def finite(number: float) -> float | None:
    """A number as JSON has it: None for what is not finite."""
    return float(number) if math.isfinite(number) else None


def shape_text(summary: Summary) -> str:
    """A shape as it is written in Python; empty for a number."""
    return str(tuple(summary.shape)) if summary.shape else ""


def bad_text(summary: Summary) -> str:
    """What share of a value is not finite, and where that starts; empty if all of it is."""
    shares = [(summary.nans, "NaN"), (summary.infs, "Inf")]
    found = ", ".join(f"{word} {100 * share:.3g} %" for share, word in shares if share)
    place = f" at {list(summary.first_bad)}" if summary.first_bad else ""
    return found + place if found else ""


def sample_text(summary: Summary) -> str:
    """The first numbers of a value."""
    numbers = [f"{x:.5g}" for x in summary.sample[:SHOWN]]
    if not summary.shape:
        return ", ".join(numbers)
    more = math.prod(summary.shape) > len(numbers)
    return f"[{', '.join(numbers)}{', …' if more else ''}]"


def passes(events: Sequence[Event]) -> list[tuple[int, ...]]:
    """The passes of loops that ran, in order, without those that only hold passes of others."""
    found = sorted({e.iteration for e in events if e.iteration})
    around = {p[:n] for p in found for n in range(len(p))}
    return [p for p in found if p not in around]


def exponents(events: Sequence[Event]) -> tuple[int, int]:
    """The whole exponents of ten between which all norms lie that have a logarithm."""
    norms = [e.summary.norm for e in events if e.role != "helper"]
    logs = [math.log10(n) for n in norms if 0 < n < math.inf]
    if not logs:
        return 0, 1
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return low, max(high, low + 1)

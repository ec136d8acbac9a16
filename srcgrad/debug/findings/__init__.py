"""What is wrong or remarkable in a trace, the root cause first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from srcgrad.debug.findings.births import Births
from srcgrad.debug.findings.cancellation import Cancellations
from srcgrad.debug.findings.chains import chains
from srcgrad.debug.findings.dead import dead
from srcgrad.debug.findings.finding import Finding, Findings
from srcgrad.debug.findings.kinks import Kinks
from srcgrad.debug.findings.mismatch import mismatch
from srcgrad.debug.findings.nonfinite import forward, reverse
from srcgrad.debug.findings.raised import raised
from srcgrad.debug.findings.replay import Observer, Replay
from srcgrad.debug.findings.words import Words

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def find(trace: Trace) -> Findings:
    """All findings of a trace; what may be the cause of others stands before them."""
    return Findings(_findings(trace))


def _findings(trace: Trace) -> Iterator[Finding]:
    replay = Replay(trace.run)
    stages = replay.stages
    words = Words(stages.operations)
    births, kinks, losses = Births(words), Kinks(stages, words), Cancellations()
    value, error = _watched(replay, births, kinks, losses)
    bad = [] if error else [*forward(trace, births, stages.dependent, value)]
    if not bad:
        bad = [*reverse(trace, replay, words)]
    grown = [*chains(trace, stages)]
    yield from raised(trace)
    yield from bad
    if not bad and trace.error is None:
        yield from mismatch(trace)
        yield from dead(trace, replay, words)
    yield from grown
    if error is None:
        yield from losses.findings(replay, value, words)
    yield from kinks.findings()


def _watched(replay: Replay, *observers: Observer) -> tuple[Any, Exception | None]:
    """What the primal returns, or what it raises: as in the trace, which has it."""
    try:
        return replay.watch(*observers), None
    except Exception as error:
        return None, error


__all__ = ["Finding", "Findings", "find"]

"""What is wrong or remarkable in a trace, the root cause first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from typing import TYPE_CHECKING

from srcgrad.debug.findings.births import Births
from srcgrad.debug.findings.cancellation import Cancellations
from srcgrad.debug.findings.chains import chains
from srcgrad.debug.findings.dead import dead
from srcgrad.debug.findings.finding import Finding, Findings
from srcgrad.debug.findings.kinks import Kinks
from srcgrad.debug.findings.mismatch import mismatch
from srcgrad.debug.findings.nonfinite import forward, reverse
from srcgrad.debug.findings.raised import raised
from srcgrad.debug.findings.replay import Replay
from srcgrad.debug.findings.words import Words

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def find(trace: Trace) -> Findings:
    """All findings of a trace; what may be the cause of others stands before them.

    What the function prints is not printed again when it runs for them.
    """
    with redirect_stdout(io.StringIO()):
        return Findings(_with_event(trace, f) for f in _findings(trace))


def _findings(trace: Trace) -> Iterator[Finding]:
    replay = Replay(trace.run)
    stages = replay.stages
    words = Words(stages.operations)
    births, kinks, losses = Births(words), Kinks(stages, words), Cancellations(stages)
    value = replay.watch(births, kinks, losses)
    bad = [*forward(trace, births, stages.dependent, value)]
    bad = bad or [*reverse(trace, replay, words, births)]
    lost = [] if trace.error else losses.felt(replay, value)
    yield from bad
    yield from raised(trace)
    if not bad and trace.error is None:
        yield from mismatch(trace, stages, bool(lost))
        yield from dead(trace, replay, words)
    yield from chains(trace, stages)
    yield from losses.findings(lost, words)
    yield from kinks.findings()


def _with_event(trace: Trace, finding: Finding) -> Finding:
    """A finding with an event that shows it: the first one of its line in its pass."""
    if finding.event is not None or not finding.line:
        return finding
    wanted = finding.file, finding.line, finding.iteration
    for e in trace.events:
        if (e.statement.file, e.statement.line, e.iteration) == wanted:
            return replace(finding, event=e.index)
    return finding


__all__ = ["Finding", "Findings", "find"]

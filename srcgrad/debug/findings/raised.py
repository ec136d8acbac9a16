"""What the gradient raised, at the user's line."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING

from srcgrad.debug.events import Statement
from srcgrad.debug.findings.finding import Finding

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def raised(trace: Trace) -> Iterator[Finding]:
    """A finding if the gradient raised."""
    error = trace.error
    if error is None:
        return
    s = _statement(trace)
    last = trace.events[-1] if trace.events else None
    yield Finding(
        "error",
        f"{type(error).__name__}: {error}",
        "the trace holds everything up to there: look at the last events",
        "reverse" if s is not None and s.reverse else "forward",
        s.file if s else "",
        s.line if s else 0,
        s.text if s else "",
        iteration=last.iteration if last else (),
        event=last.index if last else None,
    )


def _statement(trace: Trace) -> Statement | None:
    """The statement of the gradient that raised: the last line of its file in the traceback."""
    file = trace.run.compiled.function.__code__.co_filename
    frames = traceback.extract_tb(trace.error.__traceback__ if trace.error else None)
    lines = [f.lineno for f in frames if f.filename == file and f.lineno]
    known = [n for n in trace.statements if lines and n <= lines[-1]]
    return trace.statements[max(known)] if known else None

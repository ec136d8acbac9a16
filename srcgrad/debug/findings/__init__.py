"""What is wrong or remarkable in a trace, the root cause first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srcgrad.debug.findings.finding import Finding, Findings

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def find(trace: Trace) -> Findings:
    """All findings of a trace."""
    return Findings(())


__all__ = ["Finding", "Findings", "find"]

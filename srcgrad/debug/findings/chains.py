"""Adjoints that vanish or explode over the passes of a loop."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from srcgrad.debug.events import Event
from srcgrad.debug.findings.finding import Finding
from srcgrad.debug.findings.replay import Watched
from srcgrad.ir import Loop
from srcgrad.walk import statements

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

FACTOR = 1e8  # by which an adjoint shrinks or grows, all passes together
FEWEST = 8  # passes
LARGEST_SHARE = 0.5  # of one pass in it: a step is no chain


@dataclass(frozen=True)
class Chain:
    """The adjoints of a variable over a run of a loop, the last pass first."""

    variable: str
    events: tuple[Event, ...]

    @property
    def line(self) -> Event:
        """An event of the line that most of the adjoints come from."""
        lines = Counter((e.statement.file, e.statement.line) for e in self.events)
        most = max(lines, key=lambda place: lines[place])
        return next(e for e in self.events if (e.statement.file, e.statement.line) == most)


def chains(trace: Trace, stages: Watched) -> Iterator[Finding]:
    """A finding for each chain that vanishes or explodes."""
    for chain in _chains(trace.events, _carried(stages)):
        norms = [(e, e.summary.norm) for e in chain.events]
        good = [(e, n) for e, n in norms if n and math.isfinite(n)]
        if len(good) < FEWEST:
            continue
        logs = [math.log10(n) for _, n in good]
        total = logs[-1] - logs[0]
        steps = [b - a for a, b in pairwise(logs)]
        if abs(total) < math.log10(FACTOR):
            continue
        if max(s * math.copysign(1, total) for s in steps) > LARGEST_SHARE * abs(total):
            continue
        yield _finding(chain, good, total)


def _carried(stages: Watched) -> set[str]:
    """The variables that a pass of a loop hands on to the next."""
    loops = [s for s in statements(stages.primal) if isinstance(s, Loop)]
    return {p.hint for s in loops for p in s.params if p.hint and p in stages.activity}


def _chains(events: tuple[Event, ...], carried: set[str]) -> Iterator[Chain]:
    """Of each carried variable the largest adjoint in each pass, for each run of a loop."""
    open_chains: dict[tuple[str, tuple[int, ...]], list[Event]] = {}
    for e in events:
        if e.role != "adjoint" or e.variable not in carried or not e.iteration:
            continue
        if not e.statement.line or (not e.summary.norm and not e.summary.nans + e.summary.infs):
            continue
        key = e.variable, e.iteration[:-1]
        found = open_chains.setdefault(key, [])
        if found and e.iteration[-1] > found[-1].iteration[-1]:  # another loop
            yield Chain(e.variable, tuple(found))
            found.clear()
        if found and e.iteration == found[-1].iteration:
            found[-1] = max(found[-1], e, key=lambda e: e.summary.norm)
        else:
            found.append(e)
    for (variable, _), found in open_chains.items():
        yield Chain(variable, tuple(found))


def _finding(chain: Chain, good: list[tuple[Event, float]], total: float) -> Finding:
    kind = "exploding" if total > 0 else "vanishing"
    (first, start), (last, end) = good[0], good[-1]
    limit = start * (FACTOR if total > 0 else 1 / FACTOR)
    beyond = [(e, n) for e, n in good if (n >= limit if total > 0 else n <= limit)]
    reached, size = beyond[0]
    passes = abs(reached.iteration[-1] - first.iteration[-1])
    factor = (size / start) ** (1 / max(passes, 1))
    verb = "grows" if total > 0 else "falls"
    why = f"by a factor of {factor:.3g} a pass, backwards"
    effect = "" if total > 0 else "; passes before that have no say in the derivative"
    s = chain.line.statement
    return Finding(
        kind,
        f"the adjoint of {chain.variable} {verb} from {start:.3g} at pass {first.iteration[-1]} to "
        f"{end:.3g} at pass {last.iteration[-1]}, {why}: beyond {limit:.1g} at pass "
        f"{reached.iteration[-1]}{effect}",
        REMEDIES[kind],
        "reverse",
        s.file,
        s.line,
        s.text,
        chain.variable,
        reached.iteration,
        None,
        reached.index,
    )


REMEDIES = {
    "vanishing": "scale the weights to keep norms (orthogonal ones), add a path around the step "
    "(h + f(h), gates), or differentiate over fewer passes",
    "exploding": "scale the weights down, clip the derivative by its norm, or differentiate over "
    "fewer passes",
}

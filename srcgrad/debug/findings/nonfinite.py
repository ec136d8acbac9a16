"""Where NaN and Inf come from: the operation that made the first, in which sweep, and of what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.debug.events import Event
from srcgrad.debug.findings.births import Birth, Births, all_finite, first_bad
from srcgrad.debug.findings.finding import Finding, Sweep
from srcgrad.debug.findings.local import singular
from srcgrad.debug.findings.replay import Observer, Replay, Step
from srcgrad.debug.findings.words import Words, called, family
from srcgrad.debug.summaries import numbers_in
from srcgrad.ir import Atom, Var
from srcgrad.runtime import copied

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def forward(trace: Trace, births: Births, result: Atom, value: Any) -> Iterator[Finding]:
    """The birth that the result's NaN or Inf goes back to; else a NaN that was left behind.

    If the run raised, the first one: a check by the user may have found it.
    """
    if trace.error is not None:
        if isinstance(trace.error, ArithmeticError | AssertionError):
            yield from (_born(trace, b, "") for b in births.found[:1])
        return
    if not all(all_finite(part) for part in numbers_in(value)):
        root = births.root(result) or next(iter(births.found), None)
        yield from _given(trace) if root is None else [_born(trace, root, "")]
        return
    masked = [b for b in births.found if b.is_nan]
    if masked:
        yield _born(trace, masked[0], _aside(trace))


def _aside(trace: Trace) -> str:
    """What a NaN or an Inf does that the result does not have."""
    aside = "; the result does not depend on it"
    return f"{aside}, but the adjoints do" if _bad_adjoint(trace) else aside


def _born(trace: Trace, birth: Birth, aside: str) -> Finding:
    step = birth.step
    origin = step.operation.origin
    return Finding(
        "nonfinite",
        birth.words + aside,
        birth.remedy,
        "forward",
        origin.location.file,
        origin.line,
        origin.text,
        step.operation.target.hint or "",
        step.iteration,
        birth.where,
        _event(trace, origin.line, step.iteration, reverse=False),
    )


def _event(trace: Trace, line: int, iteration: tuple[int, ...], reverse: bool) -> int | None:
    """The first event with a NaN or an Inf of a line in a pass."""
    for e in trace.events:
        there = (e.statement.line, e.iteration, e.statement.reverse) == (line, iteration, reverse)
        if there and e.summary.first_bad is not None:
            return e.index
    return None


def _given(trace: Trace) -> Iterator[Finding]:
    """The arguments that are not finite."""
    for name, value in trace.run.arguments.items():
        bad = [part for part in numbers_in(value) if not all_finite(part)]
        if bad:
            where = first_bad(bad[0])
            number = np.asarray(bad[0])[where]
            place = f" at [{', '.join(map(str, where))}]" if where else ""
            read = trace.run.read
            yield Finding(
                "nonfinite",
                f"the argument {name} holds {number}{place}",
                "look where it is made, or leave such elements out",
                "forward",
                read.file,
                read.node.lineno,
                read.lines[read.node.lineno - 1].strip(),
                name,
                (),
                where,
            )


# the reverse sweep --------------------------------------------------------------------------------


def _bad_adjoint(trace: Trace) -> Event | None:
    """The first adjoint or tangent that is not finite."""
    found = (e for e in _derivatives(trace) if e.summary.first_bad is not None)
    return next(found, None)


def _derivatives(trace: Trace) -> Iterator[Event]:
    """The events of the reverse sweep, and those of tangents."""
    for e in trace.events:
        if e.role == "tangent" or (e.statement.reverse and not e.statement.restores):
            yield e


@dataclass(eq=False)
class _Keeper(Observer):
    """Keeps the active steps of a line in a pass."""

    file: str
    line: int
    iteration: tuple[int, ...]

    def __post_init__(self) -> None:
        self.there: list[Step] = []

    def __call__(self, step: Step) -> None:
        origin = step.operation.origin
        place = origin.location.file, origin.line, step.iteration
        if step.operation.active and place == (self.file, self.line, self.iteration):
            args = tuple(copied(a) for a in step.args)
            self.there.append(Step(step.operation, args, copied(step.result), step.iteration))


def reverse(trace: Trace, replay: Replay, words: Words, births: Births) -> Iterator[Finding]:
    """The operation whose derivative made the first adjoint that is not finite."""
    event = _bad_adjoint(trace)
    if event is None:
        return
    seeds = [n for n in trace.run.gradient._request.seeds if n in trace.run.arguments]
    if any(not all_finite(p) for n in seeds for p in numbers_in(trace.run.arguments[n])):
        yield from _given(trace)
        return
    for place in _places(trace, event):
        keeper = _Keeper(place.statement.file, place.statement.line, place.iteration)
        replay.watch(keeper)
        for step in reversed(keeper.there):
            wanted = frozenset(v for v in step.operation.operands if v in replay.stages.activity)
            found = singular(step, wanted)
            if found is not None:
                born = next((b for b in births.found if not all_finite(step.result)), None)
                infinite = _infinite(place, step, found, words)
                yield infinite if born is None else _born(trace, born, _aside(trace))
                return
    yield _overflowed(event)


def _places(trace: Trace, event: Event) -> Iterator[Event]:
    """Events to look at: that of the bad adjoint, then the ones around it with other lines."""
    near = [e for e in _derivatives(trace) if e.statement.line]
    near.sort(key=lambda e: (abs(e.index - event.index), e.index))
    seen = set()
    for e in near[:200]:
        key = e.statement.file, e.statement.line, e.iteration
        if key not in seen:
            seen.add(key)
            yield e
        if len(seen) == 5:
            return


def _infinite(
    event: Event, step: Step, found: tuple[Var, tuple[int, ...]], words: Words
) -> Finding:
    operand, where = found
    value = dict(zip(step.operation.bind.args, step.args, strict=True))[operand]
    name, shown = called(step), words.at(operand, value, where)
    origin = step.operation.origin
    return Finding(
        "nonfinite",
        f"the derivative of {name} {_at(step)}is infinite; {shown}",
        REMEDIES.get(family(step.operation.bind.op), OTHER),
        _sweep(event),
        origin.location.file,
        origin.line,
        origin.text,
        event.variable,
        step.iteration,
        where,
        event.index,
    )


def _sweep(event: Event) -> Sweep:
    return "reverse" if event.statement.reverse else "forward"


def _at(step: Step) -> str:
    return "at 0 " if family(step.operation.bind.op) in ("sqrt", "log", "**", "/", "cbrt") else ""


OTHER = "keep the operand away from there, or give the operation a rule with srcgrad.custom_vjp"
REMEDIES = {
    "sqrt": "add a small number under the root, or take np.where(x > 0, x, 1.0) before it",
    "**": "add a small number to the base, or take np.where(x > 0, x, 1.0) before it",
    "/": "keep the divisor away from 0",
    "log": "keep the operand away from 0: np.log(np.maximum(x, 1e-12))",
}


def _overflowed(event: Event) -> Finding:
    s = event.statement
    return Finding(
        "nonfinite",
        f"the adjoint of {event.variable or event.name} overflows or mixes Inf with 0, though the "
        "derivative of each operation of this line is finite: it grew on its way here",
        "scale the function, or shorten the chain",
        _sweep(event),
        s.file,
        s.line,
        s.text,
        event.variable,
        event.iteration,
        event.summary.first_bad,
        event.index,
    )

"""A derivative that differences contradict, and the operation that is to blame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from srcgrad.comparing import DERIVATIVES, Comparison, Options, direction_in, worst_of
from srcgrad.debug.findings.finding import Finding
from srcgrad.debug.findings.replay import Watched
from srcgrad.debug.findings.words import family
from srcgrad.differences import Program, flattened
from srcgrad.errors import SrcgradError
from srcgrad.localising import Culprit, culprit
from srcgrad.runtime import copied

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

FORWARD = ("tangent", "many tangents")


def mismatch(trace: Trace, stages: Watched, is_rough: bool) -> Iterator[Finding]:
    """A finding if the derivative is wrong along a random direction.

    Differences see through stop_gradient, so that there is none with it. If the function
    `is_rough`, rounding may be to blame, unless one operation is wrong alone.
    """
    if any(family(o.bind.op) == "stop_gradient" for o in stages.operations):
        return
    mode = trace.run.gradient._request.mode
    program = None if mode == "value" else _program(trace)
    if program is None:
        return
    check = _Check("fwd" if mode in FORWARD else "rev")
    try:
        wrong = check.is_wrong(program)
    except (SrcgradError, ValueError, TypeError, ArithmeticError):  # not to be checked like this
        return
    found = culprit(program, check) if wrong else None
    if found is not None:
        yield _blaming(found)
    elif wrong and not is_rough:
        yield _unexplained(trace)


class _Check:
    """The comparison of one mode with differences."""

    def __init__(self, mode: str) -> None:
        self.derivative = DERIVATIVES[mode]
        self.options = Options(1, (mode,), None, None, None, (mode,))

    def is_wrong(self, program: Program) -> bool:
        """Whether the derivative along one direction is."""
        if not np.isfinite(flattened(program.result)).all():
            return False
        comparison = Comparison(self.derivative(program), self.options)
        row = comparison.row(direction_in(program))
        wrong = bool(np.max(row.excess, initial=0) > 1)
        return wrong and comparison.is_smooth(row, int(np.argmax(row.excess)))

    def __call__(self, program: Program) -> None:
        """Raise an AssertionError for an operation whose derivative is wrong."""
        worst = worst_of(self.derivative(program), self.options)
        if worst is not None and worst.smooth:
            row, k = worst.row, worst.k
            got, want = float(row.derivative[k]), float(row.difference[k])
            raise AssertionError(f"alone it gives {got:.6g}, and differences {want:.6g}")


def _program(trace: Trace) -> Program | None:
    """The primal at the arguments, if all that varies is passed by position."""
    gradient = trace.run.gradient
    names = [n for n in trace.run.given if n not in gradient._request.seeds]
    names = [n for n in names if n not in gradient.owner]
    wrt = gradient._request.wrt
    if not set(wrt) <= set(names) or gradient._request.has_aux:
        return None
    args = tuple(copied(trace.run.arguments.get(n, trace.run.given[n])) for n in names)
    return Program(gradient.primal, args, tuple(names.index(n) for n in wrt))


def _unexplained(trace: Trace) -> Finding:
    read = trace.run.read
    line = read.node.lineno
    return Finding(
        "mismatch",
        "the derivative differs from finite differences, and no operation was found that is "
        "wrong alone",
        "report the function and its arguments; srcgrad.check_grads says more",
        "",
        read.file,
        line,
        read.lines[line - 1].strip(),
    )


def _blaming(found: Culprit) -> Finding:
    place = found.location
    return Finding(
        "mismatch",
        f"the derivative of {found.operation} is wrong: {found.error}",
        f"correct the rule of {found.operation}, or report it if it is not yours",
        "reverse",
        place.file,
        place.line,
        place.text.strip(),
    )

"""A function run again with one of its variables moved, as often as a difference needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.comparing import TOLERANCES
from srcgrad.conversion import as_float
from srcgrad.debug.report.perturbing import Hit, Probe, Wanted, instrumented
from srcgrad.differences import Differences, Program, flattened, precision
from srcgrad.errors import UnsupportedError
from srcgrad.runtime import copied
from srcgrad.trees import Vector, ravel

if TYPE_CHECKING:
    from srcgrad.debug.events import Event
    from srcgrad.debug.trace import Trace


@dataclass(frozen=True)
class Moved:
    """The derivative of the result along a direction: by differences, and by the adjoint.

    `along` names the direction where it is not that of a single number.
    """

    difference: float
    adjoint: float
    along: str
    agrees: bool
    smooth: bool


class Subject:
    """The user's function and the arguments of a trace, to be run again and again."""

    def __init__(self, trace: Trace, wanted: Wanted) -> None:
        gradient = trace.gradient
        self.request = gradient._request
        self.seeds = [trace.arguments[n] for n in self.request.seeds]
        given = {n: v for n, v in trace.arguments.items() if n not in self.request.seeds}
        bound = gradient_signature(gradient).bind_partial()
        self.bound = bound
        self.given = {n: as_float(v) if n in gradient.in_floats else v for n, v in given.items()}
        self.make = instrumented(gradient.primal, wanted)
        probe = Probe()
        self.result = self._run(probe)
        self.hits = probe.hits

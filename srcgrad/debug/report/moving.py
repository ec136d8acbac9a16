"""A function run again with one of its variables moved, as often as a difference needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.comparing import FEW, TOLERANCES
from srcgrad.debug.report.parts import Path, Shift, part_of, shifted, shifted_in_place
from srcgrad.debug.report.perturbing import Hit, Probe, Wanted, instrumented
from srcgrad.differences import Differences, Program, precision
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.gradient import signature_of
from srcgrad.runtime import copied
from srcgrad.trees import Vector, ravel

if TYPE_CHECKING:
    from srcgrad.debug.run import Run


NUDGE = 1e-3  # relative to the size of a number, to see whether it matters


@dataclass(frozen=True)
class Way:
    """Which part of a variable is moved where, and how; `precision` is that of the comparison."""

    hit: Hit
    path: Path
    shift: Shift
    precision: float


@dataclass(frozen=True)
class Moved:
    """The derivative of the result along a direction: by differences, and by the adjoint.

    `along` says of what direction, where there is more than one number to move.
    """

    difference: float
    adjoint: float
    along: str
    agrees: bool
    smooth: bool


class Subject:
    """The user's function at the arguments of a run of its gradient, to be run again and again.

    `hits` are the places that it came past. Raises SrcgradError for a function that cannot be
    run in another form or gives another result each time. `stores` says whether it writes into
    elements of arrays or of lists.
    """

    def __init__(self, run: Run, wanted: Wanted, stores: bool) -> None:
        self.request, self.stores = run.gradient._request, stores
        given = {**run.given, **{n: v for n, v in run.arguments.items() if n in run.given}}
        self.seeds = [given[n] for n in self.request.seeds]
        self.signature = signature_of(run.gradient.primal)
        self.names = tuple(n for n in self.signature.parameters if n in given)
        values = tuple(given[n] for n in self.names)
        self.values = Program(run.gradient.primal, values, ()).wide.args
        self.precision = max(map(_precision, values), default=_precision(0.0))
        self.probe = Probe()
        self.function = instrumented(run.gradient.primal, wanted, self.probe)
        self.hits: list[Hit] = []
        self.strayed = False  # whether a run came past other places than the first one
        self.result = self._run()
        self.hits = self.probe.hits
        if not np.array_equal(self._run(), self.result, equal_nan=True):
            raise UnsupportedError("it gives another result each time")

    def _run(self, move: Callable[[Any], Any] | None = None, target: int = -1) -> Vector:
        """The number that is differentiated, shape (1,)."""
        self.probe.begin(move, target)
        bound = self.signature.bind_partial()
        bound.arguments.update(zip(self.names, map(copied, self.values), strict=True))
        number = self._number(self.function(*bound.args, **bound.kwargs))
        self.strayed = self.strayed or len(self.probe.hits) != len(self.hits)
        return number

    def _number(self, result: Any) -> Vector:
        if self.request.has_aux:
            result = result[0]
        if self.request.mode == "gradient":
            return _real(result)
        if self.request.mode == "pullback":
            seeds = np.concatenate([_real(s) for s in self.seeds])
            return np.atleast_1d(_real(result) @ seeds)
        raise UnsupportedError("only gradients and pullbacks are compared with differences")

    def moved(self, hit: Hit, adjoint: Any, path: Path) -> Moved:
        """The derivative with respect to a part of the variable of a hit, next to its adjoint."""
        whole = self._value(hit)
        value = part_of(whole, path)
        x = _real(value)
        bar = _fitting(_real(adjoint), x)
        # an adjoint may count what other names of the same memory do
        has_memory = isinstance(part_of(whole, path[:-1]), np.ndarray)
        shifts = (shifted, shifted_in_place) if has_memory else (shifted,)
        ways = [Way(hit, path, shift, max(self.precision, _precision(value))) for shift in shifts]
        direction = _direction(x)
        found = self._first(ways, direction, bar)
        if found.agrees or not self.stores:
            return found
        again = self._first(ways, direction * self._matters(ways[0], x), bar)
        return replace(again, along=", along what is not overwritten later")

    def _first(self, ways: Sequence[Way], direction: Vector, bar: Vector) -> Moved:
        """The comparison for the first way of moving a variable that agrees, or else any."""
        found = [self._along(ways[0], direction, bar)]
        for way in ways[1:]:
            if not found[-1].agrees:
                found.append(self._along(way, direction, bar))
        return next((m for m in found if m.agrees), found[0])

    def _matters(self, way: Way, x: Vector) -> Vector:
        """For each number 1 if the result depends on it and 0 if not, as if overwritten unread.

        The reverse sweep leaves the adjoints of the latter as they were, as nothing reads them.
        """
        if x.size > FEW:
            raise UnsupportedError("the adjoints of elements that are overwritten may be old ones")
        moves = (self._result_of(way, d)(NUDGE) for d in np.diag(np.maximum(1, abs(x))))
        return np.array([float(not np.array_equal(m, self.result)) for m in moves])

    def _value(self, hit: Hit) -> Any:
        """What the variable holds there."""
        seen: list[Any] = []

        def look(value: Any) -> Any:
            seen.append(copied(value))
            return value

        self._run(look, hit.order)
        return seen[0]

    def _along(self, way: Way, direction: Vector, bar: Vector) -> Moved:
        """The comparison along a direction."""
        rtol = next(r for known, r in TOLERANCES if way.precision <= known)
        self.strayed = False
        result = self._result_of(way, direction)
        differences = Differences(Program(result, (0.0,), (0,)), None, rtol)
        known = differences.along(np.ones(1))
        difference, adjoint = float(known.value[0]), float(bar @ direction)
        noise = 64 * way.precision * float(np.max(np.abs(self.result), initial=0))
        size = float(np.abs(bar) @ np.abs(direction)) + abs(difference)
        tolerance = rtol * size + 4 * float(known.error[0]) + noise
        agrees = abs(difference - adjoint) <= tolerance
        smooth = agrees or not self.strayed
        smooth = smooth and differences.is_smooth(np.ones(1), known.step, _only, tolerance)
        along = "" if len(bar) == 1 else ", both along a random direction"
        return Moved(difference, adjoint, along, agrees, smooth)

    def _result_of(self, way: Way, direction: Vector) -> Callable[[float], Vector]:
        """The result as a function of how far a variable is moved along a direction."""

        def result(step: float) -> Vector:
            undo: list[Callable[[], None]] = []
            by = step * direction
            try:
                return self._run(lambda v: way.shift(v, by, way.path, undo), way.hit.order)
            finally:
                for back in undo:
                    back()

        return result


def _precision(value: Any) -> float:
    """The relative precision of the floats of a value; that of float64 if it has none."""
    try:
        return precision(value)
    except SrcgradError:
        return precision(0.0)


def _only(vector: Vector) -> Any:
    return vector[0]


def _real(value: Any) -> Vector:
    """All numbers of a value, which has to be of real ones; shape (n,)."""
    vector = np.atleast_1d(ravel(value)[0])
    if np.iscomplexobj(vector):
        raise UnsupportedError("complex numbers are not compared with differences")
    return vector.astype(float)


def _fitting(bar: Vector, x: Vector) -> Vector:
    """An adjoint in the shape of its variable: one number may stand for all."""
    if bar.size not in (1, x.size):
        raise UnsupportedError("the variable has another shape here than its adjoint")
    return np.broadcast_to(bar, x.shape)


def _direction(x: Vector) -> Vector:
    """A direction in which each number moves relative to its size; of one number, upwards."""
    if x.size == 1:
        return np.ones(1)
    random = np.random.default_rng(x.size).standard_normal(x.size)
    return random * np.maximum(1, np.abs(x))

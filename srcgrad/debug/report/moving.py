"""A function run again with one of its variables moved, as often as a difference needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from inspect import BoundArguments
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.comparing import FEW, TOLERANCES
from srcgrad.debug.report.perturbing import Hit, Probe, Wanted, instrumented
from srcgrad.differences import Difference, Differences, Program, flattened, precision
from srcgrad.errors import UnsupportedError
from srcgrad.gradient import signature_of
from srcgrad.runtime import copied
from srcgrad.trees import Vector, ravel

if TYPE_CHECKING:
    from srcgrad.debug.trace import Call

Shift = Callable[[Any, Vector, list[Callable[[], None]]], Any]
"""Moves a value by a vector; what has to be put back later goes on the list."""

NUDGE = 1e-3  # relative to the size of a number, to see whether it matters


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
    """The user's function at the arguments of a call of its gradient, to be run again and again.

    `hits` are the places that it came past. Raises SrcgradError for a function that cannot be
    run in another form or gives another result each time. `stores` says whether it writes into
    elements of arrays or of lists.
    """

    def __init__(self, call: Call, wanted: Wanted, stores: bool) -> None:
        gradient = call.gradient
        self.request = gradient._request
        given = gradient._bind(call.args, call.kwargs)
        self.seeds = [given[n] for n in self.request.seeds]
        self.signature = signature_of(gradient.primal)
        self.names = tuple(n for n in self.signature.parameters if n in given)
        values = tuple(given[n] for n in self.names)
        self.values = Program(gradient.primal, values, ()).wide.args
        self.precision = precision(list(map(_floats, values)))
        self.make = instrumented(gradient.primal, wanted)
        probe = Probe()
        self.result = self._run(probe)
        self.hits = probe.hits
        self.stores = stores
        if not np.array_equal(self._run(Probe()), self.result, equal_nan=True):
            raise UnsupportedError("it gives another result each time")

    def _run(self, probe: Probe) -> Vector:
        """The number that is differentiated, shape (1,)."""
        values = map(copied, self.values)
        bound = BoundArguments(self.signature, dict(zip(self.names, values, strict=True)))  # type: ignore[arg-type]
        return self._number(self.make(probe)(*bound.args, **bound.kwargs))

    def _number(self, result: Any) -> Vector:
        if self.request.has_aux:
            result = result[0]
        if self.request.mode == "gradient":
            return _real(result)
        if self.request.mode == "pullback":
            seeds = np.concatenate([_real(s) for s in self.seeds])
            return np.atleast_1d(_real(result) @ seeds)
        raise UnsupportedError("only gradients and pullbacks are compared with differences")

    def moved(self, hit: Hit, adjoint: Any) -> Moved:
        """The derivative with respect to the variable of a hit, next to its adjoint."""
        value = self._value(hit)
        x = _real(value)
        bar = _fitting(_real(adjoint), x)
        # an adjoint may count what other names of the same memory do
        shifts = (_shifted, _shifted_in_place) if isinstance(value, np.ndarray) else (_shifted,)
        direction = _direction(x)
        found = self._first(hit, direction, bar, shifts, precision(value))
        if found.agrees or not self.stores:
            return found
        live = direction * self._matters(hit, x)
        again = self._first(hit, live, bar, shifts, precision(value))
        return replace(again, along=", along what is not overwritten later")

    def _first(
        self, hit: Hit, direction: Vector, bar: Vector, shifts: tuple[Shift, ...], least: float
    ) -> Moved:
        """The comparison for the first way of moving a variable that agrees, or else any."""
        found = [self._along(hit, direction, bar, shifts[0], least)]
        for shift in shifts[1:]:
            if not found[-1].agrees:
                found.append(self._along(hit, direction, bar, shift, least))
        return next((m for m in found if m.agrees), found[0])

    def _matters(self, hit: Hit, x: Vector) -> Vector:
        """For each number 1 if the result depends on it and 0 if not, as if overwritten unread.

        The reverse sweep leaves the adjoints of the latter as they were, as nothing reads them.
        """
        if x.size > FEW:
            raise UnsupportedError("the adjoints of elements that are overwritten may be old ones")
        moves = (self._result_of(hit, d, _shifted)(NUDGE) for d in np.diag(np.maximum(1, abs(x))))
        return np.array([float(not np.array_equal(m, self.result)) for m in moves])

    def _value(self, hit: Hit) -> Any:
        """What the variable holds there."""
        seen: list[Any] = []

        def look(value: Any) -> Any:
            seen.append(copied(value))
            return value

        self._run(Probe(look, hit.order))
        return seen[0]

    def _along(
        self, hit: Hit, direction: Vector, bar: Vector, shift: Shift, least: float
    ) -> Moved:
        """The comparison along a direction; `least` is the precision of what is moved."""
        exact = max(self.precision, least)
        rtol = next(r for known, r in TOLERANCES if exact <= known)
        result = self._result_of(hit, direction, shift)
        differences = Differences(Program(result, (0.0,), (0,)), None, rtol)
        known = differences.along(np.ones(1))
        difference, adjoint = float(known.value[0]), float(bar @ direction)
        tolerance = self._tolerance(known, bar, direction, rtol, exact)
        agrees = abs(difference - adjoint) <= tolerance
        smooth = agrees or differences.is_smooth(
            np.ones(1), known.step, lambda v: v[0], tolerance
        )
        along = "" if len(bar) == 1 else ", both along a random direction"
        return Moved(difference, adjoint, along, agrees, smooth)

    def _result_of(self, hit: Hit, direction: Vector, shift: Shift) -> Callable[[float], Vector]:
        """The result as a function of how far a variable is moved along a direction."""

        def result(step: float) -> Vector:
            undo: list[Callable[[], None]] = []
            try:
                return self._run(Probe(lambda v: shift(v, step * direction, undo), hit.order))
            finally:
                for back in undo:
                    back()

        return result

    def _tolerance(
        self, known: Difference, bar: Vector, direction: Vector, rtol: float, exact: float
    ) -> float:
        """What rounding leaves open, and what neither the difference nor the adjoint can know."""
        size = float(np.abs(bar) @ np.abs(direction))
        noise = 64 * exact * float(np.max(np.abs(self.result), initial=0))
        return rtol * (size + abs(float(known.value[0]))) + 4 * float(known.error[0]) + noise


def _floats(value: Any) -> Any:
    """A value if it is of floats, for its precision."""
    return value if isinstance(value, np.ndarray | np.floating) and value.dtype.kind == "f" else 0.0


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


def _shifted(value: Any, by: Vector, undo: list[Callable[[], None]]) -> Any:
    """Another value, in float64."""
    (wide,) = Program(ravel, (value,), ()).wide.args
    vector, unravel = ravel(wide)
    return unravel(vector + by)


def _shifted_in_place(value: Any, by: Vector, undo: list[Callable[[], None]]) -> Any:
    """The same array with other numbers, until they are put back."""
    before = value.copy()
    undo.append(lambda: np.copyto(value, before))
    value += by.reshape(value.shape)
    return value

"""Derivatives next to differences: of each mode, along directions and number by number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from srcgrad.differences import Difference, Differences, Program, flattened, precision, spread
from srcgrad.gradient import Gradient
from srcgrad.making import pullback_of, tangent_of
from srcgrad.trees import Vector, map_leaves, ravel

FEW = 32  # so many numbers are moved one by one
MANY = 512  # so many are looked through for the worst one of a derivative that is wrong
WORDS = {"fwd": "forward", "rev": "reverse"}
TOLERANCES = ((1e-12, 1e-5), (1e-5, 2e-3), (1.0, 5e-2))
"""The relative tolerances for the precision of the floats: of float64, float32 and float16."""


@dataclass(frozen=True)
class Options:
    """What was asked for; `chain` are the modes applied so far, the last one outermost."""

    order: int
    modes: tuple[str, ...]
    atol: float | None
    rtol: float | None
    eps: float | None
    chain: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """The derivative in words."""
        if len(self.chain) == 1:
            return f"the {WORDS[self.chain[0]]}-mode derivative"
        composed = " over ".join(WORDS[mode] for mode in reversed(self.chain))
        return f"the derivative of order {len(self.chain)} ({composed} mode)"


# the modes ----------------------------------------------------------------------------------------


class Forward:
    """Forward mode of a program: its tangents along directions of shape (n,)."""

    def __init__(self, of: Program) -> None:
        self.of = of
        self.function = _without_value(tangent_of, of)
        self.program = Program(self.function, of.before(self._seeds(direction_in(of))), of.varied)

    def _seeds(self, direction: Vector) -> Any:
        return self.of.flat[1](direction)

    def along(self, direction: Vector) -> Vector:
        """The tangent of the result, all of its numbers."""
        return flattened(self.function(*self.of.before(self._seeds(direction))))

    def seen(self, difference: Vector) -> Vector:
        """What a difference of the result is to be compared with the derivative as."""
        return difference

    def rounded(self, direction: Vector) -> Vector:
        """The direction in the dtypes of the arguments."""
        return flattened(self._seeds(direction))


class Reverse(Forward):
    """Reverse mode of a program: the adjoints of its arguments for a random one of its result."""

    def __init__(self, of: Program) -> None:
        self.of = of
        self.function = _without_value(pullback_of, of)
        vector, unravel = ravel(of.result)
        bar = unravel(np.random.default_rng(vector.size).standard_normal(vector.size))
        self.bar = flattened(bar)
        self.program = Program(self.function, of.before((bar,)), of.varied)
        self.gradient = flattened(self._checked(self.program.result))

    def _checked(self, bars: Any) -> Any:
        """The adjoints, which have the structure and shapes of the arguments."""
        return map_leaves(lambda x, bar: np.broadcast_to(bar, np.shape(x)), self.of.moved, bars)

    def along(self, direction: Vector) -> Vector:
        return np.atleast_1d(self.gradient @ direction)

    def seen(self, difference: Vector) -> Vector:
        return np.atleast_1d(self.bar @ difference)


DERIVATIVES: dict[str, type[Forward]] = {"fwd": Forward, "rev": Reverse}


def _without_value(make: Callable[..., Any], program: Program) -> Gradient:
    """A derivative that does not return the value as well, which was checked before."""
    whole = make(program.function, program.varied)
    return Gradient(whole.primal, replace(whole._request, with_value=False), whole._title)


def direction_in(program: Program, seed: int = 0) -> Vector:
    """A random direction in which each number moves relative to its size."""
    x = program.flat[0].astype(float)
    scale: Vector = np.maximum(1, np.abs(x))
    return np.random.default_rng(seed).standard_normal(x.size) * scale


# one derivative -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A derivative along a direction and the difference, as arrays of what is compared.

    `place` is the number that is moved, None for a random direction.
    """

    place: int | None
    direction: Vector
    derivative: Vector
    difference: Vector
    tolerance: Vector
    step: float

    @property
    def excess(self) -> Vector:
        """How many times too large each difference is; above 1 it is."""
        with np.errstate(all="ignore"):
            apart = np.abs(self.derivative - self.difference)
            same = self.derivative == self.difference
            return np.where(same, 0, np.nan_to_num(apart / self.tolerance, nan=np.inf))


class Comparison:
    """A derivative next to the differences of its program."""

    def __init__(self, derivative: Forward, options: Options) -> None:
        self.derivative, self.options = derivative, options
        program = derivative.of
        self.precision = max(precision(program.moved), precision(program.result))
        usual = next(rtol for least, rtol in TOLERANCES if self.precision <= least)
        self.rtol = usual if options.rtol is None else options.rtol
        self.differences = Differences(program, options.eps, self.rtol)

    def row(self, direction: Vector, place: int | None = None) -> Row:
        """The derivative along a direction, next to the difference."""
        direction = self.derivative.rounded(direction)
        with np.errstate(all="ignore"):
            found = self.derivative.along(direction)
        known = self.differences.along(direction)
        tolerance = self._tolerance(known, direction)
        return Row(
            place, direction, found, self.derivative.seen(known.value), tolerance, known.step
        )

    def _tolerance(self, known: Difference, direction: Vector) -> Vector:
        """What is asked for, and what neither the difference nor the derivative can know."""
        size, error = self._sizes(known, direction)
        atol = self.rtol * size if self.options.atol is None else self.options.atol
        noise = 64 * self.precision * np.max(np.abs(self.differences.y), initial=0)
        total = atol + self.rtol * np.abs(self.derivative.seen(known.value)) + 4 * error + noise
        return np.where(np.isfinite(total), total, 0)

    def _sizes(self, known: Difference, direction: Vector) -> tuple[Vector, Vector]:
        """The size of the derivative around each number, and the error of the difference."""
        derivative = self.derivative
        if not isinstance(derivative, Reverse):
            return spread(known.value, derivative.of.result), known.error
        bar = np.abs(derivative.bar)
        around = spread(derivative.gradient, derivative.of.moved) * (direction != 0)
        size = bar @ np.abs(known.value) + np.max(around * np.abs(direction), initial=0)
        return np.array([size]), np.array([bar @ known.error])

    def places(self, places: Sequence[int]) -> Iterator[Row]:
        """The rows of some numbers, each moved by itself."""
        n = len(self.differences.x)
        for i in places:
            yield self.row(np.eye(1, n, i)[0], i)

    def is_smooth(self, row: Row, k: int) -> bool:
        """Whether the function is, as far as differences can tell."""
        size = max(row.tolerance[k], 1e-3 * abs(row.difference[k]))
        seen = self.derivative.seen
        return self.differences.is_smooth(row.direction, row.step, lambda v: seen(v)[k], size)


@dataclass(frozen=True)
class Worst:
    """The worst entry of a derivative that is wrong: of the result and of what is moved."""

    row: Row
    k: int
    smooth: bool


def worst_of(derivative: Forward, options: Options) -> Worst | None:
    """The entry that is the most wrong; None if all are right."""
    comparison = Comparison(derivative, options)
    n = len(comparison.differences.x)
    rows = [comparison.row(direction_in(derivative.of, seed=1))]
    if n <= FEW:
        rows += comparison.places(range(n))
    if all(np.max(row.excess, initial=0) <= 1 for row in rows):
        return None
    if n > FEW:
        sample = np.random.default_rng(2).permutation(n)[:MANY]
        rows += comparison.places(sorted(sample.tolist()))
    alone = [row for row in rows[1:] if np.max(row.excess, initial=0) > 1]
    row = max(alone or rows[:1], key=lambda row: float(np.max(row.excess, initial=0)))
    k = int(np.argmax(row.excess))
    return Worst(row, k, comparison.is_smooth(row, k))

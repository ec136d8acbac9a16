"""Central differences in float64 that know how far they can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from srcgrad.errors import ArgumentError
from srcgrad.runtime import copied
from srcgrad.trees import Unravel, Vector, leaves, map_leaves, ravel

STEPS = (1e-5, 1e-4, 1e-6, 1e-3, 1e-7, 1e-8)
"""Steps relative to the size of what is moved, the most promising first."""
TINY = (1e-9, 1e-11, 1e-13)
"""Steps for where all others leave the function's domain."""


@dataclass(frozen=True)
class Program:
    """A function at a point: the arguments at the positions `varied` move, the others stay."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    varied: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many arguments there are up to the last one that is varied."""
        return 1 + max(self.varied)

    @property
    def moved(self) -> tuple[Any, ...]:
        """The arguments that are varied."""
        return tuple(self.args[i] for i in self.varied)

    @cached_property
    def flat(self) -> tuple[Vector, Unravel]:
        """The arguments that are varied as one vector of shape (n,), and the way back."""
        return ravel(self.moved)

    @cached_property
    def result(self) -> Any:
        """What the function returns here, with the structure and the dtypes that it has."""
        with np.errstate(all="ignore"):
            return self.function(*copied(self.args))

    @cached_property
    def wide(self) -> Program:
        """The same with all narrower floats in float64."""
        return replace(self, args=tuple(map(_widened, self.args)))

    def at(self, vector: Vector) -> Vector:
        """All numbers of the result, in float64, with the varied arguments from a vector."""
        new = dict(zip(self.varied, self.flat[1](vector), strict=True))
        args = [new[i] if i in new else copied(a) for i, a in enumerate(self.args)]
        with np.errstate(all="ignore"):
            return flattened(self.function(*args))

    def before(self, seeds: tuple[Any, ...]) -> tuple[Any, ...]:
        """The arguments of a derivative: seeds stand behind the last one that is varied."""
        return (*self.args[: self.count], *seeds, *self.args[self.count :])


def flattened(tree: Any) -> Vector:
    """All numbers of a tree in a vector of float64 of shape (n,)."""
    return ravel(tree)[0].astype(float)


def precision(tree: Any) -> float:
    """The relative precision of the narrowest floats of a tree, at best that of float64."""
    found = [np.finfo(leaf.dtype).eps for leaf in leaves(tree) if isinstance(leaf, ARRAYS)]
    return float(max([np.finfo(float).eps, *found]))


ARRAYS = (np.ndarray, np.generic)


def _widened(arg: Any) -> Any:
    try:
        return map_leaves(_wide_leaf, arg)
    except ArgumentError:  # not of floats: it stays as it is
        return arg


def _wide_leaf(leaf: Any) -> Any:
    return leaf.astype(float) if isinstance(leaf, ARRAYS) and leaf.dtype.itemsize < 8 else leaf


def spread(values: Vector, tree: Any) -> Vector:
    """For each number of a tree the largest of the absolute `values` in its leaf."""
    sizes = [np.size(leaf) for leaf in leaves(tree)]
    pieces = np.split(np.abs(values), np.cumsum(sizes)[:-1]) if sizes else []
    return np.concatenate([np.empty(0), *(np.full(p.size, p.max(initial=0)) for p in pieces)])


@dataclass(frozen=True)
class Difference:
    """The central difference along a direction; arrays of shape (m,), m numbers in the result.

    `apart` is how far the differences of two steps lie apart, `size` how large they are, and
    `noise` what rounding does to them, each the largest in a leaf; `step` is the larger one.
    """

    value: Vector
    apart: Vector
    size: Vector
    noise: Vector
    step: float

    @property
    def error(self) -> Vector:
        """How far the value may be off: what does not settle is not taken for right."""
        settled: Vector = np.minimum(self.apart, 0.1 * self.size)
        return settled + self.noise

    @property
    def uncertainty(self) -> float:
        """The largest error there may be, to choose a step by."""
        worst = float(np.max(self.apart + self.noise, initial=0))
        return worst if np.isfinite(worst) else np.inf


class Differences:
    """Central differences of a program in float64, with steps relative to the point's size."""

    def __init__(self, program: Program, eps: float | None, tolerance: float) -> None:
        self.program = program.wide
        self.x = self.program.flat[0].astype(float)
        self.y = self.program.at(self.x)
        self.rounding = 4 * precision(self.program.result)
        self.tolerance = tolerance
        coarser = (self.rounding / (4 * np.finfo(float).eps)) ** (1 / 3)
        self.steps = tuple(s * coarser for s in STEPS) if eps is None else (eps,)
        self.smaller = TINY if eps is None else ()

    def along(self, direction: Vector) -> Difference:
        """The difference along a direction of shape (n,), by the step that is best for it."""
        best = self._tried(direction, self.steps[0])
        for step in (*self.steps[1:], *self.smaller):
            if self._is_fine(best) or (step in TINY and np.isfinite(best.value).all()):
                break
            best = min(best, self._tried(direction, step), key=lambda d: d.uncertainty)
        return best

    def _is_fine(self, found: Difference) -> bool:
        size = float(np.max(np.abs(found.value), initial=0))
        return size == 0 or found.uncertainty <= 0.1 * self.tolerance * size

    def _tried(self, direction: Vector, step: float) -> Difference:
        coarse, fine = self._central(direction, step), self._central(direction, step / 2)
        with np.errstate(all="ignore"):
            apart, size, noise = (
                spread(values, self.program.result) for values in (coarse - fine, fine, self.y)
            )
            noise = noise * (self.rounding / step * self._unit(direction))
            return Difference(fine, apart, size, noise, step)

    def _central(self, direction: Vector, step: float) -> Vector:
        h = step / self._unit(direction)
        ahead = self.program.at(self.x + h * direction)
        behind = self.program.at(self.x - h * direction)
        with np.errstate(all="ignore"):
            difference: Vector = (ahead - behind) / (2 * h)
        return difference

    def _unit(self, direction: Vector) -> float:
        """The largest relative move of a number for a step of 1 along a direction."""
        return float(np.max(np.abs(direction) / np.maximum(1, np.abs(self.x)), initial=0)) or 1.0

    def sides(self, direction: Vector, step: float) -> tuple[Vector, Vector]:
        """The one-sided differences, to the left and to the right."""
        h = step / self._unit(direction)
        ahead = self.program.at(self.x + h * direction)
        behind = self.program.at(self.x - h * direction)
        with np.errstate(all="ignore"):
            return (self.y - behind) / h, (ahead - self.y) / h

    def is_smooth(
        self, direction: Vector, step: float, seen: Callable[[Vector], Vector], size: float
    ) -> bool:
        """Whether the differences from both sides close in on each other.

        `seen` picks the number that is compared, and `size` is how far apart is far.  At a kink the
        gap between the sides stays for ever smaller steps, at a jump the differences grow.
        """
        with np.errstate(all="ignore"):
            left, right = (float(seen(side)) for side in self.sides(direction, step))
            inner, outer = (float(seen(side)) for side in self.sides(direction, step / 4))
        if not np.all(np.isfinite([left, right, inner, outer])):
            return False
        kink = abs(outer - inner) > max(0.5 * abs(right - left), size)
        jump = abs(inner) + abs(outer) > max(2 * (abs(left) + abs(right)), size)
        return not (kink or jump)

"""Keep what a run assigns, in bounded memory: the first, the last and every k-th pass of loops."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.debug.summaries import summarise

float64, ndarray, isfinite = np.float64, np.ndarray, math.isfinite
SCALARS = frozenset([int, bool, np.float32, np.float16, np.int64, np.bool_, complex, type(None)])


@dataclass(frozen=True)
class TraceOptions:
    """How much a trace keeps.

    `most` events are kept, about; of loops whose events are more, the first pass, the last one and
    every k-th, k a power of two. `keep` are the user's variables that are of interest, all if it is
    None. Arrays of up to `whole` elements are kept as they are, of others their summaries.
    """

    most: int = 10_000
    keep: frozenset[str] | None = None
    whole: int = 64


Raw = tuple[int, int, tuple[int, ...], Any]
"""An assignment: its index in the run, the slot that it belongs to, the passes, and the value."""


class Passes:
    """One run of a loop: the passes kept, each with its number and what was recorded in it."""

    __slots__ = ("kept", "length", "outer", "started", "upper")

    def __init__(self, length: int, outer: tuple[int, ...], upper: list[Any]) -> None:
        self.length = length  # of a loop that runs backwards; -1 forwards
        self.outer = outer
        self.upper = upper
        self.started = 0
        self.kept: list[tuple[int, list[Any]]] = []


class Recorder:
    """What an instrumented function calls: `record` with each value, the others around loops.

    `reverse` are the slots of the reverse sweep.
    """

    def __init__(self, options: TraceOptions, reverse: frozenset[int]) -> None:
        self.reverse = reverse
        self.whole = options.whole
        self.most = options.most
        self.count = 0
        self.stride = 1
        self.room = options.most
        self.iteration: tuple[int, ...] = ()
        self.top: list[Any] = []
        self.out = self.top
        self.loops: list[Passes] = []
        self.bad: dict[bool, Raw] = {}  # the first one that is not finite, of each sweep

    # values

    def record(self, slot: int, value: Any) -> None:
        """Keep a value that the statement of a slot assigned."""
        kind = type(value)
        if kind is float or kind is float64:
            if not isfinite(value):
                self._note(slot, value)
        elif kind is ndarray:
            value = self._array(slot, value)
        elif kind not in SCALARS:
            value = self._other(slot, value)
        self.out.append((self.count, slot, self.iteration, value))
        self.count += 1

    def _array(self, slot: int, value: Any) -> Any:
        """A copy of a small array, the summary of a large one."""
        if value.size > self.whole or value.dtype.kind not in "fiubc":
            kept = summarise(value)
            if kept.first_bad is not None:
                self._note(slot, kept)
            return kept
        kept = value.copy()
        if len(self.bad) < 2 and value.dtype.kind in "fc" and not _is_finite(kept):
            self._note(slot, kept)
        return kept

    def _other(self, slot: int, value: Any) -> Any:
        kept = summarise(_as_array(value))
        if kept.first_bad is not None:
            self._note(slot, kept)
        return kept

    def _note(self, slot: int, value: Any) -> None:
        """Remember the first value of each sweep that is not finite."""
        self.bad.setdefault(slot in self.reverse, (self.count, slot, self.iteration, value))

    # loops

    def enter(self) -> None:
        """A loop of the forward sweep begins."""
        self.loops.append(Passes(-1, self.iteration, self.out))

    def enter_reverse(self, source: Any) -> Any:
        """A loop of the reverse sweep begins: its first pass is the last one of the forward."""
        length = len(source)
        self.loops.append(Passes(length, self.iteration, self.out))
        return source

    def step(self) -> None:
        """A pass begins."""
        passes = self.loops[-1]
        kept, stride = passes.kept, self.stride
        if len(kept) > 1 and kept[-1][0] % stride:
            kept.pop()
        number = passes.started
        passes.started = number + 1
        if passes.length >= 0:
            number = passes.length - 1 - number
        self.iteration = (*passes.outer, number)
        self.out = []
        kept.append((number, self.out))
        if self.count > self.room:
            self._make_room()

    def leave(self) -> None:
        """A loop is over."""
        passes = self.loops.pop()
        self.iteration = passes.outer
        self.out = passes.upper
        self.out.append(passes)

    # what is kept

    def _make_room(self) -> None:
        """Keep fewer passes, if too much is kept."""
        self._thin()
        self.room = self.count + max(self.most - self._size(), self.most // 4, 64)

    def _thin(self) -> None:
        while self._size() > self.most and self.stride < self._longest():
            self.stride *= 2
            for passes in self._all():
                last = len(passes.kept) - 1
                passes.kept = [
                    p for i, p in enumerate(passes.kept) if i in (0, last) or not p[0] % self.stride
                ]

    def _all(self) -> Iterator[Passes]:
        """All runs of loops, those that are open among them, outer ones first."""
        waiting = [self.top]
        for passes in self.loops:
            yield passes
            waiting += [items for _, items in passes.kept]
        while waiting:
            for item in waiting.pop():
                if isinstance(item, Passes):
                    yield item
                    waiting += [items for _, items in item.kept]

    def _longest(self) -> int:
        return max((passes.started for passes in self._all()), default=0)

    def _size(self) -> int:
        return sum(not isinstance(item, Passes) for item in self._items())

    def _items(self) -> Iterator[Any]:
        yield from self.top
        for passes in self._all():
            for _, items in passes.kept:
                yield from items

    def finish(self) -> list[Raw]:
        """All that is kept, in order of time; loops that an error ended are closed."""
        while self.loops:
            self.leave()
        self._thin()
        found = {item[0]: item for item in self._items() if not isinstance(item, Passes)}
        found.update({raw[0]: raw for raw in self.bad.values()})
        return [found[index] for index in sorted(found)]


def _is_finite(array: Any) -> bool:
    squares = np.vdot(array, array)
    if isfinite(squares.real):
        return True
    return bool(np.isfinite(array).all())  # large numbers, perhaps


def _as_array(value: Any) -> Any:
    """What behaves like an array of NumPy as one."""
    if hasattr(value, "__array__") and hasattr(value, "dtype") and hasattr(value, "shape"):
        return np.asarray(value)
    return value

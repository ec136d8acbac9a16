"""Which names are free when: each name is taken on segments of the program."""

from __future__ import annotations

import builtins
import heapq
import keyword
from bisect import bisect_left
from itertools import count

Segment = tuple[float, float]
NEAR = 8  # so many numbered names are tried one by one; beyond, those that are free for good


def overlap(a: list[Segment], b: list[Segment]) -> bool:
    """Whether two sets of segments have a point inside both."""
    return any(max(s, t) < min(e, f) for s, e in a for t, f in b)


def is_taken_by_python(name: str) -> bool:
    """Whether a name is a keyword or a builtin; `_` is one at a prompt, for its last result."""
    return keyword.iskeyword(name) or (name != "_" and hasattr(builtins, name))


class _Row:
    """The segments on which one name is taken, which are disjoint, in order."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []

    def is_free(self, wanted: list[Segment]) -> bool:
        return not any(self._meets(s) for s in wanted)

    def _meets(self, segment: Segment) -> bool:
        at = bisect_left(self.segments, segment)
        return overlap([segment], self.segments[max(at - 1, 0) : at + 2])

    def take(self, wanted: list[Segment]) -> None:
        self.segments = sorted([*self.segments, *wanted])
        merged: list[Segment] = []
        for start, end in self.segments:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        self.segments = merged


class Shelf:
    """Hands out names so that no two variables that live at the same time share one."""

    def __init__(self, reserved: set[str]) -> None:
        self.reserved = reserved
        self.rows: dict[str, _Row] = {}
        self.far: dict[str, list[tuple[float, int]]] = {}
        self.next: dict[str, int] = {}

    def take(self, base: str, segments: list[Segment], as_it_is: bool) -> str:
        """The name `base`, or `base_1` and so on: the first that is free on the segments."""
        if not as_it_is and (is_taken_by_python(base) or base in self.reserved):
            base += "_"
        name = base if as_it_is else self._free(base, segments)
        self.rows.setdefault(name, _Row()).take(segments)
        return name

    def _free(self, base: str, segments: list[Segment]) -> str:
        for i in range(NEAR):
            name = f"{base}_{i}" if i else base
            if self._is_free(name, segments):
                return name
        return self._far(base, segments)

    def _is_free(self, name: str, segments: list[Segment]) -> bool:
        return name not in self.reserved and (
            name not in self.rows or self.rows[name].is_free(segments)
        )

    def _far(self, base: str, segments: list[Segment]) -> str:
        """A name that was free before the segments start, if there is one, or else a new one."""
        ends = self.far.setdefault(base, [])
        last = max(e for _, e in segments)
        if ends and ends[0][0] <= min(s for s, _ in segments):
            number = heapq.heappop(ends)[1]
            if self._is_free(f"{base}_{number}", segments):
                heapq.heappush(ends, (last, number))
                return f"{base}_{number}"
        for number in count(self.next.get(base, NEAR)):
            if self._is_free(f"{base}_{number}", segments):
                self.next[base] = number + 1
                heapq.heappush(ends, (last, number))
                return f"{base}_{number}"
        raise AssertionError("there is always another number")

"""Differences of nearly equal numbers that cost the result its digits."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.debug.findings.finding import Finding
from srcgrad.debug.findings.replay import NUDGED, Observer, Operation, Replay, Step, Watched
from srcgrad.debug.findings.words import Words, called
from srcgrad.debug.summaries import numbers_in
from srcgrad.ir import Var

LEAST = 1e-6  # a difference this small next to its operands is looked at
VISIBLE = 1e-8  # a change of the result that is reported, for float64; of others its root


@dataclass(frozen=True, eq=False)
class Loss:
    """The worst run of a subtraction: its operands' size, that of its result, and where."""

    step: Step
    where: tuple[int, ...]
    size: float
    left: float

    @property
    def digits(self) -> float:
        """How many decimal digits are lost."""
        return math.log10(self.size / self.left) if self.left else math.inf


class Cancellations(Observer):
    """Watches a run for differences that are much smaller than what they are of."""

    def __init__(self, stages: Watched) -> None:
        self.activity = stages.activity
        self.worst: dict[Operation, Loss] = {}

    def __call__(self, step: Step) -> None:
        o = step.operation
        if not o.active or o.bind.op not in NUDGED or _is_large(step):
            return
        if not _are_floats(step):
            return
        sizes = np.broadcast_to(_sizes(step), np.shape(step.result))
        small = np.abs(step.result) < LEAST * sizes
        if not np.any(small & np.isfinite(sizes)):
            return
        left = np.where(small, np.abs(step.result) / np.where(sizes == 0, 1, sizes), np.inf)
        where = tuple(int(i) for i in np.unravel_index(int(np.argmin(left)), left.shape))
        size, rest = float(sizes[where]), float(np.abs(np.asarray(step.result)[where]))
        loss = Loss(step, where, size, rest)
        if o not in self.worst or loss.digits > self.worst[o].digits:
            self.worst[o] = loss

    def felt(self, replay: Replay, value: Any) -> list[tuple[Loss, float]]:
        """Those that the result feels when operands are rounded otherwise, and how much."""
        found = []
        for o, loss in self.worst.items():
            moved = replay.nudged(o, _rounded_otherwise)
            change = 0.0 if moved is None else _relative_change(value, moved)
            if change > max(VISIBLE, _precision(loss.step) ** 0.5):
                found.append((loss, change))
        return found

    def findings(self, felt: list[tuple[Loss, float]], words: Words) -> Iterator[Finding]:
        """A finding for each but residuals, differences from data: they are small in a good fit."""
        for loss, change in felt:
            operands = loss.step.operation.bind.args[:2]
            if not any(isinstance(a, Var) and a not in self.activity for a in operands):
                yield _finding(loss, change, words)


def _is_large(step: Step) -> bool:
    """Whether the result is a number that is not small next to its operands, as most are."""
    if not isinstance(step.result, float) or len(step.args) < 2:
        return False
    a, b = step.args[:2]
    numbers = isinstance(a, float | int) and isinstance(b, float | int)
    return numbers and bool(abs(step.result) >= LEAST * max(abs(a), abs(b)))


def _are_floats(step: Step) -> bool:
    kinds = [np.asarray(v).dtype.kind for v in (*step.args[:2], step.result)]
    return len(step.args) >= 2 and kinds[-1] == "f" and all(k in "fiu" for k in kinds)


def _sizes(step: Step) -> Any:
    return np.maximum(np.abs(step.args[0]), np.abs(step.args[1]))


def _precision(step: Step) -> float:
    return float(np.finfo(np.asarray(step.result).dtype).eps)


def _rounded_otherwise(step: Step) -> Any:
    """The result, as if the larger operand ended in another last digit."""
    result = step.result
    return result + (_sizes(step) * _precision(step)).astype(np.asarray(result).dtype)


def _relative_change(before: Any, after: Any) -> float:
    pairs = zip(numbers_in(before), numbers_in(after), strict=True)
    changes = [
        float(np.max(np.abs(b - a))) / float(np.max(np.abs(a)) or 1.0)
        for a, b in pairs
        if np.size(a) and a.dtype.kind in "fc"
    ]
    return max([c for c in changes if math.isfinite(c)], default=0.0)


def _finding(loss: Loss, change: float, words: Words) -> Finding:
    precision = _precision(loss.step)
    o = loss.step.operation
    a, b = (words.atom(atom) for atom in o.bind.args[:2])
    digits = min(loss.digits, -math.log10(precision))
    return Finding(
        "cancellation",
        f"{a} {called(loss.step)} {b} cancels: of numbers around {loss.size:.3g} is left "
        f"{loss.left:.3g}, {digits:.0f} of {-math.log10(precision):.0f} digits are lost; the last "
        f"digit of its operands changes the result by {change:.1g} of its size",
        "write it so that the large parts cancel before they are rounded: np.var(x) or "
        "np.mean((x - np.mean(x)) ** 2) for a variance, np.log1p, np.expm1, np.hypot",
        "forward",
        o.origin.location.file,
        o.origin.line,
        o.origin.text,
        o.target.hint or "",
        loss.step.iteration,
        loss.where,
    )

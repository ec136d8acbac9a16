"""Kinks that the run met: where a function has no derivative, and what is returned instead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.debug.findings.births import first_bad
from srcgrad.debug.findings.finding import Finding
from srcgrad.debug.findings.replay import Observer, Operation, Step, Watched
from srcgrad.debug.findings.words import Words, called, family
from srcgrad.ir import Var

MOST = 200  # runs of one operation that are looked at

REMEDY = (
    "if that is not what is meant, move away from there, or write the function smoothly (np.hypot "
    "with a small number, np.logaddexp for max)"
)


@dataclass(frozen=True, eq=False)
class Kink:
    """The first time that an operation met its kink."""

    step: Step
    where: tuple[int, ...]
    words: str


class Kinks(Observer):
    """Watches a run for operations at their kinks."""

    def __init__(self, stages: Watched, words: Words) -> None:
        self.activity = stages.activity
        self.words = words
        self.runs: dict[Operation, int] = {}
        self.found: dict[Operation, Kink] = {}

    def __call__(self, step: Step) -> None:
        operation = step.operation
        look = LOOKS.get(family(operation.bind.op))
        if look is None or operation in self.found:
            return
        runs = self.runs[operation] = self.runs.get(operation, 0) + 1
        if runs > MOST:
            return
        numbers = list(_numbers(step))
        decides = look is _threshold and any(a in self.activity for a, _ in numbers)
        if not (operation.active or decides):
            return
        kink = look(step, numbers, self.words)
        if kink is not None:
            self.found[operation] = Kink(step, *kink)

    def findings(self) -> Iterator[Finding]:
        """One for each operation."""
        for operation, kink in self.found.items():
            origin = operation.origin
            yield Finding(
                "kink",
                kink.words,
                REMEDY,
                "",
                origin.location.file,
                origin.line,
                origin.text,
                operation.target.hint or "",
                kink.step.iteration,
                kink.where,
            )


Numbers = list[tuple[Any, Any]]
Look = tuple[tuple[int, ...], str] | None


def _numbers(step: Step) -> Iterator[tuple[Any, Any]]:
    """The operands that are numbers or arrays of floats, with their values."""
    for atom, value in zip(step.operation.bind.args, step.args, strict=True):
        if isinstance(value, int | float | np.ndarray | np.generic) and not isinstance(value, bool):
            yield atom, value


def _is_float(value: Any) -> bool:
    return isinstance(value, float) or getattr(getattr(value, "dtype", None), "kind", "") == "f"


def _at_zero(step: Step, numbers: Numbers, words: Words) -> Look:
    """abs, and its like, of 0."""
    atom, value = numbers[0]
    if not _is_float(value) or np.all(value):
        return None
    where = _first(np.equal(value, 0))
    what = f"{called(step)} has a kink at 0, where 0 is taken for its derivative"
    return where, f"{what}; {words.at(atom, value, where)}"


def _norm(step: Step, numbers: Numbers, words: Words) -> Look:
    """The norm of a vector of zeros, the standard deviation of a constant one."""
    atom, _ = numbers[0]
    if not np.size(step.result) or np.all(step.result):
        return None
    where = _first(np.equal(step.result, 0))
    what = f"{called(step)} at 0 has no derivative, and 0 is taken for it"
    row = f" in row [{', '.join(map(str, where))}]" if where else ""
    state = "constant" if family(step.operation.bind.op) == "std" else "0"
    return where, f"{what}; all of {words.atom(atom)}{row} is {state}"


def _tie_of_two(step: Step, numbers: Numbers, words: Words) -> Look:
    """np.maximum of equal numbers, a relu at 0."""
    (a, x), (b, y) = numbers[:2] if len(numbers) > 1 else (numbers[0], numbers[0])
    if len(numbers) < 2 or a is b or not (_is_float(x) or _is_float(y)):
        return None
    equal = np.equal(x, y)
    if not np.any(equal):
        return None
    where = _first(equal)
    what = f"{called(step)} of equal numbers: each gets half of the derivative"
    atom, value = (a, x) if isinstance(a, Var) else (b, y)
    return where, f"{what}; {words.at(atom, value, where)}"


def _tie(step: Step, numbers: Numbers, words: Words) -> Look:
    """np.max over an array whose largest number is there more than once."""
    atom, value = numbers[0]
    if not isinstance(value, np.ndarray) or not _is_float(value):
        return _tie_of_two(step, numbers, words) if len(numbers) == 2 else None
    axis = step.args[1] if len(step.args) > 1 else None
    extreme = (np.max if "max" in family(step.operation.bind.op) else np.min)(
        value, axis=axis, keepdims=True
    )
    count = np.count_nonzero(value == extreme, axis=axis)
    if np.all(count <= 1):
        return None
    what = f"{called(step)} is there {np.max(count)} times: the derivative is shared equally"
    number = np.asarray(extreme).ravel()[int(np.argmax(count))]
    where = _first(value == number)
    return where, f"{what}; {words.at(atom, value, where)}"


def _at_bound(step: Step, numbers: Numbers, words: Words) -> Look:
    """np.clip of a number that is a bound."""
    atom, value = numbers[0]
    for _, bound in numbers[1:]:
        equal = np.equal(value, bound)
        if _is_float(value) and np.any(equal):
            where = _first(equal)
            what = f"{called(step)} exactly at its bound, where it has a kink"
            return where, f"{what}; {words.at(atom, value, where)}"
    return None


def _threshold(step: Step, numbers: Numbers, words: Words) -> Look:
    """A comparison that decides what is computed, of equal numbers."""
    if len(numbers) < 2:
        return None
    (a, x), (b, y) = numbers[:2]
    equal = np.equal(x, y)
    if not (_is_float(x) or _is_float(y)) or not np.any(equal):
        return None
    where = _first(equal)
    atom, value = (a, x) if isinstance(a, Var) else (b, y)
    sign = family(step.operation.bind.op)
    what = f"exactly at the threshold of {sign}: the derivative is that of the side taken"
    return where, f"{what}; {words.at(atom, value, where)}"


def _first(found: Any) -> tuple[int, ...]:
    return first_bad(np.where(found, np.nan, 0.0))


LOOKS: dict[str, Any] = {
    "abs": _at_zero,
    "norm": _norm,
    "hypot": _norm,
    "std": _norm,
    "maximum": _tie_of_two,
    "minimum": _tie_of_two,
    "max": _tie,
    "min": _tie,
    "clip": _at_bound,
    **dict.fromkeys(("<", "<=", ">", ">="), _threshold),
}

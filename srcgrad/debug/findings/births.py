"""Where the first NaN or Inf of the forward sweep is born, and from which operands."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.debug.findings.replay import Moves, Observer, Step
from srcgrad.debug.findings.words import Words, called, family, plain, zip_last
from srcgrad.ir import Atom, Var


@dataclass(frozen=True, eq=False)
class Birth:
    """A step that made a NaN or an Inf of finite operands: at which index, and how, in words."""

    step: Step
    where: tuple[int, ...]
    is_nan: bool
    words: str
    remedy: str


class Births(Observer):
    """Watches a run for values that are not finite, and where each comes from."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self.found: list[Birth] = []
        self.roots: dict[Var, Birth] = {}

    def __call__(self, step: Step) -> None:
        target = step.operation.target
        self.roots.pop(target, None)
        if all_finite(step.result):
            return
        root = next(filter(None, map(self.root, self._bad_operands(step))), None)
        if root is None and not self._is_given(step):
            root = self._born(step)
            self.found.append(root)
        if root is not None:
            self.roots[target] = root

    def _bad_operands(self, step: Step) -> Iterator[Atom]:
        for atom, value in zip(step.operation.bind.args, step.args, strict=True):
            if not all_finite(value):
                yield atom

    def _is_given(self, step: Step) -> bool:
        """Whether an operand was not finite from the start: an argument, or np.inf."""
        return any(True for _ in self._bad_operands(step))

    def moved(self, pairs: Moves) -> None:
        found = [(target, self.root(atom)) for target, atom in pairs]
        for target, root in found:
            self.roots.pop(target, None)
            if root is not None:
                self.roots[target] = root

    def root(self, atom: Atom) -> Birth | None:
        """The birth that a value's NaN or Inf goes back to."""
        return self.roots.get(atom) if isinstance(atom, Var) else None

    def _born(self, step: Step) -> Birth:
        where = first_bad(step.result)
        number = _element(step.result, where)
        is_nan = bool(np.isnan(number))
        words, remedy = reason(step, where, number, self.words)
        return Birth(step, where, is_nan, words, remedy)


def all_finite(value: Any) -> bool:
    """Whether a number or an array holds no NaN and no Inf; what is neither is no matter."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in "fc":
        return bool(np.isfinite(value).all())
    return True


def first_bad(value: Any) -> tuple[int, ...]:
    """The index of the first NaN or Inf."""
    bad = ~np.isfinite(value)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(bad)), bad.shape))


def _element(value: Any, index: tuple[int, ...]) -> Any:
    return np.asarray(value)[index]


# in words -----------------------------------------------------------------------------------------

LOGS = ("log", "log2", "log10", "log1p")
DOMAIN = {"arcsin": "-1 to 1", "arccos": "-1 to 1", "arctanh": "-1 to 1", "arccosh": "1 upwards"}
ELEMENTWISE = {*LOGS, *DOMAIN, *"+-*/", "**"} | {
    *("sqrt", "exp", "exp2", "expm1", "cosh", "sinh", "square", "reciprocal"),
}


def reason(step: Step, where: tuple[int, ...], number: Any, words: Words) -> tuple[str, str]:
    """Why an element of a result is not finite, and what to do about it."""
    name = family(step.operation.bind.op)
    operands = _operands(step, where) if name in ELEMENTWISE else []
    shown = " and ".join(dict.fromkeys(words.at(a, v, where) for a, v in operands))
    values = [_broadcast(v, where) for _, v in operands]
    if name in LOGS and values:
        return _of_logarithm(called(step), values[0] + (name == "log1p"), shown)
    if name == "sqrt" and values:
        return f"{called(step)} of a negative number is NaN: {shown}", CLAMP
    if name in DOMAIN and values:
        return f"{called(step)} is defined from {DOMAIN[name]} only: {shown}", CLAMP
    if name in ("/", "reciprocal") and values and values[-1] == 0:
        what = "0/0 is NaN" if np.isnan(number) else "division by 0"
        return f"{what}: {shown}", SAFE_DIVISION
    if name == "**" and np.isnan(number):
        return f"a negative number to a power that is no integer is NaN: {shown}", CLAMP
    if name == "**" and values and values[0] == 0:
        return f"0 to a negative power is division by 0: {shown}", SAFE_DIVISION
    return _of_overflow(step, number, shown, words)


CLAMP = "keep the operand in the domain, with np.maximum or np.clip, or find where it leaves it"
SAFE_DIVISION = (
    "make the divisor safe before dividing: np.where(d == 0, 1.0, d), and choose the result after"
)
SMALLER = "scale the operands, subtract the maximum before exp, or work with logarithms"


def _of_logarithm(called: str, value: Any, shown: str) -> tuple[str, str]:
    if value == 0:
        return f"{called} at its pole is -Inf: {shown}", CLAMP
    return f"{called} of a negative number is NaN: {shown}", CLAMP


def _of_overflow(step: Step, number: Any, shown: str, words: Words) -> tuple[str, str]:
    name = called(step)
    if np.isinf(number):
        largest = _largest(step)
        given = shown or (f"the largest operand is {plain(largest)}" if largest is not None else "")
        return f"{name} overflows{': ' if given else ''}{given}", SMALLER
    given = shown or ", ".join(
        words.atom(a)
        for a, v in zip(step.operation.bind.args, step.args, strict=True)
        if isinstance(v, float | np.ndarray | np.generic)
    )
    return f"{name} of finite operands is NaN: {given}", "check the operands of this call"


def _largest(step: Step) -> float | None:
    sizes = [
        float(np.max(np.abs(v)))
        for v in step.args
        if isinstance(v, float | np.ndarray | np.generic) and np.size(v)
        if np.asarray(v).dtype.kind in "iufc"
    ]
    return max(sizes, default=None)


def _operands(step: Step, where: tuple[int, ...]) -> list[tuple[Atom, Any]]:
    """The operands of an elementwise operation that have an element at an index."""
    pairs = zip(step.operation.bind.args, step.args, strict=True)
    return [
        (a, v)
        for a, v in pairs
        if isinstance(v, int | float | np.ndarray | np.generic) and not isinstance(v, bool)
        if np.ndim(v) <= len(where)
    ]


def _broadcast(value: Any, where: tuple[int, ...]) -> Any:
    array = np.asarray(value)
    return array[tuple(i if n != 1 else 0 for i, n in zip_last(where, array.shape))]

"""Operations and their operands in the user's words."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.backend.show import SYMBOLS
from srcgrad.debug.findings.replay import Operation, Step
from srcgrad.ir import Atom, Const
from srcgrad.localising import operation_name

ALIASES = {
    "absolute": "abs", "fabs": "abs", "true_divide": "/", "truediv": "/", "divide": "/",
    "pow": "**", "power": "**", "float_power": "**", "sub": "-", "subtract": "-",
    "add": "+", "mul": "*",
    "multiply": "*", "amax": "max", "amin": "min", "fmax": "maximum", "fmin": "minimum",
    "matmul": "@", "greater": ">", "greater_equal": ">=", "less": "<", "less_equal": "<=",
    "gt": ">", "ge": ">=", "lt": "<", "le": "<=", "asin": "arcsin", "acos": "arccos",
    "atanh": "arctanh", "acosh": "arccosh", "dist": "norm",
}  # fmt: skip
LONGEST = 60  # an operand's text


def family(op: Any) -> str:
    """What an operation is called in short: "sqrt" for math.sqrt, "/" for np.divide."""
    name = op.name if isinstance(op, ir.GetAttr) else getattr(op, "__name__", type(op).__name__)
    return ALIASES.get(name, name)


class Words:
    """Writes operands as the user would: by name, or by the operation that made them."""

    def __init__(self, operations: list[Operation]) -> None:
        self.made = {o.target: o.bind for o in operations}

    def atom(self, atom: Atom) -> str:
        """The text of an operand; "the operand" if that would be long."""
        text = self._text(atom, 5)
        return text if text is not None and len(text) <= LONGEST else "the operand"

    def _text(self, atom: Atom, depth: int) -> str | None:
        if isinstance(atom, Const):
            value = atom.value
            return repr(value.item() if isinstance(value, np.generic) else value)
        if atom.hint:
            return atom.hint
        bind = self.made.get(atom)
        if bind is None or not depth:
            return None
        given = [a for a in bind.args if not _is_default(a)]
        texts = [self._text(a, depth - 1) for a in given]
        return None if None in texts else _written(bind, [t for t in texts if t is not None])

    def at(self, atom: Atom, value: Any, index: tuple[int, ...]) -> str:
        """An element of an operand and what it is: "h[7] is 0"."""
        place = [i if n != 1 else 0 for i, n in zip_last(index, np.shape(value))]
        shown = f"[{', '.join(map(str, place))}]" if place else ""
        number = np.asarray(value)[tuple(place)]
        return f"{self.atom(atom)}{shown} is {plain(number)}"


def _is_default(atom: Atom) -> bool:
    """Whether an argument is likely to be left out: None or False."""
    return isinstance(atom, Const) and (atom.value is None or atom.value is False)


def _written(bind: ir.Bind, texts: list[str]) -> str | None:
    op = bind.op
    if op in SYMBOLS and len(texts) == 2:
        return f"({texts[0]} {SYMBOLS[op]} {texts[1]})"
    if family(op) == "neg" and len(texts) == 1:
        return f"-{texts[0]}"
    if family(op) == "getitem" and len(texts) == 2:
        return f"{texts[0]}[{texts[1]}]"
    if isinstance(op, ir.GetAttr) and texts:
        return f"{texts[0]}.{op.name}"
    if not callable(op):
        return None
    return f"{operation_name(op)}({', '.join(texts)})"


def zip_last(index: tuple[int, ...], shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """The last numbers of an index with those of a shape that broadcasts to it."""
    return list(zip(index[len(index) - len(shape) :], shape, strict=False))


def plain(number: Any) -> str:
    """A number in six digits."""
    return f"{number:.6g}" if isinstance(number, float | np.floating) else str(number)


def called(step: Step) -> str:
    """The operation of a step as it is called in the user's source."""
    op = step.operation.bind.op
    return SYMBOLS.get(op) or ("-" if op is operator.neg else operation_name(op))

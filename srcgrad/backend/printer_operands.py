"""How operands look in print: how tightly they bind, and whether they are plain."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.backend.printer_layout import LEVELS, Level
from srcgrad.backend.printer_literals import number


def level_of(node: Any) -> Level:
    """How tightly the outermost operation of an expression binds."""
    if isinstance(node, gast.Constant):
        text = number(node.value)
        if isinstance(node.value, complex) and " " in text:
            return Level.SUM
        return Level.UNARY if text.startswith("-") else Level.ATOM
    operation = getattr(node, "op", node)
    return LEVELS.get(type(operation).__name__, Level.ATOM)


def is_number(node: Any) -> bool:
    return isinstance(node, gast.Constant) and number(node.value) != ""


def unsigned(node: Any) -> Any:
    """An operand without its signs."""
    while isinstance(node, gast.UnaryOp) and not isinstance(node.op, gast.Not):
        node = node.operand
    return node


def stands_close(node: Any) -> bool:
    """Whether an operand is so plain that `**` stands next to it without spaces."""
    node = unsigned(node)
    while isinstance(node, gast.Attribute):
        node = node.value
    return isinstance(node, gast.Name) or is_number(node)


def is_plain_bound(node: Any) -> bool:
    """Whether a bound leaves the colon of its slice without spaces."""
    return node is None or isinstance(unsigned(node), gast.Constant | gast.Name)

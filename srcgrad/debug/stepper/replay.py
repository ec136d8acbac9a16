"""Arrays as they are after stores into their parts, of which a trace has only the parts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from srcgrad.debug.events import Event
from srcgrad.debug.instrument import assigned_value
from srcgrad.debug.summaries import summarise

MAKERS = ("zeros", "ones", "full", "empty", "copy", "array")
FRESH = frozenset([*MAKERS, *(f"{name}_like" for name in MAKERS)]) | {
    *("concatenate", "cos", "cumsum", "dot", "exp", "log", "matmul", "outer", "place_diagonal"),
    *("repeat", "sin", "sort", "sqrt", "stack", "sum", "take", "tanh", "tile", "where"),
}
"""Functions whose results are always memory of their own, by their last names."""


@dataclass(frozen=True)
class Stores:
    """What a gradient's source stores into.

    `parts` has, by the line of a statement and a name, the index of the part that is assigned, as
    "[i]" for the `y` of a line `y[i] = x`. The memory of `shared` names may change under another
    name.
    """

    parts: Mapping[tuple[int, str], str]
    shared: frozenset[str]

    def part(self, event: Event) -> str:
        """The index of the part that an event assigned; empty for a whole."""
        return self.parts.get((event.statement.number, event.name), "")

    def label(self, event: Event) -> str:
        """What an event assigned, as it is written: "y[i]", say."""
        return event.name + self.part(event)


def stores(source: str) -> Stores:
    """What a gradient's source stores into."""
    found: dict[tuple[int, str], str] = {}
    statements = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt)]
    for s in statements:
        if isinstance(s, ast.Assign | ast.AugAssign | ast.Expr):
            found.update(_parts(s))
    changed = {name for _, name in found}
    return Stores(found, frozenset(n for s in statements for n in _shared(s, changed)))


def _parts(statement: ast.stmt) -> Iterator[tuple[tuple[int, str], str]]:
    for name in _names(statement):
        value = assigned_value(statement, name)
        if value is not None and not isinstance(value, ast.Name) and _base(value) == name:
            yield (statement.lineno, name), ast.unparse(value).removeprefix(name)


def _base(target: ast.expr) -> str:
    """The name that something is a part of; empty if that is no name."""
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else ""


def _shared(statement: ast.stmt, changed: set[str]) -> Iterator[str]:
    """The names whose memory a statement changes, or gives to what is changed, in another way."""
    match statement:
        case ast.Assign(targets=[ast.Name(name)], value=value):
            if name in changed and _may_share(value):
                yield from _names(statement)
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target):
            yield from () if _base(target) else _names(target)
        case ast.Assign():
            yield from _names(statement)
        case ast.Expr(ast.Call(func=ast.Attribute(attr="append" | "pop" | "at"))):
            pass
        case ast.Expr():
            yield from _names(statement)


def _may_share(value: ast.expr) -> bool:
    """Whether a value may be a view of what it is made from."""
    match value:
        case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Constant():
            return False
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(name)):
            return name not in FRESH
    return True


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def whole(events: Iterable[Event], stores: Stores) -> Iterator[Event]:
    """Events of stores with the whole array in place of the part, where it is known.

    It is known from the last assignment of the whole, if that was kept, and of all that ran since
    nothing was left out. Where it is not, the event is that of the part, with its place as name.
    """
    values: dict[str, Any] = {}
    previous = -1
    for event in events:
        if event.index != previous + 1:
            values.clear()
        previous = event.index
        part = stores.part(event)
        known = _after(values, event, part) if event.name not in stores.shared else None
        values[event.name] = known if part else event.value
        if not part:
            yield event
        elif known is None:
            yield replace(event, name=event.name + part)
        else:
            yield replace(event, value=known, summary=summarise(known))


def _after(values: Mapping[str, Any], event: Event, part: str) -> Any:
    """The array after a store into a part of it; None if it, or the place, is not known."""
    array = values.get(event.name)
    if not part or not isinstance(array, np.ndarray) or event.value is None:
        return None
    space = {**values, event.name: array.copy(), "np": np, "_srcgrad_stored": event.value}
    try:
        exec(f"{event.name}{part} = _srcgrad_stored", {}, space)
    except Exception:  # what the index reads was not kept, and is None here
        return None
    return space[event.name]

"""Arrays as they are after stores into their parts, of which a trace has only the parts."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.debug.events import Event
from srcgrad.debug.instrument import assigned_value
from srcgrad.debug.summaries import summarise

Parts = Mapping[tuple[int, str], str]
"""By the line of a statement and a name: the index of the part of it that is assigned."""


def parts(source: str) -> Parts:
    """What a gradient's source stores into: "[i]" for the `y` of a line `y[i] = x`."""
    found: dict[tuple[int, str], str] = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Expr):
            found.update(_part(node))
    return found


def _part(statement: ast.stmt) -> Iterator[tuple[tuple[int, str], str]]:
    for name in {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}:
        value = assigned_value(statement, name)
        base = value
        while isinstance(base, ast.Subscript):
            base = base.value
        if value is not base and isinstance(base, ast.Name) and base.id == name:
            text = ast.unparse(value) if value is not None else ""
            yield (statement.lineno, name), text.removeprefix(name)


def whole(events: Iterable[Event], parts: Parts) -> Iterator[Event]:
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
        part = parts.get((event.statement.number, event.name))
        value = event.value if part is None else _after(values, event, part)
        values[event.name] = value
        if part is None:
            yield event
        elif value is None:
            yield replace(event, name=event.name + part)
        else:
            yield replace(event, value=value, summary=summarise(value))


def _after(values: Mapping[str, Any], event: Event, part: str) -> Any:
    """The array after a store into a part of it; None if it, or the place, is not known."""
    array = values.get(event.name)
    if not isinstance(array, np.ndarray) or event.value is None:
        return None
    space = {**values, event.name: array.copy(), "np": np, "_srcgrad_stored": event.value}
    try:
        exec(f"{event.name}{part} = _srcgrad_stored", {}, space)
    except Exception:  # what the index reads was not kept, and is None here
        return None
    return space[event.name]


def label(event: Event, parts: Parts) -> str:
    """What an event assigned, as it is written: "y[i]", say."""
    return event.name + parts.get((event.statement.number, event.name), "")

"""A last look at generated code: no name is read that nothing before it assigns."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import Any

import gast

BLOCKS = ("body", "handlers", "orelse", "finalbody")


def check_names(function: Any, known: set[str]) -> None:
    """Raise AssertionError if the function reads a name that nothing above assigns."""
    assigned = known | {a.id for a in function.args.args}
    for statement in function.body:
        _check(statement, assigned)


def _check(statement: Any, assigned: set[str]) -> None:
    if isinstance(statement, gast.FunctionDef):
        check_names(statement, assigned)
        assigned.add(statement.name)
        return
    stored: set[str] = set()
    for node in _own(statement):
        if not isinstance(node, gast.Name):
            continue
        if isinstance(node.ctx, gast.Store):
            stored.add(node.id)
        elif node.id not in assigned and not hasattr(builtins, node.id):
            raise AssertionError(f"{node.id} is read before it is assigned")
    assigned |= stored
    for inner in getattr(statement, "body", ()):
        _check(inner, assigned)
    for handler in getattr(statement, "handlers", ()):
        _check(handler, assigned)
    for block in ("orelse", "finalbody"):
        for inner in getattr(statement, block, ()):
            _check(inner, assigned)


def _own(statement: Any) -> Iterator[Any]:
    """The expressions of a statement, without the statements inside it or names of its own."""
    for field, value in gast.iter_fields(statement):
        if field in BLOCKS:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, gast.AST) and not any(
                isinstance(n, gast.ListComp) for n in gast.walk(child)
            ):
                yield from gast.walk(child)

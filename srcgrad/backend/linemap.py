"""Where each line of generated source came from: which sweep, and which line of the user's."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from srcgrad.ir import Origin

Role = Literal["value", "adjoint", "tangent", "helper"]


@dataclass(frozen=True)
class Assigned:
    """A name that a statement assigns: whose value, adjoint or tangent it holds.

    `variable` is the user's name, or that of the intermediate value, for a value, an adjoint or a
    tangent; for helpers (tapes, temporary names of adjoint code) it is empty.
    """

    name: str
    variable: str
    role: Role


@dataclass(frozen=True)
class Line:
    """A statement of generated source: the line it starts at and, if known, its origin.

    `restores` says that it takes a value back from a tape.
    """

    number: int
    last: int
    reverse: bool
    restores: bool
    origin: Origin | None
    assigned: tuple[Assigned, ...]


def line_map(text: str, definition: Any) -> dict[int, Line]:
    """The statements of a generated function by the number of the line where each starts.

    `text` is the module that holds it, `definition` the tree that the function was printed from.
    """
    printed = ast.parse(text).body[-1]
    assert isinstance(printed, ast.FunctionDef)
    pairs = _pairs(printed.body, definition.body)
    return {p.lineno: _line(p, made, definition.variables) for p, made in pairs}


def _pairs(printed: list[Any], made: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Each statement as it was parsed, with the one that it was printed from."""
    for p, m in zip(printed, made, strict=True):
        yield p, m
        for field in ("body", "orelse", "finalbody"):
            yield from _pairs(getattr(p, field, []), getattr(m, field, []))
        handlers = zip(getattr(p, "handlers", []), getattr(m, "handlers", []), strict=True)
        for one, other in handlers:
            yield from _pairs(one.body, other.body)


def _line(printed: ast.stmt, made: Any, variables: dict[str, str]) -> Line:
    reverse, restores = getattr(made, "reverse", False), getattr(made, "restores", False)
    sweep = "value" if restores or not reverse else "adjoint"
    names = dict.fromkeys(_assigned(printed))
    found = tuple(_role(n, variables.get(n, n), sweep) for n in names)
    last = printed.lineno if hasattr(printed, "body") else printed.end_lineno or printed.lineno
    return Line(printed.lineno, last, reverse, restores, getattr(made, "origin", None), found)


def _role(name: str, variable: str, sweep: str) -> Assigned:
    if variable.endswith("_bar") and sweep == "adjoint":
        return Assigned(name, variable.removesuffix("_bar"), "adjoint")
    if variable.endswith("_dot"):
        return Assigned(name, variable.removesuffix("_dot"), "tangent")
    if sweep == "adjoint" or variable.rstrip("_0123456789") in ("tape", "t"):
        return Assigned(name, "", "helper")
    return Assigned(name, variable, "value")


def _assigned(s: ast.stmt) -> Iterator[str]:
    """The names whose objects a statement makes or changes, without the blocks inside it."""
    match s:
        case ast.Assign(targets=targets):
            for target in targets:
                yield from _bases(target)
        case ast.AugAssign(target=target) | ast.For(target=target):
            yield from _bases(target)
        case ast.With(items=items):
            for item in items:
                if item.optional_vars is not None:
                    yield from _bases(item.optional_vars)
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(name), "append" | "pop"))):
            yield name
        case ast.Expr(ast.Call(ast.Attribute(attr="at"), [first, *_])):
            yield from _bases(first)


def _bases(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name(name):
            yield name
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.Starred(value=value):
            yield from _bases(value)
        case ast.Tuple(elements) | ast.List(elements):
            for element in elements:
                yield from _bases(element)

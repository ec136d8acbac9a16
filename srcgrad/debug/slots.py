"""What the lines of a gradient assign, and the user's statements that they belong to."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from srcgrad.backend.linemap import Line, Role, line_map
from srcgrad.debug.events import Statement
from srcgrad.staging import Compiled


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in the source where a name gets a value, and what that value is."""

    statement: Statement
    name: str
    variable: str
    role: Role


class Table:
    """The statements of a compiled gradient by line number, and the slots given out for them."""

    def __init__(self, compiled: Compiled) -> None:
        self.module = ast.parse(compiled.source)
        definition = self.module.body[-1]
        assert isinstance(definition, ast.FunctionDef)
        self.definition = definition
        self.lines = line_map(compiled.source, compiled.tree)
        self.statements = dict(self._statements())
        self.variables: dict[str, str] = compiled.tree.variables
        self.slots: list[Slot] = []

    def _statements(self) -> Iterator[tuple[int, Statement]]:
        start = min((n for n, line in self.lines.items() if line.reverse), default=None)
        for top in self.definition.body:
            reverse = start is not None and (top.end_lineno or 0) >= start
            for node in ast.walk(top):
                line = self.lines.get(getattr(node, "lineno", 0))
                if isinstance(node, ast.stmt) and line is not None:
                    yield line.number, _statement(line, reverse and not isinstance(top, ast.Return))

    def of(self, node: ast.stmt) -> Statement:
        """The statement that starts where a node does."""
        return self.statements[node.lineno]

    def assigned(self, node: ast.stmt) -> Iterator[tuple[int, str]]:
        """A new slot for each name that a statement assigns, with the name."""
        statement = self.of(node)
        for a in self.lines[node.lineno].assigned:
            variable, role = a.variable, a.role
            if a.name == "_" or variable.endswith("_pullback"):
                variable, role = "", "helper"
            if role == "value" and statement.reverse and not statement.restores:
                variable, role = _adjoint(a.variable)
            if role == "helper" and statement.reverse:
                variable, role = _adjoint(self.variables.get(_array_read(node), ""))
            yield self.new(Slot(statement, a.name, variable, role)), a.name

    def new(self, slot: Slot) -> int:
        """The number of a slot that is put into the table."""
        self.slots.append(slot)
        return len(self.slots) - 1


def _adjoint(variable: str) -> tuple[str, Role]:
    """What a copy in the reverse sweep holds, which the line map takes for a value."""
    if variable.endswith("_bar"):
        return variable.removesuffix("_bar"), "adjoint"
    return "", "helper"


def _array_read(node: ast.stmt) -> str:
    """The name of the array in `t = array[index]`, as stores are reversed; empty for others.

    Or that of the list in `t = list.pop()`, as appending to it is.
    """
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Subscript(value=ast.Name(array))):
            return array
        case ast.Assign(value=ast.Call(ast.Attribute(ast.Name(array), "pop"))):
            return array
    return ""


def _statement(line: Line, reverse: bool) -> Statement:
    origin = line.origin
    file, number, text = ("", 0, "")
    if origin is not None:
        file, number, text = origin.location.file, origin.line, origin.text
    return Statement(line.number, reverse, line.restores, file, number, text)

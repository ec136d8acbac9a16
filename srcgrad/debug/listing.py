"""The user's functions that a gradient is made of: the primal, and every callee in it."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from srcgrad.debug.events import Statement


@dataclass(frozen=True)
class Listing:
    """The source of one function: its file, its name, the number of its first line, its lines."""

    file: str
    name: str
    first: int
    lines: tuple[str, ...]

    def __contains__(self, line: object) -> bool:
        return isinstance(line, int) and self.first <= line < self.first + len(self.lines)


def listings(read: Any, statements: Iterable[Statement]) -> tuple[Listing, ...]:
    """The primal, which was read, then the functions that the other statements stand in."""
    node = read.node
    lines = read.lines[node.lineno - 1 : node.end_lineno]
    found = [Listing(read.file, read.name, node.lineno, tuple(lines))]
    for s in statements:
        if s.line and not any(s.file == known.file and s.line in known for known in found):
            found.append(_around(s))
    return tuple(found)


def _around(s: Statement) -> Listing:
    """The function around a statement; the statement alone if its file cannot be read."""
    lines = tuple(line.rstrip("\n") for line in linecache.getlines(s.file))
    inner = [n for n in _functions(lines) if n.lineno <= s.line <= (n.end_lineno or 0)]
    if not inner:
        return Listing(s.file, "", s.line, (s.text,))
    node = max(inner, key=lambda n: n.lineno)
    name = getattr(node, "name", "lambda")
    return Listing(s.file, name, node.lineno, lines[node.lineno - 1 : node.end_lineno])


@lru_cache(maxsize=16)
def _functions(lines: tuple[str, ...]) -> list[ast.FunctionDef | ast.Lambda]:
    try:
        tree = ast.parse("\n".join(lines))
    except (SyntaxError, ValueError):  # not a file of Python: a notebook's cell with magics, say
        return []
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.Lambda)]


def returns(read: Any) -> Iterator[int]:
    """The lines of the return statements of a function that was read."""
    inside = [read.node] if isinstance(read.node.body, list) else []
    while inside:
        node = inside.pop()
        for child in node.body + getattr(node, "orelse", []):
            if type(child).__name__ == "Return":
                yield child.lineno
            elif isinstance(getattr(child, "body", None), list) and not hasattr(child, "args"):
                inside.append(child)

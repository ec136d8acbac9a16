"""Variables that nested functions share: each becomes a list of one element.

A nested function is a value that remembers what it captures. A variable that changes after that,
or that the nested function changes itself (`nonlocal`), has to be the same memory for both: lists
are, so `t = t + v` becomes `t[0] = t[0] + v` in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast

from srcgrad.frontend.names import (
    assigned_names,
    declared_nonlocal,
    free_names,
    own_nodes,
    parameters,
)

FUNCTIONS = (gast.FunctionDef, gast.Lambda)
LOOPS = (gast.For, gast.While)


def with_cells(node: Any) -> Any:
    """A function in which variables that change after they were captured are such lists."""
    if not isinstance(node, gast.FunctionDef):
        return node
    shared = _shared(node)
    if not shared:
        return node
    arguments = {a.id for a in parameters(node.args)}
    body = [_Cells(shared).visit(s) for s in node.body]
    made = [_placed(_start(n, n in arguments), node.body[0]) for n in sorted(shared)]
    new = gast.FunctionDef(
        node.name, node.args, [*made, *_kept(body)], node.decorator_list, None, None, []
    )
    return gast.copy_location(new, node)


def _shared(node: Any) -> set[str]:
    """The variables of a function that need one memory for all who see them."""
    own = {a.id for a in parameters(node.args)} | assigned_names(node.body)
    inside = (c for s in node.body for c in own_nodes(s))
    own -= {n for c in inside if isinstance(c, gast.Nonlocal) for n in c.names}
    found: set[str] = set()
    for function, loops in _inner_functions(node.body, ()):
        captured = free_names(function) & own
        found |= {n for n in declared_nonlocal(function) if n in own}
        end = (function.end_lineno, function.end_col_offset)
        for name in captured - {getattr(function, "name", "")}:
            places = list(_stores(node, name))
            if any(p > end for p in places) or any(_is_assigned(loop, name) for loop in loops):
                found.add(name)
    return found


def _inner_functions(body: list[Any], loops: tuple[Any, ...]) -> Iterator[tuple[Any, Any]]:
    """The functions right inside a function, each with the loops around it."""
    for node in body:
        if isinstance(node, FUNCTIONS):
            if not getattr(node, "called_at_once", False):
                yield node, loops
            continue
        inside = (*loops, node) if isinstance(node, LOOPS) else loops
        yield from _inner_functions(list(gast.iter_child_nodes(node)), inside)


def _stores(node: Any, name: str) -> Iterator[tuple[int, int]]:
    for statement in node.body:
        for child in own_nodes(statement):
            named = isinstance(child, gast.Name) and child.id == name
            if named and isinstance(child.ctx, gast.Store):
                yield child.lineno, child.col_offset


def _is_assigned(loop: Any, name: str) -> bool:
    return name in assigned_names([loop])


class _Cells(gast.NodeTransformer):  # type: ignore[misc]
    """Reads and writes some variables through the lists that they are."""

    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_Name(self, node: Any) -> Any:
        if node.id not in self.names:
            return node
        owner = gast.copy_location(gast.Name(node.id, gast.Load(), None, None), node)
        zero = gast.copy_location(gast.Constant(0, None), node)
        return gast.copy_location(gast.Subscript(owner, zero, node.ctx), node)

    def visit_Nonlocal(self, node: Any) -> Any:
        left = [n for n in node.names if n not in self.names]
        return gast.copy_location(gast.Nonlocal(left), node) if left else None

    def visit_FunctionDef(self, node: Any) -> Any:
        if node.name in self.names:
            return node  # assigned by its definition alone
        return self._function(node)

    def visit_Lambda(self, node: Any) -> Any:
        return self._function(node)

    def _function(self, node: Any) -> Any:
        """A nested function: of its own variables none is meant."""
        body = node.body if isinstance(node.body, list) else [gast.Expr(node.body)]
        outside = declared_nonlocal(node)
        own = {a.id for a in parameters(node.args)} | (assigned_names(body) - outside)
        inner = _Cells(self.names - own)
        args = node.args
        args.defaults = [self.visit(d) for d in args.defaults]
        args.kw_defaults = [d and self.visit(d) for d in args.kw_defaults]
        if isinstance(node, gast.Lambda):
            node.body = inner.visit(node.body)
        else:
            node.decorator_list = [self.visit(d) for d in node.decorator_list]
            node.body = _kept([inner.visit(s) for s in node.body])
        return node

    def visit_ListComp(self, node: Any) -> Any:
        own = {n.id for g in node.generators for n in gast.walk(g.target) if hasattr(n, "id")}
        if not own & self.names:
            return self.generic_visit(node)
        first = self.visit(node.generators[0].iter)
        made = _Cells(self.names - own).generic_visit(node)
        made.generators[0].iter = first
        return made

    visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # noqa: N815


def _kept(body: list[Any]) -> list[Any]:
    return [s for s in body if s is not None]


def _start(name: str, is_argument: bool) -> Any:
    """`x = [x]` for a parameter, `x = [None]` for any other variable."""
    first = gast.Name(name, gast.Load(), None, None) if is_argument else gast.Constant(None, None)
    target = gast.Name(name, gast.Store(), None, None)
    return gast.Assign([target], gast.List([first], gast.Load()), None)


def _placed(made: Any, node: Any) -> Any:
    for part in gast.walk(made):
        gast.copy_location(part, node)
    return made

"""Generators as functions that return the list of what they yield.

Whoever calls the function decides when it runs; it is differentiated only where running it at once
makes no difference to running it step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcgrad.frontend.names import own_nodes


def yielded(elements: list[Any], value: Any) -> None:
    """What stands for a `yield` in the function that returns a list."""
    elements.append(value)


Refuse = Callable[..., Exception]
JUMPING = (gast.Try, gast.With)


def first_yield(node: Any) -> Any | None:
    """The first `yield` of a def; None if it has none, and is no generator."""
    body = node.body if isinstance(node.body, list) else [node.body]
    nodes = (n for s in body for n in own_nodes(s))
    return next((n for n in nodes if isinstance(n, gast.Yield | gast.YieldFrom)), None)


def has_while(node: Any) -> bool:
    """Whether a def has a loop that may never end."""
    return any(isinstance(n, gast.While) for s in node.body for n in own_nodes(s))


def returning_a_list(node: Any, refuse: Refuse) -> Any:
    """A generator as a def that returns what it yields in a list; others as they are."""
    if first_yield(node) is None:
        return node
    if isinstance(node, gast.Lambda):
        raise _sent(node, refuse)
    used = {n.id for n in gast.walk(node) if isinstance(n, gast.Name)}
    name = "elements"
    while name in used:
        name += "_"
    lister = _Lister(name, refuse)
    target = gast.Name(name, gast.Store(), None, None)
    start = gast.Assign([target], gast.List([], gast.Load()), None)
    body = [start, *(made for s in node.body for made in lister.statements(s)), lister.leave()]
    made = gast.FunctionDef(
        node.name, node.args, body, node.decorator_list, node.returns, None, node.type_params
    )
    for part in gast.walk(made):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, node)
    return gast.copy_location(made, node)


class _Lister(gast.NodeTransformer):  # type: ignore[misc]
    """Appends what a generator yields to a list."""

    def __init__(self, name: str, refuse: Refuse) -> None:
        self.name = name
        self.refuse = refuse

    def statements(self, node: Any) -> list[Any]:
        made = self.visit(node)
        return made if isinstance(made, list) else [made]

    def leave(self) -> Any:
        return gast.Return(self._list())

    def visit_Expr(self, node: Any) -> Any:
        match node.value:
            case gast.Yield(value=value):
                return self._at(node, self._append(value or gast.Constant(None, None)))
            case gast.YieldFrom(value=value):
                item = f"{self.name}_item"
                target = gast.Name(item, gast.Store(), None, None)
                body = [self._append(gast.Name(item, gast.Load(), None, None))]
                return self._at(node, gast.For(target, value, body, [], None))
        return self.generic_visit(node)

    def visit_Return(self, node: Any) -> Any:
        if node.value is not None:
            raise self.refuse(
                node, "a value returned by a generator", "yield it", why="only next() would see it"
            )
        return self._at(node, self.leave())

    def visit_Yield(self, node: Any) -> Any:
        raise _sent(node, self.refuse)

    def visit_YieldFrom(self, node: Any) -> Any:
        raise _sent(node, self.refuse)

    def visit_FunctionDef(self, node: Any) -> Any:
        return node

    def visit_Lambda(self, node: Any) -> Any:
        return node

    def visit_ClassDef(self, node: Any) -> Any:
        return node

    def generic_visit(self, node: Any) -> Any:
        yields = [n for n in own_nodes(node) if isinstance(n, gast.Yield | gast.YieldFrom)]
        if isinstance(node, JUMPING) and yields:
            raise self.refuse(
                yields[0],
                "a generator that yields inside try or with",
                "return the values in a list or an array",
                why="what runs meanwhile runs inside it too",
            )
        return super().generic_visit(node)

    def _list(self) -> Any:
        return gast.Name(self.name, gast.Load(), None, None)

    def _append(self, value: Any) -> Any:
        return gast.Expr(gast.Call(gast.Constant(yielded, None), [self._list(), value], []))

    def _at(self, node: Any, made: Any) -> Any:
        for part in gast.walk(made):
            if getattr(part, "lineno", None) is None:
                gast.copy_location(part, node)
        return made


def _sent(node: Any, refuse: Refuse) -> Exception:
    return refuse(
        node,
        "a generator that is sent values",
        "pass them as arguments, and return a list",
        why="what it goes on with is known only when running",
    )

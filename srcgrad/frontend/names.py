"""Which names a piece of a function binds, and which it reads from outside."""

from __future__ import annotations

from typing import Any

import gast


def assigned_names(body: list[Any]) -> set[str]:
    """Names that statements bind, not counting those inside nested functions."""
    names: set[str] = set()
    for statement in body:
        for node in own_nodes(statement):
            if isinstance(node, gast.Name) and isinstance(node.ctx, gast.Store | gast.Del):
                names.add(node.id)
            elif isinstance(node, gast.FunctionDef):
                names.add(node.name)
            elif isinstance(node, gast.Import | gast.ImportFrom):
                names.update((a.asname or a.name).split(".")[0] for a in node.names)
    return names


def own_nodes(statement: Any) -> Any:
    """The nodes of a statement, without the bodies of functions nested in it."""
    yield statement
    if isinstance(
        statement, gast.FunctionDef | gast.Lambda | gast.ClassDef | gast.AsyncFunctionDef
    ):
        return
    for child in gast.iter_child_nodes(statement):
        yield from own_nodes(child)


def declared_nonlocal(function: Any) -> set[str]:
    """The names that a nested function, or one inside it, assigns in the functions around it."""
    return {n for c in gast.walk(function) if isinstance(c, gast.Nonlocal) for n in c.names}


def free_names(node: Any) -> set[str]:
    """Names that a function reads and does not bind itself."""
    bound = {a.id for a in parameters(node.args)}
    outside = {n for c in gast.walk(node) if isinstance(c, gast.Nonlocal) for n in c.names}
    body = node.body if isinstance(node.body, list) else [node.body]
    loads: set[str] = set(outside)
    for statement in body:
        for child in gast.walk(statement):
            if isinstance(child, gast.Name):
                (loads if isinstance(child.ctx, gast.Load) else bound).add(child.id)
    return loads - (bound - outside)


def parameters(arguments: Any) -> list[Any]:
    """The names that a function gets its arguments under."""
    stars = [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]

"""`with adjoint_of(x) as x_bar:` as a nested function that is handed to adjoint_of beside x."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.frontend.names import assigned_names
from srcgrad.frontend.source import FunctionSource, resolve
from srcgrad.surgery import adjoint_of


def with_hooks(node: Any, source: FunctionSource) -> Any:
    """A function in which such blocks are nested functions; the same node if it has none."""
    if not any(isinstance(n, gast.With) for n in gast.walk(node)):
        return node
    return _Hooks(source).visit(node)


class _Hooks(gast.NodeTransformer):  # type: ignore[misc]
    def __init__(self, source: FunctionSource) -> None:
        self.source = source
        self.count = 0
        self.own: list[set[str]] = []

    def visit_FunctionDef(self, node: Any) -> Any:
        spec = node.args
        stars = [a for a in (spec.vararg, spec.kwarg) if a is not None]
        parameters = {a.id for a in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *stars)}
        self.own.append(parameters | assigned_names(node.body))
        self.generic_visit(node)
        self.own.pop()
        return node

    def visit_With(self, node: Any) -> Any:
        if not any(self._is_call(item.context_expr) for item in node.items):
            return self.generic_visit(node)
        if len(node.items) > 1:
            raise self._bad(node, "adjoint_of() of several variables in one statement")
        call, target = node.items[0].context_expr, node.items[0].optional_vars
        if len(call.args) != 1 or call.keywords or not isinstance(call.args[0], gast.Name):
            raise self._bad(node, "adjoint_of() of something that is not a name")
        if not isinstance(target, gast.Name):
            raise self._bad(node, "adjoint_of() without a name for the adjoint")
        name = call.args[0].id
        if name not in self.own[-1]:
            raise self._bad(
                node,
                f"adjoint_of({name}), which is no variable of this function",
                f"{name}_ = {name}, then with srcgrad.adjoint_of({name}_) as {name}_bar:",
            )
        self._check_jumps(node.body)
        read = sorted(self._read(node.body, target.id))
        self.generic_visit(node)
        self.count += 1
        return self._replaced(node, call, name, target.id, read)

    def _check_jumps(self, body: list[Any], loop: bool = False) -> None:
        """Refuse what would leave the block for another place of the function."""
        for node in body:
            inside = loop or isinstance(node, gast.For | gast.While)
            jump = isinstance(node, gast.Break | gast.Continue) and not loop
            if jump or isinstance(node, gast.Return | gast.Yield | gast.YieldFrom):
                raise self._bad(
                    node, f"{type(node).__name__.lower()} out of a block of adjoint_of()"
                )
            if not isinstance(node, gast.FunctionDef | gast.Lambda | gast.ClassDef):
                self._check_jumps(list(gast.iter_child_nodes(node)), inside)

    def _read(self, body: list[Any], bar: str) -> set[str]:
        """The variables of the function that the block reads, as they are where it stands."""
        names = {n.id for s in body for n in gast.walk(s) if isinstance(n, gast.Name)}
        return names & self.own[-1] - assigned_names(body) - {bar}

    def _replaced(self, node: Any, call: Any, name: str, bar: str, read: list[str]) -> list[Any]:
        hook = f"{bar}_hook_{self.count}"
        parameter, *more = (gast.Name(n, gast.Param(), None, None) for n in (bar, *read))
        now = [gast.Name(n, gast.Load(), None, None) for n in read]
        arguments = gast.arguments([parameter], [], None, more, now, None, [])
        back = gast.Return(gast.Name(bar, gast.Load(), None, None))
        made = gast.FunctionDef(hook, arguments, [*node.body, back], [], None, None, [])
        value = gast.Call(call.func, [*call.args, gast.Name(hook, gast.Load(), None, None)], [])
        assigned = gast.Assign([gast.Name(name, gast.Store(), None, None)], value, None)
        return [_placed(made, node), _placed(assigned, node)]

    def _is_call(self, node: Any) -> bool:
        return isinstance(node, gast.Call) and self._is_hook(node.func)

    def _is_hook(self, node: Any) -> bool:
        """Whether a name or an attribute of a module means adjoint_of."""
        path: list[str] = []
        while isinstance(node, gast.Attribute):
            path.insert(0, node.attr)
            node = node.value
        if not isinstance(node, gast.Name):
            return False
        try:
            _, value = resolve(self.source.function, node.id)
        except UnsupportedError:
            return False
        for name in path:
            value = getattr(value, name, None)
        return value is adjoint_of

    def _bad(self, node: Any, what: str, fix: str = "") -> UnsupportedError:
        error = UnsupportedError(
            what,
            why="the block runs in the reverse sweep, on the adjoint of one variable",
            fix=fix or "with srcgrad.adjoint_of(x) as x_bar:",
        )
        return error.at(self.source.location(node))  # type: ignore[return-value]


def _placed(made: Any, node: Any) -> Any:
    """A statement with the place of the block, down to the nodes that have none of their own."""
    for part in gast.walk(made):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, node)
    return made

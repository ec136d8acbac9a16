"""`with adjoint_of(x) as x_bar:` as a nested function that is handed to adjoint_of beside x."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad.errors import UnsupportedError
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

    def visit_With(self, node: Any) -> Any:
        self.generic_visit(node)
        call = node.items[0].context_expr
        if len(node.items) > 1 or not isinstance(call, gast.Call) or not self._is_hook(call.func):
            return node
        if len(call.args) != 1 or not isinstance(call.args[0], gast.Name):
            raise self._bad(node, "adjoint_of() of something that is not a name")
        target = node.items[0].optional_vars
        if not isinstance(target, gast.Name):
            raise self._bad(node, "adjoint_of() without a name for the adjoint")
        self.count += 1
        return self._replaced(node, call, call.args[0].id, target.id)

    def _replaced(self, node: Any, call: Any, name: str, bar: str) -> list[Any]:
        hook = f"{bar}_hook_{self.count}"
        parameter = gast.Name(bar, gast.Param(), None, None)
        arguments = gast.arguments([parameter], [], None, [], [], None, [])
        back = gast.Return(gast.Name(bar, gast.Load(), None, None))
        made = gast.FunctionDef(hook, arguments, [*node.body, back], [], None, None, [])
        value = gast.Call(call.func, [*call.args, gast.Name(hook, gast.Load(), None, None)], [])
        assigned = gast.Assign([gast.Name(name, gast.Store(), None, None)], value, None)
        return [_placed(made, node), _placed(assigned, node)]

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

    def _bad(self, node: Any, what: str) -> UnsupportedError:
        error = UnsupportedError(
            what,
            why="the block runs on the adjoint of a variable",
            fix="with srcgrad.adjoint_of(x) as x_bar:",
        )
        return error.at(self.source.location(node))  # type: ignore[return-value]


def _placed(made: Any, node: Any) -> Any:
    """A statement with the place of the block, down to the nodes that have none of their own."""
    for part in gast.walk(made):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, node)
    return made

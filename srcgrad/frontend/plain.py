"""Plain forms of `try`, `with` and `match`: fewer shapes for the passes that follow.

A `try` comes out with one handler or with `finally`, `contextlib.suppress` as a `try`, and a
`match` as a chain of `if`.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import Any

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.frontend.matching import Matcher
from srcgrad.frontend.source import FunctionSource, read, resolve

REWRITTEN = (gast.Try, gast.With, gast.Match)


def plain_regions(node: Any, source: FunctionSource) -> Any:
    """A function with its `try`, `with` and `match` statements in these forms."""
    if not any(isinstance(n, REWRITTEN) for n in gast.walk(node)):
        return node
    return _Plain(source, {n.id for n in gast.walk(node) if isinstance(n, gast.Name)}).visit(node)


def may_swallow(function: Any) -> bool:
    """Whether an __exit__ may return something true, which ends an exception."""
    node = read(function).node
    values = [n.value for n in gast.walk(node) if isinstance(n, gast.Return)]
    return not all(v is None or (isinstance(v, gast.Constant) and not v.value) for v in values)


class _Plain(gast.NodeTransformer):  # type: ignore[misc]
    def __init__(self, source: FunctionSource, used: set[str]) -> None:
        self.source = source
        self.used = used

    def fresh(self, name: str) -> str:
        """A name that nothing else has."""
        names = (name + (f"_{n}" if n else "") for n in itertools.count())
        found = next(n for n in names if n not in self.used)
        self.used.add(found)
        return found

    # try

    def visit_Try(self, node: Any) -> Any:
        node = self.generic_visit(node)
        if node.finalbody and node.handlers:
            inner = gast.Try(node.body, node.handlers, node.orelse, [])
            made = self._one_handler(gast.copy_location(inner, node))
            return _placed(gast.Try(made, [], [], node.finalbody), node)
        if node.finalbody:
            return node
        return self._one_handler(node)

    def _one_handler(self, node: Any) -> list[Any]:
        """With `else` behind it, and all handlers in one."""
        handler = self._merged(node.handlers)
        if not node.orelse:
            return [_placed(gast.Try(node.body, [handler], [], []), node)]
        done = self.fresh("finished")
        body = [*node.body, _assign(done, gast.Constant(True, None))]
        then = gast.If(_load(done), node.orelse, [])
        made = [
            _assign(done, gast.Constant(False, None)),
            gast.Try(body, [handler], [], []),
            then,
        ]
        return [_placed(s, node) for s in made]

    def _merged(self, handlers: list[Any]) -> Any:
        """One handler for several: it tests of which class the exception is."""
        first = handlers[0]
        if len(handlers) == 1:
            first.type = first.type or _load("BaseException")
            return first
        name = self.fresh("error")
        body: list[Any] = [gast.Raise(None, None)]
        for handler in reversed(handlers):
            own = handler.name
            bound = [_assign(own.id, _load(name))] if own is not None else []
            kind = handler.type or _load("BaseException")
            test = gast.Call(_load("isinstance"), [_load(name), kind], [])
            body = [gast.If(test, [*bound, *handler.body], body)]
        kinds = [h.type or _load("BaseException") for h in handlers]
        parts = [e for k in kinds for e in (k.elts if isinstance(k, gast.Tuple) else [k])]
        caught = gast.Name(name, gast.Store(), None, None)
        whole = gast.Tuple(parts, gast.Load())
        return _placed(gast.ExceptHandler(whole, caught, body), first)

    # with

    def visit_With(self, node: Any) -> Any:
        node = self.generic_visit(node)
        if len(node.items) > 1:
            inner = gast.With(node.items[1:], node.body, None)
            node.items, node.body = node.items[:1], [self.visit_With(_placed(inner, node))]
        call = node.items[0].context_expr
        if not (isinstance(call, gast.Call) and self._is(call.func, contextlib.suppress)):
            return node
        kinds = gast.Tuple(call.args, gast.Load())
        handler = gast.ExceptHandler(kinds, None, [gast.Pass()])
        return _placed(gast.Try(node.body, [_placed(handler, node)], [], []), node)

    def _is(self, node: Any, wanted: Any) -> bool:
        """Whether a name or an attribute of a module means an object."""
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
        return value is wanted

    # match

    def visit_Match(self, node: Any) -> Any:
        node = self.generic_visit(node)
        subject = self.fresh("subject")
        matcher = Matcher(self.source, subject)
        made = [_assign(subject, node.subject), *matcher.chain(node.cases)]
        return [_placed(s, node) for s in made]


def _load(name: str) -> Any:
    return gast.Name(name, gast.Load(), None, None)


def _assign(name: str, value: Any) -> Any:
    return gast.Assign([gast.Name(name, gast.Store(), None, None)], value, None)


def _placed(made: Any, node: Any) -> Any:
    """A statement at the place of another, where its parts have none of their own."""
    for part in gast.walk(made):
        if getattr(part, "lineno", None) is None:
            gast.copy_location(part, node)
    return made

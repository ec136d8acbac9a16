"""Nested functions as functions of their own: what they capture becomes parameters."""

from __future__ import annotations

import ast
import copy
import hashlib
import linecache
from types import CodeType, FunctionType
from typing import Any

import gast

from srcgrad.errors import UnsupportedError
from srcgrad.ir import Closure

_made: dict[int, tuple[Any, FunctionType]] = {}


def separate(closure: Closure) -> FunctionType:
    """The function that a nested def or lambda makes; it takes what it captures by keyword."""
    known = _made.get(id(closure.node))
    if known is None or known[0] is not closure.node:
        known = _made[id(closure.node)] = closure.node, _separated(closure)
    return known[1]


def _separated(closure: Closure) -> FunctionType:
    outer = closure.source.function
    cells = dict(zip(outer.__code__.co_freevars, outer.__closure__ or (), strict=True))
    text = _text(closure, list(cells))
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    filename = f"<srcgrad function inside {outer.__module__}.{outer.__qualname__} {digest}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    code = _inner(_inner(compile(text, filename, "exec")))
    captured = tuple(cells[n] for n in code.co_freevars)
    made = FunctionType(code, outer.__globals__, code.co_name, None, captured)
    made.__module__ = outer.__module__
    return made


def _inner(code: CodeType) -> CodeType:
    return next(c for c in code.co_consts if isinstance(c, CodeType))


def _text(closure: Closure, cells: list[str]) -> str:
    """A module with the function inside another one, which has the names of the outer cells."""
    node = copy.deepcopy(closure.node)
    arguments = node.args
    if arguments.defaults or any(d is not None for d in arguments.kw_defaults):
        raise UnsupportedError(
            "a derivative of a nested function with defaults",
            why="they belong to the function around it",
            fix="pass these arguments where the function is called",
        )
    arguments.kwonlyargs += [gast.Name(n, gast.Param(), None, None) for n in closure.captured]
    arguments.kw_defaults += [None] * len(closure.captured)
    name = "function" if isinstance(node, gast.Lambda) else node.name
    body = [gast.Return(node.body)] if isinstance(node, gast.Lambda) else node.body
    inner = gast.FunctionDef(name, arguments, body, [], None, None, [])
    tree = gast.gast_to_ast(gast.Module([inner], []))
    text = ast.unparse(ast.fix_missing_locations(tree))
    return f"def around({', '.join(cells)}):\n" + "".join(f"    {s}\n" for s in text.split("\n"))

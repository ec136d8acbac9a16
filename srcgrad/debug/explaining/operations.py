"""Single operations of a specialised function as text: `z = a @ b`, `y_bar[i] += x_bar`."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable, Sequence
from copy import copy
from itertools import count
from typing import Any

from srcgrad import ir
from srcgrad.backend.printer import to_source
from srcgrad.backend.raise_ import raise_function
from srcgrad.ir import Atom, Bind, Block, Function, Stmt, Var
from srcgrad.walk import free, inner_targets, statements, targets

COPIES = ("np.copy({0})", "list({0})", "np.array({0})")
"""How a function keeps an argument as it is before it writes to it; a formula writes to it."""


def name_intermediates(block: Block, active: Container[Any]) -> None:
    """Name the active values that the user has no name for, v1, v2, ..., and loops' counters."""
    every = list(statements(block))
    taken = {t.hint for s in every for t in (*inner_targets(s), *targets(s))}
    for s in every:
        for var in (*inner_targets(s), *targets(s)):
            if var.hint is None and (var in active or var in inner_targets(s)):
                letter = "v" if var in active else "i"
                var.hint = next(n for n in (f"{letter}{k}" for k in count(1)) if n not in taken)
                taken.add(var.hint)


def operation_text(before: list[Bind], s: Bind) -> str:
    """An operation as the assignment of its result, or as an expression if that has no name."""
    plain = Bind(Var(None, s.target.kind), s.op, s.args, s.keywords)
    if s.target.hint is None:
        return expression([*before, plain], plain.target)
    return "\n".join(assignment([*before, plain], plain.target, s.target.hint))


def effect_text(before: list[Bind], s: ir.Effect) -> str:
    """What is called for what it does."""
    return "\n".join(map(ast.unparse, _printed(Block([*before, s]))))


def call_text(op: Any, args: Iterable[Atom]) -> str:
    """The expression that calls an operation on some operands."""
    result = Var()
    return expression([Bind(result, op, tuple(args))], result)


def expression(stmts: Sequence[Stmt], result: Atom) -> str:
    """The expression that computes a result, behind the statements that it needs, if any."""
    *before, last = _printed(Block(list(stmts), (result,)))
    return "; ".join(map(ast.unparse, [*before, last.value]))


def assignment(stmts: Sequence[Stmt], result: Atom, name: str) -> tuple[str, ...]:
    """The statements that compute a result, the last of which assigns or changes `name`."""
    body = _printed(Block(list(stmts), (result,)))
    last = body.pop()
    assert isinstance(last, ast.Return)
    if isinstance(last.value, ast.Name):
        body = [_Renamed(last.value.id, name).visit(s) for s in body]
        own = last.value.id == name or bool(body)
        value: ast.expr | None = None if own else last.value
    else:
        value = last.value
    if value is not None:
        body.append(ast.Assign([ast.Name(name)], value, lineno=0))
    kept = [_augmented(s, name) for s in body if not _copies(s, name)]
    return tuple(ast.unparse(ast.fix_missing_locations(s)) for s in kept)


def _without_origin(s: Stmt) -> Stmt:
    plain = copy(s)
    plain.origin = None
    return plain


def _printed(block: Block) -> list[Any]:
    """The statements of a function with this body."""
    block = Block([_without_origin(s) for s in block.stmts], block.results)
    outer = sorted(free(block), key=lambda v: v.hint or "")
    node, _ = raise_function(Function("formula", tuple(outer), block))
    (definition,) = ast.parse(to_source(node)).body
    assert isinstance(definition, ast.FunctionDef)
    return definition.body


def _copies(s: ast.stmt, name: str) -> bool:
    """Whether a statement only makes a copy of `name` under the same name."""
    match s:
        case ast.Assign([ast.Name(target)], value) if target == name:
            return ast.unparse(value) in [name, *(form.format(name) for form in COPIES)]
    return False


def _augmented(s: ast.stmt, name: str) -> ast.stmt:
    """`x = x + y` as `x += y`."""
    match s:
        case ast.Assign([ast.Name(target)], ast.BinOp(ast.Name(first), op, value)) if (
            target == first == name and isinstance(op, ast.Add | ast.Sub)
        ):
            return ast.AugAssign(ast.Name(name), op, value)
    return s


class _Renamed(ast.NodeTransformer):
    """Gives the result of a formula its name."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.new) if node.id == self.old else node

"""Rewrite the source of a gradient so that it hands each value that it assigns to a recorder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from srcgrad.debug.events import Statement
from srcgrad.debug.slots import Slot, Table
from srcgrad.staging import Compiled

RECORD, ENTER, REVERSE, STEP, LEAVE = (
    f"_srcgrad_{name}" for name in ("record", "enter", "enter_reverse", "step", "leave")
)
NAMES = (RECORD, ENTER, REVERSE, STEP, LEAVE)


@dataclass(frozen=True, eq=False)
class Instrumented:
    """A gradient that takes the methods of a recorder in front of its own arguments."""

    function: Any
    slots: tuple[Slot, ...]
    statements: dict[int, Statement]

    def __call__(self, recorder: Any, *args: Any) -> Any:
        methods = [getattr(recorder, name.removeprefix("_srcgrad_")) for name in NAMES]
        return self.function(*methods, *args)


def instrumented(
    compiled: Compiled, entry: dict[str, Slot], keep: frozenset[str] | None
) -> Instrumented:
    """The instrumented variant of a compiled gradient; `entry` are the slots of its parameters.

    With `keep` only what belongs to these variables is recorded. Lines keep their numbers, and the
    file its name, so that an error of the gradient is raised at the line it is always raised at.
    """
    table = Table(compiled)
    definition = _Rewriter(table, keep).rewritten(entry)
    module = ast.fix_missing_locations(ast.Module([definition], []))
    code = compile(module, compiled.function.__code__.co_filename, "exec")
    space = dict(compiled.function.__globals__)
    exec(code, space)
    return Instrumented(space[definition.name], tuple(table.slots), table.statements)


class _Rewriter:
    """Rewrites the blocks of one function."""

    def __init__(self, table: Table, keep: frozenset[str] | None) -> None:
        self.table = table
        self.keep = keep

    def rewritten(self, entry: dict[str, Slot]) -> ast.FunctionDef:
        """The definition with records; parameters are recorded first."""
        made = self.table.definition
        front = [self._record(self.table.new(s), _name(n)) for n, s in entry.items() if self._in(s)]
        made.body = [*front, *self._block(made.body)]
        made.args.args[:0] = [ast.arg(name) for name in NAMES]
        return made

    def _in(self, slot: Slot) -> bool:
        return self.keep is None or slot.variable in self.keep

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        return [new for s in body for new in self._statement(s)]

    def _statement(self, s: ast.stmt) -> Iterator[ast.stmt]:
        if isinstance(s, ast.For | ast.While):
            yield from self._loop(s)
            return
        records = [*self._records(s)]
        for field in ("body", "orelse", "finalbody"):
            if inner := getattr(s, field, None):
                setattr(s, field, self._block(inner))
        for handler in getattr(s, "handlers", ()):
            handler.body = self._block(handler.body)
        if isinstance(s, ast.With):
            s.body[:0] = records
            records = []
        yield s
        yield from records

    def _loop(self, s: ast.For | ast.While) -> Iterator[ast.stmt]:
        """A loop between `enter` and `leave`, whose passes begin with `step`."""
        targets = [*self._records(s)] if isinstance(s, ast.For) else []
        s.body = [_call(s, STEP), *targets, *self._block(s.body)]
        s.orelse = self._block(s.orelse)
        if isinstance(s, ast.For) and self.table.of(s).reverse:
            s.iter = ast.copy_location(ast.Call(_name(REVERSE), [s.iter], []), s.iter)
        else:
            yield _call(s, ENTER)
        yield s
        yield _call(s, LEAVE)

    def _records(self, s: ast.stmt) -> Iterator[ast.stmt]:
        for slot, name in self.table.assigned(s):
            value = assigned_value(s, name)
            if value is not None and self._in(self.table.slots[slot]):
                yield ast.copy_location(self._record(slot, value), s)

    def _record(self, slot: int, value: ast.expr) -> ast.stmt:
        return ast.Expr(ast.Call(_name(RECORD), [ast.Constant(slot), value], []))


def _call(s: ast.stmt, name: str) -> ast.stmt:
    return ast.copy_location(ast.Expr(ast.Call(_name(name), [], [])), s)


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def assigned_value(s: ast.stmt, name: str) -> ast.expr | None:
    """What to record of a name that a statement assigns: for a store what was stored into.

    Of a list that grows that is its new last element; nothing of a tape, or of a list that shrinks.
    """
    match s:
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(), "append"))):
            last = ast.UnaryOp(ast.USub(), ast.Constant(1))
            return None if _is_tape(name) else ast.Subscript(_name(name), last, ast.Load())
        case ast.Expr(ast.Call(ast.Attribute(ast.Name(), "pop"))):
            return None
        case ast.Expr(ast.Call(args=[array, index, *_])):
            return _part(ast.Subscript(array, index), name)
        case ast.Assign(value=ast.List([])) if _is_tape(name):
            return None
        case (
            ast.Assign(targets=[ast.Subscript() as target])
            | ast.AugAssign(target=ast.Subscript() as target)
        ):
            return _part(target, name)
    return _name(name)


def _is_tape(name: str) -> bool:
    return name.rstrip("_0123456789") == "tape"


READABLE = (ast.Name, ast.Constant, ast.Slice, ast.Tuple, ast.BinOp, ast.UnaryOp, ast.Subscript)


def _part(target: ast.Subscript, name: str) -> ast.expr:
    """An element or a region, if it can be read again without calling anything; else the whole."""
    nodes = [n for n in ast.walk(target) if isinstance(n, ast.expr)]
    if not all(isinstance(n, (*READABLE, ast.Attribute)) for n in nodes):
        return _name(name)
    read: Any = ast.parse(ast.unparse(target), mode="eval").body
    return read if isinstance(read, ast.expr) else _name(name)

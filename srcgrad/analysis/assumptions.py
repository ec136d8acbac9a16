"""Checks in a run of what could not be known about memory when compiling."""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import normalise
from srcgrad.analysis.memory import Cell, Memory, is_memory
from srcgrad.analysis.values import Value
from srcgrad.ir import Atom, Bind, Block, Const, If, Raise, Stmt, Var
from srcgrad.kinds import Num, Opaque
from srcgrad.rules.table import lookup
from srcgrad.runtime import overlap
from srcgrad.walk import blocks, statements

_BOOL = Num(np.dtype(bool), (), weak=True)


def check_assumptions(memory: Memory, body: Block) -> None:
    """Insert a check behind each operation whose result was taken for a view and matters as one."""
    made = {s for s, place in memory.assumed if any(map(place.is_same, memory.relied))}
    for block in (body, *(inner for s in statements(body) for inner in blocks(s))):
        if any(s in made for s in block.stmts):
            block.stmts = [t for s in block.stmts for t in _checked(s, made)]


def _checked(s: Stmt, made: set[Bind]) -> list[Stmt]:
    if not isinstance(s, Bind) or s not in made:
        return [s]
    again, shared, copied = Var(None, s.target.kind), Var(None, _BOOL), Var(None, _BOOL)
    return [
        s,
        Bind(again, s.op, s.args, s.keywords, origin=s.origin),
        Bind(shared, np.shares_memory, _operands(s.args[0], again), origin=s.origin),
        Bind(copied, operator.not_, (shared,), origin=s.origin),
        If(
            copied,
            refusal(f"{_name(s)} is a copy here, not a view, so stores go elsewhere"),
            Block(),
        ),
    ]


def _operands(a: Atom, b: Atom) -> tuple[Atom, ...]:
    primitive = lookup(np.shares_memory)
    assert primitive is not None
    return normalise(primitive, (a, b))


def _name(s: Bind) -> str:
    return f"{getattr(s.op, '__name__', 'reshape')} of {_named(s.args[0])}"


def _named(atom: ir.Atom) -> str:
    return (atom.hint if isinstance(atom, Var) else None) or "an array"


def refusal(message: str) -> Block:
    """A block that raises ValueError."""
    error = Var(None, Opaque(ValueError))
    made = Bind(error, ir.CALL, (Const(ValueError), Const(message)))
    return Block([made, Raise(error)], raises=True)


def check_arguments(memory: Memory, params: Iterable[Var], body: Block) -> None:
    """Refuse arguments that share memory where one of them is written into."""
    parts = memory.opened
    known = [p for p in (*params, *parts) if is_memory(p.kind) and p not in memory.taken_apart]
    roots = [_root(memory, cell) for cell in memory.written]
    written = [p for p in known if any(p is r for r in roots)]
    pairs = [(a, b) for a in written for b in known if b is not a]
    done: set[frozenset[Var]] = set()
    checks: list[Stmt] = []
    for a, b in pairs:
        if frozenset((a, b)) not in done:
            done.add(frozenset((a, b)))
            checks += _check_pair(a, b)
    made = [i for i, s in enumerate(body.stmts) if isinstance(s, Bind) and s.target in parts]
    where = made[-1] + 1 if made else 0
    body.stmts[where:where] = checks


def _root(memory: Memory, cell: Cell) -> Value:
    """What a cell came up with, or the argument that it is an element of."""
    while cell in memory.owners:
        owner, _ = memory.owners[cell]
        place = memory.reference(owner)
        if place is None or place.cell is cell:
            return owner
        cell = place.cell
    return cell.first


def _check_pair(a: Var, b: Var) -> list[Stmt]:
    arrays = isinstance(a.kind, Num) and isinstance(b.kind, Num)
    shared = Var(None, _BOOL)
    names = [v.hint or "an element" for v in (a, b)]
    message = f"{' and '.join(names)} share memory that is written into: pass a copy of one"
    test = Bind(shared, overlap, (a, b))
    if arrays:
        test = Bind(shared, np.shares_memory, _operands(a, b))
    return [test, If(shared, refusal(message), Block())]

"""Tidy: drop what nothing needs.

Expressions are simplified and shared as they are built; what is left is dead code, including loops
whose results nobody reads and values that a loop carries only to itself.
"""

from __future__ import annotations

import operator
from typing import TypeGuard

from srcgrad import ir
from srcgrad.analysis.aliases import is_in_place
from srcgrad.ir import Block, Loop, Stmt, Var
from srcgrad.kinds import Num
from srcgrad.rules.table import lookup
from srcgrad.walk import atoms, blocks, statements, substitute, targets

IDENTITY = (operator.is_, operator.is_not)
PURE_SYNTAX = (
    ir.Display,
    ir.GetAttr,
    ir.Unpack,
    ir.Format,
    ir.UpdateAt,
    ir.WriteView,
    ir.Append,
    ir.Shorten,
    ir.ZerosLike,
    ir.Blanks,
    ir.Closure,
    ir.Load,
    ir.Construct,
    ir.Ruled,
)


def is_pure(op: object) -> bool:
    """Whether an operation only computes its result."""
    return (
        op in (slice, list)
        or isinstance(op, PURE_SYNTAX)
        or lookup(op) is not None
        or op in IDENTITY
    )


def drop_dead(block: Block) -> None:
    """Remove statements whose results nothing reads, in place."""
    live = set(_vars(block.results))
    while _grow(block, live):
        pass
    _sweep(block, live)


def drop_hooks(block: Block) -> None:
    """Replace what only hands its argument on by the argument."""
    found = {
        s.target: s.args[0]
        for s in statements(block)
        if isinstance(s, ir.Bind) and isinstance(s.op, ir.Ruled) and s.op.rule.hook
    }
    for v, a in list(found.items()):
        while a in found:
            a = found[a]
        found[v] = a
    substitute(block, found)
    drop_dead(block)


def drop_spare_copies(block: Block, spare: set[Var]) -> None:
    """Drop copies that nobody asked for, where all that is done with them is computing."""
    every = list(statements(block))
    if not spare or any(map(is_in_place, every)):
        return
    taken = set(_vars(block.results))
    for s in every:
        primitive = lookup(s.op) if isinstance(s, ir.Bind) else None
        if primitive is None or not primitive.is_fresh:
            taken.update(_vars(tuple(atoms(s))))
            taken.update(v for b in blocks(s) for v in _vars(b.results))
    copies = {s.target: s.args[0] for s in every if isinstance(s, ir.Bind) and s.target in spare}
    substitute(block, {t: a for t, a in copies.items() if t not in taken})
    drop_dead(block)


def place_pushes(block: Block) -> None:
    """Move each push up to right behind the last of the values it keeps."""
    for s in list(block.stmts):
        for inner in blocks(s):
            place_pushes(inner)
            if isinstance(s, ir.Try) and inner is s.then:
                _pushes_last(inner)
        if isinstance(s, ir.Push):
            block.stmts.remove(s)
            values = {v for v in s.values if isinstance(v, Var)}
            where = [i for i, t in enumerate(block.stmts) if values & _made_or_filled(t)]
            block.stmts.insert(where[-1] + 1 if where else 0, s)


def _pushes_last(block: Block) -> None:
    """Keep values at the end of a block that may not come to it."""
    block.stmts.sort(key=lambda s: isinstance(s, ir.Push))


def _made_or_filled(s: Stmt) -> set[Var]:
    """The variables that a statement defines, and the tapes that it or a part of it writes to."""
    every = (s, *(inner for b in blocks(s) for inner in statements(b)))
    return {*targets(s), *(t.tape for t in every if isinstance(t, ir.Push))}


def _vars(some: tuple[ir.Atom, ...]) -> list[Var]:
    return [a for a in some if isinstance(a, Var)]


def _grow(block: Block, live: set[Var]) -> bool:
    """Mark what live statements read; whether anything was added."""
    before = len(live)
    for s in reversed(block.stmts):
        _mark(s, live)
    return len(live) > before


def _mark(s: Stmt, live: set[Var]) -> None:
    if not _is_live(s, live):
        return
    match s:
        case ir.Rescue(handler=handler):
            _grow(handler, live)
            live.update(_vars((s.catches,)))
            return
        case ir.Try():  # what may raise says which way it goes
            live.update(t.target for t in statements(s.then) if _may_raise(t))
            live.update(_vars((s.catches,)))
    match s:
        case ir.If():
            for inner in (s.then, s.orelse):
                for target, result in zip(s.targets, inner.results, strict=False):
                    if target in live:
                        live.update(_vars((result,)))
                _grow(inner, live)
            live.update(() if isinstance(s, ir.Try) else _vars((s.test,)))
        case Loop():
            _mark_loop(s, live)
        case ir.Define(body=body):
            live.update(_vars(body.results))
            _grow(body, live)
        case ir.Push(values=values):
            live.update(_vars(values))
        case _:
            live.update(_vars(tuple(atoms(s))))


SAFE = (operator.add, operator.sub, operator.mul, operator.neg)


def _may_raise(s: Stmt) -> TypeGuard[ir.Bind]:
    """Whether an operation is more than sums and products of numbers."""
    if not isinstance(s, ir.Bind):
        return False
    numbers = all(_is_number(a) for a in s.args)
    return s.op not in SAFE or not numbers


def _is_number(atom: ir.Atom) -> bool:
    if isinstance(atom, Var):
        return isinstance(atom.kind, Num) and atom.kind.is_scalar
    return isinstance(atom.value, int | float)


def _mark_loop(s: Loop, live: set[Var]) -> None:
    live.update(_vars((s.stop,)) if s.stop is not None else ())
    live.update(a for a in atoms(s) if isinstance(a, Var) and a not in s.inits)
    while True:
        before = len(live)
        for param, init, result, target in zip(
            s.params, s.inits, s.body.results, s.targets, strict=True
        ):
            if target in live or param in live:
                live.update(_vars((init, result)))
                live.add(param)
        for inner in blocks(s):
            if inner is s.test:
                live.update(_vars(inner.results))
            _grow(inner, live)
        if len(live) == before:
            return


def _is_live(s: Stmt, live: set[Var]) -> bool:
    match s:
        case ir.Bind(target=target, op=op):
            return target in live or not is_pure(op)
        case ir.Pop():
            return True
        case ir.Push(tape=tape):
            return tape in live
        case ir.Try():
            return True
        case ir.If():
            if any(t in live for t in s.targets) or s.then.raises or s.orelse.raises:
                return True
            # the reverse sweep of a branch may read what the branch defined
            return any(_is_live(t, live) for b in blocks(s) for t in b.stmts)
        case Loop():
            return any(t in live for t in targets(s)) or any(
                _has_effect(b, live) for b in blocks(s)
            )
        case ir.Define(target=target):
            return target in live
    return True


def _has_effect(block: Block, live: set[Var]) -> bool:
    return block.raises or any(_is_effect(s, live) for s in statements(block))


def _is_effect(s: Stmt, live: set[Var]) -> bool:
    match s:
        case ir.Effect() | ir.Raise() | ir.Pop() | ir.Try():
            return True
        case ir.Push(tape=tape):
            return tape in live
        case ir.Bind(op=op):
            return not is_pure(op)
        case Loop(source=None):
            return True  # it may never end, and that is for the user to see
    return False


def _sweep(block: Block, live: set[Var]) -> None:
    block.stmts = [s for s in block.stmts if _is_live(s, live)]
    for s in block.stmts:
        if isinstance(s, ir.If):
            _keep(s, [i for i, t in enumerate(s.targets) if t in live])
        elif isinstance(s, Loop):
            _keep_carried(s, live)
        for inner in blocks(s):
            _sweep(inner, live)


def _keep(s: ir.If, kept: list[int]) -> None:
    s.targets = tuple(s.targets[i] for i in kept)
    for inner in (s.then, s.orelse):
        if not inner.raises:
            inner.results = tuple(inner.results[i] for i in kept)


def _keep_carried(s: Loop, live: set[Var]) -> None:
    kept = [
        i
        for i, (p, t) in enumerate(zip(s.params, s.targets, strict=True))
        if p in live or t in live
    ]
    s.params = tuple(s.params[i] for i in kept)
    s.inits = tuple(s.inits[i] for i in kept)
    s.targets = tuple(s.targets[i] for i in kept)
    s.body.results = tuple(s.body.results[i] for i in kept)

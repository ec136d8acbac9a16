"""Questions about IR that every stage asks: what a statement reads, defines and contains."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from srcgrad import ir
from srcgrad.ir import Atom, Block, Source, Stmt, Var

Rename = Callable[[Atom], Atom]


def atoms(s: Stmt) -> Iterator[Atom]:
    """What a statement reads itself, not counting the blocks inside it."""
    match s:
        case ir.Bind(args=args) | ir.Effect(args=args):
            yield from args
        case ir.Raise(exception, cause):
            yield from (a for a in (exception, cause) if a is not None)
        case ir.Try(catches=catches) | ir.Rescue(catches=catches):
            yield catches
        case ir.If(test=test):
            yield test
        case ir.Loop():
            yield from s.inits
            yield from source_atoms(s.source)
        case ir.Push(tape, values):
            yield tape
            yield from values
        case ir.Pop(tape=tape, index=index):
            yield tape
            if index is not None:
                yield index


def source_atoms(source: Source | None) -> Iterator[Atom]:
    for arg in source.args if source else ():
        if isinstance(arg, Source):
            yield from source_atoms(arg)
        else:
            yield arg


def blocks(s: Stmt) -> tuple[Block, ...]:
    """The blocks inside a statement, in order of execution."""
    match s:
        case ir.If(then=then, orelse=orelse):
            return then, orelse
        case ir.Rescue(handler=handler):
            return (handler,)
        case ir.Loop(test=test, body=body):
            return (test, body) if test else (body,)
        case ir.Define(body=body):
            return (body,)
    return ()


def loop_ends(s: Stmt) -> tuple[Atom, ...]:
    """What a loop reads at the end of each pass besides its body's results."""
    return (s.stop,) if isinstance(s, ir.Loop) and s.stop is not None else ()


def targets(s: Stmt) -> tuple[Var, ...]:
    """What a statement defines for the code after it."""
    match s:
        case ir.Bind(target=target) | ir.Define(target=target):
            return (target,)
        case ir.Try(targets=ts, test=Var() as test):
            return (*ts, test)
        case ir.If(targets=ts) | ir.Loop(targets=ts) | ir.Pop(targets=ts):
            return ts
    return ()


def inner_targets(s: Stmt) -> tuple[Var, ...]:
    """What a statement defines for the blocks inside it."""
    match s:
        case ir.Loop(params=params, source=source):
            items = tuple(leaf.item for leaf in source.leaves() if leaf.item) if source else ()
            return (*params, *items)
        case ir.Define(params=params):
            return params
        case ir.Try(caught=caught) | ir.Rescue(caught=caught):
            return (caught,)
    return ()


def defined(block: Block) -> set[Var]:
    """Every variable that a block defines, however deep."""
    found: set[Var] = set()
    for s in statements(block):
        found.update(targets(s))
        found.update(inner_targets(s))
    return found


def statements(block: Block) -> Iterator[Stmt]:
    """Every statement of a block, however deep, in order."""
    for s in block.stmts:
        yield s
        for inner in blocks(s):
            yield from statements(inner)


def read(block: Block) -> Iterator[Var]:
    """Every variable that a block reads, however deep, its results included."""
    for s in block.stmts:
        yield from (a for a in (*atoms(s), *loop_ends(s)) if isinstance(a, Var))
        for inner in blocks(s):
            yield from read(inner)
    yield from (a for a in block.results if isinstance(a, Var))


def free(block: Block) -> set[Var]:
    """The variables that a block reads and does not define."""
    return set(read(block)) - defined(block)


def substitute(block: Block, mapping: dict[Var, Atom]) -> None:
    """Replace variables wherever a block reads them, in place."""
    if mapping:
        _rename_block(block, lambda a: mapping.get(a, a) if isinstance(a, Var) else a)


def _rename_block(block: Block, f: Rename) -> None:
    for s in block.stmts:
        _rename(s, f)
        for inner in blocks(s):
            _rename_block(inner, f)
    block.results = tuple(map(f, block.results))


def _rename(s: Any, f: Rename) -> None:
    match s:
        case ir.Bind() | ir.Effect():
            s.args = tuple(map(f, s.args))
        case ir.Raise():
            s.exception = s.exception and f(s.exception)
            s.cause = s.cause and f(s.cause)
        case ir.Try() | ir.Rescue():
            s.catches = f(s.catches)
        case ir.If():
            s.test = f(s.test)
        case ir.Loop():
            s.inits = tuple(map(f, s.inits))
            s.stop = s.stop and f(s.stop)
            _rename_source(s.source, f)
        case ir.Push():
            s.values = tuple(map(f, s.values))
            s.tape = _variable(f(s.tape))
        case ir.Pop():
            s.tape = _variable(f(s.tape))
            s.index = s.index and f(s.index)


def _variable(atom: Atom) -> Var:
    assert isinstance(atom, Var)
    return atom


def _rename_source(source: Source | None, f: Rename) -> None:
    if source is not None:
        for arg in source.args:
            if isinstance(arg, Source):
                _rename_source(arg, f)
        source.args = tuple(a if isinstance(a, Source) else f(a) for a in source.args)

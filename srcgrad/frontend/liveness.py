"""Drop what branches and loops hand on although nothing reads it: names that no later code uses.

Lowering makes every assigned name a result of the branch or loop around it; whether anything reads
it is known only at the end of the function (live variables; Aho, Lam, Sethi & Ullman, *Compilers*,
section 9.2).
"""

from __future__ import annotations

from collections.abc import Iterable

from srcgrad.ir import Atom, Block, If, Loop, Stmt, Var
from srcgrad.walk import atoms, blocks, loop_ends, source_atoms, statements


def drop_unread(block: Block) -> None:
    """Keep of what branches and loops hand on what is read, in place."""
    live: set[Var] = set()
    known = -1
    while len(live) > known:
        known = len(live)
        _collect(block, block.results, live)
    for s in list(statements(block)):
        if isinstance(s, If):
            _keep_of_if(s, live)
        elif isinstance(s, Loop):
            _keep_of_loop(s, live)


def _collect(block: Block, results: Iterable[Atom], live: set[Var]) -> None:
    """Add the variables that a block reads, if of what it hands on some is read."""
    live.update(a for a in results if isinstance(a, Var))
    for s in reversed(block.stmts):
        live.update(a for a in (*_own_atoms(s, live), *loop_ends(s)) if isinstance(a, Var))
        for inner in blocks(s):
            _collect(inner, _handed_on(s, inner, live), live)


def _own_atoms(s: Stmt, live: set[Var]) -> Iterable[Atom]:
    """What a statement reads itself; of what a loop starts from, the rows that are read."""
    if not isinstance(s, Loop):
        return atoms(s)
    return (*source_atoms(s.source), *(s.inits[i] for i in _rows(s, live)))


def _handed_on(s: Stmt, inner: Block, live: set[Var]) -> Iterable[Atom]:
    if isinstance(s, If):
        return [r for t, r in zip(s.targets, inner.results, strict=False) if t in live]
    if isinstance(s, Loop) and inner is s.body:
        return [inner.results[i] for i in _rows(s, live) if inner.results]
    return inner.results


def _rows(s: Loop, live: set[Var]) -> list[int]:
    """The rows of a loop of which the end or the start of a pass is read."""
    rows = zip(s.targets, s.params, strict=True)
    return [i for i, row in enumerate(rows) if any(v in live for v in row)]


def _keep_of_if(s: If, live: set[Var]) -> None:
    kept = [i for i, t in enumerate(s.targets) if t in live]
    s.targets = tuple(s.targets[i] for i in kept)
    for branch in (s.then, s.orelse):
        if branch.results:
            branch.results = tuple(branch.results[i] for i in kept)


def _keep_of_loop(s: Loop, live: set[Var]) -> None:
    kept = _rows(s, live)
    s.targets = tuple(s.targets[i] for i in kept)
    s.params = tuple(s.params[i] for i in kept)
    s.inits = tuple(s.inits[i] for i in kept)
    if s.body.results:
        s.body.results = tuple(s.body.results[i] for i in kept)

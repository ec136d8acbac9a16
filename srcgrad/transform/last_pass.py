"""Spare the last pass of a reverse loop what only a pass after it would read.

What a reverse loop carries into the first pass of the forward loop is thrown away if the loop
started from something that is not differentiated. If computing it is worth a test, it is computed
in the other passes.
"""

from __future__ import annotations

import operator
from collections import Counter

from srcgrad.analysis.builder import Builder
from srcgrad.ir import Atom, Bind, Block, If, Stmt, Var
from srcgrad.kinds import Num
from srcgrad.rules.table import lookup
from srcgrad.walk import atoms, read


def spare(
    builder: Builder, body: Block, position: int, carried: Var, index: Var, first: Atom
) -> bool:
    """Compute a result of a body in all passes but that of index `first`; whether it pays."""
    result = body.results[position]
    alone = _only_for(body, result)
    if not any(map(_is_costly, alone)):
        return False
    where = body.stmts.index(alone[-1])
    with builder.inside(Block()):
        test = builder.emit(operator.ne, index, first)
        made = list(builder.stmts)
    assert isinstance(result, Var)
    target = Var(carried.hint, result.kind)
    branch = If(test, Block(alone, (result,)), Block([], (carried,)), (target,))
    body.stmts[where] = branch
    body.stmts[where:where] = made
    body.stmts = [s for s in body.stmts if s not in alone]
    body.results = tuple(target if i == position else r for i, r in enumerate(body.results))
    return True


def _only_for(body: Block, result: Atom) -> list[Stmt]:
    """The statements that compute nothing but a result, in order."""
    uses = Counter(read(body))
    found: list[Stmt] = []
    wanted = {result} if isinstance(result, Var) and uses[result] == 1 else set()
    inside: Counter[Atom] = Counter()
    for s in reversed(body.stmts):
        if isinstance(s, Bind) and (s.target in wanted or 0 < uses[s.target] == inside[s.target]):
            found.append(s)
            inside.update(atoms(s))
    return found[::-1]


def _is_costly(s: Stmt) -> bool:
    """Whether an operation is more than elementwise arithmetic: a matrix product, say."""
    primitive = lookup(s.op) if isinstance(s, Bind) else None
    if primitive is None or not isinstance(s, Bind) or primitive.partials is not None:
        return False
    kind = s.target.kind
    fresh = primitive.is_fresh and primitive.has_derivative
    return fresh and isinstance(kind, Num) and not kind.is_scalar

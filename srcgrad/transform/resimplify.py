"""Simplify a block again, once more is known of what it reads."""

from __future__ import annotations

from srcgrad import ir
from srcgrad.analysis.builder import Builder, constant_key
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Var
from srcgrad.walk import blocks, substitute


def carry_less(builder: Builder, loop: Loop) -> dict[Var, Atom]:
    """Drop what a loop never changes; the values that stand for such targets now."""
    rows = zip(loop.params, loop.inits, loop.body.results, strict=True)
    same = [i for i, (p, init, r) in enumerate(rows) if p is r or _are_equal(init, r)]
    if not same:
        return {}
    mapping = {loop.params[i]: loop.inits[i] for i in same}
    targets = {loop.targets[i]: loop.inits[i] for i in same}
    kept = [i for i in range(len(loop.params)) if i not in same]
    loop.params = tuple(loop.params[i] for i in kept)
    loop.inits = tuple(loop.inits[i] for i in kept)
    loop.targets = tuple(loop.targets[i] for i in kept)
    loop.body.results = tuple(loop.body.results[i] for i in kept)
    resimplify(builder, loop.body, mapping)
    return targets


def _are_equal(a: Atom, b: Atom) -> bool:
    return (
        isinstance(a, Const)
        and isinstance(b, Const)
        and constant_key(a.value) == constant_key(b.value)
    )


def resimplify(builder: Builder, block: Block, mapping: dict[Var, Atom]) -> None:
    """Substitute in a block, taking each simpler form that this opens up."""
    old = block.stmts
    block.stmts = []
    with builder.inside(block):
        for s in old:
            one = Block([s])
            substitute(one, mapping)
            simpler = builder.simpler(s.op, s.args) if isinstance(s, Bind) else None
            if simpler is not None and isinstance(s, Bind):
                _keep_name(s, simpler)
                mapping[s.target] = simpler
                continue
            for inner in blocks(s):
                resimplify(builder, inner, mapping)
            builder.stmts.append(s)
    tail = Block([], block.results)
    substitute(tail, mapping)
    block.results = tail.results


def _keep_name(s: Bind, simpler: Atom) -> None:
    if isinstance(simpler, Var) and simpler.hint is None and not isinstance(s.op, ir.UpdateAt):
        simpler.hint = s.target.hint

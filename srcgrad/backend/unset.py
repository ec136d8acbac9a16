"""Variables that may be copied or kept before anything has assigned them: those need a None."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from srcgrad import ir
from srcgrad.ir import Atom, Block, If, Loop, Var
from srcgrad.walk import statements

Same = Callable[[Atom, Var], bool]


def unset_targets(body: Block, same: Same) -> set[Var]:
    """The branch targets that are copied or taped though a path leaves them unset.

    `same(value, target)` says whether a value needs no copy to become a target's.
    """
    pairs = list(_pairs(body))
    unset = {t for t, a in pairs if a is ir.UNDEFINED}
    wanted = {a for t, a in pairs if isinstance(a, Var) and not same(a, t)}
    wanted |= {a for s in statements(body) if isinstance(s, ir.Push) for a in _variables(s.values)}
    while True:
        more = {a for t, a in pairs if t in wanted and isinstance(a, Var)} - wanted
        if not more:
            return unset & wanted
        wanted |= more


def _pairs(body: Block) -> Iterator[tuple[Var, Atom]]:
    """What each target may be."""
    for s in statements(body):
        if isinstance(s, If):
            for block in (s.then, s.orelse):
                yield from zip(s.targets, block.results, strict=False)
        elif isinstance(s, Loop):
            yield from zip(s.targets, s.inits, strict=True)
            yield from zip(s.targets, s.body.results, strict=True)
            yield from zip(s.params, s.inits, strict=True)
            yield from zip(s.params, s.body.results, strict=True)


def _variables(atoms: tuple[Atom, ...]) -> list[Var]:
    return [a for a in atoms if isinstance(a, Var)]

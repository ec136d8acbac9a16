"""How a loop's passes end, as the reverse sweep sees it."""

from __future__ import annotations

import operator

from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Var
from srcgrad.kinds import integer


def position_of(atom: Atom | None, targets: tuple[Var, ...]) -> int:
    """Where a variable stands among targets."""
    return next(i for i, t in enumerate(targets) if t is atom)


def _is_known(atom: Atom, value: bool) -> bool:
    return isinstance(atom, Const) and atom.value is value


class Exits:
    """How a loop's passes end: what they hand on, and which of them the reverse sweep counts.

    A pass that leaves through `break` with every carried value as it was has no reverse: then
    only the part before the test and the rest of the pass matter, and only full passes are
    counted.
    """

    def __init__(self, loop: Loop, carried: set[int]) -> None:
        self.loop = loop
        last = loop.body.stmts[-1] if loop.body.stmts else None
        self.branch = last if isinstance(last, If) and loop.stop in last.targets else None
        self.full = self._full_branch(carried) if self.branch else None

    def _full_branch(self, carried: set[int]) -> Block | None:
        """The branch that goes on, if the other leaves everything as it was."""
        assert self.branch is not None
        where = position_of(self.loop.stop, self.branch.targets)
        for leaving, going in (
            (self.branch.then, self.branch.orelse),
            (self.branch.orelse, self.branch.then),
        ):
            if leaving.raises or going.raises:
                return None
            decided = _is_known(leaving.results[where], True) and _is_known(
                going.results[where], False
            )
            kept = all(self._is_kept(i, leaving) for i in carried)
            if decided and kept and not leaving.stmts:
                return going
        return None

    def _is_kept(self, position: int, leaving: Block) -> bool:
        result = self.loop.body.results[position]
        if result is self.loop.params[position]:
            return True
        if self.branch is None or result not in self.branch.targets:
            return False
        where = position_of(result, self.branch.targets)
        return leaving.results[where] is self.loop.params[position]

    def result(self, position: int) -> Atom:
        """What a pass hands on for a carried value."""
        result = self.loop.body.results[position]
        if self.full is not None and self.branch is not None and result in self.branch.targets:
            return self.full.results[position_of(result, self.branch.targets)]
        return result

    def body(self) -> Block:
        """The statements of a pass that the reverse sweep goes through."""
        if self.full is None:
            return self.loop.body
        return Block([*self.loop.body.stmts[:-1], *self.full.stmts])

    def block(self) -> Block:
        """Where a counted pass puts its values on the tape."""
        return self.loop.body if self.full is None else self.full

    def add_counter(self) -> Atom:
        """Let the loop count its passes; the count, less a last one that was cut short."""
        before, after, total = (
            Var("trips", integer()),
            Var("trips", integer()),
            Var("trips", integer()),
        )
        loop = self.loop
        loop.params += (before,)
        loop.inits += (Const(0),)
        loop.targets += (total,)
        if self.full is None or self.branch is None:
            loop.body.stmts.append(Bind(after, operator.add, (before, Const(1))))
            loop.body.results += (after,)
            return total
        self.full.stmts.append(Bind(after, operator.add, (before, Const(1))))
        joined = Var("trips", integer())
        for block in (self.branch.then, self.branch.orelse):
            block.results += (after if block is self.full else before,)
        self.branch.targets += (joined,)
        loop.body.results += (joined,)
        return total

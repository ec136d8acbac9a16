"""Which values no second name can see, so that updating them in place is the same as rebinding.

Answered on the lowered function, before anything is inlined: a value is private if arithmetic has
just made it and if nothing but the update reads it.
"""

from __future__ import annotations

from collections import Counter

from srcgrad import ir
from srcgrad.frontend.expressions import BINARY
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Var
from srcgrad.walk import read, statements

ARITHMETIC = frozenset(BINARY.values())


class Privacy:
    """Answers for one lowered function."""

    def __init__(self, body: Block) -> None:
        self.uses = Counter(read(body))
        self.made: dict[Var, ir.Stmt] = {}
        self.fresh_calls: set[Var] = set()
        for s in statements(body):
            match s:
                case Bind(target=target):
                    self.made[target] = s
                case If(targets=targets):
                    self.made.update(dict.fromkeys(targets, s))
                case Loop(targets=targets, params=params):
                    self.made.update(dict.fromkeys((*targets, *params), s))

    def is_private(self, update: Bind) -> bool:
        """Whether an update in place is the only reader of a value that is nobody else's."""
        old, *others = update.args
        if not isinstance(old, Var):
            return False
        uses, self.uses[old] = self.uses[old], self.uses[old] - others.count(old)
        private = self._is_own(old, set())
        self.uses[old] = uses
        return private

    def _is_own(self, a: Atom, assumed: set[Var]) -> bool:
        """Whether a value is fresh and read once."""
        if isinstance(a, Const) or a in assumed:
            return True
        if self.uses[a] != 1:
            return False
        made, assumed = self.made.get(a), assumed | {a}
        match made:
            case Bind(op=op):
                return op in ARITHMETIC or isinstance(op, ir.InPlace) or a in self.fresh_calls
            case If(targets=targets, then=then, orelse=orelse):
                i = targets.index(a)
                return all(self._is_own(b.results[i], assumed) for b in (then, orelse))
            case Loop(params=params, targets=targets):
                i = (params if a in params else targets).index(a)
                assumed = assumed | {params[i], targets[i]}
                return self._is_own(made.inits[i], assumed) and self._is_own(
                    made.body.results[i], assumed
                )
        return False

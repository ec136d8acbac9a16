"""The last step before printing: stores through views name the view they write to.

`a[i][k:] -= v` becomes `row[k:] -= v` where the row has a name already.
"""

from __future__ import annotations

import operator

from srcgrad import ir
from srcgrad.analysis.aliases import is_in_place
from srcgrad.analysis.builder import atom_key
from srcgrad.ir import Bind, Block, Loop, Var
from srcgrad.kinds import UNKNOWN, Num
from srcgrad.rules.indexing import index_kind_is_basic
from srcgrad.rules.table import lookup
from srcgrad.walk import blocks, substitute

Key = tuple[object, ...]


def write_views(body: Block) -> None:
    """Make the views that stores go through, or use those that are there."""
    Views().block(body, {})


class Views:
    """Which views of each array have been made, while walking through a program."""

    def __init__(self) -> None:
        self.array: dict[Var, Var] = {}
        self.mapping: dict[Var, ir.Atom] = {}

    def block(self, block: Block, known: dict[Key, Var]) -> None:
        """Go through a block; `known` are the views made before it."""
        for s in list(block.stmts):
            one = Block([s])
            substitute(one, self.mapping)
            if isinstance(s, Bind):
                self._bind(s, block, known)
            for inner in blocks(s):
                self.block(inner, {} if isinstance(s, Loop | ir.Define) else dict(known))
        tail = Block([], block.results)
        substitute(tail, self.mapping)
        block.results = tail.results

    def _bind(self, s: Bind, block: Block, known: dict[Key, Var]) -> None:
        if is_in_place(s) and isinstance(s.args[0], Var):
            self.array[s.target] = self.array.get(s.args[0], s.args[0])
        if isinstance(s.op, ir.UpdateAt) and s.op.steps:
            self._through(s, block, known)
        elif _is_view(s):
            key = self._key(s.op, s.args)
            if key in known:
                self.mapping[s.target] = known[key]
                block.stmts.remove(s)
            elif s.target.hint is not None:
                known[key] = s.target

    def _through(self, s: Bind, block: Block, known: dict[Key, Var]) -> None:
        base, *rest = s.args
        view = base
        for step in s.op.steps:
            args, rest = (view, *rest[: step.count]), rest[step.count :]
            found = known.get(self._key(step.op, args))
            if found is None:
                found = Var(None, UNKNOWN)
                if isinstance(base, Var) and isinstance(base.kind, Num):
                    found.kind = Num(base.kind.dtype, None)
                made = Bind(found, step.op, args, origin=s.origin)
                block.stmts.insert(block.stmts.index(s), made)
            view = found
        s.op = ir.WriteView(s.op.op, s.op.repeats)
        s.args = (base, view, *rest)

    def _key(self, op: object, args: tuple[ir.Atom, ...]) -> Key:
        owner = args[0]
        root = self.array.get(owner, owner) if isinstance(owner, Var) else owner
        return (id(op), root, *map(atom_key, args[1:]))


def _is_view(s: Bind) -> bool:
    """Whether a statement surely makes a view of an array."""
    if not isinstance(s.target.kind, Num) or s.target.kind.is_scalar:
        return False
    owner = s.args[0] if s.args else None
    if not isinstance(owner, Var) or not isinstance(owner.kind, Num):
        return False
    if s.op is operator.getitem:
        from srcgrad.analysis.builder import kind_of

        return index_kind_is_basic(kind_of(s.args[1]))
    primitive = lookup(s.op)
    return primitive is not None and primitive.memory == "view"

"""Storage: which results are arrays of their own, to be written to or handed to the caller.

A value is owned where its storage is fresh and nothing else names it any more. Updates in place
and the function's results need owned storage; where it is not, a copy is made.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterable
from functools import reduce

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import normalise
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Stmt, Var
from srcgrad.kinds import Kind, List, Num, is_surely_an_array
from srcgrad.rules.table import lookup
from srcgrad.runtime import owned as owned_at_run_time
from srcgrad.walk import atoms, blocks, inner_targets, statements, targets


def is_immutable(kind: Kind) -> bool:
    """Whether values of a kind cannot be written to, so that sharing them is harmless."""
    return isinstance(kind, Num) and kind.is_scalar


class Ownership:
    """Which variables are fresh storage with a single consumer."""

    def __init__(self, body: Block) -> None:
        self.made: dict[Var, Stmt] = {}
        self.aliased: set[Var] = set()
        self.viewed: Counter[Var] = Counter()
        self.sources: dict[Var, list[Atom]] = {}
        self.loop_of: dict[Block, object] = {}
        self.born_in: dict[Var, object] = {}
        self.consumers = self._collect(body, None)
        self.fresh = self._settle()

    def owns(self, atom: Atom, block: Block | None = None) -> bool:
        """Whether a consumer of the atom, in `block`, may do with its storage what it likes."""
        if isinstance(atom, Const) or is_immutable(atom.kind):
            return True
        if block is not None and self.loop_of.get(block) is not self.born_in.get(atom):
            return False
        return atom in self.fresh and self.consumers[atom] <= 1 and atom not in self.aliased

    def owns_view(self, atom: Atom, block: Block) -> bool:
        """Whether an array is all of fresh storage, in another layout, that nothing else shows."""
        made = self.made.get(atom) if isinstance(atom, Var) else None
        primitive = lookup(made.op) if isinstance(made, Bind) else None
        if not isinstance(made, Bind) or primitive is None:
            return False
        if primitive.memory not in ("view", "layout"):
            return False
        base = made.args[0]
        if made.op is operator.getitem or not isinstance(base, Var) or self.viewed[base] != 1:
            return False
        alone = base in self.fresh and not self.consumers[base]
        return (alone and self.born_in.get(base) is None) or self.owns_view(base, block)

    def _collect(self, block: Block, loop: object) -> Counter[Var]:
        """Note what a block does; how often each variable is consumed on one path through it."""
        self.loop_of[block] = loop
        consumed: Counter[Var] = Counter()
        for s in block.stmts:
            consumed.update(self._collect_one(s))
            self.born_in.update(dict.fromkeys(targets(s), loop))
            inside = s if isinstance(s, Loop | ir.Define) else loop
            self.born_in.update(dict.fromkeys(inner_targets(s), inside))
            paths = []
            for inner in blocks(s):
                paths.append(self._collect(inner, inside))
            for path in paths:
                consumed = consumed + path if isinstance(s, Loop) else consumed
            if paths and not isinstance(s, Loop):
                consumed = consumed + reduce(operator.or_, paths)
        return consumed + Counter(a for a in block.results if isinstance(a, Var))

    def _collect_one(self, s: Stmt) -> Counter[Var]:
        """Note what a statement does; what it consumes itself."""
        taken: Iterable[Atom] = ()
        match s:
            case Bind(target, op, args):
                self.made[target] = s
                taken = self._taken_by(op, args)
            case ir.If():
                for n, t in enumerate(s.targets):
                    self.sources[t] = [b.results[n] for b in (s.then, s.orelse) if not b.raises]
            case Loop():
                taken = s.inits
                for p, t, init, r in zip(s.params, s.targets, s.inits, s.body.results, strict=True):
                    self.sources[p] = self.sources[t] = [init, r]
            case ir.Push(values=values):
                self.aliased.update(a for a in values if isinstance(a, Var))
            case _:
                self.aliased.update(a for a in atoms(s) if isinstance(a, Var))
        return Counter(a for a in taken if isinstance(a, Var))

    def _taken_by(self, op: object, args: tuple[Atom, ...]) -> tuple[Atom, ...]:
        """The operands whose storage an operation takes over."""
        if isinstance(op, ir.UpdateAt):
            return (*args[:1], *(args[-1:] if op.op is None else ()))
        if isinstance(op, ir.WriteView | ir.Append | ir.Shorten):
            return (args[0], *(args[-1:] if isinstance(op, ir.Append) else ()))
        if isinstance(op, ir.Display | ir.Construct):
            return args
        if not _makes_fresh(op):
            viewed = [a for a in args[:1] if isinstance(a, Var) and not isinstance(a.kind, List)]
            self.aliased.update(viewed)
            self.viewed.update(viewed)
        return ()

    def _settle(self) -> set[Var]:
        """The variables whose storage is fresh: all that no rule speaks against."""
        fresh = {v for v, s in self.made.items() if isinstance(s, Bind) and _makes_fresh(s.op)}
        fresh |= set(self.sources)
        changed = True
        while changed:
            bad = {
                v
                for v in fresh
                if any(not self._is_fresh(a, fresh) for a in self.sources.get(v, ()))
            }
            fresh -= bad
            changed = bool(bad)
        return fresh

    def _is_fresh(self, a: Atom, fresh: set[Var]) -> bool:
        if isinstance(a, Const) or is_immutable(a.kind):
            return True
        return a in fresh and self.consumers[a] <= 1 and a not in self.aliased


def _makes_fresh(op: object) -> bool:
    in_place = ir.UpdateAt | ir.WriteView | ir.Append | ir.Shorten
    if isinstance(op, in_place | ir.ZerosLike | ir.Blanks | ir.Display | ir.Construct):
        return True
    primitive = lookup(op)
    return primitive is not None and primitive.is_fresh


def own_elements(body: Block) -> None:
    """Give every list that is updated elements of its own, with a copy where it needs one."""
    ownership = Ownership(body)
    for block in _every_block(body):
        for s in list(block.stmts):
            if isinstance(s, Bind) and _updates_list(s):
                s.args = (*s.args[:-1], _own(block, ownership, s.args[-1], block.stmts.index(s)))


def _updates_list(s: Bind) -> bool:
    return isinstance(s.op, ir.UpdateAt | ir.Append) and isinstance(s.target.kind, List)


def own_results(block: Block, results: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The results of a function, each storage of its own; copies are appended to the block."""
    ownership = Ownership(Block(block.stmts, results))
    return tuple(_own(block, ownership, r, None) for r in results)


def _own(block: Block, ownership: Ownership, atom: Atom, before: int | None) -> Atom:
    """An atom whose storage is its own, or that of a copy; for a container, all the way down."""
    made = ownership.made.get(atom) if isinstance(atom, Var) else None
    if any(isinstance(s, ir.Define) and s.target is atom for s in block.stmts):
        return atom
    if (
        isinstance(made, Bind)
        and isinstance(made.op, ir.Display | ir.Construct)
        and made in block.stmts
    ):
        made.args = tuple(_own(block, ownership, a, block.stmts.index(made)) for a in made.args)
        return atom
    if ownership.owns(atom, block) or (before is None and ownership.owns_view(atom, block)):
        return atom
    assert isinstance(atom, Var)
    copy = Var(atom.hint if atom in ownership.made else None, atom.kind)
    if isinstance(made, Bind) and made in block.stmts and made.op is operator.getitem:
        atom.hint = None  # it is written inside the copy
    block.stmts.insert(len(block.stmts) if before is None else before, _copy(copy, atom, None))
    return copy


def _copy(target: Var, value: Atom, like: Stmt | None) -> Bind:
    origin = like.origin if like else None
    if is_surely_an_array(target.kind):
        primitive = lookup(np.copy)
        assert primitive is not None
        return Bind(target, np.copy, normalise(primitive, (value,)), origin=origin)
    return Bind(target, owned_at_run_time, (value,), origin=origin)


def _every_block(body: Block) -> list[Block]:
    return [body, *(inner for s in statements(body) for inner in blocks(s))]

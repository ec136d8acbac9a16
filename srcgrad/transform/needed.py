"""Needed values: what the reverse sweep of a block reads of its forward sweep, and how it is there.

Only what the adjoint statements really read is needed (Hascoet, Naumann & Pascual, "'To be
recorded' analysis in reverse-mode automatic differentiation", 2005). The cheapest way that is
right: loop indices and cheap operations on what is there anyway are computed again; the rest goes
on the block's tape.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import TYPE_CHECKING

from srcgrad import ir
from srcgrad.analysis.aliases import content_atoms
from srcgrad.analysis.builder import kind_of
from srcgrad.ir import Atom, Bind, Block, Const, Pop, Push, Stmt, Var
from srcgrad.kinds import Num
from srcgrad.rules.indexing import index_kind_is_basic
from srcgrad.rules.table import lookup
from srcgrad.transform.tidy import drop_dead
from srcgrad.walk import (
    atoms,
    blocks,
    defined,
    free,
    inner_targets,
    statements,
    substitute,
    targets,
)

if TYPE_CHECKING:
    from srcgrad.transform.reverse import Reverser


class Bridge:
    """Connects the reverse sweep of a block to the forward sweep of the same pass."""

    def __init__(
        self, reverser: Reverser, forward: Block, backward: Block, inner: Iterable[Var] = ()
    ) -> None:
        self.reverser = reverser
        self.forward = forward
        self.backward = backward
        self.inner = tuple(inner)
        self.own = defined(forward) | set(self.inner)
        self.made_by = {s.target: s for s in statements(forward) if isinstance(s, Bind)}
        self.mapping: dict[Var, Atom] = {}
        self.recomputed: list[Stmt] = []
        self.tape: Var | None = None
        self.shapes: set[Var] = set()

    def connect(
        self, push_into: Block, given: dict[Var, Atom] | None = None, hoist: bool = True
    ) -> None:
        """Make everything that the backward block reads available in it.

        `given` are values the reverse sweep has anyway, such as loop indices.  The tape is created
        before the outermost loop if `hoist`, else by whoever asks for `tape`.
        """
        drop_dead(self.backward)
        self.mapping.update(given or {})
        self.shapes = _only_for_shape(self.backward)
        needed = self._needed()
        taped = self._cheapest(needed)
        if taped:
            self._record(taped, push_into, hoist)
        for v in needed:
            self._available(v)
        self.backward.stmts[:0] = self.recomputed
        substitute_after(self.backward, len(self.recomputed), self.mapping)

    def _needed(self) -> list[Var]:
        order = {v: i for i, v in enumerate((*self.inner, *_in_order(self.forward)))}
        needed = [v for v in free(self.backward) if v in self.own and v not in self.mapping]
        return sorted(needed, key=lambda v: order[v])

    def _cheapest(self, needed: list[Var]) -> list[Var]:
        """The needed values that must be kept: all but those computed again from what is there."""
        kept = list(needed)
        for v in reversed(needed):
            rest = {k for k in kept if k is not v}
            if self._can_recompute(v, rest):
                kept = [k for k in kept if k is not v]
        return [] if len(kept) == 1 and self._is_one_step_away(kept[0]) else kept

    def _is_one_step_away(self, v: Var) -> bool:
        """Whether a whole tape of arrays can be done without for one elementwise operation."""
        made = self.made_by.get(v)
        primitive = lookup(made.op) if made is not None else None
        if made is None or primitive is None or primitive.partials is None or _is_number(v):
            return False
        return self._can_be_read(made, set())

    def _can_recompute(self, v: Var, there: set[Var]) -> bool:
        made = self.made_by.get(v)
        again = self._still_there(v)
        if again is not None:
            indices = [s.args[1] for s in again[1]]
            return all(
                self._is_there(a, there) or self._can_recompute_atom(a, there) for a in indices
            )
        if made is None or not _is_cheap(made):
            return False
        return self._can_be_read(made, there)

    def _can_be_read(self, made: Bind, there: set[Var]) -> bool:
        """Whether all operands are there, or can be computed again."""
        return all(
            self._is_there(a, there) or self._can_recompute_atom(a, there) for a in made.args
        )

    def _is_there(self, atom: Atom, there: set[Var]) -> bool:
        if atom in self.shapes and atom in self.own:
            return False  # what stands for it has its shape, not its content
        if isinstance(atom, Const) or atom in there or atom in self.mapping:
            return True
        return atom not in self.own and atom not in self.reverser.overwritten

    def _can_recompute_atom(self, atom: Atom, there: set[Var]) -> bool:
        if not isinstance(atom, Var) or atom in self.shapes:
            return False
        return self._can_recompute(atom, there)

    def _record(self, taped: list[Var], push_into: Block, hoist: bool) -> None:
        self.tape = Var("tape")
        if hoist:
            self.reverser.insert_before(self.reverser.outermost(), new_tape(self.tape))
        push_into.stmts.append(Push(self.tape, tuple(taped), origin=None))
        copies = tuple(Var(v.hint, v.kind) for v in taped)
        self.backward.stmts.insert(0, Pop(copies, self.tape, tuple(taped)))
        self.recomputed.insert(0, self.backward.stmts.pop(0))
        self.mapping.update(zip(taped, copies, strict=True))

    def keep_on_tape(self, index: Atom) -> None:
        """Read an inner loop's tape by its passes, so that it stays whole on the outer one's."""
        for s in self.backward.stmts:
            if isinstance(s, Pop) and s.tape is self.tape:
                s.index = index

    def _available(self, atom: Atom) -> Atom:
        """The atom that stands for a forward value in the backward block."""
        if not isinstance(atom, Var) or atom not in self.own:
            return atom
        if atom not in self.mapping:
            still = self._still_there(atom)
            self.mapping[atom] = self._read_again(*still) if still else self._made_again(atom)
        return self.mapping[atom]

    def _made_again(self, atom: Var) -> Var:
        made = self.made_by[atom]
        args = tuple(self._available(a) for a in made.args)
        again = Var(atom.hint, atom.kind)
        self.recomputed.append(Bind(again, made.op, args, origin=made.origin))
        return again

    def _still_there(self, v: Var) -> tuple[Var, list[Bind]] | None:
        """Where to read an element of an array that has changed since, but not there."""
        if v in self.shapes and (again := self.reverser.intact.shaped(v)) is not None:
            return again
        if v in self.reverser.intact.stored:
            return self.reverser.intact.again(v)
        made = self.made_by.get(v)
        if made is None or made.op is not operator.getitem:
            return None
        if not any(a in self.reverser.overwritten for a in made.args):
            return None
        return self.reverser.intact.again(v)

    def _read_again(self, array: Var, chain: list[Bind]) -> Atom:
        """An element or a view of an array, as it is after the forward sweep."""
        for s in chain:
            again = Var(s.target.hint, s.target.kind)
            index = self._available(s.args[1])
            self.recomputed.append(Bind(again, s.op, (array, index), origin=s.origin))
            array = again
        return array


def _only_for_shape(block: Block) -> set[Var]:
    """The variables of which a block asks nothing but their shape."""
    every: set[Var] = set()
    content: set[Var] = set()
    for s in statements(block):
        every.update(a for a in atoms(s) if isinstance(a, Var))
        content.update(a for a in content_atoms(s) if isinstance(a, Var))
        content.update(r for b in blocks(s) for r in b.results if isinstance(r, Var))
    content.update(r for r in block.results if isinstance(r, Var))
    return every - content


def new_tape(tape: Var) -> Bind:
    return Bind(tape, ir.Display(list), ())


def substitute_after(block: Block, start: int, mapping: dict[Var, Atom]) -> None:
    """Substitute in a block's statements from `start` on, and in its results."""
    tail = Block(block.stmts[start:], block.results)
    substitute(tail, mapping)
    block.results = tail.results


def _in_order(block: Block) -> list[Var]:
    return [v for s in statements(block) for v in (*inner_targets(s), *targets(s))]


def _is_cheap(s: Bind) -> bool:
    """Whether computing a value again costs less than keeping it."""
    if s.op is operator.getitem:
        return _is_number(s.target) or _is_view(s)
    if isinstance(s.op, ir.GetAttr) or s.op is slice:
        return True
    if isinstance(s.op, ir.Display):
        return issubclass(s.op.cls, tuple)
    primitive = lookup(s.op)
    if primitive is None or not (primitive.cheap or _is_one_step(s)):
        return False
    return primitive.memory == "view" or _is_number(s.target)


def _is_number(v: Var) -> bool:
    """Whether a value is no array, as far as is known."""
    return not isinstance(v.kind, Num) or v.kind.is_scalar


def _is_one_step(s: Bind) -> bool:
    """Whether an operation is a quotient, a square or a cube: as fast as a tape for numbers."""
    power = s.args[1] if s.op is operator.pow else None
    return s.op is operator.truediv or (isinstance(power, Const) and power.value in (2, 3))


def _is_view(s: Bind) -> bool:
    return index_kind_is_basic(kind_of(s.args[1]))

"""Adjoints of arrays as memory: reading, clearing and adding at one place of them.

A place is reached through the views that the primal reached it through. Where a view is another
shape, it is one in the primal (or the primal raises), but the adjoint's layout may be another:
then the adjoint is reshaped, changed and shaped back, which is right whether it copies or not.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import Builder, atom_key, kind_of
from srcgrad.ir import Atom, Bind, Block, Const, Display, Var
from srcgrad.kinds import Num
from srcgrad.rules.algebra import is_number, is_temporary, made_by
from srcgrad.rules.indexing import index_kind_is_basic, index_may_repeat
from srcgrad.rules.table import lookup
from srcgrad.transform.cotangents import shape_of
from srcgrad.walk import atoms, statements


@dataclass(frozen=True, eq=False)
class Spot:
    """A place in an array: an index into the view that some steps lead to."""

    index: Atom
    steps: tuple[ir.Step, ...] = ()
    operands: tuple[Atom, ...] = ()

    @property
    def atoms(self) -> tuple[Atom, ...]:
        """The operands of the steps, and the index."""
        return (*self.operands, self.index)

    def after(self, count: int) -> Spot:
        """The same place as seen from the view after so many steps."""
        used = sum(step.count for step in self.steps[:count])
        return Spot(self.index, self.steps[count:], self.operands[used:])

    def before(self, count: int) -> Spot:
        """The whole of the view after so many steps."""
        used = sum(step.count for step in self.steps[:count])
        return Spot(Const(Ellipsis), self.steps[:count], self.operands[:used])


def view_of(b: Builder, array: Atom, spot: Spot) -> Atom:
    """The view of an array that a spot's steps lead to."""
    rest = list(spot.operands)
    for step in spot.steps:
        args, rest = rest[: step.count], rest[step.count :]
        array = b.emit(step.op, array, *args)
    return array


def spot_of(b: Builder, owner: Var, index: Atom) -> tuple[Var, Spot]:
    """The array that an element is of, seen through rows of it, and its place there."""
    spot = Spot(index)
    while True:
        made = b.definitions.get(owner)
        if made is None or made.op is not operator.getitem or not isinstance(made.args[0], Var):
            return owner, spot
        base, at = made.args
        if not isinstance(base, Var) or not _is_array(base) or not _is_array(owner):
            return owner, spot
        if not index_kind_is_basic(kind_of(at)):
            return owner, spot
        owner, spot = base, _joined(b, at, spot)


def _is_array(v: Var) -> bool:
    return isinstance(v.kind, Num) and bool(v.kind.dims)


def _joined(b: Builder, at: Atom, spot: Spot) -> Spot:
    """The spot as seen from one view further out; `a[i][j]` is `a[i, j]`."""
    basic = index_kind_is_basic(kind_of(spot.index))
    if not spot.steps and basic and all(isinstance(kind_of(p), Num) for p in _parts(b, at)):
        parts = (*_parts(b, at), *_parts(b, spot.index))
        return Spot(b.emit(Display(tuple), *parts))
    return Spot(spot.index, (ir.Step(operator.getitem, 1), *spot.steps), (at, *spot.operands))


def _parts(b: Builder, index: Atom) -> tuple[Atom, ...]:
    """The entries of an index."""
    if isinstance(index, Const):
        value = index.value
        return tuple(map(Const, value)) if isinstance(value, tuple) else (index,)
    made = b.definitions.get(index)
    if made is not None and isinstance(made.op, Display) and made.op.cls is tuple:
        return made.args
    return (index,)


def clear_at(b: Builder, total: Atom, spot: Spot, hint: str | None) -> Atom:
    """A new version of an adjoint with zero at a place."""
    return _change(b, total, spot, None, False, Const(0.0), hint)


def add_at(b: Builder, total: Atom, spot: Spot, value: Atom, hint: str | None) -> Atom:
    """A new version of an adjoint with `value` added at a place."""
    inner = made_by(b, value, operator.neg)
    op = operator.add
    if inner and is_temporary(value):
        value, op = inner[0], operator.sub
    repeats = index_may_repeat(kind_of(spot.index)) and not _is_distinct(b, spot.index)
    if not repeats and any(made_by(b, total, zeros) for zeros in (np.zeros_like, np.zeros)):
        value = value if op is operator.add else b.emit(operator.neg, value)
        return _change(b, total, spot, None, False, value, hint)
    cleared = _before_clearing(b, total, spot)
    if cleared is not None:
        value = value if op is operator.add else b.emit(operator.neg, value)
        return _change(b, cleared, spot, None, repeats, value, hint)
    first = _clearing_first(b, total, spot)
    if first is not None:
        base, other = first
        b.stmts[:] = [s for s in b.stmts if s is not other]
        value = value if op is operator.add else b.emit(operator.neg, value)
        changed = _change(b, base, spot, None, repeats, value, hint)
        return b.bind(other.op, (changed, *other.args[1:]), other.target.kind, hint)
    return _change(b, total, spot, op, repeats, value, hint)


def set_at(b: Builder, total: Atom, index: Atom, value: Atom, hint: str | None) -> Var:
    """A new version of a list of adjoints with one element replaced."""
    return b.bind(ir.UpdateAt(), (total, index, value), kind_of(total), hint)


def _change(
    b: Builder, total: Atom, spot: Spot, op: object, repeats: bool, value: Atom, hint: str | None
) -> Atom:
    count = next((i for i, step in enumerate(spot.steps) if _depends_on_layout(step)), None)
    if count is None:
        args = (total, *spot.atoms, value)
        return b.bind(ir.UpdateAt(op, repeats, spot.steps), args, kind_of(total), hint)
    outer, inner = spot.before(count), spot.after(count)
    view = view_of(b, total, outer)
    one = Spot(Const(Ellipsis), inner.steps[:1], inner.operands[: inner.steps[0].count])
    shaped = view_of(b, view, one)
    changed = _change(b, shaped, inner.after(1), op, repeats, value, None)
    back = b.call(np.reshape, (changed, shape_of(b, view)))
    return _change(b, total, outer, None, False, back, hint) if outer.steps else back


def _depends_on_layout(step: ir.Step) -> bool:
    primitive = lookup(step.op)
    return primitive is not None and primitive.memory == "layout"


def _before_clearing(b: Builder, total: Atom, spot: Spot) -> Atom | None:
    """What an adjoint was before the very place that is added to was set to zero."""
    made = b.definitions.get(total) if isinstance(total, Var) else None
    if made is None or not isinstance(made.op, ir.UpdateAt) or made.op.op is not None:
        return None
    base, *others, last = made.args
    if made.op.steps != spot.steps or not is_number(last, 0) or made.op.repeats:
        return None
    same = [atom_key(x) == atom_key(y) for x, y in zip(spot.atoms, others, strict=True)]
    return base if all(same) else None


def _clearing_first(b: Builder, total: Atom, spot: Spot) -> tuple[Atom, Bind] | None:
    """What an adjoint was before a place was set to zero, and the one addition elsewhere since."""
    made = b.definitions.get(total) if isinstance(total, Var) else None
    if made is None or not isinstance(made.op, ir.UpdateAt) or made.op.op is None:
        return None
    cleared = made.args[0]
    base = _before_clearing(b, cleared, spot)
    clearing = b.definitions.get(cleared) if isinstance(cleared, Var) else None
    if base is None or made not in b.stmts or clearing not in b.stmts:
        return None
    readers = [s for s in statements(Block(b.stmts)) if {cleared, total} & set(atoms(s))]
    return (base, made) if readers == [made] else None


def _is_distinct(b: Builder, index: Atom) -> bool:
    """Whether one of the index arrays, all of rank 1, counts up and so names no element twice."""
    parts = _parts(b, index)
    kinds = [kind_of(p) for p in parts]
    flat = all(not isinstance(k, Num) or k.dims is None or len(k.dims) <= 1 for k in kinds)
    known = all(isinstance(k, Num) and k.dims is not None for k in kinds)
    return flat and known and any(made_by(b, p, np.arange) for p in parts)

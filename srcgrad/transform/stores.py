"""The reverse sweep of stores: adjoints move from the memory written to what was written.

The adjoint of an array that is written into is memory with the same shape, its shadow (Moses &
Churavy, "Instead of rewriting foreign code for machine learning, automatically synthesize fast
gradients", 2020): `y[i] = v` reverses to `v_bar += y_bar[i]; y_bar[i] = 0`.
"""

from __future__ import annotations

import operator

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Atom, Bind, Const, Var
from srcgrad.kinds import Dict, List, Num, Object, Tuple, Unknown
from srcgrad.rules import algebra
from srcgrad.runtime import add_lists, last_stored
from srcgrad.transform import cotangents, shadows
from srcgrad.transform.containers import ContainerReverser


class StoreReverser(ContainerReverser):
    """The part of the reverser that knows stores."""

    def _update(self, s: Bind) -> None:
        """A store: the adjoint of what was there before, and that of what was stored."""
        if isinstance(s.target.kind, List):
            self._update_list(s)
            return
        base, *operands, index, value = s.args
        if isinstance(kind_of(value), Tuple | List | Dict | Object):
            raise UnsupportedError(
                f"a store of a value of kind {kind_of(value)} into one of kind {s.target.kind}",
                why="whether that is a list is known only when running",
                fix="append to a list, or make it with all its elements at once",
            )
        y_bar = self.adjoints.take((s.target, ()))
        if y_bar is None or algebra.is_number(y_bar, 0):
            return
        y_bar = cotangents.filled(self.builder, y_bar, s.target)
        spot = shadows.Spot(index, s.op.steps, tuple(operands))
        if value in self.activity:
            self._stored(s, y_bar, spot, value)
        if base in self.activity and isinstance(base, Var):
            if s.op.op is None and not self.intact.is_first(s):
                hint = y_bar.hint if isinstance(y_bar, Var) else None
                y_bar = shadows.clear_at(self.builder, y_bar, spot, hint)
            self.adjoints.add((base, ()), y_bar)

    def _stored(self, s: Bind, y_bar: Atom, spot: shadows.Spot, value: Atom) -> None:
        """Contribute to what was stored."""
        view = shadows.view_of(self.builder, y_bar, spot)
        share = view
        if not (isinstance(spot.index, Const) and spot.index.value in (Ellipsis, slice(None))):
            share = self.builder.emit(operator.getitem, view, spot.index)
        if s.op.op is None and s.op.repeats:
            share = self.builder.call(last_stored, (share, view, spot.index))
        result = share
        if s.op.op is operator.sub:
            share = self.builder.emit(operator.neg, share)
        if _rank(value) > _rank(share):
            self._stored_with_ones(share, value, result)
        else:
            self.contribute(value, share, result)

    def _stored_with_ones(self, share: Atom, value: Atom, result: Atom) -> None:
        """Contribute to an array whose leading axes, of which NumPy drops as many, are ones."""
        axes = tuple(range(_rank(value) - _rank(share)))
        wide = self.builder.call(np.expand_dims, (share, Const(axes)))
        self.contribute(value, wide, wide)

    def _update_list(self, s: Bind) -> None:
        """xs[i] = v"""
        base, index, value = s.args
        old = self.adjoints.take((s.target, ()))
        if old is None:
            return
        assert isinstance(s.target.kind, List)
        item = self.builder.bind(operator.getitem, (old, index), s.target.kind.element)
        self.add_to(value, (), item)
        if base in self.activity and isinstance(base, Var):
            zero = self._zero_item(item)
            made = self.builder.bind(ir.UpdateAt(), (old, index, zero), base.kind, None)
            self.adjoints.table[(base, ())] = made

    def _zero_item(self, item: Atom) -> Atom:
        """A zero with the structure of an element of a list."""
        if isinstance(kind_of(item), Unknown):
            raise UnsupportedError(
                "the adjoint of an element of a list of values of several kinds",
                why="its structure is known only when running",
                fix="let every element of the list have the same structure",
            )
        return self._whole_item((item, ()), {}) if isinstance(item, Var) else item

    def add_whole_list(self, owner: Atom, share: Atom) -> None:
        """Add to the adjoint of every element of a list that only a run knows the length of."""
        assert isinstance(owner, Var)
        place = (owner, ())
        new: Atom = self.builder.bind(list, (share,), owner.kind)
        old = self.adjoints.take(place)
        if old is not None:
            new = self.builder.call(add_lists, (old, new))
        self.adjoints.table[place] = new

    def _append(self, s: Bind) -> None:
        """xs.append(v): its adjoint is taken from the end of the list's."""
        base, value = s.args
        old = self.adjoints.take((s.target, ()))
        if old is None:
            return
        assert isinstance(s.target.kind, List)
        item = self.builder.bind(operator.getitem, (old, Const(-1)), s.target.kind.element)
        self.add_to(value, (), item)
        if isinstance(base, Var) and base in self.activity:
            self.adjoints.table[(base, ())] = self.builder.bind(ir.Shorten(), (old,), base.kind)

    def _shorten(self, s: Bind) -> None:
        """The last element of a list is dropped: nothing depends on it from there on."""
        (base,) = s.args
        old = self.adjoints.take((s.target, ()))
        if old is None or not isinstance(base, Var):
            return
        assert isinstance(base.kind, List)
        last = self.last_items.get(base)
        parts = {} if last is None else self.adjoints.take_all(last)
        if last is None:
            last = self.builder.bind(operator.getitem, (base, Const(-1)), base.kind.element)
        item = self._whole_item((last, ()), parts)
        self.adjoints.table[(base, ())] = self.builder.bind(ir.Append(), (old, item), base.kind)


def _rank(atom: Atom) -> int:
    kind = kind_of(atom)
    return len(kind.dims) if isinstance(kind, Num) and kind.dims is not None else 0

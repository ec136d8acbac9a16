"""What every part of the reverse sweep does: add contributions to adjoints."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.intact import Intact
from srcgrad.errors import SrcgradError
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Var
from srcgrad.kinds import Kind, Num, Object
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Adjoints, fields_at
from srcgrad.transform.refusals import no_rule


class Contributor:
    """Holds the adjoints at a point of the reverse sweep and adds to them."""

    def __init__(self, specialiser: Specialiser, activity: Activity, dynamic: set[Var]) -> None:
        self.specialiser = specialiser
        self.builder: Builder = specialiser.builder
        self.activity = activity
        self.dynamic = dynamic
        self.adjoints = Adjoints(self.builder)
        self.once: dict[Var, Loop] = {}
        self.loops: list[Loop] = []
        self.overwritten: set[Var] = set()
        self.last_items: dict[Atom, Var] = {}
        self.unset: set[Var] = set()
        self.intact = Intact(Block(), activity)

    def _no_rule_for(self, s: Bind) -> SrcgradError:
        """The refusal of an operation; a method is called by its name."""
        method = self.builder.maker(s.args[0]) if isinstance(s.op, ir.Call) else None
        if method is not None and isinstance(method.op, ir.GetAttr):
            return no_rule(method.op)
        return no_rule(s.op)

    def _wanted(self, args: Iterable[Atom]) -> list[int]:
        return [i for i, a in enumerate(args) if a in self.activity]

    def add_to_list(self, owner: Var, index: Atom, parts: dict[tuple[Any, ...], Atom]) -> None:
        """Add to one element of a list's adjoint, which is a list itself."""
        raise NotImplementedError

    def part(self, owner: Atom, key: Any, kind: Kind) -> Atom:
        """A part of the adjoint of a container; a number is that of every part."""
        whole = kind_of(owner)
        if isinstance(whole, Num) and whole.dims == ():
            return owner
        if isinstance(kind_of(owner), Object):
            return self.builder.bind(ir.GetAttr(key), (owner,), kind)
        return self.builder.emit(operator.getitem, owner, Const(key))

    def contribute(self, operand: Atom, value: Atom, result: Atom) -> None:
        """Add to an operand's adjoint, summed over the dims that broadcasting gave the result."""
        if operand in self.activity and isinstance(operand, Var):
            value = cotangents.fit(self.builder, value, operand, result)
            self.adjoints.add((operand, ()), value)

    def add_to(self, operand: Atom, path: tuple[Any, ...], value: Atom) -> None:
        """Add to the adjoint of what a path into an operand leads to, part by part."""
        if operand in self.activity and isinstance(operand, Var):
            fields = [] if operand in self.dynamic else fields_at(operand.kind, path)
            for key, kind in fields:
                part = self.part(value, key, kind)
                self.add_to(operand, (*path, key), part)
            if fields:
                return
            if path and operand in self.dynamic:
                self.add_to_list(operand, Const(path[0]), {path[1:]: value})
            else:
                self.adjoints.add((operand, path), value)

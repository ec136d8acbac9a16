"""Tangents by place: what forward mode knows of each variable, and its structure.

A place is a variable and a path into it: the tangent of a tuple, dict or list of known structure is
kept element by element, that of a list which only a run knows as a list.  No tangent means zero.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.ir import UNDEFINED, Atom, Const, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, Tuple, may_be_active
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Path, fields_of, kind_at

Place = tuple[Var, Path]


class Tangents:
    """The tangents of the variables of a program, as far as it has been written."""

    def __init__(self, builder: Builder, activity: Activity, dynamic: set[Var]) -> None:
        self.builder = builder
        self.activity = activity
        self.dynamic = dynamic
        self.table: dict[Place, Atom] = {}

    # structure

    def paths(self, atom: Atom) -> list[Path]:
        """The paths to the parts of a value that have tangents of their own."""
        if not isinstance(atom, Var) or atom not in self.activity:
            return []
        return self.every_path(atom)

    def every_path(self, var: Var) -> list[Path]:
        """The paths to all parts of a variable that may have tangents."""
        return leaf_paths(var.kind, var in self.dynamic)

    def get(self, atom: Atom, path: Path = ()) -> Atom | None:
        """The tangent at a place; None for zero."""
        if not isinstance(atom, Var):
            return None
        for cut in range(len(path), -1, -1):
            found = self.table.get((atom, path[:cut]))
            if found is not None:
                return self.walk(found, path[cut:])
        inner = [] if atom in self.dynamic else leaf_paths(kind_at(atom.kind, path))
        parted = any((atom, (*path, *p)) in self.table for p in inner if p)
        return self.item(atom, path) if parted else None

    def put(self, var: Var, path: Path, tangent: Atom | None) -> None:
        """Note the tangent of a place, which takes its name."""
        if tangent is None:
            return
        made = isinstance(tangent, Var) and tangent.hint is None and tangent in self.builder.made
        if made and isinstance(tangent, Var):
            tangent.hint = dot_name((var, path))
        self.table[(var, path)] = tangent

    def put_whole(self, var: Var, tangent: Atom) -> None:
        """Note the tangent of a variable from one that has its structure."""
        for path in self.every_path(var):
            self.table[(var, path)] = self.walk(tangent, path)

    # tangents in full

    def whole(self, atom: Atom, path: Path = ()) -> Atom | None:
        """The tangent at a place in its full shape, maybe as a read-only view; None for zero."""
        found = self.get(atom, path)
        if found is None or not isinstance(atom, Var):
            return None
        if isinstance(kind_at(atom.kind, path), List):
            return found
        return cotangents.whole(self.builder, found, self.walk(atom, path))

    def filled(self, atom: Atom, path: Path = ()) -> Atom:
        """The tangent at a place in its full shape as a value of its own, zero if it has none."""
        if atom is UNDEFINED:
            return UNDEFINED
        if not isinstance(atom, Var):
            return _zero_of_constant(self.builder, atom)
        found, kind = self.get(atom, path), kind_at(atom.kind, path)
        if found is not None and isinstance(kind, List):
            return found
        if found is not None and isinstance(kind, Num) and kind.is_scalar:
            return found
        place = self.walk(atom, path)
        if found is None:
            return self._zeros(place)
        return cotangents.filled(self.builder, found, place)

    def item(self, atom: Atom, path: Path = ()) -> Atom:
        """The tangent of a value in one piece, with the value's structure."""
        if not isinstance(atom, Var):
            return self._item_of_constant(atom)
        kind = kind_at(atom.kind, path)
        fields = fields_of(kind) if path or atom not in self.dynamic else []
        if not fields:
            return self._item(atom, path, kind)
        return rebuilt(self.builder, kind, [self.item(atom, (*path, key)) for key, _ in fields])

    def _item_of_constant(self, atom: Const) -> Atom:
        """The tangent of what is known when compiling: zero for every number in it."""
        if isinstance(atom.value, tuple):
            parts = [self._item_of_constant(Const(v)) for v in atom.value]
            return rebuilt(self.builder, kind_of(atom), parts)
        return self.filled(atom)

    def _item(self, atom: Var, path: Path, kind: Kind) -> Atom:
        """The tangent of a part: zero for whole numbers, and for what is no number the part."""
        if may_be_active(kind):
            return self.filled(atom, path)
        if isinstance(kind, Num) and kind.is_scalar:
            return Const(0.0)
        place = self.walk(atom, path)
        if isinstance(kind, List) and kind.elements == ():
            return self.builder.bind(ir.Display(list), (), kind)
        if not isinstance(kind, Num):
            return place
        return self.builder.call(np.zeros_like, (place, Const(np.dtype(float))))

    def _zeros(self, atom: Atom) -> Atom:
        """A zero tangent with the structure of a value."""
        kind = kind_of(atom)
        fields = fields_of(kind)
        if not fields or isinstance(kind, List):
            return cotangents.zeros(self.builder, atom)
        parts = [self._zeros(self.walk(atom, (key,))) for key, _ in fields]
        return rebuilt(self.builder, kind, parts)

    def walk(self, atom: Atom, path: Path) -> Atom:
        """What a path into a value leads to."""
        kind = kind_of(atom)
        for depth, key in enumerate(path):
            inner = kind_at(kind, path[: depth + 1])
            if isinstance(kind_of(atom), Object):
                atom = self.builder.bind(ir.GetAttr(key), (atom,), inner)
            else:
                atom = self.builder.bind(operator.getitem, (atom, Const(key)), inner)
        return atom


def leaf_paths(kind: Kind, dynamic: bool = False) -> list[Path]:
    """The paths to the parts of a kind that have tangents of their own."""
    fields = [] if dynamic else fields_of(kind)
    if not fields:
        return [()] if may_be_active(kind) else []
    return [(key, *rest) for key, inner in fields for rest in leaf_paths(inner)]


def dot_name(place: Place) -> str | None:
    """The name of a place's tangent: `x_dot`; None for what has no name itself."""
    var, path = place
    if var.hint is None:
        return None
    parts = [var.hint, *(str(p) for p in path)]
    return "_".join(p for p in parts if p.isidentifier() or p.isdigit()) + "_dot"


def rebuilt(builder: Builder, kind: Kind, parts: Iterable[Atom]) -> Atom:
    """A container of a kind from its parts."""
    fields = list(parts)
    if isinstance(kind, Object):
        return builder.bind(ir.Construct(kind.cls, kind.names), tuple(fields), kind)
    if isinstance(kind, Dict):
        pairs = [a for k, f in zip(kind.keys, fields, strict=True) for a in (Const(k), f)]
        return builder.bind(ir.Display(dict), tuple(pairs), kind)
    cls = kind.cls if isinstance(kind, Tuple) else list
    return builder.bind(ir.Display(cls), tuple(fields), kind)


def _zero_of_constant(builder: Builder, atom: Const) -> Atom:
    kind = kind_of(atom)
    if isinstance(kind, Num):
        return Const(0.0) if kind.is_scalar else cotangents.zeros(builder, atom)
    return atom

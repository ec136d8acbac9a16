"""Specialise elements, identity and truth: what they are depends on the owner's kind."""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.attributes import AttributeSpecialiser
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.join import join
from srcgrad.analysis.values import (
    FUNCTIONS,
    Pack,
    Value,
    kind_of_value,
)
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Dict,
    Dim,
    Kind,
    List,
    NotStaticError,
    Num,
    Object,
    Opaque,
    Slice,
    Static,
    Tuple,
    integer,
    may_be_active,
)
from srcgrad.prelude import arrays


class ElementSpecialiser(AttributeSpecialiser):
    """The part of the specialiser that knows what elements mean."""

    def element(self, owner: Value, index: Value) -> Value:
        """owner[index]"""
        index = self.text(index)
        getter = self._special_method(owner, "__getitem__")
        if getter is not None:
            return self.call(getter, [index], ())
        if isinstance(kind_of_value(owner), Dict):
            index = self.known_key(index)
        if isinstance(owner, Pack):
            found = self._pack_element(owner, index)
            if found is not None:
                return found
        kind = kind_of_value(owner)
        if (
            isinstance(kind, List)
            and kind.elements is not None
            and isinstance(kind_of_value(index), Slice)
        ):
            pack = self.as_pack(owner)
            found = pack and self._pack_element(pack, index)
            if found:
                return found
        atom = self.atom(owner)
        with self.builder.shared():
            at = self.atom(index)
        kind = kind_of(atom)
        if isinstance(kind, Tuple | List | Dict):
            return self._container_element(atom, kind, at)
        if isinstance(atom, Const):
            return self._item_of_constant(atom, at)
        return self._read(atom, at)

    def _item_of_constant(self, owner: Const, index: Atom) -> Value:
        """An element of an object from outside, which nothing differentiated may choose."""
        joined = JOINED.get(id(owner.value))
        if joined is not None:
            parts = self.as_pack(index) if isinstance(kind_of(index), Tuple) else None
            return self.call(Const(joined), [parts or Pack(tuple, (index,))], ())
        if _holds_floats(kind_of(index)):
            raise UnsupportedError(
                f"{type(owner.value).__name__}[...] with values that may be differentiated",
                why="what it makes of them is known to the object alone",
                fix="use a function of NumPy, such as np.concatenate",
            )
        return self.builder.bind(operator.getitem, (owner, index), UNKNOWN)

    def _read(self, owner: Var, index: Atom) -> Atom:
        """An element or a part of an array, read once unless the user has named it meanwhile."""
        if not isinstance(owner.kind, Num):
            return self.builder.emit(operator.getitem, owner, index)
        with self.builder.shared():
            found = self.builder.emit(operator.getitem, owner, index)
        return self._unnamed(found) if self.memory.live else found

    def _pack_element(self, owner: Pack, index: Value) -> Value | None:
        if isinstance(index, Const):
            key = index.value
            if owner.keys is not None and key in owner.keys:
                return owner.values[owner.keys.index(key)]
            listed = owner.keys is None and isinstance(key, int)
            if listed and -len(owner.values) <= key < len(owner.values):
                return owner.values[int(key)]
            if self.trying and isinstance(key, int | str):
                return self.raised_by(IndexError if listed else KeyError, key)
            if isinstance(key, int | str):
                raise UnsupportedError(
                    f"the element {key!r} of a {owner.cls.__name__} of {len(owner.values)}",
                    why="it has no such element",
                    fix="use an index or a key that it has",
                )
        kind = kind_of_value(index)
        if isinstance(kind, Slice) and owner.keys is None:
            try:
                bounds = [self.guards.value(p) for p in (kind.start, kind.stop, kind.step)]
            except NotStaticError:
                return None
            if bounds[2] == 0:
                return None
            return Pack(owner.cls, owner.values[slice(*bounds)])
        if owner.keys is not None and self.exact and any(map(_may_vary, owner.values)):
            raise NotKnownError(
                "an entry of a dict under a key that only a run knows",
                why="which entry it is must be known when compiling",
                fix="use a constant key",
            )
        return None

    def raised_by(self, cls: type, key: Any) -> Value:
        """What is left of an expression that raises, under `try`."""
        error = self.builder.bind(ir.CALL, (Const(cls), Const(key)), Opaque(cls))
        self.builder.stmts.append(ir.Raise(error, origin=self.builder.origin))
        return Const(None)

    def _container_element(self, owner: Atom, kind: Tuple | List | Dict, index: Atom) -> Value:
        key = index.value if isinstance(index, Const) else None
        if isinstance(kind, Dict) and key is not None and key not in kind.keys:
            return self.raised_by(KeyError, key)
        found = self._element_kind(kind, index)
        if isinstance(found, Static):
            return Const(found.value)
        if isinstance(kind, List) and kind.elements is None and self.memory.live:
            return self._unnamed(self.builder.once(operator.getitem, (owner, index), found))
        return self.builder.bind(operator.getitem, (owner, index), found)

    def _unnamed(self, value: Atom) -> Atom:
        """A value read before, read again if the user has named it meanwhile."""
        made = self.builder.definitions.get(value) if isinstance(value, Var) else None
        if made is None or not isinstance(value, Var) or value.hint is None:
            return value
        return self.builder.bind(made.op, made.args, value.kind)

    def _element_kind(self, kind: Tuple | List | Dict, index: Atom) -> Kind:
        key = index.value if isinstance(index, Const) else None
        if isinstance(kind, Dict):
            if key in kind.keys:
                return kind.values[kind.keys.index(key)]
            return _joined(kind.values)
        elements = kind.elements
        if isinstance(kind_of(index), Slice):
            return self._slice_kind(kind, kind_of(index))
        if isinstance(key, int) and elements is not None and (key >= 0 or isinstance(kind, Tuple)):
            found = elements[key : key + 1 or None]
            if found:
                return found[0]
        if isinstance(kind, List) and kind.element != UNKNOWN:
            return self.instance(kind.element, index)
        if isinstance(kind, List) and isinstance(key, int) and elements is not None:
            return _at(self.guards.length(kind), key)
        return _joined(elements or ())

    def _slice_kind(self, kind: Tuple | List, index: Kind) -> Kind:
        assert isinstance(index, Slice)
        if isinstance(kind, List) and kind.element != UNKNOWN:
            return List(self.instance(kind.element, index), self.guards.fresh(object(), "n"))
        try:
            bounds = [self.guards.value(p) for p in (index.start, index.stop, index.step)]
        except NotStaticError:
            return UNKNOWN
        elements = self.guards.length(kind) if isinstance(kind, List) else kind.elements
        if bounds[2] == 0:
            return UNKNOWN
        chosen = elements[slice(*bounds)]
        return (
            Tuple(chosen) if isinstance(kind, Tuple) else List(UNKNOWN, Dim.of(len(chosen)), chosen)
        )

    def instance(self, kind: Kind, site: object) -> Kind:
        """The kind of one element of a list: its dims belong to this access alone."""
        match kind:
            case Num(dims=dims) if dims is not None:
                return replace(
                    kind, dims=tuple(self._instance_dim(d, site) for d in dims), value=None
                )
            case Tuple(elements, cls):
                return Tuple(tuple(self.instance(e, site) for e in elements), cls)
            case Dict(keys, values):
                return Dict(keys, tuple(self.instance(v, site) for v in values))
            case Object(cls, names, values):
                return Object(cls, names, tuple(self.instance(v, site) for v in values))
            case List(element, length, elements):
                inner = (
                    None if elements is None else tuple(self.instance(e, site) for e in elements)
                )
                return List(self.instance(element, site), self._instance_dim(length, site), inner)
        return kind

    def _instance_dim(self, dim: Dim, site: object) -> Dim:
        if len(dim.terms) != 1 or dim.terms[0][0].over is None:
            return dim
        sym = dim.terms[0][0]
        made = self.guards.fresh(("element", sym, site), sym.name)
        new = made.terms[0][0]
        new.expr, new.hints, new.over = sym.expr, sym.hints, sym.over
        return Dim(((new, dim.terms[0][1]),), dim.const)

    def as_pack(self, value: Value) -> Pack | None:
        """A tuple, or a list of known length, taken apart."""
        value = self._walked(value)
        if isinstance(value, Pack):
            return value
        kind = kind_of_value(value)
        if isinstance(kind, Dict):
            return Pack(dict, tuple(self.element(value, Const(k)) for k in kind.keys), kind.keys)
        if isinstance(kind, Tuple):
            count = len(kind.elements)
        elif isinstance(kind, List) and kind.elements is not None:
            count = len(self.guards.length(kind))
        elif isinstance(kind, Num) and kind.dims:
            length = self._length(value, kind)
            if length is None:
                return None
            count = length
        else:
            return None
        cls = kind.cls if isinstance(kind, Tuple) else list
        return Pack(cls, tuple(self.element(value, Const(i)) for i in range(count)))

    def _length(self, value: Value, kind: Num) -> int | None:
        """How long an array is, if the guard can fix it; of a slice, by what it is a slice of."""
        assert kind.dims
        try:
            return int(self.guards.value(integer(kind.dims[0])))
        except NotStaticError:
            made = self.builder.definitions.get(value) if isinstance(value, Var) else None
        whole = kind_of(made.args[0]) if made is not None and made.args else None
        index = kind_of(made.args[1]) if made is not None and len(made.args) > 1 else None
        if not (isinstance(whole, Num) and whole.dims and isinstance(index, Slice)):
            return None
        try:
            bounds = [self.guards.value(p) for p in (index.start, index.stop, index.step)]
            size = self.guards.value(integer(whole.dims[0]))
        except NotStaticError:
            return None
        return len(range(*slice(*bounds).indices(int(size))))

    # identity and truth

    def identity(self, op: Any, args: list[Value]) -> Value:
        """`a is b`, known when either is None and the other's kind is."""
        kinds = [kind_of_value(a) for a in args]
        if any(isinstance(a, FUNCTIONS) for a in args) or (
            NONE in kinds and any(isinstance(a, Pack) for a in args)
        ):
            return Const(op is operator.is_not)
        if args[0] is args[1] and isinstance(args[0], Var):
            return Const(op is operator.is_)
        cells = [a.cell for a in args if isinstance(a, Pack)]
        if len(cells) == 2 and None not in cells:
            return Const((cells[0] is cells[1]) == (op is operator.is_))
        if all(isinstance(a, Const) for a in args):
            return Const(op(*(a.value for a in args if isinstance(a, Const))))
        if kinds == [NONE, NONE]:
            return Const(op is operator.is_)
        if (
            NONE in kinds
            and not any(isinstance(k, Opaque) and k.cls is None for k in kinds)
            and not any(isinstance(k, Num) and k.nullable for k in kinds)
            and UNKNOWN not in kinds
        ):
            return Const(op is operator.is_not)
        return self.builder.bind(op, tuple(map(self.atom, args)), _BOOL)

    def truth(self, value: Value) -> bool | None:
        """Whether a test holds, if that is known."""
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, Pack):
            return bool(value.values) or not issubclass(value.cls, list | tuple | dict)
        if isinstance(value, FUNCTIONS):
            return True
        kind = kind_of_value(value)
        if isinstance(kind, Tuple):
            return bool(kind.elements)
        return None


JOINED = {id(np.r_): arrays.joined, id(np.c_): arrays.side_by_side}


def _holds_floats(kind: Kind) -> bool:
    """Whether an index has floats or slices of floats in it, which no array takes."""
    match kind:
        case Tuple(elements):
            return any(map(_holds_floats, elements))
        case Slice(start, stop, step):
            return any(map(_holds_floats, (start, stop, step)))
    return isinstance(kind, Num) and kind.is_float


def _may_vary(value: Value) -> bool:
    return isinstance(value, Var) and may_be_active(value.kind)


_BOOL = Num(np.dtype(bool), (), weak=True)


def _at(elements: tuple[Kind, ...], key: int) -> Kind:
    if not -len(elements) <= key < len(elements):
        raise UnsupportedError(
            f"the element {key} of a list of {len(elements)}",
            why="it has no such element",
            fix="use an index that it has",
        )
    return elements[key]


def _joined(kinds: tuple[Kind, ...]) -> Kind:
    if not kinds:
        return UNKNOWN
    result = kinds[0]
    for kind in kinds[1:]:
        result = join(result, kind)
    return result

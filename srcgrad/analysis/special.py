"""Builtins that need the kinds of their arguments rather than their values."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.analysis.elements import ElementSpecialiser
from srcgrad.analysis.library import View
from srcgrad.analysis.values import (
    FUNCTIONS,
    Once,
    Pack,
    Value,
    deferred,
    kind_of_value,
)
from srcgrad.frontend.generators import yielded
from srcgrad.ir import Const, Effect, Var
from srcgrad.kinds import (
    Dict,
    List,
    Num,
    Object,
    Opaque,
    SetOfData,
    Static,
    Str,
    Tuple,
    integer,
)
from srcgrad.runtime import copied

FEW = 64  # a longer range is a list that is made in a run


def _isinstance(
    s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]
) -> Value | None:
    classes = _as_classes(args[1])
    cls = python_class(args[0])
    if classes is None or cls is None:
        return None
    return Const(issubclass(cls, classes))


def _as_classes(value: Value) -> Any:
    if isinstance(value, Const) and isinstance(value.value, type | types.UnionType):
        return value.value
    if isinstance(value, Pack):
        parts = [_as_classes(v) for v in value.values]
        return None if None in parts else tuple(parts)
    return None


def python_class(value: Value) -> type | None:
    """The class that a value is surely of."""
    kind = kind_of_value(value)
    match kind:
        case Num(nullable=True):
            return None
        case Num(dims=None):
            return np.ndarray
        case Num(dims=dims) if dims or kind.box:
            return np.ndarray
        case Num(weak=True):
            return {"f": float, "i": int, "b": bool, "c": complex}.get(kind.dtype.kind)
        case Num():
            return kind.dtype.type
        case Tuple(cls=cls) | Object(cls=cls):
            return cls
        case List():
            return list
        case Dict():
            return dict
        case SetOfData():
            return set
        case Str():
            return str
        case Static(value=static_value):
            return type(static_value)
        case Opaque(cls=cls):
            return cls
    return None


def _type(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    cls = python_class(args[0]) if len(args) == 1 else None
    return None if cls is None else Const(cls)


def _tuple(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    return _convert(s, args, tuple)


def _list(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    return _convert(s, args, list)


def _convert(s: ElementSpecialiser, args: list[Value], cls: type) -> Value | None:
    if not args:
        return Pack(cls, ())
    pack = s.as_pack(args[0])
    if pack is None:
        return _list_of_unknown_length(s, args[0]) if cls is list else None
    if pack.keys is not None:
        return Pack(cls, tuple(Const(k) for k in pack.keys))
    return Pack(cls, pack.values)


def _list_of_unknown_length(s: ElementSpecialiser, value: Value) -> Value | None:
    """A new list with the elements of another, or the rows of an array."""
    kind = kind_of_value(value)
    if not isinstance(kind, List) and not (isinstance(kind, Num) and kind.dims):
        return None
    atom = s.atom(value)
    made = s.builder.call(list, (atom,))
    assert isinstance(made, Var)
    new = s.memory.new(made)
    for cell in s.memory.cells(atom):
        held = cell.holds if isinstance(kind, List) else {cell}
        new.holds |= held
        for other in held:
            other.held_by.add(new)
    return made


def _dict(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    entries: dict[Any, Value] = {}
    for given in args[: len(args) - len(keywords)]:
        pairs = _entries(s, given)
        if pairs is None:
            return None
        entries |= pairs
    entries |= dict(zip(keywords, args[len(args) - len(keywords) :], strict=True))
    return Pack(dict, tuple(entries.values()), tuple(entries))


def _entries(s: ElementSpecialiser, value: Value) -> dict[Any, Value] | None:
    """The entries of a dict, or of a sequence of pairs, if the keys are known."""
    kind = kind_of_value(value)
    if isinstance(kind, Dict):
        return {k: s.element(value, Const(k)) for k in kind.keys}
    sequence = s.as_pack(value)
    found = [s.as_pack(v) for v in sequence.values] if sequence is not None else [None]
    pairs = [p.values for p in found if p is not None and len(p.values) == 2]
    if len(pairs) < len(found):
        return None
    keys = [s.known_key(k) for k, _ in pairs]
    known = {k.value: v for k, (_, v) in zip(keys, pairs, strict=True) if isinstance(k, Const)}
    return known if all(isinstance(k, Const) for k in keys) else None


def _range(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    """A range that is no loop's own: a list of its numbers, which is as good."""
    if not all(isinstance(a, Const) for a in args):
        return s.numbers(args)
    numbers = range(*(a.value for a in args if isinstance(a, Const)))
    return Pack(list, tuple(map(Const, numbers))) if len(numbers) <= FEW else s.numbers(args)


def _iter(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    cls = args[0].cls if isinstance(args[0], Pack) else list
    already = issubclass(cls, Once) and not issubclass(cls, View)
    return args[0] if already else Pack(deferred(iter, ()), (args[0],))


def _print(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    atoms = tuple(map(s.atom, args))
    s.builder.stmts.append(Effect(print, atoms, keywords, origin=s.builder.origin))
    return Const(None)


def _len(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    method = s._special_method(args[0], "__len__")
    if method is not None:
        return s.call(method, [], ())
    args = [s._walked(args[0])]
    if isinstance(args[0], Pack):
        return Const(len(args[0].values))
    kind = kind_of_value(args[0])
    if isinstance(kind, Tuple):
        return Const(len(kind.elements))
    if isinstance(kind, Dict):
        return Const(len(kind.keys))
    if isinstance(kind, List):
        return s.builder.bind(len, (s.atom(args[0]),), integer(kind.length))
    return None


def _getattr(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    name = s.text(args[1])
    if not isinstance(name, Const):
        return None
    if len(args) == 2:
        return s.attribute(args[0], name.value)
    known = s.has_attribute(args[0], name.value)
    if known is None:
        return None
    return s.attribute(args[0], name.value) if known else args[2]


def _hasattr(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    name = s.text(args[1])
    known = s.has_attribute(args[0], name.value) if isinstance(name, Const) else None
    cls = python_class(args[0])
    plain = cls is not None and not isinstance(kind_of_value(args[0]), Opaque)
    if known is None and plain and isinstance(name, Const):
        known = hasattr(cls, name.value)
    return None if known is None else Const(known)


def _setattr(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    owner, name, value = args
    if isinstance(name, Const):
        s.store_attribute(owner, name.value, value, None)
        return Const(None)
    return None


def _callable(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    if isinstance(args[0], FUNCTIONS):
        return Const(True)
    cls = python_class(args[0])
    return None if cls is None else Const(any("__call__" in vars(c) for c in cls.__mro__))


def _copied(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    """A value whose arrays nobody else writes into."""
    value = s.memory.fresh(args[0])
    kind = kind_of_value(value)
    if isinstance(kind, Num) and not kind.is_scalar:
        return s.builder.copied(s.atom(value))
    pack = s.as_pack(value) if isinstance(kind, Tuple | List | Dict) else None
    if pack is None:
        return value
    parts = tuple(_copied(s, [v], ()) or v for v in pack.values)
    return Pack(pack.cls, parts, pack.keys)


def _yielded(s: ElementSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    s.memory.given |= s.memory.cells(args[1])
    s.append(args[0], args[1])
    return Const(None)


@dataclass(frozen=True)
class Special:
    """A builtin evaluated on kinds, and how many arguments it takes; None leaves it to the run."""

    run: Callable[[ElementSpecialiser, list[Value], tuple[str, ...]], Value | None]
    least: int
    most: int

    def takes(self, count: int) -> bool:
        return self.least <= count <= self.most


SPECIAL: dict[Any, Special] = {
    isinstance: Special(_isinstance, 2, 2),
    type: Special(_type, 1, 1),
    tuple: Special(_tuple, 0, 1),
    list: Special(_list, 0, 1),
    dict: Special(_dict, 0, 1000),
    iter: Special(_iter, 1, 1),
    range: Special(_range, 1, 3),
    print: Special(_print, 0, 1000),
    yielded: Special(_yielded, 2, 2),
    len: Special(_len, 1, 1),
    getattr: Special(_getattr, 2, 3),
    hasattr: Special(_hasattr, 2, 2),
    setattr: Special(_setattr, 3, 3),
    callable: Special(_callable, 1, 1),
    copied: Special(_copied, 1, 1),
}

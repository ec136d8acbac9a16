"""What a name can stand for while a function is specialised: more than a variable or constant."""

from __future__ import annotations

import functools
import inspect
import types
from dataclasses import dataclass
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder, display_kind, kind_of
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import Dict, Kind, List, Object, Opaque


@dataclass(frozen=True, eq=False)
class Pack:
    """A tuple, list or dict whose elements are known one by one; it is built only if someone asks.

    `keys` are those of a dict. A list or dict that may be changed has a `cell` of memory, whose
    latest content is another pack.
    """

    cls: type
    values: tuple[Value, ...]
    keys: tuple[Any, ...] | None = None
    cell: Any = None


class Once:
    """The class of packs that stand for iterators, around the sequence that is not consumed yet."""


@functools.cache
def deferred(call: Any, keywords: tuple[str, ...], skipped: int = 0) -> type:
    """The class of iterators whose elements a call gives once they are asked for.

    So many of the elements are `skipped` since they have been taken.
    """
    return type("iterator", (Once,), {"call": (call, keywords, skipped)})


@dataclass(frozen=True, eq=False)
class Method:
    """A method of a value, before it is called."""

    owner: Value
    name: str


@dataclass(frozen=True, eq=False)
class Local:
    """A function defined inside another, with its defaults and captured values."""

    closure: ir.Closure
    args: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Bound:
    """A function with some arguments given: a derivative of one that captures them."""

    function: Any
    names: tuple[str, ...]
    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Partial:
    """What functools.partial makes: a function, its first arguments, and some by name."""

    function: Value
    args: tuple[Value, ...]
    named: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, eq=False)
class Super:
    """What super() gives: an object whose methods are looked up behind a class."""

    owner: Value
    cls: type


@dataclass(frozen=True, eq=False)
class Chosen:
    """One of two functions, as a test that has run says."""

    test: Atom
    first: Value
    second: Value


READING = frozenset(["get", "keys", "values", "items", "index", "count", "copy"])
Value = Atom | Pack | Method | Local | Bound | Partial | Super | Chosen
FUNCTIONS = Local | Method | Bound | Partial | Super | Chosen
"""Values that are surely functions and nothing else."""


def is_instance(value: Value) -> bool:
    """Whether a value is an object whose attributes are known one by one."""
    return isinstance(value, Pack) and value.keys is not None and not issubclass(value.cls, dict)


def kind_of_value(value: Value) -> Kind:
    """The kind of a value."""
    if isinstance(value, Pack):
        if issubclass(value.cls, Once):
            return Opaque()
        kinds = tuple(map(kind_of_value, value.values))
        if is_instance(value):
            return Object(value.cls, value.keys or (), kinds)
        if value.keys is not None:
            keys = tuple(Const(k) for k in value.keys)
            pairs = tuple(x for pair in zip(keys, kinds, strict=True) for x in pair)
            return display_kind(
                ir.Display(dict), tuple(_as_kind(p) for p in pairs), _interleave(keys)
            )
        return display_kind(ir.Display(value.cls), kinds, ())
    if isinstance(value, FUNCTIONS):
        return Opaque()
    return kind_of(value)


def _as_kind(item: Any) -> Kind:
    return kind_of(item) if isinstance(item, Const) else item


def _interleave(keys: tuple[Const, ...]) -> tuple[Atom, ...]:
    return tuple(x for k in keys for x in (k, k))


def same_shape(a: Value, b: Value) -> bool:
    """Whether two values are built alike, down to leaves."""
    if isinstance(a, Pack) and isinstance(b, Pack):
        return (
            a.cls is b.cls
            and a.keys == b.keys
            and len(a.values) == len(b.values)
            and all(map(same_shape, a.values, b.values))
        )
    return not isinstance(a, Pack) and not isinstance(b, Pack)


def materialise(value: Value, builder: Builder) -> Atom:
    """The atom for a value, building packs into tuples, lists and dicts."""
    if isinstance(value, Var | Const):
        return value
    if isinstance(value, Pack):
        if issubclass(value.cls, Once):
            raise _iterator_as_data()
        if hasattr(value.cls, "maxlen") or hasattr(value.cls, "factory"):
            raise _special_as_data(value.cls)
        parts = [materialise(v, builder) for v in value.values]
        if is_instance(value):
            kind = Object(value.cls, value.keys or (), tuple(map(kind_of, parts)))
            return builder.bind(ir.Construct(value.cls, value.keys or ()), tuple(parts), kind)
        if value.keys is not None:
            pairs = zip((Const(k) for k in value.keys), parts, strict=True)
            return builder.emit(ir.Display(dict), *(x for pair in pairs for x in pair))
        if all(isinstance(p, Const) for p in parts) and value.cls is tuple:
            return Const(tuple(p.value for p in parts if isinstance(p, Const)))
        cls = value.cls if issubclass(value.cls, tuple) else list
        return builder.emit(ir.Display(cls), *parts)
    if isinstance(value, Method):
        if isinstance(kind_of_value(value.owner), List | Dict) and value.name not in READING:
            raise _changer_as_data(value.name)
        owner = materialise(value.owner, builder)
        return builder.emit(ir.GetAttr(value.name), owner)
    raise _function_as_data(value)


def _changer_as_data(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the method {name!r} of a list or dict used as data",
        why="whoever it is handed to may change the list or dict, at a time that is not known",
        fix="hand on a function of your own that calls it, or call it yourself",
    )


def _iterator_as_data() -> NotKnownError:
    return NotKnownError(
        "an iterator used as data",
        why="what is left of it depends on who has walked through it before",
        fix="make a list of it first, with list()",
    )


def _special_as_data(cls: type) -> NotKnownError:
    return NotKnownError(
        f"a {cls.__name__} whose elements are not known one by one",
        why="it would be a plain list or dict from here on",
        fix="make a list or a dict of it",
    )


def _function_as_data(value: Local | Bound | Partial | Super | Chosen) -> NotKnownError:
    if isinstance(value, Local):
        name = value.closure.name
    else:
        name = getattr(getattr(value, "function", super), "__name__", "partial")
    return NotKnownError(
        f"the nested function {name!r} used as data",
        why="srcgrad inlines nested functions where they are called",
        fix="call it directly, or pass it to a function that calls it",
    )


def is_user_function(value: Any) -> bool:
    """Whether a callable is Python that can be read and inlined."""
    return isinstance(value, types.FunctionType) and not inspect.isbuiltin(value)

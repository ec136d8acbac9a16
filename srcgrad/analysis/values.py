"""What a name can stand for while a function is specialised: more than a variable or constant."""

from __future__ import annotations

import dataclasses
import inspect
import types
from dataclasses import dataclass
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import Builder, display_kind, kind_of
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import Kind, Opaque


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


Value = Atom | Pack | Method | Local | Bound


def kind_of_value(value: Value) -> Kind:
    """The kind of a value."""
    if isinstance(value, Pack):
        kinds = tuple(map(kind_of_value, value.values))
        if value.keys is not None:
            keys = tuple(Const(k) for k in value.keys)
            pairs = tuple(x for pair in zip(keys, kinds, strict=True) for x in pair)
            return display_kind(
                ir.Display(dict), tuple(_as_kind(p) for p in pairs), _interleave(keys)
            )
        return display_kind(ir.Display(value.cls), kinds, ())
    if isinstance(value, Method | Local | Bound):
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
        parts = [materialise(v, builder) for v in value.values]
        if value.keys is not None:
            pairs = zip((Const(k) for k in value.keys), parts, strict=True)
            return builder.emit(ir.Display(dict), *(x for pair in pairs for x in pair))
        if all(isinstance(p, Const) for p in parts) and value.cls is tuple:
            return Const(tuple(p.value for p in parts if isinstance(p, Const)))
        return builder.emit(ir.Display(value.cls), *parts)
    if isinstance(value, Method):
        owner = materialise(value.owner, builder)
        return builder.emit(ir.GetAttr(value.name), owner)
    raise _function_as_data(value)


def _function_as_data(value: Local | Bound) -> Exception:
    from srcgrad.errors import UnsupportedError

    name = value.closure.name if isinstance(value, Local) else value.function.__name__
    return UnsupportedError(
        f"the nested function {name!r} used as data",
        why="srcgrad inlines nested functions where they are called",
        fix="call it directly, or pass it to a function that calls it",
    )


def is_user_function(value: Any) -> bool:
    """Whether a callable is Python that can be read and inlined."""
    return isinstance(value, types.FunctionType) and not inspect.isbuiltin(value)


def is_plain_dataclass(cls: Any) -> bool:
    """Whether making an instance does nothing but set the fields to the arguments."""
    fields = getattr(cls, "__dataclass_fields__", None) if isinstance(cls, type) else None
    if fields is None or hasattr(cls, "__post_init__") or "__init__" not in vars(cls):
        return False
    plain = all(f.init and f.default_factory is dataclasses.MISSING for f in fields.values())
    own = inspect.getattr_static(cls, "__init__")
    return plain and cls.__dataclass_params__.init and not is_read_from_file(own)


def is_read_from_file(function: Any) -> bool:
    """Whether a function was written by a person: those of dataclasses are not in any file."""
    return not function.__code__.co_filename.startswith("<")

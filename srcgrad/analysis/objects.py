"""Objects that the function makes or changes: their attributes are known one by one.

An object is a pack of its attributes, in memory of its own like a dict. Its class is looked up as
Python does: what the class has is called with the object as its first argument.
"""

from __future__ import annotations

import ast
import dataclasses
import functools
import inspect
import re
import types
from typing import Any

from srcgrad import ir
from srcgrad.analysis.classes import is_read, is_user_written
from srcgrad.analysis.generators import GeneratorCaller
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.memory import Cell
from srcgrad.analysis.values import (
    Local,
    Pack,
    Partial,
    Super,
    Value,
    is_instance,
    is_user_function,
    kind_of_value,
)
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Block, Const, Var
from srcgrad.kinds import Object, Opaque, Tuple
from srcgrad.rulebook import rule_of

MISSING = object()


class Shown(dict):  # type: ignore[type-arg]
    """The class of packs that show the attributes of an object, and are only read."""


class ObjectSpecialiser(GeneratorCaller):
    """The part of the specialiser that makes objects, and reads and writes their attributes.

    `entry` are statements for the very beginning: they read, of objects that came from outside,
    the attributes that are written later.  `overlaid` is what such attributes are by then.
    """

    @functools.cached_property
    def entry(self) -> Block:
        return Block()

    @functools.cached_property
    def overlaid(self) -> dict[tuple[int, str], Pack]:
        return {}

    # making

    def _make_instance(self, cls: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """cls(...): an object without attributes, handed to its constructor."""
        made = Pack(cls, (), ())
        cell = self.memory.new(made)
        cell.first = made = Pack(cls, (), (), cell)
        init = inspect.getattr_static(cls, "__init__", None)
        if dataclasses.is_dataclass(cls) and not is_user_written(init):
            self._fill(cls, made, args, keywords)
        elif init is not object.__init__:
            self._call_static(init, [made, *args], keywords)
        elif args:
            raise bad_call(cls.__name__, "takes no arguments")
        return self.memory.fresh(made)

    def _fill(self, cls: Any, made: Pack, args: list[Value], keywords: tuple[str, ...]) -> None:
        """What the constructor of a dataclass does."""
        split = len(args) - len(keywords)
        named = dict(zip(keywords, args[split:], strict=True))
        try:
            bound = inspect.signature(cls).bind(*args[:split], **named)
        except TypeError as error:
            raise bad_call(cls.__name__, str(error)) from None
        for field in dataclasses.fields(cls):
            if field.name in bound.arguments:
                value = bound.arguments[field.name]
            elif field.default_factory is not dataclasses.MISSING:
                value = self.call(Const(field.default_factory), [], ())
                value = self._kept(value, [])
            elif field.default is not dataclasses.MISSING:
                value = self.external(field.name, cls, f"{{}}.{field.name}", field.default)
            else:
                continue
            self._put(made, field.name, value)
        if hasattr(cls, "__post_init__"):
            self.call(self.attribute(self.memory.fresh(made), "__post_init__"), [], ())

    # reading

    def attribute(self, owner: Value, name: str) -> Value:
        if isinstance(owner, Super):
            return self._inherited(owner, name)
        if isinstance(owner, Local) and name in ("__name__", "__qualname__", "__doc__"):
            return Const(owner.closure.name if name != "__doc__" else None)
        if isinstance(owner, Partial) and name in ("func", "args"):
            return owner.function if name == "func" else Pack(tuple, owner.args)
        if isinstance(owner, Pack) and is_instance(owner):
            return self._attribute_of(owner, name)
        kind = kind_of_value(owner)
        if isinstance(kind, Opaque) and kind.path is not None:
            known = self.overlaid.get((id(kind.hint), name))
            if known is not None:
                now = self.memory.fresh(known)
                assert isinstance(now, Pack)
                return now.values[0]
        if isinstance(kind, Object) and name not in kind.names:
            return self._of_class(owner, kind.cls, kind.cls, name)
        if isinstance(kind, Tuple) and name not in getattr(kind.cls, "_fields", (name,)):
            member = inspect.getattr_static(kind.cls, name, None)
            if is_read(member) or isinstance(member, property):
                return self._of_class(owner, kind.cls, kind.cls, name)
        return super().attribute(owner, name)

    def _attribute_of(self, owner: Pack, name: str) -> Value:
        assert owner.keys is not None
        if name in owner.keys:
            return owner.values[owner.keys.index(name)]
        if name == "__class__":
            return Const(owner.cls)
        if name == "__dict__":
            return Pack(Shown, owner.values, owner.keys)
        return self._of_class(owner, owner.cls, owner.cls, name)

    def _inherited(self, owner: Super, name: str) -> Value:
        """What super() finds under a name: in the classes behind the one that asks."""
        cls = kind_of_value(owner.owner)
        start = cls.cls if isinstance(cls, Object | Opaque) else owner.cls
        if isinstance(owner.owner, Const) and isinstance(owner.owner.value, type):
            start = owner.owner.value
        order = (start or owner.cls).__mro__
        for base in order[order.index(owner.cls) + 1 :]:
            if name in vars(base):
                return self._of_class(self.memory.fresh(owner.owner), base, start, name)
        raise _no_attribute(owner.cls, name)

    def _of_class(self, owner: Value, home: Any, cls: Any, name: str) -> Value:
        """What the class of an object has under a name, as the object sees it."""
        member = inspect.getattr_static(home, name, MISSING)
        match member:
            case property(fget=function) if function is not None:
                return self._call_static(function, [owner], ())
            case functools.cached_property(func=function):
                value = self._call_static(function, [owner], ())
                self._cache(owner, name, value)
                return value
            case staticmethod(__func__=function):
                return self.external(name, home, f"{{}}.{name}", function)
            case classmethod(__func__=function):
                return Partial(Const(function), (Const(cls),), ())
        if is_user_function(member) or rule_of(member) is not None:
            return Partial(Const(member), (owner,), ())
        if member is object.__init__:
            return Partial(Const(_nothing), (), ())
        fallback = inspect.getattr_static(home, "__getattr__", None)
        if member is MISSING and is_user_function(fallback):
            return self._call_static(fallback, [owner, Const(name)], ())
        if member is MISSING or isinstance(member, types.MemberDescriptorType):
            raise _no_attribute(cls, name)
        if _is_descriptor(member):
            raise _a_descriptor(cls, name)
        return self.external(name, home, f"{{}}.{name}", member)

    def _cache(self, owner: Value, name: str, value: Value) -> None:
        """Keep a cached property, unless an exception might tell whether it is kept.

        Then it is computed anew each time, which gives the same while the object stays as it is.
        """
        cell = owner.cell if isinstance(owner, Pack) else None
        if cell is not None and (self.trying or cell in self.memory.settled):
            self.memory.settled[cell] = "an object whose cached property was read under try"
        else:
            self.store_attribute(owner, name, value, None)

    def has_attribute(self, owner: Value, name: str) -> bool | None:
        """hasattr(owner, name); None if only a run knows."""
        kind = kind_of_value(owner)
        if isinstance(kind, Object):
            return name in kind.names or hasattr(kind.cls, name)
        if isinstance(owner, Const):
            return hasattr(owner.value, name)
        if isinstance(kind, Opaque) and kind.path is not None:
            self.guards.holds(f"_hasattr({kind.path}, {name!r})", hasattr(kind.hint, name))
            return hasattr(kind.hint, name)
        return None

    # writing

    def store_attribute(self, owner: Value, name: str, value: Value, op: Any) -> None:
        """owner.name = value, or owner.name op= value"""
        if op is not None:
            value = self.in_place(op, self.attribute(owner, name), value)
            owner = self.memory.fresh(owner)
        kind = kind_of_value(owner)
        cls = kind.cls if isinstance(kind, Object | Opaque) else None
        setter = inspect.getattr_static(cls, name, None) if cls is not None else None
        if isinstance(setter, property) and setter.fset is not None:
            self._call_static(setter.fset, [owner, value], ())
        elif _is_descriptor(setter) and not isinstance(setter, types.MemberDescriptorType):
            raise _a_descriptor(cls, name)
        elif isinstance(kind, Opaque) and kind.path is not None:
            self._overlay(kind, name, value)
        elif isinstance(owner, Pack) and is_instance(owner):
            self._put(owner, name, value)
        elif isinstance(kind, Object) and isinstance(owner, Var):
            self._put(self._opened_object(owner, kind), name, value)
        else:
            raise _no_store(kind)

    def _put(self, owner: Pack, name: str, value: Value) -> None:
        now = self.memory.fresh(owner)
        now = now if isinstance(now, Pack) else owner
        assert now.keys is not None
        assert owner.cell is not None
        if isinstance(value, Var) and value.hint is None:
            value.hint = name
        entries = dict(zip(now.keys, now.values, strict=True)) | {name: value}
        changed = Pack(now.cls, tuple(entries.values()), tuple(entries), now.cell)
        self.memory.put(owner.cell, changed)

    def _opened_object(self, owner: Var, kind: Object) -> Pack:
        """An object that came as one value, as its attributes."""
        place = self.memory.reference(owner)
        assert place is not None
        values = tuple(self.attribute(owner, n) for n in kind.names)
        return Pack(kind.cls, values, kind.names, place.cell)

    def _overlay(self, kind: Opaque, name: str, value: Value) -> None:
        """Let an attribute of an object from outside be another one from here on.

        The object itself stays as it is: differentiating changes no argument.
        """
        root = re.split(r"[.\[]", kind.path or "")[0]
        if root not in {p.hint for p in self.parameters}:
            raise UnsupportedError(
                f"a store into an attribute of {root}, which comes from outside",
                why="differentiating a function leaves no state behind, and the next call reads it",
                fix=f"pass {root} as an argument, or return the new value",
            )
        key = id(kind.hint), name
        if key not in self.overlaid:
            self.overlaid[key] = self._as_it_came(kind, name)
        known = self.overlaid[key]
        self.memory.put(known.cell, Pack(list, (value,), None, known.cell))

    def _as_it_came(self, kind: Opaque, name: str) -> Pack:
        """An attribute as it is at the beginning, in memory that was there before all else."""
        first: Value = ir.UNDEFINED
        if hasattr(kind.hint, name):
            with self.builder.inside(self.entry):
                first = super().attribute(self._from_path(kind), name)
        cell = Cell(ir.UNDEFINED, serial=-1)
        cell.first = Pack(list, (first,), None, cell)
        return cell.first

    def _from_path(self, kind: Opaque) -> Value:
        """An object that came with an argument, found again at the beginning."""
        root, *steps = re.findall(r"\w+|\[[^\]]+\]", kind.path or "")
        value: Value | None = self.roots().get(root)
        if value is None:
            raise _no_store(kind)
        for step in steps:
            if step.startswith("["):
                value = self.element(value, Const(ast.literal_eval(step[1:-1])))
            else:
                value = super().attribute(value, step)
        return value

    def roots(self) -> dict[str, Value]:
        """The parameters and the outside data by their names in guards."""
        outside = (i.var for i in self.externals.implicits.values())
        return {v.hint or "": v for v in (*self.parameters, *outside)}

    parameters: tuple[Var, ...] = ()


def _is_descriptor(member: Any) -> bool:
    """Whether a member of a class decides itself what reading or writing it does."""
    return hasattr(type(member), "__set__")


def _a_descriptor(cls: Any, name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the attribute {name!r} of a {getattr(cls, '__name__', cls)}, which is a descriptor",
        why="what reading and writing it does is known to its class alone",
        fix="use a property, or an ordinary attribute",
    )


def _nothing() -> None:
    """The constructor of a class that has none."""


def _no_attribute(cls: Any, name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the attribute {name!r} of a {getattr(cls, '__name__', cls)}",
        why="it has none of this name, at least here",
        fix="set it before it is read, on every path",
    )


def _no_store(kind: Any) -> UnsupportedError:
    return UnsupportedError(
        f"a store into an attribute of a value of kind {kind}",
        why="whose attribute it is must be known when compiling",
        fix="pass the object as an argument, or use a local variable",
    )

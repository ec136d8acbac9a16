"""Objects that the function makes or changes: their attributes are known one by one.

An object is a pack of its attributes, in memory of its own like a dict. Its class is looked up as
Python does: what the class has is called with the object as its first argument.
"""

from __future__ import annotations

import abc
import ast
import dataclasses
import functools
import inspect
import math
import operator
import re
import sys
import types
from typing import Any

from srcgrad import ir
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.library import LibraryCaller
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


class ObjectSpecialiser(LibraryCaller):
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

    def _kept(self, value: Value, operands: list[Value]) -> Value:
        """A result with its place in memory."""
        raise NotImplementedError

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
                self.store_attribute(owner, name, value, None)
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
        assert now.keys is not None and owner.cell is not None
        if isinstance(value, Var) and value.hint is None:
            value.hint = name
        entries = dict(zip(now.keys, now.values, strict=True)) | {name: value}
        changed = Pack(now.cls, tuple(entries.values()), tuple(entries), now.cell)
        self.memory.put(owner.cell, changed)

    def _opened_object(self, owner: Var, kind: Object) -> Pack:
        """An object that came as one value, as its attributes."""
        place = self.memory.reference(owner)
        assert place is not None
        self._check_own(place.cell, owner)
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

    # operators and protocols

    def _special_method(self, value: Value, name: str) -> Value | None:
        """A method with a reserved name of an object, bound to it; None if it has none."""
        kind = kind_of_value(value)
        if not isinstance(kind, Object | Opaque | Tuple) or kind.cls is None:
            return None
        member = inspect.getattr_static(kind.cls, name, None)
        return Partial(Const(member), (value,), ()) if is_user_function(member) else None

    def overloaded(self, op: Any, args: list[Value]) -> Value | None:
        """What an operator gives that a class of the user's defines; None if none does."""
        if op is operator.not_:
            tested = self.tested(args[0])
            return None if tested is args[0] else self.operation(operator.not_, [tested], ())
        if op not in OPERATORS or not any(_may_overload(a) for a in args):
            return None
        name = OPERATORS[op]
        if op is operator.contains or len(args) == 1:
            method = self._special_method(args[0], f"__{name}__")
            return None if method is None else self.call(method, args[1:], ())
        left, right = args
        reflected = REFLECTED.get(op, f"r{name}")
        for owner, other, way in ((left, right, name), (right, left, reflected)):
            method = self._special_method(owner, f"__{way}__")
            found = None if method is None else self.call(method, [other], ())
            if found is not None and not _is_refusal(found):
                return found
        return None

    def tested(self, value: Value) -> Value:
        """What a test of a value looks at: of an object what its class says, if anything."""
        method = self._special_method(value, "__bool__")
        if method is not None:
            return self.call(method, [], ())
        method = self._special_method(value, "__len__")
        if method is not None:
            return self.operation(operator.ne, [self.call(method, [], ()), Const(0)], ())
        return value

    def updated(self, op: Any, old: Value, value: Value) -> Value | None:
        """`old op= value` where the class of the one or the other says what that is."""
        if not (_may_overload(old) or _may_overload(value)):
            return None
        method = self._special_method(old, f"__i{OPERATORS.get(op, '?')}__")
        found = None if method is None else self.call(method, [value], ())
        if found is not None and not _is_refusal(found):
            return found
        return self.overloaded(op, [old, value])

    def built_in(self, function: Any, args: list[Value]) -> Value | None:
        """round(x), float(x) and such of an object whose class defines them."""
        name = BUILTINS.get(function) if getattr(type(function), "__hash__", None) else None
        if name is None or not args or not _may_overload(args[0]):
            return None
        method = self._special_method(args[0], name)
        return None if method is None else self.call(method, args[1:], ())

    def iterated_object(self, value: Value) -> Value | None:
        """What a loop over an object of the user's walks through."""
        method = self._special_method(value, "__iter__")
        if method is not None:
            found = self.call(method, [], ())
            if self._special_method(found, "__next__") is not None:
                return None
            return self.consumed(found)
        getter, counter = (self._special_method(value, f"__{n}__") for n in ("getitem", "len"))
        if getter is None or counter is None:
            return None
        size = self.call(counter, [], ())
        if not isinstance(size, Const):
            return None
        return Pack(list, tuple(self.call(getter, [Const(i)], ()) for i in range(size.value)))

    def _walked(self, value: Value) -> Value:
        kind = kind_of_value(value)
        iterable = self._special_method(value, "__iter__") is not None
        if (isinstance(kind, Object) and not isinstance(value, Const)) or (
            isinstance(kind, Tuple) and iterable
        ):
            return self.iterated_object(value) or _not_iterable(value)
        return self.consumed(value)

    def _super(self, args: list[Value]) -> Value:
        """super(), or super(cls, self)"""
        if len(args) == 2 and isinstance(args[0], Const):
            return Super(args[1], args[0].value)
        function = self.frames[-1]
        names = function.__code__.co_freevars
        if "__class__" not in names:
            raise bad_call("super", "is called in a method")
        cls = function.__closure__[names.index("__class__")].cell_contents
        return Super(self.value(self.active[-1].params[0]), cls)

    def value(self, atom: Any) -> Value:
        """What an atom of the lowered function stands for, as it is now."""
        raise NotImplementedError


OPERATORS = {
    operator.add: "add",
    operator.sub: "sub",
    operator.mul: "mul",
    operator.truediv: "truediv",
    operator.floordiv: "floordiv",
    operator.mod: "mod",
    operator.pow: "pow",
    operator.matmul: "matmul",
    operator.and_: "and",
    operator.or_: "or",
    operator.xor: "xor",
    operator.lshift: "lshift",
    operator.rshift: "rshift",
    operator.neg: "neg",
    operator.pos: "pos",
    operator.invert: "invert",
    operator.eq: "eq",
    operator.ne: "ne",
    operator.lt: "lt",
    operator.le: "le",
    operator.gt: "gt",
    operator.ge: "ge",
    operator.contains: "contains",
}
BUILTINS = {
    abs: "__abs__",
    round: "__round__",
    float: "__float__",
    int: "__int__",
    complex: "__complex__",
    bool: "__bool__",
    divmod: "__divmod__",
    pow: "__pow__",
    reversed: "__reversed__",
    next: "__next__",
    hash: "__hash__",
    str: "__str__",
    repr: "__repr__",
    math.floor: "__floor__",
    math.ceil: "__ceil__",
    math.trunc: "__trunc__",
}
REFLECTED = {
    operator.eq: "eq",
    operator.ne: "ne",
    operator.lt: "gt",
    operator.gt: "lt",
    operator.le: "ge",
    operator.ge: "le",
}


def _may_overload(value: Value) -> bool:
    kind = kind_of_value(value)
    if isinstance(kind, Tuple):
        return kind.cls is not tuple
    return isinstance(kind, Object | Opaque) and kind.cls is not None


def _is_descriptor(member: Any) -> bool:
    """Whether a member of a class decides itself what reading or writing it does."""
    return hasattr(type(member), "__set__")


def _a_descriptor(cls: Any, name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the attribute {name!r} of a {getattr(cls, '__name__', cls)}, which is a descriptor",
        why="what reading and writing it does is known to its class alone",
        fix="use a property, or an ordinary attribute",
    )


def _is_refusal(value: Value) -> bool:
    return isinstance(value, Const) and value.value is NotImplemented


def _nothing() -> None:
    """The constructor of a class that has none."""


def is_user_written(function: Any) -> bool:
    """Whether a function was written by a person: those of dataclasses are not in any file."""
    return is_user_function(function) and not function.__code__.co_filename.startswith("<")


READ = frozenset(["statistics", "colorsys", "bisect", "heapq"])
"""Modules of Python's library whose functions are inlined like the user's."""


def is_read(function: Any) -> bool:
    """Whether a function is looked into where it is called: those of Python's library are not."""
    if not is_user_function(function):
        return False
    home = str(function.__globals__.get("__name__", "")).split(".")[0]
    return home not in sys.stdlib_module_names or home in READ or home == "__main__"


def is_makeable(cls: Any) -> bool:
    """Whether an instance is nothing but its attributes, set by code that can be read."""
    if not isinstance(cls, type) or inspect.getattr_static(cls, "__new__") is not object.__new__:
        return False
    homes = {b.__module__.split(".")[0] for b in cls.__mro__ if b is not object}
    if homes & (sys.stdlib_module_names - {"abc", "typing", "__main__"} | {"numpy"}):
        return False
    init = inspect.getattr_static(cls, "__init__")
    plain = init is object.__init__ or is_user_function(init)
    if type(cls) not in (type, abc.ABCMeta) or "__getattribute__" in _own(cls):
        return False
    setter = inspect.getattr_static(cls, "__setattr__")
    frozen = dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return plain and (setter is object.__setattr__ or frozen)


def _own(cls: type) -> set[str]:
    """What the classes of people define, object not counted."""
    return {name for base in cls.__mro__ if base is not object for name in vars(base)}


def _no_attribute(cls: Any, name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the attribute {name!r} of a {getattr(cls, '__name__', cls)}",
        why="it has none of this name, at least here",
        fix="set it before it is read, on every path",
    )


def _not_iterable(value: Value) -> Value:
    raise UnsupportedError(
        f"a loop over a value of kind {kind_of_value(value)}",
        why="its class has no __iter__ that can be followed, and no __len__ and __getitem__",
        fix="loop over a list of its parts",
    )


def _no_store(kind: Any) -> UnsupportedError:
    return UnsupportedError(
        f"a store into an attribute of a value of kind {kind}",
        why="whose attribute it is must be known when compiling",
        fix="pass the object as an argument, or use a local variable",
    )

"""Operators, builtins, tests and loops of objects, whose classes say what they do."""

from __future__ import annotations

import inspect
import operator
from typing import Any

from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.objects import ObjectSpecialiser
from srcgrad.analysis.values import (
    Pack,
    Partial,
    Super,
    Value,
    is_user_function,
    kind_of_value,
)
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Const
from srcgrad.kinds import Object, Opaque, Tuple
from srcgrad.rules.protocols import BUILTINS, OPERATORS, REFLECTED


class ProtocolSpecialiser(ObjectSpecialiser):
    """The part of the specialiser that asks the classes of objects."""

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


def _may_overload(value: Value) -> bool:
    kind = kind_of_value(value)
    if isinstance(kind, Tuple):
        return kind.cls is not tuple
    return isinstance(kind, Object | Opaque) and kind.cls is not None


def _is_refusal(value: Value) -> bool:
    return isinstance(value, Const) and value.value is NotImplemented


def _not_iterable(value: Value) -> Value:
    raise UnsupportedError(
        f"a loop over a value of kind {kind_of_value(value)}",
        why="its class has no __iter__ that can be followed, and no __len__ and __getitem__",
        fix="loop over a list of its parts",
    )

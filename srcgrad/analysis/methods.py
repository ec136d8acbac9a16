"""Specialise calls of methods, and of objects."""

from __future__ import annotations

import inspect
from typing import Any

from srcgrad import ir
from srcgrad.analysis.classes import is_read
from srcgrad.analysis.effects import (
    METHODS,
    mutation,
)
from srcgrad.analysis.externals import is_trusted
from srcgrad.analysis.folding import folded_method
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.library import view_by
from srcgrad.analysis.mutators import mutator_method, update_dict
from srcgrad.analysis.nested import DerivativeSpecialiser
from srcgrad.analysis.values import (
    Pack,
    Value,
    is_instance,
    is_user_function,
    kind_of_value,
)
from srcgrad.ir import Const
from srcgrad.kinds import (
    UNKNOWN,
    Dict,
    Kind,
    List,
    Num,
    Object,
    Opaque,
    Static,
    Str,
    Tuple,
    Unknown,
)
from srcgrad.rulebook import rule_of
from srcgrad.rules import table


class MethodSpecialiser(DerivativeSpecialiser):
    """The part of the specialiser that calls methods."""

    def _make_named_tuple(self, cls: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        positional = args[: len(args) - len(keywords)]
        given = dict(zip(cls._fields, positional, strict=False)) | dict(
            zip(keywords, args[len(positional) :], strict=True)
        )
        given = {n: Const(v) for n, v in cls._field_defaults.items()} | given
        if set(given) != set(cls._fields) or len(positional) > len(cls._fields):
            raise bad_call(cls.__name__, f"takes the fields {', '.join(cls._fields)}")
        return Pack(cls, tuple(given[n] for n in cls._fields))

    def _call_object(
        self, owner: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value | None:
        """A call of an object from outside whose class says what that does."""
        member = inspect.getattr_static(type(owner), "__call__", None)
        if isinstance(owner, type) or is_trusted(type(owner)) or not is_user_function(member):
            return None
        instance = self.externals.data(type(owner).__name__.lower(), owner)
        return self._call_static(member, [instance, *args], keywords)

    def _call_method(
        self, owner: Value, name: str, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        owner = self.memory.fresh(owner)
        kind = kind_of_value(owner)
        if is_instance(owner):
            return self.call(self.attribute(owner, name), args, keywords)
        split = len(args) - len(keywords)
        named = dict(zip(keywords, args[split:], strict=True))
        found: Value | None = folded_method(self.text(owner), name, args[:split], named)
        if found is None:
            found = self._container_method(owner, name, args[:split], named)
        if found is not None:
            return found
        mutator = mutator_method(owner, name) if self.is_inside(owner) else None
        if mutator is not None:
            return mutator.call(self, f".{name}", [owner, *args], keywords)
        if isinstance(kind, Dict) and name == "update":
            return update_dict(self, owner, args, keywords)
        if isinstance(kind, Dict) and name in ("items", "keys", "values", "get"):
            return self._dict_method(owner, kind, name, args)
        if isinstance(kind, Object | Opaque | Tuple) and kind.cls is not None:
            member = inspect.getattr_static(kind.cls, name, None)
            if isinstance(member, classmethod):
                return self._call_static(member.__func__, [Const(kind.cls), *args], keywords)
            if isinstance(member, staticmethod):
                return self._call_static(member.__func__, args, keywords)
            if is_read(member) or rule_of(member) is not None:
                return self._call_static(member, [owner, *args], keywords)
        if isinstance(owner, Pack) and name in METHODS:
            raise mutation(name)
        function = table.method_function(name)
        if function is not None and (isinstance(kind, Num) or _is_of_arrays(kind, name)):
            return self._call_array_method(function, name, owner, args, keywords)
        if isinstance(kind, Str | Static):
            args = [self.consumed(a) for a in args]
        method = self.builder.bind(ir.GetAttr(name), (self.atom(owner),), UNKNOWN)
        return self._opaque_call(ir.CALL, (method, *map(self.atom, args)), keywords)

    def _call_array_method(
        self, function: Any, name: str, owner: Value, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        if (
            table.method_star(name)
            and args
            and not keywords
            and not isinstance(kind_of_value(args[0]), Tuple | List | Static)
        ):
            args = [Pack(tuple, tuple(args))]
        return self._call_primitive(function, [owner, *args], keywords)

    def _dict_get(self, owner: Value, kind: Dict, args: list[Value]) -> Value:
        args = [self.known_key(args[0]), *args[1:]] if args else args
        if not 1 <= len(args) <= 2 or not isinstance(args[0], Const):
            raise bad_call("dict.get", "takes a key that is known when compiling, and a default")
        if args[0].value in kind.keys:
            return self.element(owner, args[0])
        return args[1] if len(args) > 1 else Const(None)

    def _dict_method(self, owner: Value, kind: Dict, name: str, args: list[Value]) -> Value:
        if name == "get":
            return self._dict_get(owner, kind, args)
        if args:
            raise bad_call(f"dict.{name}", "takes no arguments")
        changeable = isinstance(owner, Pack) and owner.cell is not None
        return Pack(view_by(name), (owner,)) if changeable else self.shown(owner, name)

    def shown(self, owner: Value, method: str) -> Value:
        """What a view of a dict shows now."""
        kind = kind_of_value(owner)
        assert isinstance(kind, Dict)
        keys = [Const(k) for k in kind.keys]
        values = [] if method == "keys" else [self.element(owner, k) for k in keys]
        if method == "keys":
            return Pack(list, tuple(keys))
        if method == "values":
            return Pack(list, tuple(values))
        return Pack(list, tuple(Pack(tuple, pair) for pair in zip(keys, values, strict=True)))


def _is_of_arrays(kind: Kind, name: str) -> bool:
    """Whether a method of what is not known is one that only arrays have."""
    return isinstance(kind, Unknown) and not any(hasattr(cls, name) for cls in (set, list, dict))

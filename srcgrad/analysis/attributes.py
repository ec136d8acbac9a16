"""Specialise attributes: what they are depends on the owner's kind."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.externals import is_trusted
from srcgrad.analysis.ground import Ground
from srcgrad.analysis.values import (
    Method,
    Value,
    kind_of_value,
)
from srcgrad.errors import NoRuleError, UnsupportedError
from srcgrad.ir import Atom, Const
from srcgrad.kinds import (
    UNKNOWN,
    Kind,
    Num,
    Object,
    Opaque,
    Static,
    Tuple,
)
from srcgrad.rules import table


class AttributeSpecialiser(Ground):
    """The part of the specialiser that knows what attributes mean."""

    def attribute(self, owner: Value, name: str) -> Value:
        if isinstance(owner, Const):
            return self._static_attribute(owner.value, name)
        if owner in self.caught:
            raise UnsupportedError(
                f"the attribute {name!r} of an exception",
                why="whether it carries what is differentiated is not followed",
                fix="return the value in place of raising an exception with it",
            )
        kind = kind_of_value(owner)
        field = self._field(owner, kind, name)
        if field is not None:
            return field
        if isinstance(kind, Opaque):
            return self._opaque_attribute(self.atom(owner), kind, name)
        function = table.attribute_function(name)
        if function is not None and isinstance(kind, Num | type(UNKNOWN)):
            return self.builder.call(function, (self.atom(owner),))
        if isinstance(kind, Num) and not _is_method(name):
            raise NoRuleError(
                f"no derivative rule for the attribute {name!r} of a value of kind {kind}",
                why="srcgrad does not know what it is",
                fix="use a function of NumPy",
            )
        return Method(owner, name)

    def _static_attribute(self, owner: Any, name: str) -> Value:
        try:
            value = getattr(owner, name)
        except AttributeError as error:
            raise UnsupportedError(
                f"the attribute {name!r}", why=str(error), fix="use an attribute that exists"
            ) from None
        outside = isinstance(owner, types.ModuleType | type | types.FunctionType)
        if outside and not is_trusted(owner) and not isinstance(value, types.MethodType):
            return self.external(name, owner, f"{{}}.{name}", value)
        if isinstance(owner, int | float | complex | str | tuple):
            return Method(Const(owner), name) if callable(value) else Const(value)
        return Const(value)

    def _field(self, owner: Value, kind: Kind, name: str) -> Value | None:
        """A field of a named tuple or dataclass."""
        if isinstance(kind, Tuple) and name in getattr(kind.cls, "_fields", ()):
            fields: tuple[str, ...] = kind.cls._fields  # type: ignore[attr-defined]
            return self.element(owner, Const(fields.index(name)))
        if isinstance(kind, Object) and name in kind.names:
            field = kind.values[kind.names.index(name)]
            if isinstance(field, Static):
                return Const(field.value)
            return self.builder.bind(ir.GetAttr(name), (self.atom(owner),), field)
        return None

    def _opaque_attribute(self, owner: Atom, kind: Opaque, name: str) -> Value:
        member = inspect.getattr_static(kind.cls, name, None) if kind.cls else None
        if (
            kind.path is None
            or callable(member)
            or isinstance(member, property | staticmethod | classmethod)
        ):
            return Method(owner, name)
        found = self.guards.attribute(kind, name)
        if isinstance(found, Static):
            return Const(found.value)
        return self.builder.bind(ir.GetAttr(name), (owner,), found)


def _is_method(name: str) -> bool:
    """Whether arrays or numbers have a method of some name."""
    return callable(getattr(np.ndarray, name, None)) or callable(getattr(float, name, None))

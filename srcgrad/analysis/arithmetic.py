"""Specialise operations on numbers, arrays and sequences."""

from __future__ import annotations

import enum
import operator
from typing import Any

import numpy as np

from srcgrad.analysis.builder import kind_of, normalise
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.recursion import RecursionSpecialiser
from srcgrad.analysis.values import (
    Pack,
    Value,
    kind_of_value,
)
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import (
    UNKNOWN,
    Dict,
    Kind,
    List,
    Num,
    Static,
    Str,
    Tuple,
    Unknown,
)
from srcgrad.prelude import sequences
from srcgrad.rules import table
from srcgrad.rules.protocols import OPERATORS
from srcgrad.rules.sequences import SEQUENCES


class OperationSpecialiser(RecursionSpecialiser):
    """The part of the specialiser that knows what operations of the rule table mean."""

    def primitive(self, op: Any, args: list[Value]) -> Value:
        """An operation of the rule table, or an ordinary call of something that no rule knows."""
        if op is operator.mod and _is_text(args[0]):
            return self.builder.bind(op, tuple(map(self.atom, args)), Str())
        if op in (operator.eq, operator.ne, operator.contains):
            args = [self.text(a) for a in args]
        found = self.overloaded(op, args)
        if found is None and op is operator.abs:
            found = self.built_in(abs, args)
        if found is None and op is operator.contains:
            found = self._contained(*args)
        if found is not None:
            return found
        if op is slice:
            with self.builder.shared():
                return self.builder.emit(op, *map(self.atom, args))
        if table.lookup(op) is None:
            return self.builder.bind(op, tuple(map(self.atom, args)), UNKNOWN)
        sequence = self._sequence_arithmetic(op, args)
        if sequence is not None:
            return sequence
        if op in OPERATORS and any(_is_array(a) for a in args):
            args = [self._as_array(a) for a in args]
        return self._of_its_own(op, tuple(map(self.atom, args)))

    def _contained(self, owner: Value, item: Value) -> Value | None:
        """`item in owner` of a dict, or of constants; None if only a run knows."""
        owner = self._walked(owner)
        kind = kind_of_value(owner)
        item = self.known_key(item) if isinstance(item, Pack) else item
        if not isinstance(item, Const):
            return None
        if isinstance(kind, Dict):
            return Const(item.value in kind.keys)
        if isinstance(owner, Pack) and all(isinstance(v, Const) for v in owner.values):
            return Const(any(v.value == item.value for v in owner.values if isinstance(v, Const)))
        return None

    def _of_its_own(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...] = ()) -> Atom:
        """The result of a primitive; `x * 1`, which is simply x, is memory of its own."""
        if self.memory.live and _is_whole_number(self.builder.infer(op, atoms)):
            with self.builder.shared():
                return self.builder.call(op, atoms, keywords)
        result = self.builder.call(op, atoms, keywords)
        primitive = table.lookup(op)
        same = isinstance(result, Var) and any(result is a for a in atoms)
        if same and self.memory.live and primitive is not None and primitive.is_fresh:
            kind = kind_of(result)
            if isinstance(kind, Num) and not kind.is_scalar:
                copy = self.builder.copied(result)
                self.builder.spare.add(copy)
                return copy
            if not isinstance(kind, Num):
                return self.builder.bind(op, normalise(primitive, atoms, keywords), kind)
        return result

    def _sequence_arithmetic(self, op: Any, args: list[Value]) -> Value | None:
        """`+` and `*` of tuples and lists, which are not numbers."""
        packs = [isinstance(kind_of_value(a), Tuple | List) for a in args]
        if op is operator.add and all(packs):
            left, right = self.as_pack(args[0]), self.as_pack(args[1])
            if left is None or right is None:
                return self.twin(sequences.chain, args)
            return Pack(left.cls, left.values + right.values)
        if op is operator.or_ and all(isinstance(kind_of_value(a), Dict) for a in args):
            return self._call_static(dict, self._joined_dicts(args), ())
        if op is operator.mul and any(packs) and not all(packs):
            pack, times = (args[0], args[1]) if packs[0] else (args[1], args[0])
            whole = self.as_pack(pack)
            if whole is not None and isinstance(times, Const) and isinstance(times.value, int):
                return Pack(whole.cls, whole.values * times.value)
        return None

    def _joined_dicts(self, args: list[Value]) -> list[Value]:
        """`a | b` of dicts, as pairs for dict()."""
        kinds = [kind_of_value(a) for a in args]
        entries = {
            key: self.element(a, Const(key))
            for a, kind in zip(args, kinds, strict=True)
            if isinstance(kind, Dict)
            for key in kind.keys
        }
        return [Pack(dict, tuple(entries.values()), tuple(entries))]

    def _outer(self, ufunc: np.ufunc, args: list[Value]) -> Value:
        """ufunc.outer(a, b): every element of one with every element of the other."""
        kinds = [kind_of_value(a) for a in args]
        ranks = [len(k.dims) for k in kinds if isinstance(k, Num) and k.dims is not None]
        if len(ranks) != 2:
            raise bad_call(f"{ufunc.__name__}.outer", "takes two arrays of known rank")
        axes = Const(tuple(range(ranks[0], sum(ranks))))
        wide = self._call_primitive(np.expand_dims, [args[0], axes], ()) if ranks[1] else args[0]
        return self._call_static(ufunc, [wide, args[1]], ())

    def _number_of_type(self, cls: type, value: Value) -> Value:
        """np.float32(x)"""
        if isinstance(value, Const) and isinstance(value.value, int | float | complex | np.number):
            return Const(cls(value.value))
        return self.builder.call(np.asarray, (self.atom(value), Const(np.dtype(cls))))

    def _call_primitive(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if not keywords and len(args) > 1:
            found = self._sequence_arithmetic(function, args)
            if found is not None:
                return found
        args = [self._as_operand(function, a, i == 0) for i, a in enumerate(args)]
        atoms = tuple(map(self.atom, args))
        _refuse_none_at_run_time(function, atoms, keywords)
        return self._of_its_own(function, atoms, keywords)

    def _as_operand(self, function: Any, value: Value, first: bool = False) -> Value:
        """An argument of a function of NumPy: a list of numbers is an array, an enum an int.

        Only the `first` one may be a tuple of numbers; others are shapes and axes.
        """
        if isinstance(value, Const) and isinstance(value.value, enum.IntEnum):
            return Const(int(value.value))
        home = str(getattr(function, "__module__", "")).split(".")[0]
        if home != "numpy" or function in SEQUENCES:
            return value
        return self._as_array(value, first)

    def _as_array(self, value: Value, tuples: bool = False) -> Value:
        """A list of numbers as an array, or with `tuples` a tuple of them."""
        listed = _is_numeric_list(value) or (tuples and _is_numeric_tuple(value))
        return self.builder.call(np.array, (self.atom(value),)) if listed else value


def _refuse_none_at_run_time(
    function: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]
) -> None:
    """Refuse what may be None where None means something else than a number does."""
    primitive = table.lookup(function)
    maybe = [isinstance(k := kind_of(a), Num) and k.nullable for a in atoms]
    if primitive is None or not any(maybe) or primitive.variadic:
        return
    for name, atom in zip(primitive.parameters, normalise(primitive, atoms, keywords), strict=True):
        kind = kind_of(atom)
        if isinstance(kind, Num) and kind.nullable and name in primitive.defaults:
            raise UnsupportedError(
                f"{primitive.name or function.__name__} with {name} that may be None",
                why="None means something else there than a number does",
                fix="call it in a branch for each",
            )


def _is_array(value: Value) -> bool:
    kind = kind_of_value(value)
    return isinstance(kind, Num) and kind.dims != ()


def _is_numeric_list(value: Value) -> bool:
    """Whether a value is a list of floats, or of lists of them, or of what only a run knows."""
    kind = kind_of_value(value)
    listed = isinstance(kind, List)
    while isinstance(kind, List):
        kind = kind.elements[0] if kind.elements else kind.element
    return listed and (isinstance(kind, Unknown) or (isinstance(kind, Num) and kind.is_float))


def _is_numeric_tuple(value: Value) -> bool:
    kind = kind_of_value(value)
    elements = kind.elements if isinstance(kind, Tuple) else ()
    return any(isinstance(e, Num) and e.is_float for e in elements)


def _is_text(value: Value) -> bool:
    kind = kind_of_value(value)
    return isinstance(kind, Str) or (isinstance(kind, Static) and isinstance(kind.value, str))


def _is_whole_number(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.is_scalar and kind.weak and kind.dtype.kind == "i"

"""Specialise names and calls: what a call does depends on what is called."""

from __future__ import annotations

import enum
import functools
import inspect
import math
import operator
import sys
import types
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import kind_of, normalise
from srcgrad.analysis.effects import (
    METHODS,
    is_harmless,
    is_known_reader,
    is_mutator,
    mutation,
)
from srcgrad.analysis.externals import is_trusted
from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.library import view_by
from srcgrad.analysis.mutators import mutator_function, mutator_method, update_dict
from srcgrad.analysis.objects import OPERATORS, is_makeable, is_read
from srcgrad.analysis.recursion import RecursionSpecialiser
from srcgrad.analysis.special import SPECIAL
from srcgrad.analysis.values import (
    Bound,
    Chosen,
    Local,
    Method,
    Pack,
    Partial,
    Value,
    is_instance,
    is_user_function,
    kind_of_value,
)
from srcgrad.errors import (
    LostError,
    NotKnownError,
    RecursionFoundError,
    UnsupportedError,
)
from srcgrad.frontend import source
from srcgrad.frontend.closures import separate
from srcgrad.ir import Atom, Const, Var
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
from srcgrad.prelude import sequences
from srcgrad.rulebook import rule_of
from srcgrad.rules import table
from srcgrad.surgery import adjoint_of

CONSUMERS = (list, tuple, dict, set, frozenset, sum, min, max, sorted, math.prod, math.fsum)
"""Functions that walk through what they are given."""


class CallSpecialiser(RecursionSpecialiser):
    """The part of the specialiser that knows what names and calls mean."""

    # names

    def load(self, name: str) -> Value:
        function = self.frames[-1]
        where, value = source.resolve(function, name)
        if where == "builtin":
            if not is_trusted(function.__globals__):
                self.guards.add(f"{name!r} not in {self.externals.holder(function.__globals__)}")
            return Const(value)
        if where == "global":
            return self.external(name, function.__globals__, f"{{}}[{name!r}]", value)
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        return self.external(name, cell, "{}.cell_contents", value)

    # calls

    def primitive(self, op: Any, args: list[Value]) -> Value:
        """An operation of the rule table, or an ordinary call of something that no rule knows."""
        if op is operator.mod and _is_text(args[0]):
            return self.builder.bind(op, tuple(map(self.atom, args)), Str())
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
            args = [self._as_operand(np.add, a) for a in args]
        return self._of_its_own(op, tuple(map(self.atom, args)))

    def _contained(self, owner: Value, item: Value) -> Value | None:
        """`item in owner` of a dict, or of constants; None if only a run knows."""
        owner = self._walked(owner)
        kind = kind_of_value(owner)
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

    def call(self, function: Value, args: list[Value], keywords: tuple[str, ...]) -> Value:
        match function:
            case Local():
                return self._call_local(function, args, keywords)
            case Method(owner, name):
                return self._call_method(owner, name, args, keywords)
            case Bound(function, names, values):
                return self._call_static(function, [*args, *values], (*keywords, *names))
            case Partial():
                return self._call_partial(function, args, keywords)
            case Chosen():
                return self._call_chosen(function, args, keywords)
            case Const(value):
                return self._call_static(value, args, keywords)
        method = self._special_method(function, "__call__")
        if method is not None:
            return self.call(method, args, keywords)
        if isinstance(kind_of_value(function), Num):
            raise UnsupportedError(
                f"a call of a value of kind {kind_of_value(function)}",
                why="it is not a function",
                fix="call a function",
            )
        atoms = tuple(map(self.atom, [function, *args]))
        return self._opaque_call(ir.CALL, atoms, keywords)

    def _call_chosen(
        self, chosen: Chosen, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        """Call one of two functions."""
        raise NotImplementedError

    def _into(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """function(..., out=array)"""
        at = len(args) - len(keywords) + keywords.index("out")
        rest = tuple(k for k in keywords if k != "out")
        out = args[at]
        if isinstance(out, Pack) and len(out.values) == 1:
            out = out.values[0]
        result = self._call_static(function, [*args[:at], *args[at + 1 :]], rest)
        if isinstance(out, Const) and out.value is None:
            return result
        target = kind_of_value(out)
        if isinstance(target, Num) and target.dims == () and isinstance(kind_of_value(result), Num):
            raise UnsupportedError("out= with an array of rank 0", fix="assign the result")
        self.overwrite(out, result)
        return self.memory.fresh(out)

    def _call_static(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if function is adjoint_of and len(args) == 2:
            return self._hooked(args[0], args[1])
        rule = rule_of(function)
        if rule is not None:
            return self._call_ruled(rule, args, keywords)
        if hasattr(type(function), "compiled_inside"):
            return self._call_derivative(function, args, keywords)
        if hasattr(function, "makes_derivatives"):
            return self._operator(function, args, keywords)
        _refuse_frames(function, args)
        found = self.built_in(function, args) if not keywords else None
        if found is None:
            found = self._of_containers(function, args, keywords)
        if found is None:
            found = self._of_library(function, args, keywords)
        if found is not None:
            return found
        args, keywords = _out_by_keyword(function, args, keywords)
        if "out" in keywords and table.lookup(function) is not None:
            return self._into(function, args, keywords)
        mutator = mutator_function(function) if not args or self.is_inside(args[0]) else None
        if mutator is not None:
            return mutator.call(self, function.__name__, args, keywords)
        ufunc = getattr(function, "__self__", None)
        if getattr(function, "__name__", "") == "outer" and isinstance(ufunc, np.ufunc):
            return self._outer(ufunc, args)
        special = (
            SPECIAL.get(function)
            if isinstance(function, types.BuiltinFunctionType | types.FunctionType | type)
            else None
        )
        if special is not None and special.takes(len(args)):
            result = special.run(self, args, keywords)
            if result is not None:
                return result
        if table.lookup(function) is not None:
            return self._call_primitive(function, args, keywords)
        if isinstance(function, type) and issubclass(function, np.number) and len(args) == 1:
            return self._number_of_type(function, args[0])
        if hasattr(function, "py_func"):
            function = function.py_func
        if isinstance(function, types.MethodType) and is_read(function.__func__):
            owner = self.external("self", function, "{}.__self__", function.__self__)
            return self._call_static(function.__func__, [owner, *args], keywords)
        if is_read(function):
            return self._read_or_left(function, args, keywords)
        if (
            isinstance(function, type)
            and issubclass(function, tuple)
            and hasattr(function, "_fields")
        ):
            return self._make_named_tuple(function, args, keywords)
        if is_makeable(function):
            return self._make_instance(function, args, keywords)
        outside = self._call_object(function, args, keywords)
        if outside is not None:
            return outside
        if any(_is_changeable(a) for a in args) and not is_known_reader(function):
            raise mutation(getattr(function, "__name__", str(function)))
        outs = isinstance(function, np.ufunc) and len(args) - len(keywords) > function.nin
        if is_mutator(function) or "out" in keywords or outs:
            raise mutation(getattr(function, "__name__", str(function)))
        for arg in args:
            if isinstance(arg, Method) and arg.name in METHODS:
                raise mutation(arg.name)
        return self._opaque_call(function, tuple(map(self.atom, args)), keywords)

    def _read_or_left(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """A call of a function of the user's: inlined, or if that is refused left as a call.

        A call that is left runs as ordinary Python does. Should what it is given turn out to be
        differentiated, the refusal stands.
        """
        before, count = dict(self.memory.state), len(self.builder.stmts)
        try:
            return self._call_function(function, args, keywords)
        except (LostError, NotKnownError, RecursionFoundError):
            raise
        except UnsupportedError as error:
            if not self._can_be_left(function, args):
                raise
            self.memory.state = before
            self.builder.forget(count)
            where = self.builder.origin
            left = ir.Left(function, error.at(where.location if where else None))
            return self._opaque_call(left, tuple(map(self.atom, args)), keywords)

    def _can_be_left(self, function: Any, args: list[Value]) -> bool:
        """Whether a function may be run as it is: it is given data alone, and writes into none."""
        if self.place is not None or not self.memory.live or self.externals.reads_wrt():
            return False
        return all(isinstance(a, Var | Const) for a in args)

    def _of_library(
        self, function: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value | None:
        """A call of a builtin that takes functions or walks through sequences."""
        if function is functools.partial and args:
            return self._partial(args, keywords)
        if isinstance(function, functools.partial):
            return self._call_partial(self._outside_partial(function), args, keywords)
        if function is super:
            return self._super(args)
        if function is sorted and args:
            return self._sorted(args, keywords)
        if function in (min, max) and args:
            found = self._extreme(function, args, keywords)
            if found is not None:
                return found
        if function is next and args:
            return self.next_of(args[0], tuple(args[1:]))
        found = self._library(function, args, keywords)
        if found is None and function in CONSUMERS:
            for i, a in enumerate(args):
                args[i] = self._walked(a)
        return found

    def _operator(self, make: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """A derivative that the function itself asks for, such as grad(g)."""
        captured: dict[str, Value] = {}
        constants = tuple(_constant(a, captured) for a in args)
        key = (make, keywords, *constants)
        if key not in self._inside:
            split = len(args) - len(keywords)
            named = dict(zip(keywords, constants[split:], strict=True))
            self._inside[key] = make(*constants[:split], **named)
        made = self._inside[key]
        return Bound(made, tuple(captured), tuple(captured.values())) if captured else Const(made)

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
        return self._of_its_own(function, tuple(map(self.atom, args)), keywords)

    def _as_operand(self, function: Any, value: Value, first: bool = False) -> Value:
        """An argument of a function of NumPy: a list of numbers is an array, an enum an int.

        Only the `first` one may be a tuple of numbers; others are shapes and axes.
        """
        if isinstance(value, Const) and isinstance(value.value, enum.IntEnum):
            return Const(int(value.value))
        home = str(getattr(function, "__module__", "")).split(".")[0]
        listed = _is_numeric_list(value) or (first and _is_numeric_tuple(value))
        if home == "numpy" and function not in SEQUENCES and listed:
            return self.builder.call(np.array, (self.atom(value),))
        return value

    def _opaque_call(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]) -> Value:
        statement = ir.Bind(Var(None, UNKNOWN), op, atoms, keywords, origin=self.builder.origin)
        if isinstance(op, type) and issubclass(op, BaseException):
            statement.target.kind = Opaque(op)
        self.builder.stmts.append(statement)
        near = {c for a in atoms for c in self.memory.cells(a)}
        if near and not is_harmless(op):
            self.memory.new(statement.target, near)
        return statement.target

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
        if isinstance(owner, type) or not is_user_function(member):
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
        if function is not None and isinstance(kind, Num | type(UNKNOWN)):
            return self._call_array_method(function, name, owner, args, keywords)
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


SEQUENCES = frozenset(
    [
        np.array, np.asarray, np.stack, np.concatenate, np.vstack, np.hstack, np.dstack,
        np.column_stack, np.block, np.meshgrid, np.broadcast_arrays, np.select, np.choose,
        np.atleast_1d, np.atleast_2d, np.atleast_3d, np.asanyarray, np.ascontiguousarray,
    ]
)  # fmt: skip
"""Functions of NumPy that take sequences of arrays, or make arrays of sequences themselves."""


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


def _refuse_frames(function: Any, args: list[Value]) -> None:
    """Refuse what looks at the names of the function that it is called in."""
    frames = (eval, exec, globals, locals, inspect.currentframe, sys._getframe)
    if function in frames or (function in (vars, dir) and not args):
        raise UnsupportedError(
            f"{function.__name__}() in a differentiated function",
            why="it looks at variables by their names, which the derivative has others for",
            fix="name the variables themselves",
        )


def _out_by_keyword(
    function: Any, args: list[Value], keywords: tuple[str, ...]
) -> tuple[list[Value], tuple[str, ...]]:
    """The arguments of a ufunc with the array for the result, if it is given, by its name."""
    count = function.nin if isinstance(function, np.ufunc) else len(args)
    if len(args) - len(keywords) != count + 1:
        return args, keywords
    return [*args[:count], *args[count + 1 :], args[count]], (*keywords, "out")


def _constant(value: Value, captured: dict[str, Value]) -> Any:
    """What a value is, where that must be known when compiling; what functions capture is noted."""
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Pack) and value.cls is tuple:
        return tuple(_constant(v, captured) for v in value.values)
    if isinstance(value, Bound):
        captured.update(zip(value.names, value.values, strict=True))
        return value.function
    if isinstance(value, Local):
        closure = value.closure
        inside = {
            n: v for n, v in zip(closure.captured, value.args[closure.defaults :], strict=True)
        }
        captured.update({n: _as_constant(v) for n, v in inside.items()})
        return separate(closure)
    raise UnsupportedError(
        "a derivative of something that only a run knows",
        why="what is differentiated, and with respect to what, must be known when compiling",
        fix="write the function and the positions out",
    )


def _as_constant(value: Value) -> Value:
    """A captured value; a function that captures nothing is one like any other."""
    if isinstance(value, Local) and not value.args:
        return Const(separate(value.closure))
    return value


def _is_whole_number(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.is_scalar and kind.weak and kind.dtype.kind == "i"


def _is_changeable(value: Value) -> bool:
    """Whether a value is a list or dict that is known element by element, and so not shared."""
    return isinstance(value, Pack) and (value.cls in (list, dict))

"""Specialise names and calls: what a call does depends on what is called."""

from __future__ import annotations

import functools
import inspect
import math
import sys
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.classes import is_makeable, is_read
from srcgrad.analysis.effects import (
    METHODS,
    is_harmless,
    is_known_reader,
    is_mutator,
    mutation,
)
from srcgrad.analysis.externals import is_trusted
from srcgrad.analysis.methods import MethodSpecialiser
from srcgrad.analysis.mutators import mutator_function
from srcgrad.analysis.special import SPECIAL
from srcgrad.analysis.twins import twin_of
from srcgrad.analysis.values import (
    Bound,
    Chosen,
    Local,
    Method,
    Pack,
    Partial,
    Value,
    kind_of_value,
)
from srcgrad.errors import (
    LostError,
    NotKnownError,
    RecursionFoundError,
    UnsupportedError,
)
from srcgrad.frontend import source
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import (
    UNKNOWN,
    Kind,
    Num,
    Opaque,
)
from srcgrad.rulebook import rule_of
from srcgrad.rules import draws, table
from srcgrad.surgery import adjoint_of

CONSUMERS = (list, tuple, dict, set, frozenset, sum, min, max, sorted, math.prod, math.fsum)
"""Functions that walk through what they are given."""


class CallSpecialiser(MethodSpecialiser):
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

    def _call_chosen(self, chosen: Chosen, args: list[Value], keywords: tuple[str, ...]) -> Value:
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
        twin = twin_of(function)
        if twin is not None and "out" not in keywords:
            return self._twin_or_left(function, twin, args, keywords)
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
        home = str(getattr(function, "__module__", "")).split(".")[0]
        if home in sys.stdlib_module_names:  # they walk through what they are given, once
            args = [self.consumed(a) for a in args]
        return self._opaque_call(function, tuple(map(self.atom, args)), keywords)

    def _read_or_left(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """A call of a function of the user's: inlined, or if that is refused left as a call.

        A call that is left runs as ordinary Python does. Should what it is given turn out to be
        differentiated, the refusal stands.
        """
        return self._or_left(
            function, args, keywords, lambda: self._call_function(function, args, keywords)
        )

    def _twin_or_left(
        self, function: Any, twin: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        """A call of a function of NumPy: its twin, or if that is refused the call as it is.

        What writes into an argument cannot be left.
        """
        args = [self.consumed(a) for a in args]
        split = len(args) - len(keywords)
        named = dict(zip(keywords, args[split:], strict=True))
        if is_mutator(function):
            return self.twin(twin, args[:split], named)
        return self._or_left(function, args, keywords, lambda: self.twin(twin, args[:split], named))

    def _or_left(
        self,
        function: Any,
        args: list[Value],
        keywords: tuple[str, ...],
        inlined: Callable[[], Value],
    ) -> Value:
        """What a call gives when it is inlined, or if that is refused left as a call."""
        before, count = dict(self.memory.state), len(self.builder.stmts)
        try:
            return inlined()
        except (LostError, NotKnownError, RecursionFoundError):
            raise
        except UnsupportedError as error:
            return self.left_if_data(function, args, keywords, (before, count), error)

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

    def _opaque_call(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]) -> Value:
        kind = self._kind_of_draw(op, atoms, keywords)
        statement = ir.Bind(Var(None, kind), op, atoms, keywords, origin=self.builder.origin)
        if isinstance(op, type) and issubclass(op, BaseException):
            statement.target.kind = Opaque(op)
        self.builder.stmts.append(statement)
        near = {c for a in atoms for c in self.memory.cells(a)}
        if near and not is_harmless(op):
            self.memory.new(statement.target, near)
        return statement.target

    def _kind_of_draw(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]) -> Kind:
        """What is known of the result of a call that may be one of `np.random`."""
        kinds, q = tuple(map(kind_of, atoms)), self.builder.questions
        if op is not ir.CALL:
            return draws.kind_of_call(q, op, kinds, keywords)
        method = self.builder.maker(atoms[0])
        if method is None or not isinstance(method.op, ir.GetAttr):
            return UNKNOWN
        owner = kind_of(method.args[0])
        cls = owner.cls if isinstance(owner, Opaque) else None
        return draws.kind_of_method(q, cls, method.op.name, kinds[1:], keywords)


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


def _is_changeable(value: Value) -> bool:
    """Whether a value is a list or dict that is known element by element, and so not shared."""
    return isinstance(value, Pack) and (value.cls in (list, dict))

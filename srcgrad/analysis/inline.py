"""Inline the user's functions where they are called."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import constant_key
from srcgrad.analysis.lists import ListSpecialiser
from srcgrad.analysis.memory import State
from srcgrad.analysis.values import (
    FUNCTIONS,
    Local,
    Pack,
    Partial,
    Value,
    deferred,
    kind_of_value,
)
from srcgrad.errors import RecursionFoundError, SrcgradError, UnsupportedError
from srcgrad.frontend import lower, source
from srcgrad.ir import Const, Var
from srcgrad.kinds import UNKNOWN, Dict, Kind, List, Num, Object, Opaque, Tuple


@dataclass(frozen=True, eq=False)
class Stepped:
    """A call of a generator, which has not begun to run.

    `itself` are the nested functions that it is in; `by_name` says that it takes names alone.
    """

    function: Any
    lowered: lower.Lowered
    names: tuple[str, ...]
    itself: tuple[Local, ...]

    @property
    def by_name(self) -> bool:
        spec = self.lowered.arguments
        own = self.lowered.source.node is not None and not self.itself
        return own and not (spec.posonlyargs or spec.vararg or spec.kwarg)


DEEPEST = 40  # calls of a function inside each other that are inlined


class Inliner(ListSpecialiser):
    """The part of the specialiser that calls Python functions by running their statements.

    `recursive` are the functions that are not inlined, and `itself` the nested ones being called.
    """

    @cached_property
    def recursive(self) -> set[object]:
        return set()

    @cached_property
    def itself(self) -> list[Local]:
        return []

    def call_recursive(
        self, function: Any, lowered: lower.Lowered, bound: dict[str, Value]
    ) -> Value:
        """Call a function that calls itself."""
        raise NotImplementedError

    def _call_function(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        lowered = self._lower_function(function)
        bound = self._bind(function.__name__, lowered, args, keywords)
        defaults = _defaults(function)
        for name in _parameter_names(lowered):
            if name not in bound and name in defaults:
                bound[name] = self._default(function, name, defaults[name])
        self._check_bound(function.__name__, lowered, bound)
        return self._inline(function, lowered, bound)

    def _call_derivative(
        self, derivative: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        """A call of a derivative: it is compiled by itself, and inlined as the function it is."""
        positional = args[: len(args) - len(keywords)]
        named = dict(zip(keywords, args[len(positional) :], strict=True))
        try:
            bound = derivative.__signature__.bind(*positional, **named)
        except TypeError as error:
            raise bad_call(derivative.__name__, str(error)) from None
        bound.apply_defaults()
        values = {n: self._as_given(derivative, n, v) for n, v in bound.arguments.items()}
        for name, owner in derivative.owner.items():
            method = derivative.primal
            values[name] = self.external(name, method, "{}.__self__", owner)
        compiled = self._compiled_inside(derivative, values)
        outside = [
            self.external(i.name, i.holder, fetch, None)
            for (_, fetch), i in compiled.externals.implicits.items()
        ]
        given = [values[name] for name in compiled.own]
        return self._call_function(compiled.function, [*given, *outside], ())

    def _as_given(self, derivative: Any, name: str, value: Any) -> Value:
        """An argument of a derivative: whole numbers become floats where floats are meant."""
        if isinstance(value, tuple):
            return Pack(tuple, value)
        if isinstance(value, dict):
            return Pack(dict, tuple(value.values()), tuple(value))
        if not isinstance(value, Var | Const | Pack | FUNCTIONS):
            return Const(value)
        kind = kind_of_value(value)
        whole = isinstance(kind, Num) and kind.is_scalar and kind.weak and kind.dtype.kind == "i"
        if whole and name in derivative.in_floats:
            atom = self.atom(value)
            return Const(float(atom.value)) if isinstance(atom, Const) else self._float(atom)
        return value

    def _float(self, atom: Var) -> Value:
        return self.builder.call(float, (atom,))

    def _compiled_inside(self, derivative: Any, values: dict[str, Value]) -> Any:
        kinds = {name: kind_of_value(v) for name, v in values.items()}
        key = (derivative, *kinds.items())
        if key not in self._inside:
            self._inside[key] = derivative.compiled_inside(kinds, self.externals)
        return self._inside[key]

    def _lower_function(self, function: Any) -> lower.Lowered:
        key = function.__code__
        if key not in self._lowered:
            read = source.read(function)
            self._lowered[key] = lower.lower_function(read, read.node, read.name)
        return self._lowered[key]

    def _default(self, function: Any, name: str, fetch_value: tuple[str, Any]) -> Value:
        fetch, value = fetch_value
        if value is None or type(value) in (int, float, bool, str, complex):
            return Const(value)
        return self.external(name, function, fetch, value)

    def _call_local(self, local: Local, args: list[Value], keywords: tuple[str, ...]) -> Value:
        closure = local.closure
        if closure.node not in self._lowered:
            self._lowered[closure.node] = lower.lower_function(
                closure.source, closure.node, closure.name, closure.captured
            )
        lowered = self._lowered[closure.node]
        bound = self._bind(closure.name, lowered, args, keywords)
        spec = lowered.arguments
        with_default = (
            [a.id for a in (*spec.posonlyargs, *spec.args)][-len(spec.defaults) :]
            if spec.defaults
            else []
        )
        with_default += [
            a.id for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None
        ]
        for name, value in zip(with_default, local.args, strict=False):
            bound.setdefault(name, value)
        bound |= dict(zip(closure.captured, local.args[closure.defaults :], strict=True))
        self._check_bound(closure.name, lowered, bound)
        self.itself.append(local)
        try:
            return self._inline(closure.source.function, lowered, bound)
        finally:
            self.itself.pop()

    def _bind(
        self, name: str, lowered: lower.Lowered, args: list[Value], keywords: tuple[str, ...]
    ) -> dict[str, Value]:
        spec = lowered.arguments
        names = [a.id for a in (*spec.posonlyargs, *spec.args)]
        positional = args[: len(args) - len(keywords)]
        if len(positional) > len(names) and spec.vararg is None:
            raise bad_call(
                name, f"takes {len(names)} positional arguments but {len(positional)} were given"
            )
        bound = dict(zip(names, positional, strict=False))
        given = dict(zip(keywords, args[len(positional) :], strict=True))
        if spec.vararg is not None:
            bound[spec.vararg.id] = Pack(tuple, tuple(positional[len(names) :]))
        if spec.kwarg is not None:
            known = {*names, *(a.id for a in spec.kwonlyargs)}
            extra = {k: v for k, v in given.items() if k not in known}
            bound[spec.kwarg.id] = Pack(dict, tuple(extra.values()), tuple(extra))
            given = {k: v for k, v in given.items() if k in known}
        for keyword, value in given.items():
            if keyword in bound or keyword not in _parameter_names(lowered):
                raise bad_call(name, f"got an unexpected or repeated keyword argument {keyword!r}")
            bound[keyword] = value
        return bound

    def _check_bound(self, name: str, lowered: lower.Lowered, bound: dict[str, Value]) -> None:
        missing = [p.hint for p in lowered.params if p.hint not in bound]
        if missing:
            raise bad_call(name, f"misses its argument {missing[0]!r}")

    def left_if_data(
        self,
        function: Any,
        args: list[Value],
        keywords: tuple[str, ...],
        start: tuple[State, int],
        error: SrcgradError,
    ) -> Value:
        """A refused call that runs as it is, for it is given data alone, and writes into none.

        `start` is what memory held and how many statements there were before it. The error is
        raised if what the call is given turns out to be differentiated.
        """
        alone = self.place is None and self.memory.live and not self.externals.reads_wrt()
        if not alone or not all(isinstance(a, Var | Const) for a in args):
            raise error
        self.memory.state, count = start
        self.builder.forget(count)
        where = self.builder.origin
        made = ir.Left(function, error.at(where.location if where else None))
        return self._opaque_call(made, tuple(map(self.atom, args)), keywords)

    def _inline(self, function: Any, lowered: lower.Lowered, bound: dict[str, Value]) -> Value:
        if lowered.generator:
            call = Stepped(function, lowered, tuple(bound), tuple(self.itself))
            return Pack(deferred(call, ()), tuple(bound.values()))
        if which(lowered) in self.recursive:
            return self.call_recursive(function, lowered, bound)
        return self.run_here(function, lowered, bound)

    def run_here(self, function: Any, lowered: lower.Lowered, bound: dict[str, Value]) -> Value:
        """What a function returns, whose statements run here."""
        key = (lowered, id(function), *map(identity, bound.values()))
        if key in self.calling or self.active.count(lowered) > DEEPEST:
            raise _recursion(lowered)
        env: dict[Var, Value] = {p: bound[p.hint or ""] for p in lowered.params}
        self.frames.append(function)
        self.active.append(lowered)
        self.calling.append(key)
        try:
            results = self.body(lowered.body, env)
        finally:
            self.frames.pop()
            self.active.pop()
            self.calling.pop()
        return results[0] if results else Const(None)


def identity(value: Value) -> object:
    """What is known of an argument: a call inside one with the same arguments would never end."""
    match value:
        case Local():
            return value.closure.node
        case Const():
            return constant_key(value.value)
        case Pack():
            nested = None if value.cell is not None and is_within(value) else value.values
            return (value.cls, value.keys, *map(identity, nested or ()))
        case Var():
            return _structure(value.kind)
        case Partial():
            return (identity(value.function), *map(identity, value.args))
    return None


def is_within(pack: Pack) -> bool:
    """Whether an object holds itself, directly."""
    return any(isinstance(v, Partial | Pack) and _reaches(v, pack.cell, 4) for v in pack.values)


def _reaches(value: Any, cell: Any, depth: int) -> bool:
    if depth == 0:
        return True
    if isinstance(value, Pack):
        return value.cell is cell or any(_reaches(v, cell, depth - 1) for v in value.values)
    return isinstance(value, Partial) and any(_reaches(v, cell, depth - 1) for v in value.args)


def _structure(kind: Kind) -> object:
    """A kind without its dims and values."""
    match kind:
        case Num(dtype=dtype, dims=dims):
            return dtype, None if dims is None else len(dims)
        case Tuple(elements, cls):
            return (cls, *map(_structure, elements))
        case Dict(keys, values):
            return (keys, *map(_structure, values))
        case Object(cls, names, values):
            return (cls, names, *map(_structure, values))
        case List(element, elements=elements):
            alike = element != UNKNOWN or elements is None
            return list, _structure(element) if alike else tuple(map(_structure, elements or ()))
        case Opaque(cls, path):
            return cls, path
    return kind


def which(lowered: lower.Lowered) -> object:
    """What tells a function from others, also when it is lowered once more."""
    return lowered.source.function.__code__, lowered.name, str(lowered.returned)


def _parameter_names(lowered: lower.Lowered) -> list[str]:
    return [p.hint or "" for p in lowered.params]


def _defaults(function: Any) -> dict[str, tuple[str, Any]]:
    """The default of each parameter that has one, and how to fetch it from the function."""
    code, found = function.__code__, {}
    values = function.__defaults__ or ()
    names = code.co_varnames[: code.co_argcount][-len(values) :] if values else ()
    for i, (name, value) in enumerate(zip(names, values, strict=True)):
        found[name] = (f"{{}}.__defaults__[{i}]", value)
    for name, value in (function.__kwdefaults__ or {}).items():
        found[name] = (f"{{}}.__kwdefaults__[{name!r}]", value)
    return found


def bad_call(name: str, problem: str) -> UnsupportedError:
    return UnsupportedError(
        f"this call of {name}()", why=f"{name}() {problem}", fix="call it as it is defined"
    )


def _recursion(lowered: lower.Lowered) -> RecursionFoundError:
    error = RecursionFoundError(
        f"the recursive call of {lowered.name}()",
        why="functions are inlined where they are called, which never ends for a recursion",
        fix="write the recursion as a loop",
    )
    error.which = which(lowered)
    return error

"""Specialise names, attributes, elements and calls: what an operation is applied to decides what it is."""

from __future__ import annotations

import inspect
import operator
import types
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.guards import CALLABLES, Guards
from srcgrad.analysis.join import join
from srcgrad.analysis.values import (
    Local,
    Method,
    Pack,
    Value,
    is_user_function,
    kind_of_value,
    materialise,
)
from srcgrad.errors import NoRuleError, UnsupportedError
from srcgrad.frontend import lower, source
from srcgrad.ir import Atom, Block, Const, Effect, Var
from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Dict,
    Dim,
    Kind,
    List,
    NotStatic,
    Num,
    Object,
    Opaque,
    Slice,
    Static,
    Str,
    Tuple,
    integer,
)
from srcgrad.rules import table


@dataclass(eq=False)
class Implicit:
    """Data read from a global, a closure or a default: `fetch` with the holder put in reads it."""

    name: str
    holder: Any
    fetch: str
    var: Var


class Externals:
    """What functions read from outside: data as implicit arguments, the rest as identity guards."""

    def __init__(self, guards: Guards, taken: set[str], wrt: tuple[str, ...] = ()) -> None:
        self.guards = guards
        self.taken = taken
        self.wrt = wrt
        self.implicits: dict[tuple[int, str], Implicit] = {}

    def holder(self, value: Any) -> str:
        """The name by which guards know a module's globals, a closure cell or a module."""
        for name, known in self.guards.namespace.items():
            if known is value:
                return name
        name = f"_h{len(self.guards.namespace)}"
        self.guards.namespace[name] = value
        return name

    def value(self, name: str, holder: Any, fetch: str, current: Any) -> Value:
        """What an outside name stands for: a function or module itself, data as an implicit argument."""
        where = fetch.format(self.holder(holder))
        if isinstance(current, CALLABLES) or (
            callable(current) and not isinstance(current, np.generic)
        ):
            if not _is_trusted(holder):
                self.guards.add(f"{where} is {self.guards.name(current)}")
            return Const(current)
        key = (id(holder), fetch)
        if key not in self.implicits:
            self.implicits[key] = self._implicit(name, holder, fetch, current)
        var = self.implicits[key].var
        return Const(var.kind.value) if isinstance(var.kind, Static) else var

    def _implicit(self, name: str, holder: Any, fetch: str, current: Any) -> Implicit:
        unique = name
        while unique in self.taken:
            unique += "_"
        self.taken.add(unique)
        if name in self.wrt and type(current) is int:
            current, fetch = float(current), f"float({fetch})"
        return Implicit(name, holder, fetch, Var(unique, self.guards.kind_of(current, unique)))


def _is_trusted(holder: Any) -> bool:
    """Modules whose functions nobody replaces."""
    name = getattr(holder, "__name__", "") if isinstance(holder, types.ModuleType) else ""
    return name.split(".")[0] in ("numpy", "math", "operator", "builtins")


class CallSpecialiser:
    """The part of the specialiser that knows what names, attributes and calls mean."""

    env: dict[Var, Value]
    _privacy: dict[Any, Any]

    def __init__(self, builder: Builder, guards: Guards, externals: Externals) -> None:
        self.builder = builder
        self.guards = guards
        self.externals = externals
        self.env = {}
        self.frames: list[Any] = []
        self.active: list[lower.Lowered] = []
        self._lowered: dict[object, lower.Lowered] = {}
        self._privacy = {}

    def atom(self, value: Value) -> Atom:
        return materialise(value, self.builder)

    def body(self, block: Block, env: dict[Var, Value]) -> list[Value]:
        raise NotImplementedError

    # names

    def load(self, name: str) -> Value:
        function = self.frames[-1]
        where, value = source.resolve(function, name)
        if where == "builtin":
            self.guards.add(f"{name!r} not in {self.externals.holder(function.__globals__)}")
            return Const(value)
        if where == "global":
            return self.externals.value(name, function.__globals__, f"{{}}[{name!r}]", value)
        cell = function.__closure__[function.__code__.co_freevars.index(name)]
        return self.externals.value(name, cell, "{}.cell_contents", value)

    # attributes

    def attribute(self, owner: Value, name: str) -> Value:
        if isinstance(owner, Const):
            return self._static_attribute(owner.value, name)
        kind = kind_of_value(owner)
        field = self._field(owner, kind, name)
        if field is not None:
            return field
        if isinstance(kind, Opaque):
            return self._opaque_attribute(self.atom(owner), kind, name)
        function = table.attribute_function(name)
        if function is not None and isinstance(kind, Num | type(UNKNOWN)):
            return self.builder.call(function, (self.atom(owner),))
        return Method(owner, name)

    def _static_attribute(self, owner: Any, name: str) -> Value:
        try:
            value = getattr(owner, name)
        except AttributeError as error:
            raise UnsupportedError(
                f"the attribute {name!r}", why=str(error), fix="use an attribute that exists"
            ) from None
        if isinstance(owner, types.ModuleType) and not _is_trusted(owner):
            return self.externals.value(name, owner, f"{{}}.{name}", value)
        if isinstance(owner, int | float | complex | str | tuple):
            return Method(Const(owner), name) if callable(value) else Const(value)
        return Const(value)

    def _field(self, owner: Value, kind: Kind, name: str) -> Value | None:
        """A field of a named tuple or dataclass."""
        if isinstance(kind, Tuple) and name in getattr(kind.cls, "_fields", ()):
            return self.element(owner, Const(kind.cls._fields.index(name)))  # type: ignore[attr-defined]
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

    # elements

    def element(self, owner: Value, index: Value) -> Value:
        """owner[index]"""
        if isinstance(owner, Pack):
            found = self._pack_element(owner, index)
            if found is not None:
                return found
        kind = kind_of_value(owner)
        if (
            isinstance(kind, List)
            and kind.elements is not None
            and isinstance(kind_of_value(index), Slice)
        ):
            pack = self.as_pack(owner)
            found = pack and self._pack_element(pack, index)
            if found:
                return found
        atom, at = self.atom(owner), self.atom(index)
        kind = kind_of(atom)
        if isinstance(kind, Tuple | List | Dict):
            return self._container_element(atom, kind, at)
        if isinstance(atom, Const):
            return self.builder.bind(operator.getitem, (atom, at), UNKNOWN)
        return self.builder.emit(operator.getitem, atom, at)

    def _pack_element(self, owner: Pack, index: Value) -> Value | None:
        if isinstance(index, Const):
            key = index.value
            if owner.keys is not None:
                return owner.values[owner.keys.index(key)] if key in owner.keys else None
            if isinstance(key, int) and -len(owner.values) <= key < len(owner.values):
                return owner.values[key]
        kind = kind_of_value(index)
        if isinstance(kind, Slice) and owner.keys is None:
            try:
                bounds = [self.guards.value(p) for p in (kind.start, kind.stop, kind.step)]
            except NotStatic:
                return None
            return Pack(owner.cls, owner.values[slice(*bounds)])
        return None

    def _container_element(self, owner: Atom, kind: Tuple | List | Dict, index: Atom) -> Value:
        found = self._element_kind(kind, index)
        if isinstance(found, Static):
            return Const(found.value)
        return self.builder.bind(operator.getitem, (owner, index), found)

    def _element_kind(self, kind: Tuple | List | Dict, index: Atom) -> Kind:
        key = index.value if isinstance(index, Const) else None
        if isinstance(kind, Dict):
            if key in kind.keys:
                return kind.values[kind.keys.index(key)]
            return _joined(kind.values)
        elements = kind.elements
        if isinstance(kind_of(index), Slice):
            return self._slice_kind(kind, kind_of(index))
        if isinstance(key, int) and elements is not None:
            if key >= 0 or isinstance(kind, Tuple):
                if -len(elements) <= key < len(elements):
                    return elements[key]
        if isinstance(kind, List) and kind.element != UNKNOWN:
            return self.instance(kind.element, index)
        if isinstance(kind, List) and isinstance(key, int) and elements is not None:
            return self.guards.length(kind)[key]
        return _joined(elements or ())

    def _slice_kind(self, kind: Tuple | List, index: Kind) -> Kind:
        assert isinstance(index, Slice)
        if isinstance(kind, List) and kind.element != UNKNOWN:
            return List(self.instance(kind.element, index), self.guards.fresh(object(), "n"))
        try:
            bounds = [self.guards.value(p) for p in (index.start, index.stop, index.step)]
        except NotStatic:
            return UNKNOWN
        elements = self.guards.length(kind) if isinstance(kind, List) else kind.elements
        chosen = elements[slice(*bounds)]
        return (
            Tuple(chosen) if isinstance(kind, Tuple) else List(UNKNOWN, Dim.of(len(chosen)), chosen)
        )

    def instance(self, kind: Kind, site: object) -> Kind:
        """The kind of one element of a list: its dims belong to this access alone."""
        match kind:
            case Num(dims=dims) if dims is not None:
                return replace(
                    kind, dims=tuple(self._instance_dim(d, site) for d in dims), value=None
                )
            case Tuple(elements, cls):
                return Tuple(tuple(self.instance(e, site) for e in elements), cls)
            case Dict(keys, values):
                return Dict(keys, tuple(self.instance(v, site) for v in values))
            case Object(cls, names, values):
                return Object(cls, names, tuple(self.instance(v, site) for v in values))
            case List(element, length, elements):
                inner = (
                    None if elements is None else tuple(self.instance(e, site) for e in elements)
                )
                return List(self.instance(element, site), self._instance_dim(length, site), inner)
        return kind

    def _instance_dim(self, dim: Dim, site: object) -> Dim:
        if len(dim.terms) != 1 or dim.terms[0][0].over is None:
            return dim
        sym = dim.terms[0][0]
        made = self.guards.fresh(("element", sym, site), sym.name)
        new = made.terms[0][0]
        new.expr, new.hints, new.over = sym.expr, sym.hints, sym.over
        return Dim(((new, dim.terms[0][1]),), dim.const)

    def as_pack(self, value: Value) -> Pack | None:
        """A tuple, or a list of known length, taken apart."""
        if isinstance(value, Pack):
            return value
        kind = kind_of_value(value)
        if isinstance(kind, Tuple):
            count = len(kind.elements)
        elif isinstance(kind, List) and kind.elements is not None:
            count = len(self.guards.length(kind))
        elif isinstance(kind, Num) and kind.dims:
            try:
                count = int(self.guards.value(integer(kind.dims[0])))
            except NotStatic:
                return None
        else:
            return None
        cls = kind.cls if isinstance(kind, Tuple) else list
        return Pack(cls, tuple(self.element(value, Const(i)) for i in range(count)))

    # identity and truth

    def identity(self, op: Any, args: list[Value]) -> Value:
        """`a is b`, known when either is None and the other's kind is."""
        kinds = [kind_of_value(a) for a in args]
        if all(isinstance(a, Const) for a in args):
            return Const(op(*(a.value for a in args if isinstance(a, Const))))
        if (
            NONE in kinds
            and not any(isinstance(k, Opaque) and k.cls is None for k in kinds)
            and UNKNOWN not in kinds
        ):
            return Const(op is operator.is_not)
        return self.builder.bind(op, tuple(map(self.atom, args)), _BOOL)

    def truth(self, value: Value) -> bool | None:
        """Whether a test holds, if that is known."""
        if isinstance(value, Const):
            return bool(value.value)
        if isinstance(value, Pack):
            return bool(value.values)
        if isinstance(value, Local | Method):
            return True
        kind = kind_of_value(value)
        if isinstance(kind, Tuple):
            return bool(kind.elements)
        return None

    # calls

    def primitive(self, op: Any, args: list[Value]) -> Value:
        """An operation of the rule table, or an ordinary call of something that no rule knows."""
        if op is slice:
            return self.builder.emit(op, *map(self.atom, args))
        if table.lookup(op) is None:
            return self.builder.bind(op, tuple(map(self.atom, args)), UNKNOWN)
        sequence = self._sequence_arithmetic(op, args)
        if sequence is not None:
            return sequence
        return self.builder.emit(op, *map(self.atom, args))

    def _sequence_arithmetic(self, op: Any, args: list[Value]) -> Value | None:
        """`+` and `*` of tuples and lists, which are not numbers."""
        packs = [isinstance(kind_of_value(a), Tuple | List) for a in args]
        if op is operator.add and all(packs):
            left, right = self.as_pack(args[0]), self.as_pack(args[1])
            if left is None or right is None:
                raise UnsupportedError(
                    "adding lists of unknown length", fix="write the elements out"
                )
            return Pack(left.cls, left.values + right.values)
        if op is operator.mul and any(packs) and not all(packs):
            pack, times = (args[0], args[1]) if packs[0] else (args[1], args[0])
            whole = self.as_pack(pack)
            if whole is not None and isinstance(times, Const) and isinstance(times.value, int):
                return Pack(whole.cls, whole.values * times.value)
        return None

    def call(self, function: Value, args: list[Value], keywords: tuple[str, ...]) -> Value:
        match function:
            case Local():
                return self._call_local(function, args, keywords)
            case Method(owner, name):
                return self._call_method(owner, name, args, keywords)
            case Const(value):
                return self._call_static(value, args, keywords)
        atoms = tuple(map(self.atom, [function, *args]))
        return self._opaque_call(ir.CALL, atoms, keywords)

    def _call_static(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        special = (
            _SPECIAL.get(function)
            if isinstance(function, types.BuiltinFunctionType | type)
            else None
        )
        if special is not None:
            result: Value | None = special(self, args, keywords)
            if result is not None:
                return result
        if table.lookup(function) is not None:
            return self._call_primitive(function, args, keywords)
        if hasattr(function, "py_func"):
            function = function.py_func
        if is_user_function(function):
            return self._call_function(function, args, keywords)
        if (
            isinstance(function, type)
            and issubclass(function, tuple)
            and hasattr(function, "_fields")
        ):
            return self._make_named_tuple(function, args, keywords)
        return self._opaque_call(function, tuple(map(self.atom, args)), keywords)

    def _call_primitive(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if not keywords and len(args) > 1:
            found = self._sequence_arithmetic(function, args)
            if found is not None:
                return found
        return self.builder.call(function, tuple(map(self.atom, args)), keywords)

    def _opaque_call(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]) -> Value:
        statement = ir.Bind(Var(None, UNKNOWN), op, atoms, keywords, origin=self.builder.origin)
        if isinstance(op, type) and issubclass(op, BaseException):
            statement.target.kind = Opaque(op)
        self.builder.stmts.append(statement)
        return statement.target

    def _make_named_tuple(self, cls: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        positional = args[: len(args) - len(keywords)]
        given = dict(zip(cls._fields, positional, strict=False)) | dict(
            zip(keywords, args[len(positional) :], strict=True)
        )
        given = {n: Const(v) for n, v in cls._field_defaults.items()} | given
        return Pack(cls, tuple(given[n] for n in cls._fields))

    def _call_method(
        self, owner: Value, name: str, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        kind = kind_of_value(owner)
        if isinstance(kind, Dict) and name in ("items", "keys", "values", "get"):
            return self._dict_method(owner, kind, name, args)
        if isinstance(kind, Object | Opaque) and kind.cls is not None:
            member = inspect.getattr_static(kind.cls, name, None)
            if is_user_function(member):
                return self._call_function(member, [owner, *args], keywords)
        function = table.method_function(name)
        if function is not None and isinstance(kind, Num | type(UNKNOWN)):
            return self._call_array_method(function, name, owner, args, keywords)
        if isinstance(kind, Num) and not isinstance(owner, Const):
            raise NoRuleError(
                f"the method {name!r} of an array",
                why="srcgrad has no rule for it",
                fix="use the NumPy function",
            )
        method = self.builder.bind(ir.GetAttr(name), (self.atom(owner),), Opaque())
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

    def _dict_method(self, owner: Value, kind: Dict, name: str, args: list[Value]) -> Value:
        if name == "get":
            key = args[0]
            known = isinstance(key, Const) and key.value in kind.keys
            return (
                self.element(owner, key) if known else (args[1] if len(args) > 1 else Const(None))
            )
        keys = [Const(k) for k in kind.keys]
        values = [] if name == "keys" else [self.element(owner, k) for k in keys]
        if name == "keys":
            return Pack(list, tuple(keys))
        if name == "values":
            return Pack(list, tuple(values))
        return Pack(list, tuple(Pack(tuple, pair) for pair in zip(keys, values, strict=True)))

    # inlining

    def _call_function(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        lowered = self._lower_function(function)
        bound = self._bind(function.__name__, lowered, args, keywords)
        defaults = _defaults(function)
        for name in _parameter_names(lowered):
            if name not in bound and name in defaults:
                bound[name] = self._default(function, name, defaults[name])
        self._check_bound(function.__name__, lowered, bound)
        return self._inline(function, lowered, bound)

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
        return self.externals.value(name, function, fetch, value)

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
        return self._inline(closure.source.function, lowered, bound)

    def _bind(
        self, name: str, lowered: lower.Lowered, args: list[Value], keywords: tuple[str, ...]
    ) -> dict[str, Value]:
        spec = lowered.arguments
        names = [a.id for a in (*spec.posonlyargs, *spec.args)]
        positional = args[: len(args) - len(keywords)]
        if len(positional) > len(names) and spec.vararg is None:
            raise _bad_call(
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
                raise _bad_call(name, f"got an unexpected or repeated keyword argument {keyword!r}")
            bound[keyword] = value
        return bound

    def _check_bound(self, name: str, lowered: lower.Lowered, bound: dict[str, Value]) -> None:
        missing = [p.hint for p in lowered.params if p.hint not in bound]
        if missing:
            raise _bad_call(name, f"misses its argument {missing[0]!r}")

    def _inline(self, function: Any, lowered: lower.Lowered, bound: dict[str, Value]) -> Value:
        if lowered in self.active:
            raise _recursion(lowered.name)
        env: dict[Var, Value] = {p: bound[p.hint or ""] for p in lowered.params}
        self.frames.append(function)
        self.active.append(lowered)
        try:
            results = self.body(lowered.body, env)
        finally:
            self.frames.pop()
            self.active.pop()
        return results[0] if results else Const(None)


_BOOL = Num(np.dtype(bool), (), weak=True)


def _joined(kinds: tuple[Kind, ...]) -> Kind:
    if not kinds:
        return UNKNOWN
    result = kinds[0]
    for kind in kinds[1:]:
        result = join(result, kind)
    return result


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


def _bad_call(name: str, problem: str) -> UnsupportedError:
    return UnsupportedError(
        f"this call of {name}()", why=f"{name}() {problem}", fix="call it as it is defined"
    )


def _recursion(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"the recursive call of {name}()",
        why="functions are inlined where they are called, which never ends for a recursion",
        fix="write the recursion as a loop",
    )


# builtins that need the kinds of their arguments rather than their values ------------------------


def _isinstance(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    classes = _as_classes(args[1])
    cls = python_class(args[0])
    if classes is None or cls is None:
        return None
    return Const(issubclass(cls, classes))


def _as_classes(value: Value) -> Any:
    if isinstance(value, Const) and isinstance(value.value, type | types.UnionType):
        return value.value
    if isinstance(value, Pack):
        parts = [_as_classes(v) for v in value.values]
        return None if None in parts else tuple(parts)
    return None


def python_class(value: Value) -> type | None:
    """The class that a value is surely of."""
    kind = kind_of_value(value)
    match kind:
        case Num(dims=None):
            return np.ndarray
        case Num(dims=dims) if dims or kind.box:
            return np.ndarray
        case Num(weak=True):
            return {"f": float, "i": int, "b": bool, "c": complex}.get(kind.dtype.kind)
        case Num():
            return kind.dtype.type
        case Tuple(cls=cls) | Object(cls=cls):
            return cls
        case List():
            return list
        case Dict():
            return dict
        case Str():
            return str
        case Static(value=static_value):
            return type(static_value)
        case Opaque(cls=cls):
            return cls
    return None


def _type(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    cls = python_class(args[0]) if len(args) == 1 else None
    return None if cls is None else Const(cls)


def _tuple(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    return _convert(s, args, tuple)


def _list(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    return _convert(s, args, list)


def _convert(s: CallSpecialiser, args: list[Value], cls: type) -> Value | None:
    if not args:
        return Pack(cls, ())
    pack = s.as_pack(args[0])
    if pack is None:
        return None
    if pack.keys is not None:
        return Pack(cls, tuple(Const(k) for k in pack.keys))
    return Pack(cls, pack.values)


def _dict(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    if args[: len(args) - len(keywords)]:
        return None
    return Pack(dict, tuple(args), keywords)


def _print(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    atoms = tuple(map(s.atom, args))
    s.builder.stmts.append(Effect(print, atoms, keywords, origin=s.builder.origin))
    return Const(None)


def _len(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    if isinstance(args[0], Pack):
        return Const(len(args[0].values))
    kind = kind_of_value(args[0])
    if isinstance(kind, Tuple):
        return Const(len(kind.elements))
    if isinstance(kind, Dict):
        return Const(len(kind.keys))
    if isinstance(kind, List):
        return s.builder.bind(len, (s.atom(args[0]),), integer(kind.length))
    return None


def _getattr(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    name = args[1]
    return s.attribute(args[0], name.value) if isinstance(name, Const) and len(args) == 2 else None


def _callable(s: CallSpecialiser, args: list[Value], keywords: tuple[str, ...]) -> Value | None:
    if isinstance(args[0], Local | Method):
        return Const(True)
    cls = python_class(args[0])
    return None if cls is None else Const(hasattr(cls, "__call__"))


_SPECIAL: dict[Any, Any] = {
    isinstance: _isinstance,
    type: _type,
    tuple: _tuple,
    list: _list,
    dict: _dict,
    print: _print,
    len: _len,
    getattr: _getattr,
    callable: _callable,
}

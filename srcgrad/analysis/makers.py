"""Functions of the library that make or copy containers, or functions like `wraps`."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import functools
import inspect
import operator
import types
import typing
from collections.abc import Callable
from typing import Any

from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.objects import Shown
from srcgrad.analysis.protocols import ProtocolSpecialiser
from srcgrad.analysis.values import Pack, Partial, Value, is_instance, kind_of_value
from srcgrad.errors import NotKnownError
from srcgrad.ir import Const
from srcgrad.kinds import Dict, List, Num, Object, Opaque, Tuple
from srcgrad.prelude import choices, operators
from srcgrad.runtime import instance

Named = dict[str, Value]
S = ProtocolSpecialiser


@functools.cache
def _dict_with(factory: Any) -> type:
    return type("defaultdict", (dict,), {"factory": (Const(factory),)})


@functools.cache
def _deque_of(maxlen: int | None) -> type:
    return type("deque", (list,), {"maxlen": maxlen})


def _defaultdict(s: S, args: list[Value], named: Named) -> Value | None:
    factory = args[0] if args else Const(None)
    if not isinstance(factory, Const):
        cls = type("defaultdict", (dict,), {"factory": (factory,)})
    else:
        cls = dict if factory.value is None else _dict_with(factory.value)
    start = s._call_static(dict, [*args[1:], *named.values()], tuple(named))
    return Pack(cls, start.values, start.keys) if isinstance(start, Pack) else None


def _ordered(s: S, args: list[Value], named: Named) -> Value | None:
    return s._call_static(dict, [*args, *named.values()], tuple(named))


def _deque(s: S, args: list[Value], named: Named) -> Value | None:
    most = [*args[1:], *named.values(), Const(None)][0]
    if not isinstance(most, Const):
        raise bad_call("deque", "takes a maxlen that is known when compiling")
    pack = s.as_pack(args[0]) if args else Pack(list, ())
    if pack is None:
        raise NotKnownError(
            "a deque of elements that are not known one by one",
            fix="use a list, or an array",
        )
    return Pack(_deque_of(most.value), last(pack.values, most.value))


def last(values: tuple[Value, ...], most: int | None) -> tuple[Value, ...]:
    return values if most is None else values[len(values) - min(most, len(values)) :]


def _namespace(s: S, args: list[Value], named: Named) -> Value | None:
    return None if args else Pack(types.SimpleNamespace, tuple(named.values()), tuple(named))


def _instance(s: S, args: list[Value], named: Named) -> Value | None:
    """What generated code makes of an object's attributes."""
    cls = args[0].value if isinstance(args[0], Const) else None
    return Pack(cls, tuple(named.values()), tuple(named)) if isinstance(cls, type) else None


def _signature(s: S, args: list[Value], named: Named) -> Value | None:
    """inspect.signature(function), of which `parameters` can be asked."""
    if named or len(args) != 1 or not isinstance(args[0], Const):
        return None
    parameters = inspect.signature(args[0].value).parameters
    known = Pack(dict, tuple(map(Const, parameters.values())), tuple(parameters))
    return Pack(types.SimpleNamespace, (known,), ("parameters",))


def _chain_map(s: S, args: list[Value], named: Named) -> Value | None:
    """ChainMap(first, second): what it shows, of dicts that stay as they are from here on."""
    kinds = [kind_of_value(a) for a in args]
    if named or not args or not all(isinstance(k, Dict) for k in kinds):
        return None
    entries: dict[Any, Value] = {}
    for given, kind in zip(reversed(args), reversed(kinds), strict=True):
        assert isinstance(kind, Dict)
        entries |= {k: s.element(given, Const(k)) for k in kind.keys}
        place = s.memory.reference(given)
        if place is not None:
            s.memory.settled[place.cell] = "a dict that a ChainMap shows"
    return Pack(Shown, tuple(entries.values()), tuple(entries))


def _nullcontext(s: S, args: list[Value], named: Named) -> Value | None:
    value = [*args, *named.values(), Const(None)][0]
    return Pack(contextlib.nullcontext, (value,), ("enter_result",))


def _replace(s: S, args: list[Value], named: Named) -> Value | None:
    kind = kind_of_value(args[0])
    if not isinstance(kind, Object) or not dataclasses.is_dataclass(kind.cls):
        return None
    fields = [f.name for f in dataclasses.fields(kind.cls) if f.init]
    values = {n: s.attribute(args[0], n) for n in fields} | named
    return s._make_instance(kind.cls, list(values.values()), tuple(values))


def _fields(s: S, args: list[Value], named: Named) -> Value | None:
    """dataclasses.fields(x): what its class knows."""
    kind = kind_of_value(args[0])
    cls = kind.cls if isinstance(kind, Object) else None
    cls = args[0].value if isinstance(args[0], Const) else cls
    if not dataclasses.is_dataclass(cls):
        return None
    return Pack(tuple, tuple(map(Const, dataclasses.fields(cls))))


def _asdict(s: S, args: list[Value], named: Named) -> Value | None:
    kind = kind_of_value(args[0])
    if not isinstance(kind, Object) or not dataclasses.is_dataclass(kind.cls):
        return None
    names = tuple(f.name for f in dataclasses.fields(kind.cls))
    return Pack(dict, tuple(_plain(s, s.attribute(args[0], n)) for n in names), names)


def _plain(s: S, value: Value) -> Value:
    """A field for asdict: dataclasses in it are dicts, and containers are copied."""
    kind = kind_of_value(value)
    if isinstance(kind, Object) and dataclasses.is_dataclass(kind.cls):
        return _asdict(s, [value], {}) or value
    return _deep(s, [value], {}) or value


def _astuple(s: S, args: list[Value], named: Named) -> Value | None:
    found = _asdict(s, args, named)
    return Pack(tuple, found.values) if isinstance(found, Pack) else None


def _shallow(s: S, args: list[Value], named: Named) -> Value | None:
    value = s.memory.fresh(args[0])
    kind = kind_of_value(value)
    if isinstance(kind, Num) and not kind.is_scalar:
        return s.builder.copied(s.atom(value))
    if is_instance(value) and isinstance(value, Pack):
        return s._kept(Pack(value.cls, value.values, value.keys), [])
    if isinstance(kind, Object):
        values = tuple(s.attribute(value, n) for n in kind.names)
        return s._kept(Pack(kind.cls, values, kind.names), [])
    pack = s.as_pack(value) if isinstance(kind, List) else None
    if isinstance(kind, Dict):
        return Pack(dict, tuple(s.element(value, Const(k)) for k in kind.keys), kind.keys)
    return value if pack is None else Pack(pack.cls, pack.values)


def _deep(s: S, args: list[Value], named: Named) -> Value | None:
    value = s.memory.fresh(args[0])
    kind = kind_of_value(value)
    if isinstance(kind, Tuple):
        pack = s.as_pack(value)
        assert pack is not None
        return Pack(pack.cls, tuple(_deep(s, [v], {}) or v for v in pack.values))
    found = _shallow(s, [value], {})
    if not isinstance(found, Pack) or found.cls is tuple:
        return found
    values = tuple(_deep(s, [v], {}) or v for v in found.values)
    return s._kept(Pack(found.cls, values, found.keys), [])


def _set(s: S, args: list[Value], named: Named) -> Value | None:
    """object.__setattr__(owner, name, value)"""
    if not isinstance(args[1], Const):
        return None
    s.store_attribute(args[0], args[1].value, args[2], None)
    return Const(None)


def _vars(s: S, args: list[Value], named: Named) -> Value | None:
    if len(args) == 1 and is_instance(args[0]):
        return s.attribute(args[0], "__dict__")
    kind = kind_of_value(args[0]) if args else None
    if not isinstance(kind, Opaque) or kind.path is None or not hasattr(kind.hint, "__dict__"):
        return None
    names = tuple(vars(kind.hint))
    s.guards.add(f"_tuple(_vars({kind.path})) == {names!r}")
    return Pack(dict, tuple(s.attribute(args[0], n) for n in names), names)


def _getter(function: Any) -> Callable[..., Value | None]:
    """operator.itemgetter and attrgetter"""

    def make(s: S, args: list[Value], named: Named) -> Value | None:
        if len(args) > 1 and function is operators.item:
            return Partial(Const(operators.items), (Pack(tuple, tuple(args)),), ())
        return Partial(Const(function), (args[0],), ()) if len(args) == 1 else None

    return make


def _methodcaller(s: S, args: list[Value], named: Named) -> Value | None:
    return Partial(Const(operators.method), (args[0], Pack(tuple, tuple(args[1:]))), ())


def _wraps(s: S, args: list[Value], named: Named) -> Value | None:
    """functools.wraps(f): a decorator that changes nothing but names."""
    return Partial(Const(operators.second), (args[0],), ())


def _cached(s: S, args: list[Value], named: Named) -> Value | None:
    """functools.cache and lru_cache of a nested function, which give the same values without."""
    if args and not isinstance(args[0], Const):
        return args[0]
    return Partial(Const(operators.second), (Const(None),), ())


def _cast(s: S, args: list[Value], named: Named) -> Value | None:
    """typing.cast(type, value)"""
    return [*args, *named.values()][1]


def _called(s: S, args: list[Value], named: Named) -> Value | None:
    """operator.call(function, ...)"""
    return s.call(args[0], [*args[1:], *named.values()], tuple(named))


def _fromkeys(s: S, args: list[Value], named: Named) -> Value | None:
    keys = s.as_pack(args[0])
    if keys is None or not all(isinstance(k, Const) for k in keys.values):
        return None
    value = args[1] if len(args) > 1 else Const(None)
    return Pack(dict, (value,) * len(keys.values), tuple(s.key_of(k) for k in keys.values))


def _number(cls: Any) -> Callable[..., Value | None]:
    """float() and its like, without an argument."""

    def run(s: S, args: list[Value], named: Named) -> Value | None:
        return None if args or named else Const(cls())

    return run


def _sum(s: S, args: list[Value], named: Named) -> Value | None:
    """sum(lists, []): one after the other; of values of several kinds, the additions."""
    start = [*args[1:], *named.values()][:1]
    if start and isinstance(kind_of_value(start[0]), List | Tuple):
        return s.twin(choices.concatenated, [s._walked(args[0]), start[0]])
    values = s._walked(args[0])
    terms = [*start, *values.values] if isinstance(values, Pack) else []
    if isinstance(values, Pack) and (len(set(map(kind_of_value, terms))) != 1 or not values.values):
        total: Value = start[0] if start else Const(0)
        for value in values.values:
            total = s.operation(operator.add, [total, value], ())
        return total
    return None if values is args[0] else s._call_static(sum, [values, *start], ())


def _delitem(s: S, args: list[Value], named: Named) -> Value | None:
    s.delete(args[0], args[1])
    return Const(None)


def _in_place(op: Any) -> Callable[..., Value | None]:
    """operator.iadd and its like: of what is changed, the value itself is returned."""

    def run(s: S, args: list[Value], named: Named) -> Value | None:
        return s.in_place(op, args[0], args[1])

    return run


MAKERS: dict[Any, Callable[..., Value | None]] = {
    collections.defaultdict: _defaultdict,
    collections.OrderedDict: _ordered,
    collections.ChainMap: _chain_map,
    collections.deque: _deque,
    types.SimpleNamespace: _namespace,
    instance: _instance,
    inspect.signature: _signature,
    contextlib.nullcontext: _nullcontext,
    dataclasses.replace: _replace,
    dataclasses.asdict: _asdict,
    dataclasses.fields: _fields,
    dataclasses.astuple: _astuple,
    copy.copy: _shallow,
    copy.deepcopy: _deep,
    vars: _vars,
    object.__setattr__: _set,
    operator.itemgetter: _getter(operators.item),
    operator.attrgetter: _getter(operators.attribute),
    operator.methodcaller: _methodcaller,
    typing.cast: _cast,
    operator.call: _called,
    dict.fromkeys: _fromkeys,
    functools.wraps: _wraps,
    functools.lru_cache: _cached,
    functools.cache: _cached,
    float: _number(float),
    int: _number(int),
    bool: _number(bool),
    str: _number(str),
    complex: _number(complex),
    sum: _sum,
    operator.delitem: _delitem,
    **{
        getattr(operator, f"i{n}"): _in_place(getattr(operator, n))
        for n in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
    },
    **{getattr(operator, f"i{n}"): _in_place(getattr(operator, f"{n}_")) for n in ("and", "or")},
    operator.ixor: _in_place(operator.xor),
}

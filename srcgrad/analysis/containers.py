"""Containers of the standard library, and what their methods do to elements known one by one."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import functools
import operator
import types
import typing
from collections.abc import Callable
from typing import Any

from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.objects import ObjectSpecialiser
from srcgrad.analysis.values import Pack, Partial, Value, is_instance, kind_of_value
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Const
from srcgrad.kinds import Dict, List, Num, Object, Slice, Tuple
from srcgrad.prelude import choices, operators

Named = dict[str, Value]


class ContainerSpecialiser(ObjectSpecialiser):
    """The part of the specialiser that makes and changes such containers."""

    def _of_containers(
        self, function: Any, args: list[Value], keywords: tuple[str, ...]
    ) -> Value | None:
        """A call of a function of the library that makes or copies a container; None if of none."""
        made = MAKERS.get(function) if getattr(type(function), "__hash__", None) else None
        if made is None:
            return None
        split = len(args) - len(keywords)
        named = dict(zip(keywords, args[split:], strict=True))
        found: Value | None = made(self, args[:split], named)
        return found

    def _container_method(self, owner: Value, name: str, args: list[Value], named: Named) -> Any:
        """A method of a container; None if this is not one of those known here."""
        kind = kind_of_value(owner)
        if isinstance(kind, Tuple) and hasattr(kind.cls, "_fields"):
            return self._named_tuple_method(owner, kind, name, named)
        table = DICT if isinstance(kind, Dict) else LIST if isinstance(kind, List) else {}
        run = table.get(name)
        if isinstance(owner, Pack) and hasattr(owner.cls, "maxlen"):
            run = DEQUE.get(name, run)
        if run is None:
            return None
        pack = self._one_by_one(owner, name)
        try:
            return self._run(run, pack, args, named)
        except TypeError as error:
            raise bad_call(f".{name}", str(error)) from None

    def _run(self, run: Callable[..., Any], pack: Pack, args: list[Value], named: Named) -> Value:
        found = run(self, pack, *args, **named)
        return Const(None) if found is None else found

    def _one_by_one(self, owner: Value, name: str) -> Pack:
        """A container that is written into, as its elements."""
        if isinstance(owner, Pack) and owner.cell is not None:
            return owner
        place = self.memory.reference(owner)
        opened = None
        if place is not None and not isinstance(owner, Pack | Const):
            self._check_own(place.cell, owner)  # type: ignore[arg-type]
            opened = self.opened(owner, place.cell)  # type: ignore[arg-type]
        if opened is None:
            raise NotKnownError(
                f".{name}() of a value of kind {kind_of_value(owner)}",
                why="its elements are not known one by one",
                fix="use append, pop() from the end, or an array",
            )
        return opened

    def change(self, pack: Pack, values: tuple[Value, ...], keys: Any = None) -> None:
        """Let a container hold these elements from here on."""
        assert pack.cell is not None
        self.memory.put(pack.cell, Pack(pack.cls, values, keys, pack.cell))

    def key_of(self, value: Value) -> Any:
        """A key or an index, which has to be known."""
        if isinstance(value, Const):
            return value.value
        raise NotKnownError(
            "an element that only a run knows which one it is",
            why="which elements are left must be known when compiling",
            fix="use a constant key or index",
        )

    def element(self, owner: Value, index: Value) -> Value:
        """owner[index], which makes an entry of a defaultdict that has none."""
        factory = getattr(owner.cls, "factory", None) if isinstance(owner, Pack) else None
        if factory is not None and isinstance(owner, Pack) and isinstance(index, Const):
            if index.value in (owner.keys or ()):
                return super().element(owner, index)
            value = self._kept(self.call(factory[0], [], ()), [])
            self.store(owner, index, value)
            return value
        return super().element(owner, index)

    def _deleted(self, index: Value) -> Any:
        """Which elements `del` is for."""
        if isinstance(index, Const):
            return index.value
        kind = kind_of_value(index)
        if isinstance(kind, Slice):
            return slice(*(self.guards.value(p) for p in (kind.start, kind.stop, kind.step)))
        return self.guards.value(kind)

    def _named_tuple_method(self, owner: Value, kind: Tuple, name: str, named: Named) -> Any:
        fields: tuple[str, ...] = kind.cls._fields  # type: ignore[attr-defined]
        values = {n: self.element(owner, Const(i)) for i, n in enumerate(fields)}
        if name == "_asdict":
            return Pack(dict, tuple(values.values()), fields)
        if name == "_replace":
            if not set(named) <= set(fields):
                raise bad_call("_replace", f"takes the fields {', '.join(fields)}")
            return Pack(kind.cls, tuple((values | named).values()))
        return None

    def delete(self, owner: Value, index: Value) -> None:
        """del owner[index]"""
        deleter = self._special_method(owner, "__delitem__")
        if deleter is not None:
            self.call(deleter, [index], ())
            return
        if isinstance(kind_of_value(owner), Num):
            raise UnsupportedError(
                "del of an element of an array",
                why="NumPy raises ValueError",
                fix="use np.delete, which makes a new array",
            )
        pack = self._one_by_one(owner, "__delitem__")
        if pack.keys is not None:
            _pop_entry(self, pack, index)
            return
        values = list(pack.values)
        at = self._deleted(index)
        try:
            del values[at]
        except IndexError as error:
            raise bad_call("del", str(error)) from None
        self.change(pack, tuple(values))


S = ContainerSpecialiser


# making ------------------------------------------------------------------------------------------


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
    return Pack(_deque_of(most.value), _last(pack.values, most.value))


def _last(values: tuple[Value, ...], most: int | None) -> tuple[Value, ...]:
    return values if most is None else values[len(values) - min(most, len(values)) :]


def _namespace(s: S, args: list[Value], named: Named) -> Value | None:
    return None if args else Pack(types.SimpleNamespace, tuple(named.values()), tuple(named))


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
    return s.attribute(args[0], "__dict__") if len(args) == 1 and is_instance(args[0]) else None


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
    """sum(lists, []): one after the other."""
    start = [*args[1:], *named.values()][:1]
    if not start or not isinstance(kind_of_value(start[0]), List | Tuple):
        return None
    return s.twin(choices.concatenated, [s._walked(args[0]), start[0]])


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
    collections.deque: _deque,
    types.SimpleNamespace: _namespace,
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
    **{
        getattr(operator, f"i{n}"): _in_place(getattr(operator, f"{n}_"))
        for n in ("and", "or")
    },
    operator.ixor: _in_place(operator.xor),
}


# methods -----------------------------------------------------------------------------------------


def _pop_entry(s: S, owner: Pack, key: Value, *default: Value) -> Value:
    at = s.key_of(key)
    entries = dict(zip(owner.keys or (), owner.values, strict=True))
    if at not in entries:
        if default:
            return default[0]
        raise bad_call(".pop", f"raises KeyError({at!r})")
    value = entries.pop(at)
    s.change(owner, tuple(entries.values()), tuple(entries))
    return value


def _pop_last_entry(s: S, owner: Pack) -> Value:
    if not owner.keys:
        raise bad_call(".popitem", "raises KeyError: the dict is empty")
    pair = Pack(tuple, (Const(owner.keys[-1]), owner.values[-1]))
    s.change(owner, owner.values[:-1], owner.keys[:-1])
    return pair


def _clear(s: S, owner: Pack) -> None:
    s.change(owner, (), None if owner.keys is None else ())


def _copy(s: S, owner: Pack) -> Value:
    return Pack(owner.cls, owner.values, owner.keys)


def _reverse(s: S, owner: Pack) -> None:
    s.change(owner, owner.values[::-1])


def _sort(s: S, owner: Pack, *, key: Value | None = None, reverse: Value | None = None) -> None:
    named = {"key": key or Const(None), "reverse": reverse or Const(False)}
    made = s._sorted([Pack(list, owner.values), *named.values()], tuple(named))
    count = len(owner.values)
    s.change(owner, tuple(s.element(made, Const(i)) for i in range(count)))


def _index(s: S, owner: Pack, value: Value) -> Value:
    for i, v in enumerate(owner.values):
        if v is value or (isinstance(v, Const) and v.value == s.key_of(value)):
            return Const(i)
    s.key_of(value)
    raise bad_call(".index", "raises ValueError: it is not in the list")


def _count(s: S, owner: Pack, value: Value) -> Value:
    known = [s.key_of(v) for v in (*owner.values, value)]
    return Const(known[:-1].count(known[-1]))


def _remove(s: S, owner: Pack, value: Value) -> None:
    s.key_of(value)
    at = _index(s, owner, value)
    assert isinstance(at, Const)
    s.change(owner, owner.values[: at.value] + owner.values[at.value + 1 :])


def _append(s: S, owner: Pack, value: Value) -> None:
    s.change(owner, _last((*owner.values, value), owner.cls.maxlen))  # type: ignore[attr-defined]


def _append_left(s: S, owner: Pack, value: Value) -> None:
    most = owner.cls.maxlen  # type: ignore[attr-defined]
    s.change(owner, (value, *owner.values)[: most if most is not None else None])


def _pop(s: S, owner: Pack) -> Value:
    if not owner.values:
        raise bad_call(".pop", "raises IndexError: the deque is empty")
    s.change(owner, owner.values[:-1])
    return owner.values[-1]


def _pop_left(s: S, owner: Pack) -> Value:
    if not owner.values:
        raise bad_call(".popleft", "raises IndexError: the deque is empty")
    s.change(owner, owner.values[1:])
    return owner.values[0]


def _extend(s: S, owner: Pack, more: Value) -> None:
    pack = s.as_pack(more)
    if pack is None:
        raise NotKnownError("extending a deque by what only a run knows", fix="use a list")
    most = owner.cls.maxlen  # type: ignore[attr-defined]
    s.change(owner, _last((*owner.values, *pack.values), most))


def _rotate(s: S, owner: Pack, n: Value | None = None) -> None:
    turned = collections.deque(owner.values)
    turned.rotate(1 if n is None else s.key_of(n))
    s.change(owner, tuple(turned))


DICT: dict[str, Callable[..., Any]] = {
    "pop": _pop_entry,
    "popitem": _pop_last_entry,
    "clear": _clear,
    "copy": _copy,
    "__delitem__": _pop_entry,
}
LIST: dict[str, Callable[..., Any]] = {
    "reverse": _reverse,
    "sort": _sort,
    "clear": _clear,
    "copy": _copy,
    "index": _index,
    "count": _count,
    "remove": _remove,
}
DEQUE: dict[str, Callable[..., Any]] = {
    "append": _append,
    "appendleft": _append_left,
    "pop": _pop,
    "popleft": _pop_left,
    "extend": _extend,
    "rotate": _rotate,
}

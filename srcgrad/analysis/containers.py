"""Containers of the standard library, and what their methods do to elements known one by one."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.makers import MAKERS, last
from srcgrad.analysis.protocols import ProtocolSpecialiser
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Const
from srcgrad.kinds import Dict, List, Num, Slice, Tuple

Named = dict[str, Value]


class ContainerSpecialiser(ProtocolSpecialiser):
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
        known = self.known_key(value)
        if isinstance(known, Const):
            return known.value
        raise NotKnownError(
            "an element that only a run knows which one it is",
            why="which elements are left must be known when compiling",
            fix="use a constant key or index",
        )

    def element(self, owner: Value, index: Value) -> Value:
        """owner[index], which makes an entry of a defaultdict that has none."""
        factory = getattr(owner.cls, "factory", None) if isinstance(owner, Pack) else None
        index = index if factory is None else self.known_key(index)
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


# methods -----------------------------------------------------------------------------------------


def _pop_entry(s: S, owner: Pack, key: Value, *default: Value) -> Value:
    at = s.key_of(key)
    entries = dict(zip(owner.keys or (), owner.values, strict=True))
    if at not in entries:
        if default:
            return default[0]
        raise bad_call(".pop", f"raises KeyError({at!r})")
    value: Value = entries.pop(at)
    s.change(owner, tuple(entries.values()), tuple(entries))
    return value


def _pop_last_entry(s: S, owner: Pack) -> Value:
    if not owner.keys:
        raise bad_call(".popitem", "raises KeyError: the dict is empty")
    pair = Pack(tuple, (Const(owner.keys[-1]), owner.values[-1]))
    s.change(owner, owner.values[:-1], owner.keys[:-1])
    return pair


def _move_to_end(s: S, owner: Pack, key: Value, last: Value | None = None) -> None:
    """OrderedDict.move_to_end(key, last=True)"""
    at = s.key_of(key)
    entries = dict(zip(owner.keys or (), owner.values, strict=True))
    if at not in entries:
        raise bad_call(".move_to_end", f"raises KeyError({at!r})")
    moved = {at: entries.pop(at)}
    entries = entries | moved if last is None or s.key_of(last) else moved | entries
    s.change(owner, tuple(entries.values()), tuple(entries))


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
        if v is value or s.key_of(v) == s.key_of(value):
            return Const(i)
    raise bad_call(".index", "raises ValueError: it is not in the list")


def _count(s: S, owner: Pack, value: Value) -> Value:
    known = [s.key_of(v) for v in (*owner.values, value)]
    return Const(known[:-1].count(known[-1]))


def _remove(s: S, owner: Pack, value: Value) -> None:
    at = _index(s, owner, value)
    assert isinstance(at, Const)
    s.change(owner, owner.values[: at.value] + owner.values[at.value + 1 :])


def _append(s: S, owner: Pack, value: Value) -> None:
    s.change(owner, last((*owner.values, value), owner.cls.maxlen))  # type: ignore[attr-defined]


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
    s.change(owner, last((*owner.values, *pack.values), most))


def _rotate(s: S, owner: Pack, n: Value | None = None) -> None:
    turned = collections.deque(owner.values)
    turned.rotate(1 if n is None else s.key_of(n))
    s.change(owner, tuple(turned))


DICT: dict[str, Callable[..., Any]] = {
    "pop": _pop_entry,
    "popitem": _pop_last_entry,
    "move_to_end": _move_to_end,
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

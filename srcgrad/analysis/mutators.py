"""Functions and methods that write into an operand: each is specialised as stores."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.analysis.inline import bad_call
from srcgrad.analysis.stores import StoreSpecialiser
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Const, Var
from srcgrad.kinds import Dict, List, Num

REQUIRED = object()


@dataclass(frozen=True)
class Mutator:
    """How a call is specialised, and its parameters with their defaults."""

    run: Callable[..., Value | None]
    parameters: dict[str, Any]

    def call(
        self, s: StoreSpecialiser, name: str, args: list[Value], keywords: tuple[str, ...]
    ) -> Value:
        """Specialise a call; what it returns."""
        positional = args[: len(args) - len(keywords)]
        if len(positional) > len(self.parameters):
            raise bad_call(name, f"takes {len(self.parameters)} arguments")
        given = dict(zip(self.parameters, positional, strict=False))
        for keyword, value in zip(keywords, args[len(positional) :], strict=True):
            if keyword not in self.parameters or keyword in given:
                raise bad_call(name, f"has no argument {keyword!r} that srcgrad knows")
            given[keyword] = value
        for parameter, default in self.parameters.items():
            if parameter not in given and default is REQUIRED:
                raise bad_call(name, f"misses its argument {parameter!r}")
            given.setdefault(parameter, Const(default))
        return self.run(s, *(given[p] for p in self.parameters)) or Const(None)


def _copyto(s: StoreSpecialiser, dst: Value, src: Value, where: Value) -> None:
    if isinstance(where, Const) and where.value is True:
        s.overwrite(dst, src)
    else:
        s.overwrite(dst, s.operation(np.where, [where, src, dst], ()))


def _putmask(s: StoreSpecialiser, a: Value, mask: Value, values: Value) -> None:
    kind, whole = kind_of_value(values), kind_of_value(a)
    if not (isinstance(kind, Num) and isinstance(whole, Num) and kind.dims in ((), whole.dims)):
        flat = _cycled(s, values, s.operation(np.size, [a], ()))
        values = s.operation(np.reshape, [flat, s.operation(np.shape, [a], ())], ())
    s.overwrite(a, s.operation(np.where, [mask, values, a], ()))


def _place(s: StoreSpecialiser, arr: Value, mask: Value, vals: Value) -> None:
    kind = kind_of_value(vals)
    if isinstance(kind, Num) and kind.dims == ():
        s.overwrite(arr, s.operation(np.where, [mask, vals, arr], ()))
        return
    if isinstance(vals, Pack) and len(vals.values) == 1:
        _place(s, arr, mask, vals.values[0])
        return
    s.store(arr, mask, _cycled(s, vals, s.operation(np.count_nonzero, [mask], ())))


def _cycled(s: StoreSpecialiser, values: Value, count: Value) -> Value:
    """As many values as `count` says, taken in turn from the first again and again."""
    array = s.operation(np.ravel, [s.array_of(values), Const("C")], ())
    along = s.operation(np.arange, [count], ())
    size = s.operation(np.size, [array], ())
    return s.element(array, s.operation(operator.mod, [along, size], ()))


def _put(s: StoreSpecialiser, a: Value, ind: Value, v: Value, mode: Value) -> None:
    kind = kind_of_value(a)
    if not isinstance(kind, Num) or kind.dims is None or getattr(mode, "value", "") != "raise":
        raise bad_call("np.put", "needs an array of known rank, and no mode")
    at, values = s.array_of(ind), s.array_of(v)
    where, what = kind_of_value(at), kind_of_value(values)
    if isinstance(where, Num) and isinstance(what, Num) and what.dims not in ((), where.dims):
        values = _cycled(s, values, s.operation(np.size, [at], ()))
    if len(kind.dims) > 1:
        at = s.operation(np.unravel_index, [at, s.operation(np.shape, [a], ())], ())
    s.store(a, at, values)


def _fill_diagonal(s: StoreSpecialiser, a: Value, val: Value, wrap: Value) -> None:
    kind = kind_of_value(a)
    if not isinstance(kind, Num) or kind.dims is None or len(kind.dims) != 2:
        raise bad_call("np.fill_diagonal", "is known for matrices only")
    shape = s.operation(np.shape, [a], ())
    sizes = [s.element(shape, Const(i)) for i in range(2)]
    if getattr(wrap, "value", None) is not False:
        raise bad_call("np.fill_diagonal", "is known without wrap only")
    square = kind.dims[0] == kind.dims[1]
    size = sizes[0] if square else s.operation(min, sizes, ())
    along = s.operation(np.arange, [size], ())
    s.store(a, Pack(tuple, (along, along)), val)


def _at(op: Any) -> Callable[..., None]:
    def run(s: StoreSpecialiser, a: Value, indices: Value, b: Value) -> None:
        if not isinstance(a, Var):
            raise bad_call("ufunc.at", "needs an array")
        s.update(a, indices, b, op)

    return run


def _fill(s: StoreSpecialiser, a: Value, value: Value) -> None:
    s.overwrite(a, value)


def _sort(s: StoreSpecialiser, a: Value, axis: Value) -> None:
    if isinstance(kind_of_value(a), List):
        raise UnsupportedError(
            "list.sort",
            why="which element goes where is known only when running",
            fix="use an array and np.sort",
        )
    s.overwrite(a, s.operation(np.sort, [a, axis], ()))


def _append(s: StoreSpecialiser, a: Value, value: Value) -> None:
    s.append(a, value)


def _extend(s: StoreSpecialiser, a: Value, values: Value) -> None:
    s.extend(a, values)


def _insert(s: StoreSpecialiser, a: Value, index: Value, value: Value) -> None:
    s.insert(a, index, value)


def _pop(s: StoreSpecialiser, a: Value, index: Value) -> Value:
    return s.pop(a, index)


def _update(s: StoreSpecialiser, a: Value, other: Value) -> None:
    kind = kind_of_value(other)
    if not isinstance(kind, Dict):
        other = s.call(Const(dict), [other], ())
        kind = kind_of_value(other)
    if not isinstance(kind, Dict):
        raise bad_call("dict.update", "takes a dict with known keys")
    for key in kind.keys:
        s.store(s.memory.fresh(a), Const(key), s.element(other, Const(key)))


def _setdefault(s: StoreSpecialiser, a: Value, key: Value, default: Value) -> Value:
    kind = kind_of_value(a)
    assert isinstance(kind, Dict)
    key = s.known_key(key)
    if not isinstance(key, Const):
        raise bad_call("dict.setdefault", "takes a constant key")
    if key.value not in kind.keys:
        s.store(a, key, default)
        return default
    return s.element(a, key)


FUNCTIONS: dict[Any, Mutator] = {
    np.copyto: Mutator(_copyto, {"dst": REQUIRED, "src": REQUIRED, "where": True}),
    np.putmask: Mutator(_putmask, {"a": REQUIRED, "mask": REQUIRED, "values": REQUIRED}),
    np.place: Mutator(_place, {"arr": REQUIRED, "mask": REQUIRED, "vals": REQUIRED}),
    np.put: Mutator(_put, {"a": REQUIRED, "ind": REQUIRED, "v": REQUIRED, "mode": "raise"}),
    np.fill_diagonal: Mutator(_fill_diagonal, {"a": REQUIRED, "val": REQUIRED, "wrap": False}),
    operator.setitem: Mutator(
        lambda s, a, b, c: s.store(a, b, c), {"a": REQUIRED, "b": REQUIRED, "c": REQUIRED}
    ),
}
AT = {np.add: operator.add, np.subtract: operator.sub}
ARRAY_METHODS: dict[str, Mutator] = {
    "fill": Mutator(_fill, {"self": REQUIRED, "value": REQUIRED}),
    "sort": Mutator(_sort, {"self": REQUIRED, "axis": -1}),
    "put": Mutator(_put, {"self": REQUIRED, "ind": REQUIRED, "v": REQUIRED, "mode": "raise"}),
    "__setitem__": Mutator(
        lambda s, a, b, c: s.store(a, b, c), {"self": REQUIRED, "key": REQUIRED, "value": REQUIRED}
    ),
}
LIST_METHODS: dict[str, Mutator] = {
    "append": Mutator(_append, {"self": REQUIRED, "object": REQUIRED}),
    "extend": Mutator(_extend, {"self": REQUIRED, "iterable": REQUIRED}),
    "insert": Mutator(_insert, {"self": REQUIRED, "index": REQUIRED, "object": REQUIRED}),
    "pop": Mutator(_pop, {"self": REQUIRED, "index": -1}),
}
DICT_METHODS: dict[str, Mutator] = {
    "setdefault": Mutator(_setdefault, {"self": REQUIRED, "key": REQUIRED, "default": None}),
}


def mutator_function(function: Any) -> Mutator | None:
    """How a function that writes into its first operand is specialised, if it is one."""
    if getattr(function, "__name__", "") == "at" and getattr(function, "__self__", None) in AT:
        op = AT[function.__self__]
        return Mutator(_at(op), {"a": REQUIRED, "indices": REQUIRED, "b": REQUIRED})
    return FUNCTIONS.get(function) if getattr(type(function), "__hash__", None) else None


def update_dict(
    s: StoreSpecialiser, owner: Value, args: list[Value], keywords: tuple[str, ...]
) -> Value:
    """owner.update(other, key=value)"""
    split = len(args) - len(keywords)
    for other in args[:split]:
        _update(s, owner, other)
    for key, value in zip(keywords, args[split:], strict=True):
        s.store(s.memory.fresh(owner), Const(key), value)
    return Const(None)


def mutator_method(owner: Value, name: str) -> Mutator | None:
    """How a method that writes into its owner is specialised, if it is one."""
    kind = kind_of_value(owner)
    if isinstance(kind, List):
        return LIST_METHODS.get(name)
    if isinstance(kind, Dict):
        return DICT_METHODS.get(name)
    if isinstance(kind, Num) and not kind.is_scalar:
        return ARRAY_METHODS.get(name)
    return None

"""Kinds of arguments, and the guards under which a compiled variant holds.

The kind of an argument comes from the call compiled for.  What it takes for granted (types, dtypes,
ranks) is a condition at once; what it does not (is this dim 1?) becomes one when a stage asks.  All
conditions together are the variant's guard: Python text over the parameters' names.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import re
import sys
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from srcgrad.containers import registered
from srcgrad.kinds import (
    NONE,
    UNKNOWN,
    Dict,
    Dim,
    Kind,
    List,
    NotStaticError,
    Num,
    Object,
    Opaque,
    Questions,
    Static,
    Str,
    Sym,
    Tuple,
    static,
)

LETTERS = "nmkpqrsuvw"
LONGEST = 32  # a longer string is no name of an option
MANY = 64  # lists longer than this are known by their element only
PYTHON_NUMBERS = (float, int, bool, complex)
CALLABLES = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    types.ModuleType,
    np.ufunc,
    type,
    np.dtype,
    type(np.sum),
    functools.partial,
)


class Guards(Questions):
    """Builds the kinds of arguments and collects the conditions they were built under."""

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.conditions: list[str] = []
        self.words: list[str] = []
        self.namespace = {} if namespace is None else namespace
        self.namespace |= {
            "_ndarray": np.ndarray,
            "_type": type,
            "_len": len,
            "_tuple": tuple,
            "_all": all,
            "_hasattr": hasattr,
            "_vars": vars,
        }
        self.scope: object = None
        self.opening = False
        self.within: list[int] = []
        self._dims = 0
        self._fresh: dict[object, Dim] = {}
        self._static: dict[Dim, int] = {}

    # questions

    def is_one(self, dim: Dim) -> bool | None:
        if dim.static is not None:
            return dim.static == 1
        if dim not in self.asked:
            self.asked[dim] = self._answer(dim)
        return self.asked[dim]

    def _answer(self, dim: Dim) -> bool | None:
        sources = dim.terms[0][0].sources if len(dim.terms) == 1 else None
        if sources and dim.const == 0 and dim.terms[0][1] == 1:
            self.asked[dim] = None  # for one that comes back to itself
            answers = {self.is_one(d) for d in sources}
            return answers.pop() if len(answers) == 1 else None
        hints = dim.hints()
        if hints is None or len({h == 1 for h in hints}) != 1:
            return None
        one = hints[0] == 1
        self._condition(dim, "==" if one else "!=", 1)
        return one

    def _condition(self, dim: Dim, relation: str, value: int) -> None:
        over = next((s.over for s, _ in dim.terms if s.over), None)
        text = f"{_text(dim)} {relation} {value}"
        self.add(f"_all({text} {over})" if over else text)

    def holds(self, condition: str, wanted: bool) -> None:
        """Let a condition, or its contrary, be one of the guard's."""
        self.add(condition if wanted else f"not {condition}")

    def add(self, condition: str) -> None:
        if condition not in self.conditions:
            self.conditions.append(condition)

    def in_words(self) -> str:
        """The guard as a person would write it."""
        return " and ".join(re.sub(r"\b_(?=[a-zA-Z])", "", c) for c in self.conditions)

    def fresh(self, key: object, name: str) -> Dim:
        if key not in self._fresh:
            self._fresh[key] = Dim.of(Sym(name, scope=self.scope))
        return self._fresh[key]

    def value(self, kind: Kind) -> Any:
        try:
            return static(kind)
        except NotStaticError:
            return self._ask_value(kind)

    def _ask_value(self, kind: Kind) -> Any:
        if isinstance(kind, Tuple):
            return tuple(self.value(e) for e in kind.elements)
        if not (isinstance(kind, Num) and isinstance(kind.value, Dim)):
            raise NotStaticError(kind)
        hints = kind.value.hints()
        if hints is None or len(hints) != 1:
            raise NotStaticError(kind)
        self._condition(kind.value, "==", hints[0])
        return hints[0]

    def text(self, kind: Str) -> str | None:
        """What a string from an argument is, which becomes a guard; None for any other."""
        if kind.path is not None:
            self.add(f"{kind.path} == {kind.hint!r}")
        return kind.hint

    def length(self, kind: List) -> tuple[Kind, ...]:
        """The kinds of a list's elements, which fixes its length."""
        if kind.elements is None:
            raise NotStaticError(kind)
        if not self._fixes(kind.length, len(kind.elements)):
            raise NotStaticError(kind)
        return kind.elements

    def _fixes(self, length: Dim, count: int) -> bool:
        """Let a length, of one list or another, be this one; False if no guard can say so."""
        if length.static is not None:
            return length.static == count
        sources = length.terms[0][0].sources if len(length.terms) == 1 else None
        if sources:
            return all(self._fixes(s, count) for s in sources)
        if any(s.expr is None for s, _ in length.terms):
            return False
        self._condition(length, "==", count)
        return True

    def attribute(self, kind: Opaque, name: str) -> Kind:
        """The kind of an attribute of an object that came with an argument."""
        if kind.path is None:
            return UNKNOWN
        value = getattr(kind.hint, name)
        return self.kind_of(value, f"{kind.path}.{name}")

    # kinds of arguments

    def kind_of(self, value: Any, path: str) -> Kind:
        """The kind of one value; `path` is Python text that evaluates it."""
        return self._kind([value], path, None)

    def opened(self, value: Any, path: str) -> Kind:
        """The kind of a value that is differentiated: objects are known by their attributes."""
        self.opening = True
        try:
            return self.kind_of(value, path)
        finally:
            self.opening = False

    def _kind(self, values: Sequence[Any], path: str, over: str | None) -> Kind:
        """The kind that all values share, or UNKNOWN."""
        cls = type(values[0])
        if any(type(v) is not cls for v in values):
            return UNKNOWN
        if cls in (tuple, list, dict) or dataclasses.is_dataclass(cls) or hasattr(cls, "_fields"):
            return self._container(cls, values, path, over)
        if issubclass(cls, np.ndarray) and cls is not np.ndarray:
            self._require(f"_type({path}) is {self.name(cls)}", over)
            return Opaque(cls)
        if cls is np.ndarray:
            return self._array(values, path, over)
        return self._scalar(cls, values, path, over)

    def _require(self, condition: str, over: str | None) -> None:
        self.add(f"_all({condition} {over})" if over else condition)

    def name(self, value: Any) -> str:
        """A name for an object in the guard's namespace."""
        name = f"{getattr(value, '__name__', None) or getattr(value, 'name', 'object')}".replace(
            ".", "_"
        )
        name = f"_{name}" if name.isidentifier() else "_object"
        while self.namespace.setdefault(name, value) is not value:
            name += "_"
        return name

    def _array(self, values: Sequence[np.ndarray[Any, Any]], path: str, over: str | None) -> Kind:
        dtype, rank = values[0].dtype, values[0].ndim
        if any(v.dtype != dtype or v.ndim != rank for v in values):
            return UNKNOWN
        same = "is" if np.dtype(dtype.char) is dtype else "=="
        self._require(
            f"_type({path}) is _ndarray and {path}.dtype {same} {self.name(dtype)}"
            f" and {path}.ndim == {rank}",
            over,
        )
        dims = tuple(
            Dim.of(self._sym(f"{path}.shape[{i}]", tuple(v.shape[i] for v in values), over))
            for i in range(rank)
        )
        if dtype.kind not in "fciub":
            return Opaque(np.ndarray)
        return Num(dtype, dims, box=rank == 0)

    def _sym(self, expr: str, hints: tuple[int, ...], over: str | None) -> Sym:
        letter = LETTERS[self._dims % len(LETTERS)] + str(self._dims // len(LETTERS) or "")
        self._dims += 1
        return Sym(letter, expr=expr, hints=hints, over=over)

    def _scalar(self, cls: type, values: Sequence[Any], path: str, over: str | None) -> Kind:
        first = values[0]
        if first is None:
            self._require(f"{path} is None", over)
            return NONE
        if cls in PYTHON_NUMBERS or isinstance(first, np.generic):
            self._require(f"_type({path}) is {self.name(cls)}", over)
            return self._number(cls, values, path, over)
        if isinstance(first, (*CALLABLES, enum.Enum)) and all(v is first for v in values):
            self._require(f"{path} is {self.name(first)}", over)
            return Static(first)
        self._require(f"_type({path}) is {self.name(cls)}", over)
        opening = self.opening or registered(cls) is not None
        if opening and over is None and _is_open(first) and id(first) not in self.within:
            return self._attributes(first, path)
        if cls is str:
            known = over is None and len(first) <= LONGEST
            return Str(path, first) if known else Str()
        return Opaque(cls, None if over else path, first)

    def _attributes(self, value: Any, path: str) -> Kind:
        """The kind of an object by what it holds."""
        names = tuple(vars(value))
        self.add(f"_tuple(_vars({path})) == {names!r}")
        self.within.append(id(value))
        kinds = tuple(self._kind([v], f"{path}.{n}", None) for n, v in vars(value).items())
        self.within.pop()
        return Object(type(value), names, kinds)

    def _number(self, cls: type, values: Sequence[Any], path: str, over: str | None) -> Kind:
        dtype = np.dtype(cls)
        if dtype.kind not in "fciub":
            return Opaque(cls)
        value = None
        if dtype.kind in "iu":
            value = Dim.of(self._sym(path, tuple(int(v) for v in values), over))
        return Num(dtype, (), weak=cls in PYTHON_NUMBERS, value=value)

    def _container(self, cls: type, values: Sequence[Any], path: str, over: str | None) -> Kind:
        self._require(f"_type({path}) is {self.name(cls)}", over)
        if cls is list:
            return self._list(values, path, over)
        if cls is dict:
            return self._dict(values, path, over)
        if issubclass(cls, tuple):
            return self._tuple(cls, values, path, over)
        names = tuple(f.name for f in dataclasses.fields(cls))  # type: ignore[arg-type]
        kinds = tuple(
            self._kind([getattr(v, n) for v in values], f"{path}.{n}", over) for n in names
        )
        return Object(cls, names, kinds)

    def _tuple(self, cls: type, values: Sequence[Any], path: str, over: str | None) -> Kind:
        length = len(values[0])
        if any(len(v) != length for v in values):
            return UNKNOWN
        self._require(f"_len({path}) == {length}", over)
        return Tuple(
            tuple(self._kind([v[i] for v in values], f"{path}[{i}]", over) for i in range(length)),
            cls,
        )

    def _dict(self, values: Sequence[Any], path: str, over: str | None) -> Kind:
        keys = tuple(values[0])
        if any(tuple(v) != keys for v in values):
            return UNKNOWN
        self._require(f"_tuple({path}) == {keys!r}", over)
        return Dict(
            keys, tuple(self._kind([v[k] for v in values], f"{path}[{k!r}]", over) for k in keys)
        )

    def _list(self, values: Sequence[Any], path: str, over: str | None) -> Kind:
        length = Dim.of(self._sym(f"_len({path})", tuple(len(v) for v in values), over))
        flat = [e for v in values for e in v]
        if not flat:
            self._require(f"not {path}", over)
            return List(UNKNOWN, Dim.of(0), ())
        mark = len(self.conditions)
        item = f"_e{path.count('[') + (over or '').count(' in ')}"
        element = self._kind(
            flat, item, f"{over} for {item} in {path}" if over else f"for {item} in {path}"
        )
        if over is None and len(flat) <= MANY and not _is_float(element):
            return self._listed(values[0], path, element, length, mark)
        return List(
            element, length, (element,) * len(flat) if len(flat) <= MANY and over is None else None
        )

    def _listed(self, value: list[Any], path: str, element: Kind, length: Dim, mark: int) -> Kind:
        """A list known element by element; one whose elements differ has its length fixed."""
        if _has_unknown(element) or _is_an_object(element):
            del self.conditions[mark:]
            self._condition(length, "==", len(value))
            kinds = tuple(self._kind([e], f"{path}[{i}]", None) for i, e in enumerate(value))
            return List(UNKNOWN, Dim.of(len(value)), kinds)
        kept = list(self.conditions)
        kinds = tuple(self._kind([e], f"{path}[{i}]", None) for i, e in enumerate(value))
        self.conditions = kept  # the conditions on every element say as much
        return List(element, length, kinds)


def _is_float(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.is_scalar and kind.is_float


def _is_open(value: Any) -> bool:
    """Whether a value is an object of a class of the user's, whose attributes are all it holds."""
    home = type(value).__module__.split(".")[0]
    library = home in sys.stdlib_module_names and home != "__main__"
    return hasattr(value, "__dict__") and not library and home not in ("numpy", "scipy")


def _is_an_object(kind: Kind) -> bool:
    """Whether values are objects whose attributes are looked at one by one."""
    return isinstance(kind, Opaque) and kind.cls is not None and hasattr(kind.cls, "__dict__")


def _has_unknown(kind: Kind) -> bool:
    match kind:
        case Tuple(elements) | Dict(values=elements) | Object(values=elements):
            return any(map(_has_unknown, elements))
        case List(element=element):
            return _has_unknown(element)
    return kind == UNKNOWN


def _text(dim: Dim) -> str:
    parts = [s.expr or "?" if c == 1 else f"{c} * {s.expr}" for s, c in dim.terms]
    if dim.const:
        parts.append(str(dim.const))
    return " + ".join(parts)

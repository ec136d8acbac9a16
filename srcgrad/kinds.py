"""Kinds: what the compiler knows of a value before it runs.

A kind is an abstract value.  Dims are affine expressions over symbols, so that `x[1:]` has the
dim `n - 1` and two equal expressions never broadcast against each other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

FLOAT = np.dtype(float)
INT = np.dtype(int)
BOOL = np.dtype(bool)
COMPLEX = np.dtype(complex)

_serial = itertools.count()


class Sym:
    """An unknown size or integer.

    `expr` is Python text that evaluates it from the arguments (None when only a run knows it),
    `hints` its values in the call compiled for (several for a symbol that stands for one of the
    elements of a list, which `over` then ranges over: "for e in params"), `sources` the dims it may
    equal when it joins several, and `scope` the loop inside which it was born.
    """

    __slots__ = ("expr", "hints", "name", "over", "scope", "serial", "sources")

    def __init__(
        self,
        name: str,
        *,
        expr: str | None = None,
        hints: tuple[int, ...] | None = None,
        over: str | None = None,
        scope: object = None,
    ) -> None:
        self.name = name
        self.expr = expr
        self.hints = hints
        self.over = over
        self.scope = scope
        self.sources: dict[Dim, None] | None = None
        self.serial = next(_serial)

    def __repr__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Dim:
    """An affine expression over symbols: sum of coefficient * symbol, plus a constant."""

    terms: tuple[tuple[Sym, int], ...] = ()
    const: int = 0

    @staticmethod
    def of(value: int | Sym) -> Dim:
        return Dim(((value, 1),)) if isinstance(value, Sym) else Dim((), int(value))

    @property
    def static(self) -> int | None:
        """The number, if it is one."""
        return None if self.terms else self.const

    def __add__(self, other: Dim) -> Dim:
        terms = dict(self.terms)
        for sym, coefficient in other.terms:
            terms[sym] = terms.get(sym, 0) + coefficient
        kept = [(s, c) for s, c in terms.items() if c]
        return Dim(tuple(sorted(kept, key=lambda t: t[0].serial)), self.const + other.const)

    def scaled(self, factor: int) -> Dim:
        return Dim(
            tuple((s, c * factor) for s, c in self.terms) if factor else (), self.const * factor
        )

    def __sub__(self, other: Dim) -> Dim:
        return self + other.scaled(-1)

    def hints(self) -> list[int] | None:
        """The values in the call compiled for; None when unknown."""
        overs = {s.over for s, _ in self.terms if s.over}
        if len(overs) > 1 or any(s.hints is None for s, _ in self.terms):
            return None
        length = max([len(s.hints or ()) for s, _ in self.terms], default=1)
        values = [self.const] * length
        for sym, coefficient in self.terms:
            hints = sym.hints or ()
            if len(hints) not in (1, length):
                return None
            column = hints * length if len(hints) == 1 else hints
            values = [v + coefficient * h for v, h in zip(values, column, strict=True)]
        return values

    def __str__(self) -> str:
        parts = [s.name if c == 1 else f"{c}*{s.name}" for s, c in self.terms]
        if self.const or not parts:
            parts.append(str(self.const))
        return " + ".join(parts).replace("+ -", "- ")


Dims = tuple[Dim, ...]


@dataclass(frozen=True)
class Kind:
    """Base of all kinds."""


@dataclass(frozen=True)
class Num(Kind):
    """A number or an array: dtype and dims (None when even the rank is unknown).

    `weak` marks Python's own numbers, which adopt the dtype of an array they meet (NEP 50).
    `value` is what is known of a scalar: a Dim for an int, else the Python number.
    `box` marks an ndarray of rank 0, which unlike a scalar is storage.  `mixed` marks a value that
    may have another dtype on some path, of which `dtype` is the common one.  `nullable` marks one
    that may be None on some path, where all that takes a number would raise.
    """

    dtype: np.dtype[Any]
    dims: Dims | None = ()
    weak: bool = False
    value: Any = None
    box: bool = False
    mixed: bool = False
    nullable: bool = False

    @property
    def is_scalar(self) -> bool:
        return self.dims == () and not self.box

    @property
    def is_float(self) -> bool:
        return self.dtype.kind in "fc"

    def __str__(self) -> str:
        name = {"float64": "float", "int64": "int", "complex128": "complex"}.get(
            self.dtype.name, self.dtype.name
        )
        if self.weak:
            return name
        if self.dims is None:
            return f"{self.dtype.name}[...]"
        return self.dtype.name + (
            f"[{', '.join(map(str, self.dims))}]" if self.dims or self.box else ""
        )


@dataclass(frozen=True)
class Tuple(Kind):
    """A tuple with one kind for each element; `cls` is its class (a named tuple's, else tuple)."""

    elements: tuple[Kind, ...]
    cls: type = tuple

    def __str__(self) -> str:
        inner = ", ".join(map(str, self.elements))
        return (
            f"({inner}{',' if len(self.elements) == 1 else ''})"
            if self.cls is tuple
            else (f"{self.cls.__name__}({inner})")
        )


@dataclass(frozen=True)
class List(Kind):
    """A list: `element` fits every element; `elements` are those of the call compiled for.

    Whoever relies on `elements` must ask for the length, which records a guard.
    """

    element: Kind
    length: Dim
    elements: tuple[Kind, ...] | None = None

    def __str__(self) -> str:
        return f"list[{self.element}]"


@dataclass(frozen=True)
class Dict(Kind):
    """A dict with known keys, in order, and one kind for each value."""

    keys: tuple[Any, ...]
    values: tuple[Kind, ...]

    def __str__(self) -> str:
        return (
            "{"
            + ", ".join(f"{k!r}: {v}" for k, v in zip(self.keys, self.values, strict=True))
            + "}"
        )


@dataclass(frozen=True)
class Object(Kind):
    """An instance of a dataclass, with the kinds of its fields."""

    cls: type
    names: tuple[str, ...]
    values: tuple[Kind, ...]

    def __str__(self) -> str:
        inner = ", ".join(f"{n}: {v}" for n, v in zip(self.names, self.values, strict=True))
        return f"{self.cls.__name__}({inner})"


@dataclass(frozen=True)
class Slice(Kind):
    """slice(start, stop, step) with the kinds of its parts."""

    start: Kind
    stop: Kind
    step: Kind

    def __str__(self) -> str:
        return f"slice[{self.start}, {self.stop}, {self.step}]"


@dataclass(frozen=True, eq=False)
class Static(Kind):
    """A value known when compiling: None, a string, a dtype, a function, a module, a class."""

    value: Any

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Static) or type(self.value) is not type(other.value):
            return False
        if self.value is other.value:
            return True
        return isinstance(self.value, str | bytes | np.dtype) and bool(self.value == other.value)

    def __hash__(self) -> int:
        return hash(type(self.value))

    def __str__(self) -> str:
        return getattr(self.value, "__name__", None) or repr(self.value)


@dataclass(frozen=True)
class Str(Kind):
    """A string known only when running.

    One that comes from an argument has a `path`, Python text that evaluates it, and the `hint` is
    what it is in the call compiled for: should that matter, it becomes a guard.
    """

    path: str | None = field(default=None, compare=False)
    hint: str | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return "str"


@dataclass(frozen=True)
class Opaque(Kind):
    """An ordinary Python object; `cls` is its class if known.

    For one that comes from an argument, `path` is Python text that evaluates it and `hint` the
    object in the call compiled for: its attributes are looked at when the function reads them.
    """

    cls: type | None = None
    path: str | None = field(default=None, compare=False)
    hint: Any = field(default=None, compare=False)

    def __str__(self) -> str:
        return self.cls.__name__ if self.cls else "object"


@dataclass(frozen=True)
class SetOfData(Kind):
    """A set that the function has made itself."""

    def __str__(self) -> str:
        return "set"


@dataclass(frozen=True)
class Unknown(Kind):
    """Anything: possibly a number or an array of any rank."""

    def __str__(self) -> str:
        return "?"


@dataclass(frozen=True)
class Bottom(Kind):
    """No value at all: a variable that has not been assigned on this path."""

    def __str__(self) -> str:
        return "unassigned"


UNKNOWN = Unknown()
BOTTOM = Bottom()
NONE = Static(None)


def scalar(dtype: Any = float) -> Num:
    """The kind of a Python number."""
    return Num(np.dtype(dtype), (), weak=True)


def integer(value: int | Dim | None = None) -> Num:
    """The kind of a Python int, with its symbolic value if known."""
    return Num(INT, (), weak=True, value=Dim.of(value) if isinstance(value, int) else value)


def array(dtype: Any, dims: Iterable[Dim] | None) -> Num:
    """The kind of a fresh NumPy result: a scalar when there are no dims."""
    return Num(np.dtype(dtype), None if dims is None else tuple(dims))


class NotStaticError(Exception):
    """A rule needs to know a value when compiling, and it is only known when running."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(str(kind))
        self.kind = kind


def static(kind: Kind) -> Any:
    """The Python value that `kind` stands for; raises NotStaticError when only a run knows it."""
    match kind:
        case Static(value):
            return value
        case Num(value=Dim() as dim) if dim.static is not None:
            return dim.static
        case Num(value=value) if value is not None and not isinstance(value, Dim):
            return value
        case Tuple(elements):
            return tuple(static(e) for e in elements)
        case List(elements=elements) if elements is not None:
            return [static(e) for e in elements]
    raise NotStaticError(kind)


def forget_value(kind: Kind) -> Kind:
    """The kind without what is known of its value."""
    return replace(kind, value=None) if isinstance(kind, Num) and kind.value is not None else kind


def is_surely_an_array(kind: Kind) -> bool:
    """Whether NumPy can copy a value as it is: neither None nor of unknown rank."""
    return isinstance(kind, Num) and kind.dims is not None and not kind.nullable


def may_be_active(kind: Kind) -> bool:
    """Whether a value of this kind can carry a derivative."""
    match kind:
        case Num():
            return kind.is_float
        case Tuple(elements):
            return any(map(may_be_active, elements))
        case List(element=element, elements=elements):
            return may_be_active(element) or any(map(may_be_active, elements or ()))
        case Dict(values=values) | Object(values=values):
            return any(map(may_be_active, values))
        case Unknown() | SetOfData():
            return True  # of which there is no derivative, so that it is refused
    return False


@dataclass
class Questions:
    """What a kind function may ask; the specialiser answers from the call compiled for.

    `is_one(dim)` is True, False, or None when only a run can tell.  Each answer is recorded as a
    guard.  `fresh(key, name)` is a new unknown dim, the same one for the same key.
    """

    asked: dict[Dim, bool | None] = field(default_factory=dict)

    def is_one(self, dim: Dim) -> bool | None:
        return None if dim.static is None else dim.static == 1

    def fresh(self, key: object, name: str) -> Dim:
        return Dim.of(Sym(name))

    def value(self, kind: Kind) -> Any:
        """The static value of an int, string or tuple of ints; it becomes a guard if it must."""
        return static(kind)

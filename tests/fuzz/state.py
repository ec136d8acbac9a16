"""What the generator knows while it writes a program: the names in scope, their kinds, the text."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

Pick = Callable[[int, int], int]
"""`pick(low, high)` chooses an integer, both ends included; small ones make simple programs."""

T = TypeVar("T")

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Pack:
    """A tuple or (`listed`) a list, of parts of any kinds."""

    parts: tuple[Kind, ...]
    listed: bool = False


@dataclass(frozen=True)
class Record:
    """A dict with string keys."""

    fields: tuple[tuple[str, Kind], ...]


Kind = Shape | Pack | Record
"""A shape stands for an array, or for a number if it is empty."""


@dataclass(frozen=True)
class Helper:
    """A function at module level: its parameters, how many of them have a default, its result."""

    name: str
    params: tuple[tuple[str, Kind], ...]
    defaults: int
    result: Kind


LOCALS = ("a", "b", "c", "e", "g", "h", "p", "q", "r", "s", "u", "v", "w", "y", "z")
ODD_NAMES = ("x_bar", "tape", "y_bar", "count", "value", "d", "input", "trips", "out", "t_bar")


@dataclass
class State:
    """One function being written, or (see `block`) one block of it."""

    pick: Pick
    off: frozenset[str] = frozenset()
    scope: dict[str, Kind] = field(default_factory=dict)
    ints: tuple[str, ...] = ()
    bools: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    helpers: tuple[Helper, ...] = ()
    lines: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    indent: int = 1
    depth: int = 0
    loops: int = 0
    uniform: bool = False
    result: Kind = ()
    guarded: tuple[str, ...] = ()
    closed: list[bool] = field(default_factory=lambda: [False])

    def choose(self, options: Sequence[T]) -> T:
        return options[self.pick(0, len(options) - 1)]

    def chance(self, one_in: int) -> bool:
        """True about once in so many times."""
        return self.pick(0, one_in - 1) == one_in - 1

    def on(self, feature: str) -> bool:
        return feature not in self.off

    def write(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    def block(self, *, loops: int = 0) -> State:
        """A block inside this one: it sees the names, what it adds stays inside."""
        return replace(
            self,
            scope=dict(self.scope),
            indent=self.indent + 1,
            depth=self.depth + 1,
            loops=self.loops + loops,
        )

    def fresh(self, names: Sequence[str] = LOCALS) -> str:
        """A name that the function has not used yet."""
        if names is LOCALS and self.chance(8):
            names = ODD_NAMES
        free = (name for name in names if name not in self.used)
        more = (f"{names[0]}{k}" for k in itertools.count(1) if f"{names[0]}{k}" not in self.used)
        name = next(itertools.chain(free, more))
        self.used.add(name)
        return name

    def readable(self) -> list[tuple[str, Shape]]:
        """Every number and array that can be named, parts of containers included."""
        found = [part for name, kind in self.scope.items() for part in parts_of(name, kind)]
        return found[::-1]

    def of_shape(self, shape: Shape) -> list[str]:
        return [text for text, found in self.readable() if found == shape]

    def arrays(self, rank: int | None = None) -> list[tuple[str, Shape]]:
        return [
            (text, shape)
            for text, shape in self.readable()
            if shape and (rank is None or len(shape) == rank)
        ]

    def names_of(self, kind: Kind) -> list[str]:
        return [name for name, found in self.scope.items() if found == kind]


def parts_of(text: str, kind: Kind) -> Iterator[tuple[str, Shape]]:
    """The numbers and arrays inside a value, each with the text that reads it."""
    if isinstance(kind, Pack):
        for index, part in enumerate(kind.parts):
            yield from parts_of(f"{text}[{index}]", part)
    elif isinstance(kind, Record):
        for key, part in kind.fields:
            yield from parts_of(f'{text}["{key}"]', part)
    else:
        yield text, kind

"""Random programs: their parts, and what is known while one is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, TypeVar

import numpy as np

T = TypeVar("T")
Shape = tuple[int, ...]

HEADER = """\
import numpy as np

W = np.cos(1.0 + 1.7 * np.arange(16.0))
M = np.sin(0.5 + 1.3 * np.arange(144.0)).reshape(12, 12)
"""

PARAMETERS: dict[str, Shape] = {"x": (4,), "w": (3,), "m": (3, 4), "c": ()}


@dataclass
class Node:
    """A statement: one line, or the head of a block with what is inside."""

    head: str
    body: list[Node] = field(default_factory=list)
    other: list[Node] = field(default_factory=list)

    def lines(self, indent: int) -> Iterator[str]:
        yield "    " * indent + self.head
        if self.head.endswith(":"):
            yield from block_lines(self.body, indent + 1)
        if self.other:
            yield "    " * indent + "else:"
            yield from block_lines(self.other, indent + 1)


def block_lines(nodes: Sequence[Node], indent: int) -> Iterator[str]:
    for node in nodes or [Node("pass")]:
        yield from node.lines(indent)


@dataclass(frozen=True)
class Helper:
    """A function that changes what it is given; `result` is the shape of what it returns."""

    name: str
    shapes: tuple[Shape, ...]
    result: Shape | None


@dataclass
class Program:
    """Helpers and the main function, as statements, with arguments."""

    functions: list[Node]
    args: tuple[Any, ...]

    @property
    def text(self) -> str:
        parts = ["\n".join(function.lines(0)) for function in self.functions]
        return "\n\n".join([HEADER, *parts]) + "\n"


def arguments(rng: Random) -> tuple[Any, ...]:
    """Numbers of which no two are near each other, by a good chance."""

    def some(shape: Shape) -> Any:
        count = int(np.prod(shape))
        return np.array([round(rng.uniform(-1.3, 1.3), 2) for _ in range(count)]).reshape(shape)

    return tuple(some(s) if s else round(rng.uniform(0.3, 1.2), 2) for s in PARAMETERS.values())


@dataclass
class State:
    """What a block of a program can see while it is made.

    `arrays` are texts that read an array, with their shapes; `bounds` are integers, each with the
    number that it stays below; `kept` are lists that grow, with the shapes of what they hold.
    """

    rng: Random
    arrays: dict[str, Shape]
    helpers: tuple[Helper, ...] = ()
    bounds: dict[str, int] = field(default_factory=dict)
    kept: dict[str, Shape] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    depth: int = 0
    loops: int = 0
    made: list[int] = field(default_factory=lambda: [0, 0])
    numbers: tuple[str, ...] = ("c", "np.tanh(s)")

    def inner(self, *, loops: int = 0) -> State:
        """A block inside this one: it sees the names, what it adds stays inside."""
        return replace(
            self,
            arrays=dict(self.arrays),
            bounds=dict(self.bounds),
            kept=dict(self.kept),
            nodes=[],
            depth=self.depth + 1,
            loops=self.loops + loops,
        )

    def choose(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def fresh(self, letter: str) -> str:
        self.made[0] += 1
        return f"{letter}{self.made[0]}"

    def write(
        self, head: str, body: Sequence[Node] | None = None, other: Sequence[Node] = ()
    ) -> None:
        self.made[1] += 1
        self.nodes.append(Node(head, list(body or ()), list(other)))

    @property
    def count(self) -> int:
        """How many statements the program has so far."""
        return self.made[1]

    def of_shape(self, shape: Shape) -> list[str]:
        return [text for text, found in self.arrays.items() if found == shape]

    def names(self, shape: Shape) -> list[str]:
        """The arrays of a shape that are plain names."""
        return [text for text in self.of_shape(shape) if text.isidentifier()]

    def array(self, ndim: int | None = None) -> tuple[str, Shape]:
        """Some array; late ones are more likely."""
        found = [(t, s) for t, s in self.arrays.items() if ndim is None or len(s) == ndim]
        return self.choose(found + found[-4:])

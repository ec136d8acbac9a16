"""The ground of the specialiser: what it knows, and what its parts ask of each other."""

from __future__ import annotations

from typing import Any

from srcgrad.analysis.builder import Builder
from srcgrad.analysis.externals import Externals
from srcgrad.analysis.guards import Guards
from srcgrad.analysis.memory import Cell, Memory
from srcgrad.analysis.values import (
    Pack,
    Value,
    is_instance,
    kind_of_value,
    materialise,
)
from srcgrad.errors import NotKnownError
from srcgrad.frontend import lower
from srcgrad.ir import Atom, Block, Const, Origin, Var
from srcgrad.kinds import Dim, NotStaticError, Num, Str, Tuple


class Ground:
    """What the specialiser knows while it runs, and what its parts ask of each other."""

    place: Origin | None = None  # of all that is emitted, if it is not each statement's own
    unrolled = False  # whether all loops are written out that are short
    exact = True  # whether to insist on knowing keys, for as long as loops can be written out
    env: dict[Var, Value]
    _privacy: dict[Any, Any]

    def __init__(self, builder: Builder, guards: Guards, externals: Externals) -> None:
        self.builder = builder
        self.guards = guards
        self.externals = externals
        self.memory = Memory(builder)
        self.marker: object = None
        self.resized: set[Any] = set()
        self.latest: set[Any] = set()
        self.walked: dict[Var, Value] = {}
        self.computed: set[Cell] = set()
        self.stepwise: set[Cell] = set()
        self.env = {}
        self.frames: list[Any] = []
        self.active: list[lower.Lowered] = []
        self.calling: list[object] = []
        self._lowered: dict[object, lower.Lowered] = {}
        self._inside: dict[object, Any] = {}
        self.unpacked: dict[Any, Value] = {}
        self.caught: set[Value] = set()
        self.trying = 0
        self._privacy = {}

    def atom(self, value: Value) -> Atom:
        if self.exact and self.guards.scope is not None and _holds_objects(value):
            raise NotKnownError(
                "objects of which only a run knows which one is which",
                why="what their attributes are must be known when compiling",
                fix="make the objects one by one, or in a loop over a list of known length",
            )
        made = materialise(value, self.builder)
        if isinstance(value, Pack) and isinstance(made, Var) and self.memory.live:
            self.memory.new(made, self.memory.cells(value))
        return made

    def body(self, block: Block, env: dict[Var, Value]) -> list[Value]:
        raise NotImplementedError

    def external(self, name: str, holder: Any, fetch: str, current: Any) -> Value:
        """What an outside name stands for; its memory is nobody's to write into."""
        value = self.externals.value(name, holder, fetch, current)
        place = self.memory.reference(value)
        if place is not None:
            place.cell.outside = f"{name}, which comes from outside"
        return value

    def text(self, value: Value) -> Value:
        """A string from an argument as the constant that it is in the call compiled for."""
        kind = value.kind if isinstance(value, Var) else None
        known = self.guards.text(kind) if isinstance(kind, Str) else None
        return value if known is None else Const(known)

    def known_key(self, value: Value) -> Value:
        """A key of a dict as the constant that it is in the call compiled for, if a guard fixes it.

        Keys are strings, whole numbers, and tuples of them.
        """
        kind = kind_of_value(value)
        if isinstance(kind, Tuple) and not isinstance(value, Const):
            parts = [
                self.known_key(self.element(value, Const(i))) for i in range(len(kind.elements))
            ]
            known = [p.value for p in parts if isinstance(p, Const)]
            plain = kind.cls is tuple and len(known) == len(parts)
            return Const(tuple(known)) if plain else value
        return self.known_number(self.text(value))

    def known_number(self, value: Value) -> Value:
        """An int that the guard can fix as the constant that it is in the call compiled for."""
        kind = value.kind if isinstance(value, Var) else None
        if not (isinstance(kind, Num) and kind.is_scalar and isinstance(kind.value, Dim)):
            return value
        try:
            return Const(self.guards.value(kind))
        except NotStaticError:
            return value

    def has_attribute(self, owner: Value, name: str) -> bool | None:
        """hasattr(owner, name); None if only a run knows."""
        raise NotImplementedError

    def store_attribute(self, owner: Value, name: str, value: Value, op: Any) -> None:
        """owner.name = value, or owner.name op= value"""
        raise NotImplementedError

    def updated(self, op: Any, old: Value, value: Value) -> Value | None:
        """`old op= value` where the class of the one or the other says what that is."""
        raise NotImplementedError

    def tested(self, value: Value) -> Value:
        """What a test of a value looks at: of an object what its class says, if anything."""
        raise NotImplementedError

    def _special_method(self, value: Value, name: str) -> Value | None:
        """A method with a reserved name of an object, bound to it; None if it has none."""
        raise NotImplementedError

    def call(self, function: Value, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """Call what a value stands for."""
        raise NotImplementedError

    def is_inside(self, value: Value) -> bool:
        """Whether a value lies in memory that the function may write into."""
        place = self.memory.reference(value)
        return place is None or place.cell.outside is None

    def numbers(self, bounds: list[Value]) -> Value:
        """The list of the numbers of a range."""
        raise NotImplementedError

    def _walked(self, value: Value) -> Value:
        """What is walked through where a value is: of an iterator or an object, its elements."""
        raise NotImplementedError

    def element(self, owner: Value, index: Value) -> Value:
        """owner[index]"""
        raise NotImplementedError

    def operation(self, op: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """What an operation of the lowered function gives."""
        raise NotImplementedError

    def value(self, atom: Atom) -> Value:
        """What an atom of the lowered function stands for, as it is now."""
        raise NotImplementedError

    def _kept(self, value: Value, operands: list[Value]) -> Value:
        """A result with its place in memory."""
        raise NotImplementedError

    def append(self, owner: Value, value: Value) -> None:
        """owner.append(value)"""
        raise NotImplementedError

    def insert(self, owner: Value, index: Value, value: Value) -> None:
        """owner.insert(index, value)"""
        raise NotImplementedError

    def pop(self, owner: Value, index: Value) -> Value:
        """owner.pop(index)"""
        raise NotImplementedError

    def key_of(self, value: Value) -> Any:
        """A key or an index, which has to be known."""
        raise NotImplementedError

    def _opaque_call(self, op: Any, atoms: tuple[Atom, ...], keywords: tuple[str, ...]) -> Value:
        """A call of which nothing is known."""
        raise NotImplementedError

    def extend(self, owner: Value, values: Value) -> None:
        """owner.extend(values)"""
        raise NotImplementedError

    def delete(self, owner: Value, index: Value) -> None:
        """del owner[index]"""
        raise NotImplementedError

    def in_place(self, op: Any, old: Value, value: Value) -> Value:
        """What `old` is after `old op= value`."""
        raise NotImplementedError

    def _call_static(self, function: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """Call a function that is known when compiling."""
        raise NotImplementedError

    @property
    def raised(self) -> bool:
        """Whether the current block ends in a raise."""
        raise NotImplementedError


def _holds_objects(value: Value) -> bool:
    """Whether a value is, or has in it, an object whose attributes are known one by one."""
    return is_instance(value) or (
        isinstance(value, Pack) and any(map(_holds_objects, value.values))
    )

"""Specialise a lowered function to the kinds of its arguments.

One walk resolves every name and operation to an object, gives every value a kind, takes the
branch of every test that is known, and inlines the user's functions. What comes out is plain:
primitives on variables and constants, branches, loops.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from srcgrad import ir
from srcgrad.analysis.iteration import LoopSpecialiser
from srcgrad.analysis.private import Privacy
from srcgrad.analysis.values import (
    Local,
    Once,
    Pack,
    Value,
    kind_of_value,
)
from srcgrad.errors import LostError, NotKnownError, SrcgradError, UnsupportedError
from srcgrad.frontend.lower import Lowered
from srcgrad.ir import Atom, Bind, Const, Effect, If, Loop, Raise, Stmt, Var
from srcgrad.kinds import (
    Dict,
    List,
    NotStaticError,
    Num,
    Object,
    Str,
    Tuple,
    Unknown,
    integer,
)

SHAPE = ("shape", "ndim", "size", "dtype")
"""Attributes of an array that no store changes."""


class Specialiser(LoopSpecialiser):
    """Specialises one function and everything it calls.

    `place` is the origin of all that is emitted, if it is not each statement's own: that of the
    user's statement which a rule is spliced in for.
    """

    _privacy: dict[Lowered, Privacy]

    def statement(self, s: Stmt) -> None:
        origin, self.builder.origin = (
            self.builder.origin,
            self.place or s.origin or self.builder.origin,
        )
        try:
            self._dispatch(s)
        except SrcgradError as error:
            where = self.place or s.origin
            raise error.at(where.location if where else None) from None
        finally:
            self.builder.origin = origin

    def _dispatch(self, s: Stmt) -> None:
        match s:
            case Bind(target, op, args, keywords):
                values = [self._asked(op, a) for a in args]
                if isinstance(op, ir.InPlace):
                    result = self._in_place(op, values, s)
                else:
                    result = self.operation(op, values, keywords)
                self.env[target] = self._named(self._kept(result, values), target)
            case Effect(ir.Store()) if not self.memory.live:
                raise UnsupportedError("a store inside a rule", fix="write the rule without one")
            case Effect(ir.Store(op), args):
                owner, index, value = (self.value(a) for a in args)
                if op is None:
                    self.store(owner, index, value)
                else:
                    self.store_augmented(op, owner, index, value)
            case Effect(ir.StoreAttr(name, op), args):
                owner, value = (self.value(a) for a in args)
                self.store_attribute(owner, name, value, op)
            case ir.Try():
                self._try(s)
            case ir.Rescue():
                self._rescue(s)
            case Effect(ir.Region() | ir.Leave() as op, args):
                self.leave(op)
            case If():
                self._if(s)
            case Loop():
                self._loop(s)
            case Raise(exception, cause):
                atoms = [
                    None if a is None else self.atom(self.value(a)) for a in (exception, cause)
                ]
                self.builder.stmts.append(Raise(*atoms, origin=s.origin))
            case _:
                raise AssertionError(f"not a lowered statement: {s}")

    def _asked(self, op: Any, atom: Atom) -> Value:
        """An operand as it is now; of an array whose content is lost, its shape can be asked."""
        try:
            return self.value(atom)
        except LostError:
            found = self._first(atom) if isinstance(op, ir.GetAttr) and op.name in SHAPE else None
            if found is None:
                raise
            return found

    def _first(self, atom: Atom) -> Value | None:
        """The array that a variable is a version of, as it was first."""
        place = self.memory.reference(self.env[atom]) if isinstance(atom, Var) else None
        first = place.cell.first if place is not None and not place.steps else None
        return first if isinstance(first, Var) and isinstance(first.kind, Num) else None

    def _kept(self, value: Value, operands: list[Value]) -> Value:
        """A result with its place in memory: a new list has memory of its own."""
        if isinstance(value, Pack) and value.cell is None and not issubclass(value.cls, tuple):
            cell = self.memory.new(value)
            cell.first = value = Pack(value.cls, value.values, value.keys, cell)
        self.memory.note(value)
        return value

    def _named(self, value: Value, target: Var) -> Value:
        """Let a value that has no name take the user's name for it."""
        if isinstance(value, Var) and value.hint is None and target.hint:
            value.hint = target.hint
        if isinstance(value, Pack) and value.cell is not None:
            value.cell.hint = value.cell.hint or target.hint
        return value

    # operations

    def operation(self, op: Any, args: list[Value], keywords: tuple[str, ...]) -> Value:
        if isinstance(op, ir.Call | ir.Display) and op.stars:
            args = self._spread(args, op.stars)
        match op:
            case ir.Load(name):
                return self.load(name)
            case ir.GetAttr(name):
                return self.attribute(args[0], name)
            case ir.Call():
                args, keywords = self._entries(args, keywords)
                return self.call(args[0], args[1:], keywords)
            case ir.Itself():
                return self._itself()
            case ir.Enter():
                return self.enter(args[0])
            case ir.Unpack():
                return self._unpack(op, args[0])
            case ir.Display(cls):
                return self._display(cls, args)
            case ir.Closure():
                return Local(op, tuple(args))
            case ir.Format() if all(isinstance(a, Const) for a in args):
                return Const(_formatted(op, [a.value for a in args if isinstance(a, Const)]))
            case ir.Format():
                return self.builder.bind(op, tuple(map(self.atom, args)), Str())
        if op is operator.getitem:
            return self.element(args[0], args[1])
        if op in (operator.is_, operator.is_not):
            return self.identity(op, args)
        return self.primitive(op, args)

    def _itself(self) -> Value:
        """The nested function that is being called."""
        if not self.itself:
            raise UnsupportedError(
                "a second derivative of a function that calls itself",
                why="its first derivative makes functions while it runs, which are read no further",
                fix="write it as a loop",
            )
        return self.itself[-1]

    def _entries(
        self, args: list[Value], keywords: tuple[str, ...]
    ) -> tuple[list[Value], tuple[str, ...]]:
        """The arguments of a call with double-starred ones replaced by their entries."""
        if ir.ENTRIES not in keywords:
            return args, keywords
        split = len(args) - len(keywords)
        values, names = list(args[:split]), list[str]()
        for name, value in zip(keywords, args[split:], strict=True):
            if name != ir.ENTRIES:
                values.append(value)
                names.append(name)
                continue
            kind = kind_of_value(value)
            if not isinstance(kind, Dict):
                raise NotKnownError(
                    "a double-starred argument whose entries are not known",
                    why="which arguments it stands for must be known when compiling",
                    fix="write the arguments out",
                )
            values += [self.element(value, Const(k)) for k in kind.keys]
            names += map(str, kind.keys)
        return values, tuple(names)

    def _spread(self, args: list[Value], stars: tuple[int, ...]) -> list[Value]:
        """The arguments with starred ones replaced by their elements."""
        spread: list[Value] = []
        for i, value in enumerate(args):
            pack = self.as_pack(value) if i in stars else Pack(tuple, (value,))
            if pack is None:
                raise NotKnownError(
                    "a starred argument whose length is not known",
                    why="how many arguments it stands for must be known when compiling",
                    fix="write the arguments out",
                )
            spread += [Const(k) for k in pack.keys] if pack.keys is not None else pack.values
        return spread

    def _display(self, cls: type, args: list[Value]) -> Value:
        if cls is not dict:
            return Pack(cls, tuple(args))
        keys = [self.known_key(k) for k in args[::2]]
        if all(isinstance(k, Const) for k in keys):
            return Pack(
                dict, tuple(args[1::2]), tuple(k.value for k in keys if isinstance(k, Const))
            )
        raise NotKnownError(
            "a dict with a key that is not known when compiling",
            why="its entries cannot be told apart",
            fix="use a list, or constant keys",
        )

    def _in_place(self, op: ir.InPlace, args: list[Value], s: Bind) -> Value:
        kind = kind_of_value(args[0])
        if isinstance(kind, Unknown) and not self.privacy().is_private(s):
            raise UnsupportedError(
                f"an update in place of a value of kind {kind}",
                why="if it is an array it changes, and if it is a number it does not",
                fix="pass example arguments, or write y = y + x, which makes a new one",
            )
        return self.in_place(op.op, args[0], args[1])

    def privacy(self) -> Privacy:
        """Which values of the function being specialised have no second name."""
        lowered = self.active[-1]
        if lowered not in self._privacy:
            self._privacy[lowered] = Privacy(lowered.body)
        return self._privacy[lowered]

    def _unpack(self, op: ir.Unpack, value: Value) -> Value:
        value = self._unpackable(value, op)
        if op.star is None:
            self._check_count(op, value)
            return self.element(value, Const(op.index))
        if isinstance(value, Pack):
            size = len(value.values) - op.count + 1
            if size < 0:
                raise _bad_count(len(value.values), op.count - 1)
            start = op.index if op.index <= op.star else op.index + size - 1
            if op.index == op.star:
                return Pack(list, value.values[start : start + size])
            return value.values[start]
        pack = self.as_pack(value)
        if pack is None:
            raise NotKnownError(
                "a starred target for a sequence whose length is not known",
                why="the list it takes has no fixed length",
                fix="use slices such as x[0] and x[1:]",
            )
        return self._unpack(op, pack)

    def _unpackable(self, value: Value, op: ir.Unpack) -> Value:
        """What is unpacked: of a dict its keys, of an object or an iterator what it walks through.

        An iterator is consumed for the first of the targets.
        """
        if isinstance(kind_of_value(value), Object):
            return self._walked(value)
        if isinstance(value, Pack) and issubclass(value.cls, Once):
            if op.index == 0:
                self.unpacked[value.cell] = self.consumed(value)
            value = self.unpacked[value.cell]
        if isinstance(value, Pack) and value.keys is not None:
            return Pack(list, tuple(Const(k) for k in value.keys))
        kind = kind_of_value(value)
        return Pack(list, tuple(map(Const, kind.keys))) if isinstance(kind, Dict) else value

    def _check_count(self, op: ir.Unpack, value: Value) -> None:
        kind = kind_of_value(value)
        size = len(kind.elements) if isinstance(kind, Tuple) else None
        if isinstance(value, Pack):
            size = len(value.values)
        if isinstance(kind, List) and kind.elements is not None and op.index == 0:
            size = len(self.guards.length(kind))
        if isinstance(kind, Num) and kind.dims and op.index == 0:
            size = self._array_length(kind)
        if size is not None and size != op.count:
            raise _bad_count(size, op.count)

    def _array_length(self, kind: Num) -> int | None:
        try:
            return int(self.guards.value(integer(kind.dims[0]))) if kind.dims else None
        except NotStaticError:
            return None


def _formatted(op: ir.Format, values: list[Any]) -> str:
    """An f-string of constants."""
    convert: dict[int, Callable[[Any], Any]] = {-1: lambda v: v, 115: str, 114: repr, 97: ascii}
    parts = zip(values, op.conversions, op.specs, op.texts[1:], strict=True)
    return op.texts[0] + "".join(format(convert[c](v), s) + text for v, c, s, text in parts)


def _bad_count(size: int, count: int) -> UnsupportedError:
    return UnsupportedError(
        f"unpacking {size} values into {count} names",
        why="the function itself would raise ValueError",
        fix="name every value",
    )

"""Builds IR: every operation is given a kind, and a simpler form where the rules know one."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.join import join
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.ir import Atom, Bind, Block, Const, Origin, Stmt, Var
from srcgrad.kinds import (
    BOTTOM,
    UNKNOWN,
    Dict,
    Dim,
    Dims,
    Kind,
    List,
    Num,
    Questions,
    Slice,
    Static,
    Tuple,
    integer,
    scalar,
)
from srcgrad.rules import algebra
from srcgrad.rules.table import Primitive, lookup
from srcgrad.runtime import owned
from srcgrad.walk import statements

FOLDABLE = (int, float, bool, str, type(None))


def kind_of_constant(value: Any) -> Kind:
    """The kind of a value known when compiling."""
    if isinstance(value, ir.Undefined):
        return BOTTOM
    if type(value) is int:
        return integer(value)
    if isinstance(value, np.number | np.bool_):
        return Num(value.dtype, (), value=value.item() if value.dtype.kind == "b" else None)
    if type(value) in (float, bool, complex):
        plain = scalar(type(value))
        return Num(plain.dtype, (), weak=True, value=value)
    if isinstance(value, tuple):
        return Tuple(tuple(map(kind_of_constant, value)))
    return Static(value)


def kind_of(atom: Atom) -> Kind:
    """The kind of a variable or constant."""
    return atom.kind if isinstance(atom, Var) else kind_of_constant(atom.value)


def constant_key(value: Any) -> object:
    """Constants with the same key are the same: 1, 1.0 and True are three, 0.0 and -0.0 two."""
    return (type(value), repr(value)) if isinstance(value, FOLDABLE) else id(value)


def atom_key(atom: Atom) -> object:
    return atom if isinstance(atom, Var) else constant_key(atom.value)


class Builder:
    """Appends statements to a block; the methods return the atoms that stand for the results.

    While `sharing`, equal expressions are computed once. `looping` counts the loops around.
    `sizes` tells where an argument has a dim.
    """

    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.stmts: list[Stmt] = []
        self.origin: Origin | None = None
        self.definitions: dict[Var, Bind] = {}
        self._scopes: list[dict[object, Atom]] = [{}]
        self.sharing = False
        self.looping = 0
        self.sizes: dict[Dim, tuple[Var, int]] = {}
        self.made: set[Var] = set()
        self.spare: set[Var] = set()
        self._items: dict[tuple[Var, Dims | None], Dims | None] = {}

    # statements

    def emit(self, op: Any, *args: Atom, hint: str | None = None) -> Atom:
        """The result of a primitive applied to all its operands, simplified where possible."""
        simpler = algebra.simplify(op, args, self)
        if simpler is not None:
            return simpler
        kind = self.infer(op, args)
        folded = self._fold(op, args, kind)
        if folded is not None:
            return folded
        if isinstance(op, ir.Display):
            shared = op.cls is tuple  # others may be changed
        else:
            shared = self.sharing
        if shared:
            return self.once(op, args, kind, hint)
        return self._new(op, args, kind, hint)

    def once(self, op: Any, args: tuple[Atom, ...], kind: Kind, hint: str | None = None) -> Atom:
        """The variable for an operation that may have been done before."""
        key = _key(op, args)
        for scope in reversed(self._scopes):
            if key in scope:
                return scope[key]
        return self._new(op, args, kind, hint)

    def _new(self, op: Any, args: tuple[Atom, ...], kind: Kind, hint: str | None) -> Var:
        target = self.bind(op, args, kind, hint)
        self._scopes[-1][_key(op, args)] = target
        return target

    def bind(self, op: Any, args: tuple[Atom, ...], kind: Kind, hint: str | None = None) -> Var:
        """A statement as it is, with nothing inferred."""
        target = Var(hint, kind)
        self.made.add(target)
        statement = Bind(target, op, args, origin=self.origin)
        self.definitions[target] = statement
        self.stmts.append(statement)
        return target

    def copied(self, value: Atom) -> Var:
        """A value under another variable, with memory of its own."""
        kind = kind_of(value)
        if isinstance(kind, Num) and kind.nullable:
            return self.bind(owned, (value,), kind)
        primitive = lookup(np.copy)
        assert primitive is not None
        return self.bind(np.copy, normalise(primitive, (value,)), kind)

    def simpler(self, op: Any, args: tuple[Atom, ...]) -> Atom | None:
        """A simpler atom for an operation that stands already, if there is one."""
        found = algebra.simplify(op, args, self)
        primitive = lookup(op)
        if (
            found is None
            and primitive is not None
            and primitive.cheap
            and all(map(_is_plain, args))
        ):
            return _evaluate(op, args)
        return found

    def maker(self, atom: Atom) -> Bind | None:
        """The statement that made a variable by an ordinary call, if one did."""
        for s in statements(Block(self.stmts)) if isinstance(atom, Var) else ():
            if isinstance(s, Bind) and s.target is atom:
                return s
        return self.definitions.get(atom) if isinstance(atom, Var) else None

    def call(self, op: Any, args: tuple[Atom, ...], keywords: tuple[str, ...] = ()) -> Atom:
        """Like `emit`, with the operands as the user passed them."""
        primitive = lookup(op)
        assert primitive is not None
        return self.emit(op, *normalise(primitive, args, keywords))

    # scopes

    @contextmanager
    def block(self) -> Iterator[Block]:
        """Collect statements in a block of their own; what is shared there stays there."""
        block = Block()
        outer, self.stmts = self.stmts, block.stmts
        self._scopes.append({})
        try:
            yield block
        finally:
            self.stmts = outer
            self._scopes.pop()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Compute what is equal once, for a while."""
        outer, self.sharing = self.sharing, True
        try:
            yield
        finally:
            self.sharing = outer

    @contextmanager
    def inside(self, block: Block) -> Iterator[None]:
        """Append to a block that was collected before; what is shared stays there."""
        outer, self.stmts = self.stmts, block.stmts
        self._scopes.append({})
        try:
            yield
        finally:
            self.stmts = outer
            self._scopes.pop()

    def forget(self, count: int) -> None:
        """Drop all statements of the current block but the first ones."""
        gone = {s.target for s in statements(Block(self.stmts[count:])) if isinstance(s, Bind)}
        del self.stmts[count:]
        for scope in self._scopes:
            for key in [k for k, v in scope.items() if v in gone]:
                del scope[key]

    def remember(self, statement: Bind) -> None:
        """Let an existing statement be found by `emit` (within the current scope)."""
        self.definitions[statement.target] = statement
        self._scopes[-1].setdefault(_key(statement.op, statement.args), statement.target)

    # inference

    def infer(self, op: Any, args: tuple[Atom, ...]) -> Kind:
        """The kind of an operation's result."""
        kinds = tuple(map(kind_of, args))
        if op is slice:
            return Slice(*_bounds(kinds))
        if isinstance(op, ir.Display):
            return display_kind(op, kinds, args)
        primitive = lookup(op)
        if primitive is None:
            return UNKNOWN
        try:
            kind = primitive.kind(self.questions, *kinds)
            return self._as_before(args, kind) if op is operator.getitem else kind
        except SrcgradError:
            raise
        except Exception:  # operands that do not fit: the error belongs to the run
            return UNKNOWN

    def _as_before(self, args: tuple[Atom, ...], kind: Kind) -> Kind:
        """An item's kind with the dims that the same index of such an array has had before."""
        owner, index = args
        base = kind_of(owner)
        if not isinstance(kind, Num) or not isinstance(base, Num) or not isinstance(index, Var):
            return kind
        dims = self._items.setdefault((index, base.dims), kind.dims)
        return kind if dims == kind.dims else replace(kind, dims=dims)

    def _fold(self, op: Any, args: tuple[Atom, ...], kind: Kind) -> Atom | None:
        """The constant that an operation comes to, if it is known."""
        if isinstance(kind, Static):
            return Const(kind.value)
        if isinstance(kind, Num) and kind.weak and kind.value is not None:
            value = kind.value.static if isinstance(kind.value, Dim) else kind.value
            if value is not None:
                return Const(value)
        primitive = lookup(op)
        if primitive is not None and primitive.cheap and all(_is_plain(a) for a in args):
            return _evaluate(op, args)
        return None


def _key(op: Any, args: tuple[Atom, ...]) -> tuple[object, ...]:
    """Operations with the same key are the same."""
    return (op if isinstance(op, ir.GetAttr | ir.Display) else id(op), *map(atom_key, args))


def _bounds(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The start, stop and step of a slice made from one, two or three."""
    none = Static(None)
    return (none, *kinds, none) if len(kinds) == 1 else (*kinds, *[none] * (3 - len(kinds)))


def _is_plain(atom: Atom) -> bool:
    return isinstance(atom, Const) and isinstance(atom.value, FOLDABLE)


def _evaluate(op: Any, args: tuple[Atom, ...]) -> Const | None:
    try:
        value = op(*(a.value for a in args if isinstance(a, Const)))
    except Exception:  # the error belongs to the run, not to the compiler
        return None
    if type(value) is float and len(repr(value)) > 6:
        return None
    return Const(value) if type(value) in FOLDABLE else None


def display_kind(op: ir.Display, kinds: tuple[Kind, ...], args: tuple[Atom, ...]) -> Kind:
    """The kind of a tuple, list or dict written out."""
    if issubclass(op.cls, tuple):
        return Tuple(kinds, op.cls)
    if issubclass(op.cls, list):
        return List(_element(kinds), Dim.of(len(kinds)), kinds)
    keys = tuple(a.value if isinstance(a, Const) else a for a in args[::2])
    return Dict(keys, kinds[1::2])


def _element(kinds: tuple[Kind, ...]) -> Kind:
    """The kind that fits every element of a list."""
    return reduce(join, kinds) if kinds else BOTTOM


def normalise(
    primitive: Primitive, args: tuple[Atom, ...], keywords: tuple[str, ...] = ()
) -> tuple[Atom, ...]:
    """The operands of a primitive in the order of its parameters, defaults filled in."""
    if primitive.variadic:
        if keywords:
            raise _bad_argument(primitive, keywords[0])
        return args
    positional = args[: len(args) - len(keywords)]
    if len(positional) > len(primitive.parameters):
        raise _bad_argument(primitive, f"number {len(primitive.parameters) + 1}")
    given = dict(zip(primitive.parameters, positional, strict=False))
    for name, atom in zip(keywords, args[len(positional) :], strict=True):
        if name not in primitive.parameters:
            raise _bad_argument(primitive, name)
        given[name] = atom
    return tuple(_argument(primitive, name, given) for name in primitive.parameters)


def _argument(primitive: Primitive, name: str, given: dict[str, Atom]) -> Atom:
    if name in given:
        return given[name]
    if name in primitive.defaults:
        return Const(primitive.defaults[name])
    raise UnsupportedError(
        f"{primitive.name or primitive.op} without its argument {name!r}",
        why="the call itself would fail",
        fix=f"pass {name}",
    )


def _bad_argument(primitive: Primitive, name: str) -> SrcgradError:
    return UnsupportedError(
        f"the argument {name!r} of {primitive.name or primitive.op.__name__} is not supported",
        why=f"the rule for it knows {', '.join(primitive.parameters)}",
        fix="leave the argument out",
    )

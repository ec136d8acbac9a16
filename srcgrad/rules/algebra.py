"""Algebraic identities: the simpler form of an operation, where there is one.

Each identity holds for every value of the operands' kinds, up to the sign of zero and to NaN and
infinity times zero, which a derivative's zero factors rule out.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Protocol

from srcgrad.ir import Atom, Bind, Const, Var
from srcgrad.kinds import Num


class Emitter(Protocol):
    """What an identity may use: emit an operation, and see how an operand was made."""

    definitions: dict[Var, Bind]

    def emit(self, op: Any, *args: Atom, hint: str | None = None) -> Atom: ...


Identity = Callable[..., Atom | None]
_identities: dict[int, Identity] = {}


def identity(op: Any) -> Callable[[Identity], Identity]:
    def register(function: Identity) -> Identity:
        _identities[id(op)] = function
        return function

    return register


def simplify(op: Any, args: tuple[Atom, ...], b: Emitter) -> Atom | None:
    """A simpler atom that equals op(*args), or None."""
    found = _identities.get(id(op))
    return found(b, *args) if found else None


def is_number(atom: Atom, value: float) -> bool:
    """Whether an atom is this Python number (of any type but bool)."""
    return isinstance(atom, Const) and type(atom.value) in (int, float) and atom.value == value


def is_float(atom: Atom) -> bool:
    """Whether an atom is surely a float already, so that `1.0 *` does nothing to it."""
    if isinstance(atom, Const):
        return type(atom.value) is float
    return isinstance(atom.kind, Num) and atom.kind.is_float


def is_integer(atom: Atom) -> bool:
    """Whether an atom is surely an int, or an array of them."""
    if isinstance(atom, Const):
        return type(atom.value) is int
    return isinstance(atom.kind, Num) and atom.kind.dtype.kind == "i"


def made_by(b: Emitter, atom: Atom, op: Any) -> tuple[Atom, ...] | None:
    """The operands of the operation that made an atom, if it was `op`."""
    bind = b.definitions.get(atom) if isinstance(atom, Var) else None
    return bind.args if bind is not None and bind.op is op else None


def is_temporary(atom: Atom) -> bool:
    """Whether the user has no name for it, so that taking it apart loses nothing."""
    return isinstance(atom, Var) and atom.hint is None


@identity(operator.mul)
def times(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    for one, other in ((x, y), (y, x)):
        if is_number(one, 1) and (is_float(other) or (is_integer(one) and is_integer(other))):
            return other
        if is_number(one, -1) and is_float(other):
            return b.emit(operator.neg, other)
    return None


@identity(operator.add)
def plus(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    for zero, other in ((x, y), (y, x)):
        if is_number(zero, 0) and is_float(other):
            return other
    return None


@identity(operator.sub)
def minus(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    if is_number(y, 0) and is_float(x):
        return x
    return None


@identity(operator.truediv)
def over(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    return x if is_number(y, 1) and is_float(x) else None


@identity(operator.pow)
def to_power(b: Emitter, x: Atom, p: Atom) -> Atom | None:
    return x if is_number(p, 1) and is_float(x) else None


@identity(operator.neg)
def negative(b: Emitter, x: Atom) -> Atom | None:
    if isinstance(x, Const) and type(x.value) in (int, float):
        return Const(-x.value)
    inner = made_by(b, x, operator.neg)
    return inner[0] if inner else None


def scale(b: Emitter, x_bar: Atom, partial: Atom) -> Atom:
    """`x_bar * partial`, written the way a person would."""
    if is_number(partial, 0) or is_number(x_bar, 0):
        return Const(0.0)
    quotient = made_by(b, partial, operator.truediv)
    if quotient and is_temporary(partial):
        return b.emit(operator.truediv, scale(b, x_bar, quotient[0]), quotient[1])
    inner = made_by(b, partial, operator.neg)
    if inner and is_temporary(partial):
        return b.emit(operator.neg, scale(b, x_bar, inner[0]))
    if made_by(b, x_bar, operator.neg) and is_number(partial, -1):
        return made_by(b, x_bar, operator.neg)[0]  # type: ignore[index]
    if isinstance(partial, Const):
        return b.emit(operator.mul, partial, x_bar)
    return b.emit(operator.mul, x_bar, partial)


def accumulate(b: Emitter, total: Atom, more: Atom, hint: str | None = None) -> Atom:
    """`total + more`, as a difference where `more` is a negation."""
    inner = made_by(b, more, operator.neg)
    if inner and is_temporary(more):
        return b.emit(operator.sub, total, inner[0], hint=hint)
    return b.emit(operator.add, total, more, hint=hint)

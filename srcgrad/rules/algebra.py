"""Algebraic identities: the simpler form of an operation, where there is one.

Each identity holds for every value of the operands' kinds, up to the sign of zero and to NaN and
infinity times zero, which a derivative's zero factors rule out.
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Callable, Container
from typing import Any, Protocol, TypeGuard

import numpy as np

from srcgrad.ir import Atom, Bind, Const, Display, Var
from srcgrad.kinds import Dim, List, Num, Tuple, Unknown
from srcgrad.rules.table import lookup
from srcgrad.runtime import add_lists


class Emitter(Protocol):
    """What an identity may use: emit an operation, and see how an operand was made."""

    definitions: dict[Var, Bind]
    sizes: dict[Dim, tuple[Var, int]]

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
    return (
        isinstance(atom, Const) and type(atom.value) in (int, float) and bool(atom.value == value)
    )


def is_float(atom: Atom) -> bool:
    """Whether an atom is surely a float already, so that `1.0 *` does nothing to it."""
    if isinstance(atom, Const):
        return type(atom.value) is float
    kind = atom.kind
    perhaps = isinstance(kind, Num) and kind.mixed and kind.weak  # it may be an int after all
    return isinstance(kind, Num) and kind.is_float and not perhaps


def is_integer(atom: Atom) -> bool:
    """Whether an atom is surely an int, or an array of them."""
    if isinstance(atom, Const):
        return type(atom.value) is int
    return isinstance(atom.kind, Num) and atom.kind.dtype.kind == "i"


def made_by(b: Emitter, atom: Atom, op: Any) -> tuple[Atom, ...] | None:
    """The operands of the operation that made an atom, if it was `op`."""
    bind = b.definitions.get(atom) if isinstance(atom, Var) else None
    return bind.args if bind is not None and bind.op is op else None


def is_none(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is None


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
    if _is_power_of_two(x):
        factors = made_by(b, y, operator.mul)
        if factors and is_temporary(y) and _is_number_of_python(factors[0]):
            return b.emit(operator.mul, Const(x.value * factors[0].value), factors[1])
    return None


def _is_number_of_python(atom: Atom) -> TypeGuard[Const]:
    return isinstance(atom, Const) and type(atom.value) in (int, float)


def _is_power_of_two(atom: Atom) -> TypeGuard[Const]:
    """Whether a product with a number is exact, and so may be taken in any order."""
    if not _is_number_of_python(atom) or not math.isfinite(atom.value):
        return False
    return abs(math.frexp(atom.value)[0]) == 0.5 and 0.1 < abs(atom.value) < 100


@identity(operator.add)
def plus(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    for zero, other in ((x, y), (y, x)):
        if is_number(zero, 0) and (is_float(other) or is_integer(other)):
            return other
    if isinstance(y, Const) and type(y.value) is int and isinstance(x, Var):
        again = shifted(b, x, y.value)
        if again is None and y.value < 0:
            return b.emit(operator.sub, x, Const(-y.value))
        return again
    return None


def shifted(b: Emitter, x: Atom, by: int) -> Atom | None:
    """An int that was shifted by a constant already, shifted once more."""
    for op, sign in ((operator.add, 1), (operator.sub, -1)):
        made = made_by(b, x, op)
        constant = made[1] if made else None
        if made and is_integer(x) and isinstance(constant, Const) and type(constant.value) is int:
            return b.emit(operator.add, made[0], Const(sign * constant.value + by))
    return None


@identity(np.reshape)
def reshape(b: Emitter, x: Atom, new: Atom, *rest: Atom) -> Atom | None:
    """Into the shape that it has, or that it had before an axis was put in."""
    if _has_shape(x, new):
        return x
    made = made_by(b, x, np.expand_dims)
    shape = made_by(b, new, np.shape)
    if made and shape and isinstance(made[0], Var) and isinstance(shape[0], Var):
        return made[0] if _same_dims(made[0], shape[0]) else None
    return None


@identity(operator.sub)
def minus(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    if isinstance(y, Const) and type(y.value) is int and isinstance(x, Var):
        again = shifted(b, x, -y.value)
        if again is not None:
            return again
    return x if is_number(y, 0) and (is_float(x) or is_integer(x)) else None


@identity(operator.truediv)
def over(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    return x if is_number(y, 1) and is_float(x) else None


@identity(operator.pow)
def to_power(b: Emitter, x: Atom, p: Atom) -> Atom | None:
    return (
        x
        if is_number(p, 1) and (is_float(x) or (isinstance(x, Var) and isinstance(x.kind, Unknown)))
        else None
    )


@identity(operator.neg)
def negative(b: Emitter, x: Atom) -> Atom | None:
    if isinstance(x, Const) and type(x.value) in (int, float):
        return Const(-x.value)
    inner = made_by(b, x, operator.neg)
    if inner:
        return inner[0]
    factors = made_by(b, x, operator.mul) if is_temporary(x) else None
    if factors and _is_number_of_python(factors[0]) and factors[0].value < 0:
        return b.emit(operator.mul, Const(-factors[0].value), factors[1])
    return None


def scale(b: Emitter, x_bar: Atom, partial: Atom, whole: Container[Atom] = ()) -> Atom:
    """`x_bar * partial`, written the way a person would; quotients in `whole` are there already."""
    if is_number(partial, 0) or is_number(x_bar, 0):
        return Const(0.0)
    if is_number(partial, 1):
        return x_bar
    negated = made_by(b, x_bar, operator.neg)
    if negated and is_temporary(x_bar):
        return b.emit(operator.neg, scale(b, negated[0], partial, whole))
    masked = made_by(b, x_bar, np.where)
    if masked and is_temporary(x_bar) and not isinstance(partial, Const):
        parts = [a if is_number(a, 0) else scale(b, a, partial, whole) for a in masked[1:]]
        return (
            b.emit(np.where, masked[0], *parts)
            if any(is_number(a, 0) for a in parts)
            else b.emit(operator.mul, x_bar, partial)
        )
    factors = made_by(b, partial, operator.mul)
    if factors and is_temporary(partial) and isinstance(factors[0], Const) and is_scalar(x_bar):
        return b.emit(operator.mul, _times_constant(b, factors[0], x_bar), factors[1])
    if factors and is_temporary(partial) and _is_inverse(b, factors[0]):
        return b.emit(operator.mul, scale(b, x_bar, factors[0]), factors[1])
    quotient = made_by(b, partial, operator.truediv)
    opened = partial not in whole or (quotient is not None and isinstance(quotient[0], Const))
    if quotient and is_temporary(partial) and opened:
        over_bar = scale(b, x_bar, quotient[0], whole)
        negative_part = made_by(b, over_bar, operator.neg)
        if negative_part and is_temporary(over_bar):
            return b.emit(operator.neg, b.emit(operator.truediv, negative_part[0], quotient[1]))
        return b.emit(operator.truediv, over_bar, quotient[1])
    inner = made_by(b, partial, operator.neg)
    if inner and is_temporary(partial):
        return b.emit(operator.neg, scale(b, x_bar, inner[0], whole))
    if isinstance(partial, Const):
        return b.emit(operator.mul, partial, x_bar)
    return b.emit(operator.mul, x_bar, partial)


def _is_inverse(b: Emitter, factor: Atom) -> bool:
    quotient = made_by(b, factor, operator.truediv)
    return quotient is not None and is_temporary(factor) and is_number(quotient[0], 1)


def _times_constant(b: Emitter, factor: Atom, x: Atom) -> Atom:
    """A constant times a number, put into the number's numerator if it has one."""
    quotient = made_by(b, x, operator.truediv)
    if quotient and isinstance(quotient[0], Const):
        return b.emit(operator.truediv, b.emit(operator.mul, factor, quotient[0]), quotient[1])
    return b.emit(operator.mul, factor, x)


def is_scalar(atom: Atom) -> bool:
    """Whether an atom is surely one number."""
    kind = atom.kind if isinstance(atom, Var) else None
    return kind is None or (isinstance(kind, Num) and kind.is_scalar)


@identity(operator.getitem)
def item(b: Emitter, owner: Atom, index: Atom) -> Atom | None:
    """An element of a tuple or list that has just been made."""
    made = b.definitions.get(owner) if isinstance(owner, Var) else None
    if made is None or not isinstance(made.op, Display) or made.op.cls is dict:
        return None
    if (
        isinstance(index, Const)
        and type(index.value) is int
        and -len(made.args) <= index.value < len(made.args)
    ):
        return made.args[index.value]
    return None


def _has_shape(x: Atom, new: Atom) -> bool:
    """Whether an array has a shape already."""
    kind, wanted = (
        x.kind if isinstance(x, Var) else None,
        new.kind if isinstance(new, Var) else None,
    )
    if not (isinstance(kind, Num) and kind.dims and isinstance(wanted, Tuple)):
        return False
    return list(kind.dims) == [k.value if isinstance(k, Num) else None for k in wanted.elements]


@identity(operator.matmul)
def times_matrix(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    """A product with the unit matrix."""
    for unit, other in ((x, y), (y, x)):
        made = made_by(b, unit, np.eye)
        square = made and is_none(made[1]) and is_number(made[2], 0)
        if square and isinstance(other, Var) and is_float(other):
            return other
    return _scaled_rows(b, x, y)


def _scaled_rows(b: Emitter, x: Atom, y: Atom) -> Atom | None:
    """(the unit matrix * a vector) @ a matrix or a vector"""
    rank = len(y.kind.dims or ()) if isinstance(y, Var) and isinstance(y.kind, Num) else 0
    factors_of_x = made_by(b, x, operator.mul) if rank in (1, 2) else None
    for unit, factors in itertools.permutations(factors_of_x) if factors_of_x else ():
        kind = factors.kind if isinstance(factors, Var) else None
        made = made_by(b, unit, np.eye)
        square = made and is_none(made[1]) and is_number(made[2], 0)
        if square and isinstance(kind, Num) and kind.dims is not None and len(kind.dims) == 1:
            column = b.emit(np.expand_dims, factors, Const(1)) if rank == 2 else factors
            return b.emit(operator.mul, column, y)
    return None


@identity(np.transpose)
def transpose(b: Emitter, x: Atom, axes: Atom | None = None) -> Atom | None:
    """Turned over twice."""
    inner = made_by(b, x, np.transpose)
    plain = axes is None or is_none(axes)
    return inner[0] if inner and plain and is_none(inner[1]) else None


@identity(np.shape)
def shape(b: Emitter, x: Atom) -> Atom | None:
    return _of_operand(b, np.shape, x)


@identity(np.size)
def size(b: Emitter, x: Atom, axis: Atom | None = None) -> Atom | None:
    return _of_operand(b, np.size, x) or _length(b, x)


def _of_operand(b: Emitter, op: Any, x: Atom) -> Atom | None:
    """The shape or size of an elementwise result is that of an operand, which is there anyway."""
    made = b.definitions.get(x) if isinstance(x, Var) else None
    primitive = lookup(made.op) if made else None
    if made is None or primitive is None or primitive.partials is None:
        return None
    for operand in made.args:
        if isinstance(operand, Var) and _same_dims(operand, x):
            return b.emit(op, operand)
    return None


def _length(b: Emitter, x: Atom) -> Atom | None:
    """The size of an unnamed vector, if an argument has that many elements along an axis."""
    kind = x.kind if isinstance(x, Var) and x.hint is None else None
    dims = kind.dims if isinstance(kind, Num) else None
    if dims is None or len(dims) != 1 or dims[0] not in b.sizes:
        return None
    owner, axis = b.sizes[dims[0]]
    if owner is x:
        return None
    return b.emit(operator.getitem, b.emit(np.shape, owner), Const(axis))


def _same_dims(a: Var, b: Atom) -> bool:
    k, m = a.kind, b.kind if isinstance(b, Var) else None
    return (
        isinstance(k, Num)
        and isinstance(m, Num)
        and k.dims is not None
        and k.dims == m.dims
        and bool(k.dims)
    )


def _opposite(b: Emitter, x: Atom) -> Atom | None:
    """What a term is the negative of, if it is written with a minus sign."""
    if isinstance(x, Const):
        return Const(-x.value) if type(x.value) in (int, float) and x.value < 0 else None
    inner = made_by(b, x, operator.neg)
    if inner and is_temporary(x):
        return inner[0]
    factors = made_by(b, x, operator.mul)
    if factors and is_temporary(x) and isinstance(factors[0], Const):
        positive = _opposite(b, factors[0])
        return None if positive is None else b.emit(operator.mul, positive, factors[1])
    return None


def accumulate(b: Emitter, total: Atom, more: Atom, hint: str | None = None) -> Atom:
    """`total + more`, as a difference where one of them is a negation; lists by their elements."""
    if any(isinstance(a, Var) and isinstance(a.kind, List) for a in (total, more)):
        return b.emit(add_lists, total, more, hint=hint)
    if total is more and is_float(total):
        return b.emit(operator.mul, Const(2.0), total, hint=hint)
    for kept, other in ((total, more), (more, total)):
        opposite = _opposite(b, other)
        if opposite is not None:
            return b.emit(operator.sub, kept, opposite, hint=hint)
    return b.emit(operator.add, total, more, hint=hint)

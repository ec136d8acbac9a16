"""The linear algebra of adjoints: zeros, casts, sums over broadcast dims, updates of one element.

A deficient adjoint is one that is broadcastable to its variable's shape but smaller, such as the
scalar that np.sum hands back.  It stays so as long as nobody needs it whole.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.builder import Builder, kind_of, normalise
from srcgrad.ir import Atom, Const, Display, Var
from srcgrad.kinds import UNKNOWN, Dim, Dims, Kind, List, Num
from srcgrad.rules.algebra import is_number, is_temporary, made_by
from srcgrad.rules.table import lookup
from srcgrad.runtime import unbroadcast, zeros_unless_none


def zeros(b: Builder, like: Atom) -> Atom:
    """The adjoint of a value that nothing depends on."""
    kind = kind_of(like)
    if isinstance(kind, Num) and kind.is_scalar:
        return Const(0.0)
    if isinstance(kind, List):
        return b.bind(ir.ZerosLike(), (like,), kind)
    if isinstance(kind, Num) and kind.nullable:
        return b.call(zeros_unless_none, (like,))
    return _made(b, np.zeros_like, (_same_shaped(b, like), *_dtype_of(like)), kind)


def _dtype_of(like: Atom) -> tuple[Const, ...]:
    """The dtype to ask for where a value may have another one than its adjoint."""
    kind = kind_of(like)
    return (Const(kind.dtype),) if isinstance(kind, Num) and kind.mixed else ()


def _same_shaped(b: Builder, like: Atom) -> Atom:
    """An earlier array of the same shape and dtype, so that `like` itself need not be kept."""
    made = b.definitions.get(like) if isinstance(like, Var) and not b.looping else None
    primitive = lookup(made.op) if made is not None else None
    if made is not None and primitive is not None and primitive.partials is not None:
        for operand in made.args:
            if isinstance(operand, Var) and operand.kind == kind_of(like) != UNKNOWN:
                return _same_shaped(b, operand)
    return like


def _made(b: Builder, op: Any, args: tuple[Atom, ...], kind: Kind) -> Var:
    """A fresh array of a known kind, never shared with another one."""
    primitive = lookup(op)
    assert primitive is not None
    return b.bind(op, normalise(primitive, args), kind)


def is_deficient(b: Builder, value: Atom, like: Atom) -> bool:
    """Whether an adjoint may be smaller than its variable."""
    have, want = kind_of(value), kind_of(like)
    if not (isinstance(have, Num) and isinstance(want, Num)):
        if isinstance(want, Num) and want.is_scalar:
            return False
        return isinstance(value, Const) or (isinstance(have, Num) and have.dims == ())
    if have.dims is None or want.dims is None:
        return have.dims != want.dims and want.dims != ()
    return len(have.dims) != len(want.dims) or any(
        _may_be_smaller(b, h, w) for h, w in zip(have.dims, want.dims, strict=True)
    )


def _may_be_smaller(b: Builder, have: Dim, want: Dim) -> bool:
    if have == want or b.questions.is_one(have) is False:
        return False
    return b.questions.is_one(want) is not True


def whole(b: Builder, value: Atom, like: Atom) -> Atom:
    """An adjoint of its variable's full shape, maybe as a read-only view."""
    if not is_deficient(b, value, like):
        return value
    return b.call(np.broadcast_to, (value, shape_of(b, like)))


def shape_of(b: Builder, like: Atom) -> Atom:
    """The shape of a value, from those of the arguments if they tell."""
    kind = kind_of(like)
    dims = kind.dims if isinstance(kind, Num) else None
    if (
        dims is None
        or any(like is v for v, _ in b.sizes.values())
        or any(d.static is None and d not in b.sizes for d in dims)
    ):
        return b.call(np.shape, (like,))
    same = [v for v, _ in b.sizes.values() if isinstance(v.kind, Num) and v.kind.dims == dims]
    if same:
        return b.call(np.shape, (same[0],))
    return b.emit(Display(tuple), *(_size_of(b, d) for d in dims))


def _size_of(b: Builder, dim: Dim) -> Atom:
    if dim.static is not None:
        return Const(dim.static)
    owner, axis = b.sizes[dim]
    return b.call(operator.getitem, (b.call(np.shape, (owner,)), Const(axis)))


def filled(b: Builder, value: Atom, like: Atom) -> Atom:
    """An adjoint of its variable's full shape as an array of its own."""
    if not is_deficient(b, value, like):
        return value
    kind = kind_of(like)
    if is_number(value, 1):
        return _made(b, np.ones_like, (like, *_dtype_of(like)), kind)
    if is_number(value, 0):
        return zeros(b, like)
    have = kind_of(value)
    if isinstance(have, Num) and have.dims == ():
        return _made(b, np.full_like, (like, value, *_dtype_of(like)), kind)
    return _made(b, np.copy, (whole(b, value, like),), kind)


def fit(b: Builder, value: Atom, operand: Atom, result: Atom) -> Atom:
    """An operand's share of an adjoint: summed over broadcast dims, and cast."""
    return unboxed(b, cast(b, _unbroadcast(b, value, operand, result), kind_of(operand)), operand)


def unboxed(b: Builder, value: Atom, like: Atom) -> Atom:
    """The adjoint of a number as a number, not as an array of rank 0."""
    have, want = kind_of(value), kind_of(like)
    if isinstance(have, Num) and have.box and isinstance(want, Num) and want.is_scalar:
        return b.bind(operator.getitem, (value, Const(())), Num(have.dtype, ()))
    return value


def as_given(b: Builder, value: Atom, like: Atom) -> Atom:
    """The gradient of a number in the number's own type."""
    have, want = kind_of(value), kind_of(like)
    if not (isinstance(have, Num) and isinstance(want, Num) and want.is_scalar and have.dims == ()):
        return value
    if want.weak:
        single = not have.weak and have.dtype != want.dtype
        return b.call(float, (value,)) if single else value
    computed = isinstance(value, Var) and value in b.definitions
    if have.dtype == want.dtype and not have.weak and computed:
        return value
    if isinstance(value, Const):
        return Const(want.dtype.type(value.value))
    return b.bind(want.dtype.type, (value,), replace(want, value=None))


def _unbroadcast(b: Builder, value: Atom, operand: Atom, result: Atom) -> Atom:
    if _is_only_array(b, operand, result):
        return value
    have, want, full = kind_of(value), kind_of(operand), kind_of(result)
    if (
        isinstance(want, Num)
        and isinstance(full, Num)
        and want.dims is not None
        and full.dims is not None
    ):
        axes = _broadcast_axes(b, want.dims, full.dims)
        if axes == ([], []):
            return value
        if axes is not None and isinstance(have, Num) and have.dims is not None:
            return _sum_over(b, value, result, *axes)
    if (
        isinstance(value, Const)
        and isinstance(want, Num)
        and want.dims == ()
        and isinstance(full, Num)
        and full.dims == ()
    ):
        return value
    same = (
        isinstance(have, Num)
        and isinstance(full, Num)
        and have.dims is not None
        and have.dims == full.dims
    )
    return b.emit(unbroadcast, value, operand, Const(None) if same else result)


def _is_only_array(b: Builder, operand: Atom, result: Atom) -> bool:
    """Whether the operand alone gives an elementwise result its shape."""
    made = b.definitions.get(result) if isinstance(result, Var) else None
    primitive = lookup(made.op) if made is not None else None
    if made is None or primitive is None or primitive.partials is None:
        return False
    others = [kind_of(a) for a in made.args if a is not operand]
    return operand in made.args and all(isinstance(k, Num) and k.dims == () for k in others)


def whole_at_run_time(b: Builder, value: Atom, result: Atom) -> Atom:
    """The value in the result's shape, where one is not known to have it."""
    have, full = kind_of(value), kind_of(result)
    if (
        isinstance(have, Num)
        and isinstance(full, Num)
        and have.dims is not None
        and have.dims == full.dims
    ):
        return value
    return b.call(np.broadcast_to, (value, b.call(np.shape, (result,))))


def _broadcast_axes(b: Builder, want: Dims, full: Dims) -> tuple[list[int], list[int]] | None:
    """The result's axes that the operand lacks, and those where it has 1; None if unknown."""
    lead = len(full) - len(want)
    ones = []
    for i, dim in enumerate(want):
        if dim == full[lead + i]:
            continue
        one = b.questions.is_one(dim)
        if one is None:
            return None
        if one and b.questions.is_one(full[lead + i]) is not True:
            ones.append(lead + i)
    return list(range(lead)), ones


def _sum_over(b: Builder, value: Atom, result: Atom, missing: list[int], ones: list[int]) -> Atom:
    full = kind_of(result)
    assert isinstance(full, Num)
    assert full.dims is not None
    axes = missing + ones
    if len(axes) == len(full.dims) and not ones and kind_of(value) is not None:
        return _total(b, value, result)
    value = whole(b, value, result)
    return _sum(b, value, axes, [i - len(missing) for i in ones])


def _sum(b: Builder, value: Atom, axes: list[int] | None, kept: list[int]) -> Atom:
    """The sum over axes (None: all), axes of 1 put back; a sign goes last, where it is cheap."""
    negated = made_by(b, value, operator.neg)
    if negated and is_temporary(value):
        return b.emit(operator.neg, _sum(b, negated[0], axes, kept))
    factors = made_by(b, value, operator.mul) if axes is None and not kept else None
    if factors and is_temporary(value) and _are_vectors(*factors):
        return b.emit(operator.matmul, *factors)
    summed = b.call(np.sum, (value,) if axes is None else (value, _axis(axes)))
    return b.call(np.expand_dims, (summed, _axis(kept))) if kept else summed


def _are_vectors(x: Atom, y: Atom) -> bool:
    """Whether two atoms are arrays of rank 1 and equal length, whose product `@` sums up."""
    k, m = kind_of(x), kind_of(y)
    return (
        isinstance(k, Num)
        and isinstance(m, Num)
        and k.dims is not None
        and len(k.dims) == 1
        and k.dims == m.dims
        and k.dtype == m.dtype
        and k.dtype.kind == "f"
    )


def _total(b: Builder, value: Atom, result: Atom) -> Atom:
    """The sum of an adjoint that may be one number for all elements."""
    have = kind_of(value)
    if isinstance(have, Num) and have.dims == ():
        return (
            b.emit(operator.mul, value, b.call(np.size, (result,)))
            if not is_number(value, 0)
            else value
        )
    return _sum(b, whole(b, value, result), None, [])


def _axis(axes: list[int]) -> Const:
    return Const(axes[0] if len(axes) == 1 else tuple(axes))


def cast(b: Builder, value: Atom, want: Kind) -> Atom:
    """The adjoint in its variable's precision."""
    have = kind_of(value)
    if not (isinstance(want, Num) and isinstance(have, Num)) or want.weak or have.weak:
        return value
    if have.dtype == want.dtype or not (have.is_float and want.is_float):
        return value
    if have.dtype.kind == "c" and want.dtype.kind == "f":
        value = b.call(np.real, (value,))
    if have.dims in ((), None):
        return b.call(np.asarray, (value, Const(want.dtype)))
    return b.call(np.ndarray.astype, (value, Const(want.dtype)))


def reshaped(b: Builder, value: Atom, like: Atom) -> Atom:
    """The adjoint of a value that was only reshaped, in the shape it had before."""
    return b.call(np.reshape, (value, b.call(np.shape, (like,))))

"""How operations work on values with one more axis in front: the rules of the vectorised mode.

A rule gets a `Call` and returns the result with the axis in front.  What has no rule and does not
work elementwise is left to a loop over the axis.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from srcgrad.ir import Atom, Const
from srcgrad.rules.table import lookup


class NotBatchedError(Exception):
    """An operation has no rule for values with one more axis."""


class Lanes(Protocol):
    """What a rule may ask for and do."""

    def call(self, op: Any, *args: Atom) -> Atom:
        """The result of an operation."""

    def shaped(self, shape: Atom) -> tuple[Atom, int]:
        """A shape with the length of the axis in front, and its rank without."""


@dataclass(frozen=True)
class Call:
    """An operation, some operands of which are `lifted`: they have one more axis in front.

    `ranks` are those that the operands have without it, None for what is no array or number.
    """

    lanes: Lanes
    op: Any
    args: tuple[Atom, ...]
    lifted: tuple[bool, ...]
    ranks: tuple[int | None, ...]

    def rank(self, i: int) -> int:
        """The rank of an operand without the axis in front."""
        rank = self.ranks[i]
        if rank is None:
            raise NotBatchedError
        return rank

    def only(self, *positions: int) -> None:
        """Insist that no other operands are lifted."""
        if any(lifted for i, lifted in enumerate(self.lifted) if i not in positions):
            raise NotBatchedError

    def constant(self, i: int) -> Any:
        """An operand that must be known when compiling."""
        atom = self.args[i]
        if not isinstance(atom, Const):
            raise NotBatchedError
        return atom.value

    def aligned(self, i: int, rank: int) -> Atom:
        """An operand with axes of length 1 behind the one in front, so that it has a rank."""
        missing = rank - self.rank(i)
        if not self.lifted[i] or missing <= 0:
            return self.args[i]
        axes = Const(tuple(range(1, missing + 1)) if missing > 1 else 1)
        return self.lanes.call(np.expand_dims, self.args[i], axes)

    def again(self, *args: Atom) -> Atom:
        """The same operation on other operands."""
        return self.lanes.call(self.op, *args)


Rule = Callable[[Call], Atom]
_rules: dict[int, Rule] = {}


def batched(*ops: Any) -> Callable[[Rule], Rule]:
    """Register the rule of some operations."""

    def register(rule: Rule) -> Rule:
        _rules.update((id(op), rule) for op in ops)
        return rule

    return register


def rule_of(op: Any) -> Rule:
    """The rule of an operation; raises if it has none."""
    found = _rules.get(id(op))
    primitive = lookup(op)
    smooth = primitive is not None and primitive.partials is not None
    if found is None and smooth and (isinstance(op, np.ufunc) or op.__module__ == "_operator"):
        return _elementwise
    if found is None:
        raise NotBatchedError
    return found


@batched(
    np.where,
    np.clip,
    np.sinc,
    abs,
    operator.eq,
    operator.ne,
    operator.lt,
    operator.le,
    operator.gt,
    operator.ge,
)
def _elementwise(call: Call) -> Atom:
    known = [r for r in call.ranks if r is not None]
    return call.again(
        *(
            a if r is None else call.aligned(i, max(known))
            for i, (a, r) in enumerate(zip(call.args, call.ranks, strict=True))
        )
    )


@batched(np.copy, np.ndarray.astype, np.real, np.asarray, np.zeros_like, np.ones_like)
def _as_it_is(call: Call) -> Atom:
    call.only(0)
    return call.again(*call.args)


@batched(np.triu, np.tril)
def _of_matrices(call: Call) -> Atom:
    call.only(0)
    if call.rank(0) < 2:
        raise NotBatchedError
    return call.again(*call.args)


# axes --------------------------------------------------------------------------------------------


def _behind(axis: Any) -> Any:
    """An axis or several, counted with the one in front."""
    if isinstance(axis, tuple):
        return tuple(map(_behind, axis))
    return axis + 1 if axis >= 0 else axis


@batched(np.sum, np.mean, np.prod, np.max, np.min, np.any, np.all, np.count_nonzero)
def _reduction(call: Call) -> Atom:
    call.only(0)
    axis = call.constant(1)
    every = tuple(range(1, call.rank(0) + 1))
    axes = every if axis is None else _behind(axis)
    return call.again(call.args[0], Const(axes), *call.args[2:])


@batched(np.flip, np.expand_dims, np.squeeze)
def _of_axis(call: Call) -> Atom:
    call.only(0)
    axis = call.constant(1)
    if axis is None:
        raise NotBatchedError
    return call.again(call.args[0], Const(_behind(axis)), *call.args[2:])


@batched(np.cumsum)
def _running(call: Call) -> Atom:
    call.only(0)
    axis = call.constant(1)
    if axis is None and call.rank(0) != 1:
        raise NotBatchedError
    return call.again(call.args[0], Const(1 if axis is None else _behind(axis)), *call.args[2:])


@batched(np.roll)
def _roll(call: Call) -> Atom:
    call.only(0)
    axis = call.constant(2)
    if axis is None and call.rank(0) != 1:
        raise NotBatchedError
    return call.again(*call.args[:2], Const(1 if axis is None else _behind(axis)))


@batched(np.swapaxes, np.moveaxis)
def _moved(call: Call) -> Atom:
    call.only(0)
    ends = (Const(_behind(call.constant(i))) for i in (1, 2))
    return call.again(call.args[0], *ends)


@batched(np.transpose)
def _transpose(call: Call) -> Atom:
    call.only(0)
    axes = call.constant(1)
    order = tuple(range(call.rank(0), 0, -1)) if axes is None else _behind(tuple(axes))
    return call.again(call.args[0], Const((0, *order)))


# shapes ------------------------------------------------------------------------------------------


@batched(np.reshape)
def _reshape(call: Call) -> Atom:
    call.only(0)
    if call.constant(2) != "C":
        raise NotBatchedError
    return call.again(call.args[0], call.lanes.shaped(call.args[1])[0], call.args[2])


@batched(np.broadcast_to)
def _broadcast_to(call: Call) -> Atom:
    call.only(0)
    shape, rank = call.lanes.shaped(call.args[1])
    return call.again(call.aligned(0, rank), shape)


@batched(np.full_like)
def _full_like(call: Call) -> Atom:
    call.only(1)
    shape, rank = call.lanes.shaped(call.lanes.call(np.shape, call.args[0]))
    spread = call.lanes.call(np.broadcast_to, call.aligned(1, rank), shape)
    return call.lanes.call(np.copy, spread)


# products ----------------------------------------------------------------------------------------


@batched(operator.matmul, np.matmul, np.dot)
def _matmul(call: Call) -> Atom:
    (left, right), (m, n) = call.lifted, call.ranks
    a, b = call.args
    product = operator.matmul
    if m not in (1, 2) or n not in (1, 2):
        raise NotBatchedError
    if left and not right:
        return call.lanes.call(product, a, b)
    if n == 2 and not left:
        return call.lanes.call(product, a, b)
    if not left:
        other = a if m == 1 else call.lanes.call(np.transpose, a)
        return call.lanes.call(product, b, other)
    if m == n == 2:
        return call.lanes.call(product, a, b)
    if m == n == 1:
        both = call.lanes.call(operator.mul, a, b)
        return call.lanes.call(np.sum, both, Const(1))
    if m == 2:
        column = call.lanes.call(np.expand_dims, b, Const(2))
        return call.lanes.call(np.squeeze, call.lanes.call(product, a, column), Const(2))
    row = call.lanes.call(np.expand_dims, a, Const(1))
    return call.lanes.call(np.squeeze, call.lanes.call(product, row, b), Const(1))


@batched(np.outer)
def _outer(call: Call) -> Atom:
    call.only(0, 1)
    if call.ranks[:2] != (1, 1):
        raise NotBatchedError
    a, b = call.args[:2]
    left = call.lanes.call(np.expand_dims, a, Const(2 if call.lifted[0] else 1))
    right = call.lanes.call(np.expand_dims, b, Const(1)) if call.lifted[1] else b
    return call.lanes.call(operator.mul, left, right)


@batched(np.linalg.solve)
def _solve(call: Call) -> Atom:
    if call.lifted == (False, True) and call.rank(1) == 1:
        turned = call.lanes.call(np.transpose, call.args[1])
        return call.lanes.call(np.transpose, call.again(call.args[0], turned))
    if call.rank(1) == 1:
        raise NotBatchedError
    return call.again(*call.args)

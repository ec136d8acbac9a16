"""The derivative of one operation by itself: where it is infinite, and whether it is zero."""

from __future__ import annotations

import warnings
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from srcgrad.debug.findings.births import all_finite, first_bad
from srcgrad.debug.findings.replay import Operation, Step
from srcgrad.debug.summaries import numbers_in
from srcgrad.ir import Var
from srcgrad.localising import operation
from srcgrad.making import pullback_of
from srcgrad.runtime import copied
from srcgrad.trees import map_leaves

_functions: WeakKeyDictionary[Operation, Any] = WeakKeyDictionary()


def adjoints(step: Step, wanted: frozenset[Var]) -> dict[Var, Any]:
    """The adjoints of some operands for a random adjoint of the result; empty if unknown."""
    operands = step.operation.operands
    active = tuple(i for i, v in enumerate(operands) if v in wanted)
    if not active or not step.operation.is_ruled:
        return {}
    known = dict(zip(step.operation.bind.args, step.args, strict=True))
    values = [copied(known[v]) for v in operands]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pullback = pullback_of(_function(step.operation), active)
            _, bars = pullback(*values[: active[-1] + 1], _seed(step), *values[active[-1] + 1 :])
    except Exception:  # it cannot be differentiated by itself
        return {}
    return {operands[i]: bar for i, bar in zip(active, bars, strict=True)}


def _function(of: Operation) -> Any:
    if of not in _functions:
        _functions[of] = operation(of.bind, of.operands)
    return _functions[of]


def _seed(step: Step) -> Any:
    """An adjoint of the result without any pattern, so that nothing cancels by chance."""
    random = np.random.default_rng(0)

    def like(leaf: Any) -> Any:
        made = random.uniform(0.5, 1.5, np.shape(leaf))
        return made.astype(leaf.dtype) if isinstance(leaf, np.ndarray) else float(made)

    return map_leaves(like, step.result)


def is_zero(bar: Any) -> bool:
    """Whether all numbers of an adjoint are 0."""
    return not any(np.any(part != 0) for part in numbers_in(bar))


# where a derivative is infinite -------------------------------------------------------------------


def singular(step: Step, wanted: frozenset[Var]) -> tuple[Var, tuple[int, ...]] | None:
    """An operand by which the derivative is not finite, and the index; None if there is none."""
    for operand, bar in adjoints(step, wanted).items():
        if isinstance(bar, float | np.ndarray | np.generic) and not all_finite(bar):
            return operand, first_bad(bar)
    return None

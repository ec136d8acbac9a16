"""Functions of NumPy that choose between values, case by case."""

from __future__ import annotations

from typing import Any

import numpy as np


def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    chosen = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist)):
        chosen = np.where(condition, choice, chosen)
    return chosen


def piecewise(x: Any, condlist: Any, funclist: Any, *args: Any, **kw: Any) -> Any:
    conditions = _conditions(np.ndim(x), condlist)
    if np.ndim(x) > 0:
        return _pieces(np.asarray(x), conditions, funclist, args, kw)
    one = [np.reshape(c, 1) for c in conditions]
    return np.reshape(_pieces(np.reshape(x, 1), one, funclist, args, kw), ())


def _conditions(rank: Any, condlist: Any) -> Any:
    """A list of conditions, also where only one is given."""
    if not isinstance(condlist, (list, tuple)) and np.ndim(condlist) == 0:
        return [condlist]
    if rank > 0 and np.ndim(condlist[0]) == 0:
        return [condlist]
    return [c for c in condlist]


def _pieces(x: Any, conditions: Any, functions: Any, args: Any, kw: Any) -> Any:
    y = np.zeros_like(x)
    for condition, function in zip(conditions, functions):
        _put_piece(y, x, condition, function, args, kw)
    if len(functions) > len(conditions):
        covered = np.zeros(np.shape(x), bool)
        for condition in conditions:
            covered = covered | condition
        _put_piece(y, x, ~covered, functions[-1], args, kw)
    return y


def _put_piece(y: Any, x: Any, condition: Any, function: Any, args: Any, kw: Any) -> Any:
    """Store what a function gives, or a number, where a condition holds."""
    if callable(function):
        part = x[condition]
        if part.size > 0:
            y[condition] = function(part, *args, **kw)
    else:
        y[condition] = function

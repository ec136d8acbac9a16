"""One value from a sequence, or the sequence in another order."""

from __future__ import annotations

from typing import Any

import numpy as np


def reduce(function: Any, sequence: Any, *initial: Any) -> Any:
    if initial:
        value, rest = initial[0], sequence
    else:
        value, rest = sequence[0], sequence[1:]
    for x in rest:
        value = function(value, x)
    return value


def keys_of(values: Any, key: Any) -> Any:
    return np.array([v for v in values]) if key is None else np.array([key(v) for v in values])


def in_order(values: Any, keys: Any, reverse: Any) -> Any:
    order = np.argsort(-keys if reverse else keys, kind="stable")
    return [values[i] for i in order]


def least(values: Any, key: Any) -> Any:
    best = values[0]
    lowest = key(best)
    for v in values[1:]:
        k = key(v)
        if k < lowest:
            best, lowest = v, k
    return best


def greatest(values: Any, key: Any) -> Any:
    best = values[0]
    highest = key(best)
    for v in values[1:]:
        k = key(v)
        if k > highest:
            best, highest = v, k
    return best


def least_or(values: Any, default: Any) -> Any:
    best = default
    for i, v in enumerate(values):
        if i == 0 or v < best:
            best = v
    return best


def greatest_or(values: Any, default: Any) -> Any:
    best = default
    for i, v in enumerate(values):
        if i == 0 or v > best:
            best = v
    return best


def lowest(values: Any) -> Any:
    return np.min(np.array([v for v in values]))


def highest(values: Any) -> Any:
    return np.max(np.array([v for v in values]))


def any_(values: Any) -> Any:
    for v in values:
        if v:
            return True
    return False


def all_(values: Any) -> Any:
    for v in values:
        if not v:
            return False
    return True


def prod(values: Any, *, start: Any = 1) -> Any:
    total = start
    for v in values:
        total = total * v
    return total


def fsum(values: Any) -> Any:
    return sum(values)


def dist(p: Any, q: Any) -> Any:
    return np.sqrt(sum([(a - b) ** 2 for a, b in zip(p, q)]))


def concatenated(lists: Any, start: Any) -> Any:
    whole = start
    for one in lists:
        whole = whole + one
    return whole

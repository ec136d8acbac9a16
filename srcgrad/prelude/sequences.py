"""Sequences made from sequences: `map`, `filter`, `zip`, and what `itertools` has."""

from __future__ import annotations

import operator
from typing import Any


def map_(function: Any, *sequences: Any) -> Any:
    if len(sequences) == 1:
        return [function(x) for x in sequences[0]]
    if len(sequences) == 2:
        return [function(x, y) for x, y in zip(sequences[0], sequences[1])]
    first, second, third = sequences
    return [function(x, y, z) for x, y, z in zip(first, second, third)]


def filter_(function: Any, sequence: Any) -> Any:
    if function is None:
        return [x for x in sequence if x]
    return [x for x in sequence if function(x)]


def starmap(function: Any, sequence: Any) -> Any:
    return [function(*x) for x in sequence]


def zip_(*sequences: Any, strict: Any = False) -> Any:
    if len(sequences) == 1:
        return [(x,) for x in sequences[0]]
    if len(sequences) == 2:
        return [(x, y) for x, y in zip(sequences[0], sequences[1])]
    first, second, third = sequences
    return [(x, y, z) for x, y, z in zip(first, second, third)]


def enumerate_(sequence: Any, start: Any = 0) -> Any:
    return [(i, x) for i, x in enumerate(sequence, start)]


def reversed_(sequence: Any) -> Any:
    return [x for x in reversed(sequence)]


def range_(start: Any, stop: Any, step: Any) -> Any:
    return [i for i in range(start, stop, step)]


def repeat(value: Any, times: Any) -> Any:
    return [value for _ in range(times)]


def chain(*sequences: Any) -> Any:
    elements = []
    for sequence in sequences:
        for x in sequence:
            elements.append(x)
    return elements


def chained(sequences: Any) -> Any:
    return [x for sequence in sequences for x in sequence]


def pairwise(sequence: Any) -> Any:
    return [(x, y) for x, y in zip(sequence[:-1], sequence[1:])]


def islice(sequence: Any, *bounds: Any) -> Any:
    if len(bounds) == 1:
        return sequence[: bounds[0]]
    if len(bounds) == 2:
        return sequence[bounds[0] : bounds[1]]
    return sequence[bounds[0] : bounds[1] : bounds[2]]


def product(*sequences: Any) -> Any:
    if len(sequences) == 2:
        return [(x, y) for x in sequences[0] for y in sequences[1]]
    first, second, third = sequences
    return [(x, y, z) for x in first for y in second for z in third]


def combinations(sequence: Any, r: Any) -> Any:
    pairs = []
    for i in range(len(sequence)):
        for j in range(i + 1, len(sequence)):
            pairs.append((sequence[i], sequence[j]))
    return pairs


def accumulate(iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
    combine = operator.add if func is None else func
    if initial is None:
        value, rest = iterable[0], iterable[1:]
    else:
        value, rest = initial, iterable
    found = [value]
    for x in rest:
        value = combine(value, x)
        found.append(value)
    return found


def takewhile(predicate: Any, sequence: Any) -> Any:
    found = []
    for x in sequence:
        if not predicate(x):
            break
        found.append(x)
    return found


def dropwhile(predicate: Any, sequence: Any) -> Any:
    found = []
    dropping = True
    for x in sequence:
        dropping = dropping and predicate(x)
        if not dropping:
            found.append(x)
    return found


def filterfalse(predicate: Any, sequence: Any) -> Any:
    return [x for x in sequence if not predicate(x)]


def compress(data: Any, selectors: Any) -> Any:
    return [x for x, chosen in zip(data, selectors) if chosen]

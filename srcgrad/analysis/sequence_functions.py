"""Functions of Python that walk through sequences: how they are arranged, and their twins."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from srcgrad.prelude import choices, sequences


@dataclass(frozen=True)
class Library:
    """How a function is called: `arrange` gives the elements of a result whose sequences are known;
    `twin` is its twin in the prelude.  A `lazy` one gives an iterator.
    """

    twin: Callable[..., Any] | None = None
    arrange: Callable[..., Iterable[Any]] | None = None
    lazy: bool = True


def _zip(*parts: list[Any], strict: bool = False) -> Iterable[Any]:
    return zip(*parts, strict=strict)


def _repeat(value: Any, times: int) -> list[Any]:
    return [value] * times


CALLING = frozenset(
    [
        map, filter, itertools.starmap, itertools.accumulate,
        itertools.takewhile, itertools.dropwhile, itertools.filterfalse,
    ]
)  # fmt: skip
"""What calls a function of the user for each element."""

LIBRARY: dict[Any, Library] = {
    map: Library(sequences.map_),
    filter: Library(sequences.filter_),
    zip: Library(sequences.zip_, _zip),
    enumerate: Library(sequences.enumerate_, enumerate),
    reversed: Library(sequences.reversed_, reversed),
    functools.reduce: Library(choices.reduce, lazy=False),
    itertools.starmap: Library(sequences.starmap),
    itertools.accumulate: Library(sequences.accumulate),
    itertools.chain: Library(sequences.chain, itertools.chain),
    itertools.chain.from_iterable: Library(sequences.chained),
    itertools.pairwise: Library(sequences.pairwise, itertools.pairwise),
    itertools.islice: Library(sequences.islice, itertools.islice),
    itertools.product: Library(sequences.product, itertools.product),
    itertools.combinations: Library(sequences.combinations, itertools.combinations),
    itertools.permutations: Library(None, itertools.permutations),
    itertools.combinations_with_replacement: Library(None, itertools.combinations_with_replacement),
    itertools.zip_longest: Library(None, itertools.zip_longest),
    itertools.repeat: Library(sequences.repeat),
    itertools.takewhile: Library(sequences.takewhile),
    itertools.dropwhile: Library(sequences.dropwhile),
    itertools.filterfalse: Library(sequences.filterfalse),
    itertools.compress: Library(sequences.compress),
    math.prod: Library(choices.prod, lazy=False),
    math.fsum: Library(choices.fsum, lazy=False),
    math.dist: Library(choices.dist, lazy=False),
    any: Library(choices.any_, lazy=False),
    all: Library(choices.all_, lazy=False),
}

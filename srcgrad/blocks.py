"""Jacobians of containers, by programs that run: one column or one row at a time.

A Jacobian has the structure of the result and, in the place of each of its leaves, that of the
argument, whose leaves are blocks: arrays with the shape of the one followed by that of the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from srcgrad.making import pullback_of, tangent_of
from srcgrad.runtime import copied
from srcgrad.trees import leaves, map_leaves, ravel

Call = tuple[tuple[Any, ...], dict[str, Any]]


class Blocks:
    """The Jacobian of a function with respect to some of its arguments, whatever they are."""

    def __init__(self, fun: Any, positions: tuple[int, ...], single: bool, mode: str) -> None:
        self.fun = fun
        self.positions = positions
        self.single = single
        self.mode = mode
        self.count = 1 + max(positions)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        chosen = tuple(args[p] for p in self.positions)
        value = self.fun(*copied(args), **copied(kwargs))
        by_rows = self.mode == "reverse" or (
            self.mode == "either" and ravel(value)[0].size < ravel(chosen)[0].size
        )
        found = self._rows if by_rows else self._columns
        blocks = iter(found((args, kwargs), value, chosen))
        return map_leaves(lambda _: self._row(chosen, blocks), value)

    def _row(self, chosen: Any, blocks: Iterator[Any]) -> Any:
        """The blocks of one leaf of the result, in the structure of the arguments."""
        row = map_leaves(lambda _: next(blocks), chosen)
        return row[0] if self.single else row

    def _columns(self, call: Call, value: Any, chosen: Any) -> Iterator[Any]:
        """The blocks, from tangents along all directions."""
        tangent = tangent_of(self.fun, self.positions)
        columns = [leaves(self._seeded(tangent, call, unit)[1]) for unit in units(chosen)]
        ends = np.cumsum([np.size(x) for x in leaves(chosen)])
        for k, y in enumerate(leaves(value)):
            column = [np.asarray(c[k]) for c in columns]
            for x, end in zip(leaves(chosen), ends, strict=True):
                block = np.array(column[end - np.size(x) : end]).reshape(np.size(x), -1)
                yield shaped(block.T, y, x)

    def _rows(self, call: Call, value: Any, chosen: Any) -> Iterator[Any]:
        """The blocks, from the adjoints of all elements of the result."""
        pull = pullback_of(self.fun, self.positions)
        rows = [leaves(self._seeded(pull, call, (unit,))[1]) for unit in units(value)]
        start = 0
        for y in leaves(value):
            own = rows[start : start + np.size(y)]
            start += np.size(y)
            for k, x in enumerate(leaves(chosen)):
                yield shaped(np.array([r[k] for r in own]), y, x)

    def _seeded(self, derivative: Callable[..., Any], call: Call, seeds: tuple[Any, ...]) -> Any:
        args, kwargs = call
        return derivative(*args[: self.count], *seeds, *args[self.count :], **kwargs)


def units(tree: Any) -> Iterator[Any]:
    """The trees of the structure of one that are 1 at one place and 0 at all others."""
    vector, unravel = ravel(tree)
    for i in range(vector.size):
        vector[:] = 0.0
        vector[i] = 1.0
        yield unravel(vector)


def shaped(block: Any, y: Any, x: Any) -> Any:
    """A block in the shape of a leaf of the result and one of the argument."""
    block = np.reshape(block, np.shape(y) + np.shape(x))[()]
    return float(block) if type(x) is type(y) is float else block

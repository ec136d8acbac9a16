"""What a kernel is, and the decorator that registers one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from support.trees import is_real

Function = Callable[..., Any]
Inputs = Callable[[int], tuple[Any, ...]]


@dataclass(frozen=True)
class Kernel:
    """A function that ends in one number, with inputs for every size.

    `wrt` are the positions of its float arrays and numbers.  The first of the `sizes` is for tests,
    the others are for benchmarks.  `by_hand` returns the tuple of gradients by `wrt`.  `order` is
    that of the loops written in Python: their steps grow as `n**order`, 0 where NumPy's own loops
    do most of the work.
    """

    name: str
    function: Function
    inputs: Inputs
    wrt: tuple[int, ...]
    sizes: tuple[int, ...]
    by_hand: Callable[..., tuple[Any, ...]] | None = None
    order: int = 0


KERNELS: list[Kernel] = []


def floats(args: tuple[Any, ...]) -> tuple[int, ...]:
    """The positions of float arrays and floats: integers are sizes, counts and indices."""
    return tuple(k for k, arg in enumerate(args) if is_real(arg) and not isinstance(arg, int))


def kernel(
    inputs: Inputs,
    sizes: tuple[int, ...],
    *,
    by_hand: Callable[..., tuple[Any, ...]] | None = None,
    order: int = 0,
) -> Callable[[Function], Function]:
    """Register a function as it is."""

    def register(function: Function) -> Function:
        wrt = floats(inputs(sizes[0]))
        KERNELS.append(Kernel(function.__name__, function, inputs, wrt, sizes, by_hand, order))
        return function

    return register


def normal(seed: int, *shape: int) -> Any:
    """Numbers that are the same at every run."""
    return np.random.default_rng(seed).standard_normal(shape)


def uniform(seed: int, low: float, high: float, *shape: int) -> Any:
    return np.random.default_rng(seed).uniform(low, high, shape)

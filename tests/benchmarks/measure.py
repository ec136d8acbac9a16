"""Timing: the best of interleaved repeats, so that a slow moment of the machine hits all alike."""

from __future__ import annotations

import random
import time
import timeit
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

Call = tuple[Callable[..., Any], tuple[Any, ...]]


@dataclass(frozen=True)
class Effort:
    """How long to measure: repeats of a slice of seconds for each function."""

    repeats: int
    slice: float
    too_slow: float = 2.0


THOROUGH = Effort(repeats=25, slice=0.004)
QUICK = Effort(repeats=5, slice=0.001, too_slow=0.5)


def settle_allocator() -> None:
    """Free one large block: from then on, the C library keeps freed arrays to hand out again.

    Until then, whether arrays of a megabyte come with fresh pages, which cost as much as work on
    them, depends on what else the process did.
    """
    np.ones(4_000_000)


def timer(function: Callable[..., Any], args: tuple[Any, ...]) -> timeit.Timer:
    """A timer of a call as a person writes it: no unpacking of arguments inside."""
    names = [f"a{k}" for k in range(len(args))]
    namespace = {"f": function, **dict(zip(names, args, strict=True))}
    return timeit.Timer(f"f({', '.join(names)})", globals=namespace)


def calls_per_slice(clock: timeit.Timer, effort: Effort) -> int:
    """How many calls fill a slice; 0 for what is too slow to be measured at all."""
    once = min(clock.timeit(1), clock.timeit(1))
    if once > effort.too_slow:
        return 0
    number = max(1, int(effort.slice / max(once, 1e-8)))
    if number > 1:
        number = max(1, int(effort.slice / (clock.timeit(number) / number)))
    return number


def best_times(calls: Mapping[str, Call], effort: Effort) -> dict[str, float]:
    """Seconds of each call, a function and its arguments: the best of its repeats."""
    clocks = {name: timer(*call) for name, call in calls.items()}
    numbers = {name: calls_per_slice(clock, effort) for name, clock in clocks.items()}
    order = [name for name, number in numbers.items() if number]
    best = dict.fromkeys(order, float("inf"))
    shuffled = random.Random(0)
    for _ in range(effort.repeats):
        shuffled.shuffle(order)  # what ran before leaves its mark on caches and the allocator
        for name in order:
            seconds = clocks[name].timeit(numbers[name]) / numbers[name]
            best[name] = min(best[name], seconds)
    return best


def seconds_of(function: Callable[[], Any]) -> float:
    """Seconds of one call, made once."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start

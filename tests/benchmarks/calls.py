"""Print what calls of user functions cost: `python -m tests.benchmarks.calls [--quick] [--check]`.

The same arithmetic through levels of functions, methods and recursion, next to gradients by hand.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import srcgrad
from benchmarks.__main__ import Bounds, number, print_table
from benchmarks.measure import QUICK, Call, Effort, best_times

THOROUGH = Effort(repeats=25, slice=0.004)
LIMIT = 1.0  # microseconds a level


def one(x):
    return math.sin(x) * 1.1


def two(x):
    return one(x) + 0.1 * x


def three(x):
    return math.tanh(two(x)) * x


def four(x):
    return three(x) * 0.9 + 1.0


def five(x):
    return math.exp(-(four(x) ** 2))


def five_by_hand(x):
    sin = math.sin(x)
    tanh = math.tanh(sin * 1.1 + 0.1 * x)
    y = tanh * x * 0.9 + 1.0
    y_bar = -2.0 * y * math.exp(-(y**2)) * 0.9
    inner = y_bar * x * (1 - tanh * tanh)
    return y_bar * tanh + inner * (1.1 * math.cos(x) + 0.1)


class Spring:
    def __init__(self, k):
        self.k = k

    def force(self, x):
        return -self.k * x

    def energy(self, x):
        return -0.5 * self.force(x) * x


def methods(x):
    return Spring(x * x).energy(x + 1.0)


def methods_by_hand(x):
    k, y = x * x, x + 1.0
    return 2.0 * x * 0.5 * y * y + k * y


def power(x, n):
    """A recursion whose depth only a run knows."""
    if n == 0:
        return 1.0
    return math.sin(x) * power(x, n - 1) + 0.1


def power_by_hand(x, n):
    def vjp(x, n):
        if n == 0:
            return 1.0, lambda bar: 0.0
        sin, (inner, pull) = math.sin(x), vjp(x, n - 1)

        def pullback(bar):
            return bar * inner * math.cos(x) + pull(bar * sin)

        return sin * inner + 0.1, pullback

    return vjp(x, n)[1](1.0)


CASES: list[tuple[str, Callable[..., Any], Callable[..., Any], tuple[Any, ...], int]] = [
    ("five functions", five, five_by_hand, (0.7,), 5),
    ("two methods and a constructor", methods, methods_by_hand, (0.7,), 3),
    ("a recursion, depth 50", power, power_by_hand, (0.7, 50), 50),
    ("a recursion, depth 300", power, power_by_hand, (0.7, 300), 300),
]


def row(case: Any, effort: Effort, bounds: Bounds) -> list[str]:
    name, function, by_hand, args, levels = case
    gradient = srcgrad.grad(function)
    assert math.isclose(gradient(*args), by_hand(*args), rel_tol=1e-9), name
    calls: dict[str, Call] = {"gradient": (gradient, args), "hand": (by_hand, args)}
    times = best_times(calls, effort)
    more = (times["gradient"] - times["hand"]) * 1e6 / levels
    bounds.check(f"{name}, us a level over by hand", more, LIMIT)
    parts = [times["hand"] * 1e6, times["gradient"] * 1e6, more]
    return [name, str(levels), *(number(p, ".2f") for p in parts)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.calls", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less")
    parser.add_argument("--check", action="store_true", help="fail if a bound is missed")
    options = parser.parse_args()
    bounds = Bounds()
    effort = QUICK if options.quick else THOROUGH
    table = [row(case, effort, bounds) for case in CASES]
    heads = ["calls", "levels", "by hand us", "gradient us", "more us a level"]
    print_table("Calls of user functions", heads, table)
    print("\n".join(bounds.lines))
    return 1 if options.check and not bounds.kept else 0


if __name__ == "__main__":
    sys.exit(main())

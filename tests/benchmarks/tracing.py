"""Print what traces cost: `python -m tests.benchmarks.tracing [--quick] [--check]`.

Each trace next to the gradient that it is of, without and with the events read.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import srcgrad
from benchmarks.__main__ import Bounds, print_table
from benchmarks.measure import Call, Effort, best_times, settle_allocator

THOROUGH = Effort(repeats=15, slice=0.004, too_slow=20.0)
QUICK = Effort(repeats=3, slice=0.001, too_slow=20.0)
RNG = np.random.default_rng(0)
LIMIT = 30  # times the gradient


def scalar_loop(x, n):
    """Numbers alone, so that each event costs more than what it is of."""
    y = 1.0
    for _ in range(n):
        y = np.sin(y * x) + 0.1 * y
    return y


def small_mlp(params, x, target):
    (w1, b1), (w2, b2) = params
    h = np.tanh(x @ w1 + b1)
    out = h @ w2 + b2
    return np.mean((out - target) ** 2)


def arrays(x):
    y = np.exp(-(x**2))
    z = np.sin(y) * x
    s = np.zeros(len(x))
    s[1:-1] = z[2:] - 2 * z[1:-1] + z[:-2]
    return np.sum(s**2)


@dataclass(frozen=True)
class Case:
    """A function with arguments, and how large they are."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    size: str


def layer(rows: int, columns: int) -> tuple[Any, Any]:
    return RNG.normal(size=(rows, columns)), np.zeros(columns)


CASES = [
    Case(scalar_loop, (0.7, 100), "100 steps"),
    Case(scalar_loop, (0.7, 100_000), "100000 steps"),
    Case(small_mlp, ((layer(4, 8), layer(8, 2)), RNG.normal(size=(8, 4)), np.zeros((8, 2))), "8x4"),
    Case(arrays, (RNG.normal(size=50),), "50"),
    Case(arrays, (RNG.normal(size=1000),), "1000"),
    Case(arrays, (RNG.normal(size=100_000),), "100000"),
]


def measured(case: Case, effort: Effort) -> dict[str, float]:
    """The seconds of the gradient, of a trace, and of a trace whose events are read."""
    gradient = srcgrad.grad(case.function)
    gradient(*case.args)
    calls: dict[str, Call] = {
        "gradient": (gradient, case.args),
        "trace": (gradient.trace, case.args),
        "events": (lambda *args: gradient.trace(*args).events, case.args),
    }
    return best_times(calls, effort)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure less")
    parser.add_argument("--check", action="store_true", help="fail if a bound is not kept")
    options = parser.parse_args()
    settle_allocator()
    bounds, table = Bounds(), []
    for case in CASES:
        times = measured(case, QUICK if options.quick else THOROUGH)
        ratio, whole = (times[name] / times["gradient"] for name in ("trace", "events"))
        name = case.function.__name__
        numbers = f"{times['gradient'] * 1e6:.1f}", f"{ratio:.1f}", f"{whole:.1f}"
        table.append([name, case.size, *numbers])
        bounds.check(f"trace of {name} {case.size}", ratio, LIMIT, " times")
    heads = ["function", "size", "gradient us", "trace / gradient", "with events read"]
    print_table("Traces", heads, table, words=2)
    print("\n" + "\n".join(bounds.lines))
    return 0 if bounds.kept or not options.check else 1


if __name__ == "__main__":
    raise SystemExit(main())

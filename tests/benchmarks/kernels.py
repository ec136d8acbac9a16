"""Print how gradients of kernels do: `python -m tests.benchmarks.kernels [--quick] [--only NAME]`.

Time and peak memory against the kernel itself and against its gradient by hand; and for the kernels
whose loops are in Python, whether time and memory per step stay the same while they grow.
"""

from __future__ import annotations

import argparse
import ast
import math
import platform
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
from kernels import KERNELS, Kernel

import srcgrad
from benchmarks.__main__ import agree, geometric_mean, number, print_table
from benchmarks.measure import QUICK, Call, Effort, best_times, seconds_of, settle_allocator, timer

THOROUGH = Effort(repeats=9, slice=0.004)
PATIENCE = 2.0
QUICK_PATIENCE = 0.3
"""Seconds that the largest size of a growing loop may take."""
TRACED = 0.12
"""Seconds of a call whose memory is still traced, which takes many times as long."""
ROOM = 3e8
"""Bytes that it may hold, if its memory goes on growing as it did."""

HEADS = [
    *("kernel", "n", "statements", "kernel us", "gradient / kernel", "/ by hand"),
    *("kernel kB", "gradient kB", "/ kernel"),
]


@dataclass(frozen=True)
class Row:
    """What was measured of one kernel at one size, in seconds and bytes; NaN for what is not."""

    kernel: Kernel
    n: int
    statements: int
    primal: float
    generated: float
    by_hand: float
    primal_peak: float
    peak: float
    compile: float

    @property
    def against_primal(self) -> float:
        return self.generated / self.primal

    @property
    def against_hand(self) -> float:
        return self.generated / self.by_hand

    @property
    def memory(self) -> float:
        return self.peak / self.primal_peak

    @property
    def cells(self) -> list[str]:
        return [
            self.kernel.name,
            str(self.n),
            str(self.statements),
            number(self.primal * 1e6, ".0f"),
            number(self.against_primal),
            number(self.against_hand),
            number(self.primal_peak / 1e3, ".1f"),
            number(self.peak / 1e3, ".1f"),
            number(self.memory),
        ]


def statements_in(text: str) -> int:
    """How many statements a generated function has, its own line not counted."""
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return sum(isinstance(node, ast.stmt) for f in functions for node in ast.walk(f)) - 1


def peak_of(function: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """The most bytes that a call holds at a time."""
    tracemalloc.start()
    try:
        function(*args)
        return float(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def first_line(error: Exception) -> str:
    text = (str(error).splitlines() or [""])[0]
    if isinstance(error, srcgrad.SrcgradError):
        return f"refused: {text}"
    return f"failed: {type(error).__name__}: {text}"


def compiled(kernel: Kernel) -> tuple[Any, float]:
    """The gradient of a kernel, and the seconds that its first call took."""
    gradient = srcgrad.grad(kernel.function, argnums=kernel.wrt)
    return gradient, seconds_of(lambda: gradient(*kernel.inputs(kernel.sizes[0])))


def measure(kernel: Kernel, n: int, gradient: Any, compile_time: float, effort: Effort) -> Row:
    """Compare with the gradient by hand, and time."""
    args = kernel.inputs(n)
    result = gradient(*args)
    calls: dict[str, Call] = {
        "generated": (gradient, args),
        "primal": (kernel.function, args),
    }
    if kernel.by_hand is not None:
        if not agree(result, kernel.by_hand(*args)):
            raise AssertionError(f"not the gradient by hand at n = {n}")
        calls["by_hand"] = (kernel.by_hand, args)
    times = best_times(calls, effort)
    return Row(
        kernel,
        n,
        statements_in(gradient.source),
        **{name: times.get(name, math.nan) for name in ("primal", "generated", "by_hand")},
        primal_peak=peak_of(kernel.function, args),
        peak=peak_of(gradient, args),
        compile=compile_time,
    )


def measure_all(
    kernels: Sequence[Kernel], effort: Effort, quick: bool
) -> tuple[list[Row], dict[str, Any], list[tuple[str, str]]]:
    """The rows, the gradients by name, and what cannot be measured with its reason."""
    rows: list[Row] = []
    gradients: dict[str, Any] = {}
    refused: list[tuple[str, str]] = []
    for kernel in kernels:
        try:
            gradient, compile_time = compiled(kernel)
            for n in dict.fromkeys(kernel.sizes[1:2] if quick else kernel.sizes[1:]):
                rows.append(measure(kernel, n, gradient, compile_time, effort))
        except Exception as error:
            refused.append((kernel.name, first_line(error)))
        else:
            gradients[kernel.name] = gradient
    return rows, gradients, refused


# growth -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Growth:
    """Seconds and bytes per step of a loop, at sizes of ten times as many steps each.

    Less per step at larger sizes is no growth: what a call costs by itself is spread over more.
    """

    kernel: Kernel
    steps: list[int]
    seconds: list[float]
    bytes: list[float]

    @property
    def time(self) -> float:
        return self.seconds[-1] / self.seconds[0]

    @property
    def memory(self) -> float:
        found = [size for size in self.bytes if not math.isnan(size)]
        return found[-1] / found[0] if found else math.nan

    @property
    def verdict(self) -> str:
        if len(self.steps) < 2:
            return "too slow to say"
        found = [
            what for what, ratio in (("time", self.time), ("memory", self.memory)) if ratio > 2
        ]
        return f"{' and '.join(found)} grow" if found else "constant"


def size_for(steps: float, order: int) -> int:
    """A size whose loops take about that many steps: a power of two, which all kernels can take."""
    return int(2 ** round(math.log2(steps) / order))


def grow(kernel: Kernel, gradient: Any, powers: Sequence[int], patience: float) -> Growth:
    """Time and memory per step, as long as there is patience and room for ten times as many."""
    growth = Growth(kernel, [], [], [])
    before = 0.0
    for power in powers:
        n = size_for(10**power, kernel.order)
        args = kernel.inputs(n)
        seconds = seconds_of_call(gradient, args)
        count = n**kernel.order
        growth.steps.append(count)
        growth.seconds.append(seconds / count)
        peak = peak_of(gradient, args) if seconds < TRACED else math.nan
        growth.bytes.append(peak / count)
        if seconds * 10 > patience or (before and peak * peak / before > ROOM):
            break
        before = peak
    return growth


def seconds_of_call(function: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """The best of a few, and of two where one takes long."""
    best = min(timer(function, args).repeat(2, 1))
    if best > 0.05:
        return best
    return best_times({"call": (function, args)}, QUICK)["call"]


def show_growth(grown: Sequence[Growth], powers: Sequence[int]) -> None:
    """One line for each kernel: per step at every size, and the largest against the smallest."""
    table = []
    for growth in grown:
        gaps = ["-"] * (len(powers) - len(growth.steps))
        table.append(
            [
                growth.kernel.name,
                growth.verdict,
                *(number(seconds * 1e9, ".0f") for seconds in growth.seconds),
                *gaps,
                number(growth.time),
                *(number(size, ".0f") for size in growth.bytes),
                *gaps,
                number(growth.memory),
            ]
        )
    heads = ["kernel", "within 2x"]
    heads += [f"ns 10^{power}" for power in powers] + ["last / first"]
    heads += [f"B 10^{power}" for power in powers] + ["last / first"]
    print_table("Loops that grow: the gradient per step", heads, table, words=2)
    good = sum(growth.verdict == "constant" for growth in grown)
    print(f"Constant within 2x, or falling: {good} of {len(grown)}.")
    print(
        "Integers above 256 are objects and fft has a factor of log n: both show in their memory."
    )


# tables -------------------------------------------------------------------------------------------


def show(rows: Sequence[Row], refused: Sequence[tuple[str, str]]) -> None:
    print_table(
        "Kernels (best of interleaved repeats, peak memory)", HEADS, [r.cells for r in rows]
    )
    if refused:
        print_table("Not measured", ["kernel", "why"], refused, words=2)
    if not rows:
        return
    against_primal = geometric_mean([row.against_primal for row in rows])
    against_hand = geometric_mean([row.against_hand for row in rows])
    memory = geometric_mean([row.memory for row in rows])
    print(
        f"\nGeometric means: {number(against_primal)} of the kernel, {number(against_hand)} of the"
        f" gradient by hand, {number(memory)} of the kernel's memory."
    )
    first = {row.kernel.name: row.compile for row in rows}
    slowest = max(first, key=lambda name: first[name])
    print(
        f"First calls: {sum(first.values()):.1f} s for {len(first)} kernels,"
        f" at most {first[slowest]:.2f} s ({slowest})."
    )


def show_markdown(rows: Sequence[Row], refused: Sequence[tuple[str, str]]) -> None:
    print(f"\n| {' | '.join(HEADS)} |")
    print("|---" + "|--:" * (len(HEADS) - 1) + "|")
    for row in rows:
        name, *numbers = row.cells
        print(f"| `{name}` | {' | '.join(numbers)} |")
    for name, why in refused:
        print(f"| `{name}` | {why}" + " |" * (len(HEADS) - 1))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.kernels", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, no large sizes")
    parser.add_argument("--markdown", action="store_true", help="the table for a text as well")
    parser.add_argument("--only", default="", help="only kernels whose name contains this")
    options = parser.parse_args(arguments)
    effort = QUICK if options.quick else THOROUGH
    powers = (2, 3, 4) if options.quick else (2, 3, 4, 5)
    patience = QUICK_PATIENCE if options.quick else PATIENCE

    print(f"srcgrad on Python {platform.python_version()}, NumPy {np.__version__}")
    settle_allocator()
    chosen = [kernel for kernel in KERNELS if options.only in kernel.name]
    rows, gradients, refused = measure_all(chosen, effort, options.quick)
    show(rows, refused)
    loops = [kernel for kernel in chosen if kernel.order and kernel.name in gradients]
    if loops:
        grown = [grow(kernel, gradients[kernel.name], powers, patience) for kernel in loops]
        show_growth(grown, powers)
    if options.markdown:
        show_markdown(rows, refused)
    return 0


if __name__ == "__main__":
    sys.exit(main())

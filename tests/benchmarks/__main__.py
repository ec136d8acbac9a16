"""Print the benchmark tables: `python -m tests.benchmarks [--quick] [--check] [--markdown]`.

Generated gradients against gradients by hand, against the function itself and against autograd;
the cost of dispatch; the time to compile; and the time per element of a loop over x[i].
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import inspect
import math
import platform
import sys
import tempfile
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import srcgrad
from benchmarks import handwritten
from benchmarks.cases import (
    Benchmark,
    autograd_gradient,
    autograd_twin,
    benchmarks,
    straight_line_text,
)
from benchmarks.measure import (
    QUICK,
    THOROUGH,
    Call,
    Effort,
    best_times,
    seconds_of,
    settle_allocator,
)
from support.trees import leaves


@dataclass
class Bounds:
    """The limits that are promised, and whether they were kept."""

    kept: bool = True
    lines: list[str] = field(default_factory=list)

    def check(self, what: str, value: float, limit: float, unit: str = "") -> None:
        good = value <= limit
        self.kept = self.kept and good
        verdict = "kept" if good else "MISSED"
        self.lines.append(f"{verdict:7s}{what}: {value:.3g}{unit} (at most {limit:g}{unit})")


@dataclass(frozen=True)
class Row:
    """What was measured of one benchmark, in seconds; NaN for what cannot run."""

    benchmark: Benchmark
    generated: float
    direct: float
    by_hand: float
    by_hand_again: float
    primal: float
    autograd: float
    compile: float

    @property
    def against_hand(self) -> float:
        """Dispatch is included for arrays and left out for scalars."""
        inner = self.direct if self.benchmark.scalar else self.generated
        return inner / self.by_hand

    @property
    def dispatch(self) -> float:
        return self.generated - self.direct

    @property
    def noise(self) -> float:
        """How far two measurements of the same function are apart."""
        return abs(math.log(self.by_hand_again / self.by_hand))


def agree(a: Any, b: Any) -> bool:
    """Two gradients have the same leaves, up to rounding."""
    first, second = list(leaves(a)), list(leaves(b))
    return len(first) == len(second) and all(
        np.allclose(one, two, rtol=1e-8, atol=1e-10)
        for (_, one), (_, two) in zip(first, second, strict=True)
    )


def direct_call(gradient: Any, args: tuple[Any, ...], want: Any) -> Call | None:
    """The generated function behind a gradient, and all that it takes: outside data comes last."""
    function = gradient.variants[-1].function
    names = list(inspect.signature(function).parameters)[len(args) :]
    space = gradient.primal.__globals__
    if any(name not in space for name in names):
        return None
    call = function, (*args, *(space[name] for name in names))
    return call if agree(call[0](*call[1]), want) else None


def with_autograd(benchmark: Benchmark, twin: ModuleType | None, want: Any) -> Any:
    """autograd's gradient if there is one and it gives the same numbers."""
    if twin is None or not hasattr(twin, benchmark.name):  # autograd refuses stores
        return None
    gradient = autograd_gradient(benchmark, twin)
    try:
        return gradient if agree(gradient(*benchmark.args), want) else None
    except (TypeError, AttributeError, ValueError, NotImplementedError):
        return None


def measure(benchmark: Benchmark, twin: ModuleType | None, effort: Effort) -> Row:
    """Compile, compare with the gradient by hand, and time."""
    args = benchmark.args
    gradient = srcgrad.grad(benchmark.primal, **benchmark.options)
    compile_time = seconds_of(lambda: gradient(*args))
    want = benchmark.handwritten(*args)
    if not agree(gradient(*args), want):
        raise AssertionError(f"{benchmark.name}: generated and hand-written gradients differ")
    functions = {
        "generated": gradient,
        "by_hand": benchmark.handwritten,
        "by_hand_again": benchmark.handwritten,
        "primal": benchmark.primal,
        "autograd": with_autograd(benchmark, twin, want),
    }
    calls = {name: (f, args) for name, f in functions.items() if f is not None}
    direct = direct_call(gradient, args, want)
    if direct is not None:
        calls["direct"] = direct
    times = best_times(calls, effort)
    return Row(
        benchmark,
        **{name: times.get(name, math.nan) for name in (*functions, "direct")},
        compile=compile_time - times["generated"],
    )


# tables -------------------------------------------------------------------------------------------


def number(value: float, form: str = ".2f") -> str:
    return "-" if math.isnan(value) else format(value, form)


def print_table(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1
) -> None:
    """Columns as wide as they need; the first `words` to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    print(f"\n{title}")
    for row in (heads, ["-" * width for width in widths], *rows):
        cells = [
            cell.ljust(width) if k < words else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


def geometric_mean(values: Sequence[float]) -> float:
    found = [value for value in values if not math.isnan(value)]
    return math.exp(sum(map(math.log, found)) / len(found)) if found else math.nan


def show_speed(rows: Sequence[Row], bounds: Bounds) -> None:
    """Each benchmark's times in microseconds, and the ratios that matter."""
    table = [
        [
            row.benchmark.target,
            row.benchmark.name,
            row.benchmark.size,
            number(row.generated * 1e6),
            number(row.by_hand * 1e6),
            number(row.against_hand),
            number(row.dispatch * 1e6),
            number(row.primal * 1e6),
            number(row.generated / row.primal),
            number(row.autograd * 1e6),
            number(row.autograd / row.generated, ".1f"),
        ]
        for row in rows
    ]
    heads = ["target", "function", "size", "gradient us", "by hand us", "/ by hand", "dispatch us"]
    heads += ["function us", "/ function", "autograd us", "x autograd"]
    print_table("Speed (best of interleaved repeats)", heads, table, words=3)
    print("'/ by hand' includes dispatch for arrays and leaves it out for scalars (float sizes).")
    ratios = [row.against_hand for row in rows]
    arrays = [row.against_hand for row in rows if not row.benchmark.scalar]
    print(
        f"Geometric means: {number(geometric_mean(ratios))} of by hand"
        f" ({number(geometric_mean(arrays))} for arrays alone),"
        f" {number(geometric_mean([row.generated / row.primal for row in rows]))} of the function,"
        f" {number(geometric_mean([row.autograd / row.generated for row in rows]), '.1f')}"
        " times as fast as autograd."
    )
    noise = sorted(row.noise for row in rows)
    print(
        "Noise: two measurements of the same gradient by hand differ"
        f" by {noise[len(noise) // 2]:.1%} (median) and {noise[-1]:.1%} (most)."
    )
    worst = max(rows, key=lambda row: -1.0 if math.isnan(row.against_hand) else row.against_hand)
    bounds.check("geometric mean against by hand", geometric_mean(ratios), 1.15)
    name = f"{worst.benchmark.name} {worst.benchmark.size}"
    bounds.check(f"worst against by hand ({name})", worst.against_hand, 1.5)


def show_markdown(rows: Sequence[Row]) -> None:
    """The table of the README."""
    print("\n| function | arguments | gradient | / by hand | / function | autograd / srcgrad |")
    print("|---|---|--:|--:|--:|--:|")
    for row in rows:
        cells = [
            f"`{row.benchmark.name}`",
            row.benchmark.size,
            number(row.generated * 1e6, ".3g" if row.generated < 1e-4 else ".0f") + " µs",
            number(row.against_hand),
            number(row.generated / row.primal),
            number(row.autograd / row.generated, ".1f"),
        ]
        print(f"| {' | '.join(cells)} |")


def first_elements(a, b, c):
    """Next to no work on three arrays, so that a call costs what dispatch costs."""
    return a[0] * b[0] * c[0]


def show_dispatch(effort: Effort, bounds: Bounds) -> None:
    args = (np.arange(1.0, 5.0), np.ones((3, 2))[:, 0].copy(), np.ones(7))
    gradient = srcgrad.grad(first_elements)
    want = gradient(*args)
    direct = direct_call(gradient, args, want)
    assert direct is not None
    times = best_times({"gradient": (gradient, args), "function": direct}, effort)
    cost = (times["gradient"] - times["function"]) * 1e6
    print(
        f"\nDispatch on three array arguments: {cost:.2f} us"
        f" ({times['gradient'] * 1e6:.2f} us a call, {times['function'] * 1e6:.2f} us directly)"
    )
    bounds.check("dispatch on three arrays", cost, 1.5, " us")


def statements_of(function: Callable[..., Any]) -> int:
    """How many statements a function has, its own line and docstring not counted."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    return len(found) - 1 - (ast.get_docstring(tree.body[0]) is not None)


def show_compile_times(rows: Sequence[Row]) -> None:
    """The first call of each function, at its first size."""
    seen: dict[str, Row] = {}
    for row in rows:
        seen.setdefault(row.benchmark.name, row)
    table = []
    for name, row in seen.items():
        count = statements_of(row.benchmark.primal)
        table.append(
            [name, str(count), f"{row.compile * 1e3:.1f}", f"{row.compile / count * 1e3:.2f}"]
        )
    print_table("Compile time", ["function", "statements", "ms", "ms / statement"], table)


def load_text(name: str, text: str, folder: Path) -> ModuleType:
    """A module of generated text, from a file, so that its source can be read."""
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def show_straight_lines(quick: bool, bounds: Bounds) -> None:
    """Functions of 10, 100 and 1000 statements: the time of compiling grows with the length."""
    sizes = (10, 100) if quick else (10, 100, 1000)
    table = []
    per_statement = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            module = load_text(f"straight_{size}", straight_line_text(size), Path(folder))
            function = getattr(module, f"straight_{size}")
            for kind, x in (("float", 0.7), ("array", np.linspace(0.1, 1.0, 5))):
                fresh = [srcgrad.grad(function), srcgrad.grad(function)]
                seconds = min(seconds_of(lambda g=g, x=x: g(x)) for g in fresh)
                per_statement[size, kind] = seconds / size
                row = [f"{size} statements", kind, f"{seconds:.3f}", f"{seconds / size * 1e3:.3f}"]
                table.append(row)
                if size == 100:
                    bounds.check(f"compiling 100 statements ({kind})", seconds, 0.5, " s")
    heads = ["function", "kind", "s", "ms / statement"]
    print_table("Compiling straight lines", heads, table, words=2)
    for kind in ("float", "array"):
        growth = per_statement[sizes[-1], kind] / per_statement[100, kind]
        if sizes[-1] != 100:
            bounds.check(f"time per statement, 1000 against 100 ({kind})", growth, 2.0)


def show_indexing(quick: bool, effort: Effort, bounds: Bounds) -> None:
    """A loop over x[i]: time per element for longer and longer x."""
    gradient = srcgrad.grad(handwritten.sum_of_squares)
    table = []
    per_element = []
    for power in range(2, 5 if quick else 7):
        n = 10**power
        x = np.random.default_rng(power).standard_normal(n)
        few = Effort(max(5, effort.repeats // max(1, 10 ** (power - 4))), effort.slice, math.inf)
        by_hand = handwritten.sum_of_squares_grad
        times = best_times({"generated": (gradient, (x,)), "by hand": (by_hand, (x,))}, few)
        per_element.append(times["generated"] / n)
        hand = times["by hand"] / n
        table.append([f"10^{power}", f"{per_element[-1] * 1e9:.0f}", f"{hand * 1e9:.0f}"])
    heads = ["elements", "gradient ns / element", "by hand ns / element"]
    print_table("A loop over x[i]", heads, table)
    bounds.check("time per element, most against least", max(per_element) / min(per_element), 2.0)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, no large sizes")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is missed")
    parser.add_argument("--markdown", action="store_true", help="the README's table as well")
    parser.add_argument("--only", default="", help="only functions whose name contains this")
    options = parser.parse_args(arguments)
    effort = QUICK if options.quick else THOROUGH
    bounds = Bounds()

    print(f"srcgrad on Python {platform.python_version()}, NumPy {np.__version__}")
    srcgrad.grad(first_elements)(*(np.ones(2),) * 3)  # the compiler itself is loaded by now
    settle_allocator()
    chosen = [b for b in benchmarks(options.quick) if options.only in b.name]
    twin = autograd_twin()
    rows = [measure(benchmark, twin, effort) for benchmark in chosen]
    if rows:
        show_speed(rows, bounds)
        show_compile_times(rows)
    if options.markdown:
        show_markdown(rows)
    if not options.only:
        show_dispatch(effort, bounds)
        show_straight_lines(options.quick, bounds)
        show_indexing(options.quick, effort, bounds)
    print("\nBounds")
    print("\n".join(bounds.lines))
    return int(options.check and not bounds.kept)


if __name__ == "__main__":
    sys.exit(main())

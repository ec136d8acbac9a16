"""Print how higher orders do: `python -m tests.benchmarks.orders [--quick] [--only NAME]`.

Gradients of gradients against the order below, Jacobians by hand, Hessians of JAX and autograd, the
gradient itself, and a tape; all of it with the bounds that are promised and whether they are kept.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import platform
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np

import srcgrad
from benchmarks.__main__ import Bounds, number, print_table
from benchmarks.handwritten import mlp_loss, recurrence, rosenbrock
from benchmarks.kernels import first_line, peak_of
from benchmarks.measure import QUICK, Call, Effort, best_times, seconds_of, settle_allocator
from srcgrad.checkpointing import checkpoint
from support.trees import leaves

Function = Callable[..., Any]

THOROUGH = Effort(repeats=25, slice=0.004, too_slow=4.0)
RNG = np.random.default_rng(0)
STEP = 1e-4
"""Of the central differences, whose error is of its fourth power."""


class Verdicts(Bounds):
    """The bounds; what is refused or fails is not kept either."""

    def fail(self, what: str, why: str) -> None:
        self.kept = False
        self.lines.append(f"FAILED {what}: {why}")

    def try_to(self, what: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as error:  # whatever generated code raises is a result of the benchmark
            self.fail(what, first_line(error))


@dataclass(frozen=True)
class Options:
    """How much to measure, and what."""

    quick: bool
    only: str

    @property
    def effort(self) -> Effort:
        return QUICK if self.quick else THOROUGH

    def chosen(self, name: str) -> bool:
        return self.only in name


# orders -------------------------------------------------------------------------------------------


def loop(a: Any) -> Any:
    return recurrence(a, 0.4)  # type: ignore[no-untyped-call]


def in_place(x: Any) -> Any:
    y = np.zeros_like(x)
    y[0] = x[0] ** 2
    for i in range(1, len(x)):
        y[i] = 0.9 * np.sin(y[i - 1]) + 0.1 * x[i] ** 2
    return np.sum(y)


def mlp(params: Any) -> Any:
    W1, b1, W2, b2 = params
    h = np.tanh(X @ W1 + b1)
    return np.mean((h @ W2 + b2 - Y) ** 2)


def mlp_by_layers(params: Any) -> Any:
    return mlp_loss(params, X, Y)  # type: ignore[no-untyped-call]


def along_number(gradient: Function, v: Any) -> Function:
    """The derivative along v, which is a number."""

    def slope(x: Any) -> Any:
        return gradient(x) * v

    return slope


def along_array(gradient: Function, v: Any) -> Function:
    def slope(x: Any) -> Any:
        return np.sum(gradient(x) * v)

    return slope


def along_tuple(gradient: Function, v: Any) -> Function:
    def slope(params: Any) -> Any:
        W1, b1, W2, b2 = gradient(params)
        V1, c1, V2, c2 = v
        return np.sum(W1 * V1) + np.sum(b1 * c1) + np.sum(W2 * V2) + np.sum(b2 * c2)

    return slope


def along_layers(gradient: Function, v: Any) -> Function:
    def slope(params: Any) -> Any:
        found = gradient(params)
        total = 0.0
        for k in range(len(found)):
            (W, b), (V, c) = found[k], v[k]
            total += np.sum(W * V) + np.sum(b * c)
        return total

    return slope


def layer(width: int, outputs: int) -> tuple[Any, Any]:
    return RNG.standard_normal((width, outputs)) / np.sqrt(width), RNG.standard_normal(outputs)


X = RNG.standard_normal((64, 64))
Y = RNG.standard_normal((64, 10))


@dataclass(frozen=True)
class Case:
    """A function of one argument, and how to make the next one to differentiate of its gradient."""

    name: str
    function: Function
    x: Any
    v: Any
    along: Callable[[Function, Any], Function]


CASES = [
    Case("loop", loop, 0.7, 1.0, along_number),
    Case("in_place", in_place, RNG.standard_normal(100), RNG.standard_normal(100), along_array),
    Case(
        "mlp",
        mlp,
        (*layer(64, 32), *layer(32, 10)),
        (*layer(64, 32), *layer(32, 10)),
        along_tuple,
    ),
    Case(
        "mlp_by_layers",
        mlp_by_layers,
        [layer(64, 32), layer(32, 10)],
        [layer(64, 32), layer(32, 10)],
        along_layers,
    ),
]


def moved(x: Any, v: Any, step: float) -> Any:
    """x + step * v, for the structures that the cases have."""
    if isinstance(x, tuple | list):
        return type(x)(moved(one, other, step) for one, other in zip(x, v, strict=True))
    return x + step * v


def central(function: Function, x: Any, v: Any) -> float:
    """The derivative of a function along v by differences."""
    value = {k: float(function(moved(x, v, k * STEP))) for k in (-2, -1, 1, 2)}
    return (8 * (value[1] - value[-1]) - (value[2] - value[-2])) / (12 * STEP)


def inner(a: Any, b: Any) -> float:
    """The inner product of two values of the same structure."""
    pairs = zip(leaves(a), leaves(b), strict=True)
    return float(sum(np.sum(one * other) for (_, one), (_, other) in pairs))


def show_orders(options: Options, verdicts: Verdicts) -> None:
    table: list[list[str]] = []
    for case in CASES:
        if options.chosen(case.name):
            table += rows_of_orders(case, options, verdicts)
    if table:
        heads = ["function", "order", "us", "/ order below", "/ gradient"]
        heads += ["off differences", "lines", "/ order below", "compile ms"]
        print_table("Gradients of gradients", heads, table)


def rows_of_orders(case: Case, options: Options, verdicts: Verdicts) -> list[list[str]]:
    """A row for each order, up to the first that is refused."""
    calls: dict[str, Call] = {"0": (case.function, (case.x,))}
    off = {"0": math.nan}
    lines = {"0": math.nan}
    compiling = {"0": math.nan}
    failure: tuple[str, str] | None = None
    slope = case.function
    for order in ("1", "2", "3"):
        gradient = srcgrad.grad(slope)
        try:
            compiling[order] = seconds_of(lambda g=gradient: g.compile_for(case.x))  # type: ignore[misc]
            found = inner(gradient(case.x), case.v)
        except Exception as error:
            failure = f"{case.name}, order {order}", first_line(error)
            break
        want = central(slope, case.x, case.v)
        off[order] = abs(found - want) / max(1.0, abs(want))
        lines[order] = lines_in(gradient.source)
        calls[order] = gradient, (case.x,)
        slope = case.along(gradient, case.v)
    times = best_times(calls, options.effort)

    rows = []
    for order in calls:
        below = str(int(order) - 1)
        ratio = times[order] / times.get(below, math.nan)
        rows.append(
            [
                case.name,
                order,
                number(times[order] * 1e6, ".1f"),
                number(ratio),
                number(times[order] / times.get("1", math.nan)),
                number(off[order], ".0e"),
                number(lines[order], ".0f"),
                number(lines[order] / lines.get(below, math.nan)),
                number(compiling[order] * 1e3, ".0f"),
            ]
        )
        if order != "0":
            verdicts.check(f"{case.name}, order {order}, off differences", off[order], 1e-6)
        if order in "23":
            verdicts.check(f"{case.name}, order {order}, time over the order below", ratio, 5.0)
            whole = times[order] / times["1"]
            verdicts.check(f"{case.name}, order {order}, time over the gradient", whole, 5.0)
        if order in "23" and case.name == "mlp":
            growth = lines[order] / lines[below]
            verdicts.check(f"{case.name}, order {order}, lines over the order below", growth, 4.0)
    if failure:
        verdicts.fail(*failure)
    return rows


def lines_in(text: str) -> int:
    """The lines of a source that are not empty."""
    return sum(bool(line.strip()) for line in text.splitlines())


# source that grows --------------------------------------------------------------------------------


def tanh(x: Any) -> Any:
    return (1 - np.exp(-x)) / (1 + np.exp(-x))


def show_growth(options: Options, verdicts: Verdicts) -> None:
    """Lines of the source and time for six orders of a function without loops."""
    if not options.chosen("tanh"):
        return
    table = []
    orders = range(1, 5 if options.quick else 7)
    for name, operator, x in (
        ("tanh of a number", srcgrad.grad, 0.7),
        ("tanh of 200 elements", srcgrad.elementwise_grad, np.linspace(-7.0, 7.0, 200)),
    ):
        function: Any = tanh
        calls: dict[str, Call] = {"0": (tanh, (x,))}
        lines = [float(lines_in("def\nreturn"))]
        compiling = [math.nan]
        for _ in orders:
            function = operator(function)
            start = time.perf_counter()
            function(x)
            compiling.append(time.perf_counter() - start)
            lines.append(lines_in(function.source))
            calls[str(len(calls))] = function, (x,)
        times = best_times(calls, options.effort)
        for k in (0, *orders):
            below = times.get(str(k - 1), math.nan)
            grown = lines[k] / lines[k - 1] if k > 1 else math.nan
            table.append(
                [
                    name,
                    str(k),
                    number(times[str(k)] * 1e6, ".2f"),
                    number(times[str(k)] / below),
                    number(lines[k], ".0f"),
                    number(grown),
                    number(compiling[k] * 1e3, ".0f"),
                ]
            )
        most = max(lines[k] / lines[k - 1] for k in orders if k > 1)
        verdicts.check(f"{name}, lines over the order below, at most", most, 4.0)
        most = max(times[str(k)] / times[str(k - 1)] for k in orders if k > 1)
        verdicts.check(f"{name}, time over the order below, at most", most, 5.0)
        off = off_series(function, x, len(orders))
        verdicts.check(f"{name}, order {len(orders)}, off the exact derivative", off, 1e-8)
    heads = ["function", "order", "us", "/ order below", "lines", "/ order below", "compile ms"]
    print_table("Source and time of derivatives of tanh(x / 2)", heads, table)


def off_series(function: Function, x: Any, order: int) -> float:
    """The error of a derivative of tanh(x / 2), which is a polynomial in it."""
    p = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(order):
        p = 0.5 * p.deriv() * np.polynomial.Polynomial([1.0, 0.0, -1.0])
    return float(np.max(np.abs(function(x) - p(np.tanh(x / 2)))))


# Jacobians and Hessians ---------------------------------------------------------------------------


def show_jacobians(options: Options, verdicts: Verdicts) -> None:
    """1000 results by 1000 arguments, against the Jacobian as a person writes it."""
    if not options.chosen("jacobian"):
        return
    n = 1000
    W, x = RNG.standard_normal((n, n)) / np.sqrt(n), RNG.standard_normal(n)

    def function(x: Any) -> Any:
        return np.tanh(W @ x)

    def by_hand(x: Any) -> Any:
        return (1 - np.tanh(W @ x) ** 2)[:, None] * W

    calls = {"by hand": by_hand, "by hand again": by_hand}
    calls |= {"jacfwd": srcgrad.jacfwd(function), "jacrev": srcgrad.jacrev(function)}
    want = by_hand(x)
    times = best_times({name: (f, (x,)) for name, f in calls.items()}, options.effort)
    reference = min(times["by hand"], times["by hand again"])
    table = []
    for name, function_of in calls.items():
        ratio = times[name] / reference
        off = float(np.max(np.abs(function_of(x) - want)))
        table.append([name, number(times[name] * 1e3), number(ratio), number(off, ".0e")])
        if "hand" not in name:
            verdicts.check(f"{name} of {n} x {n} over by hand", ratio, 3.0)
            verdicts.check(f"{name} of {n} x {n} off by hand", off, 1e-12)
    print_table(
        f"The Jacobian of tanh(W @ x), {n} x {n}", ["by", "ms", "/ by hand", "off by hand"], table
    )


def jax_hessian(x: Any) -> Function | None:
    """JAX's jitted Hessian in double precision, which waits for its result."""
    if importlib.util.find_spec("jax") is None:
        return None
    jax = importlib.import_module("jax")
    jnp = importlib.import_module("jax.numpy")
    jax.config.update("jax_enable_x64", True)

    def loss(x: Any) -> Any:
        return jnp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    compiled, on_device = jax.jit(jax.hessian(loss)), jnp.asarray(x)
    return lambda x: compiled(on_device).block_until_ready()


def autograd_hessian() -> Function | None:
    if importlib.util.find_spec("autograd") is None:
        return None
    anp = importlib.import_module("autograd.numpy")

    def loss(x: Any) -> Any:
        return anp.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)

    found: Function = importlib.import_module("autograd").hessian(loss)
    return found


def rosenbrock_hessian(x: Any) -> Any:
    """By hand: three diagonals in an array of zeros."""
    n = x.size
    i = np.arange(n - 1)
    H = np.zeros((n, n))
    H[i, i] = 1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0
    H[i + 1, i + 1] += 200.0
    H[i, i + 1] = H[i + 1, i] = -400.0 * x[:-1]
    return H


def show_hessians(options: Options, verdicts: Verdicts) -> None:
    """Of Rosenbrock's function, against JAX and autograd where these are installed."""
    if not options.chosen("hessian"):
        return
    n = 500
    x = RNG.standard_normal(n)
    known = {
        "srcgrad": srcgrad.hessian(rosenbrock),
        "srcgrad, reverse over reverse": srcgrad.jacrev(srcgrad.grad(rosenbrock)),
        "by hand": rosenbrock_hessian,
        "JAX, jitted": jax_hessian(x),
        "autograd": autograd_hessian(),
    }
    found = {name: f for name, f in known.items() if f is not None}
    times = best_times({name: (f, (x,)) for name, f in found.items()}, options.effort)
    want = rosenbrock_hessian(x)
    table = []
    for name in known:
        off = float(np.max(np.abs(found[name](x) - want))) if name in found else math.nan
        seconds = times.get(name, math.nan)
        cells = [number(seconds * 1e3, ".3f"), number(times["srcgrad"] / seconds, ".3f")]
        table.append([name, *cells, number(off, ".0e")])
        if name in found and name != "by hand":
            verdicts.check(f"hessian by {name}, off", off, 1e-9)
    print_table(
        f"The Hessian of Rosenbrock's function, n = {n}",
        ["by", "ms", "srcgrad / this", "off by hand"],
        table,
    )
    for name, limit in (("JAX, jitted", 3.0), ("autograd", 0.05)):
        if name in times:
            verdicts.check(f"hessian over {name}", times["srcgrad"] / times[name], limit)


def show_products(options: Options, verdicts: Verdicts) -> None:
    """Products of the Hessian and a vector, forward over reverse, against the gradient."""
    if not options.chosen("hvp"):
        return
    gradient, product = srcgrad.grad(rosenbrock), srcgrad.hvp(rosenbrock)
    table = []
    for n in (10, 1000, 100_000):
        x, v = RNG.standard_normal(n), RNG.standard_normal(n)
        calls: dict[str, Call] = {
            "function": (rosenbrock, (x,)),
            "gradient": (gradient, (x,)),
            "hvp": (product, (x, v)),
        }
        times = best_times(calls, options.effort)
        ratio = times["hvp"] / times["gradient"]
        want = product_by_hand(x, v)
        off = float(np.max(np.abs(product(x, v) - want)) / np.max(np.abs(want)))
        table.append(
            [
                str(n),
                *(number(times[name] * 1e6, ".1f") for name in calls),
                number(ratio),
                number(off, ".0e"),
            ]
        )
        verdicts.check(f"hvp over the gradient, n = {n}", ratio, 3.0)
        verdicts.check(f"hvp off by hand, n = {n}", off, 1e-12)
    heads = ["n", "function us", "gradient us", "hvp us", "hvp / gradient", "off by hand"]
    print_table("Hessian times vector of Rosenbrock's function", heads, table)


def product_by_hand(x: Any, v: Any) -> Any:
    side = -400.0 * x[:-1]
    out = np.zeros_like(x)
    out[:-1] = (1200.0 * x[:-1] ** 2 - 400.0 * x[1:] + 2.0) * v[:-1] + side * v[1:]
    out[1:] += 200.0 * v[1:] + side * v[:-1]
    return out


# checkpoints --------------------------------------------------------------------------------------


def block(h: Any, W: Any, b: Any) -> Any:
    """A layer that keeps several arrays for its derivative."""
    t = np.tanh(h @ W + b)
    return np.sin(t) * np.exp(-t) + h


cheap_block = checkpoint(block)


def deep(params: Any, x: Any) -> Any:
    h = x
    for W, b in params:
        h = block(h, W, b)
    return np.mean(h**2)


def deep_with_checkpoints(params: Any, x: Any) -> Any:
    h = x
    for W, b in params:
        h = cheap_block(h, W, b)
    return np.mean(h**2)


def show_checkpoints(options: Options, verdicts: Verdicts) -> None:
    """50 layers: the peak of memory, the time, and whether the gradients are the same."""
    if not options.chosen("checkpoint"):
        return
    depth, rows, width = 50, 500, 32
    params = [layer(width, width) for _ in range(depth)]
    x = RNG.standard_normal((rows, width))
    functions = {
        "function": deep,
        "gradient": srcgrad.grad(deep),
        "with checkpoints": srcgrad.grad(deep_with_checkpoints),
    }
    times = best_times({name: (f, (params, x)) for name, f in functions.items()}, options.effort)
    peaks = {name: peak_of(f, (params, x)) for name, f in functions.items()}
    table = [
        [
            name,
            number(times[name] * 1e3),
            number(times[name] / times["gradient"]),
            number(peaks[name] / 1e6),
            number(peaks[name] / peaks["gradient"]),
        ]
        for name in functions
    ]
    found = [list(leaves(functions[name](params, x))) for name in list(functions)[1:]]
    off = max(
        float(np.max(np.abs(one - other)) / np.max(np.abs(one)))
        for (_, one), (_, other) in zip(*found, strict=True)
    )
    print_table(
        f"Checkpoints: {depth} layers of {rows} x {width}, {rows * width * 8 / 1e6:.2f} MB each",
        ["", "ms", "/ gradient", "peak MB", "/ gradient"],
        table,
    )
    same = "the same to the last bit" if off == 0.0 else f"{off:.0e} apart"
    print(f"The two gradients are {same}.")
    verdicts.check("checkpoints, gradients apart", off, 1e-14)
    verdicts.check(
        "checkpoints, peak over the tape's", peaks["with checkpoints"] / peaks["gradient"], 0.6
    )
    verdicts.check(
        "checkpoints, time over the tape's", times["with checkpoints"] / times["gradient"], 2.0
    )


SECTIONS = {
    "orders": show_orders,
    "tanh": show_growth,
    "jacobian": show_jacobians,
    "hessian": show_hessians,
    "hvp": show_products,
    "checkpoint": show_checkpoints,
}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.orders", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats, lower orders")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a bound is missed")
    names = [*(case.name for case in CASES), *list(SECTIONS)[1:]]
    text = f"only what has this in its name: {', '.join(names)}"
    parser.add_argument("--only", default="", help=text)
    given = parser.parse_args(arguments)
    options, verdicts = Options(given.quick, given.only), Verdicts()

    print(f"srcgrad on Python {platform.python_version()}, NumPy {np.__version__}")
    settle_allocator()
    for name, show in SECTIONS.items():
        verdicts.try_to(name, lambda show=show: show(options, verdicts))  # type: ignore[misc]
    print("\nBounds")
    print("\n".join(verdicts.lines))
    return int(given.check and not verdicts.kept)


if __name__ == "__main__":
    sys.exit(main())

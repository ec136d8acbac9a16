"""What is measured: functions of `handwritten.py` with arguments of the sizes that users have."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks import handwritten, stores

Arguments = tuple[Any, ...]
TARGETS = {
    "cubic": "1",
    "logistic_loss": "2",
    "recurrence": "3",
    "mlp_loss": "4",
    "sum_of_squares": "5",
    "newton_sqrt": "8",
    "rnn_loss": "9",
    "rosenbrock": "10",
    "smooth": "6",
    "heat": "7",
    "burgers": "11",
    "eliminate": "12",
    "trajectory": "13",
}


@dataclass(frozen=True)
class Benchmark:
    """A function at one size; `name_grad` in `handwritten.py` is its gradient by hand.

    `target` is the number of the pair of function and gradient that set the bar, if it is one.
    """

    name: str
    size: str
    args: Arguments
    argnums: int | tuple[int, ...] = 0
    wrt: tuple[str, ...] | None = None
    scalar: bool = False
    slow: bool = False
    by_hand: str = ""

    @property
    def target(self) -> str:
        return TARGETS.get(self.name, "")

    @property
    def primal(self) -> Callable[..., Any]:
        return found(self.name)

    @property
    def handwritten(self) -> Callable[..., Any]:
        return found(self.by_hand or f"{self.name}_grad")

    @property
    def options(self) -> dict[str, Any]:
        return {"argnums": self.argnums} if self.wrt is None else {"wrt": self.wrt}


def found(name: str) -> Callable[..., Any]:
    """A function of one of the modules with functions and their gradients by hand."""
    function: Callable[..., Any] = getattr(handwritten, name, None) or getattr(stores, name)
    return function


def layers(rng: np.random.Generator, sizes: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Parameters of a network: a list of (weights, bias)."""
    shapes = pairwise(sizes)
    return [(rng.standard_normal((m, n)) / np.sqrt(m), np.zeros(n)) for m, n in shapes]


def scalar_benchmarks() -> Iterator[Benchmark]:
    yield Benchmark("cubic", "float", (1.3,), scalar=True)
    yield Benchmark("tanh_by_exp", "float", (1.0,), scalar=True)
    yield Benchmark("recurrence", "100 steps", (0.7, 0.4), (0, 1), scalar=True)
    yield Benchmark("newton_sqrt", "3.7", (3.7,), scalar=True)
    yield Benchmark("newton_sqrt", "-3.7", (-3.7,), scalar=True)
    yield Benchmark("line_loss", "2 globals", (1.0, 2.0), wrt=("slope", "intercept"), scalar=True)


def array_benchmarks() -> Iterator[Benchmark]:
    rng = np.random.default_rng(0)
    normal = rng.standard_normal
    for n in (100, 10_000):
        X = 2 * rng.random((n, 1))
        yield Benchmark("least_squares", f"{n} x 1", (np.zeros(2), X, 4 + 3 * X))
    for rows, columns in ((4, 3), (1000, 20), (10_000, 100)):
        data = (0.1 * normal(columns), normal((rows, columns)), rng.random(rows) > 0.5)
        size = f"{rows} x {columns}"
        yield Benchmark("logistic_loss", size, data, slow=rows > 1000)
        if rows <= 1000:
            yield Benchmark("logistic_by_calls", size, data, by_hand="logistic_loss_grad")
    for sizes, batch in (((3, 5, 2), 4), ((64, 64, 32, 10), 64), ((256, 512, 256), 128)):
        data = (layers(rng, sizes), normal((batch, sizes[0])), normal((batch, sizes[-1])))
        size = f"{batch} x {'-'.join(map(str, sizes))}"
        yield Benchmark("mlp_loss", size, data, slow=batch > 64)
    for batch in (29, 64):
        images, labels = rng.random((batch, 64)), rng.integers(0, 10, batch)
        params = layers(rng, (64, 64, 32, 10))
        yield Benchmark("digits_loss", f"{batch} x 64-64-32-10", (params, images, labels))
    for n in (100, 10_000):
        yield Benchmark("sum_of_squares", str(n), (normal(n),), slow=n > 100)
    for width, batch, steps in ((4, 2, 6), (32, 16, 50)):
        w = 0.5 * normal((width, width)) / np.sqrt(width)
        data = (w, normal((batch, width)), normal((steps, batch, width)))
        yield Benchmark("rnn_loss", f"{steps} x {batch} x {width}", data)
    for n in (10, 1000, 100_000):
        yield Benchmark("rosenbrock", str(n), (normal(n),), slow=n > 1000)


def store_benchmarks() -> Iterator[Benchmark]:
    normal = np.random.default_rng(1).standard_normal
    for n in (100, 10_000):
        yield Benchmark("smooth", str(n), (normal(n), 0.6), (0, 1), slow=n > 100)
        yield Benchmark("heat", f"50 x {n}", (normal(n), 0.2, 50))
        yield Benchmark("burgers", f"50 x {n}", (0.1 * normal(n), 50))
        yield Benchmark("trajectory", f"50 x {n}", (normal(n), 0.3, 50), (0, 1))
    for n in (5, 40):
        system = (normal((n, n)) + 4 * n * np.eye(n), normal(n))
        yield Benchmark("eliminate", f"{n} x {n}", system, (0, 1))


def benchmarks(quick: bool = False) -> list[Benchmark]:
    """All that is measured, without the slow ones if it has to be quick."""
    found = [*scalar_benchmarks(), *array_benchmarks(), *store_benchmarks()]
    return [b for b in found if not (quick and b.slow)]


def autograd_twin() -> ModuleType | None:
    """`handwritten.py` with autograd's NumPy for NumPy; None where autograd is not installed."""
    if importlib.util.find_spec("autograd") is None:
        return None
    assert handwritten.__file__ is not None
    path = Path(handwritten.__file__)
    text = path.read_text(encoding="utf-8")
    text = text.replace("import numpy as np", "import autograd.numpy as np")
    twin = ModuleType("handwritten_for_autograd")
    sys.modules[twin.__name__] = twin
    exec(compile(text, str(path), "exec"), vars(twin))
    return twin


def autograd_gradient(benchmark: Benchmark, twin: ModuleType) -> Callable[..., Any]:
    """autograd's gradient of the same function, by position or by global names."""
    from autograd import grad

    function = getattr(twin, benchmark.name)
    if benchmark.wrt is None:
        return grad(function, benchmark.argnums)
    return _by_name(grad, function, twin, benchmark.wrt)


def _by_name(
    grad: Callable[..., Any], function: Callable[..., Any], twin: ModuleType, names: tuple[str, ...]
) -> Callable[..., Any]:
    """What one writes with autograd: set the globals, differentiate, set them back."""
    namespace = vars(twin)

    def with_values(values: tuple[Any, ...], *args: Any) -> Any:
        namespace.update(zip(names, values, strict=True))
        return function(*args)

    derivative = grad(with_values)

    def gradient(*args: Any) -> Any:
        values = tuple(namespace[name] for name in names)
        try:
            return derivative(values, *args)
        finally:
            namespace.update(zip(names, values, strict=True))

    return gradient


STRAIGHT_LINE_FORMS = (
    "t{k} = np.sin(t{a}) * x + t{b}",
    "t{k} = 0.5 * t{a} - t{b} * t{b} / (2.0 + x * x)",
    "t{k} = np.exp(-t{a} * t{a}) + 0.1 * t{b}",
    "t{k} = np.tanh(t{a} + t{b})",
)


def straight_line_text(statements: int) -> str:
    """A function of that many statements, each of which uses earlier values."""
    lines = ["import numpy as np", "", "", f"def straight_{statements}(x):", "    t0 = 1.5 * x"]
    for k in range(1, statements - 1):
        form = STRAIGHT_LINE_FORMS[k % len(STRAIGHT_LINE_FORMS)]
        lines.append("    " + form.format(k=k, a=k - 1, b=max(k - 3, 0)))
    lines.append(f"    return np.sum(t{statements - 2})")
    return "\n".join(lines) + "\n"

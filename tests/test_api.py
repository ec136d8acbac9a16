"""The functions a user calls: how gradients are asked for, and what they return."""

from __future__ import annotations

import dataclasses
import doctest
import subprocess
import sys
from collections import namedtuple
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest

import srcgrad
from srcgrad import ArgumentError, NotDifferentiableError, grad, value_and_grad
from support import assert_close, assert_independent, assert_matches, check_gradient
from support.physics import energy as energy_elsewhere

A = 2.0
B = 1.0
STEPS = 3
TABLE = np.array([1.0, 2.0, 4.0])


def model(x):
    return A * x + B


def loss(x, y):
    return (y - model(x)) ** 2


def product(x, y, z=3.0):
    return x**2 * y * z


# how it is asked for ------------------------------------------------------------------------------


def test_bare_decorator() -> None:
    @grad
    def cube(x):
        return x**3

    assert cube(2.0) == 12.0


def test_decorator_with_options() -> None:
    @grad(argnums=(0, 1))
    def power(x, y):
        return x**2 * y

    assert power(3.0, 4.0) == (24.0, 9.0)


def test_decorator_with_wrt() -> None:
    @value_and_grad(wrt="y")
    def power(x, y):
        return x**2 * y

    assert power(3.0, 4.0) == (36.0, 9.0)


def test_empty_call_decorates() -> None:
    assert grad()(product)(1.0, 2.0) == 12.0


@pytest.mark.parametrize(
    ("argnums", "want"),
    [
        (0, 12.0),
        (1, 3.0),
        (2, 2.0),
        (-1, 2.0),
        (-3, 12.0),
        ((0,), (12.0,)),
        ((1, 0), (3.0, 12.0)),
        ((0, -1), (12.0, 2.0)),
        ([0, 1], (12.0, 3.0)),
    ],
)
def test_argnums(argnums: Any, want: Any) -> None:
    assert grad(product, argnums)(1.0, 2.0) == want
    assert grad(product, argnums=argnums)(1.0, 2.0, 3.0) == want
    assert grad(product, argnum=argnums)(1.0, 2.0) == want
    assert value_and_grad(product, argnums)(1.0, 2.0) == (6.0, want)


def test_positions_count_positional_parameters() -> None:
    def f(x, y, *, weight=2.0):
        return x * y * weight

    assert grad(f, -1)(3.0, 5.0) == 6.0
    assert grad(f, wrt="weight")(3.0, 5.0) == 15.0
    with pytest.raises(ArgumentError):
        grad(f, 2)


@pytest.mark.parametrize(("wrt", "want"), [("y", 3.0), (("y",), (3.0,)), (("z", "x"), (2.0, 12.0))])
def test_wrt_parameters(wrt: Any, want: Any) -> None:
    assert grad(product, wrt=wrt)(1.0, 2.0) == want


def test_wrt_globals_of_a_callee() -> None:
    assert grad(loss, wrt=("A", "B"))(1.0, 2.0) == (2.0, 2.0)
    check_gradient(loss, (1.5, 2.0), wrt=("A", "x", "B"))


def test_wrt_int_global() -> None:
    def f(x):
        return x * STEPS**2

    bar = grad(f, wrt="STEPS")(2.0)
    assert bar == 12.0
    assert type(bar) is float


def test_wrt_array_global() -> None:
    def f(x):
        return np.sum(x * TABLE**2)

    assert_close(grad(f, wrt="TABLE")(2.0), 4 * TABLE)


def test_wrt_closure() -> None:
    rate, shift = 0.5, 3

    def f(x):
        return rate * x**2 + shift * x

    assert grad(f, wrt=("rate", "shift"))(4.0) == (16.0, 4.0)


def test_wrt_closure_of_a_callee() -> None:
    rate = 0.5

    def inner(x):
        return rate * x

    def f(x):
        return inner(x) ** 2

    assert grad(f, wrt="rate")(4.0) == 16.0


# how it is called ---------------------------------------------------------------------------------


def test_keywords_and_defaults() -> None:
    g = grad(product, argnums=(0, 2))
    assert g(1.0, 2.0) == (12.0, 2.0)
    assert g(1.0, y=2.0) == (12.0, 2.0)
    assert g(z=5.0, y=2.0, x=1.0) == (20.0, 2.0)
    assert len(g.variants) == 1


def test_default_is_differentiated() -> None:
    def f(x, weights=TABLE, power=2):
        return np.sum(x * weights**power)

    assert_close(grad(f, 1)(2.0), 4 * TABLE)
    assert_close(grad(f, wrt="power")(2.0), 2.0 * np.sum(TABLE**2 * np.log(TABLE)))


def test_positional_only_and_keyword_only() -> None:
    def f(x, /, y, *, z=2.0):
        return x * y * z

    assert grad(f, (0, 1))(3.0, y=5.0, z=7.0) == (35.0, 21.0)
    with pytest.raises(TypeError, match="positional-only"):
        grad(f)(x=3.0, y=5.0)


def test_star_arguments() -> None:
    def f(x, *others, shift=0.0, **named):
        return x * others[0] * others[1] + shift + named["offset"] ** 2

    assert grad(f)(2.0, 3.0, 5.0, offset=4.0) == 15.0
    assert grad(f, wrt="others")(2.0, 3.0, 5.0, offset=4.0) == (10.0, 6.0)
    assert grad(f, wrt="named")(2.0, 3.0, 5.0, offset=4.0) == {"offset": 8.0}
    with pytest.raises(ArgumentError, match="wrt='others'"):
        grad(f, 1)


def test_has_aux() -> None:
    def f(x, y):
        return x * y, {"sum": x + y, "name": "aux"}

    assert grad(f, has_aux=True)(2.0, 3.0) == (3.0, {"sum": 5.0, "name": "aux"})
    value = value_and_grad(f, argnums=(0, 1), has_aux=True)(2.0, 3.0)
    assert value == ((6.0, {"sum": 5.0, "name": "aux"}), (3.0, 2.0))


def test_has_aux_shares_nothing() -> None:
    def f(x):
        y = x * 2.0
        return np.sum(y), (x, y)

    x = np.ones(3)
    bar, aux = grad(f, has_aux=True)(x)
    assert_close(bar, np.full(3, 2.0))
    assert_independent((bar, aux), (x,))


def test_has_aux_needs_a_pair() -> None:
    with pytest.raises(NotDifferentiableError, match="pair"):
        grad(product, has_aux=True)(1.0, 2.0)


# what comes back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype(dtype: Any) -> None:
    def f(x, w):
        return np.sum(np.tanh(x * 2.0) @ w) / 3.0

    bars = grad(f, (0, 1))(np.ones((2, 3), dtype), np.ones(3, dtype))
    assert [bar.dtype for bar in bars] == [dtype, dtype]


def test_dtype_of_each() -> None:
    x, w = np.ones(3, np.float32), np.ones(3)
    bars = grad(lambda x, w: np.sum(x * w), (0, 1))(x, w)
    assert [bar.dtype for bar in bars] == [np.float32, np.float64]


def test_numpy_scalar() -> None:
    bar = grad(lambda x: x * x)(np.float32(3.0))
    assert type(bar) is np.float32
    assert bar == 6.0


Point = namedtuple("Point", "x y")


class Layer(NamedTuple):
    w: Any
    b: Any


@dataclasses.dataclass(frozen=True)
class Params:
    layers: list[Layer]
    scale: float


CONTAINERS = {
    "tuple": (lambda p: p[0] * p[1][0], (2.0, (3.0, 4.0))),
    "list": (lambda p: np.sum(p[0] * p[1]), [np.ones(2), np.arange(2.0)]),
    "dict": (lambda p: np.sum(p["w"]) * p["b"], {"w": np.ones(2), "b": 3.0}),
    "namedtuple": (lambda p: p.x * p.y**2, Point(2.0, 3.0)),
    "nested": (lambda p: np.sum(p["a"][0] * p["b"].x), {"a": [np.ones(2)], "b": Point(2.0, 3.0)}),
    "dataclass": (
        lambda p: np.sum(p.layers[0].w) * p.layers[0].b * p.scale,
        Params([Layer(np.ones((2, 2)), 2.0)], 3.0),
    ),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_containers(name: str) -> None:
    f, params = CONTAINERS[name]
    bar = check_gradient(f, (params,))
    assert_matches(bar, params)
    assert type(bar) is type(params)


def test_int_is_a_float() -> None:
    bar = grad(lambda x: x**3)(2)
    assert bar == 12.0
    assert type(bar) is float


@pytest.mark.parametrize(
    "params", [(2, 3), [2, 3], {0: 2, 1: 3}, (2, 3.0)], ids=["tuple", "list", "dict", "mixed"]
)
def test_int_in_a_container(params: Any) -> None:
    g = grad(lambda p: p[0] ** 2 * p[1])
    bar = g(params)
    assert type(bar) is type(params)
    assert (bar[0], bar[1]) == (12.0, 4.0)
    assert type(bar[0]) is float
    assert type(params[0]) is int


def test_int_in_a_dataclass() -> None:
    params = Params([Layer(np.ones(2), 2)], 3)
    bar = grad(lambda p: np.sum(p.layers[0].w) * p.layers[0].b * p.scale)(params)
    assert bar.scale == 4.0
    assert bar.layers[0].b == 6.0
    assert type(params.scale) is int


def test_int_beside_the_point_stays_int() -> None:
    def f(x, n):
        y = 1.0
        for _ in range(n):
            y = y * x
        return y

    assert grad(f)(2, 3) == 12.0


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_size_one_output(shape: tuple[int, ...]) -> None:
    def f(x):
        return x * x

    x = np.full(shape, 3.0)
    bar = grad(f)(x)
    assert np.shape(bar) == shape
    assert_close(np.asarray(bar), np.full(shape, 6.0))


def test_value_keeps_its_type() -> None:
    value, bar = value_and_grad(lambda x: np.sum(x * x))(np.ones(3, np.float32))
    assert (value.dtype, bar.dtype) == (np.float32, np.float32)


def test_independent_of_its_argument() -> None:
    assert grad(lambda x, y: y * 2.0)(3.0, 4.0) == 0.0
    x = np.ones((2, 2), np.float32)
    assert_matches(grad(lambda x, y: y * 2.0)(x, 4.0), x)


def test_function_of_another_module() -> None:
    check_gradient(lambda x: 2.0 * energy_elsewhere(1.5, x, 0.2), (0.7,))


# source and stages --------------------------------------------------------------------------------


def test_source_for_examples() -> None:
    text = srcgrad.source(lambda x, w: np.sum(np.tanh(x @ w)), np.ones((4, 3)), np.ones(3))
    assert text.startswith("import numpy as np\n")
    assert "x: float64[n, m]" in text
    assert "unbroadcast" not in text
    compile(text, "source", "exec")


def test_source_of_argnums() -> None:
    text = srcgrad.source(product, 1.0, 2.0, argnums=(0, 1))
    space: dict[str, Any] = {}
    exec(text, space)
    assert space["product_grad"](1.0, 2.0, 3.0) == (12.0, 3.0)


def test_source_from_hints_and_defaults() -> None:
    def f(x: float, y: float = 2.0, n=3, name: str = "f"):
        return x * y**n

    text = srcgrad.source(f, argnums=(0, 1))
    assert "x: float; y: float; n: int" in text
    assert "unbroadcast" not in text


def test_source_from_array_hints() -> None:
    def f(x: npt.NDArray[np.float32], y: np.ndarray):
        return np.sum(x * y)

    text = srcgrad.source(f)
    assert "x: float32[...]; y: float64[...]" in text


def test_source_from_broken_hints() -> None:
    def f(x: Missing, y: 1 / 2 = 2.0):  # noqa: F821
        return x * y

    assert "def f_grad" in srcgrad.source(f)


def test_source_without_examples_is_generic() -> None:
    """It runs for any shapes."""

    def f(x, y):
        return np.sum(x * y)

    text = srcgrad.source(f, argnums=(0, 1))
    assert "unbroadcast" in text
    space: dict[str, Any] = {}
    exec(text, space)
    for x, y in [(2.0, np.ones(3)), (np.ones((2, 3)), np.ones(3)), (np.ones((2, 1)), np.ones(3))]:
        wanted = grad(f, (0, 1))(x, y)
        for got, want in zip(space["f_grad"](x, y), wanted, strict=True):
            assert_close(got, want)


def test_source_runs_nothing() -> None:
    ran = []

    def f(x):
        print(ran.append(1))
        return x * x

    srcgrad.source(f, 2.0)
    assert not ran


def test_stages() -> None:
    text = srcgrad.stages(loss, 1.0, 2.0)
    titles = [line for line in text.splitlines() if line.startswith("# ") and line.endswith("---")]
    assert len(titles) == 5
    parts = dict(
        zip(["lowered", "typed", "adjoint", "tidied", "source"], _sections(text), strict=True)
    )
    assert "load model" in parts["lowered"]
    assert "parameters x*: float, y: float, A: float, B: float" in parts["typed"]
    assert "x_bar" in parts["adjoint"]
    assert parts["tidied"].count("\n") < parts["adjoint"].count("\n")
    assert parts["source"].strip() == srcgrad.source(loss, 1.0, 2.0).strip()


def _sections(text: str) -> list[str]:
    sections: list[str] = []
    for line in text.splitlines(keepends=True):
        if line.startswith("# ") and line.endswith("---\n"):
            sections.append("")
        else:
            sections[-1] += line
    return sections


def test_stages_of_loops_and_branches() -> None:
    def f(x, n):
        y = 0.0
        for i in range(n):
            if y > 2.0:
                y = y + x[i] ** 2
            else:
                y = y * x[i]
        while y > 10.0:
            y = y / 2.0
        return y

    text = srcgrad.stages(f, np.ones(4), 4)
    for word in ("for i", "while", "if ", "else", "carry", "push", "pop", "test", "reverse sweep"):
        assert word in text


def test_stages_without_examples() -> None:
    assert "def loss_grad" in srcgrad.stages(loss)


def test_stages_are_the_same_every_time() -> None:
    assert srcgrad.stages(loss, 1.0, 2.0) == srcgrad.stages(loss, 1.0, 2.0)


def test_examples_in_docstrings() -> None:
    failed, _ = doctest.testmod(srcgrad.api)
    assert failed == 0


# importing ----------------------------------------------------------------------------------------


def run(program: str, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_import_leaves_the_compiler_alone() -> None:
    program = "import numpy, sys; before = set(sys.modules); import srcgrad\n"
    program += "print(*sorted(set(sys.modules) - before))"
    new = run(program).stdout.split()
    assert not {"gast", "astunparse", "ast", "linecache", "tokenize", "hashlib"} & set(new)
    assert not [m for m in new if m.startswith(("srcgrad.frontend", "srcgrad.rules"))]
    assert "srcgrad.pipeline" not in new


def test_decorating_leaves_the_compiler_alone() -> None:
    program = "import srcgrad, sys; srcgrad.grad(lambda x: x); print('gast' in sys.modules)"
    assert run(program).stdout == "False\n"


def test_import_is_quick() -> None:
    """A small part of what NumPy takes in the same run, in the best of three."""
    ratios = []
    for _ in range(3):
        lines = run("import numpy, srcgrad", "-X", "importtime").stderr.splitlines()
        rows = [line.split("|") for line in lines]
        took = {row[-1].strip(): int(row[1]) for row in rows if row[1].strip().isdigit()}
        ratios.append(took["srcgrad"] / took["numpy"])
    assert min(ratios) < 0.4


def test_the_last_result_of_a_prompt_is_no_name_of_pythons(monkeypatch: pytest.MonkeyPatch) -> None:
    def repeated(x):
        for _ in range(3):
            x = x * x
        return x

    monkeypatch.setattr("builtins._", 1.0, raising=False)
    assert "for _ in range(3):" in srcgrad.source(repeated, 1.0)

"""Checks of derivatives: right ones pass, wrong ones are found and named."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcgrad
from srcgrad import ArgumentError, GradientMismatchError, check_grads
from srcgrad.checking import _paths
from srcgrad.custom import adjoint, custom_vjp
from srcgrad.rules import table

V = np.array([0.3, -0.7, 1.2])
M = np.arange(6.0).reshape(2, 3) / 7 - 0.4
HERE = Path(__file__)

# right derivatives --------------------------------------------------------------------------------


def cubic(x):
    return x**3 + 2 * x


def of_arrays(x, w):
    return np.sum(np.tanh(w @ x) ** 2)


def by_a_loop(x, n):
    for i in range(n):
        x = np.sin(x) + i * x
    return x


def while_large(x):
    while x > 1.0:
        x = x / 2 + 0.1 * np.sin(x)
    return x * x


def with_stores(x):
    y = np.zeros_like(x)
    y[0] = x[0] ** 2
    for i in range(1, len(x)):
        y[i] += y[i - 1] * x[i]
    y[1:] *= 2.0
    return y


def in_containers(params, scale):
    h = scale
    for w, b in params["layers"]:
        h = np.tanh(w * h + b)
    return {"h": h, "sizes": [np.sum(h), np.sum(h * h)]}


def by_names(params, x):
    return params["gain"] * np.sum(np.tanh(params["w"] @ x))


def of_several(x, y):
    return x * y, (np.exp(x), y**2)


def returns_itself(x):
    return x


def starred(*xs):
    return np.sum(xs[0] * xs[1])


def changes_its_argument(x):
    x *= 2.0
    return np.sum(x * x)


class Point(NamedTuple):
    x: float
    y: Any


@dataclasses.dataclass
class Model:
    w: Any
    b: float


def of_records(point, model):
    return np.sum(model.w * point.y) * point.x + model.b**2


RIGHT: list[tuple[Callable[..., Any], tuple[Any, ...]]] = [
    (cubic, (1.7,)),
    (cubic, (V,)),
    (cubic, (np.float32(0.7),)),
    (of_arrays, (V, M)),
    (of_arrays, (V.astype(np.float32), M.astype(np.float32))),
    (by_a_loop, (0.4, 3)),
    (while_large, (5.3,)),
    (with_stores, (V,)),
    (by_names, ({"w": M, "gain": 0.4}, V)),
    (of_several, (0.4, V)),
    (returns_itself, (V,)),
    (starred, (V, V + 1)),
    (changes_its_argument, (V,)),
    (lambda x: 1e-9 * np.sum(np.sin(x)), (V,)),
    (lambda x: np.sum(np.sin(x / 1e6)), (1e6 * V,)),
    (lambda x: np.sum(np.sqrt(x)), (1e-9 * np.abs(V),)),
    (lambda x: np.sum(x**2), (np.linspace(-1.0, 2.0, 200),)),
]


@pytest.mark.parametrize(("function", "args"), RIGHT)
def test_right_derivatives_pass(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    before = repr(args)
    assert check_grads(function, args) is None
    assert repr(args) == before


def test_lists_and_records() -> None:
    check_grads(in_containers, ({"layers": [(V, 0.2), (V + 1, -0.3)]}, 0.5), order=1)
    check_grads(of_records, (Point(0.3, V), Model(V + 1, 2.0)), order=1)


def test_higher_orders() -> None:
    check_grads(cubic, (1.7,), order=4)
    check_grads(of_arrays, (V, M), order=3)


def test_the_form_of_autograd() -> None:
    assert check_grads(of_arrays, modes=["fwd", "rev"], order=1)(V, M) is None
    assert check_grads(of_arrays, modes="rev")(V, M) is None
    assert check_grads(of_arrays, [V, M], 1) is None


def test_derivatives_are_functions_too() -> None:
    check_grads(srcgrad.grad(cubic), (1.7,))


def test_methods() -> None:
    class Scaled:
        def __init__(self) -> None:
            self.factor = 3.0

        def __call__(self) -> None: ...

        def apply(self, x):
            return self.factor * np.sum(x**2)

    check_grads(Scaled().apply, (V,))


def test_small_derivatives_are_checked_as_well(wrong: Wrong) -> None:
    wrong(np.sin, lambda x, y: 1.001 * np.cos(x))
    with pytest.raises(GradientMismatchError):
        check_grads(lambda x: 1e-9 * np.sum(np.sin(x)), (V,), order=1)


def test_tolerances(wrong: Wrong) -> None:
    wrong(np.sin, lambda x, y: 1.001 * np.cos(x))
    check_grads(lambda x: np.sin(x), (0.4,), order=1, rtol=0.01)
    check_grads(lambda x: np.sin(x), (0.4,), order=1, atol=0.01)
    with pytest.raises(GradientMismatchError):
        check_grads(lambda x: np.sin(x), (0.4,), order=1, rtol=1e-5, atol=0, eps=1e-4)
    check_grads(lambda x: np.sin(x), (np.float32(0.4),), order=1)  # by the precision of float32


# wrong rules --------------------------------------------------------------------------------------

Wrong = Callable[[Any, Callable[..., Any]], None]


@pytest.fixture
def wrong() -> Iterator[Wrong]:
    """Replace the local partials of a primitive for the time of a test."""
    kept: dict[int, Any] = {}

    def replace(op: Any, partials: Callable[..., Any]) -> None:
        kept[id(op)] = table._primitives[id(op)]
        table._primitives[id(op)] = dataclasses.replace(kept[id(op)], partials=partials)

    yield replace
    table._primitives.update(kept)


def mismatch(function: Callable[..., Any], args: tuple[Any, ...], **options: Any) -> Any:
    with pytest.raises(GradientMismatchError) as found:
        check_grads(function, args, **options)
    return found.value


def line_of(text: str) -> int:
    """The first line of this file that holds a text."""
    return next(i for i, line in enumerate(HERE.read_text().splitlines(), 1) if text in line)


def tanh_somewhere(params, x):
    h = np.sin(x)
    h = np.tanh(params["w"] * h) + h  # here
    return np.sum(h)


def test_the_statement_is_named(wrong: Wrong) -> None:
    wrong(np.tanh, lambda x, y: 1 - y * y * y)
    error = mismatch(tanh_somewhere, ({"w": M}, V), modes="rev")
    assert error.operation == "np.tanh"
    assert error.location.file == str(HERE)
    assert error.location.line == line_of('h = np.tanh(params["w"]')
    assert error.modes == ("rev",)
    assert error.order == 1
    assert error.entry.startswith("params['w'][")
    assert error.differentiable
    assert abs(error.derivative - error.difference) > error.tolerance
    text = str(error)
    for part in ("reverse-mode derivative", error.entry, f"{error.difference:.10g}", "np.tanh"):
        assert part in text
    assert 'h = np.tanh(params["w"] * h) + h  # here' in text


def test_the_worst_entry_is_named(wrong: Wrong) -> None:
    wrong(np.tanh, lambda x, y: 1 - y * y + 0.1 * (x == 0.25))
    error = mismatch(lambda p, x: np.sum(np.tanh(p[1]["w"])) * x, ((V, {"w": M + 0.65}), 2.0))
    assert error.entry == "p[1]['w'][0, 0]"


def test_entries_of_results(wrong: Wrong) -> None:
    wrong(np.exp, lambda x, y: 2 * y)
    error = mismatch(of_several, (0.4, V), modes="fwd", order=1)
    assert error.entry == "x"
    assert "of result[1][0] by x is wrong" in str(error)


def looped(x):
    y = np.zeros(4)
    for i in range(4):
        if i % 2:
            y[i] = np.exp(x * i)  # wrong here
        else:
            y[i] = np.sqrt(x)
    return y


@pytest.mark.parametrize("mode", ["fwd", "rev"])
def test_inside_loops_branches_and_stores(wrong: Wrong, mode: str) -> None:
    wrong(np.exp, lambda x, y: y + 1)
    error = mismatch(looped, (0.4,), modes=mode)
    assert error.operation == "np.exp"
    assert error.location.line == line_of("# wrong here")


def only_negative(x):
    for _ in range(5):
        x = x - 1.0
        y = np.sinh(x)  # for negative ones
    return y


def test_rules_that_are_wrong_for_some_values(wrong: Wrong) -> None:
    wrong(np.sinh, lambda x, y: np.cosh(x) * (1 + (x < 0)))
    error = mismatch(only_negative, (3.5,))
    assert error.location.line == line_of("# for negative ones")


def helper(x):
    return np.log(x)  # in a callee


def test_inside_of_callees(wrong: Wrong) -> None:
    wrong(np.log, lambda x, y: -1 / x)
    error = mismatch(lambda x: helper(x) * helper(2 * x), (1.3,))
    assert error.location.line == line_of("# in a callee")


@pytest.mark.parametrize("modes", ["fwd", "rev"])
def test_second_derivatives_alone(wrong: Wrong, modes: str) -> None:
    """The rule of cos is wrong, which is what that of sin says its derivative is."""
    wrong(np.cos, lambda x, y: np.sin(x))
    function = lambda x: np.sum(x * np.sin(x))  # noqa: E731 - the second one
    check_grads(function, (V,), modes=modes, order=1)
    error = mismatch(function, (V,), modes=modes)
    assert error.modes == (modes, modes)
    assert error.operation == "np.sin"
    assert error.location.line == line_of("# noqa: E731 - the second one")
    assert "of order 2" in str(error)


def test_operators(wrong: Wrong) -> None:
    import operator

    wrong(operator.mul, lambda a, b, y: (b, b))
    error = mismatch(lambda a, b: a * b + a, (2.0, 3.0))
    assert error.operation == "operator.mul"


def test_adjoint_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, *, y, y_bar):
        return y_bar * (a - np.mean(a))

    entry = dataclasses.replace(table._primitives[id(np.var)], adjoint=doubled)
    monkeypatch.setitem(table._primitives, id(np.var), entry)
    error = mismatch(lambda x: np.sin(np.var(x)), (V,), order=1)
    assert error.operation == "np.var"


def test_large_arguments(wrong: Wrong) -> None:
    wrong(np.tanh, lambda x, y: 1 - y * y + (x > 1.9))
    error = mismatch(lambda x: np.sum(np.tanh(x)), (np.linspace(-2.0, 2.0, 300).reshape(3, 100),))
    row, column = map(int, error.entry[2:-1].split(","))
    assert row == 2
    assert column > 90


def test_rules_by_users() -> None:
    def cube(x):
        return x**3

    @adjoint(cube)
    def cube_adjoint(x, *, y, y_bar):
        return 2.0 * x**2 * y_bar

    error = mismatch(lambda x: np.sum(cube(np.sin(x))), (V,), modes="rev", order=1)
    assert error.operation == "cube"


def test_rules_in_the_form_of_jax() -> None:
    @custom_vjp
    def doubled(x):
        return 2.0 * np.sin(x)

    doubled.defvjp(lambda x: (2.0 * np.sin(x), x), lambda kept, bar: (np.cos(kept) * bar,))
    error = mismatch(lambda x: np.sum(doubled(x) * x), (V,), modes="rev", order=1)
    assert error.operation == "doubled"


def test_errors_can_be_pickled(wrong: Wrong) -> None:
    wrong(np.tanh, lambda x, y: 1 - y)
    error = mismatch(lambda x: np.tanh(x), (0.4,))
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    assert (again.modes, again.entry, again.tolerance) == (("fwd",), "x", error.tolerance)
    assert isinstance(error, AssertionError)
    assert isinstance(error, srcgrad.SrcgradError)


# kinks --------------------------------------------------------------------------------------------


def test_conventions_in_the_middle_of_a_kink_pass() -> None:
    check_grads(lambda x: np.sum(np.abs(x)), (np.array([0.0, 1.0]),), order=1)
    check_grads(lambda x: np.max(x), (np.array([1.0, 1.0, 0.5]),), order=1)


def test_kinks_are_told_from_wrong_rules() -> None:
    error = mismatch(lambda x: np.sum(np.where(x > 0, x, 0.0)), (np.array([1.0, 0.0]),))
    assert not error.differentiable
    assert error.entry == "x[1]"
    assert "not differentiable here" in str(error)


def test_jumps_are_told_from_wrong_rules() -> None:
    def function(x):
        if x > 1.0:
            return x * x
        return 3.0 * x

    error = mismatch(function, (1.0,), order=1)
    assert not error.differentiable
    assert not error.operation


def test_second_derivatives_at_a_kink() -> None:
    error = mismatch(lambda x: np.sin(x) + np.abs(x), (0.0,))
    assert error.order == 2
    assert not error.differentiable
    assert error.operation == "np.abs"


def test_a_kink_nearby_does_no_harm() -> None:
    check_grads(lambda x: np.sum(np.maximum(x, 0.0) ** 2 + np.abs(x)), (np.array([1e-5, -3e-6]),))


# bad arguments ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "options", "what"),
    [
        (1.0, {}, "args of type float"),
        (V, {}, "args of type ndarray"),
        ((1.0,), {"order": 0}, "order=0"),
        ((1.0,), {"order": 1.5}, "order=1.5"),
        ((1.0,), {"modes": "forward"}, "modes='forward'"),
        ((1.0,), {"modes": ()}, "modes=()"),
        ((1.0,), {"modes": 3}, "modes=3"),
        ((1.0,), {"eps": 0}, "eps=0"),
        ((1.0,), {"atol": -1.0}, "atol=-1.0"),
        ((1.0,), {"rtol": "small"}, "rtol='small'"),
        ((1.0, 2.0), {}, "with 2 arguments"),
        ((3,), {}, "arguments that hold no float"),
        ((1j,), {}, "a leaf of type complex at x"),
        (([1.0, "a"],), {}, "a leaf of type str at x[1]"),
    ],
)
def test_bad_arguments(args: Any, options: dict[str, Any], what: str) -> None:
    with pytest.raises(ArgumentError) as found:
        check_grads(cubic, args, **options)
    assert what in found.value.what
    assert found.value.why
    assert found.value.fix


def test_bad_functions() -> None:
    with pytest.raises(ArgumentError, match="at result"):
        check_grads(lambda x: x > 0, (1.0,))
    with pytest.raises(ArgumentError, match="not finite"):
        check_grads(lambda x: x / 0.0, (np.array([1.0]),))
    with pytest.raises(ArgumentError):
        check_grads("f", (1.0,))  # type: ignore[arg-type]


def test_paths() -> None:
    tree = {"b": (1.0, None, [V]), "a": Point(1.0, Model(2.0, 3.0))}
    assert _paths("p", tree) == [
        *("p['a'].x", "p['a'].y.w", "p['a'].y.b", "p['b'][0]", "p['b'][2][0]")
    ]

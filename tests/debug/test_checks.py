"""Adjoints next to differences: what is compared, what agrees, and what is said of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from golden import CASES, GoldenCase

import srcgrad
from srcgrad.debug.report import checks
from srcgrad.debug.report.checks import Check, Checks

X = np.array([0.3, -0.7, 1.1])


def found(gradient: Any, *args: Any) -> dict[tuple[str, int, tuple[int, ...]], Check]:
    """The comparisons by name, line relative to the definition, and pass: the last of each."""
    trace = gradient.trace(*args)
    first = trace.listings[0].first
    made = Checks(trace).make()
    return {
        (e.variable if e.name == "return" else e.name, e.statement.line - first, e.iteration): made[
            e.index
        ]
        for e in trace.events
        if e.role == "adjoint"
    }


def statuses(gradient: Any, *args: Any) -> dict[tuple[str, int, tuple[int, ...]], str]:
    return {place: check.status for place, check in found(gradient, *args).items()}


# what agrees --------------------------------------------------------------------------------------


def recurrence(w, xs):
    h = np.zeros(3)
    for x in xs:
        z = w * h
        h = np.tanh(z + x)
    return np.sum(h**2)


def test_every_pass_of_a_loop_is_compared() -> None:
    got = statuses(srcgrad.grad(recurrence), X, np.ones((3, 3)))
    assert got["w", 0, ()] == "agrees"
    for i in range(3):
        assert got["w_bar", 3, (i,)] == got["z_bar", 4, (i,)] == "agrees"


def test_the_difference_is_the_adjoint_along_the_direction() -> None:
    check = found(srcgrad.grad(lambda_like), 2.0)["y_bar", 2, ()]
    assert check.adjoint == pytest.approx(3 * 8.0**2)
    assert check.difference == pytest.approx(check.adjoint)


def lambda_like(x):
    y = x**3
    return y**3


def smooth(x, k):
    y = np.zeros_like(x)
    y[0] = x[0] ** 2
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
    return np.sum(y)


def test_elements_are_compared_by_themselves() -> None:
    got = found(srcgrad.grad(smooth, argnums=(0, 1)), X, 0.3)
    check = got["x_bar", 4, (1,)]
    assert check.status == "agrees"
    assert check.adjoint == pytest.approx(2 * X[2] * 0.7)


def inner(x, scale):
    y = np.sin(x) * scale
    return y * y


def outer(x):
    total = 0.0
    for k in range(1, 4):
        total = total + np.sum(inner(x, 0.5 * k))
    return total


def test_variables_of_callees_are_compared() -> None:
    trace = srcgrad.grad(outer).trace(X)
    made = Checks(trace).make()
    inside = [e for e in trace.events if e.role == "adjoint" and e.variable == "y"]
    assert len(inside) == 3
    assert {made[e.index].status for e in inside} == {"agrees"}


def make(scale: float) -> Callable[[Any], Any]:
    def closed(x):
        y = scale * x
        return np.sum(y * y)

    return closed


class Model:
    def __init__(self) -> None:
        self.__scale = 3.0

    def loss(self, x, power=2):
        y = self.__scale * x
        return np.sum(y**power)


# fmt: off
def on_one_line(x): return np.sum(x * x)
# fmt: on


def buffers(u0, steps):
    u = u0.copy()
    new = np.zeros_like(u)
    for _ in range(steps):
        new[1:-1] = u[1:-1] + 0.1 * (u[2:] - 2 * u[1:-1] + u[:-2])
        u, new = new, u
    return np.sum(u**2)


def settle(a):
    x, step = a, 1.0
    while abs(step) > 1e-10:
        step = (x * x - a) / (2 * x)
        x = x - step
    return x


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (make(2.0), (X,)),
        (lambda x, k=2.0: np.sum(k * x**3), (X,)),
        (on_one_line, (X,)),
        (Model().loss, (X,)),
        (buffers, (np.array([0.1, 0.9, -0.4, 0.6, 0.3]), 3)),
        (settle, (2.0,)),
        (smooth, (X.astype(np.float32), 0.3)),
    ],
    ids=["closure", "lambda", "one line", "method", "buffers", "while", "float32"],
)
def test_what_is_right_never_differs(function: Any, args: tuple[Any, ...]) -> None:
    got = statuses(srcgrad.grad(function), *args)
    assert "agrees" in got.values()
    assert "differs" not in got.values()


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_golden_case_differs(case: GoldenCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST", 20)
    trace = case.gradient().trace(*case.args)
    assert "differs" not in {check.status for check in Checks(trace).make().values()}


def test_pullbacks_are_compared() -> None:
    def f(x):
        y = np.sin(x)
        return y * y

    got = statuses(srcgrad.making.pullback_of(f, (0,)), X, np.array([1.0, 2.0, 3.0]))
    assert got["x", 0, ()] == "agrees"


# what differs -------------------------------------------------------------------------------------


def test_a_wrong_rule_is_seen_where_it_is() -> None:
    def square(x):
        return x * x

    @srcgrad.adjoint(square)
    def wrong(x, *, y, y_bar):
        return 3 * x * y_bar

    def f(x):
        a = 2 * x
        b = square(a)
        c = np.sin(b)
        return c * c

    got = statuses(srcgrad.grad(f), 0.7)
    assert got["x", 0, ()] == "differs"
    assert got["a_bar", 2, ()] == "differs"
    assert got["b_bar", 3, ()] == got["c_bar", 4, ()] == "agrees"


# what is not compared, and why --------------------------------------------------------------------


def words(gradient: Any, *args: Any) -> set[str]:
    return {check.words for check in found(gradient, *args).values() if check.status == "none"}


def test_a_kink_is_no_error() -> None:
    def kink(x):
        y = x - 1.0
        return y if y > 0 else 0.0 * y

    assert any("a kink or a jump" in w for w in words(srcgrad.grad(kink), 1.0))


def test_results_that_change_are_not_compared() -> None:
    count = iter(range(100))

    def drifting(x):
        y = x * x
        return y + next(count)

    try:
        said = words(srcgrad.grad(drifting), 1.0)
    except srcgrad.SrcgradError:
        return  # refused before
    assert said == {"the function could not be run again: it gives another result each time"}


def test_large_adjoints_are_not_kept() -> None:
    def big(x):
        y = np.sin(x)
        return np.sum(y * y)

    got = found(srcgrad.grad(big), np.linspace(0, 1, 200))
    assert got["y_bar", 2, ()].words == "the adjoint is too large to be kept"
    assert got["x", 0, ()].status == "agrees"  # what is returned is there whole


def test_no_more_than_a_limit_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "MOST", 3)
    got = found(srcgrad.grad(recurrence), X, np.ones((9, 3)))
    assert [c.status for c in got.values()].count("agrees") == 3
    assert got["w", 0, ()].status == "agrees"


def test_forward_mode_has_no_adjoints() -> None:
    assert not found(srcgrad.deriv(lambda_like), 2.0)


# what it leaves as it was -------------------------------------------------------------------------


def test_nothing_of_the_users_changes(capsys: pytest.CaptureFixture[str]) -> None:
    data = np.array([1.0, 2.0, 3.0])

    def f(x):
        y = data
        z = y * x
        print("seen")
        return np.sum(z * z)

    x = X.copy()
    trace = srcgrad.grad(f).trace(x)
    capsys.readouterr()
    Checks(trace).make()
    assert capsys.readouterr().out == ""
    assert (x == X).all()
    assert (data == [1.0, 2.0, 3.0]).all()

"""Traces: every assignment of both sweeps, with the user's line, the pass and a summary."""

from __future__ import annotations

import inspect
import json
import math
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from golden import CASES, GoldenCase

import srcgrad
from srcgrad.debug.summaries import summarise
from srcgrad.making import pullback_of, tangent_of
from support.trees import leaves


def line_of(function: Callable[..., Any], text: str) -> int:
    """The line of a function that holds a text."""
    lines, first = inspect.getsourcelines(function)
    (found,) = [first + i for i, line in enumerate(lines) if text in line]
    return found


def tanh_layer(h, w):
    return np.tanh(h @ w)


def recurrent(w, h, n):
    for _ in range(n):
        h = tanh_layer(h, w)
    return np.sum(h**2)


def counted(x, limit):
    steps = 0
    while x < limit:
        x = x * x
        steps += 1
    return x


def stored(x):
    y = np.zeros(3)
    for i in range(3):
        y[i] = x[i] ** 2
    return np.sum(y * y)


def nested(x, n):
    s = 0.0
    for i in range(n):
        for j in range(i):
            s = s + np.sin(s * x + j)
    return s


def broken(x):
    y = x * 2.0
    z = y / x
    assert z > 3.0, "too small"
    return z * y


# results ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_result_is_the_gradients(case: GoldenCase, capsys: pytest.CaptureFixture[str]) -> None:
    gradient = case.gradient()
    expected, trace = gradient(*case.args), gradient.trace(*case.args)
    assert trace.error is None
    assert_same(trace.result, expected)
    for pair in trace.pairs():
        event = pair.value or pair.adjoint
        assert event is not None
        assert event.variable == pair.variable
    json.dumps(trace.to_dict(), allow_nan=False)
    assert trace.title in str(trace)


def assert_same(got: Any, expected: Any) -> None:
    for (_, a), (_, b) in zip(leaves(got), leaves(expected), strict=True):
        assert type(a) is type(b)
        assert np.array_equal(a, b, equal_nan=True) if not isinstance(a, str) else a == b


def test_arguments_stay_as_they_are() -> None:
    def clear(x):
        x[0] = 0.0
        return np.sum(x**2)

    x = np.array([1.0, 2.0])
    trace = srcgrad.grad(clear).trace(x)
    assert x.tolist() == [1.0, 2.0]
    assert trace.result.tolist() == [0.0, 4.0]
    assert trace["x"][0].value.tolist() == [1.0, 2.0]


def test_an_error_leaves_the_trace_so_far() -> None:
    trace = srcgrad.grad(broken).trace(4.0)
    assert isinstance(trace.error, AssertionError)
    assert trace.result is None
    assert trace["y"].values[-1].value == 8.0
    assert "AssertionError: too small" in str(trace)


def test_what_cannot_be_differentiated_is_refused_as_ever() -> None:
    with pytest.raises(srcgrad.SrcgradError):
        srcgrad.grad(lambda x: np.frompyfunc(abs, 1, 1)(x)).trace(2.0)


# events -------------------------------------------------------------------------------------------


def test_events_know_their_line_and_their_pass() -> None:
    w, h = 0.5 * np.eye(2), np.ones(2)
    trace = srcgrad.grad(recurrent).trace(w, h, 20)
    call = line_of(tanh_layer, "np.tanh")
    (value,) = [e for e in trace.at(line=call, iteration=17) if e.name == "h"]
    assert value.role == "value"
    assert not value.statement.reverse
    expected = h
    for _ in range(18):
        expected = tanh_layer(expected, w)
    assert np.array_equal(value.value, expected)
    adjoint = trace.at(line=call, iteration=17).adjoints
    assert {e.variable for e in adjoint} >= {"w"}
    assert all(e.statement.reverse for e in adjoint)
    assert [listing.name for listing in trace.listings] == ["recurrent", "tanh_layer"]


def test_the_reverse_sweep_counts_as_the_forward_sweep() -> None:
    trace = srcgrad.grad(counted).trace(1.5, 100.0)
    line = line_of(counted, "x = x * x")
    forward = [e.iteration for e in trace.at(line=line) if e.role == "value"]
    reverse = [e.iteration for e in trace.at(line=line) if e.role == "adjoint"]
    assert forward == [(0,), (1,), (2,), (3,)]
    assert reverse == forward[::-1]


def test_nested_loops_have_a_number_for_each() -> None:
    trace = srcgrad.grad(nested).trace(0.3, 4)
    line = line_of(nested, "np.sin")
    pairs = [(i, j) for i in range(4) for j in range(i)]
    assert [e.iteration for e in trace.at(line=line).values if e.name == "s"] == pairs
    adjoints = list(dict.fromkeys(e.iteration for e in trace.at(line=line).adjoints))
    assert adjoints == pairs[::-1]


def test_a_store_is_an_event_of_its_array() -> None:
    trace = srcgrad.grad(stored).trace(np.array([1.0, 2.0, 3.0]))
    line = line_of(stored, "y[i] =")
    assert [e.value for e in trace.at(line=line).values if e.name == "y"] == [1, 4, 9]
    pairs = [p for p in trace.pairs() if p.variable == "y" and p.statement.line == line]
    assert [p.adjoint is None for p in pairs] == [True, True, False]  # the last: of all of y
    assert pairs[-1].adjoint is not None
    assert pairs[-1].adjoint.value.tolist() == [2.0, 8.0, 18.0]


def test_pairs_put_each_adjoint_next_to_its_version() -> None:
    def twice(x):
        h = x * 3.0
        h = np.sin(h)
        return h * h

    pairs = {p.statement.text: p for p in srcgrad.grad(twice).trace(0.2).pairs()}
    first, second = pairs["h = x * 3.0"], pairs["h = np.sin(h)"]
    h = math.sin(0.6)
    assert second.value is not None
    assert second.value.value == pytest.approx(h)
    assert first.adjoint is not None
    assert first.adjoint.value == pytest.approx(2 * h * math.cos(0.6))
    assert second.adjoint is not None
    assert second.adjoint.value == pytest.approx(2 * h)
    whole = next(p for p in srcgrad.grad(twice).trace(0.2).pairs() if p.variable == "x")
    assert whole.adjoint is not None
    assert whole.adjoint.value == pytest.approx(6 * h * math.cos(0.6))


def test_each_pass_has_its_adjoint() -> None:
    def chain(x, w):
        h = x
        for _ in range(3):
            h = np.tanh(h @ w)
        return np.sum(h * h)

    trace = srcgrad.grad(chain, argnums=1).trace(np.ones(2), np.eye(2))
    pairs = [p for p in trace.pairs() if p.variable == "h" and p.iteration]
    assert [p.iteration for p in pairs] == [(0,), (1,), (2,)]
    h = [p.value.value for p in pairs if p.value]
    expected = 2 * h[2]
    for pair, after in zip(reversed(pairs), [None, *reversed(h[1:])], strict=True):
        if after is not None:
            expected = expected * (1 - after * after)
        assert pair.adjoint is not None
        assert pair.adjoint.value == pytest.approx(expected)


def test_every_derivative_has_a_trace() -> None:
    def f(x):
        y = np.sin(x)
        return y * 2.0

    x, seed = np.array([0.1, 0.2]), np.array([1.0, 0.5])
    pullback, tangent = pullback_of(f, 0), tangent_of(f, 0)
    back, ahead = pullback.trace(x, seed), tangent.trace(x, seed)
    assert_same(back.result, pullback(x, seed))
    assert_same(ahead.result, tangent(x, seed))
    assert back["result"].adjoints[0].value.tolist() == seed.tolist()
    assert ahead["x"].tangents[0].value.tolist() == seed.tolist()
    assert srcgrad.jacobian(f).trace(x).result.shape == (2, 2)
    assert srcgrad.hessian(lambda x: np.sum(x**3)).trace(x).result.shape == (2, 2)
    value, _ = srcgrad.value_and_grad(lambda x: x * x).trace(3.0).result
    assert value == 9.0


def test_methods_closures_and_outside_data() -> None:
    scale = np.array([2.0, 3.0])

    class Model:
        def __init__(self):
            self.w = np.array([1.0, 2.0])

        def loss(self, x):
            h = self.w * x * scale
            return np.sum(h**2)

    x = np.ones(2)
    gradient = srcgrad.grad(Model().loss)
    trace = gradient.trace(x)
    assert_same(trace.result, gradient(x))
    assert trace["scale"][0].value.tolist() == [2.0, 3.0]
    assert trace["h"].values[0].value.tolist() == [2.0, 6.0]


# what is kept -------------------------------------------------------------------------------------


def test_long_loops_keep_the_ends_and_every_kth_pass() -> None:
    gradient = srcgrad.grad(nested)
    whole = gradient.trace(0.3, 40)
    trace = gradient.tracing(most=200)(0.3, 40)
    assert trace.count == whole.count > 1000
    assert len(trace.events) <= 200
    outer = sorted({e.iteration[0] for e in trace.events if e.iteration})
    assert outer[0] == 0
    assert outer[-1] == 39
    forward = {e.iteration for e in trace.events if e.name == "s" and not e.statement.reverse}
    reverse = {e.iteration for e in trace.events if e.name == "s_bar" and e.iteration}
    assert reverse == {i for i in forward if i}
    by_index = {e.index: e for e in whole.events}
    assert all(by_index[e.index].iteration == e.iteration for e in trace.events)


def test_a_while_loop_keeps_its_last_pass() -> None:
    def slow(x):
        while x < 1e6:
            x = x + x * 0.01
        return x

    trace = srcgrad.grad(slow).tracing(most=100)(1.0)
    last = max(e.iteration for e in srcgrad.grad(slow).trace(1.0).events)
    assert last[0] > 1000
    assert len(trace.events) <= 100
    assert {e.iteration for e in trace.events} >= {(0,), last}
    assert trace.at(iteration=last[0]).adjoints


def test_the_first_bad_event_is_always_kept() -> None:
    def bad(x, n):
        s = 0.0
        for i in range(n):
            t = np.sqrt(x - i)
            s = s + t * t
        return s

    with np.errstate(all="ignore"):
        trace = srcgrad.grad(bad).tracing(most=30)(5.5, 2000)
    assert len(trace.events) <= 32
    first = next(e for e in trace.events if e.summary.first_bad is not None)
    assert first.iteration == (6,)


def test_only_some_variables() -> None:
    trace = srcgrad.grad(recurrent).tracing(keep="h")(np.eye(2), np.ones(2), 3)
    assert {e.variable for e in trace.events} == {"h"}
    with pytest.raises(KeyError, match="those of h"):
        trace["w"]


def test_options_are_checked() -> None:
    with pytest.raises(srcgrad.errors.ArgumentError, match="most"):
        srcgrad.grad(counted).tracing(most=-1)


def test_large_arrays_leave_a_summary() -> None:
    trace = srcgrad.grad(lambda x: np.sum(x**2)).trace(np.arange(100.0))
    event = trace["x"][0]
    assert event.value is None
    assert (event.summary.low, event.summary.high) == (0.0, 99.0)
    whole = srcgrad.grad(lambda x: np.sum(x**2)).tracing(whole=100)(np.arange(100.0))
    assert whole["x"][0].value.tolist() == list(range(100))


# summaries ----------------------------------------------------------------------------------------


def test_summary_of_an_array() -> None:
    found = summarise(np.array([[3.0, 0.0], [np.nan, -4.0], [np.inf, 0.0]]))
    assert found.shape == (3, 2)
    assert found.dtype == "float64"
    assert (found.low, found.high, found.norm) == (-4.0, 3.0, 5.0)
    assert (found.zeros, found.nans, found.infs) == (1 / 3, 1 / 6, 1 / 6)
    assert found.first_bad == (1, 0)
    assert found.sample[:2] == (3.0, 0.0)


@pytest.mark.parametrize(
    ("value", "norm"),
    [
        *((3, 3.0), (-2.5, 2.5), (True, 1.0), (np.float32(2.0), 2.0), (3 + 4j, 5.0), ("text", 0.0)),
        *(([3.0, (4.0,)], 5.0), ({"a": np.array([3.0, 4.0])}, 5.0), (None, 0.0)),
        *((np.array([1e200, 1e200]), math.sqrt(2) * 1e200), (np.empty((0, 3)), 0.0)),
    ],
    ids=repr,
)
def test_norms(value: Any, norm: float) -> None:
    found = summarise(value)
    assert found.norm == pytest.approx(norm)
    assert found.first_bad is None


def test_numbers_have_no_axes() -> None:
    assert {summarise(v).shape for v in (1, 2.0, True, 3j, np.float32(1), np.array(2.0))} == {()}


# showing ------------------------------------------------------------------------------------------


def test_printing() -> None:
    text = str(srcgrad.grad(recurrent).trace(0.5 * np.eye(2), np.ones(2), 5))
    assert "\x1b" not in text
    assert "h = tanh_layer(h, w)" in text
    assert "h [0] = [0.4621, 0.4621]" in text
    assert "... 5 of h are kept" in text
    assert text.endswith("nothing found")


def test_colours_come_from_rich(capsys: pytest.CaptureFixture[str]) -> None:
    rich = pytest.importorskip("rich.console")
    trace = srcgrad.grad(lambda x: x * x).trace(3.0)
    console = rich.Console(force_terminal=True, width=200, color_system="standard")
    with console.capture() as captured:
        console.print(trace)
    assert "\x1b" in captured.get()
    trace.show()
    assert "\x1b" not in capsys.readouterr().out


def test_pandas(monkeypatch: pytest.MonkeyPatch) -> None:
    trace = srcgrad.grad(recurrent).trace(np.eye(2), np.ones(2), 3)
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(srcgrad.SrcgradError, match=r"srcgrad\[pandas\]"):
        trace.to_pandas()
    monkeypatch.undo()
    frame = pytest.importorskip("pandas") and trace.to_pandas()
    assert len(frame) == len(trace.events)
    assert set(frame.columns) >= {"index", "variable", "role", "line", "norm", "iteration"}

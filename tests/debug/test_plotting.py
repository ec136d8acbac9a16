"""The figure of a trace: norms by line and pass."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import srcgrad
from srcgrad.debug.events import Event, Statement, Summary
from srcgrad.debug.plotting import in_order, plot

mpl.use("Agg")
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def summary(norm: float, bad: bool = False) -> Summary:
    where = (0,) if bad else None
    return Summary((3,), "float64", -norm, norm, norm, 0.0, 0.0, 0.0, where, (norm,))


def event(line: int, variable: str, norm: float, *iteration: int, **more: Any) -> Event:
    reverse, restores = more.get("reverse", False), more.get("restores", False)
    role = more.get("role", "adjoint" if reverse and not restores else "value")
    statement = Statement(line, reverse, restores, "model.py", line, "text")
    found = summary(norm, more.get("bad", False))
    return Event(0, statement, variable, variable, role, iteration, found)


def back(line: int, variable: str, norm: float, *iteration: int, **more: Any) -> Event:
    return event(line, variable, norm, *iteration, reverse=True, **more)


def trace(*events: Event) -> Any:
    return SimpleNamespace(title="loss", events=events)


def curves(ax: Any) -> dict[str, tuple[list[float], list[float]]]:
    return {n.get_label(): (list(n.get_xdata()), list(n.get_ydata())) for n in ax.lines}


def labels(ax: Any) -> list[str]:
    return [t.get_text() for t in ax.get_xticklabels()]


LOOP = (
    *(event(2, "h", 1.0), event(4, "h", 2.0, 0), event(4, "h", 4.0, 1), event(4, "h", 8.0, 2)),
    *(back(6, "h", 16.0), back(4, "h", 8.0, 2, restores=True), back(4, "h", 0.5, 2)),
    *(back(4, "h", 0.25, 1), back(4, "w", 3.0, 1), back(4, "h", 0.125, 0), back(4, "w", 5.0, 0)),
)


def test_norms_by_line_and_pass() -> None:
    ax = plot(trace(*LOOP))
    drawn = curves(ax)
    assert list(drawn) == ["h", "h_bar", "w_bar"]
    assert drawn["h"] == ([0, 1, 2, 3], [1.0, 2.0, 4.0, 8.0])
    assert drawn["h_bar"] == ([1, 2, 3, 4], [0.125, 0.25, 0.5, 16.0])
    assert drawn["w_bar"] == ([1, 2], [5.0, 3.0])
    assert labels(ax) == ["2", "4\n0", "4\n1", "4\n2", "6"]
    assert (ax.get_yscale(), ax.get_title()) == ("log", "loss")


def test_the_last_of_several_contributions_counts() -> None:
    drawn = curves(plot(trace(event(2, "x", 1.0), back(2, "x", 1.0), back(2, "x", 7.0))))
    assert drawn["x_bar"] == ([0], [7.0])


def test_tangents() -> None:
    drawn = curves(plot(trace(event(2, "x", 1.0), event(2, "x", 3.0, role="tangent"))))
    assert drawn == {"x": ([0], [1.0]), "x_dot": ([0], [3.0])}


def test_zeros_leave_a_gap() -> None:
    _, norms = curves(plot(trace(event(2, "x", 1.0), event(3, "x", 0.0), event(4, "x", 2.0))))["x"]
    np.testing.assert_array_equal(norms, [1.0, np.nan, 2.0])


def test_the_first_that_is_not_finite_is_marked() -> None:
    fine, bad = event(2, "x", 1.0), event(3, "y", 1.0, bad=True)
    drawn = curves(plot(trace(fine, bad, back(3, "x", 1.0, bad=True))))
    assert drawn["y is not finite"][0] == [1, 1]
    drawn = curves(plot(trace(fine, event(3, "y", 1.0), back(3, "x", 1.0, bad=True))))
    assert drawn["x_bar is not finite"][0] == [1, 1]
    assert not [n for n in curves(plot(trace(*LOOP))) if "finite" in n]


def test_lines_that_only_the_reverse_sweep_has_keep_their_place() -> None:
    first, second = event(2, "x", 1.0), event(5, "y", 1.0)
    events = [first, second, back(7, "s", 1.0), back(5, "x", 1.0), back(3, "x", 1.0)]
    assert [line for _, line, _ in in_order([*events, back(2, "x", 1.0)])] == [2, 3, 5, 7]
    assert [line for _, line, _ in in_order([second, back(5, "x", 1.0), back(1, "x", 1.0)])] == [
        *(1, 5)
    ]


def test_long_loops_have_few_ticks() -> None:
    events = [event(line, "x", 1.0, k) for k in range(100) for line in (3, 4, 5)]
    shown = labels(plot(trace(*events)))
    assert len(shown) <= 12
    assert {s.split("\n")[0] for s in shown} == {"3"}


def test_helpers_are_left_out_and_given_axes_are_drawn_on() -> None:
    helper = Event(0, Statement(1, False, False, "", 0, ""), "t", "", "helper", (), summary(1.0))
    _, ax = plt.subplots()
    assert plot(trace(helper, event(2, "x", 1.0)), ax=ax) is ax
    assert list(curves(ax)) == ["x"]


def halved(x: float, n: int) -> float:
    for _ in range(n):
        x = np.sin(x)
    return x


def test_a_trace_plots_itself() -> None:
    ax = srcgrad.grad(halved).trace(0.5, 6).plot()
    drawn = curves(ax)
    values = [0.5]
    for _ in range(6):
        values.append(float(np.sin(values[-1])))
    adjoints = np.cumprod(np.cos(values[:-1])[::-1])[::-1]
    np.testing.assert_allclose(drawn["x"][1], values)
    np.testing.assert_allclose(drawn["x_bar"][1][-7:], [*adjoints, 1.0])
    assert ax.get_title() == "halved"

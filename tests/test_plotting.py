"""Figures of functions and derivatives: what is drawn is what differences say."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

import srcgrad
from srcgrad import ArgumentError, plotting
from srcgrad.plotting import line_equation
from support import load_example

mpl.use("Agg")
from matplotlib import pyplot as plt


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def wave(x: Any) -> Any:
    return np.exp(-0.1 * x) * np.sin(x)


def two_parts(x: float) -> float:
    if x < 0.5:
        return x * x
    return 2.0 - x


def bowl(x: float, y: float) -> float:
    return (x - 1.0) ** 2 + 4.0 * y**2


def rosenbrock(p: Any) -> Any:
    return (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2


def differences(y: Any, x: Any) -> Any:
    """Central differences of a curve, at its inner points."""
    return (y[2:] - y[:-2]) / (x[2:] - x[:-2])


def test_each_curve_is_the_derivative_of_the_one_before() -> None:
    ax = srcgrad.plot(wave, -3.0, 4.0, orders=4)
    curves = [line.get_xydata().T for line in ax.lines]
    assert len(curves) == 5
    np.testing.assert_array_equal(curves[0][1], wave(curves[0][0]))
    for (x, y), (_, slope) in pairwise(curves):
        np.testing.assert_allclose(slope[1:-1], differences(y, x), atol=1e-3)
    assert (curves[0][0][0], curves[0][0][-1]) == ax.get_xlim() == (-3.0, 4.0)


def test_names() -> None:
    texts = [t.get_text() for t in srcgrad.plot(wave, 0, 1, 5).get_legend().get_texts()]
    assert texts == ["wave", "wave'", "wave''", "wave'''", "wave (4)", "wave (5)"]
    assert srcgrad.plot(lambda x: x * x, 0, 1, orders=0).lines[0].get_label() == "f"


def test_functions_of_one_number() -> None:
    """One with a branch cannot take all points at once."""
    value, slope, second = (line.get_xydata().T for line in srcgrad.plot(two_parts, 0, 1, 2).lines)
    assert [two_parts(x) for x in value[0]] == list(value[1])
    np.testing.assert_allclose(slope[1], np.where(slope[0] < 0.5, 2 * slope[0], -1.0))
    np.testing.assert_allclose(second[1], np.where(slope[0] < 0.5, 2.0, 0.0))


def test_constant_functions_and_ones_of_arrays() -> None:
    value, slope = (line.get_ydata() for line in srcgrad.plot(lambda x: 3.0, 0, 1, 1).lines)
    assert set(value) == {3.0}
    assert set(slope) == {0.0}
    with pytest.raises(ArgumentError, match=r"shape \(2,\)"):
        srcgrad.plot(lambda x: np.array([1.0, 2.0]) * x, 0, 1)


@pytest.mark.parametrize(
    "arguments",
    [(1, 0), (0, 0), (0, float("nan")), (0, 1, -1), (0, 1, 1.5), (0, 1, True)],
)
def test_wrong_arguments(arguments: Any) -> None:
    with pytest.raises(ArgumentError):
        srcgrad.plot(wave, *arguments)


def test_what_a_function_raises_passes() -> None:
    def stops(x: float) -> float:
        raise RuntimeError("stops")

    with pytest.raises(RuntimeError, match="stops"):
        srcgrad.plot(stops, 0, 1)


def test_given_axes_are_drawn_on() -> None:
    _, (left, middle, right) = plt.subplots(1, 3)
    assert srcgrad.plot(wave, 0, 1, ax=left) is left
    assert srcgrad.plot_tangent(wave, 1.0, ax=middle) is middle
    assert srcgrad.plot_descent(bowl, (3.0, 1.0), ax=right) is right
    assert len(plt.get_fignums()) == 1
    assert srcgrad.plot(wave, 0, 1).figure is not left.figure


def test_a_tangent() -> None:
    ax = srcgrad.plot_tangent(lambda x: 3 * x**2 - 4 * x, 1, width=3.0)
    curve, tangent, point = (line.get_xydata().T for line in ax.lines)
    np.testing.assert_allclose(curve[1], 3 * curve[0] ** 2 - 4 * curve[0])
    np.testing.assert_allclose(tangent[1], 2 * tangent[0] - 3, atol=1e-12)
    assert point.tolist() == [[1.0], [-1.0]]
    assert ax.lines[1].get_label() == "y = 2x - 3"
    assert ax.get_xlim() == (-0.5, 2.5)


def test_the_slope_of_a_tangent_is_that_of_differences() -> None:
    x, y = srcgrad.plot_tangent(wave, 0.7).lines[1].get_xydata().T
    slope = (wave(0.7 + 1e-6) - wave(0.7 - 1e-6)) / 2e-6
    np.testing.assert_allclose(differences(y, x), slope, rtol=1e-8)


@pytest.mark.parametrize(
    ("line", "equation"),
    [
        ((2.0, -1.0, 1.0), "y = 2x - 3"),
        ((1.0, 3.0, 3.0), "y = x"),
        ((-1.0, 0.5, 0.0), "y = -x + 0.5"),
        ((0.0, 0.5, 7.0), "y = 0.5"),
        ((0.0, 0.0, 7.0), "y = 0"),
        ((-2.5, 0.0, 0.0), "y = -2.5x"),
        ((1 / 3, 0.0, 1.0), "y = 0.3333x - 0.3333"),
        ((0.3, 0.9, 3.0), "y = 0.3x"),  # but for rounding
    ],
)
def test_equations(line: tuple[float, float, float], equation: str) -> None:
    assert line_equation(*line) == equation


@pytest.mark.parametrize("fun", [bowl, lambda p: bowl(p[0], p[1])], ids=["of two", "of an array"])
def test_a_descent(fun: Any) -> None:
    ax = srcgrad.plot_descent(fun, (3.0, 1.0), rate=0.1)
    path = ax.lines[0].get_xydata()
    assert path[0].tolist() == [3.0, 1.0]
    np.testing.assert_allclose(path[-1], [1.0, 0.0], atol=1e-6)
    heights = np.array([bowl(x, y) for x, y in path])
    assert (np.diff(heights) <= 0).all()
    slope = np.array([2 * (3.0 - 1.0), 8 * 1.0])
    np.testing.assert_allclose(path[1] - path[0], -0.1 * slope)
    low, high = ax.get_xlim()
    assert low < path[:, 0].min() < path[:, 0].max() < high


def test_steps_that_are_too_long_are_halved() -> None:
    path = srcgrad.plot_descent(bowl, (3.0, 1.0), rate=64.0, steps=1).lines[0].get_xydata()
    step, slope = path[1] - path[0], np.array([4.0, 8.0])
    assert bowl(*path[1]) < bowl(*path[0])
    assert np.log2(-step[0] / slope[0]) % 1 == 0
    np.testing.assert_allclose(step / slope, step[0] / slope[0])


def test_contours_are_those_of_the_function() -> None:
    ax = srcgrad.plot_descent(rosenbrock, np.array([-0.5, 1.0]), steps=5, rate=0.002)
    (contours,) = ax.collections
    checked = 0
    for level, line in zip(contours.levels, contours.get_paths(), strict=True):
        if level > 10 and len(line.vertices):
            heights = [rosenbrock(p) for p in line.vertices]
            np.testing.assert_allclose(heights, level, rtol=0.05)
            checked += 1
    assert checked > 5


def test_a_start_at_the_minimum() -> None:
    ax = srcgrad.plot_descent(bowl, (1.0, 0.0))
    assert ax.lines[0].get_xydata().tolist() == [[1.0, 0.0]]


def test_parameters_with_defaults_are_none_of_the_two() -> None:
    def scaled(p: Any, scale: float = 2.0) -> Any:
        return scale * (p[0] ** 2 + p[1] ** 2)

    path = srcgrad.plot_descent(scaled, (1.0, 1.0)).lines[0].get_xydata()
    np.testing.assert_allclose(path[-1], 0.0, atol=1e-6)


@pytest.mark.parametrize("start", [1.0, (1.0,), (1.0, 2.0, 3.0)])
def test_wrong_starts(start: Any) -> None:
    with pytest.raises(ArgumentError, match="start="):
        srcgrad.plot_descent(bowl, start)


def test_nothing_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("a window opened"))
    srcgrad.plot(wave, 0, 1)
    srcgrad.plot_tangent(wave, 0.0)
    srcgrad.plot_descent(bowl, (1.0, 1.0))


def test_without_matplotlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ArgumentError, match=r"pip install 'srcgrad\[matplotlib\]'"):
        srcgrad.plot(wave, 0, 1)


def test_examples_in_docstrings() -> None:
    failed, tried = doctest.testmod(plotting)
    assert tried
    assert not failed


@pytest.mark.parametrize("name", ["tangent", "difference_quotient", "descent"])
def test_examples(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = load_example(name, fresh=True)
    example.main(str(tmp_path / "figure.png"))
    assert (tmp_path / "figure.png").read_bytes().startswith(b"\x89PNG")
    shown = {"tangent": "f'(1) = 2.0", "difference_quotient": "0.01         2.030000000"}
    assert shown.get(name, "after 3000 steps: x = 0.95") in capsys.readouterr().out

"""Findings: the first one names the line and the cause; healthy programs have none."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kernels  # noqa: F401 - it fills the registry
import numpy as np
import pytest
from golden import CASES, GoldenCase
from kernels.registry import KERNELS, Kernel

import srcgrad
from srcgrad.gradient import Gradient
from srcgrad.making import tangent_of
from srcgrad.runtime import copied
from support import ROOT

from .faults import FAULTS, Fault


def findings(function: Callable[..., Any], *args: Any, argnums: Any = 0) -> Any:
    with np.errstate(all="ignore"):
        return srcgrad.grad(function, argnums=argnums).trace(*args).findings


# planted faults -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_first_finding_names_the_fault(fault: Fault) -> None:
    first = findings(fault.function, *fault.args, argnums=fault.argnums)[0]
    assert first.kind == fault.kind
    assert (first.file, first.line) == (fault.function.__code__.co_filename, fault.line)
    assert first.sweep == fault.sweep
    assert [word for word in fault.words if word not in first.message] == []
    assert fault.where in (None, first.where)
    assert first.remedy
    assert str(fault.line) in str(first)


def test_the_pass_of_a_birth() -> None:
    def series(x, n):
        s = 0.0
        for i in range(n):
            s = s + np.log(x - i)
        return s

    first = findings(series, 4.5, 9)[0]
    assert first.iteration == (5,)
    assert "(x - i) is -0.5" in first.message


def test_a_bad_argument_is_named() -> None:
    first = findings(lambda x, y: np.sum(x * y), np.ones(3), np.array([1.0, np.nan, 2.0]))[0]
    assert first.message == "the argument y holds nan at [1]"


def test_an_infinite_start_is_no_fault() -> None:
    def smallest(x):
        best = np.inf
        for value in x:
            best = min(best, value)
        return best * best

    assert list(findings(smallest, np.array([3.0, 2.0]))) == []


def test_a_part_of_a_container_that_is_dead() -> None:
    def loss(params, x):
        return np.sum(np.tanh(x @ params["w"]) + 0.0 * params["b"])

    first = findings(loss, {"w": np.ones(2), "b": np.ones(3)}, np.ones((3, 2)))[0]
    assert first.kind == "dead input"
    assert first.variable == "params['b']"
    assert "multiplied by 0" in first.message


def test_kinks() -> None:
    def kinks(x):
        return np.max(x) + np.sum(np.abs(x)) + np.sum(np.where(x > 2.0, x * x, 4.0))

    found = findings(kinks, np.array([0.0, 1.0, 2.0, 2.0]))
    assert {f.kind for f in found} == {"kink"}
    messages = "\n".join(f.message for f in found)
    assert "is there 2 times" in messages
    assert "np.abs has a kink at 0" in messages
    assert "threshold of >" in messages


def test_an_error_comes_first() -> None:
    def broken(x):
        y = x * 2.0
        assert y > 3.0, "too small"
        return y

    first = findings(broken, 1.0)[0]
    assert (first.kind, first.text) == ("error", 'assert y > 3.0, "too small"')


def test_a_check_of_the_users_that_finds_nan() -> None:
    def checked(x):
        y = np.sqrt(x - 2.0)
        assert y > 0.0
        return y

    cause, error = findings(checked, 1.0)
    assert (cause.kind, cause.line + 1) == ("nonfinite", error.line)
    assert error.kind == "error"


def test_tangents_are_looked_at_too() -> None:
    def root(x):
        return np.sqrt(x)

    with np.errstate(all="ignore"):
        first = tangent_of(root, 0).trace(np.array([1.0, 0.0]), np.ones(2)).findings[0]
    assert (first.kind, first.sweep, first.where) == ("nonfinite", "forward", (1,))
    assert "x[1] is 0" in first.message


@srcgrad.custom_jvp
def cubed(x):
    return x**3


@cubed.defjvp
def cubed_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return cubed(x), 2.0 * x**2 * x_dot


def test_a_wrong_rule_of_forward_mode() -> None:
    first = tangent_of(lambda x: np.sin(cubed(x)), 0).trace(0.7, 1.0).findings[0]
    assert first.kind == "mismatch"
    assert "cubed" in first.message


def test_residuals_at_the_solution_do_not_cancel() -> None:
    x = np.linspace(0.0, 1.0, 5)
    y = 3.0 * x + 1e-9 * np.sin(x)
    assert list(findings(lambda a, x, y: np.sum((y - a * x) ** 2), 3.0, x, y)) == []


def test_overflow_in_the_reverse_sweep() -> None:
    def steep(x):
        for _ in range(4):
            x = 1e-80 * np.sinh(x * 1e80)
        return np.sum(np.tanh(x) * 1e300) * 1e200

    found = findings(steep, np.array([1e-81, 2e-81]))
    assert found[0].kind == "nonfinite"


def test_an_overflow_that_only_the_adjoints_feel() -> None:
    first = findings(lambda x: np.sum(1.0 / (1.0 + np.exp(-x))), np.array([1.0, -800.0]))[0]
    assert "np.exp overflows: -x[1] is 800" in first.message
    assert "but the adjoints do" in first.message


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda x: np.sum(np.sign(x)), "np.sign cuts x off"),
        (lambda x: np.sum(np.round(x * 3.0)), "constant between jumps"),
        (lambda x: np.ones(2)[np.argmax(x)] * 2.0, "np.argmax cuts x off"),
        (lambda x: np.sum(np.where(x > 0.0, 1.0, 2.0)), "comparison > cuts x off"),
        (lambda x: np.sum(srcgrad.stop_gradient(x) ** 2), "stop_gradient cuts x off"),
    ],
    ids=["sign", "round", "argmax", "comparison", "stop_gradient"],
)
def test_what_cuts_an_input_off(function: Callable[..., Any], word: str) -> None:
    (only,) = findings(function, np.array([0.3, -0.7]))
    assert only.kind == "dead input"
    assert word in only.message


def test_cancellation_is_not_taken_for_a_wrong_derivative() -> None:
    def root(a, b, c):
        return (-b + np.sqrt(b * b - 4.0 * a * c)) / (2.0 * a)

    found = findings(root, 1.0, 1e8, 1.0, argnums=(0, 1, 2))
    assert [f.kind for f in found] == ["cancellation"]
    assert list(findings(root, 1.0, 1e8, 1.0)) == []  # -b is data


def test_layers_in_a_list() -> None:
    def deep(weights, h):
        for w in weights:
            h = np.tanh(h @ w)
        return np.sum(h)

    first = findings(deep, [0.1 * np.eye(2)] * 20, np.ones(2))[0]
    assert (first.kind, first.variable, first.text) == ("vanishing", "h", "h = np.tanh(h @ w)")


def test_nothing_found_says_so() -> None:
    assert str(findings(lambda x: x * x, 2.0)) == "nothing found"


# false alarms -------------------------------------------------------------------------------------

TRUE_NOTES = {
    "boolean_operators": "did not run",
    "edit_distance": "threshold",
}
"""Healthy programs of which something remarkable is true."""


def assert_healthy(name: str, found: Any) -> None:
    note = TRUE_NOTES.get(name)
    assert [f for f in found if note is None or note not in f.message] == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_golden_cases_are_healthy(case: GoldenCase, capsys: pytest.CaptureFixture[str]) -> None:
    assert_healthy(case.name, case.gradient().trace(*case.args).findings)


@pytest.mark.parametrize("kernel", KERNELS[::3], ids=lambda k: k.name)
def test_kernels_are_healthy(kernel: Kernel) -> None:
    gradient = srcgrad.grad(kernel.function, argnums=kernel.wrt)
    assert_healthy(kernel.name, gradient.trace(*kernel.inputs(kernel.sizes[0])).findings)


EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_healthy(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Every gradient that an example calls, at the arguments of its first call."""
    if "matplotlib" in path.read_text():
        pytest.importorskip("matplotlib").use("agg")
    calls: list[tuple[Gradient, dict[str, Any]]] = []
    select = Gradient._select

    def noted(self: Gradient, arguments: dict[str, Any]) -> Any:
        calls.append((self, copied(arguments)))
        return select(self, arguments)

    monkeypatch.setattr(Gradient, "_select", noted)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", [str(path)])
    runpy.run_path(str(path), run_name="__main__")
    monkeypatch.undo()
    assert calls
    for gradient, arguments in calls:
        assert_healthy(path.stem, gradient.trace(**arguments).findings)

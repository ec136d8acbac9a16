"""`srcgrad explain`."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.shell import Run, line_of


def test_explain(run: Run, model: Path) -> None:
    code, out, err = run("explain", f"{model}:loss", "--args", "np.ones(2), data")
    assert (code, err) == (0, "loading\n")
    assert "return np.sum((X @ w) ** 2)  |" in out
    assert "v1 = X @ w\n" in out
    assert "w_bar += X.T @ v1_bar" in out


def test_without_arguments(run: Run, model: Path) -> None:
    code, out, _ = run("explain", f"{model}:square")
    assert code == 0
    assert "the derivative of y = a * b by a is b and by b is a" in out


@pytest.mark.parametrize(
    ("option", "has", "has_not"),
    [
        (("--line", str(line_of("y = np.log(x)"))), "y = np.log(x)", "return"),
        (("--variable", "x"), "y = np.log(x)", "return"),
        (("--variable", "y"), "result = y * y", "|"),
    ],
)
def test_a_part(run: Run, model: Path, option: tuple[str, str], has: str, has_not: str) -> None:
    code, out, _ = run("explain", f"{model}:logarithm", *option)
    assert code == 0
    assert has in out
    assert has_not not in out


def test_into_a_file(run: Run, model: Path, tmp_path: Path) -> None:
    code, out, _ = run("explain", f"{model}:square", "-o", tmp_path / "why.txt")
    assert (code, out) == (0, "")
    assert "its derivative" in (tmp_path / "why.txt").read_text(encoding="utf-8")


def test_what_is_not_there(run: Run, model: Path) -> None:
    code, out, err = run("explain", f"{model}:square", "--line", "999")
    assert (code, out) == (1, "")
    assert f"its statements there are on: {line_of('return x * x')}" in err
    code, _, err = run("explain", f"{model}:square", "--variable", "nope")
    assert code == 1
    assert "its variables are result, x" in err

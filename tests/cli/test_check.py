"""`srcgrad check`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from support.shell import Run, line_of

WRONG = """\
import srcgrad


def cube(x):
    return x**3


@srcgrad.adjoint(cube)
def cube_adjoint(x, *, y, y_bar):
    return 2.0 * x**2 * y_bar


def f(x):
    z = cube(x)
    return z + 1.0
"""


def test_right(run: Run, model: Path) -> None:
    code, out, err = run("check", f"{model}:loss", "--args", "np.ones(2), data")
    assert (code, err) == (0, "loading\n")
    assert out == "loss: its derivatives are right, order 2, fwd and rev\n"


def test_wrong(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong_a_model.py"
    path.write_text(WRONG, encoding="utf-8")
    code, out, err = run("check", f"{path}:f", "--args", "2.0", "--modes", "rev", "--order", "1")
    assert (code, out) == (1, "")
    assert f"{path}:14:9: the reverse-mode derivative by x is wrong" in err
    assert "alone, that of cube" in err
    assert "Traceback" not in err


def test_no_derivative_here(run: Run, model: Path) -> None:
    code, _, err = run("check", f"{model}:rough", "--args", "np.array([0.0, 1.0])")
    assert code == 1
    assert "not differentiable here" in err


@pytest.mark.parametrize("chosen", [("--wrt", "x"), ("--argnums", "0"), ("--argnums=-2,",)])
def test_some_arguments(run: Run, model: Path, chosen: tuple[str, ...]) -> None:
    """By y there would be a kink."""
    function = "kinked"
    model.write_text(
        model.read_text(encoding="utf-8") + "\ndef kinked(x, y):\n    return x * abs(y)\n",
        encoding="utf-8",
    )
    code, _, _ = run("check", f"{model}:{function}", "--args", "2.0, 0.0")
    assert code == 1
    code, out, err = run("check", f"{model}:{function}", "--args", "2.0, 0.0", *chosen)
    assert (code, err) == (0, "loading\n")
    assert "right" in out


def test_a_decorated_function(run: Run, model: Path) -> None:
    assert run("check", f"{model}:cube", "--args", "3.0")[0] == 0


def test_by_name(run: Run, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "point.npz", w=np.ones(2), X=np.ones((3, 2)))
    code, out, _ = run("check", f"{model}:loss", "--npz", tmp_path / "point.npz", "--wrt", "w")
    assert code == 0
    assert "right" in out


def test_what_the_function_raises(run: Run, model: Path) -> None:
    line = line_of("raise ValueError")
    code, out, err = run("check", f"{model}:half", "--args", "-1.0")
    assert (code, out) == (1, "")
    assert f"srcgrad: {model}:{line}:9: ValueError: negative" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--wrt", "nope"), "its parameters are x, y"),
        (("--argnums", "5"), "its parameters are x, y"),
        (("--wrt", "x", "--argnums", "0"), "they say the same"),
        (("--modes", "sideways"), "there are the modes"),
        (("--order", "0"), "how often to differentiate"),
    ],
)
def test_bad_options(run: Run, model: Path, more: tuple[str, ...], says: str) -> None:
    code, out, err = run("check", f"{model}:scaled", "--args", "1.0, 2.0", *more)
    assert (code, out) == (1, "")
    assert says in err

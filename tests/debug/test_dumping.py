"""Gradients in files: what is written, and that calls run it."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import ArgumentError


def loss(x: Any) -> Any:
    h = np.sqrt(x)
    return np.sum(h * h * h)


RATE = np.array([2.0])


def scaled(x: float) -> Any:
    return RATE[0] * helper(x)


@srcgrad.checkpoint
def helper(x: float) -> Any:
    return np.sin(x) ** 2


def file_of(gradient: Any, index: int) -> str:
    return str(gradient.variants[index].function.__code__.co_filename)


def test_calls_run_the_file(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    path = slope.dump(tmp_path / "loss_grad.py", 4.0)
    assert path == tmp_path / "loss_grad.py"
    assert path.read_text().startswith(slope.source)
    assert slope(4.0) == pytest.approx(3.0)
    assert [file_of(slope, 0)] == [str(path)]
    assert len(slope.variants) == 1


def test_the_file_runs_alone(tmp_path: Path) -> None:
    path = srcgrad.grad(loss).dump(tmp_path / "loss_grad.py", 4.0)
    program = "from loss_grad import loss_grad; print(loss_grad(4.0))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=path.parent, capture_output=True, text=True, check=True
    )
    assert done.stdout == "3.0\n"


def test_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    slope = srcgrad.grad(loss)
    assert slope.dump("g.py", 4.0) == tmp_path / "g.py"
    monkeypatch.chdir("/")
    assert file_of(slope, 0) == str(tmp_path / "g.py")


def test_further_variants_go_beside_it(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    slope(4.0)
    path = slope.dump(str(tmp_path / "g.py"), np.ones(3))
    slope(np.ones((3, 2)))
    assert [Path(file_of(slope, i)).name for i in range(3)] == ["g_2.py", "g.py", "g_3.py"]
    assert "x: float64[n]" in path.read_text()
    assert "x: float64[m, n]" in path.with_name("g_3.py").read_text().replace("[n, m]", "[m, n]")
    np.testing.assert_allclose(slope(np.full((3, 2), 4.0)), 3.0)
    assert slope(4.0) == 3.0


def test_without_arguments_it_is_the_latest_variant(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    with pytest.raises(ArgumentError, match="not called yet"):
        slope.dump(tmp_path / "g.py")
    slope(4.0)
    slope(np.ones(3))
    assert "x: float64[n]" in slope.dump(tmp_path / "g.py").read_text()


def test_written_anew(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    for _ in range(2):
        path = slope.dump(tmp_path / "g.py", 4.0)
        slope(np.ones(3))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["g.py", "g_2.py"]
    assert slope.dump(tmp_path / "h.py", 4.0) != path
    assert [Path(file_of(slope, i)).name for i in range(2)] == ["h.py", "h_2.py"]


def test_files_of_others_stay(tmp_path: Path) -> None:
    model, beside = tmp_path / "model.py", tmp_path / "g_2.py"
    model.write_text("a = 1\n")
    beside.write_text("b = 1\n")
    slope = srcgrad.grad(loss)
    with pytest.raises(ArgumentError, match="exists"):
        slope.dump(model, 4.0)
    with pytest.raises(ArgumentError, match="exists"):
        slope.dump(tmp_path, 4.0)
    slope.dump(tmp_path / "g.py", 4.0)
    slope(np.ones(3))
    assert Path(file_of(slope, 1)).name == "g_3.py"
    assert (model.read_text(), beside.read_text()) == ("a = 1\n", "b = 1\n")


def test_data_and_functions_with_rules(tmp_path: Path) -> None:
    slope = srcgrad.grad(scaled)
    before = slope(0.3)
    slope.dump(tmp_path / "g.py")
    assert slope(0.3) == before
    RATE[0] = 3.0
    assert slope(0.3) == pytest.approx(1.5 * before)
    RATE[0] = 2.0


def test_closures(tmp_path: Path) -> None:
    factor = 3.0
    slope = srcgrad.grad(lambda x: factor * x**2)
    slope.dump(tmp_path / "g.py", 1.0)
    assert slope(2.0) == 12.0
    factor = 4.0
    assert slope(2.0) == 16.0


@pytest.mark.parametrize("make", [srcgrad.value_and_grad, srcgrad.deriv, srcgrad.hessian])
def test_other_operators(tmp_path: Path, make: Any) -> None:
    made = make(loss)
    before = made(4.0)
    path = made.dump(tmp_path / "g.py", 4.0)
    assert made(4.0) == before
    assert file_of(made, -1) == str(path)


def test_copies(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    slope.dump(tmp_path / "g.py", 4.0)
    for other in (copy.copy(slope), pickle.loads(pickle.dumps(slope))):
        assert other(4.0) == 3.0
        other(np.ones(3))
    assert [p.name for p in tmp_path.iterdir()] == ["g.py"]


def test_tracebacks_show_the_file(tmp_path: Path) -> None:
    slope = srcgrad.grad(loss)
    path = slope.dump(tmp_path / "g.py", 4.0)
    with np.errstate(all="raise"), pytest.raises(FloatingPointError) as caught:
        slope(-1.0)
    text = "".join(traceback.format_exception(caught.value))
    assert f'File "{path}", line 6, in loss_grad\n    h = np.sqrt(x)\n' in text
    assert "is " in caught.value.__notes__[0]


SCRIPT = """\
import srcgrad
from model import loss

slope = srcgrad.grad(loss)
slope.dump("loss_grad.py", 4.0)
breakpoint()
print("slope", slope(4.0))
"""


def test_breakpoints_in_the_file(tmp_path: Path) -> None:
    model = "import numpy as np\n\n\ndef loss(x):\n    h = np.sqrt(x)\n    return h * h * h\n"
    (tmp_path / "model.py").write_text(model)
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, "script.py"],
        input="b loss_grad.py:6\ncontinue\nnext\np h\nw\ncontinue\n",
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HOME": str(tmp_path)},
        cwd=tmp_path,
        timeout=60,
    )
    shown = done.stdout.split("(Pdb) ")[1:]
    file = tmp_path / "loss_grad.py"
    assert shown[0] == f"Breakpoint 1 at {file}:6\n"
    assert f"{file}(6)loss_grad()\n-> h = np.sqrt(x)" in shown[1]
    assert "2.0" in shown[3]
    assert f"> {file}(7)loss_grad()\n-> t = h * h" in shown[4]
    assert shown[-1] == "slope 3.0\n"

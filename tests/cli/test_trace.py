"""`srcgrad trace`."""

from __future__ import annotations

import json
from pathlib import Path

from support.shell import Run, line_of


def test_trace(run: Run, model: Path) -> None:
    code, out, err = run("trace", f"{model}:loss", "--args", "np.ones(2), data")
    assert (code, err) == (0, "loading\n")
    assert "trace of loss" in out
    assert "[158, 200]" in out  # the adjoint of w


def test_as_data(run: Run, model: Path, tmp_path: Path) -> None:
    code, out, _ = run("trace", f"{model}:square", "--args", "3.0", "-o", tmp_path / "t.json")
    assert (code, out) == (0, "")
    found = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert found["title"] == "square"
    assert {e["variable"] for e in found["events"]} >= {"x"}


def test_what_is_not_finite(run: Run, model: Path) -> None:
    code, out, err = run("trace", f"{model}:logarithm", "--args", "0.0")
    assert code == 1
    assert "nonfinite" in out
    assert "Warning" not in err


def test_what_the_function_raises(run: Run, model: Path) -> None:
    line = line_of("raise ValueError")
    code, out, err = run("trace", f"{model}:half", "--args", "-1.0")
    assert code == 1
    assert "trace of half" in out
    assert f"{model}:{line}:1: ValueError: negative" in err
    assert 'raise ValueError("negative")' in err
    assert "Traceback" not in err


def test_arguments_are_needed(run: Run, model: Path) -> None:
    code, out, err = run("trace", f"{model}:loss")
    assert (code, out) == (1, "")
    assert "missing a required argument: 'w'" in err
    assert "write the arguments of loss(w, X) after --args" in err


def test_what_the_function_prints(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "noisy_a_model.py"
    path.write_text("def f(x):\n    print('noise')\n    return x * x\n", encoding="utf-8")
    code, out, err = run("trace", f"{path}:f", "--args", "1.0")
    assert code == 0
    assert "noise\n" in err
    assert "\nnoise\n" not in out

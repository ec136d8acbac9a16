"""`srcgrad emit`: files that run alone, say how they were made, and can be verified."""

from __future__ import annotations

from pathlib import Path

import srcgrad
from support.shell import Run, run_alone


def test_emit_writes_a_file_that_runs_alone(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    code, out, _ = run("emit", f"{model}:loss", "--example", "np.ones(2), data", "-o", target)
    assert (code, out) == (0, "")
    text = target.read_text(encoding="utf-8")
    heading = f"# The gradient of loss (a_model.py), written by srcgrad {srcgrad.__version__}.\n"
    assert text.startswith(heading)
    got = run_alone(text, "print(loss_grad(np.ones(2), np.ones((3, 2))))")
    assert got == "[12. 12.]"


def test_emit_writes_out_the_helpers(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:loss", "-o", target)
    text = target.read_text(encoding="utf-8")
    assert "def unbroadcast(" in text
    assert "import srcgrad" not in text
    assert "from srcgrad" not in text
    got = run_alone(text, "print(loss_grad(np.ones(2), np.ones((3, 2))))")
    assert got == "[12. 12.]"


def test_emit_into_no_folder(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("emit", f"{model}:square", "-o", tmp_path / "none" / "out.py")
    assert code == 1
    assert "No such file or directory" in err

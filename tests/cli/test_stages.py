"""`srcgrad stages`."""

from __future__ import annotations

from pathlib import Path

from support.shell import Run


def test_stages(run: Run, model: Path) -> None:
    code, out, _ = run("stages", f"{model}:square", "--example", "3.0")
    assert code == 0
    assert "def square_grad(x):  # x: float" in out

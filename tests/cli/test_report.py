"""`srcgrad report`: what it writes is the trace's own affair, and tested there."""

from __future__ import annotations

from pathlib import Path

import pytest

from srcgrad.debug.trace import Trace
from support.shell import Run


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    def report(self: Trace, path: str | Path) -> Path:
        Path(path).write_text(f"the page of {self.title}", encoding="utf-8")
        return Path(path)

    monkeypatch.setattr(Trace, "report", report)


def test_report(run: Run, model: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, out, _ = run("report", f"{model}:loss", "--args", "np.ones(2), data", "-o", page)
    assert (code, out) == (0, f"{page}\n")
    assert page.read_text(encoding="utf-8") == "the page of loss"


def test_its_name(run: Run, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(model.parent)
    code, out, _ = run("report", f"{model}:Model.energy", "--args", "None, 2.0", "--wrt", "x")
    assert (code, out) == (0, "energy_report.html\n")
    assert model.with_name("energy_report.html").is_file()


def test_what_is_not_finite(run: Run, model: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    code, _, _ = run("report", f"{model}:logarithm", "--args", "0.0", "-o", page)
    assert code == 1
    assert page.is_file()


def test_into_no_folder(run: Run, model: Path, tmp_path: Path) -> None:
    page = tmp_path / "none" / "page.html"
    code, _, err = run("report", f"{model}:square", "--args", "1.0", "-o", page)
    assert code == 1
    assert "No such file or directory" in err

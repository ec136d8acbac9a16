"""`srcgrad step`: the program that it opens is tested by itself."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from srcgrad.errors import ArgumentError
from support.shell import Run


@pytest.fixture
def stepper(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A stepper that only keeps what it is opened with."""
    module: Any = ModuleType("srcgrad.debug.stepper")
    module.opened = []
    module.run = module.opened.append
    monkeypatch.setitem(sys.modules, "srcgrad.debug.stepper", module)
    return module


def test_it_opens_with_the_trace(run: Run, model: Path, stepper: Any) -> None:
    code, _, err = run("step", f"{model}:square", "--args", "3.0")
    assert (code, err) == (0, "loading\n")
    (trace,) = stepper.opened
    assert trace.title == "square"
    assert trace.result == 6.0


def test_what_it_refuses(run: Run, model: Path, stepper: Any) -> None:
    def refuse(trace: Any) -> None:
        raise ArgumentError("the stepper without a terminal", why="it draws", fix="open one")

    stepper.run = refuse
    code, _, err = run("step", f"{model}:square", "--args", "3.0")
    assert code == 1
    assert "srcgrad: the stepper without a terminal" in err

"""Usage, help, version, and the command itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import srcgrad
from srcgrad.cli import main

NAMES = ("show", "explain", "trace", "check", "report", "step", "emit", "stages")


@pytest.mark.parametrize(
    "arguments",
    [(), ("show",), ("paint",), ("emit", "a.py:f"), ("show", "a.py:f", "--argnums", "x")],
)
def test_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: srcgrad" in capsys.readouterr().err


@pytest.mark.parametrize("command", [(), *((name,) for name in NAMES)])
def test_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert "FILE.py:function" in text or "show" in text
    assert "examples:" in text
    assert "exit codes:" in text
    assert command or all(f"\n    {name} " in text for name in NAMES)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"srcgrad {srcgrad.__version__}\n"


def test_as_a_command(model: Path) -> None:
    command = [sys.executable, "-m", "srcgrad", "show", f"{model}:square"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "def square_grad(x):  # x: float" in done.stdout
    done = subprocess.run([*command[:-1], f"{model}:store"], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"{model}:38:5: " in done.stderr
    assert "Traceback" not in done.stderr

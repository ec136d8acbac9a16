"""What the README shows is what srcgrad does: commands, sources and lists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from srcgrad.cli import main
from srcgrad.rules import table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n\$ srcgrad (.*?)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
PYTHON = re.findall(r"^<!-- (.*?) -->\n```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = re.findall(r"^```sh\n(.*?)\n```", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "shown"), CONSOLE, ids=[c.split()[1] for c, _ in CONSOLE])
def test_what_a_command_prints(
    command: str,
    shown: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for place, text in PYTHON:
        if not place.startswith("a part of "):
            (tmp_path / place).write_text(text, encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*__import__("sys").path])
    main(shlex.split(command))
    captured = capsys.readouterr()
    assert (captured.out + captured.err).strip() == shown.strip()


@pytest.mark.parametrize(("place", "text"), PYTHON, ids=[place for place, _ in PYTHON])
def test_parts_of_examples(place: str, text: str) -> None:
    if place.startswith("a part of "):
        assert text in (ROOT / place.removeprefix("a part of ")).read_text(encoding="utf-8")


@pytest.mark.parametrize("derivative", [True, False])
def test_every_function_with_a_rule_is_listed(derivative: bool) -> None:
    entries = [p for p in table.primitives() if p.name.startswith(("np.", "math."))]
    want = {p.name for p in entries if p.has_derivative is derivative}
    assert listed("With derivatives." if derivative else "Locally constant") == want


def test_every_method_is_listed() -> None:
    methods = {f".{name}()" for name in table._methods}
    assert listed("Methods and attributes") == methods | {f".{name}" for name in table._attributes}


def listed(heading: str) -> set[str]:
    """The names in the paragraph that starts with a heading."""
    paragraph = README.partition(f"**{heading}")[2].partition("\n\n")[0]
    found: set[str] = set()
    for text in re.findall(r"`([^`]*)`", paragraph):
        prefix = re.match(r"(np\.linalg\.|np\.|math\.|)", text)
        assert prefix is not None
        found |= {name if "." in name else prefix[0] + name for name in text.split()}
    return found


def test_two_commands_come_first() -> None:
    install, tests = COMMANDS[:2]
    assert install.startswith("python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && ")
    assert tests == ".venv/bin/python -m pytest -n 2 -q"
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "-m pip install --quiet --editable '.[dev]'" in ci
    assert re.search(r"-m pytest .*-n 2 -q", ci)

"""What the README shows is what srcgrad does: commands, sources and lists."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import pytest

from srcgrad.analysis.twins import NAMES
from srcgrad.cli import main
from srcgrad.rules import table
from support.captures import (
    PICTURED,
    fingerprint,
    mark_of,
    pdb_session,
    screen,
    traceback_end,
    traced,
)

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONSOLE = re.findall(r"^```console\n\$ srcgrad (.*?)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
PYTHON = re.findall(r"^<!-- (.*?) -->\n```python\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
TEXT = dict(re.findall(r"(?ms)^<!-- ([^\n]*) -->\n```text\n(.*?)\n```", README))
COMMANDS = re.findall(r"^```sh\n(.*?)\n```", README, re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the files that the README shows."""
    for place, text in PYTHON:
        if not place.startswith("a part of "):
            (tmp_path / place).write_text(text, encoding="utf-8")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [*sys.path])
    return tmp_path


@pytest.mark.parametrize(
    ("command", "shown"), CONSOLE, ids=[" ".join(c.split()[:2]) for c, _ in CONSOLE]
)
def test_what_a_command_prints(
    command: str, shown: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(shlex.split(command))
    captured = capsys.readouterr()
    assert (captured.out + captured.err).strip("\n") == shown.strip("\n")


def test_the_screen_of_the_stepper(folder: Path) -> None:
    pytest.importorskip("textual")
    (title,) = (t for t in TEXT if t.startswith("srcgrad step"))
    assert current(title, TEXT[title], folder) == TEXT[title]


@pytest.mark.parametrize("title", [t for t in TEXT if not t.startswith("srcgrad step")])
def test_sessions(title: str, folder: Path) -> None:
    assert current(title, TEXT[title], folder) == TEXT[title]


def current(title: str, shown: str, folder: Path) -> str:
    """What stands below a title now."""
    if title == "pdb":
        return pdb_session(shown, folder)
    if title.startswith("the end of "):
        return traceback_end(title.removeprefix("the end of "), folder)
    parts = re.fullmatch(r"srcgrad step (.*), at (\d+) x (\d+), after: (.*)", title)
    assert parts is not None
    command, width, height, keys = parts.groups()
    return screen(traced(command), keys.split(), (int(width), int(height)))


def test_the_picture_is_of_the_loss_that_is_shown(folder: Path) -> None:
    places = re.findall(r"\]\((\S+\.png)\)", README)
    assert places == ["examples/pictures/report.png"]
    picture = (ROOT / places[0]).read_bytes()
    assert len(picture) < 150_000
    assert mark_of(picture) == fingerprint(traced(PICTURED))


@pytest.mark.parametrize(("place", "text"), PYTHON, ids=[place for place, _ in PYTHON])
def test_parts_of_examples(place: str, text: str) -> None:
    if place.startswith("a part of "):
        assert text in (ROOT / place.removeprefix("a part of ")).read_text(encoding="utf-8")


@pytest.mark.parametrize("derivative", [True, False])
def test_every_function_with_a_rule_is_listed(derivative: bool) -> None:
    entries = [p for p in table.primitives() if p.name.startswith(("np.", "math."))]
    want = {p.name for p in entries if p.has_derivative is derivative}
    assert listed("With derivatives." if derivative else "Locally constant") == want


def test_every_function_with_a_twin_is_listed() -> None:
    names = {f"np.{name}" for name in NAMES}
    assert names <= listed("Combinations of these") | listed("Stores.")


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

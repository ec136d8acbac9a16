"""Python source as HTML: classes for tokens, whatever the text is."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

import srcgrad
from srcgrad.debug.report.highlight import highlighted


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def test_tokens_have_classes() -> None:
    (line,) = highlighted(["def f(x): return len(x) + 1.5  # so"])
    for kind, text in {"k": "def", "f": "f", "b": "len", "n": "1.5", "c": "# so"}.items():
        assert f'<span class="{kind}">{text}</span>' in line


def test_methods_are_no_builtins() -> None:
    assert 'class="b"' not in highlighted(["x.sum().max()"])[0]


def test_strings_go_on_over_lines() -> None:
    lines = highlighted(['x = """a', "b < c", '"""'])
    assert lines[1] == '<span class="s">b &lt; c</span>'


@pytest.mark.parametrize(
    "lines",
    [
        ["    x = (1,", "  'open", "<b>"],
        ["if x:", "        y", "   z"],
        ["f'{x!r:>{w}} {{<b>}}' + rb'\\<'"],
        ["é = '😀' < x"],
        ["$ ? <script>"],
        [],
    ],
)
def test_every_text_comes_back_whole(lines: list[str]) -> None:
    found = highlighted(lines)
    assert [plain(line) for line in found] == lines
    assert not any("<script" in line or "<b>" in line for line in found)


def test_own_source_comes_back_whole() -> None:
    for path in sorted(Path(srcgrad.__file__).parent.rglob("*.py"))[:20]:
        lines = path.read_text(encoding="utf-8").split("\n")
        assert [plain(line) for line in highlighted(lines)] == lines

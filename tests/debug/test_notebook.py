"""Views for notebooks, and the magic that shows the derivative of a cell."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import srcgrad

HOSTILE = "<script>alert(1)</script>"


def loss(w, xs):
    h = 0.0
    for x in xs:
        h = np.tanh(w * h + x)
    words = "<script>alert(1)</script>"
    return h**2 + 0 * len(words)


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def test_a_gradient_shows_its_source() -> None:
    gradient = srcgrad.grad(loss)
    gradient(0.5, np.ones(3))
    view = Tags(gradient._repr_html_())
    assert "h_bar" in view.words
    assert "1 variant" in view.words
    assert "script" not in view.tags


def test_a_gradient_that_cannot_be_compiled_says_so() -> None:
    def unclear(x, y):
        return x.thing(y)

    view = srcgrad.grad(unclear)._repr_html_()
    assert "not compiled yet" in view


def test_a_trace_shows_both_sides() -> None:
    trace = srcgrad.grad(loss).trace(0.5, np.ones(3))
    view = Tags(trace._repr_html_())
    assert "script" not in view.tags
    assert HOSTILE in view.words
    for text in ("h = np.tanh(w * h + x)", "w_bar", "values and adjoints"):
        assert text in view.words


def test_a_long_trace_is_cut() -> None:
    view = srcgrad.grad(loss).trace(0.5, np.ones(400))._repr_html_()
    assert view.count("<tr>") < 60
    assert re.search(r"[\d,]+ more</td>", view)


def test_styles_hold_for_their_view_alone() -> None:
    view = srcgrad.grad(loss).trace(0.5, np.ones(3))._repr_html_()
    (name,) = re.findall(r'^<div class="(srcgrad-\w+)">', view)
    (style,) = re.findall(r"<style>(.*?)</style>", view, re.DOTALL)
    selectors = re.findall(r"(?:^|\})\s*([^{}]+)\{", style)
    assert selectors
    assert all(f".{name}" in part for s in selectors for part in s.split(","))


# the magic ----------------------------------------------------------------------------------------


@pytest.fixture
def shell() -> InteractiveShell:
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    shell.display_pub = CapturingDisplayPublisher()
    shell.user_ns.update(np=np, srcgrad=srcgrad)
    shell.run_line_magic("load_ext", "srcgrad")
    return shell


def shown(shell: InteractiveShell, line: str, cell: str) -> list[dict[str, str]]:
    """What running a cell under the magic displays, by kinds of text."""
    shell.run_cell_magic("srcgrad", line, cell)
    return [output["data"] for output in shell.display_pub.outputs]


def test_the_derivative_of_the_last_function_is_shown(shell: InteractiveShell) -> None:
    cell = "def g(a: float):\n    return a\ndef f(x: float):\n    return x**3\n"
    (output,) = shown(shell, "", cell)
    assert "def f_grad(x)" in output["text/plain"]
    assert "<style>" in output["text/html"]
    assert shell.user_ns["f"](2.0) == 8.0


def test_the_line_holds_arguments(shell: InteractiveShell) -> None:
    (output,) = shown(shell, "np.ones(3)", "def f(x):\n    return np.sum(x * x)\n")
    assert "x: float64[n]" in output["text/plain"]


def test_a_decorated_function_is_shown_as_it_is(shell: InteractiveShell) -> None:
    cell = "@srcgrad.value_and_grad\ndef f(x: float):\n    return x**3\n"
    (output,) = shown(shell, "", cell)
    assert "return x**3, " in output["text/plain"].replace("x_1", "x")


def test_a_cell_without_a_function_is_refused(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not shown(shell, "", "y = 1\n")
    assert "the cell defines no function" in "".join(capsys.readouterr())


def test_a_cell_that_fails_shows_its_own_error_alone(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not shown(shell, "", "def f(x):\n    return x\n1 / 0\n")
    assert "ZeroDivisionError" in "".join(capsys.readouterr())

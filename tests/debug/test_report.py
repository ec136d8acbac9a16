"""The report of a trace: one page that needs nothing else, whatever the names and texts in it."""

from __future__ import annotations

import json
import linecache
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.debug.findings import Finding, Findings
from srcgrad.debug.report import report_html
from srcgrad.debug.report.render import json_in_html

HOSTILE = "</script><script>alert(1)</script>"


def sigmoid(x):
    y = np.exp(-x)
    return 1 / (1 + y)


def loss(w, xs):
    h = np.zeros(3)
    for x in xs:
        z = sigmoid(w @ h)
        h = np.tanh(z + x)
    return np.sum(h**2)


def traced(count: int = 4) -> Any:
    return srcgrad.grad(loss).trace(
        0.5 * np.eye(3), np.linspace(-1, 1, 3 * count).reshape(count, 3)
    )


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append("")

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] == "script":
            self.scripts[-1] += data
        self.words.append(data)

    @property
    def data(self) -> Any:
        return json.loads(self.scripts[0])

    def lines(self, side: str) -> dict[str, str | None]:
        """The keys of the lines of a side, by their names."""
        rows = [a for _, a in self.elements if "line" in (a.get("class") or "").split()]
        return {a["id"]: a.get("data-key") for a in rows if (a["id"] or "").startswith(side)}  # type: ignore[misc]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report_html(traced()))


def loaded(text: str, name: str, file: str) -> Callable[..., Any]:
    """A function from a text that is registered under a file name."""
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"np": np}
    exec(compile(text, file, "exec"), space)
    return space[name]


def test_a_trace_writes_its_report(tmp_path: Path) -> None:
    path = traced().report(tmp_path / "gradient.html")
    assert path == tmp_path / "gradient.html"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_page_loads_nothing(page: Page) -> None:
    text = report_html(traced())
    assert not re.search(r"https?://|@import|url\(|\bfetch\(|XMLHttpRequest|import\(", text)
    assert not [a for _, a in page.elements if "src" in a]
    assert [a["href"] for tag, a in page.elements if tag == "link"] == ["data:,"]
    policy = next(a["content"] for _, a in page.elements if "http-equiv" in a)
    assert policy
    assert policy.startswith("default-src 'none'")


def test_both_sides_are_there_whole(page: Page) -> None:
    trace = traced()
    assert len(page.lines("g")) == len(trace.source.splitlines())
    assert len(page.lines("u")) == sum(len(s.lines) for s in trace.listings)


def test_lines_belong_to_the_lines_of_the_other_side(page: Page) -> None:
    trace = traced()
    for statement in trace.statements.values():
        if statement.line:
            key = page.lines("g")[f"g{statement.number}"]
            assert key in page.lines("u")
            assert key
            assert key.endswith(f"-{statement.line}")


def test_comments_belong_to_the_statement_below(page: Page) -> None:
    keys = page.lines("g")
    for number, text in enumerate(traced().source.splitlines(), 1):
        found = re.match(r"\s*# (\d+): ", text)
        if found:
            key = keys[f"g{number}"]
            assert key
            assert key.endswith(f"-{found[1]}")


def test_statements_on_several_lines_are_one() -> None:
    text = (
        "def f(x):\n    y = (\n        x\n        * x\n    )\n"
        "    if (\n        y > 1\n    ):\n        y = 2 * y\n    return y\n"
    )
    function = loaded(text, "f", "<several lines>")
    keys = Page(report_html(srcgrad.grad(function).trace(3.0))).lines("u")
    assert [keys[f"u0-{n}"] for n in (2, 3, 4, 5)] == ["u0-2"] * 4
    assert [keys[f"u0-{n}"] for n in (6, 7, 8, 9)] == ["u0-6"] * 3 + ["u0-9"]


def test_events_have_all_columns(page: Page) -> None:
    data = page.data
    assert len(data["events"]) == len(traced().events)
    assert {len(row) for row in data["events"]} == {len(data["fields"])}
    assert data["passes"] == [[0], [1], [2], [3]]


def test_passes_of_nested_loops_are_those_of_the_innermost() -> None:
    def double(x, n):
        total = 0.0
        for i in range(n):
            for _ in range(i):
                total = total + x * total + x
        return total

    data = Page(report_html(srcgrad.grad(double).trace(0.5, 3))).data
    assert data["passes"] == [[0], [1, 0], [2, 0], [2, 1]]


def test_numbers_that_are_not_finite_are_json() -> None:
    def log(x):
        y = np.log(x)
        return np.sum(y)

    with np.errstate(all="ignore"):
        trace = srcgrad.grad(log).trace(np.array([1.0, 0.0]))
        page = Page(report_html(trace))
    row = dict(zip(page.data["fields"], page.data["events"][-1], strict=True))
    assert (row["name"], row["bad"], row["norm"]) == ("x returned", "Inf 50 % at [1]", 1.0)


def test_the_same_trace_gives_the_same_page() -> None:
    assert report_html(traced()) == report_html(traced())


# whatever is in it is shown, and does nothing -----------------------------------------------------


def test_texts_cannot_end_the_script() -> None:
    text = f"def f(x):\n    words = {{'{HOSTILE}': x}}\n    return words['{HOSTILE}'] ** 2\n"
    file = f"/tmp/{HOSTILE}.py"
    trace = srcgrad.grad(loaded(text, "f", file)).trace(3.0)
    finding = Finding(HOSTILE, HOSTILE, HOSTILE, "reverse", file, 2, HOSTILE, HOSTILE)
    trace.__dict__["findings"] = Findings([finding])
    page = Page(report_html(trace))
    assert [tag for tag, _ in page.elements].count("script") == 2
    assert HOSTILE in "".join(page.words)
    assert page.data["events"]


def test_data_in_the_page_is_escaped() -> None:
    text = json_in_html({"name": f"{HOSTILE}<!-- & \u2028"})
    assert not set("<>&") & set(text)
    assert json.loads(text)["name"] == f"{HOSTILE}<!-- & \u2028"


def test_a_gradient_that_raises_has_a_report_up_to_there() -> None:
    def picky(x):
        y = np.sin(x)
        if x > 1:
            raise ValueError("<b>too large</b>")
        return y

    page = Page(report_html(srcgrad.grad(picky).trace(2.0)))
    assert "<b>too large</b>" in "".join(page.words)
    assert "b" not in {tag for tag, _ in page.elements}


# findings -----------------------------------------------------------------------------------------


def test_without_findings_it_says_so(page: Page) -> None:
    assert "Nothing found: no number looks wrong." in page.words


def test_findings_link_to_their_lines() -> None:
    trace = traced()
    place = trace.listings[0]
    line = place.first + 3
    finding = Finding(
        "vanishing", "it shrinks", "scale it", "reverse", place.file, line, "", "h", (2,)
    )
    trace.__dict__["findings"] = Findings([finding])
    page = Page(report_html(trace))
    (link,) = [a for tag, a in page.elements if tag == "a"]
    assert link == {"href": f"#u0-{line}", "data-pass": "[2]"}
    assert {"1 finding", "vanishing", "scale it", f"test_report.py:{line}"} <= set(page.words)


def test_ten_thousand_events_stay_small() -> None:
    def long(w, n):
        h = 0.5
        for i in range(n):
            h = np.tanh(w * h + 0.01 * i)
        return h

    trace = srcgrad.grad(long).trace(0.9, 1100)
    assert 9_000 <= len(trace.events) <= 12_000
    assert len(report_html(trace)) < 2_500_000


def test_adjoints_that_are_changed_on_purpose_are_named_once() -> None:
    def clipped(x):
        a = 2 * x
        b = a * a
        with srcgrad.adjoint_of(b) as b_bar:
            b_bar = 0.5 * b_bar
        return b * b

    trace = srcgrad.grad(clipped).trace(0.7)
    trace.__dict__["findings"] = Findings([])
    page = Page(report_html(trace))
    said = [w for w in page.words if "is not what differences say" in w]
    assert len(said) == 1
    assert "1 finding" in page.words

"""What a report does when a person points, clicks and types."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from srcgrad.debug.report.model import FIELDS

Open = Callable[..., Any]


def lit(page: Any) -> list[str]:
    return page.eval_on_selector_all(".line.lit", "found => found.map(line => line.id)")


def line_with(page: Any, side: str, text: str) -> str:
    """The name of the line of a side that starts with a text."""
    find = """([side, text]) => [...document.querySelectorAll(`.pane[data-side=${side}] .line`)]
        .find(line => line.querySelector('code').textContent.trim().startsWith(text)).id"""
    return page.evaluate(find, [side, text])


def focused(page: Any) -> str:
    return page.evaluate("document.activeElement.id")


def column(page: Any, title: str) -> list[str]:
    """The texts of a column of the rows that are drawn."""
    heads = page.eval_on_selector_all("th button", "found => found.map(b => b.textContent)")
    cells = f"tr[data-i] td:nth-child({heads.index(title) + 1})"
    return page.eval_on_selector_all(cells, "found => found.map(cell => cell.innerText.trim())")


def values_beside(page: Any, line: str) -> dict[str, str]:
    chips = page.query_selector_all(f"#{line} .val")
    parts = [[chip.query_selector(c).inner_text() for c in (".name", ".num")] for chip in chips]
    return {name: number for name, number in parts}


# lines --------------------------------------------------------------------------------------------


def test_pointing_at_a_line_lights_its_partners(opened: Open, small: Path) -> None:
    page = opened(small)
    own = line_with(page, "u", "u[i] = ")
    page.hover(f"#{own}")
    found = lit(page)
    assert own in found
    assert line_with(page, "g", "u[i] = ") in found
    assert line_with(page, "g", "r_bar = ") in found
    page.hover("h1")
    assert lit(page) == []


def test_pointing_at_the_gradient_lights_the_users_line(opened: Open, small: Path) -> None:
    page = opened(small)
    page.hover(f"#{line_with(page, 'g', 'r_bar = ')}")
    assert line_with(page, "u", "u[i] = ") in lit(page)


def test_lines_are_reached_by_keys(opened: Open, small: Path) -> None:
    page = opened(small)
    first = line_with(page, "u", "def energy")
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page) == first:
            break
    assert focused(page) == first
    own = line_with(page, "u", "u[i] = ")
    for _ in range(20):
        if focused(page) == own:
            break
        page.keyboard.press("ArrowDown")
    assert focused(page) == own
    assert page.get_attribute(f"#{own}", "aria-selected") == "true"
    page.keyboard.press("ArrowRight")
    assert focused(page) == line_with(page, "g", "u[i] = ")
    page.keyboard.press("ArrowLeft")
    assert focused(page) == own
    page.keyboard.press("Home")
    assert focused(page) == first


def test_focus_can_be_seen(opened: Open, small: Path) -> None:
    page = opened(small)
    for _ in range(12):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outline")
        assert "solid 2px" in style or "2px" in style.split()


def test_a_line_shows_its_events_and_escape_all(opened: Open, small: Path) -> None:
    page = opened(small)
    own = line_with(page, "u", "u[i] = ")
    every = page.inner_text("#count")
    page.focus(f"#{own}")
    page.keyboard.press("Enter")
    assert set(column(page, "Line")) == {own.split("-")[1]}
    assert page.is_visible("#chosen")
    page.keyboard.press("Escape")
    assert page.inner_text("#count") == every


# passes -------------------------------------------------------------------------------------------


def test_the_slider_shows_the_values_of_a_pass(opened: Open, small: Path) -> None:
    page = opened(small)
    own = line_with(page, "u", "u[i] = ")
    before = values_beside(page, own)
    page.focus("#pass0")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.get_attribute("#pass0", "aria-valuetext") == "2 of 0–3"
    after = values_beside(page, own)
    assert before.keys() == after.keys()
    assert before["u"] != after["u"]
    assert before["r_bar"] != after["r_bar"]


def test_values_are_those_of_the_trace(opened: Open, small: Path) -> None:
    page = opened(small)
    page.focus("#pass0")
    page.keyboard.press("End")
    page.focus("#pass1")
    page.keyboard.press("End")
    rows = page.evaluate("JSON.parse(document.getElementById('data').textContent).events")
    wanted = [
        row
        for row in rows
        if row[FIELDS.index("name")] == "r_bar" and row[FIELDS.index("iteration")] == [3, 3]
    ]
    shown = float(values_beside(page, line_with(page, "g", "r_bar = "))["r_bar"])
    assert shown == pytest.approx(abs(float(wanted[0][FIELDS.index("sample")])), rel=1e-3)


def test_a_finding_leads_to_its_line_and_pass(opened: Open, small: Path) -> None:
    page = opened(small)
    page.click(".findings a")
    assert focused(page) == line_with(page, "u", "u[i] = ")
    assert page.get_attribute("#pass0", "aria-valuetext") == "2 of 0–3"
    assert page.get_attribute("#pass1", "aria-valuetext") == "1 of 0–3"


# the table ----------------------------------------------------------------------------------------


def test_columns_sort_both_ways(opened: Open, small: Path) -> None:
    page = opened(small)
    page.click("th button:text-is('Norm')")
    up = [float(x) for x in column(page, "Norm")]
    assert up == sorted(up)
    assert page.get_attribute("th:has(button:text-is('Norm'))", "aria-sort") == "ascending"
    page.keyboard.press("Enter")
    down = [float(x) for x in column(page, "Norm")]
    assert down == sorted(down, reverse=True)
    assert down[0] >= up[-1]
    assert page.get_attribute("th:has(button:text-is('Norm'))", "aria-sort") == "descending"


def test_the_largest_norm_has_the_longest_bar(opened: Open, small: Path) -> None:
    page = opened(small)
    page.click("th button:text-is('Norm')")
    bars = "found => found.map(bar => parseFloat(bar.style.width))"
    widths = page.eval_on_selector_all("tr[data-i] .meter i", bars)
    assert widths == sorted(widths)


def test_names_and_kinds_are_filtered(opened: Open, small: Path) -> None:
    page = opened(small)
    page.fill("#filter", "r_b")
    assert {name.split()[0].strip(",") for name in column(page, "Name")} == {"r_bar"}
    assert " of " in page.inner_text("#count")
    page.fill("#filter", "")
    page.select_option("#role", "adjoint")
    assert all("adjoint" in name for name in column(page, "Name"))


def test_differences_are_shown_with_their_words(opened: Open, small: Path) -> None:
    page = opened(small)
    page.fill("#filter", "r_bar")
    marks = page.query_selector_all("tr[data-i] .mark.agrees")
    assert len(marks) == 16
    assert "difference" in marks[0].get_attribute("title")
    page.fill("#filter", "")
    assert page.query_selector(".mark.differs") is None


def test_rows_are_reached_by_keys(opened: Open, small: Path) -> None:
    page = opened(small)
    page.fill("#filter", "r_bar")
    page.focus("tr[data-i='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.i") == "2"
    page.keyboard.press("Enter")
    assert line_with(page, "u", "u[i] = ") in lit(page)
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.i") == "15"


# looks --------------------------------------------------------------------------------------------


def background(page: Any) -> list[int]:
    """The colour of the page as it is painted: red, green, blue."""
    paint = """() => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d');
        canvas.fillStyle = getComputedStyle(document.body).backgroundColor;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }"""
    return page.evaluate(paint)


def test_the_theme_is_that_of_the_system_until_it_is_chosen(opened: Open, small: Path) -> None:
    page = opened(small, color_scheme="dark")
    assert max(background(page)) < 60
    page.click("#theme")
    assert min(background(page)) > 230
    page.reload()
    assert min(background(page)) > 230
    assert max(background(opened(small, color_scheme="dark"))) < 60
    assert min(background(opened(small, color_scheme="light"))) > 230


CONTRASTS = """() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
    const light = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) {
            canvas.fillStyle = colour;
            canvas.fillRect(0, 0, 1, 1);
        }
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((c) => linear(c / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
        if (!own || !element.checkVisibility()) continue;
        if (element.closest('.sr, script, noscript')) continue;
        const behind = [];
        for (let e = element; e; e = e.parentElement) {
            behind.unshift(getComputedStyle(e).backgroundColor);
        }
        const [a, b] = [light(behind), light([...behind, getComputedStyle(element).color])];
        found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.outerHTML]);
    }
    return found.sort(([a], [b]) => a - b)[0];
}"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_texts_stand_out(opened: Open, small: Path, theme: str) -> None:
    page = opened(small, color_scheme=theme)
    page.focus(f"#{line_with(page, 'u', 'u[i] = ')}")
    page.wait_for_timeout(200)
    contrast, element = page.evaluate(CONTRASTS)
    assert contrast >= 4.5, element


@pytest.mark.parametrize("width", [380, 768])
def test_it_fits_a_phone(opened: Open, small: Path, width: int) -> None:
    page = opened(small, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == width
    boxes = page.eval_on_selector_all(".pane", "found => found.map(p => p.getBoundingClientRect())")
    assert boxes[1]["top"] >= boxes[0]["bottom"]
    assert all(box["right"] <= width for box in boxes)


def test_controls_have_names(opened: Open, small: Path) -> None:
    page = opened(small)
    tree = page.locator("main").aria_snapshot()
    for part in ('slider "Loop pass"', 'listbox "Your code"', 'listbox "Generated gradient"'):
        assert part in tree
    assert 'searchbox "Filter by name"' in tree
    assert 'combobox "Kind"' in tree


# size ---------------------------------------------------------------------------------------------


def test_ten_thousand_events_open_at_once(opened: Open, large: Path) -> None:
    loaded = "performance.getEntriesByType('navigation')[0].loadEventEnd"
    pages = [opened(large) for _ in range(3)]
    assert min(page.evaluate(loaded) for page in pages) < 2000
    page = pages[-1]
    page.wait_for_selector("tr[data-i='0']")
    assert page.eval_on_selector_all("tr[data-i]", "found => found.length") < 100


def test_ten_thousand_events_scroll_and_sort(opened: Open, large: Path) -> None:
    page = opened(large)
    start = time.perf_counter()
    page.click("th button:text-is('Norm')")
    page.focus("tr[data-i='0']")
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.dataset.i")
    assert int(last) >= 9_999
    assert time.perf_counter() - start < 2

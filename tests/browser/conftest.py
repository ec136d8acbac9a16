"""A browser for the tests of this folder, which are not collected where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.debug.findings import Finding, Findings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
collect_ignore_glob = [] if find_spec("playwright") and CHROMIUM else ["test_*.py"]


def rate(x, k):
    return k * x * (1.0 - x)


def energy(u, k, steps):
    total = 0.0
    for _ in range(steps):
        for i in range(1, len(u) - 1):
            r = rate(u[i], k)
            u[i] = u[i] + 0.1 * (u[i - 1] - 2 * u[i] + u[i + 1]) + 0.01 * r
        total = total + np.sum(u**2)
    return np.log(total)


def chain(w, n):
    h = 0.5
    total = 0.0
    for i in range(n):
        z = w * h + 0.01 * np.sin(i)
        h = np.tanh(z)
        total += h * h
    return total


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of nested loops, with a finding in the third pass of the outer one."""
    trace = srcgrad.grad(energy).trace(np.linspace(0.1, 0.9, 6), 1.5, 4)
    place = trace.listings[0]
    words = ("vanishing", "the adjoint of u shrinks", "scale it", "reverse")
    finding = Finding(*words, place.file, place.first + 5, "", "u", (2, 1))
    trace.__dict__["findings"] = Findings([finding])
    path: Path = trace.report(tmp_path_factory.mktemp("reports") / "small.html")
    return path


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of ten thousand events."""
    trace = srcgrad.grad(chain).tracing(most=20_000)(0.9, 1000)
    assert len(trace.events) >= 10_000
    path: Path = trace.report(tmp_path_factory.mktemp("reports") / "large.html")
    return path


@pytest.fixture
def opened(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens a report; nothing that it does may end in an error or leave the page."""
    said: list[str] = []
    contexts: list[Any] = []

    def open_page(path: Path, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: said.append(request.url) if seen(request) else None)
        page.goto(path.as_uri())
        return page

    def seen(request: Any) -> bool:
        return not request.url.startswith("data:") and not request.is_navigation_request()

    yield open_page
    for context in contexts:
        context.close()
    assert not said

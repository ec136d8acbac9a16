"""Traces and explanations of blocks, objects, recursion and what stands for the library's own."""

from __future__ import annotations

import contextlib
import functools
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.debug.trace import Trace


def tried(x):
    total = 0.0
    for v in x:
        try:
            if v < 0:
                raise ValueError("negative")
            root = np.sqrt(v)
        except ValueError:
            root = v * v * v
        total = total + root
    return total


def finals(x):
    y = x * x
    try:
        z = y * 3
    finally:
        y = y + 1.0
    return y * z


def quiet(x):
    print("called")
    with np.errstate(all="ignore"), contextlib.nullcontext(2.0) as k:
        y = k * np.log(x)
    return np.sum(y * y)


@dataclass
class Particle:
    x: float
    v: float

    def step(self, dt):
        self.v = self.v - dt * self.x
        self.x = self.x + dt * self.v


def orbit(x, dt):
    p = Particle(x, 0.0)
    for _ in range(4):
        p.step(dt)
    return p.x**2 + p.v**2


def power(x, n):
    if n <= 1:
        return x
    return x * power(x, n - 1)


def library(x):
    t = 0.0
    for a, b in itertools.pairwise(x):
        t = t + (b - a) ** 2
    m = functools.reduce(lambda p, q: p * q, x)
    return t * m + sum(map(np.sin, x)) + max(x, key=abs)


def matched(shape, k):
    match shape:
        case {"kind": "circle", "r": r}:
            return k * r**2
        case {"kind": "box", "a": a, "b": b}:
            return k * a * b


CASES: list[tuple[Any, tuple[Any, ...]]] = [
    (tried, (np.array([2.0, -1.5, 3.0]),)),
    (finals, (1.5,)),
    (quiet, (np.array([2.0, 1.0, 3.0]),)),
    (orbit, (1.0, 0.1)),
    (power, (1.3, 4)),
    (library, ([0.5, 1.5, -2.0],)),
    (matched, ({"kind": "circle", "r": 2.0}, 3.0)),
]
IDS = [f.__name__ for f, _ in CASES]


def passes(trace: Trace, name: str) -> list[tuple[tuple[int, ...], str, Any]]:
    return [(e.iteration, e.role, e.value) for e in trace[name] if not e.statement.restores]


@pytest.mark.parametrize(("function", "args"), CASES, ids=IDS)
def test_nothing_is_wrong_with_them(function: Any, args: Any, tmp_path: Path) -> None:
    gradient = srcgrad.grad(function)
    trace = gradient.trace(*args)
    assert str(trace.result) == str(gradient(*args))
    assert not trace.findings
    assert trace.report(tmp_path / "report.html").stat().st_size > 0
    text = f"{trace}\n{gradient.explain(*args)}"
    assert all(name not in text for name in ("prelude", "sequences.py", "choices.py", "a rule of"))


@pytest.mark.parametrize(("function", "args"), CASES, ids=IDS)
def test_what_it_prints_is_printed_once(
    function: Any, args: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = srcgrad.grad(function).trace(*args)
    assert capsys.readouterr().out == ("called\n" if function is quiet else "")
    assert not trace.findings
    assert trace.to_dict()
    assert capsys.readouterr().out == ""


def test_blocks_are_looked_into() -> None:
    trace = srcgrad.grad(tried).trace(np.array([2.0, -1.5, 3.0]))
    assert passes(trace, "root") == [((0,), "value", np.sqrt(2.0)), ((2,), "value", np.sqrt(3.0))]
    assert [e.value for e in srcgrad.grad(finals).trace(1.5)["y"].values] == [2.25, 3.25]
    trace = srcgrad.grad(quiet).trace(np.ones(2))
    assert [e.statement.text for e in trace["y"].values] == ["y = k * np.log(x)"]


def test_handlers_stand_beside_their_lines() -> None:
    rows = srcgrad.grad(tried).explain(np.ones(3)).rows
    beside = {r.user.strip(): r.derivative.strip() for r in rows if r.user and not r.reverse}
    assert beside["except ValueError:"] == "except ValueError:"
    rows = srcgrad.grad(finals).explain(1.0).rows
    assert {r.user.strip(): r.derivative.strip() for r in rows}["finally:"] == "finally:"


def test_recursion_says_so() -> None:
    step = srcgrad.grad(power).explain(1.3, 4)["x"]
    assert "power calls itself: each call returns its value and its pullback" in str(step)
    names = {e.variable for e in srcgrad.grad(power).trace(1.3, 4).events}
    assert "power_pullback" not in names


def test_adjoints_without_a_value_are_shown() -> None:
    def shared(x):
        total = 0.0
        for v in x:
            total = total + v * v
        return total

    trace = srcgrad.grad(shared).trace([0.5, 1.5, -2.0])
    alone = [(p.iteration, p.adjoint.value) for p in trace.pairs() if p.variable == "v"]
    assert alone == [((0,), 1.0), ((1,), 3.0), ((2,), -4.0)]
    assert "v [2] = ?" in str(trace)

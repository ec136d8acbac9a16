"""Traces made by hand, for what a stepper shows of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from srcgrad.debug.events import Event, Statement
from srcgrad.debug.summaries import summarise


@dataclass(frozen=True)
class Listed:
    file: str
    name: str
    first: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    kind: str
    message: str
    event: int | None
    file: str = "model.py"
    line: int = 0
    iteration: tuple[int, ...] = ()
    remedy: str = ""


@dataclass
class Recorded:
    """What a trace has, as far as a stepper reads it."""

    title: str
    source: str
    listings: tuple[Listed, ...]
    events: tuple[Event, ...]
    count: int
    result: Any = None
    error: BaseException | None = None
    findings: list[Found] = field(default_factory=list)


def event(
    index: int,
    statement: Statement,
    name: str,
    value: Any,
    iteration: tuple[int, ...] = (),
    variable: str | None = None,
    whole: bool = True,
) -> Event:
    """An event whose role is told by the name; `variable=""` is a helper."""
    role: Any = "adjoint" if name.endswith("_bar") else "helper" if variable == "" else "value"
    own = name.removesuffix("_bar") if variable is None else variable
    kept = value if whole else None
    return Event(index, statement, name, own, role, iteration, summarise(value), kept)


LOOP = Listed(
    "model.py",
    "power",
    3,
    ("def power(x):", "    y = 1.0", "    for i in range(3):", "        y = y * x", "    return y"),
)
LOOP_SOURCE = """\
def power_grad(x):
    tape = []
    y = 1.0
    for i in range(3):
        tape.append(y)
        y = y * x

    x_bar = 0.0
    y_bar = 1.0
    for i in range(2, -1, -1):
        y = tape.pop()
        x_bar += y_bar * y
        y_bar = y_bar * x
    return x_bar
"""


def loop_trace(x: float = 2.0) -> Recorded:
    """The gradient of x**3 as a loop, and each of its assignments."""
    texts = {4: "y = 1.0", 5: "for i in range(3)", 6: "y = y * x", 0: ""}
    lines = {2: 0, 3: 4, 4: 5, 5: 6, 6: 6, 8: 0, 9: 0, 10: 5, 11: 6, 12: 6, 13: 6}
    at = {
        n: Statement(n, n > 6, n == 11, "model.py" if line else "", line, texts[line])
        for n, line in lines.items()
    }
    made: list[tuple[int, str, Any, tuple[int, ...], str | None]] = [(2, "tape", 0.0, (), "")]
    made += [(3, "y", 1.0, (), None)]
    y = 1.0
    for i in range(3):
        made += [(4, "i", i, (i,), None), (5, "tape", y, (i,), ""), (6, "y", y * x, (i,), None)]
        y *= x
    x_bar, y_bar = 0.0, 1.0
    made += [(8, "x_bar", x_bar, (), None), (9, "y_bar", y_bar, (), None)]
    for i in (2, 1, 0):
        y /= x
        x_bar, y_bar = x_bar + y_bar * y, y_bar * x
        made += [(10, "i", i, (i,), ""), (11, "y", y, (i,), None)]
        made += [(12, "x_bar", x_bar, (i,), None), (13, "y_bar", y_bar, (i,), None)]
    events = tuple(
        event(k, at[n], name, value, iteration, variable)
        for k, (n, name, value, iteration, variable) in enumerate(made)
    )
    return Recorded("power", LOOP_SOURCE, (LOOP,), events, len(events), x_bar)

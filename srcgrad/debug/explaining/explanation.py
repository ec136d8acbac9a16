"""A function and its derivative side by side, with the rules that were applied, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from srcgrad.debug.explaining.alignment import Row, columns, rows_of
from srcgrad.debug.explaining.steps import Rule, Step, steps_of
from srcgrad.errors import ArgumentError
from srcgrad.pipeline import analysed, compile_derivative
from srcgrad.staging import Compiled, Stages

READING = "The rules, line by line. The reverse sweep applies them from the last to the first.\n\n"
COMPOSED = "It is computed from other derivatives: explain those for their rules."


@dataclass(frozen=True)
class Steps(Sequence[Step]):
    """Some of the user's statements in order, each with the rules that were applied to it."""

    all: tuple[Step, ...]
    file: str

    def __len__(self) -> int:
        return len(self.all)

    def __getitem__(self, index: Any) -> Any:
        return Steps(self.all[index], self.file) if isinstance(index, slice) else self.all[index]

    def __str__(self) -> str:
        return "\n".join(f"{self._place(step)}: {step}" for step in self.all)

    __repr__ = __str__

    def _place(self, step: Step) -> str:
        same = step.file == self.file
        return f"line {step.line}" if same else f"{Path(step.file).name}, line {step.line}"


class Explanation:
    """What a derivative is made of; `print` shows all of it, a notebook with formulas typeset.

    `rows` are the lines of the function and of its derivative next to each other, `source` is the
    derivative's, and `steps` are the user's statements with the rules that were applied, those of
    functions that it calls included.
    """

    def __init__(self, title: str, compiled: Compiled, stages: Stages) -> None:
        self.title = title
        self.source = compiled.source
        self._stages = stages
        read = stages.read
        first, last = read.node.lineno, read.node.end_lineno or read.node.lineno
        self.file = read.file
        self.first, self.lines = first, tuple(read.lines[first - 1 : last])
        self.rows: tuple[Row, ...] = rows_of(compiled, read.file, first, self.lines)

    @cached_property
    def steps(self) -> Steps:
        """The user's statements in order, with the rules that were applied to each."""
        return Steps(tuple(steps_of(self._stages)), self.file)

    def line(self, number: int, file: str = "") -> Steps:
        """The rules of the statements on a line.

        `file` is the name of a file, if several have a statement on such a line; by default it is
        that of the function.

        Raises:
            ArgumentError: if the derivative holds nothing of that line.
        """
        names = [s.file for s in self.steps if not file or Path(s.file).name == Path(file).name]
        chosen = self.file if self.file in names else (names or [""])[0]
        found = [s for s in self.steps if s.line == number and s.file == chosen]
        if not found:
            known = sorted({s.line for s in self.steps if s.file == chosen})
            raise ArgumentError(
                f"line {number}, which holds no statement that {self.title} runs",
                why=f"its statements there are on: {_ranges(known) or 'no line'}",
                fix="name one of these lines, as they are numbered in the file",
            )
        return Steps(tuple(found), self.file)

    def __getitem__(self, name: str) -> Steps:
        """The statements that assign or read a variable, with the rules that concern it.

        Raises:
            ArgumentError: if nothing that is computed has that name.
        """
        chosen = [s.only(name) for s in self.steps]
        found = tuple(s for s in chosen if s.rules)
        if not found:
            names = sorted({n for s in self.steps for r in s.rules for n in r.names if n})
            raise ArgumentError(
                f"{name!r}, which is no variable of {self.title}",
                why=f"its variables are {', '.join(names) or 'none'}",
                fix="pass one of these names",
            )
        return Steps(found, self.file)

    def __str__(self) -> str:
        table = columns(self.rows, (self.title, "its derivative"))
        if not self.steps:
            return f"{table}\n\n{COMPOSED}"
        forward = "tangent" in self._stages.request.mode
        return f"{table}\n\n{'' if forward else READING}{self.steps}"

    def __repr__(self) -> str:
        return f"<explanation of {self.title}: {len(self.steps)} statements>"

    def _repr_html_(self) -> str:
        from srcgrad.debug.explaining.html import explanation_html

        return explanation_html(self)


def explain(gradient: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Explanation:
    """What a gradient is made of, for arguments such as these, without running it.

    Without arguments it is that of the latest variant, and before the first call that which type
    hints and defaults give.

    Examples:
        >>> import numpy as np
        >>> import srcgrad
        >>> def loss(x):
        ...     h = np.tanh(x)
        ...     return h * h
        >>> print(srcgrad.grad(loss).explain(0.5)["x"])
        line 2: h = np.tanh(x)
            the derivative of y = np.tanh(x) by x is 1 - y * y, so
                x_bar += h_bar * (1 - h * h)
    """
    given = _given(gradient, args, kwargs)
    primal, request = gradient.primal, gradient._request
    compiled = gradient._refusing(
        lambda: compile_derivative(primal, given, request, None, gradient.one_by_one)
    )
    stages = gradient._refusing(lambda: analysed(primal, given, request))
    return Explanation(getattr(primal, "__name__", "the function"), compiled, stages)


def _given(gradient: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments, or kinds of arguments, to compile for."""
    if args or kwargs:
        bound: dict[str, Any] = gradient._bind(args, kwargs)
        return bound
    if gradient._compiled:
        latest = gradient._compiled[-1]
        return {**gradient.owner, **{n: latest.kinds[n] for n in latest.own}}
    hinted: dict[str, Any] = gradient._hinted()
    return hinted


def _ranges(lines: list[int]) -> str:
    """Line numbers in words, those in a row as a range."""
    groups: list[list[int]] = []
    for n in lines:
        if groups and groups[-1][-1] == n - 1:
            groups[-1].append(n)
        else:
            groups.append([n])
    return ", ".join(str(g[0]) if len(g) == 1 else f"{g[0]} to {g[-1]}" for g in groups)


__all__ = ["Explanation", "Rule", "Step", "Steps", "explain"]

"""Where programs register the names that they prove a verdict on.

A name is a node class ("ast.ListComp"), a builtin ("builtins.abs"), a tool of a library
("itertools.product"), or a use of the language under a heading ("Functions: recursion").
"""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from textwrap import dedent
from typing import Any

import numpy as np

from srcgrad import SrcgradError

Function = Callable[..., Any]


class Verdict(StrEnum):
    """What becomes of a construct in a function that is differentiated."""

    DIFFERENTIATED = "differentiated"
    INACTIVE = "inactive"
    REFUSED = "refused"


@dataclass(frozen=True)
class Program:
    """A function, one call of it, and the verdict that it proves on some names.

    `error`, `words` and `fix` are of a refusal: its class, a part of what it says was found, and a
    part of what to write; `place` is the function that has the comment. `forward` and `second` are
    the verdicts on forward mode and on second derivatives that differ from that on the gradient.
    """

    names: tuple[str, ...]
    verdict: Verdict
    function: Function
    args: tuple[Any, ...]
    error: type[SrcgradError] = SrcgradError
    words: str = ""
    fix: str = ""
    place: Function | None = None
    forward: Verdict | None = None
    second: Verdict | None = None
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Its file and its name."""
        return f"{self.function.__module__.rpartition('.')[2]}-{self.function.__name__}"


@dataclass(frozen=True)
class Entry:
    """One line of the census."""

    name: str
    verdict: Verdict
    program: Function
    args: tuple[Any, ...]


PROGRAMS: list[Program] = []

V3 = np.array([0.3, -1.2, 0.8])
V4 = np.array([0.7, -0.4, 1.3, 0.2])
M23 = np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]])


def entries() -> Iterator[Entry]:
    """The census: a line for each name that a program proves a verdict on."""
    for program in PROGRAMS:
        for name in program.names:
            yield Entry(name, program.verdict, program.function, program.args)


def differentiated(
    *names: str,
    args: tuple[Any, ...],
    forward: Verdict | None = None,
    second: Verdict | None = None,
    **options: Any,
) -> Callable[[Function], Function]:
    """Register a program in which an active value goes through what is named."""
    modes = {"forward": forward, "second": second}
    return _register(Verdict.DIFFERENTIATED, names, args, **modes, options=options)


def inactive(*names: str, args: tuple[Any, ...], **options: Any) -> Callable[[Function], Function]:
    """Register a program in which what is named runs as ordinary Python, with no derivative."""
    return _register(Verdict.INACTIVE, names, args, options=options)


def refused(
    *names: str,
    args: tuple[Any, ...],
    error: type[SrcgradError],
    words: str,
    fix: str = "",
    place: Function | None = None,
    forward: Verdict | None = None,
    **options: Any,
) -> Callable[[Function], Function]:
    """Register a program that is refused at the place that its comment `# here: text` names."""
    says = {"error": error, "words": words, "fix": fix, "place": place, "forward": forward}
    return _register(Verdict.REFUSED, names, args, **says, options=options)


def _register(
    verdict: Verdict, names: tuple[str, ...], args: tuple[Any, ...], **more: Any
) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        PROGRAMS.append(Program(names, verdict, function, args, **more))
        return function

    return register


def since(
    version: tuple[int, int], verdict: Verdict, *names: str, args: tuple[Any, ...], **says: Any
) -> Callable[[str], None]:
    """Register a program that is given as text, for what older versions of Python do not have.

    The last definition in the text is the program; `says` is what a refusal says, as in `refused`.
    """

    def register(text: str) -> None:
        if sys.version_info >= version:
            _register(verdict, names, args, **says)(_loaded(dedent(text).lstrip()))
        else:
            LATER.extend(Entry(name, verdict, _loaded, args) for name in names)

    return register


LATER: list[Entry] = []
"""What a newer version of Python than this one has."""


def _loaded(text: str) -> Function:
    """The last function that a text defines, with the text where tracebacks look for it."""
    name = f"<census {text.rpartition('def ')[2].partition('(')[0]}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"__name__": "census.programs.newer"}
    exec(compile(text, name, "exec"), namespace)
    functions: list[Function] = [v for v in namespace.values() if callable(v)]
    return functions[-1]

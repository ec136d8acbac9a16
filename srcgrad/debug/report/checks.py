"""The adjoint of each intermediate value next to a difference of the user's own function."""

from __future__ import annotations

import io
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from srcgrad.debug.report.matching import Key, Visit, is_apart, match, visits_of
from srcgrad.debug.report.moving import Moved, Subject
from srcgrad.debug.report.parts import Path, Unknown, paths
from srcgrad.debug.report.perturbing import Hit
from srcgrad.errors import SrcgradError

if TYPE_CHECKING:
    from srcgrad.debug.events import Event
    from srcgrad.debug.trace import Trace

MOST = 300  # adjoints that are compared,
SECONDS = 5.0  # for so long at most

STORE = re.compile(r"\]\s*(\+|-|\*|/|@|\*\*|//|%)?=(?!=)|\.at\(")
OWN = re.compile(r"_bar(_\d+)?$|^return$")  # names of adjoints that are no copies

Status = Literal["agrees", "differs", "none"]


@dataclass(frozen=True)
class Check:
    """What a comparison found: the difference, the adjoint along the same direction, and words.

    Of an adjoint that could not be compared the status is "none", and the words say why.
    """

    status: Status
    words: str
    difference: float | None = None
    adjoint: float | None = None

    def to_list(self) -> list[Any]:
        return [self.status, self.words, self.difference, self.adjoint]


@dataclass
class Checks:
    """The comparisons of a trace by the index of an event."""

    trace: Trace
    found: dict[int, Check] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.paths = paths(self.trace.source, self.trace.events)
        self.values = {e.index: self._value(e) for e in self.trace.events if e.role == "adjoint"}

    def _value(self, event: Event) -> Any:
        """An adjoint; those that are returned are there whatever their size."""
        if event.name != "return" or event.value is not None or self.trace.error:
            return event.value
        request = self.trace.run.gradient._request
        whole = self.trace.result
        bars = whole[int(request.with_value)] if request.with_value or request.has_aux else whole
        return bars if request.single else bars[request.wrt.index(event.variable)]

    def make(self) -> dict[int, Check]:
        """Compare as many adjoints as there is time for; the others say that there was none."""
        adjoints = [e for e in self.trace.events if e.role == "adjoint"]
        try:
            with _quiet():
                self._compare(visits_of(self.trace.events))
        except Exception as error:  # of the user's function, run once more or in another form
            self._all(adjoints, f"the function could not be run again: {_words(error)}")
        room = [e for e in adjoints if not e.statement.line]
        self._all(room, "a start for what later lines add, which are compared")
        self._all(adjoints, f"not compared: {len(self.found)} other assignments were")
        return self.found

    def _all(self, events: Sequence[Event], words: str) -> None:
        for e in events:
            self.found.setdefault(e.index, Check("none", words))

    def _compare(self, runs: dict[Key, list[Visit]]) -> None:
        wanted: dict[tuple[str, int], set[str]] = {}
        for file, line, variable in runs:
            wanted.setdefault((file, line), set()).add(variable)
        subject = Subject(self.trace.run, wanted, has_stores(self.trace))
        self._match(runs, subject.hits)
        ends = {key: found for key, found in runs.items() if any(_returns(r) for r in found)}
        self._in_turns(subject, {**ends, **runs})
        self._explain([r.events[-1] for found in ends.values() for r in found if _returns(r)])

    def _match(self, runs: dict[Key, list[Visit]], hits: Sequence[Hit]) -> None:
        primal = self.trace.listings[0]
        by_key: dict[Key, list[Hit]] = {}
        for hit in hits:
            by_key.setdefault(hit.key, []).append(hit)
        for key, found in runs.items():
            is_own = key[0] == primal.file and key[1] in primal
            match(found, by_key.get(key, []), is_own)

    def _explain(self, ends: Sequence[Event]) -> None:
        """Unless what is returned is wrong, an adjoint on the way may only count in other steps."""
        known = {self.found[e.index].status if e.index in self.found else "none" for e in ends}
        if "differs" in known:
            return
        why = "whether this is all of the adjoint cannot be told"
        if known == {"agrees"}:
            why = "a part of the adjoint is counted on another line"
        for index, check in self.found.items():
            if check.status == "differs":
                self.found[index] = replace(check, status="none", words=f"{why}: {check.words}")

    def _in_turns(self, subject: Subject, runs: dict[Key, list[Visit]]) -> None:
        """One run of each variable and line, then another one of each, as long as it takes."""
        end = time.perf_counter() + SECONDS
        made = 0
        for turn in zip_longest(*runs.values()):
            for run in filter(None, turn):
                if run.hit and (made >= MOST or time.perf_counter() > end):
                    continue
                made += run.hit is not None
                self._check(subject, run)

    def _check(self, subject: Subject, run: Visit) -> None:
        later: list[Path | Unknown] = []
        for e in reversed(run.events):
            path = self.paths[e.index]
            if not OWN.search(e.name):
                words = "a copy of the adjoint as it is behind this line"
                self.found[e.index] = Check("none", words)
                continue
            if later and not is_apart(path, later):
                words = "the adjoint is complete only on a later line"
                self.found[e.index] = Check("none", words)
            else:
                self.found[e.index] = compared(subject, run, self.values[e.index], path)
            later.append(path)


def _returns(run: Visit) -> bool:
    return run.events[-1].name == "return"


def compared(subject: Subject, run: Visit, adjoint: Any, path: Path | Unknown) -> Check:
    """The comparison of one adjoint."""
    if run.hit is None:
        return Check("none", run.why)
    if adjoint is None:
        return Check("none", "the adjoint is too large to be kept")
    if isinstance(path, Unknown):
        return Check("none", "which element this is the adjoint of cannot be told")
    try:
        found = subject.moved(run.hit, adjoint, path)
    except SrcgradError as error:
        return Check("none", error.what)
    except Exception as error:
        return Check("none", f"the function raises when it is moved: {_words(error)}")
    return _judged(found, run.alone)


def has_stores(trace: Trace) -> bool:
    """Whether the user's functions write into elements."""
    texts = ("\n".join(listing.lines) for listing in trace.listings)
    return any(STORE.search(text) for text in texts)


def _judged(found: Moved, alone: bool) -> Check:
    both = f"difference {found.difference:.9g}, adjoint {found.adjoint:.9g}{found.along}"
    numbers = (found.difference, found.adjoint)
    if not np.all(np.isfinite(numbers)):
        return Check("none", f"not finite: {both}")
    if found.agrees:
        return Check("agrees", both, *numbers)
    if not found.smooth:
        return Check(
            "none", f"the function has a kink or a jump here, or takes another way: {both}"
        )
    if not alone:
        return Check("none", "which call, or variable of this name, is meant cannot be told")
    return Check("differs", both, *numbers)


def _words(error: Exception) -> str:
    return error.what if isinstance(error, SrcgradError) else f"{type(error).__name__}: {error}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Nothing that a function prints or warns of is shown again."""
    hidden, no_warnings = io.StringIO(), warnings.catch_warnings(action="ignore")
    with redirect_stdout(hidden), redirect_stderr(hidden), no_warnings, np.errstate(all="ignore"):
        yield

"""The user's source and a derivative's, line by line side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from srcgrad.backend.linemap import Line, line_map
from srcgrad.staging import Compiled

WIDEST = 60
HEADERS = ("for ", "while ", "if ")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the user's and a line of the derivative that belongs to it; either may be missing.

    `place` is the number of the user's line, with the file's name in front if it is not the file
    of the function itself, and `number` that of the derivative's line, 0 for none.
    """

    place: str
    user: str
    number: int
    derivative: str
    reverse: bool


def rows_of(compiled: Compiled, file: str, first: int, lines: tuple[str, ...]) -> tuple[Row, ...]:
    """All lines of a derivative in order, each next to the user's line that it came from.

    `lines` are those of the user's function, from line `first` of the file on: in the forward sweep
    they all appear, and in the reverse sweep those that it goes back through.
    """
    return tuple(_Aligner(compiled, file, first, lines).rows())


class _Aligner:
    def __init__(self, compiled: Compiled, file: str, first: int, lines: tuple[str, ...]) -> None:
        self.text = compiled.source.splitlines()
        self.map = line_map(compiled.source, compiled.tree)
        self.file = file
        self.first = first
        self.own = textwrap.dedent("\n".join(lines)).split("\n")
        self.next = first
        self.last: tuple[str, int] | None = (file, first)

    def rows(self) -> Iterator[Row]:
        start = next(i for i, line in enumerate(self.text, 1) if line.startswith("def "))
        yield Row(*self._user(self.first), start, self.text[start - 1], False)
        self.next = self.first + 1
        numbers = [n for n in range(start + 1, len(self.text) + 1) if self._is_code(n)]
        forward = [n for n in numbers if not self._is_reverse(n, numbers)]
        backward = [n for n in numbers if self._is_reverse(n, numbers)]
        for n in forward:
            yield from self._forward(n, forward)
        yield from self._skipped(self.first + len(self.own))
        self.last = None
        for n in backward:
            yield self._backward(n, backward)

    def _is_code(self, n: int) -> bool:
        stripped = self.text[n - 1].strip()
        return bool(stripped) and not stripped.startswith("#")

    def _is_reverse(self, n: int, numbers: list[int]) -> bool:
        """Whether a line stands behind the first one of the reverse sweep."""
        begin = min((k for k, line in self.map.items() if line.reverse), default=None)
        return begin is not None and n >= begin

    def _statement(self, n: int) -> Line | None:
        line = self.map.get(n)
        return line or next((s for s in self.map.values() if s.number < n <= s.last), None)

    def _forward(self, n: int, numbers: list[int]) -> Iterator[Row]:
        """A line of the forward sweep, and before it the user's lines that led nowhere."""
        line = self._own_line(n)
        prepares = line is not None and self._has_header_below(n, line, numbers)
        if line is None or prepares:
            line = self._same_text(n, numbers)
        if line is not None and line >= self.next:
            yield from self._skipped(line)
            self.next, self.last = line + 1, (self.file, line)
            yield Row(*self._user(line), n, self.text[n - 1], False)
        elif prepares:
            yield Row("", "", n, self.text[n - 1], False)
        else:
            yield self._row(n, False)

    def _backward(self, n: int, numbers: list[int]) -> Row:
        """A line of the reverse sweep, next to the user's line that it goes back through."""
        line = self._own_line(n)
        if line is not None and self._has_header_below(n, line, numbers):
            return Row("", "", n, self.text[n - 1], True)
        return self._row(n, True)

    def _own_line(self, n: int) -> int | None:
        """The line of the function itself that a line of the derivative came from."""
        line = self._statement(n)
        origin = line.origin if line else None
        own = origin is not None and self._is_own(origin.location.file, origin.line)
        return origin.line if origin is not None and own else None

    def _same_text(self, n: int, numbers: list[int]) -> int | None:
        """The user's line that reads the same, of those up to the next one that is known."""
        later = [self._own_line(k) for k in numbers if k > n]
        behind = self.first + len(self.own)
        end = min((k for k in later if k is not None and k >= self.next), default=behind)
        text = self.text[n - 1].strip()
        same = (k for k in range(self.next, end) if self._user(k)[1].strip() == text)
        return next(same, None)

    def _has_header_below(self, n: int, line: int, numbers: list[int]) -> bool:
        """Whether this only prepares a loop or a branch, whose header is still to come."""
        own = self._statement(n)
        header = own is not None and own.origin is not None and own.origin.header
        if not header or self.text[n - 1].lstrip().startswith(HEADERS):
            return False
        later = [self._statement(k) for k in numbers if k > n]
        same = [s for s in later if s and s.origin and s.origin.line == line]
        return any(self.text[s.number - 1].lstrip().startswith(HEADERS) for s in same)

    def _skipped(self, until: int) -> Iterator[Row]:
        for n in range(self.next, min(until, self.first + len(self.own))):
            yield Row(*self._user(n), 0, "", False)

    def _row(self, n: int, reverse: bool) -> Row:
        line = self._statement(n)
        origin = line.origin if line else None
        key = (origin.location.file, origin.line) if origin else None
        if origin is None or key is None or key == self.last:
            return Row("", "", n, self.text[n - 1], reverse)
        self.last = key
        if self._is_own(*key):
            place, text = self._user(origin.line)
        else:
            place, text = self._elsewhere(*key), origin.text
        return Row(place, text, n, self.text[n - 1], reverse)

    def _is_own(self, file: str, line: int) -> bool:
        return file == self.file and self.first <= line < self.first + len(self.own)

    def _user(self, n: int) -> tuple[str, str]:
        return str(n), self.own[n - self.first]

    def _elsewhere(self, file: str, line: int) -> str:
        return str(line) if file == self.file else f"{Path(file).name}:{line}"


def columns(rows: tuple[Row, ...], titles: tuple[str, str]) -> str:
    """Rows as text in two columns, under their titles, with a heading at the reverse sweep."""
    left = min(WIDEST, max(len(titles[0]), *(len(r.user) for r in rows)))
    places, numbers = (max(map(len, column)) for column in zip(*map(_margins, rows), strict=True))
    head = f"{'':{places}}  {titles[0]:{left}}  | {'':{numbers}}  {titles[1]}"
    body = [line for row in rows for line in _lines(row, places, left, numbers)]
    begin = next((i for i, row in enumerate(rows) if row.reverse), None)
    if begin is not None:
        above = sum(len(_wrapped(row.user, left)) for row in rows[:begin])
        body.insert(above, f"{'':{places}}  {'':{left}}  | {'':{numbers}}  # reverse sweep")
    return "\n".join(line.rstrip() for line in [head, *body])


def _margins(row: Row) -> tuple[str, str]:
    return row.place, str(row.number or "")


def _lines(row: Row, places: int, left: int, numbers: int) -> Iterator[str]:
    place, number = _margins(row)
    for i, part in enumerate(_wrapped(row.user, left)):
        right = f"{number:>{numbers}}  {row.derivative}" if i == 0 else f"{'':{numbers}}"
        yield f"{place if i == 0 else '':>{places}}  {part:{left}}  | {right}"


def _wrapped(text: str, width: int) -> list[str]:
    """A line as several if it is long, the further ones indented."""
    indent = " " * (len(text) - len(text.lstrip()) + 4)
    return textwrap.wrap(text, width, subsequent_indent=indent) or [""]

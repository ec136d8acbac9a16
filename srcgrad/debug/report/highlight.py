"""Python source as lines of HTML: each token in a span whose class says what it is."""

from __future__ import annotations

import builtins
import io
import keyword
import tokenize
from collections.abc import Iterator, Sequence
from html import escape

Place = tuple[int, int]

KINDS = {
    tokenize.COMMENT: "c",
    tokenize.NUMBER: "n",
    tokenize.STRING: "s",
    tokenize.OP: "o",
}
"""The class of a token by its type: comment, number, string, operator."""


def highlighted(lines: Sequence[str]) -> list[str]:
    """The lines as HTML, one string each, with spans of the classes k, f, b, n, s, c and o.

    They stand for keywords, names of functions that are defined, builtins, numbers, strings,
    comments and operators. What cannot be read as Python comes back escaped and without colours.

    >>> highlighted(["x = 1"])
    ['x <span class="o">=</span> <span class="n">1</span>']
    """
    marks: list[list[tuple[int, int, str]]] = [[] for _ in lines]
    for kind, start, end in _marks(lines):
        for row, first, last in _rows(lines, start, end):
            marks[row].append((first, last, kind))
    return [_html(line, found) for line, found in zip(lines, marks, strict=True)]


def _marks(lines: Sequence[str]) -> Iterator[tuple[str, Place, Place]]:
    """The class and the extent of each token that has a colour, up to where reading fails."""
    before = ""
    text = io.StringIO("\n".join(lines) + "\n")
    try:
        for token in tokenize.generate_tokens(text.readline):
            kind = _kind(token, before)
            if kind:
                yield kind, token.start, token.end
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        return


def _kind(token: tokenize.TokenInfo, before: str) -> str:
    if tokenize.tok_name[token.type].startswith("FSTRING"):  # of Python 3.12 and newer
        return "s"
    if token.type != tokenize.NAME:
        return KINDS.get(token.type, "")
    if keyword.iskeyword(token.string):
        return "k"
    if before in ("def", "class"):
        return "f"
    return "b" if before != "." and hasattr(builtins, token.string) else ""


def _rows(lines: Sequence[str], start: Place, end: Place) -> Iterator[tuple[int, int, int]]:
    """A token's part of each line that it stands on, all counted from zero."""
    for row in range(start[0] - 1, min(end[0], len(lines))):
        first = start[1] if row == start[0] - 1 else 0
        last = end[1] if row == end[0] - 1 else len(lines[row])
        if first < last:
            yield row, first, last


def _html(line: str, marks: Sequence[tuple[int, int, str]]) -> str:
    parts, at = [], 0
    for first, last, kind in marks:
        first = max(first, at)  # Python 3.12 misplaces what follows a brace in an f-string
        parts += [escape(line[at:first]), f'<span class="{kind}">{escape(line[first:last])}</span>']
        at = last
    return "".join([*parts, escape(line[at:])])

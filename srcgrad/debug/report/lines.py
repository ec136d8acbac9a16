"""Which lines of the two sides of a report belong together."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from srcgrad.debug.events import Statement

if TYPE_CHECKING:
    from srcgrad.debug.trace import Listing, Trace


def key_of(trace: Trace, file: str, line: int) -> str:
    """The name that a report has for a line of the user's, as "u0-12"; empty for none."""
    for i, listing in enumerate(trace.listings):
        if listing.file == file and 0 <= line - listing.first < len(listing.lines):
            return f"u{i}-{line}"
    return ""


def listing_keys(listing: Listing, index: int) -> list[str]:
    """For each line of a listing the key of the first line of its statement."""
    starts = statement_starts(listing.lines)
    return [f"u{index}-{listing.first + start}" for start in starts]


def statement_starts(lines: Sequence[str]) -> list[int]:
    """For each line the index of the line on which its innermost statement starts."""
    starts = list(range(len(lines)))
    try:
        tree = ast.parse(textwrap.dedent("\n".join(lines)))
    except SyntaxError:  # a lambda in the middle of a statement, say
        return starts
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            for line in range(node.lineno, _last_of_head(node) + 1):
                starts[line - 1] = node.lineno - 1
    return starts


def _last_of_head(node: ast.stmt) -> int:
    """The last line of a statement; of a compound one, of its header."""
    body = getattr(node, "body", None)
    if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
        return max(body[0].lineno - 1, node.lineno)
    return node.end_lineno or node.lineno


def gradient_statements(
    lines: Sequence[str], statements: Mapping[int, Statement]
) -> list[Statement | None]:
    """For each line of a gradient's source its statement: a comment belongs to the next one."""
    found: list[Statement | None] = []
    for number, line in enumerate(lines, 1):
        if number in statements:
            found.append(statements[number])
        elif not line.strip() or not line.startswith(" "):
            found.append(None)
        elif line.lstrip().startswith("#"):
            found.append(_next(lines, statements, number))
        else:  # the rest of a statement on several lines
            found.append(found[-1] if found else None)
    return found


def _next(
    lines: Sequence[str], statements: Mapping[int, Statement], number: int
) -> Statement | None:
    """The statement that a comment stands above; None for the heading of a sweep."""
    if lines[number - 1].strip() in HEADINGS:
        return None
    after = (n for n in range(number, len(lines) + 1) if n in statements)
    return statements.get(next(after, 0))


HEADINGS = ("# forward sweep", "# reverse sweep", "# reverse")

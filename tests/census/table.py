"""The README's table of the language, from the census."""

from __future__ import annotations

from collections.abc import Iterable

import census.programs  # noqa: F401
from census.registry import LATER, Entry, Verdict, entries
from census.spelling import PARTS, REFUSED, all_nodes, group_of_node

BEGIN = "<!-- the language: printed by python -m tests.census -->"
END = "<!-- the end of the language -->"
ROWS = (
    *("Statements", "Expressions", "Patterns", "Operators", "Functions", "Objects"),
    *("Special methods", "Containers", "Exceptions"),
    *("Builtins", "float", "list", "tuple", "dict", "set", "math", "itertools", "functools"),
    *("operator", "contextlib", "collections", "dataclasses", "Other modules"),
)
HEADINGS = {"Tools": "Other modules", "Dataclasses": "dataclasses"}
EMPTY = "—"

Cells = dict[tuple[str, Verdict], list[str]]


def section() -> str:
    """The text between the markers of the README, markers included."""
    return "\n".join([BEGIN, *lines(cells([*entries(), *LATER])), END])


def lines(filled: Cells) -> list[str]:
    """The table as lines of Markdown."""
    head = ["| | differentiated | as ordinary Python | refused |", "|---|---|---|---|"]
    return head + [_line(row, filled) for row in ROWS]


def _line(row: str, filled: Cells) -> str:
    found = (", ".join(filled.get((row, verdict), [EMPTY])) for verdict in Verdict)
    texts = (text.replace("|", r"\|") for text in found)
    title = f"`{row}`" if row.islower() else row
    return f"| {title} | {' | '.join(texts)} |"


def cells(found: Iterable[Entry]) -> Cells:
    """What stands in each cell, in the order of the census, each thing once."""
    result: Cells = {}
    for entry in found:
        place = row_and_text(entry)
        if place is not None:
            row, text = place
            cell = result.setdefault((row, entry.verdict), [])
            if text not in cell:
                cell.append(text)
    return {key: _in_order(cell) for key, cell in result.items()}


def _in_order(cell: list[str]) -> list[str]:
    """Nodes as the grammar has them, then other names, then uses, each by the alphabet."""
    nodes = list(all_nodes().values())

    def key(text: str) -> tuple[int, bool, str]:
        at = nodes.index(text) if text in nodes else len(nodes)
        return at, " " in text, text.replace("`", "")

    return sorted(cell, key=key)


def row_and_text(entry: Entry) -> tuple[str, str] | None:
    """The row of an entry and how it is written there; None for parts of nodes."""
    if ": " in entry.name:
        heading, _, text = entry.name.partition(": ")
        return HEADINGS.get(heading, heading), text
    heading, _, last = entry.name.rpartition(".")
    if heading == "ast" and last in PARTS:
        return None
    refused = REFUSED.get(entry.name) if entry.verdict is Verdict.REFUSED else None
    if heading == "ast":
        return group_of_node(last), refused or all_nodes()[last]
    if heading == "builtins":
        return "Builtins", refused or ("exceptions" if last == "exceptions" else f"`{last}`")
    if heading == "itertools.chain":
        return "itertools", f"`chain.{last}`"
    row = heading if heading in ROWS else "Other modules"
    return row, refused or (f"`{last}`" if row == heading else f"`{entry.name}`")

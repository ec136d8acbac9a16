"""A moment of a trace as coloured text of a given size: code, variables, and one in detail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rich.syntax import Syntax
from rich.text import Text

from srcgrad.debug.events import Event
from srcgrad.debug.stepper import plots, wording
from srcgrad.debug.stepper.cursor import Row

VALUE, ADJOINT, TANGENT = "cyan", "yellow", "magenta"
"""The sixteen colours of any terminal, by name: its own palette says how they look."""

SHORTEST_PLOT, WIDEST_PLOT, WIDEST_CELL, LEAST_BESIDE = 4, 24, 4, 12

SIGNS = {1: "red", -1: "blue", 0: "bold magenta"}


def sweep_colour(reverse: bool) -> str:
    """The colour of what belongs to the forward or to the reverse sweep."""
    return ADJOINT if reverse else VALUE


# code


@dataclass(frozen=True)
class Page:
    """Source to show: its lines from the number `first` on, and which of them is the current one.

    `here` says that the current line is what ran, not only the last one that did. `beside` are
    texts to the right of lines, and `marked` the lines with findings.
    """

    lines: tuple[str, ...]
    first: int
    current: int
    here: bool
    colour: str
    beside: Mapping[int, str]
    marked: frozenset[int]


def code(page: Page, width: int, height: int) -> Text:
    """The part of a page around its current line; that line is shown whole, others are cut."""
    rows: list[Text] = []
    at = 0
    coloured = _highlighted("\n".join(page.lines))
    for number, line in enumerate(coloured, page.first):
        if number == page.current:
            at = len(rows)
            rows += _current(page, line, width)
        else:
            rows.append(_other(page, number, line, width))
    return _window(rows, at, height)


@lru_cache(maxsize=64)
def _highlighted(text: str) -> tuple[Text, ...]:
    syntax = Syntax("", "python", theme="ansi_dark", background_color="default")
    return tuple(syntax.highlight(text.expandtabs(4)).split("\n"))


def _other(page: Page, number: int, line: Text, width: int) -> Text:
    mark = "!" if number in page.marked else " "
    row = Text.assemble(
        (mark, "bold red"), (f"{number:>4} ", "bright_black"), line, no_wrap=True, end=""
    )
    _put_beside(row, page.beside.get(number, ""), width)
    row.truncate(width, overflow="ellipsis")
    return row


def _current(page: Page, line: Text, width: int) -> list[Text]:
    """The current line in as many rows as it needs."""
    style = f"{page.colour} reverse" if page.here else page.colour
    plain, room = line.plain, max(width - 6, 1)
    pieces = [plain[i : i + room] for i in range(0, len(plain), room)] or [""]
    heads = [f">{page.current:>4} "] + [" " * 6] * (len(pieces) - 1)
    rows = [Text(h + p, style=style, end="") for h, p in zip(heads, pieces, strict=True)]
    _put_beside(rows[-1], page.beside.get(page.current, ""), width)
    for row in rows:
        row.truncate(width, pad=True)
    return rows


def _put_beside(row: Text, beside: str, width: int) -> None:
    """A text at the right end of a row, as far as there is room for it."""
    room = width - row.cell_len
    if beside and room > LEAST_BESIDE:
        shown = Text(beside, style="italic" if row.style else "italic bright_black")
        shown.truncate(room - 2, overflow="ellipsis")
        shown.align("right", room)
        row.append_text(shown)


def _window(rows: Sequence[Text], at: int, height: int) -> Text:
    """As many rows as there is height for, with one of them in the middle where possible."""
    start = max(0, min(at - height // 2, len(rows) - height))
    return Text("\n").join(rows[start : start + height])


# variables


def table(
    rows: Sequence[Row], chosen: str, columns: Sequence[str], colour: str, width: int, height: int
) -> Text:
    """The variables with what they hold, one a row; the chosen one is in view.

    `columns` are the roles to show: "value" and "adjoint", say.
    """
    names = min(max([8, *(len(r.name) for r in rows)]), 18)
    room = (width - names - 3) // len(columns)
    head = Text(f"  {'variable':<{names}} " + "".join(f"{c:<{room}}" for c in columns), end="")
    head.stylize("bold underline")
    head.truncate(width, pad=True)
    lines = [_row(row, row.name == chosen, columns, colour, names, room) for row in rows]
    at = next((i for i, row in enumerate(rows) if row.name == chosen), 0)
    return Text("\n").join([head, _window(lines, at, height - 1)])


def _row(
    row: Row, chosen: bool, columns: Sequence[str], colour: str, names: int, room: int
) -> Text:
    name = Text(f"{'>' if chosen else ' '} {row.name}", end="")
    name.truncate(names + 2, overflow="ellipsis", pad=True)
    name.stylize("reverse" if chosen else "")
    style = "bright_black" if row.helper and not row.changed else ""
    line = Text.assemble(name, " ", no_wrap=True, end="", style=style)
    for role in columns:
        event: Event | None = getattr(row, role)
        style = f"bold {colour}" if role in row.changed else ""
        cell = Text(wording.cell(event), style if wording.is_finite(event) else f"{style} red")
        if event is not None:
            _add_plot(cell, event, room - 2)
        cell.truncate(room, overflow="ellipsis", pad=True)
        line.append_text(cell)
    return line


def _add_plot(cell: Text, event: Event, width: int) -> None:
    """A plot of an array behind its range, if there is room: bars, or shades of a matrix."""
    room = min(width - cell.cell_len - 2, WIDEST_PLOT)
    numbers = plots.numbers_of(event.value, event.summary.sample)
    if room < SHORTEST_PLOT or numbers is None or numbers.size <= wording.FEW:
        return
    cell.append(" ")
    if numbers.ndim > 1:
        cell.append_text(_shades(plots.strip(numbers, room)))
    else:
        cell.append(plots.bars(numbers, room))
    if event.value is None:
        cell.append("…")  # the rest was not kept


def _shades(cells: Sequence[plots.Cell], repeated: int = 1) -> Text:
    return Text.assemble(*((c.character * repeated, SIGNS[c.sign]) for c in cells))


# one variable in detail


def detail(row: Row, histories: Mapping[str, Sequence[Event]], width: int, height: int) -> Text:
    """What a variable holds, with statistics and plots, as far as there is height for.

    `histories` are all events of the run by role; the plot of one shows how its number, or the
    norm of its array, changes in time, and where in it this moment is.
    """
    lines: list[Text] = []
    held = [(role, e) for role in histories if (e := getattr(row, role)) is not None]
    for role, event in held:
        share = (height - len(lines)) // (len(held) if not lines else 1)
        lines += _role(role, event, histories[role], width, share)
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return Text("\n").join(lines[:height])


def _role(role: str, event: Event, history: Sequence[Event], width: int, height: int) -> list[Text]:
    colour = {"adjoint": ADJOINT, "tangent": TANGENT}.get(role, VALUE)
    lines = [Text(f"{role}  {wording.brief(event)}", style=f"bold {colour}")]
    style = "" if wording.is_finite(event) else "red"
    lines += [Text(line, style=style) for line in wording.statistics(event)]
    room = height - len(lines) - 1
    plot = _plot(event, colour, width, max(room - 5, 1))
    changes = len(history) > 1 and event.summary.sample
    in_time = _in_time(event, history, colour, width, room - len(plot)) if changes else []
    return [*lines, *plot, *in_time, Text("")]


def _plot(event: Event, colour: str, width: int, height: int) -> list[Text]:
    """An array in characters: a map where it has rows, else a curve; nothing of a number."""
    numbers = plots.numbers_of(event.value, event.summary.sample)
    if numbers is None or numbers.size < 2:
        return []
    lines = [] if event.value is not None else [Text(f"the first {numbers.size}:", style="italic")]
    if numbers.ndim > 1:
        return [*lines, *_heat(numbers, width, height)]
    drawn = plots.curve(numbers, width, min(height, 6)) if height > 2 else []
    drawn = drawn or [plots.bars(numbers, width)]
    return [*lines, *(Text(line, style=colour) for line in drawn)]


def _heat(numbers: Any, width: int, height: int) -> Iterator[Text]:
    repeated = max(1, min(width // numbers.shape[-1], WIDEST_CELL))
    for cells in plots.heat(numbers, width, min(height, 16)):
        yield _shades(cells, repeated)


def _in_time(
    event: Event, history: Sequence[Event], colour: str, width: int, height: int
) -> list[Text]:
    """How a number, or the norm of an array, changes in the run, with a mark at this event."""
    what = "its number" if wording.is_scalar(event) else "its norm"
    numbers = [_size(e) for e in history]
    at = next(i for i, e in enumerate(history) if e.index == event.index)
    each = plots.dots_of_each(len(history), width)
    cells = min(width, (len(history) * each + 1) // 2)
    place = min((2 * at + 1) * cells // (2 * len(history)), cells - 1)
    drawn = plots.curve(numbers, width, max(1, min(height - 2, 6)))
    head = f"{what} in time, {at + 1} of {len(history)}"
    below = " " * place + "^"
    return [Text(head, style="italic"), *(Text(d, style=colour) for d in drawn), Text(below)]


def _size(event: Event) -> float:
    if event.summary.nans or event.summary.infs or not event.summary.sample:
        return float("nan")
    return event.summary.sample[0] if wording.is_scalar(event) else event.summary.norm

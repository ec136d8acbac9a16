"""What the parts of the screen show at a cursor's place."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from srcgrad.debug.stepper import painting, wording
from srcgrad.debug.stepper.cursor import Cursor, Moment, Row, listing_of
from srcgrad.debug.stepper.painting import Page
from srcgrad.debug.stepper.timeline import Held

BAR = 20


def title(cursor: Cursor, width: int) -> Text:
    """Where this is: the function, the sweep, the pass, and how far the run has got."""
    moment, trace = cursor.moment, cursor.trace
    sweep = "reverse sweep" if moment.reverse else "forward sweep"
    where = f" {trace.title}  {sweep}{wording.passes(moment.iteration, '  ')}"
    far = f"step {moment.position + 1} of {cursor.count}"
    if trace.count > len(trace.events):
        far += f" ({len(trace.events)} of {trace.count} events kept)"
    bar = _bar(moment.position + 1, cursor.count) if width > len(where) + len(far) + BAR + 3 else ""
    right = f"{far} {bar} " if bar else f"{far} "
    line = Text(where + right.rjust(max(width - len(where), len(right) + 1)))
    line.truncate(width, pad=True)
    line.stylize(painting.sweep_colour(moment.reverse))
    return line


def _bar(done: int, count: int) -> str:
    filled = max(1, round(BAR * done / count))
    return "━" * filled + "┄" * (BAR - filled)


def note(cursor: Cursor, message: str) -> Text:
    """What this step assigned, what was found in it, and what a key could not do."""
    moment = cursor.moment
    lines = [Text("   ".join(_assignments(cursor)), no_wrap=True, overflow="ellipsis")]
    for finding in moment.findings:
        lines.append(Text(f"! {finding.kind}: {finding.message}", style="red"))
        lines += [Text(f"  {finding.remedy}")] if finding.remedy else []
    if moment.position == 0 and len(cursor.trace.findings):
        lines.append(Text(_counted(len(cursor.trace.findings)), style="red"))
    if moment.position == cursor.count - 1:
        lines.append(_end(cursor))
    if message:
        lines.append(Text(message, style="bold"))
    return Text("\n").join(lines)


def _assignments(cursor: Cursor) -> Iterator[str]:
    for event in cursor.moment.step.events:
        yield f"{cursor.timeline.stores.label(event)} = {wording.brief(event)}"


def _counted(findings: int) -> str:
    if findings == 1:
        return "! 1 finding: f goes there"
    return f"! {findings} findings: 1 goes to the root cause, f to the next in time"


def _end(cursor: Cursor) -> Text:
    error = cursor.trace.error
    if error is None:
        return Text("the end of the run")
    if any(f.kind == "error" for f in cursor.moment.findings):
        return Text("the run ended here")
    return Text(f"raised {type(error).__name__}: {error}", style="red")


def user_page(cursor: Cursor) -> Page:
    """The user's function that this step belongs to, with what its lines assigned."""
    moment, listing = cursor.moment, cursor.moment.listing
    here = listing_of(moment.step.statement, (listing,)) is not None
    marked = {f.line for f in cursor.trace.findings if f.file == listing.file}
    colour = painting.sweep_colour(moment.reverse)
    beside = dict(_beside(cursor, moment))
    return Page(listing.lines, listing.first, moment.line, here, colour, beside, frozenset(marked))


def _beside(cursor: Cursor, moment: Moment) -> Iterator[tuple[int, str]]:
    """For lines that have assigned a variable, what that holds now."""
    for number, names in cursor.assigned_on(moment.listing).items():
        rows = [row for row in map(moment.row, names) if row is not None]
        yield number, "  ".join(map(_held, rows))


def _held(row: Row) -> str:
    parts = [wording.cell(row.value)]
    if row.adjoint is not None:
        parts.append(f"adjoint {wording.cell(row.adjoint)}")
    if row.tangent is not None:
        parts.append(f"tangent {wording.cell(row.tangent)}")
    return f"{row.name}: {', '.join(p for p in parts if p)}"


def generated_page(cursor: Cursor) -> Page:
    """The gradient's source, with the line that ran."""
    moment, trace = cursor.moment, cursor.trace
    colour = painting.sweep_colour(moment.reverse)
    lines = tuple(trace.source.rstrip("\n").splitlines())
    return Page(lines, 1, moment.generated, True, colour, {}, frozenset(cursor.lines_found()))


def columns(cursor: Cursor) -> list[str]:
    """What the run has of variables: values, and adjoints or tangents or both."""
    roles = {held.role for held in cursor.timeline.held}
    return ["value", *(role for role in ("tangent", "adjoint") if role in roles)]


def detail(cursor: Cursor, name: str, width: int, height: int) -> Text:
    """One variable with statistics and plots."""
    row = cursor.moment.row(name)
    if row is None:
        return Text()
    first = "helper" if row.helper else "value"
    roles = {"value": first, "tangent": "tangent", "adjoint": "adjoint"}
    histories = {
        role: cursor.timeline.history(Held(name, kept))  # type: ignore[arg-type]
        for role, kept in roles.items()
    }
    return painting.detail(row, histories, width, height)

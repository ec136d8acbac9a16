"""A report as one HTML file, which needs nothing else to be shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from srcgrad.debug.report.checks import Check, Checks
from srcgrad.debug.report.highlight import highlighted
from srcgrad.debug.report.lines import HEADINGS, key_of
from srcgrad.debug.report.model import Row, gradient_rows, primal_rows, report_data

if TYPE_CHECKING:
    from srcgrad.debug.events import Event
    from srcgrad.debug.findings import Finding
    from srcgrad.debug.trace import Listing, Trace

HOME = files("srcgrad.debug.report")


def report(trace: Trace, path: str | Path) -> Path:
    """Write the report of a trace to a file, and return where it is.

    Adjoints are compared with differences, for which the function runs some hundred times.
    """
    path = Path(path)
    path.write_text(report_html(trace), encoding="utf-8")
    return path


def report_html(trace: Trace) -> str:
    """The report of a trace as an HTML page that loads nothing."""
    checks = Checks(trace).make()
    return Template(_text("page.html")).substitute(
        title=escape(trace.title),
        facts=escape(_facts(trace, checks)),
        findings=findings_html(notes(trace, checks)),
        primal="\n".join(listing_html(s, i) for i, s in enumerate(trace.listings)),
        gradient=rows_html(gradient_rows(trace)),
        style=_text("report.css"),
        script=_text("report.js") + _text("events.js"),
        data=json_in_html(report_data(trace, checks)),
    )


def _text(name: str) -> str:
    return HOME.joinpath(name).read_text(encoding="utf-8")


def json_in_html(data: Any) -> str:
    """Data as JSON that no text in it can end, whatever it says."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _facts(trace: Trace, checks: dict[int, Check]) -> str:
    """The numbers of a report in one line."""
    kept = len(trace.events)
    found = [c.status for c in checks.values()]
    compared = found.count("agrees") + found.count("differs")
    events = (
        f"{trace.count:,} events" if kept == trace.count else f"{kept:,} of {trace.count:,} events"
    )
    agree = f"{found.count('agrees'):,} of {compared:,} adjoints agree with differences"
    return f"{events} · {agree if compared else 'no adjoint was compared with differences'}"


# code ---------------------------------------------------------------------------------------------


def listing_html(listing: Listing, index: int) -> str:
    """One of the user's functions, under its name and its file."""
    head = f"<h3><code>{escape(listing.name)}</code> <span>{escape(listing.file)}</span></h3>"
    return f"{head}\n{rows_html(primal_rows(listing, index))}"


def rows_html(rows: Sequence[Row]) -> str:
    """Lines of code, each of which can be found by the key of the user's statement."""
    texts = highlighted([row.text for row in rows])
    return "\n".join(_row_html(row, text) for row, text in zip(rows, texts, strict=True))


def _row_html(row: Row, text: str) -> str:
    kind = "line" + " paired" * bool(row.key) + " reverse" * row.reverse
    kind += " heading" * (row.text.strip() in HEADINGS)
    key = f' data-key="{row.key}"' if row.key else ""
    indent = len(row.text) - len(row.text.lstrip())
    return (
        f'<div class="{kind}" id="{row.name}"{key} role="option" aria-selected="false"'
        f' tabindex="-1"><span class="no">{row.number}</span>'
        f'<code style="--in:{indent}">{text or " "}</code><span class="vals"></span></div>'
    )


# findings -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """A finding as it is shown; `key` names the line that it is about, empty for none shown."""

    kind: str
    message: str
    remedy: str
    place: str
    key: str
    iteration: tuple[int, ...]


def notes(trace: Trace, checks: Mapping[int, Check]) -> list[Note]:
    """What was found in a trace, and where an adjoint is first not what differences say."""
    found = [_note(trace, f) for f in trace.findings]
    wrong = [e for e in trace.events if e.index in checks and checks[e.index].status == "differs"]
    if wrong and not any(f.kind == "mismatch" for f in trace.findings):
        found.append(_mismatch(trace, wrong, checks[wrong[0].index]))
    return found


def _note(trace: Trace, f: Finding) -> Note:
    place = f"{Path(f.file).name}:{f.line}" if f.line else ""
    return Note(f.kind, f.message, f.remedy, place, key_of(trace, f.file, f.line), f.iteration)


def _mismatch(trace: Trace, wrong: Sequence[Event], check: Check) -> Note:
    """The first adjoint of the reverse sweep that is wrong; the others follow from it."""
    first = wrong[0]
    more = f"; {len(wrong) - 1} later ones neither" if len(wrong) > 1 else ""
    message = f"the adjoint of {first.variable} is not what differences say{more}: {check.words}"
    s = first.statement
    key = key_of(trace, s.file, s.line)
    place = f"{Path(s.file).name}:{s.line}"
    return Note("mismatch", message, REMEDY, place, key, first.iteration)


REMEDY = "a rule of your own, adjoint_of or stop_gradient on the way changes adjoints on purpose"


def findings_html(found: Sequence[Note]) -> str:
    """The findings with links to their lines, or that there are none."""
    if not found:
        return '<p class="findings none">Nothing found: no number looks wrong.</p>'
    title = "1 finding" if len(found) == 1 else f"{len(found)} findings"
    items = "\n".join(map(_note_html, found))
    return (
        '<section class="findings" aria-labelledby="findings-title">'
        f'<h2 id="findings-title">{title}</h2>\n<ul>\n{items}\n</ul></section>'
    )


def _note_html(note: Note) -> str:
    place = f"<span>{escape(note.place)}</span>"
    if note.key:
        iteration = escape(json.dumps(note.iteration))
        place = f'<a href="#{note.key}" data-pass="{iteration}">{escape(note.place)}</a>'
    remedy = f'<p class="remedy">{escape(note.remedy)}</p>' if note.remedy else ""
    return (
        f'<li><span class="kind">{escape(note.kind)}</span>'
        f"<div><p>{escape(note.message)} {place}</p>{remedy}</div></li>"
    )

"""Views for notebooks: gradients and traces as HTML that needs no scripts, with its own styles."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from srcgrad.errors import SrcgradError

if TYPE_CHECKING:
    from srcgrad.debug.events import Event
    from srcgrad.debug.pairing import Pair
    from srcgrad.debug.report.model import Row
    from srcgrad.debug.trace import Trace

MOST = 40  # lines of the table of a trace, in a notebook


def gradient_html(gradient: Any) -> str:
    """The source of a gradient, in colours; for one that cannot be compiled yet, why not."""
    from srcgrad.debug.report.highlight import highlighted

    try:
        lines = gradient.source.rstrip("\n").split("\n")
    except SrcgradError as error:
        return _view(gradient.__name__, f"<p>not compiled yet: {escape(str(error.what))}</p>")
    numbered = enumerate(highlighted(lines), 1)
    rows = "\n".join(f"<div><i>{n}</i><pre>{text or ' '}</pre></div>" for n, text in numbered)
    count = len(gradient.variants)
    words = {0: "for any arguments", 1: "1 variant"}.get(count, f"the latest of {count} variants")
    return _view(gradient.__name__, f'<div class="pane">\n{rows}\n</div>', words)


def trace_html(trace: Trace) -> str:
    """The user's code and the gradient side by side, what was found, and values with adjoints.

    Pointing at a line lights its partners on the other side.
    """
    from srcgrad.debug.report.model import gradient_rows, primal_rows

    left = [row for i, s in enumerate(trace.listings) for row in primal_rows(s, i)]
    right = gradient_rows(trace)
    panes = f'<div class="panes">{_pane(left)}{_pane(right)}</div>'
    words = f"{len(trace.events):,} of {trace.count:,} events"
    keys = dict.fromkeys(row.key for row in left if row.key)
    return _view(
        f"gradient of {trace.title}", _findings(trace) + panes + _table(trace), words, keys
    )


def _view(title: str, body: str, words: str = "", keys: Sequence[str] | dict[str, Any] = ()) -> str:
    """A view whose styles hold for it alone."""
    name = "srcgrad-" + hashlib.sha256(f"{title}{body}".encode()).hexdigest()[:10]
    style = files("srcgrad.debug.report").joinpath("notebook.css").read_text(encoding="utf-8")
    lit = ",".join(f'.{name}:has([data-key="{key}"]:hover) [data-key="{key}"]' for key in keys)
    rule = f"{lit}{{background:var(--lit)}}" if lit else ""
    head = f"<header><b>{escape(title)}</b> <span>{escape(words)}</span></header>"
    return (
        f'<div class="{name}"><style>{style.replace("SCOPE", f".{name}.{name}")}{rule}</style>'
        f"{head}{body}</div>"
    )


def _pane(rows: Sequence[Row]) -> str:
    from srcgrad.debug.report.highlight import highlighted

    texts = highlighted([row.text for row in rows])
    lines = "\n".join(_line(row, text) for row, text in zip(rows, texts, strict=True))
    return f'<div class="pane">\n{lines}\n</div>'


def _line(row: Row, text: str) -> str:
    key = f' data-key="{row.key}"' if row.key else ""
    kind = ' class="reverse"' if row.reverse else ""
    return f"<div{kind}{key}><i>{row.number}</i><pre>{text or ' '}</pre></div>"


def _findings(trace: Trace) -> str:
    found = [
        f"<li><b>{escape(f.kind)}</b>{f', line {f.line}' if f.line else ''}: {escape(f.message)}"
        f"<br><span>{escape(f.remedy)}</span></li>"
        for f in trace.findings
    ]
    return f'<ul class="findings">{"".join(found)}</ul>' if found else ""


def _table(trace: Trace) -> str:
    """Values next to adjoints; of many those at both ends."""
    pairs = trace.pairs()
    half = MOST // 2
    shown = [*pairs[:half], *pairs[-half:]] if len(pairs) > MOST else pairs
    rows = [_pair(p) for p in shown]
    if len(pairs) > MOST:
        rows.insert(half, f'<tr><td colspan="5">{len(pairs) - MOST:,} more</td></tr>')
    heads = "".join(f"<th>{h}</th>" for h in ("line", "pass", "variable", "value", "adjoint"))
    return (
        f"<details><summary>values and adjoints</summary><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></details>"
    )


def _pair(pair: Pair) -> str:
    e = pair.value or pair.adjoint
    line = str(pair.statement.line or "")
    iteration = ", ".join(map(str, pair.iteration))
    values = "".join(f"<td>{_short(event)}</td>" for event in (pair.value, pair.adjoint))
    name = escape(pair.variable if e else "")
    return f"<tr><td>{line}</td><td>{iteration}</td><td><code>{name}</code></td>{values}</tr>"


def _short(event: Event | None) -> str:
    """A value in a few characters: a number, or the norm of more of them."""
    from srcgrad.debug.report.model import bad_text, sample_text

    if event is None:
        return "–"
    summary = event.summary
    bad = bad_text(summary)
    text = f"norm {summary.norm:.4g}" if summary.shape else sample_text(summary)
    return f"<em>{escape(bad)}</em>" if bad else escape(text)

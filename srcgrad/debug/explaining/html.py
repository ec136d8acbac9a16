"""An explanation in a notebook: two columns of source, and the rules with formulas typeset."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from srcgrad.debug.explaining.latex import latex
from srcgrad.debug.explaining.rules import Partials

if TYPE_CHECKING:
    from srcgrad.debug.explaining.alignment import Row
    from srcgrad.debug.explaining.explanation import Explanation
    from srcgrad.debug.explaining.steps import Rule, Step

CELL = "text-align:left;white-space:pre;font-family:monospace;padding:0 .6em"
FAINT = f"{CELL};opacity:.55"


def explanation_html(explanation: Explanation) -> str:
    """The whole explanation as HTML that needs no file or script besides the notebook's MathJax."""
    return "\n".join([*_table(explanation), *map(_step, explanation.steps)])


def _table(explanation: Explanation) -> Iterator[str]:
    yield "<table style='border-collapse:collapse'>"
    yield f"<tr>{_cells(FAINT, '', explanation.title, '', 'its derivative')}</tr>"
    reverse = False
    for row in explanation.rows:
        if row.reverse and not reverse:
            yield f"<tr>{_cells(FAINT, '', '', '', '    # reverse sweep')}</tr>"
        reverse = row.reverse
        yield _row(row)
    yield "</table>"


def _row(row: Row) -> str:
    number = str(row.number or "")
    return (
        f"<tr>{_cells(FAINT, row.place)}{_cells(CELL, row.user)}"
        f"{_cells(FAINT, number)}{_cells(CELL, row.derivative)}</tr>"
    )


def _cells(style: str, *texts: str) -> str:
    return "".join(f"<td style='{style}'>{escape(t)}</td>" for t in texts)


def _step(step: Step) -> str:
    head = f"<b>line {step.line}</b> <code>{escape(step.text)}</code>"
    rules = "".join(_rule(step, rule) for rule in step.rules)
    return f"<div style='margin-top:.8em'>{head}{rules}</div>"


def _rule(step: Step, rule: Rule) -> str:
    operation = "" if rule.operation == step.text else f"<code>{escape(rule.operation)}</code>: "
    text = f"{operation}{escape(rule.words)}"
    formulas = [*(_partials(rule.partials) if rule.partials else ()), *map(latex, rule.formulas)]
    typeset = "".join(f"<div>$\\displaystyle {escape(f)}$</div>" for f in formulas)
    return f"<div style='margin-left:1.5em'>{text}{typeset}</div>"


def _partials(partials: Partials) -> Iterator[str]:
    """The local partials as equations."""
    for name, text in partials.by.items():
        yield f"y = {latex(partials.call)}, \\quad " + _derivative(name, text)


def _derivative(name: str, text: str) -> str:
    return f"\\frac{{\\partial y}}{{\\partial {latex(name)}}} = {latex(text)}"

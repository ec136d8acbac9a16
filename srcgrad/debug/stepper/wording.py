"""What is held for a variable, in a few characters and in a few lines."""

from __future__ import annotations

import math

from srcgrad.debug.events import Event, Summary

FEW = 3
"""Arrays of so few elements are shown by their elements."""


def number(x: float) -> str:
    """A number in at most eleven characters."""
    text = f"{x:.5g}"
    return text if len(text) <= 11 else f"{x:.3g}"


def cell(event: Event | None) -> str:
    """What is held for a variable; with a name in front if it is not the variable's own.

    So it is with a part, of which the whole is not known, and with an earlier version.
    """
    if event is None:
        return ""
    own = event.variable or event.name
    usual = event.name in (own, f"{own}_bar", f"{own}_dot", "return")
    return brief(event) if usual else f"{event.name} = {brief(event)}"


def brief(event: Event) -> str:
    """A value on one line: numbers as they are, arrays by their shape and range."""
    return _scalar(event) if is_scalar(event) else _shaped(event.summary)


def is_scalar(event: Event) -> bool:
    """Whether one number is held, no array and no container."""
    summary = event.summary
    if isinstance(event.value, int | float | complex):
        return True
    return summary.shape == () and len(summary.sample) == 1 and _is_number(summary.dtype)


def _scalar(event: Event) -> str:
    value = event.value if event.value is not None else event.summary.sample[0]
    if isinstance(value, complex):
        return f"{value:.4g}"
    if event.summary.dtype.startswith("bool"):
        return str(bool(value))
    if event.summary.dtype.startswith(("int", "uint")):
        return str(int(value))
    return number(float(value))


def _is_number(dtype: str) -> bool:
    return dtype.startswith(("float", "int", "uint", "bool", "complex"))


def _shaped(summary: Summary) -> str:
    """The shape of an array and its few numbers or their range, with what is not finite first."""
    dtype = "" if summary.dtype == "float64" else summary.dtype
    dims = ", ".join(map(str, summary.shape))
    shape = f"[{dims}]" if _is_number(summary.dtype) else f" of {dims}" if dims else ""
    few = 0 < len(summary.sample) == math.prod(summary.shape) <= FEW
    if few and dims:
        return f"{dtype}{shape} {' '.join(map(number, summary.sample))}"
    parts = [dtype + shape]
    parts += [f"{percent(share)} {what}" for share, what in _bad(summary) if share]
    if summary.sample and summary.nans + summary.infs < 1:
        parts.append(_range(summary))
    return " ".join(parts)


def _range(summary: Summary) -> str:
    if summary.low == summary.high:
        return f"all {number(summary.low)}"
    return f"{summary.low:.3g}..{summary.high:.3g}"


def _bad(summary: Summary) -> tuple[tuple[float, str], tuple[float, str]]:
    return (summary.nans, "NaN"), (summary.infs, "Inf")


def percent(share: float) -> str:
    """A share of all elements, which is never rounded to nothing or to everything."""
    if 0 < share < 0.01:
        return "<1%"
    return f"{min(int(100 * share + 0.5), 99) if share < 1 else 100}%"


def statistics(event: Event) -> list[str]:
    """Where a value comes from and its statistics, as lines of text."""
    summary = event.summary
    where = f"{event.name}, event {event.index}, line {event.statement.number}"
    dims = f"[{', '.join(map(str, summary.shape))}]" if summary.shape else ""
    lines = [where + passes(event.iteration, ", "), summary.dtype + dims]
    if not summary.sample or is_scalar(event):
        return lines
    lines[1] += f"   norm {number(summary.norm)}"
    lines.append(f"low {number(summary.low)}   high {number(summary.high)}")
    shares = (summary.zeros, "zero"), *_bad(summary)
    lines.append(", ".join(f"{percent(s)} {what}" for s, what in shares if s))
    if summary.first_bad is not None:
        place = ", ".join(map(str, summary.first_bad))
        lines.append(f"first not finite at [{place}]")
    return [line for line in lines if line]


def passes(iteration: tuple[int, ...], before: str = "") -> str:
    """The numbers of the passes of the loops around, outermost first; nothing outside of loops."""
    return f"{before}pass {', '.join(map(str, iteration))}" if iteration else ""


def is_finite(event: Event | None) -> bool:
    """Whether there is neither a NaN nor an Inf in what is held."""
    return event is None or not (event.summary.nans or event.summary.infs)

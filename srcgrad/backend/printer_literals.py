"""Numbers and strings as Python source, written as ruff format writes them."""

from __future__ import annotations

import math
import sys

from astunparse.unparser import INFSTR

QUOTES = ('"', "'", '"""', "'''")


class QuoteError(Exception):
    """No permitted quote can delimit a string inside an f-string."""


def number(value: object) -> str:
    """A number as source; the empty string for other values."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, complex):
        return _complex(value)
    if isinstance(value, float):
        if math.isnan(value):
            return 'float("nan")'
        # A NumPy float is a float too, but its own repr names its type.
        return float.__repr__(value).replace("inf", INFSTR).replace("e+", "e")
    return repr(value) if isinstance(value, int) else ""


def _complex(value: complex) -> str:
    imaginary = f"{number(abs(value.imag)).removesuffix('.0')}j"
    real_sign, sign = math.copysign(1, value.real), math.copysign(1, value.imag)
    # The source -2j is the negative of 2j, so both of its parts are negative.
    if value.real == 0 and real_sign == sign:
        return imaginary if sign > 0 else f"-{imaginary}"
    return f"{number(value.real)} {'-' if sign < 0 else '+'} {imaginary}"


def string(value: str | bytes, allowed: tuple[str, ...] | None) -> str:
    """A string in double quotes, or in the quotes that take fewer escapes.

    `allowed` are the quotes that the f-string around it leaves; escapes are not possible there.
    """
    text = value if isinstance(value, str) else value.decode("latin-1")
    prefix = "" if isinstance(value, str) else "b"
    if allowed is None:
        mark = preferred(text)[0]
        return prefix + mark + escape(value, mark) + mark
    for quote in allowed:
        if _holds(quote, text) and (text.isascii() or not prefix):
            return prefix + quote + text + quote
    raise QuoteError(value)


def preferred(text: str) -> tuple[str, ...]:
    """All quotes, best first: double ones unless that takes more escapes."""
    if text.count('"') > text.count("'"):
        return ("'", '"', "'''", '"""')
    return QUOTES


def escape(value: str | bytes, mark: str) -> str:
    """The inside of a string literal delimited by `mark`."""
    # With a double quote at its end, a string with or without quotes has a repr in single ones.
    body = repr(value + '"')[1:-2] if isinstance(value, str) else repr(value + b'"')[2:-2]
    return body.replace("\\'", "'").replace('"', '\\"') if mark == '"' else body


def _holds(quote: str, text: str) -> bool:
    """Whether the quotes can delimit the text as it stands, without escapes."""
    # From 3.12 on a field may hold escapes, which read better than a line break.
    is_open = len(quote) == 3 and sys.version_info < (3, 12)
    plain = all(char.isprintable() or char == "\t" or (char == "\n" and is_open) for char in text)
    return plain and "\\" not in text and quote not in text and not text.endswith(quote[0])


def quotes_within(quote: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The quotes for strings in the fields of an f-string which is itself in `quote`."""
    if len(quote) == 3:
        return tuple(inner for inner in allowed if inner != quote)
    return tuple(inner for inner in allowed if inner[0] != quote)


def fits_field(text: str, quote: str) -> bool:
    """Whether an expression can stand in an f-string delimited by `quote`, before 3.12 too."""
    return "\\" not in text and quote not in text and (len(quote) == 3 or "\n" not in text)


def docstring(text: str) -> str:
    """A docstring, over as many lines as it has."""
    body = "\n".join(repr(line + '"')[1:-2].replace("\\'", "'") for line in text.split("\n"))
    body = body.replace('"""', '\\"\\"\\"')
    if body.endswith('"'):
        body = body[:-1] + '\\"'
    return f'"""{body}"""'

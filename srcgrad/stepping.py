"""What debuggers and tracebacks see of a gradient: none of the compiler, and the user's lines."""

from __future__ import annotations

import contextlib
import os
import sys
from bdb import Bdb
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srcgrad.backend.linemap import Line
    from srcgrad.ir import Origin
    from srcgrad.staging import Compiled

NOTHING = nullcontext()


def traced_at_the_end(trace: Any) -> AbstractContextManager[None]:
    """Give a debugger its thread back: at once, or at the end if it would stop at every line."""
    debugger = getattr(trace, "__self__", None)
    if not isinstance(debugger, Bdb):
        return NOTHING
    return _given_back(trace, not Bdb.stop_here(debugger, sys._getframe(1)))


@contextlib.contextmanager
def _given_back(trace: Any, at_once: bool) -> Iterator[None]:
    if at_once:
        sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(trace)


def add_note(compiled: Sequence[Compiled], title: str) -> None:
    """Say on the exception that is handled now which line of a derivative it came from.

    `title` says what derivative: "the gradient of loss".
    """
    # Whatever goes wrong here (the stack may be full), the exception stays what it is.
    with contextlib.suppress(Exception):
        error = sys.exception()
        found = error and _raising(error.__traceback__, compiled)
        if error and found:
            note = f"line {found[1]} of {title} {_meaning(*found)}"
            if note not in getattr(error, "__notes__", ()):
                error.add_note(note)


def _raising(at: TracebackType | None, compiled: Sequence[Compiled]) -> tuple[Compiled, int] | None:
    """The variant that an exception came through, and the line of its source."""
    variants, found = {c.function.__code__: c for c in compiled}, None
    while at is not None:
        code = at.tb_frame.f_code
        if found is None and code in variants:
            found = variants[code], at.tb_lineno
        elif found is not None and code.co_filename == found[0].function.__code__.co_filename:
            found = found[0], at.tb_lineno  # a function inside the derivative
        at = at.tb_next
    return found


def _meaning(variant: Compiled, number: int) -> str:
    """What a line of generated source is of the user's; its text, where that is another.

    Not everything that prints a traceback shows source that is in no file.
    """
    line = next(s for s in variant.lines.values() if s.number <= number <= s.last)
    reverse = any(s.reverse for s in variant.lines.values() if s.number <= number)
    relation, text = _relation(line, reverse), variant.source.splitlines()[number - 1].strip()
    return relation if relation.endswith(f": {text}") else f"{relation}\n    {text}"


def _relation(line: Line, reverse: bool) -> str:
    origin = line.origin
    if origin is None or line.restores:
        return f"is in the {'reverse' if reverse else 'forward'} sweep:"
    if line.reverse:
        return f"is the adjoint of {_place(origin)}"
    if any(a.role == "tangent" for a in line.assigned):
        return f"is the tangent of {_place(origin)}"
    return f"is {_place(origin)}"


def _place(origin: Origin) -> str:
    """The user's statement, with its file as seen from the working folder."""
    file = Path(origin.location.file)
    if file.is_relative_to(os.getcwd()):
        file = file.relative_to(os.getcwd())
    return f"{file}:{origin.line}: {origin.text}"

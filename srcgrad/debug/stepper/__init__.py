"""A terminal program that steps forward and back through a recorded run of a gradient."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from srcgrad.errors import ArgumentError, SrcgradError

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace
    from srcgrad.inspecting import Inspected

WHOLE = 1024
"""Arrays of up to so many elements are kept, to be shown as they are."""


def debug(gradient: Inspected, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Record a gradient's run on some arguments, and step through it in the terminal.

    Raises SrcgradError if textual is not installed, and ArgumentError without a terminal.
    """
    _check_terminal()
    _stepper()
    run(gradient.tracing(whole=WHOLE)(*args, **kwargs))


def run(trace: Trace) -> None:
    """Step through a trace in the terminal, until the user quits.

    Raises SrcgradError if textual is not installed, and ArgumentError without a terminal or for
    a trace without events.

        run(srcgrad.grad(loss).trace(weights, inputs))
    """
    _check_terminal()
    _stepper()(trace).run()


def _stepper() -> Any:
    """The program, which needs textual."""
    try:
        from srcgrad.debug.stepper.app import Stepper
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in ("textual", "rich"):
            raise
        raise _missing() from None
    return Stepper


def _missing() -> SrcgradError:
    return SrcgradError(
        "the stepper needs textual, which is not installed",
        why="what draws on the terminal is not part of srcgrad itself",
        fix="pip install 'srcgrad[textual]'",
    )


def _check_terminal() -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ArgumentError(
            "the stepper without a terminal",
            why="it reads keys from a terminal and draws on it",
            fix="run it in a terminal, or print what the gradient's trace(...) returns",
        )

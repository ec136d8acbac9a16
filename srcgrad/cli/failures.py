"""Errors that the user's own code raises, as text with its file and line."""

from __future__ import annotations

import dataclasses
import linecache
import sysconfig
import traceback
from pathlib import Path

import numpy as np

import srcgrad
from srcgrad.errors import Location, SrcgradError

OURS = tuple(str(Path(str(module.__file__)).parent) for module in (srcgrad, np))
OTHERS = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
"""Python's library and what is installed: an error in there has its cause in a line that calls."""


class UserError(SrcgradError):
    """The user's own code raised an exception."""


def of_the_users(error: Exception) -> SrcgradError:
    """What the user's function, or its gradient, raised when it ran.

    An error that no line of theirs led to is raised again: it is a bug.
    """
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _is_ours(f.filename)]
    if not frames:
        raise error
    return UserError(
        in_words(error),
        why="the function raised it for these arguments",
        fix="pass arguments that the function can be called with",
        location=_location(([f for f in frames if _is_theirs(f.filename)] or frames)[-1]),
    )


def _is_ours(file: str) -> bool:
    return file.startswith(OURS) or not (file.startswith("<srcgrad") or Path(file).is_file())


def _is_theirs(file: str) -> bool:
    return not _is_ours(file) and not file.startswith(OTHERS)


def in_words(error: BaseException) -> str:
    """An exception as the last line of its traceback."""
    lines = "".join(traceback.format_exception_only(error)).strip().splitlines()
    notes = len(getattr(error, "__notes__", ()))
    return lines[-1 - notes] if len(lines) > notes else lines[-1]


def place_in_module(error: BaseException, file: str) -> Location | None:
    """The user's line that an error comes from while a module is loaded."""
    if isinstance(error, SyntaxError) and error.text is not None:
        line, column = error.lineno or 1, (error.offset or 1) - 1
        return Location(error.filename or file, line, column, error.text)
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if f.filename == file or _is_theirs(f.filename)]
    return _location(theirs[-1]) if theirs else None


def _location(frame: traceback.FrameSummary) -> Location | None:
    if frame.lineno is None:
        return None
    text = linecache.getline(frame.filename, frame.lineno)
    return Location(frame.filename, frame.lineno, frame.colno or 0, text)


def from_here(location: Location | None) -> Location | None:
    """The location with its file as one would write it here, if it is below this folder."""
    here = Path.cwd()
    if location is None or not Path(location.file).is_relative_to(here):
        return location
    return dataclasses.replace(location, file=str(Path(location.file).relative_to(here)))

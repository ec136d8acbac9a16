"""Refusals as the tests see them: where they are expected, and that they say all they must."""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import srcgrad
from srcgrad import SrcgradError

PACKAGE = Path(srcgrad.__file__).parent
ENTRY = {PACKAGE / f"{n}.py" for n in ("gradient", "api", "making", "directional", "operators")}
MARK = "  # here: "


def place(function: Callable[..., Any]) -> tuple[int, int]:
    """The line and column, both from 1, that the comment `# here: text` in a function names."""
    lines, first = inspect.getsourcelines(function)
    for number, line in enumerate(lines, first):
        code, found, text = line.rstrip().partition(MARK)
        if found:
            return number, code.index(text) + 1
    raise AssertionError(f"{function.__name__} does not say where")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Neither what the programs print nor NumPy's warnings matter here."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(action="ignore"):
        yield


def raised_by(call: Callable[[], Any]) -> Exception | None:
    """The exception that a call ends in, if any."""
    with quiet():
        try:
            call()
        except Exception as error:
            return error
    return None


def internal_frames(error: BaseException) -> list[str]:
    """The frames of srcgrad, other than those of its entry, that a traceback shows."""
    files = [Path(frame.filename) for frame in traceback.extract_tb(error.__traceback__)]
    return [str(f) for f in files if f.is_relative_to(PACKAGE) and f not in ENTRY]


def shown_chain(error: BaseException) -> BaseException | None:
    """The exception that a traceback shows as the reason of this one."""
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def assert_complete(error: Exception | None, kind: type[SrcgradError]) -> SrcgradError:
    """Assert that the error is of this class, says all it must, and shows no internals."""
    assert isinstance(error, kind), f"{type(error).__name__}: {error}"
    assert type(error) is not SrcgradError, str(error)
    assert error.what.strip()
    assert error.why.strip()
    assert error.fix.strip()
    assert internal_frames(error) == []
    assert shown_chain(error) is None
    for part in (error.what, error.why, error.fix):
        assert part in str(error)
    return error


def assert_at(error: SrcgradError, function: Callable[..., Any]) -> None:
    """Assert that the message names and quotes the place that a comment in a function names."""
    line, column = place(function)
    file = inspect.getsourcefile(function)
    assert file is not None
    head, quoted, caret = str(error).splitlines()[:3]
    assert head.startswith(f"{file}:{line}:{column}: "), str(error)
    source = linecache.getline(file, line).rstrip()
    assert quoted.strip() == source.strip()
    assert caret.strip() == "^"
    assert quoted[caret.index("^") :] == source[column - 1 :]

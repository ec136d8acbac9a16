"""Derivative surgery: look at an adjoint where it arises, or change it there."""

from __future__ import annotations

import sys
from types import FrameType, TracebackType
from typing import Any


class adjoint_of:  # noqa: N801 - read as a function
    """A block of the function that runs in the reverse sweep, on the adjoint of a variable.

    `with srcgrad.adjoint_of(x) as x_bar:` stands behind the last assignment of `x` before its uses.
    In the reverse sweep the block runs when the adjoint of that value of `x` is complete: `x_bar`
    can be printed, looked at in a debugger, changed in place or assigned, and what it is at the end
    of the block is carried on; it keeps the shape of `x`. Other names that the block assigns are
    its own, and those that it reads are as they are where it stands.

    When the function runs by itself, undifferentiated, the block is skipped.

    Examples:
        >>> import numpy as np, srcgrad
        >>> def loss(x):
        ...     h = 100.0 * x
        ...     with srcgrad.adjoint_of(h) as h_bar:
        ...         h_bar = np.clip(h_bar, -1.0, 1.0)
        ...     return h**2
        >>> loss(1.0), srcgrad.grad(loss)(1.0)
        (10000.0, np.float64(100.0))
    """

    def __init__(self, value: Any) -> None:
        self.value = value
        self.kept: tuple[Any, Any, bool] = (None, None, False)

    def __enter__(self) -> None:
        # The only way past the block: an exception before its first instruction, which is the one
        # that assigns the name behind `as`, and which __exit__ swallows.
        frame = sys._getframe(1)
        self.kept = sys.gettrace(), frame.f_trace, frame.f_trace_opcodes
        frame.f_trace_opcodes = True
        sys.settrace(_nothing)
        frame.f_trace = _skip

    def __exit__(
        self, cls: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> bool:
        frame = sys._getframe(1)
        trace, frame.f_trace, frame.f_trace_opcodes = self.kept
        sys.settrace(trace)
        return cls is _SkippedError


class _SkippedError(Exception):
    """Raised to leave a block that is for the reverse sweep."""


def _nothing(frame: FrameType, event: str, arg: Any) -> None:
    return None


def _skip(frame: FrameType, event: str, arg: Any) -> Any:
    raise _SkippedError

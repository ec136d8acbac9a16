"""What a trace remembers of its run, so that findings can look at it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from srcgrad.frontend import source
from srcgrad.frontend.source import FunctionSource
from srcgrad.gradient import Gradient
from srcgrad.staging import Compiled


@dataclass(frozen=True, eq=False)
class Run:
    """A gradient at some arguments.

    `given` are the arguments by name and `arguments` copies of what the variant was called with:
    the arguments, and the outside data that it reads.
    """

    gradient: Gradient
    compiled: Compiled
    given: dict[str, Any]
    arguments: dict[str, Any]

    @property
    def read(self) -> FunctionSource:
        """The source of the primal."""
        return source.read(self.gradient.primal)

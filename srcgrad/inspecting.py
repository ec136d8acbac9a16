"""What a gradient shows of itself, beside its source: each a door to a room of `debug`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srcgrad.debug.explaining import Explanation
    from srcgrad.debug.trace import Trace


class Inspected:
    """The methods of a gradient that show what happens in it."""

    def trace(self, *args: Any, **kwargs: Any) -> Trace:
        """Run an instrumented variant on some arguments, and keep what it assigns."""
        from srcgrad.debug.tracing import trace

        return trace(self, args, kwargs)

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """The function and its derivative side by side, with the rules that were applied."""
        from srcgrad.debug.explaining import explain

        return explain(self, args, kwargs)

    def dump(self, path: str | Path, *args: Any, **kwargs: Any) -> Path:
        """Write the source to a file, which the gradient runs from now on."""
        from srcgrad.debug.dumping import dump

        return dump(self, Path(path), args, kwargs)

    def debug(self, *args: Any, **kwargs: Any) -> None:
        """Step through the gradient, forward and back, in the terminal."""
        from srcgrad.debug.stepper import debug

        debug(self, args, kwargs)

    def _repr_html_(self) -> str:
        from srcgrad.debug.notebook import gradient_html

        return gradient_html(self)

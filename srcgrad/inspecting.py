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
        """Write the source to a file, which the gradient runs from now on.

        Breakpoints that are set in the file, in an editor or a debugger, are met by every call.
        Variants for other kinds of arguments, those to come too, go to files beside it:
        `loss_grad.py` is followed by `loss_grad_2.py`.  Edits of the files change nothing.

        Args:
            path: the file; one that a gradient was written to before is written anew.
            *args, **kwargs: arguments like those of the calls, for the variant that goes to `path`;
                without any, it is the one compiled last.

        Returns:
            The full path of the file.

        Raises:
            ArgumentError: if the file exists and is another, or without arguments before the
                first call.

        Examples:
            >>> import srcgrad, tempfile
            >>> slope = srcgrad.grad(lambda x: x**3)
            >>> path = slope.dump(tempfile.mkdtemp() + "/slope.py", 2.0)
            >>> print(path.read_text().splitlines()[0])
            def function_grad(x):  # x: float
            >>> slope(2.0)
            12.0
        """
        from srcgrad.debug.dumping import dump

        return dump(self, Path(path), args, kwargs)

    def debug(self, *args: Any, **kwargs: Any) -> None:
        """Step through the gradient, forward and back, in the terminal."""
        from srcgrad.debug.stepper import debug

        debug(self, args, kwargs)

    def _repr_html_(self) -> str:
        from srcgrad.debug.notebook import gradient_html

        return gradient_html(self)

"""What a gradient shows of itself, beside its source: each a door to a room of `debug`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srcgrad.debug.explaining import Explanation
    from srcgrad.debug.trace import Trace
    from srcgrad.debug.tracing import Tracing


class Inspected:
    """The methods of a gradient that show what happens in it."""

    def trace(self, *args: Any, **kwargs: Any) -> Trace:
        """Run an instrumented variant on some arguments, and keep what it assigns.

        Takes what the gradient takes. The trace holds every assignment of both sweeps, with the
        user's line, the pass of the loops around and a summary of the value; `print` shows values
        next to adjoints, and `.findings` says what is wrong. Of a store such as `y[i] = v` it
        holds the element or the region that was stored into (the whole of `y` if its index would
        have to be computed again), of `ys.append(v)` the new element, and of tapes nothing.

        If the gradient raises, so that there is no result, the trace is returned all the same, up
        to there, with the exception as its `.error`. Raises an SrcgradError if the function cannot
        be differentiated, as the gradient does.

        Examples:
            >>> import srcgrad
            >>> gradient = srcgrad.grad(lambda x: x**3)
            >>> trace = gradient.trace(2.0)
            >>> trace.result
            12.0
            >>> trace.findings
            nothing found
        """
        from srcgrad.debug.tracing import trace

        return trace(self, args, kwargs)

    def tracing(
        self, most: int = 10_000, keep: str | Collection[str] | None = None, whole: int = 64
    ) -> Tracing:
        """Traces with options: `gradient.tracing(most=1000)(*args)`.

        Args:
            most: how many events to keep, about. Of loops with more, the first pass, the last one
                and every k-th are kept, and always the first event with a NaN or an Inf.
            keep: the names of the variables to record; all by default.
            whole: up to so many elements arrays are kept as they are, beside their summaries.
        """
        from srcgrad.debug.tracing import tracing

        return tracing(self, most, keep, whole)

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """The function and its derivative side by side, with the rules that were applied.

        Takes what the gradient takes, and runs nothing. Without arguments it explains the latest
        variant; before the first call, the one that type hints and defaults give. `print` shows
        two columns of source and the rules line by line, a notebook with formulas typeset;
        `.line(12)` has the rules of a line, `["h"]` those of a variable. Raises an SrcgradError if
        the function cannot be differentiated.

        Examples:
            >>> import numpy as np
            >>> import srcgrad
            >>> def f(x):
            ...     h = np.tanh(x)
            ...     return h * x
            >>> print(srcgrad.grad(f).explain(0.5).line(2))
            line 2: h = np.tanh(x)
                the derivative of y = np.tanh(x) by x is 1 - y * y, so
                    x_bar += h_bar * (1 - h * h)
        """
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
        """Step through the gradient, forward and back, in the terminal.

        Takes what the gradient takes, and runs it once; the steps are in the recorded run, so that
        they go back as well. On the screen are the function and its gradient with the current
        lines, and below them all variables with their values and adjoints at that time. The key
        `?` shows the other keys, `q` quits.

        Raises an SrcgradError if textual is not installed (`pip install 'srcgrad[textual]'`), and
        an ArgumentError where there is no terminal.

        Example, in a terminal:
            srcgrad.grad(lambda x: x**3).debug(2.0)
        """
        from srcgrad.debug.stepper import debug

        debug(self, args, kwargs)

    def _repr_html_(self) -> str:
        from srcgrad.debug.notebook import gradient_html

        return gradient_html(self)

"""Run a gradient for a command, with every value that it assigns kept."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.cli.arguments import needed_arguments
from srcgrad.cli.target import gradient_of, load

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace


def trace_of(options: argparse.Namespace) -> Trace:
    """The trace of the gradient that the options ask for, at their arguments, with its findings."""
    module, function = load(options.target)
    given = needed_arguments(options, module, function)
    gradient: Any = gradient_of(function, options)
    # What the user's function prints is not the command's, and NumPy's warnings are findings.
    with contextlib.redirect_stdout(sys.stderr), np.errstate(all="ignore"):
        trace: Trace = gradient.trace(*given.args, **given.kwargs)
        len(trace.findings)  # looking for them runs the function again
    return trace

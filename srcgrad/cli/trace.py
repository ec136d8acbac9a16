"""Run a gradient, and print every value next to its adjoint, and what is found to be wrong.

The output ends with the findings: NaN and Inf with the line that they come from, adjoints that
vanish or explode, and the like.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from srcgrad.cli.failures import from_here, of_the_users
from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.output import save, write
from srcgrad.cli.running import trace_of
from srcgrad.errors import Location

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

WRONG = ("error", "nonfinite", "mismatch")
"""Kinds of findings after which the exit code is 1; the others are worth a look, but not wrong."""
EPILOG = """\
examples:
  srcgrad trace model.py:loss --args "np.zeros(3), inputs"
  srcgrad trace model.py:loss --npz failing.npz -o trace.json

exit codes:
  0  the gradient ran, and nothing is wrong with it (there may be findings of other kinds)
  1  there is a finding of kind error, nonfinite or mismatch; or the function raised an exception,
     or is refused
  2  wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)
    add_output(parser, "write it to this file; to one called *.json as data")


def run(options: argparse.Namespace) -> int:
    """Print the trace."""
    trace = trace_of(options)
    path: Path | None = options.output
    if path is not None and path.suffix == ".json":
        save(json.dumps(trace.to_dict(), indent=1, allow_nan=False) + "\n", path)
    elif path is not None:
        write(str(trace), path)
    else:
        trace.show()  # in colours, in a terminal
    return verdict(trace)


def verdict(trace: Trace) -> int:
    """The exit code for a trace; says on the standard error what the function raised, if so."""
    if isinstance(trace.error, Exception):
        error = of_the_users(trace.error)
        error.location = from_here(_users_line(trace, error.location))
        print(f"srcgrad: {error}", file=sys.stderr)
    wrong = any(finding.kind in WRONG for finding in trace.findings)
    return int(wrong or trace.error is not None)


def _users_line(trace: Trace, location: Location | None) -> Location | None:
    """The user's line that a line of the gradient belongs to, which an error names."""
    if location is None or not location.file.startswith("<srcgrad"):
        return location
    before = [s for n, s in trace.statements.items() if 0 < n <= location.line and s.line]
    if not before:
        return location
    s = max(before, key=lambda s: s.number)
    return Location(s.file, s.line, 0, s.text)

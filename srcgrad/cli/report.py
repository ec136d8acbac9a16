"""Run a gradient, and write what happened as a page of HTML that needs nothing else."""

from __future__ import annotations

import argparse
from pathlib import Path

from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.running import trace_of
from srcgrad.cli.trace import verdict
from srcgrad.errors import ArgumentError

EPILOG = """\
examples:
  srcgrad report model.py:loss --npz failing.npz
  srcgrad report model.py:loss --args "np.zeros(3), inputs" -o loss.html

exit codes: as those of srcgrad trace; the page is written in any case, if the function can run"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)
    add_output(parser, "the page to write (default: function_report.html, here)")


def run(options: argparse.Namespace) -> int:
    """Write the page, and print where it is."""
    name = options.target.rpartition(":")[2].rpartition(".")[2]
    path: Path = options.output or Path(f"{name}_report.html")
    trace = trace_of(options)
    try:
        print(trace.report(path))
    except OSError as error:
        why, fix = error.strerror or "", "pass the path of a file that can be written"
        raise ArgumentError(f"-o {path}", why=why, fix=fix) from None
    return verdict(trace)

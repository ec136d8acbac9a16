"""Run a gradient, and step through it, forward and back, in the terminal."""

from __future__ import annotations

import argparse

from srcgrad.cli.options import add_arguments, add_target, add_value
from srcgrad.cli.running import trace_of

EPILOG = """\
examples:
  srcgrad step model.py:loss --npz failing.npz

It needs pip install 'srcgrad[textual]'.

exit codes: 0 when it is left, 1 refused or without a terminal, 2 wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Open the stepper."""
    from srcgrad.debug.stepper import run as step_through

    step_through(trace_of(options))
    return 0

"""Print a function after each stage of the compiler."""

from __future__ import annotations

import argparse

from srcgrad.cli.arguments import arguments_for
from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.output import write
from srcgrad.cli.target import gradient_of, load

EPILOG = """\
examples:
  srcgrad stages model.py:loss --args "np.zeros(3), inputs"

exit codes: 0 printed, 1 refused, 2 wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)
    add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Print the stages."""
    module, function = load(options.target)
    given = arguments_for(options, module, function)
    text = gradient_of(function, options).show_stages(*given.args, **given.kwargs)
    write(str(text), options.output)
    return 0

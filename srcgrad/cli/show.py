"""Print the source of a gradient.

Without arguments their kinds come from type hints and defaults, and the source handles any kind of
an argument that has neither.
"""

from __future__ import annotations

import argparse

from srcgrad.cli.arguments import arguments_for
from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.output import write
from srcgrad.cli.target import gradient_of, load

EPILOG = """\
examples:
  srcgrad show model.py:loss
  srcgrad show model.py:loss --wrt weights --args "np.zeros(3), inputs"

exit codes: 0 printed, 1 refused, 2 wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)
    add_output(parser)


def run(options: argparse.Namespace) -> int:
    """Print the source."""
    write(source_of(options), options.output)
    return 0


def source_of(options: argparse.Namespace) -> str:
    """The source of the gradient that the options ask for."""
    module, function = load(options.target)
    gradient = gradient_of(function, options)
    given = arguments_for(options, module, function)
    if not given.given:
        return str(gradient.source)
    return str(gradient.compile_for(*given.args, **given.kwargs).source)

"""Print a function and its derivative side by side, with the rules that were applied.

Nothing is run. In the rules, v1, v2, ... are values that have no name in the function, and x_bar is
the adjoint of x: the derivative of the result with respect to it. A rule says what becomes of the
adjoint of what an operation gives; where nothing flows, it says why.
"""

from __future__ import annotations

import argparse

from srcgrad.cli.arguments import arguments_for
from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.output import write
from srcgrad.cli.target import gradient_of, load

EPILOG = """\
examples:
  srcgrad explain model.py:loss
  srcgrad explain model.py:loss --line 12
  srcgrad explain model.py:loss --variable h --args "np.zeros(3), inputs"

exit codes: 0 printed, 1 refused, 2 wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_value(parser)
    add_arguments(parser)
    add_output(parser)
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--line", type=int, metavar="N", help="the rules of this line alone")
    part.add_argument("--variable", metavar="NAME", help="the rules of this variable alone")


def run(options: argparse.Namespace) -> int:
    """Print the explanation, or a part of it."""
    module, function = load(options.target)
    given = arguments_for(options, module, function)
    explanation = gradient_of(function, options).explain(*given.args, **given.kwargs)
    text = explanation
    if options.line is not None:
        text = explanation.line(options.line)
    elif options.variable is not None:
        text = explanation[options.variable]
    write(str(text), options.output)
    return 0

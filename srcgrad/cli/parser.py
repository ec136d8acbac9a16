"""The parser of the command line: one command a file, each with its options, help and examples."""

from __future__ import annotations

import argparse
from typing import Any

import srcgrad
from srcgrad.cli import check, emit, explain, report, show, stages, step, trace

COMMANDS: tuple[Any, ...] = (show, explain, trace, check, report, step, emit, stages)
"""Each module has a first line that says what it does, `EPILOG`, `add_options` and `run`."""

DESCRIPTION = "Gradients of Python and NumPy functions, as source you can read, run and debug."
EPILOG = """\
examples:
  srcgrad show model.py:loss
  srcgrad show model.py:loss --wrt weights,bias --args "np.zeros(3), 0.0, inputs"
  srcgrad explain model.py:loss --line 12
  srcgrad trace model.py:loss --npz failing.npz
  srcgrad check model.py:loss --npz failing.npz
  srcgrad emit model.py:loss --args "np.zeros(3), 0.0, inputs" -o loss_grad.py
  srcgrad emit --check loss_grad.py

exit codes:
  0  fine
  1  what is checked is not right, or the function is refused or fails: the reason is printed
  2  wrong usage

`srcgrad COMMAND --help` says more about each."""
TARGET = """\
The module is loaded as by an import: what it does under `if __name__ == "__main__"` is not run.
What it prints goes to the standard error."""


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; what it returns has `run`, the command's function."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="srcgrad", description=DESCRIPTION, epilog=EPILOG, formatter_class=form
    )
    parser.add_argument("--version", action="version", version=f"srcgrad {srcgrad.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in COMMANDS:
        name = module.__name__.rpartition(".")[2]
        first, _, more = module.__doc__.strip().partition("\n")
        command = commands.add_parser(
            name,
            help=first.rstrip("."),
            description=f"{first}\n{more}\n{TARGET}",
            epilog=module.EPILOG,
            formatter_class=form,
        )
        command.set_defaults(run=module.run, command=name, parser=command)
        module.add_options(command)
    return parser

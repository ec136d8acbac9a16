"""Options that commands share, and how their values are read."""

from __future__ import annotations

import argparse
from pathlib import Path

FUNCTION = "the function; also package.module:function and FILE.py:Class.method"


def add_target(parser: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """The function, and what is differentiated."""
    parser.add_argument("target", metavar="FILE.py:function", nargs=nargs, help=FUNCTION)
    parser.add_argument(
        "--argnums",
        type=_positions,
        metavar="0,1",
        help="positions of the arguments to differentiate with respect to (default: 0)",
    )
    parser.add_argument(
        "--wrt",
        type=_names,
        metavar="a,b",
        help="in place of --argnums, names of parameters or of global variables",
    )


def add_value(parser: argparse.ArgumentParser) -> None:
    """Whether the value is returned too."""
    parser.add_argument(
        "--value", action="store_true", help="return the value too, as value_and_grad does"
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments that a function is compiled for, or called with."""
    given = parser.add_mutually_exclusive_group()
    given.add_argument(
        "--args",
        "--example",
        metavar="EXPR",
        help="the arguments, as an expression in the module's names and np",
    )
    given.add_argument(
        "--npz",
        metavar="FILE",
        help="the arguments by name, from a file of np.savez; arrays without axes are numbers",
    )


def add_output(
    parser: argparse.ArgumentParser, what: str = "write the output to this file"
) -> None:
    """The file that is written."""
    parser.add_argument("-o", "--output", type=Path, metavar="OUT", help=what)


def _positions(text: str) -> int | tuple[int, ...]:
    try:
        positions = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 0 or 0,1") from None
    return positions[0] if "," not in text and positions else positions


def _names(text: str) -> str | tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    return names[0] if "," not in text and names else names

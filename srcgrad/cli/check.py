"""Compare the derivatives of a function with differences, at some arguments.

All arguments that hold floats are moved, or those that --wrt or --argnums names. The derivatives of
both modes and orders 1 and 2 are checked, unless --order or --modes says otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import inspect
import sys
from collections.abc import Iterator
from typing import Any

import srcgrad
from srcgrad.cli.arguments import Arguments, needed_arguments
from srcgrad.cli.options import add_arguments, add_target
from srcgrad.cli.target import load
from srcgrad.errors import ArgumentError
from srcgrad.gradient import Gradient
from srcgrad.writing import written

EPILOG = """\
examples:
  srcgrad check model.py:loss --args "np.ones(3), inputs"
  srcgrad check model.py:loss --npz point.npz --wrt weights --order 1 --modes rev

exit codes:
  0  all derivatives are right
  1  one is wrong, or does not exist at this point: which one, by how much and, if it can be told,
     the line whose rule is wrong are printed; or the function is refused or fails
  2  wrong usage"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser)
    add_arguments(parser)
    parser.add_argument(
        "--order", type=int, default=2, help="how often to differentiate (default: 2)"
    )
    parser.add_argument(
        "--modes", default="fwd,rev", metavar="fwd,rev", help="the modes to check (default: both)"
    )
    parser.add_argument("--rtol", type=float, help="the tolerance, relative to each number")
    parser.add_argument("--atol", type=float, help="the tolerance for all numbers")


def run(options: argparse.Namespace) -> int:
    """Check the derivatives, and say so if they are right."""
    module, function = load(options.target)
    function = function.primal if isinstance(function, Gradient) else function
    given = needed_arguments(options, module, function)
    moved, args = _of_the_moved(function, given, _moved(function, options))
    modes = tuple(m.strip() for m in options.modes.split(","))
    with contextlib.redirect_stdout(sys.stderr):  # what the user's function prints
        srcgrad.check_grads(moved, args, options.order, modes, options.atol, options.rtol)
    name = options.target.rpartition(":")[2]
    print(f"{name}: its derivatives are right, order {options.order}, {' and '.join(modes)}")
    return 0


def _moved(function: Any, options: argparse.Namespace) -> tuple[str, ...]:
    """The names of the parameters to move; none for all that can be."""
    if options.wrt is not None and options.argnums is not None:
        raise ArgumentError("both --argnums and --wrt", why="they say the same", fix="pass one")
    parameters = list(inspect.signature(function).parameters)
    if options.wrt is not None:
        wrt = options.wrt
        names = (wrt,) if isinstance(wrt, str) else wrt
    else:
        names = tuple(_by_position(parameters, options.argnums))
    unknown = [n for n in names if n not in parameters]
    if unknown:
        why = f"its parameters are {', '.join(parameters)}"
        raise ArgumentError(f"{unknown[0]}, which is no parameter", why=why, fix="name one of them")
    return names


def _by_position(parameters: list[str], argnums: Any) -> Iterator[str]:
    for i in argnums if isinstance(argnums, tuple) else () if argnums is None else (argnums,):
        if not -len(parameters) <= i < len(parameters):
            why = f"its parameters are {', '.join(parameters)}"
            raise ArgumentError(f"--argnums {i}", why=why, fix="count from 0")
        yield parameters[i]


def _of_the_moved(
    function: Any, given: Arguments, names: tuple[str, ...]
) -> tuple[Any, tuple[Any, ...]]:
    """The function of the arguments to move alone, and these."""
    if not names and not given.kwargs:
        return function, given.args
    signature = inspect.signature(function)
    bound = signature.bind(*given.args, **given.kwargs).arguments
    chosen = names or tuple(bound)
    passed = {n: n if n in chosen else f"_{n}" for n in bound}
    body = f"return _checked({', '.join(f'{n}={v}' for n, v in passed.items())})"
    fixed = {n: value for n, value in bound.items() if n not in chosen}
    name = getattr(function, "__name__", "function")
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = inspect.Signature([inspect.Parameter(n, kind) for n in chosen])
    made = written(function, name, body, {"checked": function, **fixed}, None, own)
    return made, tuple(bound[n] for n in chosen)

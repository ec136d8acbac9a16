"""The magic `%%srcgrad` of IPython: run a cell, and show the derivative of its last function."""

from __future__ import annotations

import ast
from types import FunctionType
from typing import Any

from srcgrad.api import grad
from srcgrad.debug.notebook import gradient_html
from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import Gradient


def load_ipython_extension(shell: Any) -> None:
    """Give a shell of IPython the magic; called by `%load_ext srcgrad`."""
    shell.register_magic_function(lambda line, cell: run_cell(shell, line, cell), "cell", "srcgrad")


def run_cell(shell: Any, line: str, cell: str) -> None:
    """Run a cell, and show the gradient of the last function that it defines.

    The line may hold arguments, as in `%%srcgrad 0.5, np.ones(3)`, for whose kinds the gradient is
    compiled; without them it is the one for any arguments. A function that was decorated with one
    of srcgrad's operators is shown as what that made of it.
    """
    if not shell.run_cell(cell, store_history=False).success:
        return
    try:
        gradient = last_gradient(shell.transform_cell(cell), shell.user_ns)
        if line.strip():
            gradient.compile_for(*shell.ev(f"({line},)"))
        view = {"text/html": gradient_html(gradient), "text/plain": str(gradient)}
    except SrcgradError as error:
        shell.showtraceback((type(error), error.with_traceback(None), None))
        return
    shell.display_pub.publish(view)


def last_gradient(cell: str, space: dict[str, Any]) -> Gradient:
    """The gradient of the last function that a cell defines, which ran in a namespace."""
    names = [s.name for s in ast.parse(cell).body if isinstance(s, ast.FunctionDef)]
    found = space.get(names[-1]) if names else None
    if isinstance(found, Gradient):
        return found
    if not isinstance(found, FunctionType):
        raise ArgumentError(
            "the cell defines no function",
            why="%%srcgrad shows the derivative of the last one that it defines",
            fix="define a function in the cell, with `def` at its top level",
        )
    made: Gradient = grad(found)
    return made

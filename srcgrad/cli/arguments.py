"""The arguments that a function is called with, from an expression or from a file of arrays."""

from __future__ import annotations

import argparse
import contextlib
import inspect
import sys
import zipfile
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

from srcgrad.errors import ArgumentError


@dataclass(frozen=True)
class Arguments:
    """Arguments by position and by keyword; `given` says whether the user passed any."""

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = field(default_factory=dict)
    given: bool = False


def arguments_for(options: argparse.Namespace, module: ModuleType, function: Any) -> Arguments:
    """The arguments that `--args` or `--npz` gives."""
    if options.npz is not None:
        return _from_file(options.npz, function)
    if options.args is not None:
        return _from_text(options, module, function)
    return Arguments()


def needed_arguments(options: argparse.Namespace, module: ModuleType, function: Any) -> Arguments:
    """The arguments to run a function with, which are needed unless it has none to pass.

    Raises ArgumentError if there are none.
    """
    found = arguments_for(options, module, function)
    if not found.given:
        try:
            inspect.signature(function).bind()
        except TypeError as error:
            raise ArgumentError(
                f"srcgrad {options.command} without arguments for {_name(options)}",
                why=f"it runs the function: {error}",
                fix=_write(options, function),
            ) from None
    return found


def _from_text(options: argparse.Namespace, module: ModuleType, function: Any) -> Arguments:
    """The values of an expression in the module's names, and `np`."""
    text = options.args
    try:
        with contextlib.redirect_stdout(sys.stderr):
            value = eval(text, {"np": np, **vars(module)})
        args = value if isinstance(value, tuple) else (value,)
        inspect.signature(function).bind(*args)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise ArgumentError(f"--args {text!r}", why=why, fix=_write(options, function)) from None
    return Arguments(args, given=True)


def _name(options: argparse.Namespace) -> str:
    return str(options.target.rpartition(":")[2])


def _write(options: argparse.Namespace, function: Any) -> str:
    call = f"{_name(options)}{inspect.signature(function)}"
    return f"write the arguments of {call} after --args, in the names of the module, with commas"


# a file -------------------------------------------------------------------------------------------


def _from_file(path: str, function: Any) -> Arguments:
    """The arrays of an .npz file as arguments by name; those without axes as Python's numbers."""
    arrays = {name: _plain(value) for name, value in _arrays(path).items()}
    signature = inspect.signature(function)
    unknown = [name for name in arrays if name not in signature.parameters]
    missing = [p.name for p in signature.parameters.values() if _is_missing(p, arrays)]
    if unknown or missing:
        why = [f"the function has no parameter {n}" for n in unknown]
        why += [f"there is no array {n} for its parameter" for n in missing]
        parameters = ", ".join(signature.parameters)
        fix = f"save it with the parameters' names: np.savez(path, ...) with {parameters}"
        raise ArgumentError(f"--npz {path}", why=", ".join(why), fix=fix)
    return _in_order(signature, arrays)


def _arrays(path: str) -> dict[str, Any]:
    try:
        file = np.load(path, allow_pickle=False)
        if not isinstance(file, np.lib.npyio.NpzFile):
            raise ValueError("it holds one array without a name")
        with file:
            return dict(file)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        why = getattr(error, "strerror", None) or str(error)
        fix = "pass a file that np.savez wrote, with arrays of numbers"
        raise ArgumentError(f"--npz {path}", why=why, fix=fix) from None


def _plain(value: Any) -> Any:
    return value.item() if value.ndim == 0 else value


def _is_missing(p: inspect.Parameter, arrays: dict[str, Any]) -> bool:
    optional = p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    return not optional and p.name not in arrays


def _in_order(signature: inspect.Signature, arrays: dict[str, Any]) -> Arguments:
    """By position as long as none is left out, then by keyword."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for p in signature.parameters.values():
        if p.name in arrays:
            front = p.kind is not p.KEYWORD_ONLY and len(args) == list(signature.parameters).index(
                p.name
            )
            if front:
                args.append(arrays[p.name])
            else:
                kwargs[p.name] = arrays[p.name]
    return Arguments(tuple(args), kwargs, given=True)

"""What a command is about: the module and the function that a user names, and its gradient."""

from __future__ import annotations

import argparse
import contextlib
import copy
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import srcgrad
from srcgrad.cli.failures import in_words, place_in_module
from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import Gradient


def load(target: str) -> tuple[ModuleType, Any]:
    """The module and the function that `FILE.py:function` or `package.module:function` names."""
    place, _, name = target.rpartition(":")
    if not place or not name:
        fix = "write FILE.py:function or package.module:function"
        raise ArgumentError(target, why="it names no function", fix=fix)
    module = _module(place)
    value: Any = module
    for part in name.split("."):
        value = getattr(value, part, None)
    if value is None:
        known = ", ".join(_functions(module)) or "none"
        raise ArgumentError(
            f"{place} has no {name}",
            why="nothing of that name is at its top level",
            fix=f"name one of its functions: {known}",
        )
    return module, value


def gradient_of(function: Any, options: argparse.Namespace) -> Any:
    """The gradient asked for; of a function that is decorated with `grad` already, that one."""
    chosen = options.argnums is not None or options.wrt is not None or options.value
    if isinstance(function, Gradient):
        if not chosen:
            return copy.copy(function)
        function = function.primal
    differentiate = srcgrad.value_and_grad if options.value else srcgrad.grad
    return differentiate(function, options.argnums, wrt=options.wrt)


def _functions(module: ModuleType) -> Iterator[str]:
    """The names of what a module defines and srcgrad can differentiate."""
    for name, value in vars(module).items():
        function = value.primal if isinstance(value, Gradient) else value
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            yield name


def _module(place: str) -> ModuleType:
    is_file = place.endswith(".py")
    if is_file and not Path(place).is_file():
        raise ArgumentError(
            f"there is no file {place}",
            why="paths are from the working folder",
            fix="pass the path of a Python file",
        )
    try:
        with contextlib.redirect_stdout(sys.stderr):  # the output is the command's alone
            return _from_file(Path(place)) if is_file else _from_path(place)
    except SrcgradError:
        raise
    except (Exception, SystemExit) as error:
        raise _not_loaded(place, error) from None


def _from_path(name: str) -> ModuleType:
    sys.path.insert(0, "")
    return importlib.import_module(name)


def _from_file(path: Path) -> ModuleType:
    """A file as a module under its own name, with its neighbours importable, as for a script."""
    name = path.stem if path.stem not in sys.modules else f"_{path.stem}"
    sys.path.insert(0, str(path.resolve().parent))
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _not_loaded(place: str, error: BaseException) -> ArgumentError:
    """What went wrong while the user's module ran, and on which of its lines."""
    fix = f"make `python {place}` run" if place.endswith(".py") else f"make `import {place}` work"
    location = place_in_module(error, os.path.abspath(place))
    return ArgumentError(
        f"{place} cannot be loaded", why=in_words(error), fix=fix, location=location
    )

"""The command `srcgrad`, also `python -m srcgrad`: a gradient's source from the command line."""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import dataclasses
import importlib
import importlib.util
import inspect
import linecache
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import srcgrad
from srcgrad import runtime
from srcgrad.errors import ArgumentError, Location, SrcgradError
from srcgrad.gradient import Gradient

DESCRIPTION = "Gradients of Python and NumPy functions, as source you can read."
EPILOG = """\
examples:
  srcgrad show model.py:loss
  srcgrad show model.py:loss --wrt weights,bias --example "np.zeros(3), 0.0, inputs"
  srcgrad emit model.py:loss --example "np.zeros(3), 0.0, inputs" -o loss_grad.py
  srcgrad stages model.py:loss --example "np.zeros(3), 0.0, inputs"
"""
TARGET = """\
The module is loaded as by an import: what it does under `if __name__ == "__main__"` is not run.
Without --example the kinds of the arguments come from type hints and defaults, and the source
handles any kind of an argument that has neither."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 if it worked, 1 after an error that srcgrad explains, 2 for wrong usage."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except SrcgradError as error:
        error.location = _from_here(error.location)
        print(f"srcgrad: {error}", file=sys.stderr)
        return 1
    return 0


def _from_here(location: Location | None) -> Location | None:
    """The location with its file as one would write it here, if it is below this folder."""
    here = Path.cwd()
    if location is None or not Path(location.file).is_relative_to(here):
        return location
    return dataclasses.replace(location, file=str(Path(location.file).relative_to(here)))


# commands


def show(options: argparse.Namespace) -> None:
    """Print the source of a gradient."""
    print(_source(options).rstrip("\n"))


def emit(options: argparse.Namespace) -> None:
    """Write the source of a gradient to a file that runs without srcgrad."""
    text = standalone(_source(options))
    place, _, name = options.target.rpartition(":")
    what = f"{name} ({Path(place).name})"
    heading = f"# The gradient of {what}, written by srcgrad {srcgrad.__version__}.\n"
    try:
        options.output.write_text(f"{heading}\n{text.lstrip()}", encoding="utf-8")
    except OSError as error:
        why, fix = error.strerror or "", "pass the path of a file that can be written"
        raise ArgumentError(f"-o {options.output}", why=why, fix=fix) from None


def stages(options: argparse.Namespace) -> None:
    """Print a function after each stage of the compiler."""
    module, function = _load(options.target)
    text = str(_gradient(function, options).show_stages(*_example(options, module, function)))
    print(text.rstrip("\n"))


def _source(options: argparse.Namespace) -> str:
    module, function = _load(options.target)
    gradient = _gradient(function, options)
    if options.example is None:
        return str(gradient.source)
    return str(gradient.compile_for(*_example(options, module, function)).source)


def _gradient(function: Any, options: argparse.Namespace) -> Any:
    """The gradient asked for; of a function that is decorated with `grad` already, that one."""
    chosen = options.argnums is not None or options.wrt is not None or options.value
    if isinstance(function, Gradient):
        if not chosen:
            return copy.copy(function)
        function = function.primal
    differentiate = srcgrad.value_and_grad if options.value else srcgrad.grad
    return differentiate(function, options.argnums, wrt=options.wrt)


# what is differentiated


def _load(target: str) -> tuple[ModuleType, Any]:
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
        raise ArgumentError(f"{place} has no {name}", fix=f"name one of its functions: {known}")
    return module, value


def _functions(module: ModuleType) -> Iterator[str]:
    """The names of what a module defines and srcgrad can differentiate."""
    for name, value in vars(module).items():
        function = value.primal if isinstance(value, Gradient) else value
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            yield name


def _module(place: str) -> ModuleType:
    is_file = place.endswith(".py")
    if is_file and not Path(place).is_file():
        raise ArgumentError(f"there is no file {place}", fix="pass the path of a Python file")
    try:
        with contextlib.redirect_stdout(sys.stderr):  # the output is the source alone
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
    what = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    fix = f"make `python {place}` run" if place.endswith(".py") else f"make `import {place}` work"
    return ArgumentError(
        f"{place} cannot be loaded", why=what, fix=fix, location=_place(error, place)
    )


def _place(error: BaseException, file: str) -> Location | None:
    """The line of the file that an error comes from, if it comes from there."""
    if isinstance(error, SyntaxError) and error.text is not None:
        line, column = error.lineno or 1, (error.offset or 1) - 1
        return Location(error.filename or file, line, column, error.text)
    file = os.path.abspath(file)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if not frames or frames[-1].lineno is None:
        return None
    lines = linecache.getline(file, frames[-1].lineno)
    return Location(file, frames[-1].lineno, frames[-1].colno or 0, lines)


def _example(options: argparse.Namespace, module: ModuleType, function: Any) -> tuple[Any, ...]:
    """The example arguments: an expression in the module's names, and `np`."""
    if options.example is None:
        return ()
    text = options.example
    try:
        value = eval(text, {"np": importlib.import_module("numpy"), **vars(module)})
        arguments = value if isinstance(value, tuple) else (value,)
        inspect.signature(function).bind(*arguments)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        fix = f"write the arguments of {options.target.rpartition(':')[2]}"
        fix += f"{inspect.signature(function)} in the names of the module, with commas between"
        raise ArgumentError(f"--example {text!r}", why=why, fix=fix) from None
    return arguments


# a file that runs on its own


def standalone(source: str) -> str:
    """The source with the helpers that it imports from srcgrad written out."""
    prefix = f"from {runtime.__name__} import "
    wanted = [line.removeprefix(prefix) for line in source.splitlines() if line.startswith(prefix)]
    if not wanted:
        return source
    names = [name.partition(" as ")[::2] for name in wanted]
    other = [line for line in source.splitlines() if not line.startswith(prefix)]
    imports = {line for line in other if line.startswith(("import ", "from "))}
    body = "\n".join(line for line in other if line not in imports).strip("\n")
    imports |= {"import numpy as np", "from typing import Any"}
    helpers = _helpers({name for name, _ in names})
    aliases = [f"{alias} = {name}" for name, alias in names if alias]
    return "\n\n\n".join(["\n".join(sorted(imports)), *helpers, *aliases, body]) + "\n"


def _helpers(names: set[str]) -> list[str]:
    """The source of some functions of `runtime`, and of those that they call."""
    text = inspect.getsource(runtime)
    found = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    waiting = [name for name in names if name in found]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        called = {n.id for n in ast.walk(found[name]) if isinstance(n, ast.Name)} & set(found)
        waiting.extend(called - needed)
    return [ast.get_source_segment(text, found[n]) or "" for n in found if n in needed]


# arguments


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="srcgrad", description=DESCRIPTION, epilog=EPILOG, formatter_class=form
    )
    parser.add_argument("--version", action="version", version=f"srcgrad {srcgrad.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for run in (show, emit, stages):
        text = str(run.__doc__)
        command = commands.add_parser(
            run.__name__, help=text, description=f"{text}\n\n{TARGET}", formatter_class=form
        )
        command.set_defaults(run=run)
        _add_arguments(command)
    output = commands.choices["emit"]
    output.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT.py", help="the file to write"
    )
    return parser


def _add_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "target",
        metavar="FILE.py:function",
        help="the function; also package.module:function and FILE.py:Class.method",
    )
    command.add_argument(
        "--argnums",
        type=_positions,
        metavar="0,1",
        help="positions of the arguments to differentiate with respect to (default: 0)",
    )
    command.add_argument(
        "--wrt",
        type=_names,
        metavar="a,b",
        help="in place of --argnums, names of parameters or of global variables",
    )
    command.add_argument(
        "--value", action="store_true", help="return the value too, as value_and_grad does"
    )
    command.add_argument(
        "--example",
        metavar="EXPR",
        help="arguments of the kinds to compile for, as an expression in the module's names and np",
    )


def _positions(text: str) -> int | tuple[int, ...]:
    try:
        positions = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 0 or 0,1") from None
    return positions[0] if "," not in text and positions else positions


def _names(text: str) -> str | tuple[str, ...]:
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    return names[0] if "," not in text and names else names

"""Write the source of a gradient to a file that runs without srcgrad.

The file needs NumPy alone, and the modules of functions with rules of your own. Its first lines say
from what it was made, and the command that makes it again.

With --check a file is compared with what would be written now: by the command in its first lines,
or for the function that is named. That is for continuous integration: it fails if the function or
srcgrad has changed since and the gradient with it.
"""

from __future__ import annotations

import argparse
import difflib
import shlex
import textwrap
from pathlib import Path

import srcgrad
from srcgrad.cli.options import add_arguments, add_output, add_target, add_value
from srcgrad.cli.output import save
from srcgrad.cli.show import source_of
from srcgrad.cli.standalone import standalone
from srcgrad.errors import ArgumentError

EPILOG = """\
examples:
  srcgrad emit model.py:loss --args "np.zeros(3), inputs" -o loss_grad.py
  srcgrad emit --check loss_grad.py

exit codes:
  0  written; with --check, the file is what would be written now
  1  with --check, it is not: the difference is printed; or the function is refused
  2  wrong usage"""
COMMAND = "#     srcgrad emit "
MOST = 30  # lines of a difference that are printed


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this command."""
    add_target(parser, nargs="?")
    add_value(parser)
    add_arguments(parser)
    add_output(parser, "the file to write")
    parser.add_argument("--check", type=Path, metavar="FILE", help="the file to verify instead")


def run(options: argparse.Namespace) -> int:
    """Write a file, or verify one."""
    if (options.output is None) == (options.check is None):
        options.parser.error("one of -o/--output and --check is required")
    if options.check is not None:
        return _check(options)
    if options.target is None:
        options.parser.error("the following arguments are required: FILE.py:function")
    save(emitted(options), options.output)
    return 0


def emitted(options: argparse.Namespace) -> str:
    """The text of the file: what it is, how it was made, and the source."""
    source = source_of(options)
    place, _, name = options.target.rpartition(":")
    what = f"The gradient of {name} ({Path(place).name}), written by srcgrad {srcgrad.__version__}"
    text = f"It is for {_kinds(source)}; this writes it again:"
    lines = [f"{what}.", *textwrap.wrap(text, 96, break_on_hyphens=False)]
    heading = [*(f"# {line}" for line in lines), f"{COMMAND}{shlex.join(_words(options))}"]
    return "\n".join(heading) + f"\n\n{standalone(source).lstrip()}"


def _kinds(source: str) -> str:
    """The kinds of the arguments, as generated source says them in a comment."""
    lines = source.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("def "))
    above = at
    while above and lines[above - 1].startswith("# "):
        above -= 1
    inside = lines[at].partition("  # ")[2]
    text = " ".join(line.removeprefix("# ") for line in lines[above:at]) or inside
    return f"arguments of the kinds {text}" if text else "no arguments"


def _words(options: argparse.Namespace) -> list[str]:
    """The options as they are written on the command line."""
    words = [options.target]
    for name in ("argnums", "wrt"):
        value = getattr(options, name)
        if value is not None:
            joined = ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            single = isinstance(value, tuple) and len(value) == 1
            words += _option(name, f"{joined}{',' if single else ''}")
    words += ["--value"] if options.value else []
    for name in ("args", "npz"):
        value = getattr(options, name)
        words += [] if value is None else _option(name, value)
    return [*words, "-o", str(options.output)]


def _option(name: str, value: str) -> list[str]:
    """An option with its value, in one word if that could be taken for another option."""
    return [f"--{name}={value}"] if value.startswith("-") else [f"--{name}", value]


# verify -------------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    """Whether a file is what would be written now; prints how it differs."""
    path: Path = options.check
    have = _read(path)
    if options.target is None:
        options = _by_header(options.parser, path, have)
    else:
        options.output = path
    want = emitted(options)
    if _body(have) == _body(want):
        return 0
    texts = _body(have).splitlines(), _body(want).splitlines()
    lines = difflib.unified_diff(*texts, str(path), f"{options.target} now", n=2, lineterm="")
    shown = list(lines)
    print("\n".join(shown[:MOST]))
    if len(shown) > MOST:
        print(f"... {len(shown) - MOST} more lines")
    raise ArgumentError(
        f"{path} is not the gradient of {options.target} any more",
        why="the function, what it calls, or srcgrad has changed since it was written",
        fix=f"srcgrad emit {shlex.join(_words(options))}",
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        fix = "pass the path of a file that srcgrad emit wrote"
        raise ArgumentError(f"--check {path}", why=error.strerror or "", fix=fix) from None


def _by_header(parser: argparse.ArgumentParser, path: Path, text: str) -> argparse.Namespace:
    """The options of the command that a file was written by."""
    found = [line for line in _heading(text) if line.startswith(COMMAND)]
    if not found:
        raise ArgumentError(
            f"--check {path}",
            why="its first lines do not say which command wrote it",
            fix=f"name the function: srcgrad emit FILE.py:function --check {path}",
        )
    options = parser.parse_args(shlex.split(found[0].removeprefix(COMMAND)))
    options.output = path
    return options


def _heading(text: str) -> list[str]:
    return text.partition("\n\n")[0].splitlines()


def _body(text: str) -> str:
    """What a file computes, without the lines that say how it was made."""
    return text.partition("\n\n")[2]

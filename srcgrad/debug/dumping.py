"""Gradients in real files, in which editors set breakpoints."""

from __future__ import annotations

import linecache
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srcgrad.errors import ArgumentError

if TYPE_CHECKING:
    from srcgrad.staging import Compiled

MARK = "\n# Written by srcgrad: edits do not change the gradient that was dumped here.\n"


def dump(gradient: Any, path: Path, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Path:
    """Write the source for some arguments to a file, which the gradient runs from now on."""
    if args or kwargs:
        chosen = gradient.compile_for(*args, **kwargs).function
    elif gradient.variants:
        chosen = gradient.variants[-1].function
    else:
        raise _nothing_compiled(gradient.__name__)
    files = Files(path)
    gradient.move(files.moved, chosen)
    return files.path


class Files:
    """The files of one gradient: the one that was asked for, and one beside it for each variant.

    What comes after `loss_grad.py` is `loss_grad_2.py`, `loss_grad_3.py` ...
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        if not _is_free(self.path):
            raise _not_ours(self.path)
        beside = (self.path.with_stem(f"{self.path.stem}_{i}") for i in count(2))
        self.unused = (p for paths in ([self.path], beside) for p in paths if _is_free(p))

    def moved(self, compiled: Compiled) -> Compiled:
        """The variant as the code of the next file, which is written."""
        path = next(self.unused)
        path.write_text(compiled.source + MARK, encoding="utf-8")
        linecache.cache.pop(str(path), None)  # of what was there before
        space = dict(compiled.function.__globals__)
        exec(compile(compiled.source, str(path), "exec"), space)
        return replace(compiled, function=space[compiled.function.__name__])


def _is_free(path: Path) -> bool:
    """Whether there is no file, or one that this module wrote."""
    if not path.exists():
        return True
    return path.is_file() and path.read_bytes().endswith(MARK.encode())


def _not_ours(path: Path) -> ArgumentError:
    return ArgumentError(
        f"{path} exists",
        why="it is not a file that a gradient was written to before",
        fix="pass the name of a new file, or remove this one",
    )


def _nothing_compiled(name: str) -> ArgumentError:
    return ArgumentError(
        f"the source of {name}, which was not called yet",
        why="it is compiled for the kinds of its arguments",
        fix="pass arguments like those of the calls behind the path: dump(path, x)",
    )

"""Where the text of a command goes: to the terminal, or to a file."""

from __future__ import annotations

from pathlib import Path

from srcgrad.errors import ArgumentError


def write(text: str, path: Path | None) -> None:
    """Print a text, or write it to a file."""
    if path is None:
        print(text.rstrip("\n"))
        return
    save(text.rstrip("\n") + "\n", path)


def save(text: str, path: Path) -> None:
    """Write a file; raises ArgumentError if that is not possible."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        why, fix = error.strerror or "", "pass the path of a file that can be written"
        raise ArgumentError(f"-o {path}", why=why, fix=fix) from None

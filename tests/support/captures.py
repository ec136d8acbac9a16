"""Sessions as the README shows them: a screen of the stepper, pdb, and the end of a traceback."""

from __future__ import annotations

import asyncio
import re
import shlex
import struct
import subprocess
import sys
import zlib
from hashlib import sha256
from pathlib import Path
from typing import Any

from srcgrad.cli.parser import make_parser
from srcgrad.cli.running import trace_of

PICTURED = 'distance.py:loss --args "np.eye(2)"'
PROMPT = "(Pdb) "
PNG_HEADER = 33  # bytes: the signature and the first chunk
KEYWORD = b"made of\0"


def traced(command: str) -> Any:
    """The trace that a command looks at, given as its arguments."""
    return trace_of(make_parser().parse_args(["trace", *shlex.split(command)]))


def screen(trace: Any, keys: list[str], size: tuple[int, int]) -> str:
    """What the stepper shows after some keys."""
    from srcgrad.debug.stepper.app import Stepper

    async def shown() -> str:
        app = Stepper(trace)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press(*keys)
            await pilot.pause()
            strips = app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    return asyncio.run(shown()).strip("\n")


def pdb_session(shown: str, folder: Path) -> str:
    """A session of pdb as it goes now: its command and what is typed are those of one shown."""
    first, *rest = shown.splitlines()
    typed = [line.removeprefix(PROMPT) for line in rest if line.startswith(PROMPT)]
    command = shlex.split(first.removeprefix("$ "))
    output = _run(command, folder, "\n".join(typed) + "\n").stdout
    before, *replies = output.split(PROMPT)
    steps = zip(typed, replies, strict=True)
    session = before + "".join(f"{PROMPT}{key}\n{reply}" for key, reply in steps)
    return f"{first}\n{without_places(session, folder)}".strip()


def traceback_end(command: str, folder: Path) -> str:
    """The exception, with its notes, that a command ends in."""
    error = _run(shlex.split(command), folder, "").stderr.splitlines()
    last = max(i for i, line in enumerate(error) if re.match(r"\w+Error", line))
    return "\n".join(error[last:])


def _run(command: list[str], folder: Path, typed: str) -> Any:
    return subprocess.run(
        [sys.executable, *command[1:]],
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
    )


def without_places(text: str, folder: Path) -> str:
    """A text without the folder that files are in, and the digits that tell sources apart."""
    text = re.sub(r" [0-9a-f]{6}>", ">", text)
    return text.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "")


# pictures -----------------------------------------------------------------------------------------


def fingerprint(trace: Any) -> str:
    """What the picture of a report is made of, in short: both sources."""
    listed = "\n".join(line for listing in trace.listings for line in listing.lines)
    return sha256(f"{listed}\0{trace.source}".encode()).hexdigest()


def marked(png: bytes, text: str) -> bytes:
    """A PNG that says what it was made of."""
    body = b"tEXt" + KEYWORD + text.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:PNG_HEADER] + chunk + png[PNG_HEADER:]


def mark_of(png: bytes) -> str:
    """What a PNG says that it was made of."""
    size = struct.unpack(">I", png[PNG_HEADER : PNG_HEADER + 4])[0]
    return png[PNG_HEADER + 8 : PNG_HEADER + 8 + size].removeprefix(KEYWORD).decode()

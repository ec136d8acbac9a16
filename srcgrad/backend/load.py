"""Load generated source: compile it under a stable name that debuggers and tracebacks can read."""

from __future__ import annotations

import hashlib
import linecache
from typing import Any


def load(text: str, name: str, namespace: dict[str, Any], label: str) -> Any:
    """The function `name` that `text` defines, in a namespace of exactly what the text names.

    `label` says in file names what the text is of: "model.loss".
    """
    space = {"__name__": f"srcgrad.generated.{name}", **namespace}
    exec(compile(text, registered(text, label), "exec"), space)
    return space[name]


def registered(text: str, label: str) -> str:
    """The name of a file that debuggers and tracebacks find the text under."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:6]
    filename = f"<srcgrad {label} {digest}>"
    # None as the time keeps linecache.checkcache() from dropping the entry
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return filename

"""Generated source as a file that runs on its own."""

from __future__ import annotations

import ast
import inspect

from srcgrad import runtime


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

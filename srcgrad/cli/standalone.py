"""Generated source as a file that runs on its own."""

from __future__ import annotations

import ast
import inspect

from srcgrad import runtime, special

HOMES = (runtime, special)


def standalone(source: str) -> str:
    """The source with the helpers that it imports from srcgrad written out."""
    prefixes = tuple(f"from {home.__name__} import " for home in HOMES)
    lines = source.splitlines()
    wanted = [line.split(" import ")[1] for line in lines if line.startswith(prefixes)]
    if not wanted:
        return source
    names = [name.partition(" as ")[::2] for name in wanted]
    other = [line for line in lines if not line.startswith(prefixes)]
    imports = {line for line in other if line.startswith(("import ", "from "))}
    body = "\n".join(line for line in other if line not in imports).strip("\n")
    imports |= {"import numpy as np", "from typing import Any"}
    helpers = [h for home in HOMES for h in _helpers(inspect.getsource(home), dict(names))]
    aliases = [f"{alias} = {name}" for name, alias in names if alias]
    return "\n\n\n".join(["\n".join(sorted(imports)), *helpers, *aliases, body]) + "\n"


def _helpers(text: str, names: dict[str, str]) -> list[str]:
    """The source of some functions of a module, and of those of it that they call."""
    found = {n.name: n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    waiting = [name for name in names if name in found]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        called = {n.id for n in ast.walk(found[name]) if isinstance(n, ast.Name)} & set(found)
        waiting.extend(called - needed)
    return [ast.get_source_segment(text, found[n]) or "" for n in found if n in needed]

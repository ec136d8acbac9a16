"""What generated code takes from outside, and the imports that bring it in."""

from __future__ import annotations

import sys
from typing import Any


class Imports:
    """The names of what generated code takes from outside, and the imports that bring it in."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.namespace: dict[str, Any] = {}
        self.lines: list[str] = []

    def module(self, module: Any, alias: str) -> str:
        full = module.__name__
        chosen = self._claim(alias if alias not in self.taken else full, module)
        line = f"import {full}" if chosen == full else f"import {full} as {chosen}"
        return self._import(line, chosen)

    def object(self, value: Any) -> str:
        """A function or class by name, imported from where it lives if it can be."""
        wanted = getattr(value, "__name__", type(value).__name__)
        wanted = wanted if wanted.isidentifier() else "function"
        home = getattr(value, "__module__", None)
        chosen = self._claim(wanted, value)
        module = sys.modules.get(home or "")
        if home == "builtins" or module is None or getattr(module, wanted, None) is not value:
            return chosen
        alias = "" if chosen == wanted else f" as {chosen}"
        return self._import(f"from {home} import {wanted}{alias}", chosen)

    def _claim(self, wanted: str, value: Any) -> str:
        chosen = wanted
        while chosen in self.taken or self.namespace.get(chosen, value) is not value:
            chosen += "_"
        self.namespace[chosen] = value
        return chosen

    def _import(self, line: str, chosen: str) -> str:
        if line not in self.lines:
            self.lines.append(line)
        return chosen

"""What functions read from outside: globals, closure cells, attributes of modules, defaults."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.analysis.guards import CALLABLES, Guards
from srcgrad.analysis.values import (
    Value,
)
from srcgrad.ir import Const, Var
from srcgrad.kinds import (
    Static,
)


@dataclass(eq=False)
class Implicit:
    """Data read from a global, a closure or a default: `fetch` with the holder put in reads it."""

    name: str
    holder: Any
    fetch: str
    var: Var


class Externals:
    """What functions read from outside: data as implicit arguments, the rest as identity guards."""

    outer: Externals | None = None

    def __init__(self, guards: Guards, taken: set[str], wrt: tuple[str, ...] = ()) -> None:
        self.guards = guards
        self.taken = taken
        self.wrt = wrt
        self.wrt_outside = not set(wrt) <= taken
        self.implicits: dict[tuple[int, str], Implicit] = {}

    def holder(self, value: Any) -> str:
        """The name by which guards know a module's globals, a closure cell or a module."""
        for name, known in self.guards.namespace.items():
            if known is value:
                return name
        name = f"_h{len(self.guards.namespace)}"
        self.guards.namespace[name] = value
        return name

    def value(self, name: str, holder: Any, fetch: str, current: Any) -> Value:
        """What an outside name stands for: a function itself, data as an implicit argument."""
        where = fetch.format(self.holder(holder))
        known = callable(current) and not isinstance(current, np.generic)
        if isinstance(current, CALLABLES) or (known and name not in self.wrt):
            if not is_trusted(holder):
                self.guards.add(f"{where} is {self.guards.name(current)}")
            return Const(current)
        var = self._known(name, holder, fetch, current).var
        return Const(var.kind.value) if isinstance(var.kind, Static) else var

    def data(self, name: str, current: Any) -> Var:
        """An object from outside as data, although it can be called."""
        return self._known(name, current, "{}", current).var

    def reads_wrt(self) -> bool:
        """Whether outside data is differentiated, which any function might read."""
        return self.wrt_outside or (self.outer is not None and self.outer.reads_wrt())

    def nested(self, taken: set[str], wrt: tuple[str, ...]) -> Externals:
        """For a function compiled by itself that is then called: what it reads, this one reads."""
        inner = Externals(self.guards, taken, wrt)
        inner.outer = self
        return inner

    def _known(self, name: str, holder: Any, fetch: str, current: Any) -> Implicit:
        key = (id(holder), fetch)
        if key not in self.implicits:
            self.implicits[key] = self._implicit(name, holder, fetch, current)
        return self.implicits[key]

    def _implicit(self, name: str, holder: Any, fetch: str, current: Any) -> Implicit:
        unique = self._unique(name)
        if self.outer is not None:
            kind = self.outer._known(name, holder, fetch, current).var.kind
            return Implicit(name, holder, fetch, Var(unique, kind))
        if name in self.wrt and type(current) is int:
            current, fetch = float(current), f"float({fetch})"
        look = self.guards.opened if name in self.wrt else self.guards.kind_of
        return Implicit(name, holder, fetch, Var(unique, look(current, unique)))

    def _unique(self, name: str) -> str:
        unique = name.lstrip("_") or "data"  # names with an underscore are the guard's
        while unique in self.taken:
            unique += "_"
        self.taken.add(unique)
        return unique


def is_trusted(holder: Any) -> bool:
    """Modules, and classes of them, whose functions nobody replaces."""
    if isinstance(holder, dict):
        return str(holder.get("__name__", "")).startswith(("srcgrad.rules", "srcgrad.prelude"))
    attribute = "__name__" if isinstance(holder, types.ModuleType) else "__module__"
    name = str(getattr(holder, attribute, ""))
    return name.split(".")[0] in ("numpy", "math", "operator", "builtins", "itertools")

"""How statements end: which jumps leave them, and whether they fall through."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import gast

from srcgrad.frontend.names import own_nodes

# Statements of a gast tree, in order; gast has no types.
Statements = list[Any]
JUMPS = (gast.Return, gast.Break, gast.Continue)
REGIONS = (gast.With, gast.Try)
LOOPS = (gast.For, gast.AsyncFor, gast.While)
SCOPES = (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)


@dataclass(frozen=True)
class Exits:
    """First jump of each type, types of jumps in opaque statements; whether it falls through."""

    jumps: dict[type, Any] = field(default_factory=dict)
    opaque: frozenset[type] = frozenset()
    falls: bool = True

    def join(self, other: Exits, falls: bool) -> Exits:
        return Exits({**other.jumps, **self.jumps}, self.opaque | other.opaque, falls)

    def made_opaque(self) -> Exits:
        return Exits({}, self.opaque.union(self.jumps), self.falls)


class Flow:
    """The exits of statements, each worked out once."""

    def __init__(self) -> None:
        self.of: Callable[[Any], Exits] = functools.cache(self._work_out)

    def block(self, statements: Statements) -> Exits:
        exits = Exits()
        for statement in statements:
            after = self.of(statement)
            exits = exits.join(after, after.falls)
            if not exits.falls:
                break
        return exits

    def is_opaque(self, statement: Any) -> bool:
        """Whether the statement has to stay exactly as it is."""
        if isinstance(statement, LOOPS):
            return bool(statement.orelse) and gast.Break in self.block(statement.body).opaque
        return not isinstance(statement, gast.If) and bool(self.of(statement).opaque)

    def _work_out(self, statement: Any) -> Exits:
        if isinstance(statement, JUMPS):
            return Exits({type(statement): statement}, falls=False)
        if isinstance(statement, (gast.Raise, *SCOPES)):
            return Exits(falls=not isinstance(statement, gast.Raise))
        if isinstance(statement, LOOPS):
            return self._loop(statement)
        if isinstance(statement, gast.With):
            return self.block(statement.body)
        if isinstance(statement, gast.Try) and not self.block(statement.finalbody).jumps:
            return self._try(statement)
        clauses = (*getattr(statement, "handlers", ()), *getattr(statement, "cases", ()))
        names = ("body", "orelse", "finalbody")
        inner = [self.block(getattr(p, name, [])) for p in (statement, *clauses) for name in names]
        if isinstance(statement, gast.If):
            body, orelse, _ = inner
            return body.join(orelse, body.falls or orelse.falls)
        # A handler or a context manager may swallow what leaves it, so these can fall through.
        return Exits(opaque=frozenset().union(*(exits.made_opaque().opaque for exits in inner)))

    def _try(self, statement: Any) -> Exits:
        exits = self.block([*statement.body, *statement.orelse])
        for handler in statement.handlers:
            other = self.block(handler.body)
            exits = exits.join(other, exits.falls or other.falls)
        return exits

    def _loop(self, loop: Any) -> Exits:
        body = self.block(loop.body)
        orelse = Exits(falls=False) if is_endless(loop) else self.block(loop.orelse)
        returns = {kind: node for kind, node in body.jumps.items() if kind is gast.Return}
        stops = gast.Break in body.made_opaque().opaque
        exits = Exits(returns, body.opaque & {gast.Return}).join(orelse, stops or orelse.falls)
        return exits.made_opaque() if self.is_opaque(loop) else exits


def is_endless(loop: Any) -> bool:
    """Whether only jumps end the loop, as in `while True`."""
    endless = isinstance(loop, gast.While) and isinstance(loop.test, gast.Constant)
    return endless and bool(loop.test.value)


def returned_by_loops(function: Any) -> Any | None:
    """The names that every `return` in a loop returns, which can be read where it is taken.

    None if they differ, or have to be computed, or something runs on the way out.
    """
    inside = [n for s in function.body for n in own_nodes(s)]
    if any(isinstance(n, REGIONS) for n in inside):
        return None
    loops = (own_nodes(n) for n in inside if isinstance(n, LOOPS))
    values = [n.value for loop in loops for n in loop if isinstance(n, gast.Return)]
    if len({gast.dump(v) if v else "" for v in values}) != 1:
        return None
    parts = values[0].elts if isinstance(values[0], gast.Tuple) else [values[0]]
    return values[0] if all(isinstance(p, gast.Name) for p in parts) else None

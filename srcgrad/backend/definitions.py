"""Functions inside generated functions: which names they share with the one around them."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad import ir
from srcgrad.ir import Block, Var
from srcgrad.walk import defined, statements


def defined_outside(body: Block) -> set[Var]:
    """The variables of a function that are not defined in a function inside it."""
    inside = {v for s in statements(body) if isinstance(s, ir.Define) for v in defined(s.body)}
    params = {p for s in statements(body) if isinstance(s, ir.Define) for p in s.params}
    return defined(body) - inside - params


def read_before(body: list[Any]) -> set[str]:
    """The names that statements assign, but may read before."""
    found: set[str] = set()
    assigned: set[str] = set()
    for s in body:
        plain = isinstance(s, gast.Assign)
        names = [n for n in gast.walk(s) if isinstance(n, gast.Name)]
        loads = {n.id for n in names if isinstance(n.ctx, gast.Load)}
        own = _stored([s])
        target = _stored([s.target]) if isinstance(s, gast.For) else set()
        found |= (loads & own if plain else own - target) - assigned
        assigned |= own if plain else set()
        found |= loads - assigned - own
    return found & _stored(body)


def _stored(body: list[Any]) -> set[str]:
    """The names that statements assign."""
    nodes = (n for s in body for n in gast.walk(s))
    return {n.id for n in nodes if isinstance(n, gast.Name) and isinstance(n.ctx, gast.Store)}

"""Raise flat stretches, which marks begin and end, to `with` and `try` statements."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad import ir


class Regions:
    """Collects the statements of a block, those of a stretch in the statement around it."""

    def __init__(self, nodes: list[Any]) -> None:
        self.bodies = [nodes]
        self.open: list[Any] = []

    def add(self, made: list[Any], s: ir.Stmt) -> None:
        """Append statements where they belong; an Enter begins a stretch, a Rescue ends one."""
        if isinstance(s, ir.Rescue):
            self._fill()
            self.open.pop().handlers = made
            return
        self.bodies[-1] += made
        if isinstance(s, ir.Bind) and isinstance(s.op, ir.Enter):
            self._begin(made[0])

    def mark(self, op: ir.Region | ir.Leave) -> Any:
        """Begin or end a stretch; the statement that begins, if one does."""
        if isinstance(op, ir.Leave):
            self._fill()
            self.open.pop()
            return None
        if op.keyword == "finally":
            self._fill()
            self.bodies.append(self.open[-1].finalbody)
            return None
        node = gast.Try([], [], [], [])
        self.bodies[-1].append(node)
        self._begin(node)
        return node

    def _begin(self, node: Any) -> None:
        self.open.append(node)
        self.bodies.append(node.body)

    def _fill(self) -> None:
        """Close the innermost body, which may not be empty."""
        body = self.bodies.pop()
        if not body:
            body.append(gast.Pass())

"""Lower `with` and `try`: stretches of statements, and ways around them."""

from __future__ import annotations

from typing import Any

import gast

from srcgrad import ir
from srcgrad.frontend.comprehensions import ComprehensionLowerer
from srcgrad.frontend.flow import Flow
from srcgrad.frontend.names import assigned_names
from srcgrad.ir import Atom, Block, Const, Effect, Var


class RegionLowerer(ComprehensionLowerer):
    """The part of the lowerer that knows `with` and `try`."""

    def block(self, body: list[Any]) -> Block:
        """Lower statements into a block of their own."""
        raise NotImplementedError

    def _join(
        self, then: Block, a: dict[str, Atom], orelse: Block, b: dict[str, Atom]
    ) -> tuple[Var, ...]:
        """Give every name that two ways disagree on a new value after them."""
        raise NotImplementedError

    def stmt_With(self, node: Any) -> None:
        """Statements between an Enter and a Leave; they are in the block around."""
        for item in node.items:
            value = self.bind(ir.Enter(), self.expr(item.context_expr), node=item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value)
        self._statements(node.body)
        for _ in node.items:
            self._mark(ir.Leave())

    def _statements(self, body: list[Any]) -> None:
        for statement in body:
            self.statement(statement)
            if self.always_raises():
                break

    def _mark(self, op: Any) -> None:
        if not self.always_raises():
            self.stmts.append(Effect(op, (), origin=self.origin))

    def _check_final(self, body: list[Any]) -> None:
        """Refuse jumps out of `finally`, which end the exception that may be on its way."""
        exits = Flow().block(body)
        for kind in (*exits.jumps, *exits.opaque):
            raise self.refuse(
                exits.jumps.get(kind, body[0]),
                f"{kind.__name__.lower()} in finally",
                "leave the function behind the try",
                why="it ends an exception or another return that is on its way",
            )

    def stmt_Try(self, node: Any) -> None:
        """One handler, or `finally`: what else there is was brought into this form before."""
        if node.finalbody:
            self._check_final(node.finalbody)
            self._mark(ir.Region("try"))
            self._statements(node.body)
            self._mark(ir.Region("finally"))
            self._statements(node.finalbody)
            self._mark(ir.Leave())
            return
        (handler,) = node.handlers
        catches, before = self.expr(handler.type), dict(self.env)
        body = self.block(node.body)
        after, self.env = self.env, _poisoned(before, node.body)
        caught = Var(handler.name.id if handler.name else None)
        if handler.name:
            self.env[handler.name.id] = caught
        rescue = self.block(handler.body)
        if rescue.raises and not body.raises:
            self.env = after
            self.stmts += [Effect(ir.Region("try"), (), origin=self.origin), *body.stmts]
            self.stmts.append(ir.Rescue(rescue, catches, caught, origin=self.origin))
            return
        made = ir.Try(Var(), body, rescue, (), catches, caught, origin=self.origin)
        if body.raises or rescue.raises:
            names = sorted(self.env)
            rescue.results = tuple(self.env[n] for n in names) if not rescue.raises else ()
            made.targets = tuple(Var(None if n.startswith("<") else n) for n in names)
            self.env |= dict(zip(names, made.targets, strict=True))
        else:
            made.targets = self._join(body, after, rescue, self.env)
        self.stmts.append(made)


def _poisoned(env: dict[str, Atom], body: list[Any]) -> dict[str, Atom]:
    """What names are where a block may have raised anywhere.

    A name that only the last statement assigns is as it was: nothing raises after that.
    """
    body = list(body)
    while body and _is_harmless(body[-1]):
        body.pop()
    unsure = assigned_names(body[:-1])
    if body and not isinstance(body[-1], gast.Assign | gast.AugAssign | gast.AnnAssign):
        unsure = assigned_names(body)
    return env | {n: Const(ir.Poison(n)) for n in unsure}


def _is_harmless(node: Any) -> bool:
    """Whether a statement surely raises nothing: a constant gets a name."""
    return isinstance(node, gast.Pass) or (
        isinstance(node, gast.Assign)
        and isinstance(node.value, gast.Constant)
        and all(isinstance(t, gast.Name) for t in node.targets)
    )

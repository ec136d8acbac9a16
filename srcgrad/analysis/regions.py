"""Specialise `with` and `try`: stretches of statements that something is to happen around."""

from __future__ import annotations

import contextlib
from functools import cached_property
from typing import Any

from srcgrad import ir
from srcgrad.analysis.branches import BranchSpecialiser
from srcgrad.analysis.memory import Lost
from srcgrad.analysis.values import Partial, Value, kind_of_value
from srcgrad.errors import UnsupportedError
from srcgrad.frontend.plain import may_swallow
from srcgrad.ir import Block, Const, Effect, Raise, Rescue, Try, Var
from srcgrad.kinds import BOOL, UNKNOWN, Num, Object, Opaque
from srcgrad.walk import substitute


class RegionSpecialiser(BranchSpecialiser):
    """The part of the specialiser that enters and leaves."""

    @cached_property
    def entered(self) -> list[Value | None]:
        """What has to be called on leaving each stretch, None where the generated code does it."""
        return []

    def enter(self, manager: Value) -> Value:
        """What `with manager as x` gives x."""
        kind = kind_of_value(manager)
        if isinstance(kind, Object) and kind.cls is contextlib.nullcontext:
            self.entered.append(Partial(Const(_nothing), (), ()))
            return self.attribute(manager, "enter_result")
        entry = self._special_method(manager, "__enter__")
        exit_ = self._special_method(manager, "__exit__")
        if entry is not None and isinstance(exit_, Partial):
            _check_lets_through(exit_.function)
            self.entered.append(exit_)
            return self.call(entry, [], ())
        self.entered.append(None)
        return self.builder.bind(ir.Enter(), (self.atom(manager),), UNKNOWN)

    def leave(self, op: Any) -> None:
        """The end of a stretch, or the beginning of one of `try`."""
        if isinstance(op, ir.Region):
            if op.keyword == "try":
                self.entered.append(None)
            self.builder.stmts.append(Effect(op, (), origin=self.builder.origin))
            return
        exit_ = self.entered.pop()
        if exit_ is not None:
            self.call(exit_, [Const(None)] * 3, ())
        else:
            self.builder.stmts.append(Effect(op, (), origin=self.builder.origin))

    def _caught(self, catches: Any, hint: str | None) -> Var:
        one = isinstance(catches, Const) and isinstance(catches.value, type)
        made = Var(hint, Opaque(catches.value if one else None))
        self.caught.add(made)
        return made

    def _rescue(self, s: Rescue) -> None:
        """A handler that always raises, behind the stretch that it guards."""
        self.entered.pop()
        catches = self.atom(self.value(s.catches))
        caught = self._caught(catches, s.caught.hint)
        before = dict(self.memory.state)
        handler, _ = self.sub(s.handler, dict(self.env) | {s.caught: caught})
        self.memory.state = before
        self.builder.stmts.append(Rescue(handler, catches, caught, origin=s.origin))

    def _flat(self, s: Try, body: Block, handler: Rescue) -> None:
        """A body whose handler raises: what follows is behind it as if there were no try."""
        begin = Effect(ir.Region("try"), (), origin=s.origin)
        self.builder.stmts += [begin, *body.stmts, handler]

    def _always_caught(self, s: Try, handler: Block) -> None:
        """A body that always raises: what its handler does simply follows."""
        kept = Var(s.caught.hint, s.caught.kind)
        s.orelse, s.targets = Block([], (s.caught,)), (kept,)
        substitute(handler, {s.caught: kept})
        self.caught.add(kept)
        self.builder.stmts += [s, *handler.stmts]

    def _try(self, s: Try) -> None:
        """Both ways, the second one from what is certain where an exception was raised."""
        catches = self.atom(self.value(s.catches))
        before, mark = self.memory.state, self.memory.mark()
        outer, self.memory.written = self.memory.written, set()
        self.memory.state = dict(before)
        self.trying += 1
        then, a = self.sub(s.then, dict(self.env))
        self.trying -= 1
        first = self.memory.state
        lost = {c: Lost() for c in self.memory.written if c.serial < mark}
        self.memory.written |= outer
        self.memory.state = dict(before) | lost
        caught = self._caught(catches, s.caught.hint)
        orelse, b = self.sub(s.orelse, dict(self.env) | {s.caught: caught})
        second, self.memory.state = self.memory.state, before
        if orelse.raises and not then.raises:
            self._flat(s, then, Rescue(orelse, catches, caught, origin=s.origin))
            self.memory.state = first
            self.env.update(zip(s.targets, a, strict=False))
            return
        done = Var("done", Num(BOOL, (), weak=True))
        if then.raises and not orelse.raises:
            made = Try(done, then, Block(), (), catches, caught, origin=s.origin)
            self._always_caught(made, orelse)
            self.memory.state = second
            self.env.update(zip(s.targets, b, strict=False))
            return
        statement = Try(done, then, orelse, (), catches, caught, origin=s.origin)
        values = self._merge(statement, a, b, s.targets, (first, second), mark)
        self.builder.stmts.append(statement)
        if then.raises and orelse.raises:
            self.builder.stmts.append(Raise(None))
        self.env.update(zip(s.targets, values, strict=False))


def _check_lets_through(function: Value) -> None:
    """Refuse a context manager that may swallow exceptions: what follows would miss values."""
    assert isinstance(function, Const)
    if not may_swallow(function.value):
        return
    raise UnsupportedError(
        "a context manager whose __exit__ may swallow exceptions",
        why="the block may end anywhere, and what follows it goes on",
        fix="use try and except, or let __exit__ return None",
    )


def _nothing(*error: object) -> None:
    """What leaving a null context does."""

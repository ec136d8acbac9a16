"""Generators: they run when someone walks through them, all at once.

That gives what Python gives, which runs them step by step, as long as neither they nor whoever
walks can tell the difference; where one might, they are refused.
"""

from __future__ import annotations

from typing import Any

from srcgrad import ir
from srcgrad.analysis.effects import is_harmless, is_opaque
from srcgrad.analysis.inline import Stepped, which
from srcgrad.analysis.library import LibraryCaller, with_effects
from srcgrad.analysis.values import Pack, Value, is_user_function
from srcgrad.errors import NotKnownError, RecursionFoundError, UnsupportedError
from srcgrad.ir import Bind, Block, Effect, Stmt
from srcgrad.walk import statements


class GeneratorCaller(LibraryCaller):
    """The part of the specialiser that runs generators."""

    def _computed(self, call: Any, iterator: Pack, keywords: tuple[str, ...], early: bool) -> Value:
        if not isinstance(call, Stepped):
            return super()._computed(call, iterator, keywords, early)
        if which(call.lowered) in self.recursive:
            raise _refused("calls itself", "what is yielded where is known only when running")
        if early and call.lowered.endless:
            raise _refused(
                "has a while in it, and is not walked to its end", "it might go on for ever"
            )
        start = dict(self.memory.state), len(self.builder.stmts)
        try:
            return self._stepped(call, iterator.values, early)
        except (NotKnownError, RecursionFoundError):
            raise
        except UnsupportedError as error:
            if not is_user_function(call.function) or not call.by_name:
                raise
            args = list(iterator.values)
            return self.left_if_data(call.function, args, call.names, start, error)

    def _stepped(self, call: Stepped, values: tuple[Value, ...], early: bool) -> Value:
        """The list of what a generator yields."""
        count, mark, before = len(self.builder.stmts), self.memory.mark(), dict(self.memory.state)
        nested, self.itself[:] = list(self.itself), call.itself
        with self.memory.reading() as read, self.memory.giving():
            bound = dict(zip(call.names, values, strict=True))
            found = self.run_here(call.function, call.lowered, bound)
            changed = self.memory.given_changed
        self.itself[:] = nested
        self.computed |= read
        stored = self._stored(before, mark)
        if early and stored:
            raise with_effects(call.lowered.name)
        self.stepwise |= stored
        if any(map(_has_effects, statements(Block(self.builder.stmts[count:])))):
            raise _refused("does more than compute", "others run between its steps")
        if changed:
            raise _refused("changes what it yields", "what it yields is seen at different times")
        return found


def _has_effects(s: Stmt) -> bool:
    """Whether a statement may do something that others can tell."""
    if isinstance(s, Effect):
        return not (isinstance(s.op, ir.Region | ir.Leave) or is_harmless(s.op))
    return isinstance(s, Bind) and is_opaque(s.op) and not is_harmless(s.op)


def _refused(what: str, why: str) -> UnsupportedError:
    return UnsupportedError(
        f"a generator that {what}", why=why, fix="return the values in a list or an array"
    )

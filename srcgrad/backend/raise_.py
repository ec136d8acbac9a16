"""Raise IR to gast: statements a person would write, each group under the line it belongs to."""

from __future__ import annotations

import textwrap
from typing import Any

import gast

from srcgrad import ir
from srcgrad.backend.expressions import (
    STORE,
    constant,
    name,
    negated,
)
from srcgrad.backend.imports import Imports
from srcgrad.backend.statements import StatementRaiser
from srcgrad.backend.taking import is_index, unpacked_together
from srcgrad.ir import Bind, Block, Function, If, Loop, Source, Var
from srcgrad.walk import read, statements


def raise_function(
    function: Function, comment: str = "", imports: Imports | None = None
) -> tuple[Any, Imports]:
    """A function definition in gast, and its imports; `comment` goes to its first line.

    The node's `variables` say for the names in it which variable each one stands for.
    """
    raiser = Raiser(function, imports)
    node = raiser.function(function)
    node.variables = raiser.names.variables()
    room = 100 - len(f"def {node.name}():") - sum(len(a.id) + 2 for a in node.args.args)
    if comment and len(comment) + 2 <= room:
        node.trailing = comment
    elif comment:
        node.comments = textwrap.wrap(comment, 96, break_on_hyphens=False)
    return node, raiser.expressions.imports


class Raiser(StatementRaiser):
    """Writes the statements of one function, loops included."""

    def _loop(self, s: Loop) -> list[Any]:
        before = [*self._unset(s), *self.copies(zip(s.targets, s.inits, strict=True))]
        body = self._loop_body(s)
        if s.source is None:
            return [*before, self._while(s, body)]
        target = self._loop_target(s.source, s.body)
        return [
            *before,
            gast.For(target, self._iterable(s.source), body or [gast.Pass()], [], None),
        ]

    def _unset(self, s: Loop) -> list[Any]:
        """None for a variable that the first pass reads, if only to tape it, unassigned."""
        copied = {p for p in s.params if p in self.names.live.reads}
        unset = [
            t
            for p, t, i in zip(s.params, s.targets, s.inits, strict=True)
            if p in copied and i is ir.UNDEFINED
        ]
        return [gast.Assign([self._target(t)], constant(None), None) for t in unset]

    def _loop_body(self, s: Loop) -> list[Any]:
        entry = self.copies(self.names.entry_copies.get(s, ()))
        exit_copies = self.copies(zip(s.targets, s.body.results, strict=True))
        if s.source is not None:
            self._skip_unpacked(s.source, s.body)
        last = s.body.stmts[-1] if s.body.stmts else None
        if (
            s.stop is not None
            and not exit_copies
            and isinstance(last, If)
            and not isinstance(last, ir.Try)
            and s.stop in last.targets
        ):
            return [*entry, *self.block(Block(s.body.stmts[:-1])), *self._if(last, s.stop)]
        stop = [] if s.stop is None else self._leave(s.stop)
        return [*entry, *self.block(s.body, exit_copies), *stop]

    def _while(self, s: Loop, body: list[Any]) -> Any:
        assert s.test is not None
        prelude = self.block(s.test)
        test = self.expr(s.test.results[0])
        if not prelude:
            return gast.While(test, body or [gast.Pass()], [])
        leave = gast.If(negated(test), [gast.Break()], [])
        return gast.While(constant(True), [*prelude, leave, *body], [])

    def _loop_target(self, source: Source, body: Block) -> Any:
        if source.op is enumerate and isinstance(source.args[-1], Source):
            return gast.Tuple([self._loop_target(a, body) for a in source.args], STORE)
        if source.op is zip:
            return gast.Tuple([self._loop_target(a, body) for a in source.args], STORE)
        if source.op is reversed:
            return self._loop_target(source.args[0], body)
        assert source.item is not None
        unpacked = self._unpacked_items(source.item, body)
        if unpacked:
            return self._tuple_target(unpacked)
        return self._target(source.item) if source.item in self.read else name("_", STORE)

    def _unpacked_items(self, item: Var, body: Block) -> list[Bind]:
        """The statements that unpack a loop's item, if it is used for nothing else."""
        uses = [s for s in statements(body) if isinstance(s, Bind) and item in s.args]
        front = [s for s in body.stmts if isinstance(s, Bind)][: len(uses)]
        binds = unpacked_together([s for s in front if s.args and s.args[0] is item], self.plan)
        total = sum(1 for v in read(body) if v is item)
        return binds if binds and len(binds) == len(uses) == total else []

    def _skip_unpacked(self, source: Source, body: Block) -> None:
        for leaf in source.leaves():
            if leaf.item is not None:
                self.skipped.update(self._unpacked_items(leaf.item, body))

    def _iterable(self, source: Source) -> Any:
        if source.op is enumerate:
            count, inner = source.args
            start = [] if is_index(count.args[0], 0) else [self.expr(count.args[0])]
            return gast.Call(name("enumerate"), [self._iterable(inner), *start], [])
        args = [self._iterable(a) if isinstance(a, Source) else self.expr(a) for a in source.args]
        if source.op is iter:
            return args[0]
        if source.op is range:
            return gast.Call(name("range"), _short_range(source.args, args), [])
        return gast.Call(name(source.op.__name__), args, [])


def _short_range(atoms: tuple[Any, ...], args: list[Any]) -> list[Any]:
    if len(args) == 3 and is_index(atoms[2], 1):
        args = args[:2]
    if len(args) == 2 and is_index(atoms[0], 0):
        args = args[1:]
    return args

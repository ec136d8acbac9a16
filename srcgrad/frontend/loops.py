"""Lower loops: what they run over, what they carry, and how they stop."""

from __future__ import annotations

import sys
from typing import Any

import gast

from srcgrad import ir
from srcgrad.errors import UnsupportedError
from srcgrad.frontend.expressions import ExpressionLowerer
from srcgrad.frontend.names import assigned_names
from srcgrad.frontend.source import resolve
from srcgrad.ir import Atom, Block, Const, Loop, Source, Var

ITERATION = {range: 3, zip: sys.maxsize, enumerate: 2, reversed: 1}  # with the most arguments
STOP = "<stop>"  # whether this pass of the loop is the last


class LoopLowerer(ExpressionLowerer):
    """The part of the lowerer that knows loops."""

    def statement(self, node: Any) -> None:
        """Lower one statement."""
        raise NotImplementedError

    def assign(self, target: Any, value: Atom) -> None:
        """Assign a value to a target."""
        raise NotImplementedError

    def always_raises(self) -> bool:
        """Whether the current block ends in a raise."""
        raise NotImplementedError

    def stmt_While(self, node: Any) -> None:
        if any(isinstance(n, gast.NamedExpr) for n in gast.walk(node.test)):
            leave = gast.copy_location(gast.Break(), node)
            node = _while_true(node, leave)
        self._loop(node, None, lambda: None)

    def stmt_For(self, node: Any) -> None:
        source, assign_items = self._source(node.iter, node.target)
        self._loop(node, source, assign_items)

    def _loop(self, node: Any, source: Source | None, assign_items: Any) -> None:
        names = sorted(assigned_names([node]))
        params = tuple(Var(n) for n in names)
        inits = tuple(self.env.get(n, ir.UNDEFINED) for n in names)
        before, outer_stop = dict(self.env), self.env.get(STOP)
        self.env |= dict(zip(names, params, strict=True)) | {STOP: Const(False)}
        test = None if source else self._test(node.test)
        body = self._in_block(lambda: self._one_pass(assign_items, node.body))
        body.results = tuple(self.env.get(n, ir.UNDEFINED) for n in names)
        stop = self.env[STOP]
        targets = tuple(Var(n) for n in names)
        loop = Loop(source, params, inits, body, targets, test, stop, origin=self.origin)
        self.stmts.append(loop)
        self.env = before | dict(zip(names, targets, strict=True))
        if outer_stop is not None:
            self.env[STOP] = outer_stop

    def _one_pass(self, assign_items: Any, body: list[Any]) -> None:
        assign_items()
        self._inline(body)

    def _inline(self, body: list[Any]) -> None:
        for statement in body:
            self.statement(statement)
            if self.always_raises():
                break

    def _in_block(self, lower: Any) -> Block:
        outer, self.stmts = self.stmts, []
        lower()
        block = Block(self.stmts, raises=self.always_raises())
        self.stmts = outer
        return block

    def _test(self, node: Any) -> Block:
        outer, self.stmts = self.stmts, []
        value = self.expr(node)
        block = Block(self.stmts, (value,))
        self.stmts = outer
        return block

    def _source(self, node: Any, target: Any) -> tuple[Source, Any]:
        """What a `for` runs over, and the action that binds its targets at the start of a pass."""
        op = self._iteration_builtin(node)
        node.passed_on = True
        if op in (zip, enumerate) and not _unpacks(
            target, 2 if op is enumerate else len(node.args)
        ):
            op = None
        if op is None:
            return self._leaf(iter, (self.expr(node),), target)
        if op is range:
            return self._leaf(range, tuple(self.expr(a) for a in node.args), target)
        if op is reversed:
            inner, assign = self._source(node.args[0], target)
            return Source(reversed, (inner,)), assign
        if op is enumerate:
            return self._enumerate(node, target)
        pairs = [self._source(a, t) for a, t in zip(node.args, target.elts, strict=True)]
        return Source(zip, tuple(s for s, _ in pairs)), lambda: [a() for _, a in pairs]

    def _enumerate(self, node: Any, target: Any) -> tuple[Source, Any]:
        start = [*node.args[1:], *(k.value for k in node.keywords)]
        offset = self.expr(start[0]) if start else Const(0)
        count, assign_count = self._leaf(enumerate, (offset,), target.elts[0])
        inner, assign = self._source(node.args[0], target.elts[1])
        return Source(enumerate, (count, inner)), lambda: (assign_count(), assign())

    def _leaf(self, op: Any, args: tuple[Atom, ...], target: Any) -> tuple[Source, Any]:
        item = Var(target.id if isinstance(target, gast.Name) else None)
        return Source(op, args, item), lambda: self.assign(target, item)

    def lookup(self, name: str) -> Any:
        """The object that a name the function does not define means; None if there is none."""
        try:
            return resolve(self.source.function, name)[1]
        except UnsupportedError:
            return None

    def _iteration_builtin(self, node: Any) -> Any:
        if not (isinstance(node, gast.Call) and isinstance(node.func, gast.Name)):
            return None
        name, args = node.func.id, node.args
        if name in self.local_names or any(isinstance(a, gast.Starred) for a in args):
            return None
        value = self.lookup(name)
        most = next((count for op, count in ITERATION.items() if op is value), 0)
        if not 0 < len(args) <= most:
            return None
        return value if all(_is_allowed(value, args, k) for k in node.keywords) else None


def _is_allowed(function: Any, args: list[Any], keyword: Any) -> bool:
    """Whether a keyword of an iteration builtin changes nothing, or is known."""
    if function is zip and keyword.arg == "strict":
        return isinstance(keyword.value, gast.Constant) and keyword.value.value is False
    return function is enumerate and keyword.arg == "start" and len(args) == 1


def _unpacks(target: Any, count: int) -> bool:
    if not isinstance(target, gast.Tuple | gast.List) or len(target.elts) != count:
        return False
    return not any(isinstance(e, gast.Starred) for e in target.elts)


def _while_true(node: Any, leave: Any) -> Any:
    """`while test` as `while True: if test: body else: break`, for a test that assigns names."""
    guard = gast.copy_location(gast.If(node.test, node.body, [leave]), node)
    return gast.copy_location(gast.While(gast.Constant(True, None), [guard], []), node)

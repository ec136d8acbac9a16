"""Fold single-use temporaries back into the statements that read them.

The user's own lines come back whole, and a sub-expression keeps a name only if something else
reads it.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass, field

from srcgrad import ir
from srcgrad.analysis.aliases import Writes, is_in_place
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import List, Num
from srcgrad.rules.table import lookup
from srcgrad.transform.tidy import is_pure
from srcgrad.walk import atoms, blocks, loop_ends

OFTEN = 3  # so often an element may be read again by one statement before it gets a name
LARGEST = 14  # operations in one expression, more or less what fits two lines


@dataclass(eq=False)
class _Use:
    """Where a variable is read: the statement, its block and its position in it."""

    stmt: Stmt | None
    block: Block
    index: int


@dataclass(eq=False)
class Plan:
    """Which variables are written inside the statement that reads them, and how they were made."""

    inlined: set[Var] = field(default_factory=set)
    made_by: dict[Var, Bind] = field(default_factory=dict)
    choices: dict[Var, If] = field(default_factory=dict)

    def expand(self, stmt: Stmt) -> list[Var]:
        """The variables a statement reads by name, through what is inlined into it."""
        return [v for a in atoms(stmt) if isinstance(a, Var) for v in self.named(a)]

    def named(self, var: Var) -> list[Var]:
        if var not in self.inlined:
            return [var]
        return [v for a in self.operands(var) if isinstance(a, Var) for v in self.named(a)]

    def operands(self, var: Var) -> tuple[Atom, ...]:
        """What an inlined variable is computed from."""
        if var in self.choices:
            s = self.choices[var]
            return (s.test, *s.then.results, *s.orelse.results)
        return self.made_by[var].args


class Folder:
    """Decides what is inlined."""

    def __init__(self, body: Block) -> None:
        self.plan = Plan()
        self.uses: dict[Var, list[_Use]] = {}
        self.home: dict[Var, tuple[Block, int]] = {}
        self.loop_of: dict[Block, object] = {}
        self.parent: dict[Block, tuple[Block, int]] = {}
        self.size: dict[Var, int] = {}
        self.writes = Writes(body)
        self.rebound: set[Var] = set()
        self.results: set[Var] = set()
        self.choice_home: dict[Var, Block] = {}
        self._index(body, None)

    def run(self, body: Block) -> Plan:
        self._fold(body)
        return self.plan

    def _index(self, block: Block, loop: object) -> None:
        self.loop_of[block] = loop
        for i, s in enumerate(block.stmts):
            for a in (*atoms(s), *loop_ends(s)):
                if isinstance(a, Var):
                    self.uses.setdefault(a, []).append(_Use(s, block, i))
            if isinstance(s, Bind):
                self.home[s.target] = (block, i)
                self.plan.made_by[s.target] = s
            if isinstance(s, If):
                self.choice_home.update((t, block) for t in s.targets)
            if isinstance(s, Loop):
                self.rebound.update(s.params)
                self.rebound.update(s.targets)
            for inner in blocks(s):
                self.parent[inner] = (block, i)
                self._index(inner, s if isinstance(s, Loop | ir.Define) else loop)
        for a in block.results:
            if isinstance(a, Var):
                self.uses.setdefault(a, []).append(_Use(None, block, len(block.stmts)))
                self.results.add(a)

    def _fold(self, block: Block) -> None:
        for s in block.stmts:
            if isinstance(s, If) and self._is_choice(s):
                self._inline_choice(s)
                continue
            if isinstance(s, Bind):
                if self._may_inline(s):
                    self.plan.inlined.add(s.target)
                self.size[s.target] = 1 + sum(
                    self.size.get(a, 1)
                    for a in s.args
                    if isinstance(a, Var) and a in self.plan.inlined
                )
            for inner in blocks(s):
                self._fold(inner)

    def _is_choice(self, s: If) -> bool:
        """Whether a branch is nothing but a conditional expression."""
        if isinstance(s, ir.Try) or len(s.targets) != 1 or s.then.raises or s.orelse.raises:
            return False
        return all(self._is_simple(t) for inner in (s.then, s.orelse) for t in inner.stmts)

    def _is_simple(self, s: Stmt) -> bool:
        if isinstance(s, If):
            return self._is_choice(s) and self._is_read_once(self.uses.get(s.targets[0], []))
        if not isinstance(s, Bind) or is_in_place(s) or not is_pure(s.op) or s.target.hint:
            return False
        return self._is_read_once(self.uses.get(s.target, [])) and not self._reads_unstable(s)

    def _is_read_once(self, uses: list[_Use]) -> bool:
        """Whether a value is read once; `a and b` reads a as its test and as its result."""
        if len(uses) == 2 and isinstance(uses[0].stmt, If) and self._is_choice(uses[0].stmt):
            return uses[1].stmt is None and uses[1].block in blocks(uses[0].stmt)
        return len(uses) == 1

    def _inline_choice(self, s: If) -> None:
        """Write both branches inside the conditional expression, and that where it is read."""
        for inner in (s.then, s.orelse):
            for t in inner.stmts:
                if isinstance(t, If):
                    self._inline_choice(t)
                    self.plan.inlined.add(t.targets[0])
                elif isinstance(t, Bind):
                    self.plan.inlined.add(t.target)
        target = s.targets[0]
        self.plan.choices[target] = s
        uses = self.uses.get(target, [])
        if self._is_read_once(uses) and target.hint is None and self._stays(s, uses[0]):
            self.plan.inlined.add(target)

    def _stays(self, s: If, use: _Use) -> bool:
        """Whether a conditional expression is read where it stands, in the same pass."""
        home = self.choice_home[s.targets[0]]
        if target_is_carried(use):
            return False
        return self.loop_of[use.block] is self.loop_of[home] and not (
            use.stmt is None
            and self.parent.get(use.block) is not None
            and not self._in_choice(use.block)
        )

    def _in_choice(self, block: Block) -> bool:
        outer, index = self.parent[block]
        s = outer.stmts[index]
        return (isinstance(s, If) and self._is_choice(s)) or (
            isinstance(s, Loop) and s.test is block
        )

    def _may_inline(self, s: Bind) -> bool:
        uses = self.uses.get(s.target, [])
        if not uses or self._is_handed_on(s.target, uses) or isinstance(s.op, ir.Enter):
            return False
        if is_structural(s) or self._is_read_here(s, uses):
            return all(self._may_move(s, u) for u in uses)
        if not self._is_read_once(uses) or s.target.hint is not None or is_in_place(s):
            return False
        use = uses[0]
        if not is_pure(s.op):
            home, index = self.home[s.target]
            return (
                use.block is home
                and use.index == index + 1
                and not isinstance(use.stmt, Loop | ir.If)
            )
        if isinstance(use.stmt, Bind) and is_in_place(use.stmt) and use.stmt.args[0] is s.target:
            return False
        if isinstance(use.stmt, Loop) and s.target in use.stmt.inits:
            return False
        return self._fits(s, use) and self._may_move(s, use)

    def _is_read_here(self, s: Bind, uses: list[_Use]) -> bool:
        """Whether an element or slice is read by the statement it belongs to, and not too often."""
        if s.op is not operator.getitem or s.target.hint is not None or len(uses) > OFTEN:
            return False
        if not isinstance(s.args[0], Var) or not isinstance(s.args[0].kind, Num | List):
            return False
        own = _line(s)
        return all(
            isinstance(u.stmt, ir.Push) or (isinstance(u.stmt, Bind) and _line(u.stmt) == own)
            for u in uses
        )

    def _is_handed_on(self, target: Var, uses: list[_Use]) -> bool:
        """Whether a value is one that a branch or a pass hands on, which needs a name."""
        return any(
            u.stmt is None
            and u.block in self.parent
            and not self._is_test(u.block)
            and not self._in_choice(u.block)
            for u in uses
        )

    def _is_test(self, block: Block) -> bool:
        outer, index = self.parent[block]
        s = outer.stmts[index]
        return isinstance(s, Loop) and s.test is block

    def _fits(self, s: Bind, use: _Use) -> bool:
        size = 1 + sum(
            self.size.get(a, 1) for a in s.args if isinstance(a, Var) and a in self.plan.inlined
        )
        return size <= LARGEST

    def _may_move(self, s: Bind, use: _Use) -> bool:
        """Whether an operation may as well run at its use: as often, and on the same values."""
        home, index = self.home[s.target]
        if self._crosses(home, index, use):
            return False
        if self.loop_of[use.block] is not self.loop_of[home]:
            return is_structural(s) and not self._reads_unstable(s)
        return not any(self._is_updated(v, home, index, use) for v in self._unstable(s))

    def _crosses(self, home: Block, index: int, use: _Use) -> bool:
        """Whether an operation and its use are not under the same `with` and `try`."""
        block, last = use.block, use.index
        while block is not home:
            if block not in self.parent:
                return self._is_tried(home)
            if any(map(_is_border, block.stmts[:last])):
                return True
            block, last = self.parent[block]
            if isinstance(block.stmts[last], ir.Try):
                return True
        return any(map(_is_border, home.stmts[index + 1 : last]))

    def _is_tried(self, block: Block) -> bool:
        """Whether a block lies in a `try`."""
        while block in self.parent:
            block, at = self.parent[block]
            if isinstance(block.stmts[at], ir.Try):
                return True
        return False

    def _reads_unstable(self, s: Bind) -> bool:
        return bool(self._unstable(s))

    def _unstable(self, s: Bind) -> list[Var]:
        """What an operation reads that may not be the same a little later."""
        read = [v for a in s.args if isinstance(a, Var) for v in self.plan.named(a)]
        return [
            v for v in read if not is_number(v) and (v in self.rebound or self.writes.reaches(v))
        ]

    def _is_updated(self, v: Var, home: Block, index: int, use: _Use) -> bool:
        """Whether an update between an operation and its use may change what it reads."""
        block, last = use.block, use.index
        while block is not home:
            if block not in self.parent or self._is_changed(v, block.stmts[:last]):
                return True
            block, last = self.parent[block]
        return self._is_changed(v, home.stmts[index + 1 : last])

    def _is_changed(self, v: Var, stmts: Iterable[Stmt]) -> bool:
        for s in stmts:
            if is_in_place(s) and self.writes.changes(s, v):
                return True
            if any(self._is_changed(v, inner.stmts) for inner in blocks(s)):
                return True
        return False


def _is_border(s: Stmt) -> bool:
    """Whether a statement begins or ends what stands under `with` or `try`."""
    if isinstance(s, ir.Rescue):
        return True
    return isinstance(s, Bind | ir.Effect) and isinstance(s.op, ir.Enter | ir.Region | ir.Leave)


def target_is_carried(use: _Use) -> bool:
    """Whether a value is read as what a loop starts from."""
    return isinstance(use.stmt, Loop)


def _line(s: Stmt) -> object:
    """The user's line that a statement belongs to."""
    return None if s.origin is None else (s.origin.location.file, s.origin.line, s.origin.text)


def is_number(v: Var) -> bool:
    """Whether a value is a number, which nothing can update in place."""
    return isinstance(v.kind, Num) and v.kind.is_scalar


def is_structural(s: Bind) -> bool:
    """Operations that are part of how a thing is written, such as slices: never named."""
    if s.target.hint is not None:
        return False
    if s.op is slice or isinstance(s.op, ir.GetAttr):
        return True
    if isinstance(s.op, ir.Display):
        return s.op.cls is tuple
    if s.op in (operator.add, operator.sub) and _is_shift(s):
        return True
    primitive = lookup(s.op)
    if primitive is None:
        return False
    return s.op is len or (primitive.name.startswith(".") and primitive.cheap)


def _is_shift(s: Bind) -> bool:
    """Whether an operation is `i + 1` or the like, which is no work."""
    kind, (a, b) = s.target.kind, s.args
    whole = isinstance(kind, Num) and kind.is_scalar and kind.weak and kind.dtype.kind == "i"
    return whole and isinstance(a, Var) and isinstance(b, Const) and type(b.value) is int

"""Make updates in place safe: a copy wherever something old would be read from where they write.

Everything before this stage means values.  An update in place destroys the value it starts from,
so nothing may read that value, or a view of it, afterwards; and what it writes into must be the
function's own.  Where that does not hold, a copy is made: of the view that is read later, of what
a loop starts from, or of the array itself.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable

import numpy as np

from srcgrad import ir
from srcgrad.analysis.aliases import (
    Aliases,
    Program,
    Site,
    is_after,
    is_apart,
    is_immutable,
    is_in_place,
    makes_fresh,
)
from srcgrad.analysis.builder import normalise
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Stmt, Var
from srcgrad.kinds import List, Num, is_surely_an_array
from srcgrad.rules.table import lookup
from srcgrad.runtime import owned
from srcgrad.walk import statements

ROUNDS = 200
MOST = 80  # sums that are tried in place: what each meets grows with the program


def resolve_conflicts(body: Block) -> None:
    """Insert the copies that make every update in place of a function's body safe."""
    if not any(map(is_in_place, statements(body))):
        return
    for _ in range(ROUNDS):
        if not Conflicts(body).resolve():
            return
    raise AssertionError("copies do not settle")


def update_in_place(body: Block) -> None:
    """Let `x = x + y` write into x where nothing can tell, now or later."""
    tried = {s: (s.op, s.args) for s in statements(body) if isinstance(s, Bind) and _is_sum(s)}
    if len(tried) > MOST:
        return
    for s in tried:
        s.op, s.args = ir.UpdateAt(s.op), (s.args[0], Const(Ellipsis), s.args[1])
    while tried:
        unsafe = Conflicts(body).unsafe(tried)
        if not unsafe:
            return
        for s in unsafe:
            s.op, s.args = tried.pop(s)


def _is_sum(s: Bind) -> bool:
    """Whether a statement makes the next version of a named array by arithmetic."""
    if s.op not in (operator.add, operator.sub, operator.mul, operator.truediv):
        return False
    old, new = s.args[0], s.target
    if not isinstance(old, Var) or old.hint is None or old.hint != new.hint:
        return False
    a, b = old.kind, new.kind
    if not isinstance(a, Num) or not isinstance(b, Num) or a.is_scalar:
        return False
    return a.dims is not None and a.dims == b.dims and a.dtype == b.dtype


class Conflicts:
    """Finds conflicts in one state of a program, and resolves some."""

    def __init__(self, body: Block) -> None:
        self.body = body
        self.program = Program().number(body)
        self.aliases = Aliases(self.program)
        self.copied: set[Var] = set()
        self.at_site: dict[Var, list[Var]] = {}
        for v in self.program.reads:
            for site in self.aliases.deep_sites(v) if v in self.program.defined else ():
                self.at_site.setdefault(site, []).append(v)

    def resolve(self) -> bool:
        """Resolve what can be resolved at once; whether there was anything."""
        found = False
        touched: set[Var] = set()
        for push, site in self.program.pushes:
            found = self._check_push(push, site) or found
        for update, site in self.program.updates:
            sites = self.aliases.sites(update.args[0])
            if not sites & touched and self._check_update(update, site):
                found = True
                touched |= sites
        return found

    def _check_update(self, update: Bind, site: Site) -> bool:
        """Resolve the conflicts of one update, or the first that needs a copy of its base."""
        base = update.args[0]
        if not isinstance(base, Var) or is_immutable(base):
            return False
        if not self._is_own(base):
            self._detach(update, site, None)
            return True
        found = False
        for reader in self._readers(update, site):
            found = True
            if reader not in self.copied and not self._copy_view(reader):
                self._detach(update, site, reader)
                break
        return found

    def unsafe(self, tried: Iterable[Bind]) -> list[Bind]:
        """Those of some updates that would need a copy somewhere."""
        wanted = set(tried)
        return [s for s, site in self.program.updates if s in wanted and self._is_unsafe(s, site)]

    def _is_unsafe(self, update: Bind, site: Site) -> bool:
        base = update.args[0]
        if not isinstance(base, Var) or not self._is_own(base) or self._readers(update, site):
            return True
        sites = self.aliases.sites(base)
        return any(
            not self._is_settled(root, site, where)
            for push, where in self.program.pushes
            for v in push.values
            if not is_immutable(v)
            for root in sites & self.aliases.deep_sites(v)
        )

    # ownership

    def _is_own(self, base: Var) -> bool:
        """Whether all that a base may be was made by the function and belongs to nobody else."""
        seen: set[Var] = set()
        waiting = list(self.aliases.roots(base))
        while waiting:
            root = waiting.pop()
            if root in seen or (isinstance(base.kind, List) and isinstance(root.kind, Num)):
                continue
            seen.add(root)
            made = self.program.made.get(root)
            origins = self.aliases.origins(root)
            if isinstance(made, ir.Pop) or not (origins or self._is_new(made)):
                return False
            waiting += [r for a in origins for r in self.aliases.roots(a)]
        return True

    def _is_new(self, made: Stmt | None) -> bool:
        if not isinstance(made, Bind):
            return False
        return makes_fresh(made.op) or isinstance(made.op, ir.Display) or made.op is list

    # conflicts

    def _readers(self, update: Bind, site: Site) -> list[Var]:
        """The variables with an older content of the base's memory that are read after it."""
        base = update.args[0]
        assert isinstance(base, Var)
        return [
            v
            for v in dict.fromkeys(
                v for r in self.aliases.sites(base) for v in self.at_site.get(r, ())
            )
            if self.program.defined[v].at < site.at
            and not is_apart(v, update)
            and self._is_read_after(v, site)
            and (self.aliases.may_share(v, base) or self._may_hold(v, base))
        ]

    def _may_hold(self, v: Var, base: Var) -> bool:
        """Whether a list may hold an array: one that was not made after it, in the same pass."""
        own = self.program.defined[v]
        born = [self.program.defined.get(s) for s in self.aliases.sites(base)]
        if all(b is not None and b.at > own.at and set(own.loops) <= set(b.loops) for b in born):
            return False
        return any(self.aliases.may_share(one, base) for one in self.aliases.reached(v)[1:])

    def _is_read_after(self, v: Var, site: Site) -> bool:
        home = self.program.defined[v]
        for read in self.program.reads[v]:
            if is_after(read, site):
                return True
            around = [s for s in site.loops if s in read.loops and s not in home.loops]
            if around:
                return True
        return False

    def _check_push(self, push: ir.Push, site: Site) -> bool:
        """Copy what a tape keeps and an update may overwrite before it is taken back."""
        changed = [v for v in push.values if isinstance(v, Var) and self._is_overwritten(v, site)]
        for v in changed:
            copy = Var(v.hint, v.kind)
            where = site.block.stmts.index(push)
            site.block.stmts.insert(where, copy_of(copy, v, push))
            push.values = tuple(copy if a is v else a for a in push.values)
        return bool(changed)

    def _is_overwritten(self, v: Var, site: Site) -> bool:
        if is_immutable(v):
            return False
        roots = self.aliases.deep_sites(v)
        for update, where in self.program.updates:
            if is_apart(v, update):
                continue
            shared = roots & self.aliases.sites(update.args[0])
            if shared and not all(self._is_settled(r, where, site) for r in shared):
                return True
        return False

    def _is_settled(self, root: Var, update: Site, push: Site) -> bool:
        """Whether an array is updated only before it is kept, or made anew in each pass."""
        home = self.program.defined.get(root)
        own = set(home.loops) if home is not None else set()
        return update.at < push.at and set(push.loops) & set(update.loops) <= own

    # copies

    def _copy_view(self, v: Var) -> bool:
        """Keep a view by a copy, if it is one."""
        made = self.program.made.get(v)
        if not isinstance(made, Bind) or is_in_place(made) or makes_fresh(made.op):
            return False
        if not isinstance(v.kind, Num):
            return False
        block = self.program.defined[v].block
        view = Var(None, v.kind)
        made.target = view
        block.stmts.insert(block.stmts.index(made) + 1, copy_of(v, view, made))
        self.copied.add(v)
        return True

    def _detach(self, update: Bind, site: Site, reader: Var | None) -> None:
        """Let an update write into a copy, made as far out as the loops allow."""
        base = update.args[0]
        assert isinstance(base, Var)
        home = self.program.defined.get(reader) if reader is not None else None
        loop, position = self._entry(base, home)
        if loop is None:
            copy = Var(base.hint, base.kind)
            site.block.stmts.insert(site.block.stmts.index(update), copy_of(copy, base, update))
            update.args = (copy, *update.args[1:])
            return
        init = loop.inits[position]
        assert isinstance(init, Var)
        copy = Var(loop.params[position].hint, init.kind)
        block = self.program.defined[loop.targets[position]].block
        block.stmts.insert(block.stmts.index(loop), copy_of(copy, init, loop))
        loop.inits = tuple(copy if i == position else a for i, a in enumerate(loop.inits))

    def _entry(self, base: Var, home: Site | None) -> tuple[Loop | None, int]:
        """The outermost loop into which a base is carried while something outside reads it."""
        found: tuple[Loop | None, int] = (None, 0)
        while True:
            base = self._version_root(base)
            made = self.program.made.get(base)
            if not isinstance(made, Loop) or base not in made.params:
                return found
            if home is not None and made in home.loops:
                return found
            position = made.params.index(base)
            init = made.inits[position]
            if not isinstance(init, Var) or not self._stays_own(made, position):
                return found
            found, base = (made, position), init

    def _stays_own(self, loop: Loop, position: int) -> bool:
        """Whether a pass hands on what it was given, so that one copy at first is enough."""
        result = loop.body.results[position]
        return isinstance(result, Var) and self._version_root(result) is loop.params[position]

    def _version_root(self, base: Var) -> Var:
        """The variable of which another is a later version."""
        while True:
            made = self.program.made.get(base)
            if isinstance(made, Loop) and base in made.targets:
                position = made.targets.index(base)
                if not self._stays_own(made, position):
                    return base
                init = made.inits[position]
                if not isinstance(init, Var):
                    return base
                base = init
            elif isinstance(made, Bind) and is_in_place(made) and isinstance(made.args[0], Var):
                base = made.args[0]
            else:
                return base


def copy_of(target: Var, value: Atom, like: Stmt | None) -> Bind:
    """The statement that copies an array, or whatever else a value is."""
    origin = like.origin if like else None
    if is_surely_an_array(target.kind):
        primitive = lookup(np.copy)
        assert primitive is not None
        return Bind(target, np.copy, normalise(primitive, (value,)), origin=origin)
    if isinstance(target.kind, List):
        return Bind(target, list, (value,), origin=origin)
    return Bind(target, owned, (value,), origin=origin)

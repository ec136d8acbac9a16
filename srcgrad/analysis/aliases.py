"""Which variables of a finished program may share memory, and when each is written and read.

A version of an array and the version after an update in place are one array.  Two variables may
share memory if their definitions lead to one, followed in step through branches and loops: what a
loop carries in two parameters is apart in every pass if it is apart at first and stays so.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import List, Num
from srcgrad.rules.table import lookup
from srcgrad.walk import atoms, blocks, inner_targets, loop_ends, statements, targets

IN_PLACE = ir.UpdateAt | ir.WriteView | ir.Append | ir.Shorten


def is_in_place(s: Stmt) -> bool:
    """Whether a statement makes a new version of its first operand where that lies."""
    return isinstance(s, Bind) and isinstance(s.op, IN_PLACE)


def content_atoms(s: Stmt) -> tuple[Atom, ...]:
    """What a statement reads, not counting arrays of which it asks but the shape."""
    if isinstance(s, Bind) and (primitive := lookup(s.op)) is not None and primitive.shape_only:
        return s.args[1:]
    return tuple(atoms(s))


def is_immutable(atom: Atom) -> bool:
    """Whether a value cannot be written to, so that sharing it is harmless."""
    kind = kind_of(atom)
    return isinstance(atom, Const) or (isinstance(kind, Num) and kind.is_scalar)


@dataclass(eq=False)
class Site:
    """Where a statement stands: its position, its block and place in it, the loops around."""

    at: int
    block: Block
    stmt: Stmt | None
    loops: tuple[Stmt, ...]
    choices: tuple[tuple[Stmt, int], ...]


@dataclass(eq=False)
class Program:
    """The positions of definitions, reads and updates in a body."""

    defined: dict[Var, Site] = field(default_factory=dict)
    made: dict[Var, Stmt] = field(default_factory=dict)
    reads: dict[Var, list[Site]] = field(default_factory=dict)
    updates: list[tuple[Bind, Site]] = field(default_factory=list)
    pushes: list[tuple[ir.Push, Site]] = field(default_factory=list)
    clock: int = 0

    def number(
        self,
        block: Block,
        loops: tuple[Stmt, ...] = (),
        choices: tuple[tuple[Stmt, int], ...] = (),
    ) -> Program:
        """Give every statement of a block its position, however deep."""
        for s in block.stmts:
            site = self._site(block, s, loops, choices)
            self._read((*content_atoms(s), *loop_ends(s)), site)
            if isinstance(s, Bind) and is_in_place(s):
                self.updates.append((s, site))
            if isinstance(s, ir.Push):
                self.pushes.append((s, site))
            self._inside(s, block, loops, choices)
            end = self._site(block, s, loops, choices)
            for v in targets(s):
                self.defined[v], self.made[v] = end, s
        self._read(block.results, self._site(block, None, loops, choices))
        return self

    def _inside(
        self,
        s: Stmt,
        block: Block,
        loops: tuple[Stmt, ...],
        choices: tuple[tuple[Stmt, int], ...],
    ) -> None:
        around = (*loops, s) if isinstance(s, Loop | ir.Define) else loops
        head = self._site(block, s, around, choices)
        for v in inner_targets(s):
            self.defined[v], self.made[v] = head, s
        for i, inner in enumerate(blocks(s)):
            apart = isinstance(s, If) and not isinstance(s, ir.Try)  # a handler runs after the body
            chosen = (*choices, (s, i)) if apart else choices
            self.number(inner, around, chosen)

    def _site(
        self,
        block: Block,
        s: Stmt | None,
        loops: tuple[Stmt, ...],
        choices: tuple[tuple[Stmt, int], ...],
    ) -> Site:
        self.clock += 1
        return Site(self.clock, block, s, loops, choices)

    def _read(self, some: Iterable[Atom], site: Site) -> None:
        for a in some:
            if isinstance(a, Var) and not is_immutable(a):
                self.reads.setdefault(a, []).append(site)


def is_after(read: Site, update: Site) -> bool:
    """Whether a read may run after an update in the same pass of all loops around both."""
    if read.at <= update.at:
        return False
    other = dict(update.choices)
    return all(other.get(s, branch) == branch for s, branch in read.choices)


class Aliases:
    """Answers whether two variables of a program may share memory."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._roots: dict[Var, frozenset[Var]] = {}
        self._sites: dict[Var, frozenset[Var]] = {}
        self._held: dict[Atom, list[Atom]] = {}
        self._known: dict[frozenset[Var], bool] = {}

    def may_share(self, a: Atom, b: Atom) -> bool:
        """Whether two variables may share memory at one time."""
        if is_immutable(a) or is_immutable(b):
            return False
        return any(self._meet(x, y) for x in self.roots(a) for y in self.roots(b))

    def roots(self, a: Atom) -> frozenset[Var]:
        """The arrays that a variable may be a view or a later version of."""
        if not isinstance(a, Var) or is_immutable(a):
            return frozenset()
        if a not in self._roots:
            self._roots[a] = frozenset({a})
            made = self.program.made.get(a)
            if isinstance(made, Bind):
                self._roots[a] = self._roots_of(a, made)
        return self._roots[a]

    def _roots_of(self, a: Var, made: Bind) -> frozenset[Var]:
        if is_in_place(made):
            return self.roots(made.args[0])
        if isinstance(a.kind, List) or _is_element(made):
            return frozenset({a})
        if isinstance(made.op, ir.Display | ir.Construct):
            return frozenset({a}) | self._union(made.args)
        if makes_fresh(made.op):
            return frozenset({a})
        if lookup(made.op) is None and not isinstance(made.op, ir.GetAttr):
            return frozenset({a}) | self._union(made.args)  # whatever was called may keep or make
        primitive = lookup(made.op)
        if primitive is not None and primitive.memory == "frozen":
            return frozenset({a}) | self._union(made.args)
        return self._union(made.args) or frozenset({a})

    def _union(self, some: Iterable[Atom]) -> frozenset[Var]:
        return frozenset(r for a in some for r in self.roots(a))

    def held(self, a: Atom) -> list[Atom]:
        """What a list may hold: all that was ever put into it."""
        if a not in self._held:
            self._held[a] = list(dict.fromkeys(self._found_held(a)))
        return self._held[a]

    def _found_held(self, a: Atom) -> list[Atom]:
        found: list[Atom] = []
        seen: set[Atom] = set()
        waiting = [a]
        while waiting:
            one = waiting.pop()
            if one in seen or not isinstance(kind_of(one), List):
                continue
            seen.add(one)
            made = self.program.made.get(one) if isinstance(one, Var) else None
            if isinstance(made, Bind) and is_in_place(made):
                waiting.append(made.args[0])
                found += made.args[-1:] if len(made.args) > 1 else ()
            elif isinstance(made, Bind) and not _is_element(made):
                copied = made.op is list  # its elements are held, not the list itself
                found += [x for x in made.args if not (copied and isinstance(kind_of(x), List))]
                waiting += made.args
            elif isinstance(one, Var):
                waiting += self.origins(one)
        return [x for x in found if not is_immutable(x)]

    def reached(self, a: Atom) -> list[Atom]:
        """A value and, if it is a list, all that it may hold, however deep."""
        found: dict[Atom, None] = {}
        waiting = [a]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found[one] = None
                waiting += self.held(one)
        return list(found)

    def sites(self, a: Atom) -> frozenset[Var]:
        """Every array that a variable may be, at one time or another."""
        if not isinstance(a, Var):
            return frozenset()
        if a not in self._sites:
            self._sites[a] = frozenset(self._found_sites(a))
        return self._sites[a]

    def _found_sites(self, a: Var) -> set[Var]:
        found: set[Var] = set()
        seen: set[Var] = set()
        waiting = list(self.roots(a))
        while waiting:
            root = waiting.pop()
            if root in seen:
                continue
            seen.add(root)
            if root in self._sites:
                found |= self._sites[root]
                continue
            origins = self.origins(root)
            waiting += [r for o in origins for r in self.roots(o)]
            if not origins:
                found.add(root)
        return found

    def deep_sites(self, a: Atom) -> frozenset[Var]:
        """The sites of a value and of all that it may hold."""
        if not isinstance(kind_of(a), List):
            return self.sites(a)
        return frozenset(s for one in self.reached(a) for s in self.sites(one))

    def _meet(self, x: Var, y: Var) -> bool:
        """Whether two roots may be one array: a search through what they may come from."""
        pair = frozenset((x, y))
        if pair not in self._known:
            self._known[pair] = self._search(x, y)
        return self._known[pair]

    def _search(self, x: Var, y: Var) -> bool:
        seen: set[frozenset[Var]] = set()
        waiting = [(x, y)]
        while waiting:
            a, b = waiting.pop()
            if a is b:
                return True
            if frozenset((a, b)) not in seen:
                seen.add(frozenset((a, b)))
                waiting += self._sources(a, b)
        return False

    def _sources(self, a: Var, b: Var) -> Iterator[tuple[Var, Var]]:
        """The pairs of roots that two may come from."""
        together = self._in_step(a, b)
        if together is None:
            if self._position(b) > self._position(a):
                a, b = b, a
            together = [(s, b) for s in self.origins(a)]  # of the later one, if it is not new
        for x, y in together:
            yield from ((r, q) for r in self.roots(x) for q in self.roots(y))

    def _in_step(self, a: Var, b: Var) -> list[tuple[Atom, Atom]] | None:
        """Pairs of what two variables of one statement come from; None if they are not of one."""
        made = self.program.made.get(a)
        if made is None or made is not self.program.made.get(b):
            return None
        if isinstance(made, If) and a in made.targets and b in made.targets:
            i, j = made.targets.index(a), made.targets.index(b)
            both = [x for x in (made.then, made.orelse) if not x.raises]
            return [(x.results[i], x.results[j]) for x in both]
        if isinstance(made, Loop):
            for group in (made.params, made.targets):
                if a in group and b in group:
                    i, j = group.index(a), group.index(b)
                    ends = made.body.results
                    return [(made.inits[i], made.inits[j]), (ends[i], ends[j])]
        return None

    def origins(self, a: Var) -> list[Atom]:
        """What a variable in which paths meet may be."""
        made = self.program.made.get(a)
        if isinstance(made, ir.Rescue) or (isinstance(made, If) and a not in made.targets):
            return []  # an exception, or how a try has ended
        if isinstance(made, If):
            i = made.targets.index(a)
            return [x.results[i] for x in (made.then, made.orelse) if not x.raises]
        if isinstance(made, Loop):
            group = made.params if a in made.params else made.targets
            if a in group:
                i = group.index(a)
                return [made.inits[i], made.body.results[i]]
            return [
                s
                for leaf in (made.source.leaves() if made.source else ())
                for s in leaf.args
                if leaf.item is a and isinstance(s, Var)
            ]
        if isinstance(made, ir.Pop):
            return [made.originals[made.targets.index(a)]]
        if isinstance(made, Bind) and _is_element(made):
            return self.held(made.args[0])
        return []

    def _position(self, a: Var) -> int:
        site = self.program.defined.get(a)
        return site.at if site else 0


def is_apart(v: Var, update: Bind) -> bool:
    """Whether a variable is an array and an update one of a list, which leaves arrays alone."""
    return isinstance(update.target.kind, List) and isinstance(v.kind, Num)


def _is_element(made: Bind) -> bool:
    """Whether a statement takes an element out of a list."""
    return made.op is operator.getitem and isinstance(kind_of(made.args[0]), List)


class Writes:
    """Which updates in place of a body may change what a variable holds."""

    def __init__(self, body: Block) -> None:
        self.aliases = Aliases(Program())
        self.written: set[Var] = set()
        if any(map(is_in_place, statements(body))):
            self.aliases = Aliases(Program().number(body))
            for update, _ in self.aliases.program.updates:
                self.written |= self.aliases.sites(update.args[0])

    def reaches(self, v: Var) -> bool:
        """Whether any update may change what a variable holds."""
        return not is_immutable(v) and bool(self.written & self.aliases.deep_sites(v))

    def changes(self, update: Stmt, v: Var) -> bool:
        """Whether an update may change what a variable holds."""
        assert isinstance(update, Bind)
        if is_immutable(v) or is_apart(v, update):
            return False
        return bool(self.aliases.sites(update.args[0]) & self.aliases.deep_sites(v))


def overwritten(body: Block) -> set[Var]:
    """The variables whose content is not there any more at the end, or may not be.

    An update in a loop overwrites what earlier passes left in memory that is older than a pass.
    """
    found: set[Var] = set()
    if not any(map(is_in_place, statements(body))):
        return found
    program = Program().number(body)
    aliases = Aliases(program)
    at_site: dict[Var, list[Var]] = {}
    for v in program.defined:
        for site in aliases.deep_sites(v) if not is_immutable(v) else ():
            at_site.setdefault(site, []).append(v)
    for update, where in program.updates:
        for site in aliases.sites(update.args[0]):
            born = program.defined.get(site)
            home = set(born.loops) if born else set()
            for v in at_site.get(site, ()):
                if is_apart(v, update):
                    continue
                own = program.defined[v]
                if own.at < where.at or not set(where.loops) & set(own.loops) <= home:
                    found.add(v)
    return found


def makes_fresh(op: object) -> bool:
    """Whether an operation's result is memory of its own."""
    if isinstance(op, ir.ZerosLike | ir.Blanks):
        return True
    primitive = lookup(op)
    return primitive is not None and primitive.is_fresh

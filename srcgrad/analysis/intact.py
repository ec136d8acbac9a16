"""Which elements of memory are at the end what they were when they were read, or were written once.

The reverse sweep may read again what no later store has overwritten, and need not clear the
adjoint of an element before whose store nothing useful was there.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.affine import (
    ONE,
    Bounds,
    Region,
    are_apart,
    narrowed,
    rename,
    renamed,
    symbols,
    whole,
)
from srcgrad.analysis.aliases import Aliases, Program, Site, is_after, is_immutable, is_in_place
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.grown import GrownLists
from srcgrad.ir import Atom, Bind, Block, If, Loop, Stmt, Var
from srcgrad.kinds import Dim, Num, Sym
from srcgrad.walk import statements


@dataclass(eq=False)
class Access:
    """A read of or a store into a part of an array, and where it stands."""

    region: Region
    site: Site


class Intact:
    """Answers for the forward sweep of one function."""

    def __init__(self, body: Block, activity: Activity) -> None:
        self.activity = activity
        self.program = Program()
        self.last: dict[Var, Var] = {}
        self.versions: dict[Var, Var] = {}
        self.updates: dict[Var, list[tuple[Bind, Access]]] = {}
        self.stored: dict[Var, tuple[Var, Access, list[Bind]]] = {}
        self.unclear: set[Var] = set()
        self.aliases = Aliases(self.program)
        self.lists = GrownLists(self.program, self.aliases)
        if any(map(is_in_place, statements(body))):
            self.program.number(body)
            self.ranges = dict(_ranges(body))
            self.reads = _reads(body)
            self._find_versions(body, top=True)
            self._find_updates()
            self.lists.find(body)

    # versions of one array

    def _find_versions(self, block: Block, top: bool) -> None:
        """Note of which array each variable is a version, and the last one outside of loops."""
        for s in block.stmts:
            if isinstance(s, Bind):
                self._version_of_bind(s)
            elif isinstance(s, Loop):
                self._version_of_loop(s)
            elif isinstance(s, If):
                for inner in (s.then, s.orelse):
                    self._find_versions(inner, False)
                self._version_of_if(s)
            for v in _targets(s) if top else ():
                if v in self.versions:
                    self.last[self.versions[v]] = v

    def _version_of_bind(self, s: Bind) -> None:
        if not isinstance(s.target.kind, Num) or is_immutable(s.target):
            return
        if is_in_place(s) and isinstance(s.args[0], Var):
            if s.args[0] in self.versions:
                self.versions[s.target] = self.versions[s.args[0]]
        elif self.aliases.roots(s.target) == {s.target}:
            self.versions[s.target] = s.target

    def _version_of_loop(self, s: Loop) -> None:
        for p, i in zip(s.params, s.inits, strict=True):
            if isinstance(i, Var) and i in self.versions:
                self.versions[p] = self.versions[i]
        if s.test is not None:
            self._find_versions(s.test, False)
        self._find_versions(s.body, False)
        for p, t, i, r in zip(s.params, s.targets, s.inits, s.body.results, strict=True):
            ends = {self.versions.get(a) if isinstance(a, Var) else None for a in (i, r)}
            if len(ends) == 1 and None not in ends:
                self.versions[t] = self.versions[p]
            else:
                self.unclear.update(v for v in ends if v is not None)

    def _version_of_if(self, s: If) -> None:
        both = [b for b in (s.then, s.orelse) if not b.raises]
        for n, t in enumerate(s.targets):
            results = [b.results[n] for b in both]
            ends = {self.versions.get(a) if isinstance(a, Var) else None for a in results}
            if len(ends) == 1 and None not in ends:
                self.versions[t] = next(v for v in ends if v is not None)
            else:
                self.unclear.update(v for v in ends if v is not None)

    # accesses

    def _find_updates(self) -> None:
        for update, site in self.program.updates:
            base = update.args[0]
            array = self.versions.get(base) if isinstance(base, Var) else None
            access = None if array is None else self._written(update, array, site)
            if array is None or access is None:
                self.unclear.update(self.aliases.sites(base))
            else:
                self.updates.setdefault(array, []).append((update, access))
                self._note_stored(update, array, access)

    def _note_stored(self, update: Bind, array: Var, access: Access) -> None:
        """Note where a value was put that can be read there again."""
        value, index = update.args[-1], update.args[-2]
        if update.op.op is not None or update.op.repeats or not isinstance(value, Var):
            return
        if not isinstance(value.kind, Num) or not isinstance(array.kind, Num):
            return
        if array.kind.dtype != value.kind.dtype or not self._is_filled(update, access):
            return
        operands = [*update.args[1:-2], index]
        kinds = [Num(array.kind.dtype, None)] * (len(operands) - 1) + [value.kind]
        chain = [
            Bind(Var(None, k), operator.getitem, (array, i), origin=update.origin)
            for k, i in zip(kinds, operands, strict=True)
        ]
        self.stored[value] = (array, access, chain)

    def _is_filled(self, update: Bind, access: Access) -> bool:
        """Whether the value that is stored has the shape of the place that it goes to."""
        base, *steps, index, value = update.args
        dims = value.kind.dims if isinstance(value, Var) and isinstance(value.kind, Num) else None
        spans = [s for s in access.region if s.axis]
        if dims == tuple(s.high - s.low + ONE for s in spans) and all(s.plain for s in spans):
            return True
        same = [] if steps else self.reads.get((base, index), [])
        return dims is not None and any(
            isinstance(v.kind, Num) and v.kind.dims == dims for v in same
        )

    def _written(self, update: Bind, array: Var, site: Site) -> Access | None:
        """The part of an array that a store writes."""
        _, *rest, index, _ = update.args
        region = self._whole(array)
        for step in update.op.steps:
            args, rest = rest[: step.count], rest[step.count :]
            if step.op is not operator.getitem or region is None:
                return None
            region = narrowed(region, kind_of(args[0]), self._bounds(site))
        if region is not None:
            region = narrowed(region, kind_of(index), self._bounds(site)) or region
        return None if region is None else Access(region, site)

    def _whole(self, array: Var) -> Region | None:
        kind = array.kind
        return whole(kind.dims) if isinstance(kind, Num) and kind.dims is not None else None

    def _read(self, v: Var) -> tuple[Var, Access, list[Bind]] | None:
        """The array that a value is an element or a view of, which part, and how it was read."""
        found = self._chain(v)
        if found is None:
            return None
        array, chain = found
        region, site = self._whole(array), self.program.defined[v]
        for s in chain:
            if region is not None:
                region = narrowed(region, kind_of(s.args[1]), self._bounds(site))
        return None if region is None or not chain else (array, Access(region, site), chain)

    def _chain(self, v: Var) -> tuple[Var, list[Bind]] | None:
        """The array that a value is read out of, and the steps that lead to it."""
        chain: list[Bind] = []
        while v not in self.versions:
            made = self.program.made.get(v)
            if not isinstance(made, Bind) or made.op is not operator.getitem:
                return None
            chain.insert(0, made)
            if not isinstance(made.args[0], Var):
                return None
            v = made.args[0]
        return self.versions[v], chain

    # answers

    def again(self, v: Var) -> tuple[Var, list[Bind]] | None:
        """The array to read a value from at the end, and how, if it is still there."""
        found = self.stored.get(v) or (self._read(v) if v in self.program.defined else None)
        if found is None:
            return self.lists.again(v)
        array, access, chain = found
        if array in self.unclear or array not in self.last:
            return None
        if any(self._may_overwrite(access, later) for _, later in self.updates.get(array, ())):
            return None
        return self.last[array], chain

    def shaped(self, v: Var) -> tuple[Var, list[Bind]] | None:
        """An array that has the shape of another at the end, and how to get at it."""
        if not self.versions:
            return None
        if v in self.versions:
            return (self.last[self.versions[v]], []) if self.versions[v] in self.last else None
        found = self._chain(v) if v in self.program.made else None
        if found is None or found[0] not in self.last:
            return None
        return self.last[found[0]], found[1]

    def is_first(self, update: Bind) -> bool:
        """Whether nothing useful was in any of the elements that a store writes, at any time."""
        base = update.args[0]
        array = self.versions.get(base) if isinstance(base, Var) else None
        if array is None or array in self.unclear or array in self.activity:
            return False
        known = dict(self.updates.get(array, ()))
        if update not in known:
            return False
        return not any(
            self._may_overwrite(earlier, known[update])
            for other, earlier in known.items()
            if other.args[-1] in self.activity
        )

    # the test

    def _may_overwrite(self, first: Access, later: Access) -> bool:
        """Whether a store may touch, after an access, an element that this has touched."""
        common = [s for s in first.site.loops if s in later.site.loops]
        if is_after(later.site, first.site) and not self._apart(first, later, common, None):
            return True
        return any(
            not self._apart(first, later, common[:depth], loop) for depth, loop in enumerate(common)
        )

    def _apart(self, first: Access, later: Access, same: list[Stmt], differs: Stmt | None) -> bool:
        """Whether two accesses are apart in passes that agree on some loops, and in which one
        loop has gone on in between."""
        names = self._others(later.site, same)
        a, b = first.region, renamed(later.region, names)
        if not self._is_known(first) or not self._is_known(later):
            return False
        bounds = self._bounds(first.site)
        more = self._bounds(later.site)
        bounds = bounds.joined(*(_renamed_bounds(side, names) for side in (more.lower, more.upper)))
        if differs is not None:
            bounds = bounds.joined(*self._step(differs, names))
        return are_apart(a, b, bounds)

    def _others(self, site: Site, same: list[Stmt]) -> dict[Sym, Sym]:
        """Names for the variables of loops that are in another pass."""
        loops = [s for s in site.loops if s not in same]
        return {r.sym: Sym(r.sym.name + "'") for s in loops for r in self.ranges.get(s, ())}

    def _is_known(self, access: Access) -> bool:
        """Whether a region depends on nothing but sizes and on the variables of loops around."""
        own = {r.sym for s in access.site.loops for r in self.ranges.get(s, ())}
        return all(s in own or s.scope is None for s in symbols(access.region))

    def _step(
        self, loop: Stmt, names: dict[Sym, Sym]
    ) -> tuple[dict[Sym, list[Dim]], dict[Sym, list[Dim]]]:
        """How much further a loop is in a later pass."""
        lower: dict[Sym, list[Dim]] = {}
        upper: dict[Sym, list[Dim]] = {}
        for r in self.ranges.get(loop, ()):
            later, now = names[r.sym], Dim.of(r.sym)
            (lower if r.step > 0 else upper)[later] = [now + Dim.of(r.step)]
            (upper if r.step > 0 else lower)[r.sym] = [Dim.of(later) - Dim.of(r.step)]
        return lower, upper

    def _bounds(self, site: Site) -> Bounds:
        """What the loops around a place say of their variables."""
        bounds = Bounds({}, {})
        for loop in site.loops:
            for r in self.ranges.get(loop, ()):
                bounds.lower[r.sym] = [r.low] if r.low is not None else []
                bounds.upper[r.sym] = [r.high] if r.high is not None else []
        return bounds


@dataclass(frozen=True, eq=False)
class Range:
    """The variable of a loop over a range: its bounds, both included, and its step."""

    sym: Sym
    low: Dim | None
    high: Dim | None
    step: int


def _ranges(body: Block) -> Iterator[tuple[Stmt, list[Range]]]:
    for s in statements(body):
        if isinstance(s, Loop) and s.source is not None:
            found = [_range(leaf) for leaf in s.source.leaves() if leaf.op is range]
            yield s, [r for r in found if r is not None]


def _range(leaf: ir.Source) -> Range | None:
    item = leaf.item.kind if leaf.item else None
    if not isinstance(item, Num) or not isinstance(item.value, Dim) or len(item.value.terms) != 1:
        return None
    values = [_value(a) for a in leaf.args]
    start, stop = (Dim.of(0), values[0]) if len(values) == 1 else (values[0], values[1])
    step = values[2] if len(values) == 3 else Dim.of(1)
    if step is None or not step.static:
        return None
    sym, one = item.value.terms[0][0], Dim.of(1)
    if step.static > 0:
        return Range(sym, start, None if stop is None else stop - one, step.static)
    return Range(sym, None if stop is None else stop + one, start, step.static)


def _reads(body: Block) -> dict[tuple[Atom, ...], list[Var]]:
    """What is read by subscripts, under what is read and the subscript."""
    found: dict[tuple[Atom, ...], list[Var]] = {}
    for s in statements(body):
        if isinstance(s, Bind) and s.op is operator.getitem:
            found.setdefault(s.args, []).append(s.target)
    return found


def _value(atom: ir.Atom) -> Dim | None:
    kind = kind_of(atom)
    value = kind.value if isinstance(kind, Num) else None
    return value if isinstance(value, Dim) else None


def _renamed_bounds(side: dict[Sym, list[Dim]], names: dict[Sym, Sym]) -> dict[Sym, list[Dim]]:
    return {names.get(s, s): [rename(d, names) for d in dims] for s, dims in side.items()}


def _targets(s: Stmt) -> tuple[Var, ...]:
    return (s.target,) if isinstance(s, Bind) else s.targets if isinstance(s, If | Loop) else ()

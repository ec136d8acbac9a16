"""Lists that loops append to: their elements are there at the end, to be read again.

In pass `i` of a loop over a range that appends once, the last element is at a place that `i` says.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from dataclasses import dataclass

from srcgrad import ir
from srcgrad.analysis.aliases import Aliases, Program
from srcgrad.analysis.builder import kind_of
from srcgrad.ir import Atom, Bind, Block, Const, Loop, Var
from srcgrad.kinds import List


@dataclass(frozen=True, eq=False)
class Version:
    """A list in a pass of a loop: what it is at the end, and how much longer than the pass says."""

    last: Var
    item: Var
    start: int
    ahead: int | None


class GrownLists:
    """The lists of one program that do nothing but grow, in one loop that is in no other."""

    def __init__(self, program: Program, aliases: Aliases) -> None:
        self.program = program
        self.aliases = aliases
        self.versions: dict[Var, Version] = {}

    def find(self, body: Block) -> None:
        """Look for such lists among what the loops of a body carry."""
        for s in body.stmts:
            if isinstance(s, Loop):
                self._note_loop(s)

    def _note_loop(self, loop: Loop) -> None:
        counter = _counter(loop)
        if counter is None:
            return
        item, start = counter
        rows = zip(loop.params, loop.inits, loop.body.results, loop.targets, strict=True)
        for param, init, result, target in rows:
            chain = list(self._appends(result, param))
            if not chain or not self._only_grows(target, chain):
                continue
            length = self._length(init) if len(chain) == 1 else None
            ahead = None if length is None else length - start
            for more, version in enumerate((param, *(s.target for s in chain))):
                ahead_now = None if ahead is None else ahead + more
                self.versions[version] = Version(target, item, start, ahead_now)

    def _appends(self, result: Atom, param: Var) -> Iterator[Bind]:
        """The statements that append to a list in a pass, in order; none if there are others."""
        found: list[Bind] = []
        while result is not param:
            made = self.program.made.get(result) if isinstance(result, Var) else None
            if not isinstance(made, Bind) or not isinstance(made.op, ir.Append):
                return
            found.insert(0, made)
            result = made.args[0]
        yield from found

    def _only_grows(self, last: Var, chain: list[Bind]) -> bool:
        """Whether nothing else changes the list or what it holds."""
        memory = self.aliases.deep_sites(last)
        others = [s for s, _ in self.program.updates if s not in chain]
        return not any(self.aliases.sites(s.args[0]) & memory for s in others)

    def _length(self, atom: Atom) -> int | None:
        """How long a list surely is."""
        made = self.program.made.get(atom) if isinstance(atom, Var) else None
        if isinstance(made, Bind) and made.op == ir.Display(list):
            return len(made.args)
        kind = kind_of(atom)
        return kind.length.static if isinstance(kind, List) else None

    def again(self, v: Var) -> tuple[Var, list[Bind]] | None:
        """The list to read an element from at the end, and how; None if that is not known."""
        made = self.program.made.get(v)
        if not isinstance(made, Bind) or made.op is not operator.getitem:
            return None
        version = self.versions.get(made.args[0]) if isinstance(made.args[0], Var) else None
        index = None if version is None else _place(version, made.args[1])
        if version is None or index is None:
            return None
        read = Bind(
            Var(v.hint, v.kind), operator.getitem, (version.last, index), origin=made.origin
        )
        return version.last, [read]


def _place(version: Version, index: Atom) -> Atom | None:
    """Where an element is, counted from the start of the list."""
    if isinstance(index, Const) and type(index.value) is int:
        if index.value >= 0:
            return index
        at_item = version.ahead is not None and version.ahead + index.value == 0
        return version.item if at_item else None
    return index if index is version.item and version.start >= 0 else None


def _counter(loop: Loop) -> tuple[Var, int] | None:
    """The variable of a loop over a range that goes up by one from a number, and that number."""
    source = loop.source
    if not isinstance(source, ir.Source) or source.op is not range or loop.stop is not None:
        return None
    start, step = Const(0), Const(1)
    if len(source.args) > 1:
        start = source.args[0]
    if len(source.args) > 2:
        step = source.args[2]
    known = isinstance(start, Const) and type(start.value) is int
    if not known or not isinstance(step, Const) or step.value != 1 or source.item is None:
        return None
    return source.item, start.value

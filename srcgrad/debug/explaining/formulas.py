"""How one operation hands its derivative on, in formulas that the engine itself writes.

The engine differentiates each operation alone, as if the adjoints of its operands were there
already: what it writes is the rule, spliced in and specialised to the kinds of the operands.
Nothing here knows a rule, so that a new one is explained without more work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

from srcgrad import ir
from srcgrad.debug.explaining.operations import assignment, effect_text, operation_text
from srcgrad.errors import SrcgradError
from srcgrad.ir import Atom, Bind, Block, Var
from srcgrad.kinds import Kind, List
from srcgrad.staging import Stages
from srcgrad.transform.adjoints import Place, bar_name, kind_at
from srcgrad.transform.containers import dynamic_lists
from srcgrad.transform.forward import TangentWriter
from srcgrad.transform.reverse import Reverser
from srcgrad.transform.tangents import dot_name, leaf_paths
from srcgrad.walk import free, statements, targets

CHANGES = (ir.UpdateAt, ir.Append, ir.Shorten)
"""Operations whose result is their first operand, changed."""


class Formulas:
    """Writes the formulas of the operations of a function, by the mode that it is compiled for."""

    def __init__(self, stages: Stages) -> None:
        self.stages = stages
        self.forward = "tangent" in stages.request.mode
        self.dynamic = dynamic_lists(stages.primal, stages.activity)
        self.groups: dict[tuple[str, int], list[Bind]] = {}
        self.makers: dict[Var, Bind] = {}
        for s in statements(stages.primal):
            if isinstance(s, Bind) and s.origin is not None:
                self.groups.setdefault((s.origin.location.file, s.origin.line), []).append(s)
                self.makers[s.target] = s

    def text(self, s: Bind | ir.Effect) -> str:
        """The operation itself, with what it is given written out where it has no name.

        It is the user's own line, where the operation is no statement by itself.
        """
        own = isinstance(s.op, ir.Ruled) and s.op.rule.hook
        try:
            return s.origin.text if own and s.origin is not None else self._text(s)
        except SyntaxError:
            return s.origin.text if s.origin is not None else ""

    def _text(self, s: Bind | ir.Effect) -> str:
        before = list(self.unnamed(s))
        if isinstance(s, ir.Effect):
            return effect_text(before, s)
        with self.old_names(s):
            if isinstance(s.op, CHANGES):
                changed = Bind(Var(None, s.target.kind), s.op, s.args)
                return "\n".join(self._written(Block([changed]), changed.target, _base_name(s)))
            return operation_text(before, s)

    def unnamed(self, s: Bind | ir.Effect) -> Iterator[Bind]:
        """What makes the operands that have no name, as indices and constants do, in order."""
        for operand in _operands(s):
            yield from self.made(operand)

    def made(self, value: Var) -> Iterator[Bind]:
        """The operations that make a value without a name."""
        maker = self.makers.get(value)
        if maker is not None and value.hint is None:
            yield from self.unnamed(maker)
            yield maker

    def of(self, s: Bind) -> tuple[str, ...] | None:
        """The formulas of an active operation; None where the engine cannot write it alone."""
        with self.old_names(s):
            try:
                return tuple(self._tangents(s) if self.forward else self._adjoints(s))
            except (SrcgradError, SyntaxError):
                return None

    @contextmanager
    def old_names(self, s: Bind) -> Iterator[None]:
        """For a while, call what a statement reads of a variable that it assigns `x_old`."""
        older = self.older(s)
        kept = [(v, v.hint) for v in older]
        for var in older:
            var.hint = f"{var.hint}_old"
        try:
            yield
        finally:
            for var, hint in kept:
                var.hint = hint

    def older(self, s: Bind) -> list[Var]:
        """The earlier versions of variables that the user's statement assigns and reads."""
        key = (s.origin.location.file, s.origin.line) if s.origin else ("", 0)
        group = self.groups.get(key, [s])
        made = {t for other in group for t in targets(other)}
        changed = {other.args[0] for other in group if isinstance(other.op, CHANGES)}
        names = {t.hint for t in made if t.hint}
        used = [a for other in group for a in other.args if isinstance(a, Var)]
        return [
            v for v in dict.fromkeys(used) if v.hint in names and v not in made and v not in changed
        ]

    # reverse mode

    def _adjoints(self, s: Bind) -> Iterator[str]:
        changed = s.args[0] if isinstance(s.op, CHANGES) else None
        operands = [a for a in _operands(s) if a in self.stages.activity]
        operands.sort(key=lambda a: a is changed)  # which is read before it is changed
        body, before, after = self._reversed(s, operands, changed)
        whole = [v for v, _ in after if v not in operands]
        if whole:  # arrays that operands are parts of
            body, before, after = self._reversed(s, [*whole, *operands], changed)
        for place, bar in after.items():
            if bar is not before.get(place):
                yield from self._written(body, bar, bar_name(place) or "")

    def _reversed(
        self, s: Bind, operands: list[Var], changed: Atom | None
    ) -> tuple[Block, dict[Place, Atom], dict[Place, Atom]]:
        """The reverse of an operation alone, and the adjoints before and after it."""
        stages = self.stages
        reverser = Reverser(stages.specialiser, stages.activity, self.dynamic)
        places = [p for a in operands if a is not changed for p in self._parts(a)]
        before: dict[Place, Atom] = {p: _named(p) for p in places if p[0] is not s.target}
        with stages.builder.block() as body:
            for place in self._places(s.target):
                reverser.adjoints.add(place, _named(place))
            reverser.adjoints.table.update(before)
            reverser.run(Block([s]))
            stages.builder.origin = None
            return body, before, _all(reverser, operands)

    def _places(self, var: Var) -> list[Place]:
        return [(var, path) for path in leaf_paths(var.kind, var in self.dynamic)]

    def _parts(self, var: Var) -> list[Place]:
        """The places of a variable, those of a list's elements too if they are known."""
        return [(var, path) for path in _paths(var.kind, var in self.dynamic)]

    def _written(self, body: Block, result: Atom, name: str) -> tuple[str, ...]:
        """The part of the statements of a formula that its result needs."""
        whole = Block(list(body.stmts), (result,))
        makers = [m for v in sorted(free(whole), key=id) for m in self.made(v)]
        whole.stmts = [*map(copy, dict.fromkeys(makers)), *whole.stmts]
        self.stages.body = whole
        self.stages.tidy()
        (tidied,) = whole.results
        return assignment(whole.stmts, tidied, name)

    # forward mode

    def _tangents(self, s: Bind) -> Iterator[str]:
        stages = self.stages
        writer = TangentWriter(stages.specialiser, stages.activity, stages.primal)
        with stages.builder.block() as body:
            stages.builder.sharing = True
            for operand in _operands(s):
                if operand in stages.activity:
                    for place in self._places(operand):
                        dot = Var(dot_name(place), kind_at(operand.kind, place[1]))
                        writer.tangents.table[place] = dot
            writer.statements(Block([s]))
            stages.builder.origin = None
            after = {p: writer.tangents.get(*p) for p in self._places(s.target)}
        body.stmts = [other for other in body.stmts if other is not s]
        for place, dot_after in after.items():
            if dot_after is not None:
                yield from self._written(body, dot_after, dot_name(place) or "")


def _base_name(s: Bind) -> str:
    base = s.args[0]
    return (isinstance(base, Var) and base.hint) or "result"


def _paths(kind: Kind, dynamic: bool = False) -> list[tuple[Any, ...]]:
    if isinstance(kind, List) and kind.elements and not dynamic:
        return [(i, *path) for i, inner in enumerate(kind.elements) for path in _paths(inner)]
    return leaf_paths(kind, dynamic)


def _all(reverser: Reverser, operands: list[Var]) -> dict[Place, Atom]:
    """The adjoints of all parts of the operands, and of the arrays that these are parts of."""
    reverser.adjoints.settle()
    every = [*operands, *(var for var, _ in reverser.adjoints.table)]
    taken = {v: reverser.adjoints.take_all(v) for v in dict.fromkeys(every)}
    return {(v, path): bar for v, bars in taken.items() for path, bar in bars.items()}


def _operands(s: Bind | ir.Effect) -> list[Var]:
    return [a for a in dict.fromkeys(s.args) if isinstance(a, Var)]


def _named(place: Place) -> Var:
    return Var(bar_name(place), kind_at(place[0].kind, place[1]))

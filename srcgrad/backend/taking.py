"""Elements of a tuple that are read from the end of a list just before it is dropped."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass

from srcgrad import ir
from srcgrad.backend.fold import Plan
from srcgrad.ir import Atom, Bind, Const, Stmt, Var
from srcgrad.kinds import Tuple


@dataclass(frozen=True)
class Taken:
    """The parts of the last element of a list, by index, and the statement that drops it."""

    owner: Atom
    parts: dict[int, Bind]
    drop: Bind
    count: int

    @property
    def statements(self) -> list[Bind]:
        return [*self.parts.values(), self.drop]


def taken_from_the_end(stmts: list[Stmt], i: int, plan: Plan) -> Taken | None:
    """What `a, b = values.pop()` stands for: the statements from the one at `i` on."""
    first = stmts[i]
    item = first.args[0] if isinstance(first, Bind) and first.op is operator.getitem else None
    if not isinstance(item, Var) or item not in plan.inlined or not isinstance(item.kind, Tuple):
        return None
    made = plan.made_by.get(item)
    if item.kind.cls is not tuple or made is None or not _is_last(made):
        return None
    parts: dict[int, Bind] = {}
    for s in stmts[i:]:
        if not isinstance(s, Bind) or s.target in plan.inlined:
            return None
        if isinstance(s.op, ir.Shorten) and s.args[0] is made.args[0]:
            return Taken(s.args[0], parts, s, len(item.kind.elements))
        index = (
            s.args[1].value if s.op is operator.getitem and isinstance(s.args[1], Const) else None
        )
        if s.args[0] is not item or type(index) is not int or index < 0 or index in parts:
            return None
        parts[index] = s
    return None


def _is_last(s: Bind) -> bool:
    return s.op is operator.getitem and is_index(s.args[1], -1)


def unpacked_together(stmts: Iterable[Stmt], plan: Plan) -> list[Bind]:
    """The statements at the front that together unpack one sequence."""
    found: list[Bind] = []
    for s in stmts:
        if not (
            isinstance(s, Bind) and s.op is operator.getitem and is_index(s.args[1], len(found))
        ):
            break
        if s.target in plan.inlined or (found and not _stand_together(s, found[0])):
            break
        found.append(s)
    kind = found[0].args[0].kind if found and isinstance(found[0].args[0], Var) else None
    whole = isinstance(kind, Tuple) and len(kind.elements) == len(found)
    return found if whole and len(found) > 1 else []


def _stand_together(s: Bind, first: Bind) -> bool:
    """Whether two elements are of one sequence, in one statement of the user's."""
    if s.args[0] is not first.args[0] or s.origin is None or first.origin is None:
        return False
    return s.origin.text == first.origin.text


def is_index(atom: object, value: int) -> bool:
    return isinstance(atom, Const) and type(atom.value) is int and atom.value == value

"""Why no derivative flows through an operation, in words."""

from __future__ import annotations

from srcgrad import ir
from srcgrad.analysis.activity import flows
from srcgrad.debug.explaining.rules import name_of
from srcgrad.ir import Bind, Var
from srcgrad.kinds import may_be_active
from srcgrad.rules.table import lookup
from srcgrad.staging import Stages


def reason(stages: Stages, s: Bind) -> str:
    """Why an operation that is not active has no derivative here."""
    varied = stages.activity.varied
    given = [a for a in s.args if a in varied]
    if s.target in varied:
        return "no derivative: the result does not depend on it smoothly"
    if not given:
        return f"no derivative: it does not depend on {independents(stages)}"
    names = " and ".join(a.hint or "its operand" for a in given if isinstance(a, Var))
    if not any(a in varied for a in flows(s.op, s.args)):
        return f"no derivative: {_cut(s, names)}"
    if not may_be_active(s.target.kind):
        return f"no derivative: its result is of kind {s.target.kind}, which does not vary smoothly"
    return "no derivative flows through it"


def independents(stages: Stages) -> str:
    """The names of what the derivative is with respect to."""
    names = [v.hint or "" for v in stages.wrt]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def _cut(s: Bind, names: str) -> str:
    """What an operation that takes something active makes of it that is not."""
    primitive = lookup(s.op)
    if isinstance(s.op, ir.Format):
        return "it is text"
    if primitive is None or primitive.has_derivative:
        return f"{names} is an index here"
    if primitive.shape_only:
        return f"{name_of(s.op)} asks {names} for nothing but its shape"
    return f"by its rule, {name_of(s.op)} is constant, if only in steps"

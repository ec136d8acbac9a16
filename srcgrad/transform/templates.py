"""Splice rules into the program: a rule is read and specialised like the user's code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from srcgrad import ir
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value
from srcgrad.frontend import lower, source
from srcgrad.ir import Atom, Block, Const, Origin, Var
from srcgrad.walk import atoms

_lowered: dict[Any, lower.Lowered] = {}


def lowered(rule: Callable[..., Any]) -> lower.Lowered:
    """A rule in IR, lowered once."""
    if rule not in _lowered:
        read = source.read(rule)
        _lowered[rule] = lower.lower_function(read, read.node, read.name)
    return _lowered[rule]


def splice(
    specialiser: Specialiser,
    rule: Callable[..., Any],
    given: Mapping[str, Value],
    wanted: list[int],
    origin: Origin | None,
) -> list[Atom | None]:
    """Evaluate a rule: for each operand its partial or adjoint, None for zero or unwanted."""
    template = lowered(rule)
    body = _slice(template.body, wanted)
    outer, specialiser.place = specialiser.place, origin
    specialiser.frames.append(rule)
    try:
        env: dict[Var, Value] = {p: given[p.hint or ""] for p in template.params}
        (result,) = specialiser.body(body, env)
    finally:
        specialiser.frames.pop()
        specialiser.place = outer
    return [
        _chosen(specialiser, result, i) if i in wanted else None for i in range(max(wanted) + 1)
    ]


def _chosen(specialiser: Specialiser, result: Value, i: int) -> Atom | None:
    values = result.values if isinstance(result, Pack) and result.cls is tuple else (result,)
    value: Value = values[i] if i < len(values) else Const(None)
    if isinstance(value, Const) and value.value is None:
        return None
    return specialiser.atom(value)


def _slice(body: Block, wanted: list[int]) -> Block:
    """The part of a straight-line template that computes the wanted elements of its result."""
    last = body.stmts[-1] if body.stmts else None
    if not (
        isinstance(last, ir.Bind)
        and last.op == ir.Display(tuple)
        and last.target is body.results[0]
    ):
        return body
    if not all(isinstance(s, ir.Bind) for s in body.stmts):
        return body
    args = tuple(a if i in wanted else Const(None) for i, a in enumerate(last.args))
    needed: set[Atom] = set(args)
    kept: list[ir.Stmt] = []
    for s in reversed(body.stmts[:-1]):
        if isinstance(s, ir.Bind) and s.target in needed:
            needed.update(atoms(s))
            kept.append(s)
    return Block([*reversed(kept), ir.Bind(last.target, last.op, args)], body.results)

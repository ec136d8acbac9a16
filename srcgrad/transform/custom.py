"""The two modes of functions that users have given rules for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value
from srcgrad.errors import NoRuleError
from srcgrad.ir import Atom, Bind, Block, Const, Var
from srcgrad.rules.custom import CustomRule
from srcgrad.walk import free, substitute

if TYPE_CHECKING:
    from srcgrad.transform.forward import TangentWriter
    from srcgrad.transform.reverse import Reverser


def reverse_ruled(reverser: Reverser, s: Bind) -> None:
    """Add to the adjoints of the arguments what the rule says."""
    rule: CustomRule = s.op.rule
    path: tuple[Any, ...] = (0,) if rule.keeps else ()
    parts = {
        p: v for p, v in reverser.adjoints.take_all(s.target).items() if p[: len(path)] == path
    }
    if not parts:
        return
    y_bar = reverser._whole_item((s.target, path), parts)
    if rule.adjoints is not None:
        shares = _from_adjoints(reverser, s, rule, y_bar)
    elif rule.linear:
        shares = _turned_around(reverser, s, rule, y_bar)
    else:
        raise _other_mode(rule, "forward", "reverse")
    for i, share in shares:
        if s.args[i] in reverser.activity:
            reverser._share(s.args[i], share)


def _from_adjoints(
    reverser: Reverser, s: Bind, rule: CustomRule, y_bar: Atom
) -> list[tuple[int, Atom]]:
    assert rule.adjoints is not None
    specialiser = reverser.specialiser
    y, kept = _value_and_kept(specialiser, s, rule)
    found = rule.adjoints(_Caller(specialiser, reverser.activity, s), list(s.args), y, kept, y_bar)
    if isinstance(found, Pack) and found.cls in (tuple, list):
        found = found.values
    shares = found if isinstance(found, tuple) else (found,)
    if len(shares) != len(rule.active):
        raise NoRuleError(
            f"the rule of {rule.name} returns {len(shares)} adjoints",
            why=f"{len(rule.active)} of its arguments have one",
            fix="return one adjoint for each, None for zero",
        )
    pairs = zip(rule.active, shares, strict=True)
    return [(i, specialiser.atom(v)) for i, v in pairs if not _is_none(v)]


def _value_and_kept(specialiser: Specialiser, s: Bind, rule: CustomRule) -> tuple[Value, Value]:
    """The result of a function, and what it has kept for the reverse sweep."""
    if not rule.keeps:
        return s.target, Const(None)
    return specialiser.element(s.target, Const(0)), specialiser.element(s.target, Const(1))


def _turned_around(
    reverser: Reverser, s: Bind, rule: CustomRule, y_bar: Atom
) -> list[tuple[int, Atom]]:
    """The adjoints from the rule for tangents, which is linear in them: backwards through it."""
    assert rule.tangent is not None
    builder = reverser.builder
    dots = [Var(None, kind_of(s.args[i])) for i in rule.active]
    with builder.block() as block:
        call = _Caller(reverser.specialiser, reverser.activity, s)
        result = rule.tangent(call, list(s.args), s.target, dots)
        y_dot = reverser.specialiser.atom(result)
    first = len(builder.stmts)
    builder.stmts += block.stmts
    inner = type(reverser)(reverser.specialiser, Activity(block, dots, [y_dot]), set())
    if isinstance(y_dot, Var):
        inner.adjoints.add((y_dot, ()), y_bar)
    inner.run(block)
    found = [(i, inner.adjoints.get((d, ()))) for i, d in zip(rule.active, dots, strict=True)]
    _drop_placeholders(Block(builder.stmts[first:]), dots, [s.args[i] for i in rule.active])
    return [(i, bar) for i, bar in found if bar is not None]


def _drop_placeholders(block: Block, dots: list[Var], like: list[Atom]) -> None:
    """What is still asked of tangents that nothing assigns is their shape."""
    left = free(block)
    substitute(block, {d: a for d, a in zip(dots, like, strict=True) if d in left})


def tangent_of_ruled(writer: TangentWriter, s: Bind) -> None:
    """The tangent of the result as the rule gives it."""
    rule: CustomRule = s.op.rule
    if rule.tangent is None:
        raise _other_mode(rule, "reverse", "forward")
    dots = [writer.tangents.item(s.args[i]) for i in rule.active]
    y, _ = _value_and_kept(writer.specialiser, s, rule)
    call = _Caller(writer.specialiser, writer.activity, s)
    found = rule.tangent(call, list(s.args), y, dots)
    tangent = writer.specialiser.atom(found)
    for path in writer.tangents.every_path(s.target):
        writer.tangents.table[(s.target, path)] = writer.tangents.walk(tangent, path)


class _Caller:
    """Runs functions for a rule; `wanted` are the positions of the arguments that are active."""

    def __init__(self, specialiser: Specialiser, activity: Activity, s: Bind) -> None:
        self.specialiser = specialiser
        self.origin = s.origin
        self.wanted = tuple(i for i in s.op.rule.active if s.args[i] in activity)

    def __call__(self, function: Any, args: list[Value], named: dict[str, Value]) -> Value:
        return self.specialiser.apart(function, args, named, self.origin)


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _other_mode(rule: CustomRule, given: str, asked: str) -> NoRuleError:
    return NoRuleError(
        f"{asked} mode of {rule.name}, which has a rule for {given} mode only",
        why="srcgrad uses the rule that it was given and does not look inside",
        fix=f"give it a rule for {asked} mode too",
    )

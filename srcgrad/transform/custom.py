"""The two modes of functions that users have given rules for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.custom import no_pair
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import NoRuleError
from srcgrad.ir import Atom, Bind, Block, Const, Var
from srcgrad.kinds import List, Tuple
from srcgrad.rulebook import CustomRule
from srcgrad.transform.adjoints import fields_of
from srcgrad.transform.shares import check_fixed, drop_placeholders, give, is_none, tangent_like
from srcgrad.transform.tidy import drop_dead

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
    check_fixed(s, reverser.activity)
    if rule.adjoints is not None:
        y_bar = reverser._whole_item((s.target, path), parts)
        _from_adjoints(reverser, s, rule, y_bar)
    elif rule.linear:
        _turned_around(reverser, s, rule, parts)
    else:
        raise _other_mode(rule, "forward", "reverse")


def _from_adjoints(reverser: Reverser, s: Bind, rule: CustomRule, y_bar: Atom) -> None:
    assert rule.adjoints is not None
    y, kept = _value_and_kept(reverser.specialiser, s, rule)
    call = Caller(reverser.specialiser, reverser.activity, s)
    found = rule.adjoints(call, list(s.args), y, kept, y_bar)
    if isinstance(found, Pack) and found.cls in (tuple, list):
        found = found.values
    shares = found if isinstance(found, tuple) else (found,)
    if len(shares) == 1 and is_none(shares[0]) and not rule.hook:
        return
    if len(shares) != len(rule.active):
        raise NoRuleError(
            f"the rule of {rule.name} returns {len(shares)} adjoints",
            why=f"{len(rule.active)} of its arguments have one",
            fix="return one adjoint for each, None for zero",
        )
    for i, share in zip(rule.active, shares, strict=True):
        if s.args[i] in reverser.activity:
            own = f"the block of adjoint_of({rule.names[i]}) ends with"
            what = own if rule.hook else f"the rule of {rule.name} for {rule.names[i]} gives"
            give(reverser, s.args[i], share, what)


def _value_and_kept(specialiser: Specialiser, s: Bind, rule: CustomRule) -> tuple[Value, Value]:
    """The result of a function, and what it has kept for the reverse sweep."""
    if not rule.keeps:
        return s.target, Const(None)
    return specialiser.element(s.target, Const(0)), specialiser.element(s.target, Const(1))


def _turned_around(reverser: Reverser, s: Bind, rule: CustomRule, parts: dict[Any, Atom]) -> None:
    """The adjoints from the rule for tangents, which is linear in them: backwards through it."""
    assert rule.tangent is not None
    builder, args = reverser.builder, [s.args[i] for i in rule.active]
    dots = [Var(a.hint if isinstance(a, Var) else None, kind_of(a)) for a in args]
    with builder.block() as block:
        call = Caller(reverser.specialiser, reverser.activity, s)
        result = rule.tangent(call, list(s.args), s.target, dots)
        y_dot = tangent_like(reverser.specialiser, result, s.target, rule)
    if not isinstance(y_dot, Var):
        return
    first = len(builder.stmts)
    builder.stmts += block.stmts
    inner = type(reverser)(reverser.specialiser, Activity(block, dots, [y_dot]), set())
    for path, bar in parts.items():
        inner.adjoints.add((y_dot, path), bar)
    inner.run(block)
    found = [(a, inner.adjoints.take_all(d)) for a, d in zip(args, dots, strict=True)]
    results = tuple(bar for _, bars in found for bar in bars.values())
    written = Block(builder.stmts[first:], results)
    drop_dead(written)
    drop_placeholders(written, dots, args, rule)
    builder.stmts[first:] = written.stmts
    for arg, bars in found:
        for path, bar in bars.items():
            reverser.add_result(arg, path, bar)


def tangent_of_ruled(writer: TangentWriter, s: Bind) -> None:
    """The tangent of the result as the rule gives it."""
    rule: CustomRule = s.op.rule
    if rule.tangent is None:
        raise _other_mode(rule, "reverse", "forward")
    check_fixed(s, writer.activity)
    dots = [writer.tangents.item(s.args[i]) for i in rule.active]
    y, _ = _value_and_kept(writer.specialiser, s, rule)
    call = Caller(writer.specialiser, writer.activity, s)
    found = rule.tangent(call, list(s.args), y, dots)
    if is_none(found):
        return
    like = writer.specialiser.atom(y)
    assert isinstance(like, Var)
    tangent = tangent_like(writer.specialiser, found, like, rule)
    prefix = (0,) if rule.keeps else ()
    for path in writer.tangents.every_path(s.target):
        if path[: len(prefix)] == prefix:
            part = writer.tangents.walk(tangent, path[len(prefix) :])
            writer.tangents.table[(s.target, path)] = part


class Caller:
    """Runs functions for a rule; `wanted` are the positions of the arguments that are active."""

    def __init__(self, specialiser: Specialiser, activity: Activity, s: Bind) -> None:
        self.specialiser = specialiser
        self.origin = s.origin
        self.rule: CustomRule = s.op.rule
        self.active = self.rule.active
        self.wanted = tuple(i for i in self.active if s.args[i] in activity)

    def __call__(
        self,
        function: Any,
        args: list[Value],
        named: dict[str, Value],
        then: list[Value] | None = None,
    ) -> Value:
        """The result of a function; with `then`, of calling what it returns with these."""
        origin = None if self.rule.hook else self.origin
        return self.specialiser.apart(function, args, named, origin, then)

    def split(self, values: Sequence[Any]) -> tuple[list[Any], dict[str, Any]]:
        """Arguments, or what belongs to them, by position and by name as in the call."""
        keywords = self.rule.keywords
        plain = len(values) - len(keywords)
        return list(values[:plain]), dict(zip(keywords, values[plain:], strict=True))

    def parts(self, value: Value) -> list[Value]:
        """The elements of a tuple."""
        if isinstance(value, Pack):
            return list(value.values)
        kind = kind_of_value(value)
        assert isinstance(kind, Tuple)
        return [self.specialiser.element(value, Const(i)) for i in range(len(kind.elements))]

    def second(self, value: Value) -> Value:
        """The tangent from what a rule for both gives."""
        kind = kind_of_value(value)
        if not isinstance(kind, Tuple | List) or len(fields_of(kind)) != 2:
            raise no_pair(self.rule.name, "for forward mode", "the value and its tangent")
        return self.parts(value)[1]

    def one_for_each(self, rules: tuple[Any, ...]) -> tuple[Any, ...]:
        """The rules, if there is one for each argument."""
        if len(rules) != len(self.active):
            raise NoRuleError(
                f"{self.rule.name} has {len(rules)} rules in defjvps",
                why=f"{len(self.active)} of its arguments have a tangent",
                fix="pass one for each, None for zero",
            )
        return rules


def _other_mode(rule: CustomRule, given: str, asked: str) -> NoRuleError:
    if rule.adjoints is None and rule.tangent is None:
        return NoRuleError(
            f"the derivative of {rule.name}, which has no rule yet",
            why="srcgrad does not look inside what is declared to have its own",
            fix="give it one, with defvjp or defjvp",
        )
    by = "adjoint" if asked == "reverse" else "tangent"
    return NoRuleError(
        f"{asked} mode of {rule.name}, which has a rule for {given} mode only",
        why="srcgrad uses the rule that it was given and does not look inside",
        fix=f"give it a rule for {asked} mode too, with srcgrad.{by}",
    )

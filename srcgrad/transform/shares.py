"""What the rules of users return, checked and handed on: adjoints and tangents that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value, kind_of_value
from srcgrad.errors import NoRuleError
from srcgrad.ir import Atom, Bind, Block, Const, Var
from srcgrad.kinds import Kind, List, Num, Object, Tuple, Unknown, may_be_active
from srcgrad.rulebook import CustomRule
from srcgrad.rules.helpers import ASKS_SHAPE
from srcgrad.rules.table import lookup
from srcgrad.runtime import shaped_as, unbroadcast
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import fields_of
from srcgrad.walk import statements, substitute

if TYPE_CHECKING:
    from srcgrad.transform.reverse import Reverser

Path = tuple[Any, ...]


def is_none(value: Any) -> bool:
    """Whether a rule gave nothing, which means zero."""
    return value is None or (isinstance(value, Const) and value.value is None)


def give(reverser: Reverser, arg: Atom, share: Value, what: str) -> None:
    """Add the adjoint that a rule gave to that of an argument, part by part."""
    assert isinstance(arg, Var)
    whole = arg in reverser.dynamic
    if is_none(share) and what.startswith("the block"):
        raise misfit(what, kind_of_value(share), arg.kind)
    for path, value in _leaves(reverser.specialiser, share, arg.kind, (), what, whole):
        if whole:
            reverser.add_whole_list(arg, value)
        else:
            like = reverser.adjoints.atom((arg, path))
            reverser.add_to(arg, path, fitted(reverser.builder, value, like, what))


def _leaves(
    specialiser: Specialiser, share: Value, kind: Kind, path: Path, what: str, whole: bool
) -> list[tuple[Path, Atom]]:
    """The parts of an adjoint, which has the structure of a value of a kind."""
    if is_none(share) or not may_be_active(kind):
        return []
    fields = [] if whole else _fields(specialiser, kind)
    if not fields:
        return [(path, specialiser.atom(share))]
    _check_structure(kind_of_value(share), kind, what)
    found: list[tuple[Path, Atom]] = []
    for i, (key, inner) in enumerate(fields):
        part = _part(specialiser, share, kind, i, key)
        found += _leaves(specialiser, part, inner, (*path, key), what, False)
    return found


def _fields(specialiser: Specialiser, kind: Kind) -> list[tuple[Any, Kind]]:
    """The parts of a container; that a list has these is a guard."""
    if isinstance(kind, List) and kind.elements is not None:
        specialiser.guards.length(kind)
        return list(enumerate(kind.elements))
    return fields_of(kind)


def _part(specialiser: Specialiser, value: Value, kind: Kind, i: int, key: Any) -> Value:
    if isinstance(kind, Object):
        return specialiser.attribute(value, key)
    if isinstance(value, Pack) and value.keys is None:
        return value.values[i]
    return specialiser.element(value, Const(key))


def _check_structure(have: Kind, want: Kind, what: str) -> None:
    """Refuse an adjoint that is built in another way than the value."""
    if isinstance(have, Unknown) or (isinstance(have, List) and have.elements is None):
        return
    listed = isinstance(have, Tuple | List) and isinstance(want, Tuple | List)
    keyed = type(have) is type(want)
    if not (listed or keyed) or _keys(have) != _keys(want):
        raise misfit(what, have, want)


def _keys(kind: Kind) -> list[Any]:
    if isinstance(kind, List) and kind.elements is not None:
        return list(range(len(kind.elements)))
    return [key for key, _ in fields_of(kind)]


def misfit(what: str, have: Kind, want: Kind) -> NoRuleError:
    """The refusal of an adjoint or tangent that does not fit."""
    fix = "sum it over the axes that broadcasting added, or spread it with np.full_like"
    if not isinstance(want, Num):
        fix = "return one that is built in the same way, with None for what is zero"
    return NoRuleError(
        f"{what} a value of kind {have}",
        why=f"it stands for a value of kind {want}, and must have its shape",
        fix=fix,
    )


def fitted(b: Builder, value: Atom, like: Atom, what: str) -> Atom:
    """A number or array of a rule as the adjoint of `like`; checked in a run if need be."""
    have, want = kind_of(value), kind_of(like)
    fits = _fits(have, want)
    if fits is False:
        raise misfit(what, have, want)
    whole = isinstance(have, Num) and have.dtype.kind in "biu"
    if whole and isinstance(value, Const):
        value = Const(float(value.value))
    elif whole or fits is None:
        return b.call(shaped_as, (value, like))
    return cotangents.unboxed(b, cotangents.cast(b, value, want), like)


def _fits(have: Kind, want: Kind) -> bool | None:
    """Whether a value has the shape of another one; None if only a run knows."""
    if not isinstance(want, Num):
        return None if isinstance(have, Num | Unknown) == isinstance(want, Num | Unknown) else False
    if isinstance(have, Unknown):
        return None
    if not isinstance(have, Num):
        return False
    if have.dims is None or want.dims is None:
        return None
    if len(have.dims) != len(want.dims):
        return False
    apart = [h - w for h, w in zip(have.dims, want.dims, strict=True)]
    if any(d.static not in (None, 0) for d in apart):
        return False
    return True if all(d.static == 0 for d in apart) else None


def tangent_like(specialiser: Specialiser, found: Any, y: Var, rule: CustomRule) -> Atom:
    """The tangent that a rule gave, of the result's structure and shapes."""
    if is_none(found):
        return Const(0.0)
    what = f"the rule of {rule.name} for its result gives"
    if rule.hook:
        return specialiser.atom(found)
    return _like(specialiser, found, y, y.kind, what)


def _like(specialiser: Specialiser, found: Value, y: Atom, kind: Kind, what: str) -> Atom:
    fields = _fields(specialiser, kind)
    if not fields or (isinstance(kind, List) and not isinstance(found, Pack)):
        atom = specialiser.atom(found)
        if isinstance(kind, Num | Unknown):
            return fitted(specialiser.builder, atom, y, what)
        return atom
    _check_structure(kind_of_value(found), kind, what)
    parts: list[Atom] = []
    for i, (key, inner) in enumerate(fields):
        part = _part(specialiser, found, kind, i, key)
        if may_be_active(inner) and not is_none(part):
            own = specialiser.attribute(y, key) if isinstance(kind, Object) else None
            own = specialiser.element(y, Const(key)) if own is None else own
            part = _like(specialiser, part, specialiser.atom(own), inner, what)
        parts.append(specialiser.atom(part))
    return _built(specialiser.builder, kind, parts)


def _built(b: Builder, kind: Kind, parts: list[Atom]) -> Atom:
    from srcgrad.transform.tangents import rebuilt

    return rebuilt(b, kind, parts)


def check_fixed(s: Bind, activity: Activity) -> None:
    """Refuse what is differentiated in an argument that has no derivative."""
    rule: CustomRule = s.op.rule
    for i, arg in enumerate(s.args):
        if i not in rule.active and arg in activity:
            raise NoRuleError(
                f"{rule.names[i]} of {rule.name} depends on what is differentiated",
                why="its rule says nothing of this argument",
                fix=f"pass srcgrad.stop_gradient({rule.names[i]}), or have the rule cover it",
            )


def drop_placeholders(block: Block, dots: list[Var], like: list[Atom], rule: CustomRule) -> None:
    """What is still asked of tangents that nothing assigns is their shape, if a rule is linear."""
    reached: set[Any] = set(dots)
    size = 0
    while len(reached) > size:
        size = len(reached)
        for s in statements(block):
            _reach(s, reached)
    if reached & set(block.results):
        raise NoRuleError(
            f"the rule of {rule.name} for forward mode is not linear in the tangents",
            why="reverse mode comes from it by turning it around",
            fix="let the tangent be a sum of products with one tangent each",
        )
    substitute(block, dict(zip(dots, like, strict=True)))


def _reach(s: ir.Stmt, reached: set[Any]) -> None:
    """Add what a statement computes from the values, not just the shapes, of what is reached."""
    match s:
        case Bind():
            if reached & set(s.args) and not _asks_shape(s, reached):
                reached.add(s.target)
        case ir.If():
            for branch in (s.then, s.orelse):
                _hand_on(s.targets, branch.results, reached)
            if s.test in reached:
                reached.update(s.targets)
        case ir.Loop():
            _reach_loop(s, reached)
        case ir.Push():
            if reached & set(s.values):
                reached.add(s.tape)
        case ir.Pop():
            _hand_on(s.targets, s.originals, reached)


def _reach_loop(s: ir.Loop, reached: set[Any]) -> None:
    _hand_on(s.params, s.inits, reached)
    _hand_on(s.params, s.body.results, reached)
    _hand_on(s.targets, s.params, reached)
    for leaf in s.source.leaves() if s.source else ():
        if leaf.item is not None and reached & {a for a in leaf.args if isinstance(a, Var)}:
            reached.add(leaf.item)
    if s.stop in reached or (s.test is not None and reached & set(s.test.results)):
        reached.update(s.targets)


def _hand_on(targets: tuple[Var, ...], sources: tuple[Atom, ...], reached: set[Any]) -> None:
    for target, source in zip(targets, sources, strict=False):
        if source in reached:
            reached.add(target)


def _asks_shape(s: Bind, reached: set[Any]) -> bool:
    """Whether a statement reads nothing of what is reached but shapes."""
    if isinstance(s.op, ir.ZerosLike | ir.Blanks) or s.op in ASKS_SHAPE:
        return True
    if s.op in (unbroadcast, shaped_as):
        return s.args[0] not in reached
    primitive = lookup(s.op)
    return primitive is not None and primitive.shape_only and not reached & set(s.args[1:])

"""The tangent of an operation from its adjoint rule, which is linear and so can be transposed.

A rule turns the adjoint of the result into those of the operands.  Its own reverse sweep goes the
other way: from the operands' tangents to the result's (Christianson, "Reverse accumulation of
accurate rounding error estimates", 1991; in JAX the same idea runs the other way round).  What
remains of the rule is the part that does not depend on the adjoint.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.values import Pack, Value
from srcgrad.ir import Atom, Bind, Block, Const, Var
from srcgrad.kinds import Kind, List, Num, Tuple, may_be_active
from srcgrad.rules.table import Primitive
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Path, fields_of
from srcgrad.transform.refusals import no_rule
from srcgrad.transform.reverse import Reverser
from srcgrad.transform.templates import splice
from srcgrad.walk import free, substitute

if TYPE_CHECKING:
    from srcgrad.transform.forward import TangentWriter

Share = tuple[Atom, Atom, Path]
Bar = tuple[Path, Var]


def transposed(writer: TangentWriter, s: Bind, primitive: Primitive) -> None:
    """Write the tangent of an operation that has an adjoint rule."""
    if primitive.adjoint is None:
        raise no_rule(s.op)
    wanted = [i for i, a in enumerate(s.args) if a in writer.activity]
    bars = _placeholders(s.target)
    with writer.builder.block() as rule:
        shares = _shares(writer, s, primitive, wanted, bars)
    for one in rule.stmts:
        if isinstance(one, Bind):
            writer.builder.remember(one)
    first = len(writer.builder.stmts)
    writer.builder.stmts += rule.stmts
    _reverse(writer, s, rule, bars, shares)
    _ask_for_shapes(writer, first, s, bars)


def _ask_for_shapes(writer: TangentWriter, first: int, s: Bind, bars: list[Bar]) -> None:
    """Let what is left of the adjoint be the result: the rule is linear, so all that anything can
    still ask of it is its shape."""
    block = Block(writer.builder.stmts[first:])
    left = free(block)
    for path, bar in bars:
        if bar in left:
            substitute(block, {bar: _part(writer, first, s.target, path)})


def _part(writer: TangentWriter, first: int, target: Var, path: Path) -> Atom:
    """The result, or one of several, made before the statement at `first`."""
    if not path:
        return target
    with writer.builder.block() as before:
        part = writer.tangents.walk(target, path)
    writer.builder.stmts[first:first] = before.stmts
    return part


def _placeholders(target: Var) -> list[Bar]:
    """Variables for the adjoint of a result, which nothing ever assigns."""
    if isinstance(target.kind, Tuple):
        return [((k,), Var(None, kind)) for k, kind in fields_of(target.kind)]
    return [((), Var(None, target.kind))]


def _shares(
    writer: TangentWriter,
    s: Bind,
    primitive: Primitive,
    wanted: list[int],
    bars: list[Bar],
) -> list[Share]:
    """The operands' adjoints as the rule gives them: each with its operand and a path into that."""
    assert primitive.adjoint is not None
    y_bar: Value = Pack(tuple, tuple(v for _, v in bars)) if bars[0][0] else bars[0][1]
    given: dict[str, Value] = {"y": s.target, "y_bar": y_bar}
    if primitive.variadic:
        given[primitive.parameters[0]] = Pack(tuple, s.args)
    else:
        given |= dict(zip(primitive.parameters, s.args, strict=True))
    found: list[Share] = []
    shares = splice(writer.specialiser, primitive.adjoint, given, wanted, s.origin)
    for i, share in enumerate(shares):
        if share is not None:
            found += _of_operand(writer, s, s.args[i], share, primitive.broadcasts)
    return found


def _of_operand(
    writer: TangentWriter, s: Bind, arg: Atom, share: Atom, broadcasts: bool
) -> list[Share]:
    kind, builder = kind_of(arg), writer.builder
    if not isinstance(kind, Tuple | List):
        fitted = cotangents.fit(builder, share, arg, s.target if broadcasts else arg)
        return [(cotangents.whole(builder, fitted, arg), arg, ())]
    if arg in writer.tangents.dynamic:
        return [(share, arg, ())]
    return list(_of_parts(writer, arg, share, kind, ()))


def _of_parts(
    writer: TangentWriter, arg: Atom, share: Atom, kind: Kind, path: Path
) -> Iterator[Share]:
    """The adjoints of the parts of a tuple or list, however deep."""
    if isinstance(kind, Tuple | List):
        for i, element in enumerate(kind.elements or ()):
            whole = kind_of(share)
            number = isinstance(whole, Num) and whole.dims == ()
            part = share if number else writer.builder.emit(operator.getitem, share, Const(i))
            yield from _of_parts(writer, arg, part, element, (*path, i))
    elif may_be_active(kind):
        yield cotangents.cast(writer.builder, share, kind), arg, path


def _as_share(writer: TangentWriter, share: Atom, tangent: Atom | None) -> Atom | None:
    """A tangent in the form of the share it belongs to: a list's as one array, say."""
    if tangent is None or not isinstance(kind_of(tangent), List):
        return tangent
    if isinstance(kind_of(share), List):
        return tangent
    return writer.builder.call(np.stack, (tangent,))


def _reverse(
    writer: TangentWriter, s: Bind, rule: Block, bars: list[Bar], shares: list[Share]
) -> None:
    """From the operands' tangents to the result's, backwards through the rule."""
    activity = Activity(rule, [v for _, v in bars], [share for share, _, _ in shares])
    reverser = Reverser(writer.specialiser, activity, set())
    for share, arg, path in shares:
        tangent = _as_share(writer, share, writer.tangents.whole(arg, path))
        if tangent is not None and isinstance(share, Var) and share in activity:
            reverser.adjoints.add((share, ()), tangent)
    reverser.run(rule)
    writer.builder.origin = s.origin
    for path, bar in bars:
        writer.tangents.put(s.target, path, reverser.adjoints.get((bar, ())))

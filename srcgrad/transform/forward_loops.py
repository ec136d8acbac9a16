"""Forward mode of loops: they carry the tangents of what they carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from srcgrad.ir import Atom, Loop, Source, Var
from srcgrad.kinds import List
from srcgrad.transform.adjoints import kind_at
from srcgrad.transform.tangents import dot_name

if TYPE_CHECKING:
    from srcgrad.transform.forward import TangentWriter

Row = tuple[int, tuple[Any, ...]]


def tangent_loop(writer: TangentWriter, s: Loop) -> None:
    """A loop that carries tangents beside its own values."""
    tangents, builder = writer.tangents, writer.builder
    rows = _rows(writer, s)
    inits = tuple(writer.end(s.inits[i], s.params[i], path) for i, path in rows)
    source, items = _paired(writer, s.source) if s.source else (None, [])
    params = tuple(_dot(s.params[i], path) for i, path in rows)
    before = dict(tangents.table)
    builder.looping += 1
    with builder.block() as body:
        for (i, path), dot in zip(rows, params, strict=True):
            tangents.table[(s.params[i], path)] = dot
        for item, dot in items:
            tangents.put_whole(item, dot)
        writer.statements(s.body)
        ends = tuple(writer.end(s.body.results[i], s.params[i], path) for i, path in rows)
    builder.looping -= 1
    tangents.table = before
    body.results, body.raises = (*s.body.results, *ends), s.body.raises
    targets = tuple(_dot(s.targets[i], path) for i, path in rows)
    builder.stmts.append(
        Loop(
            source,
            (*s.params, *params),
            (*s.inits, *inits),
            body,
            (*s.targets, *targets),
            s.test,
            s.stop,
            origin=s.origin,
        )
    )
    for (i, path), dot in zip(rows, targets, strict=True):
        tangents.table[(s.targets[i], path)] = dot


def _rows(writer: TangentWriter, s: Loop) -> list[Row]:
    """What a loop carries that has tangents: the position of each, and the path into it."""
    found: list[Row] = []
    for i, (param, target) in enumerate(zip(s.params, s.targets, strict=True)):
        if param in writer.activity or target in writer.activity:
            found += [(i, path) for path in writer.tangents.every_path(param)]
    return found


def _dot(var: Var, path: tuple[Any, ...]) -> Var:
    return Var(dot_name((var, path)), kind_at(var.kind, path))


def _paired(writer: TangentWriter, source: Source) -> tuple[Source, list[tuple[Var, Var]]]:
    """The source with the tangents of its items beside them, and which those are."""
    other = _of_tangents(writer, source) if source.op in (iter, reversed) else None
    if other is not None:
        item, dot = next(source.leaves()).item, next(other.leaves()).item
        assert item is not None
        assert dot is not None
        return Source(zip, (source, other)), [(item, dot)]
    args: list[Any] = []
    items: list[tuple[Var, Var]] = []
    for arg in source.args:
        if not isinstance(arg, Source):
            args.append(arg)
            continue
        inner, more = _paired(writer, arg)
        items += more
        flat = source.op is zip and inner.op is zip and more
        args += inner.args if flat else (inner,)
    return Source(source.op, tuple(args), source.item), items


def _of_tangents(writer: TangentWriter, source: Source) -> Source | None:
    """The same walk through a sequence's tangent; None if it has none."""
    if source.op is reversed and isinstance(source.args[0], Source):
        inner = _of_tangents(writer, source.args[0])
        return None if inner is None else Source(reversed, (inner,))
    item = source.item
    if source.op is not iter or item is None or item not in writer.activity:
        return None
    return Source(iter, (_sequence(writer, source.args[0]),), Var(_item_name(item), item.kind))


def _sequence(writer: TangentWriter, sequence: Atom) -> Atom:
    if isinstance(sequence, Var) and isinstance(sequence.kind, List):
        return writer.tangents.item(sequence)
    return writer.tangents.whole(sequence) or writer.tangents.filled(sequence)


def _item_name(item: Var) -> str | None:
    return dot_name((item, ()))

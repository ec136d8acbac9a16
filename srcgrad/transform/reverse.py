"""Reverse mode: the statements that carry adjoints from a function's result to its arguments.

Griewank & Walther, *Evaluating Derivatives* (2008), chapters 3 and 6. The forward sweep is the
primal itself; the reverse sweep goes through its statements last first. What the reverse sweep of
a loop or of a branch inside one needs from the forward sweep is bridged by `needed`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.aliases import overwritten
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.intact import Intact
from srcgrad.analysis.values import Pack, Value
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import List, Num, Tuple, may_be_active
from srcgrad.rules import algebra
from srcgrad.rules.table import Primitive, lookup
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Adjoints, fields_of, kind_at
from srcgrad.transform.containers import walked_once
from srcgrad.transform.custom import reverse_ruled
from srcgrad.transform.needed import Bridge
from srcgrad.transform.refusals import refuse_containers, refuse_objects
from srcgrad.transform.stores import StoreReverser
from srcgrad.transform.templates import splice
from srcgrad.walk import blocks, statements


class Reverser(StoreReverser):
    """Writes the reverse sweep of a specialised function."""

    def run(self, forward: Block) -> None:
        """The reverse sweep of a whole function."""
        self.forward = forward
        self.overwritten = overwritten(forward)
        self.intact = Intact(forward, self.activity)
        self.last_items = dict(_last_items(forward))
        self.unset = set(_maybe_unset(forward))
        self.once = walked_once(forward, self.dynamic)
        self.adjoints.blank = set(self.once)
        self.builder.sharing = True
        self.block(forward)

    def block(self, block: Block) -> None:
        """The reverse sweep of a block's statements."""
        for s in block.stmts:
            if isinstance(s, Bind):
                self.builder.remember(s)
        for s in reversed(block.stmts):
            if s.origin is not self.builder.origin and not _same_statement(s, self.builder.origin):
                self.adjoints.settle()
            self.builder.origin = s.origin
            try:
                self.statement(s)
            except SrcgradError as error:
                raise error.at(s.origin.location if s.origin else None) from None
        self.adjoints.settle()

    def statement(self, s: Stmt) -> None:
        from srcgrad.transform.loops import reverse_loop

        match s:
            case Bind() if s.target in self.activity:
                self._bind(s)
                self._check_taken(s)
            case If():
                self._if(s)
            case Loop():
                reverse_loop(self, s)

    def _check_taken(self, s: Bind) -> None:
        """Every adjoint of a result must have gone on to the operands."""
        if any(not is_zero(a) for a in self.adjoints.take_all(s.target).values()):
            raise UnsupportedError(
                f"the adjoint of a part of a value of kind {s.target.kind}",
                why="the rule of what makes it asks for the adjoint of the whole",
                fix="make the value part by part",
            )

    # operations

    def _bind(self, s: Bind) -> None:
        if isinstance(s.op, ir.Display | ir.Construct):
            return self._display(s)
        if isinstance(s.op, ir.GetAttr):
            return self._element(s, s.op.name)
        if s.op is operator.getitem:
            return self._getitem(s)
        if isinstance(s.op, ir.UpdateAt):
            return self._update(s)
        if isinstance(s.op, ir.Append):
            return self._append(s)
        if isinstance(s.op, ir.Shorten):
            return self._shorten(s)
        if isinstance(s.op, ir.Ruled):
            return reverse_ruled(self, s)
        if isinstance(s.target.kind, Num) and s.target.kind.dtype.kind == "c":
            raise UnsupportedError(
                "a complex value that is differentiated",
                why="complex derivatives are not supported yet",
                fix="compute with the real and imaginary parts",
            )
        y_bar = self._of_result(s.target)
        if y_bar is None or (not isinstance(y_bar, Pack) and algebra.is_number(y_bar, 0)):
            return None
        primitive = lookup(s.op)
        if primitive is None:
            raise self._no_rule_for(s)
        for i in self._wanted(s.args):
            refuse_objects(s.args[i])
        if s.op is operator.mul and isinstance(s.target.kind, List) and isinstance(y_bar, Var):
            return self._repeated(s, y_bar)
        if primitive.partials is not None and not isinstance(y_bar, Pack):
            return self._elementwise(s, primitive, y_bar)
        return self._adjoint_rule(s, primitive, y_bar)

    def _of_result(self, target: Var) -> Atom | Pack | None:
        """The adjoint of what an operation gives; of several results, those of all of them."""
        listed = isinstance(target.kind, List) and target not in self.dynamic
        if not isinstance(target.kind, Tuple) and not (listed and fields_of(target.kind)):
            return self.adjoints.take((target, ()))
        parts = self.adjoints.take_all(target)
        if not parts:
            return None
        fields = fields_of(target.kind)
        return Pack(tuple, tuple(self._whole_item((target, (k,)), parts) for k, _ in fields))

    def _elementwise(self, s: Bind, primitive: Primitive, y_bar: Atom) -> None:
        wanted = self._wanted(s.args)
        assert primitive.partials is not None
        names = list(_parameters(primitive.partials))
        given = dict(zip(names, (*s.args, s.target), strict=True))
        for i in wanted:
            refuse_containers(s.args[i])
            partial = splice(self.specialiser, primitive.partials, given, [i], s.origin)[i]
            if partial is not None:
                scaled = algebra.scale(self.builder, y_bar, partial, (*s.args, s.target))
                self.contribute(s.args[i], scaled, s.target)

    def _adjoint_rule(self, s: Bind, primitive: Primitive, y_bar: Atom | Pack) -> None:
        assert primitive.adjoint is not None
        wanted = self._wanted(s.args)
        if not isinstance(y_bar, Pack):
            y_bar = cotangents.whole(self.builder, y_bar, s.target)
        given: dict[str, Value] = {"y": s.target, "y_bar": y_bar}
        if primitive.variadic:
            given[primitive.parameters[0]] = Pack(tuple, s.args)
        else:
            given |= dict(zip(primitive.parameters, s.args, strict=True))
        for i, share in enumerate(
            splice(self.specialiser, primitive.adjoint, given, wanted, s.origin)
        ):
            if share is not None:
                self._share(s.args[i], share, s.target if primitive.broadcasts else None)
        return None

    def _share(self, arg: Atom, share: Atom, result: Atom | None = None) -> None:
        """An operand's adjoint as a rule gives it: of a shape that fits, or of the result's."""
        kind = kind_of(arg)
        if not isinstance(kind, Tuple | List):
            self.contribute(arg, share, result or arg)
            return
        if isinstance(kind, List) and arg in self.dynamic:
            self.add_whole_list(arg, share)
            return
        elements = kind.elements or ()
        for i, element in enumerate(elements):
            if may_be_active(element):
                part = self.part(share, i, element)
                self.add_to(arg, (i,), cotangents.cast(self.builder, part, element))

    # branches

    def _if(self, s: If) -> None:
        if s.then.raises or s.orelse.raises:
            return
        active = [
            (t, a, b)
            for t, a, b in zip(s.targets, s.then.results, s.orelse.results, strict=True)
            if t in self.activity
        ]
        seeds = [(self.adjoints.take_all(t), a, b) for t, a, b in active]
        if not any(parts for parts, _, _ in seeds) and not self._has_stores(s):
            return
        outer = self.adjoints
        then, then_adjoints = self._branch(s.then, [(p, a) for p, a, _ in seeds], outer)
        orelse, orelse_adjoints = self._branch(s.orelse, [(p, b) for p, _, b in seeds], outer)
        self._merge(s, then, then_adjoints, orelse, orelse_adjoints)

    def _has_stores(self, s: If) -> bool:
        return False

    def _branch(self, forward: Block, seeds: list[Any], outer: Adjoints) -> tuple[Block, Adjoints]:
        """The reverse sweep of one branch, starting from the adjoints after it."""
        self.adjoints = outer.branch()
        with self.builder.block() as block:
            for parts, result in seeds:
                for path, value in parts.items():
                    self.add_result(result, path, value)
            self.block(forward)
        inner, self.adjoints = self.adjoints, outer
        return block, inner

    def add_result(
        self, result: Atom, path: tuple[Any, ...], value: Atom, like: Atom | None = None
    ) -> None:
        """Add the adjoint of what a branch or a pass handed on to what it handed on.

        `like` is the value it became, if its shape may differ.
        """
        if path or not isinstance(kind_of(result), Num):
            self.add_to(result, path, value)
        else:
            self.contribute(result, value, like or result)

    def outermost(self) -> Loop:
        """The outermost of the loops whose reverse sweep is being written."""
        return self.loops[0]

    def insert_before(self, loop: Loop, s: Stmt) -> None:
        """Put a statement into the forward sweep, right before a loop."""
        for block in all_blocks(self.forward):
            if loop in block.stmts:
                block.stmts.insert(block.stmts.index(loop), s)

    def _merge(self, s: If, then: Block, a: Adjoints, orelse: Block, b: Adjoints) -> None:
        every = dict.fromkeys([*a.table, *b.table])
        places = [p for p in every if a.table.get(p) is not b.table.get(p)]
        self.adjoints.table.update((p, a.table[p]) for p in every if p not in places)
        results = [(self._end_of(then, a, p), self._end_of(orelse, b, p)) for p in places]
        then.results = tuple(x for x, _ in results)
        orelse.results = tuple(y for _, y in results)
        targets = tuple(self._merged(p, x, y) for p, (x, y) in zip(places, results, strict=True))
        statement = If(s.test, then, orelse, targets, origin=s.origin)
        if self.loops:
            self._bridge_branches(s, then, orelse)
        self.builder.stmts.append(statement)
        self.adjoints.table.update(zip(places, targets, strict=True))

    def _bridge_branches(self, s: If, then: Block, orelse: Block) -> None:
        for forward, backward in ((s.then, then), (s.orelse, orelse)):
            Bridge(self, forward, backward).connect(forward)

    def _end_of(self, block: Block, adjoints: Adjoints, place: Any) -> Atom:
        """The adjoint of a place at the end of a branch, of its full shape."""
        with self.builder.inside(block):
            found = adjoints.get(place)
            if found is None and place[0] in self.unset:
                return Const(0.0)  # there may be no value to make zeros like
            return adjoints.filled(place, found)

    def _merged(self, place: Any, x: Atom, y: Atom) -> Var:
        from srcgrad.transform.adjoints import bar_name

        kind = kind_at(place[0].kind, place[1])
        if place[0] in self.unset and isinstance(kind, Num) and not kind.is_scalar:
            kind = Num(kind.dtype, None)
        return Var(bar_name(place), kind)


def _same_statement(s: Stmt, origin: ir.Origin | None) -> bool:
    if s.origin is None or origin is None:
        return s.origin is origin
    return s.origin.text == origin.text and s.origin.line == origin.line


def all_blocks(block: Block) -> Iterator[Block]:
    yield block
    for s in statements(block):
        yield from blocks(s)


def _last_items(body: Block) -> Iterator[tuple[Atom, Var]]:
    """For each list the variable that takes its last element."""
    for s in statements(body):
        if isinstance(s, Bind) and s.op is operator.getitem and _is_last(s.args[1]):
            yield s.args[0], s.target


def _maybe_unset(body: Block) -> Iterator[Var]:
    """The variables that only one branch assigns."""
    for s in statements(body):
        if isinstance(s, If):
            for branch in (s.then, s.orelse):
                pairs = zip(s.targets, branch.results, strict=False)
                yield from (t for t, r in pairs if r is ir.UNDEFINED)


def is_zero(atom: Atom) -> bool:
    return algebra.is_number(atom, 0)


def _is_last(index: Atom) -> bool:
    return isinstance(index, Const) and type(index.value) is int and index.value == -1


def _parameters(function: Any) -> tuple[str, ...]:
    code = function.__code__
    return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])

"""Reverse mode: the statements that carry adjoints from a function's result to its arguments.

Griewank & Walther, *Evaluating Derivatives* (2008), chapters 3 and 6.  The forward sweep is the primal
itself; the reverse sweep goes through its statements last first.  What the reverse sweep of a loop or of
a branch inside one needs from the forward sweep is bridged by `needed`.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value
from srcgrad.errors import NoRuleError, SrcgradError, UnsupportedError
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import Dict, Kind, List, Num, Object, Slice, Tuple, may_be_active
from srcgrad.rules import algebra
from srcgrad.rules.indexing import index_only_reshapes
from srcgrad.rules.table import Primitive, lookup
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Adjoints, Place, fields_of, kind_at
from srcgrad.transform.needed import Bridge
from srcgrad.transform.templates import splice
from srcgrad.walk import atoms, blocks, statements


class Reverser:
    """Writes the reverse sweep of a specialised function."""

    def __init__(self, specialiser: Specialiser, activity: Activity, dynamic: set[Var]) -> None:
        self.specialiser = specialiser
        self.builder: Builder = specialiser.builder
        self.activity = activity
        self.dynamic = dynamic
        self.adjoints = Adjoints(self.builder)
        self.loops: list[Loop] = []

    def run(self, forward: Block) -> None:
        """The reverse sweep of a whole function."""
        self.forward = forward
        self.once = _walked_once(forward, self.dynamic)
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
            case If():
                self._if(s)
            case Loop():
                reverse_loop(self, s)

    # operations

    def _bind(self, s: Bind) -> None:
        if isinstance(s.op, ir.Display):
            return self._display(s)
        if isinstance(s.op, ir.GetAttr):
            return self._element(s, s.op.name)
        if s.op is operator.getitem:
            return self._getitem(s)
        if isinstance(s.target.kind, Num) and s.target.kind.dtype.kind == "c":
            raise UnsupportedError(
                "a complex value that is differentiated",
                why="complex derivatives are not supported yet",
                fix="compute with the real and imaginary parts",
            )
        place = (s.target, ())
        y_bar = self.adjoints.take(place)
        if y_bar is None or algebra.is_number(y_bar, 0):
            return None
        primitive = lookup(s.op)
        if primitive is None:
            raise self._no_rule_for(s)
        if primitive.partials is not None:
            return self._elementwise(s, primitive, y_bar)
        return self._adjoint_rule(s, primitive, y_bar)

    def _no_rule_for(self, s: Bind) -> SrcgradError:
        """The refusal of an operation; a method is called by its name."""
        method = self.builder.maker(s.args[0]) if isinstance(s.op, ir.Call) else None
        if method is not None and isinstance(method.op, ir.GetAttr):
            return _no_rule(method.op)
        return _no_rule(s.op)

    def _wanted(self, args: Iterable[Atom]) -> list[int]:
        return [i for i, a in enumerate(args) if a in self.activity]

    def _elementwise(self, s: Bind, primitive: Primitive, y_bar: Atom) -> None:
        wanted = self._wanted(s.args)
        assert primitive.partials is not None
        names = list(_parameters(primitive.partials))
        given = dict(zip(names, (*s.args, s.target), strict=True))
        for i in wanted:
            if isinstance(kind_of(s.args[i]), Tuple | List | Dict | Object):
                raise UnsupportedError(
                    f"arithmetic on a value of kind {kind_of(s.args[i])}",
                    why="its elements have adjoints of their own",
                    fix="make it an array first, with np.array",
                )
            (partial,) = [
                p for p in splice(self.specialiser, primitive.partials, given, [i], s.origin) if p
            ] or [None]
            if partial is not None:
                self.contribute(s.args[i], algebra.scale(self.builder, y_bar, partial), s.target)

    def _adjoint_rule(self, s: Bind, primitive: Primitive, y_bar: Atom) -> None:
        assert primitive.adjoint is not None
        wanted = self._wanted(s.args)
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
        elements = kind.elements or ()
        for i, element in enumerate(elements):
            if may_be_active(element):
                part = self.builder.emit(operator.getitem, share, Const(i))
                self.add_to(arg, (i,), part)

    def contribute(self, operand: Atom, value: Atom, result: Atom) -> None:
        """Add to an operand's adjoint, summed over the dims that broadcasting gave the result."""
        if operand in self.activity and isinstance(operand, Var):
            value = cotangents.fit(self.builder, value, operand, result)
            self.adjoints.add((operand, ()), value)

    def add_to(self, operand: Atom, path: tuple[Any, ...], value: Atom) -> None:
        """Add to the adjoint of what a path into an operand leads to."""
        if operand in self.activity and isinstance(operand, Var):
            if path and operand in self.dynamic:
                self._add_to_list(operand, Const(path[0]), {path[1:]: value})
            else:
                self.adjoints.add((operand, path), value)

    # containers

    def _display(self, s: Bind) -> None:
        keys: Iterable[Any] = range(len(s.args))
        args = s.args
        if s.op.cls is dict:
            keys, args = [a.value for a in s.args[::2] if isinstance(a, Const)], s.args[1::2]
        parts = self.adjoints.take_all(s.target)
        if () in parts:
            parts = {**parts, **self._split(s.target, parts.pop(()), len(args))}
        for key, arg in zip(keys, args, strict=True):
            for path, value in parts.items():
                if path[0] == key and (type(path[0]) is type(key)):
                    self.add_to(arg, path[1:], value)

    def _split(self, target: Var, whole: Atom, count: int) -> dict[tuple[Any, ...], Atom]:
        """The adjoint of a list kept whole, element by element."""
        return {(i,): self.builder.emit(operator.getitem, whole, Const(i)) for i in range(count)}

    def _element(self, s: Bind, key: Any) -> None:
        """x = owner[key] for a key known when compiling."""
        owner = s.args[0]
        kind = kind_of(owner)
        if not isinstance(kind, Tuple | List | Dict | Object):
            made = self.builder.maker(owner) or s
            raise _no_rule(made.op).at(made.origin.location if made.origin else None)
        if isinstance(key, int) and key < 0 and isinstance(kind, List | Tuple):
            elements = (
                self.specialiser.guards.length(kind) if isinstance(kind, List) else kind.elements
            )
            key += len(elements)
        for path, value in self.adjoints.take_all(s.target).items():
            self.add_to(owner, (key, *path), value)

    def _getitem(self, s: Bind) -> None:
        owner, index = s.args
        kind = kind_of(owner)
        if isinstance(kind, Tuple | Dict | List):
            self._container_item(s, owner, index)
            return
        y_bar = self.adjoints.take((s.target, ()))
        if y_bar is None or not isinstance(owner, Var) or owner not in self.activity:
            return
        if isinstance(kind, Num) and kind.dims is not None and index_only_reshapes(kind_of(index)):
            y_bar = cotangents.whole(self.builder, y_bar, s.target)
            self.contribute(owner, cotangents.reshaped(self.builder, y_bar, owner), owner)
            return
        if not isinstance(kind, Num):
            y_bar = cotangents.whole_at_run_time(self.builder, y_bar, s.target)
        self.adjoints.add_at((owner, ()), index, cotangents.cast(self.builder, y_bar, kind))

    def _container_item(self, s: Bind, owner: Atom, index: Atom) -> None:
        if isinstance(kind_of(index), Slice) or (
            isinstance(index, Const) and isinstance(index.value, slice)
        ):
            raise UnsupportedError(
                "a slice of a list whose length is not known",
                why="the elements it takes cannot be told apart when compiling",
                fix="loop over range(n) and index the list",
            )
        if isinstance(owner, Var) and owner in self.dynamic:
            parts = self.adjoints.take_all(s.target)
            if parts:
                self._add_to_list(owner, index, parts)
        elif isinstance(index, Const) and isinstance(index.value, int | str):
            self._element(s, index.value)
        else:
            raise _no_rule(s.op)

    def _add_to_list(self, owner: Var, index: Atom, parts: dict[tuple[Any, ...], Atom]) -> None:
        """Add to one element of a list's adjoint, which is a list itself."""
        kind = kind_of(owner)
        assert isinstance(kind, List)
        old = self.adjoints._storage((owner, ()))
        self.adjoints.table[(owner, ())] = old
        item = self.builder.bind(operator.getitem, (old, index), kind.element)
        self.adjoints.set_at((owner, ()), index, self._sum(item, parts, ()))

    def add_item(
        self, owner: Var, index: Atom, parts: dict[tuple[Any, ...], Atom], loop: Loop
    ) -> None:
        """Add to the element of a list that this pass of a loop took."""
        if self.once.get(owner) is not loop:
            self._add_to_list(owner, index, parts)
            return
        assert isinstance(owner.kind, List)
        item = (
            next(leaf.item for leaf in loop.source.leaves() if owner in leaf.args)
            if loop.source
            else None
        )
        assert item is not None
        self.adjoints.set_at((owner, ()), index, self._whole_item((item, ()), parts))

    def _whole_item(self, place: Place, parts: dict[tuple[Any, ...], Atom]) -> Atom:
        """The adjoint of one element in the element's structure, zero where it has no part."""
        kind = kind_at(place[0].kind, place[1])
        if fields_of(kind):
            fields = [
                self._whole_item((place[0], (*place[1], k)), parts) for k, _ in fields_of(kind)
            ]
            return self._rebuilt(kind, fields)
        return self.adjoints.filled(place, parts.get(place[1]))

    def _sum(self, old: Atom, parts: dict[tuple[Any, ...], Atom], path: tuple[Any, ...]) -> Atom:
        """The old adjoint of an element plus its parts, in the element's structure."""
        if path in parts:
            return algebra.accumulate(self.builder, old, parts[path])
        kind = kind_of(old)
        if not any(p[: len(path)] == path for p in parts):
            return old
        fields = [
            self._sum(self._field(old, key, k), parts, (*path, key)) for key, k in fields_of(kind)
        ]
        return self._rebuilt(kind, fields)

    def _field(self, owner: Atom, key: Any, kind: Kind) -> Atom:
        if isinstance(kind_of(owner), Object):
            return self.builder.bind(ir.GetAttr(key), (owner,), kind)
        return self.builder.bind(operator.getitem, (owner, Const(key)), kind)

    def _rebuilt(self, kind: Kind, fields: list[Atom]) -> Atom:
        """A container of a kind from its fields."""
        match kind:
            case Tuple(cls=cls):
                return self.builder.bind(ir.Display(cls), tuple(fields), kind)
            case Dict(keys=keys):
                pairs = [a for k, f in zip(keys, fields, strict=True) for a in (Const(k), f)]
                return self.builder.bind(ir.Display(dict), tuple(pairs), kind)
            case Object(cls=cls, names=names):
                return self.builder.bind(ir.Construct(cls, names), tuple(fields), kind)
            case List():
                return self.builder.bind(ir.Display(list), tuple(fields), kind)
        raise UnsupportedError(
            f"an element of kind {kind} of a list that is differentiated",
            fix="use tuples or dicts of arrays",
        )

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
        for block in _all_blocks(self.forward):
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
            return adjoints.filled(place, adjoints.get(place))

    def _merged(self, place: Any, x: Atom, y: Atom) -> Var:
        from srcgrad.transform.adjoints import bar_name, kind_at

        return Var(bar_name(place), kind_at(place[0].kind, place[1]))


def _walked_once(forward: Block, dynamic: set[Var]) -> dict[Var, Loop]:
    """The lists that nothing but one loop reads, which takes every element exactly once."""
    reads = [a for s in statements(forward) for a in atoms(s) if a in dynamic]
    found = {}
    for s in forward.stmts:
        if (
            isinstance(s, Loop)
            and s.source is not None
            and s.stop is None
            and s.source.op in (iter, enumerate)
        ):
            for leaf in s.source.leaves():
                if leaf.op is iter and reads.count(leaf.args[0]) == 1 and _is_flat(leaf.args[0]):
                    found[leaf.args[0]] = s
    return found


def _is_flat(sequence: Any) -> bool:
    element = sequence.kind.element
    parts = [k for _, k in fields_of(element)] or [element]
    return all(isinstance(p, Num) for p in parts)


def _same_statement(s: Stmt, origin: ir.Origin | None) -> bool:
    if s.origin is None or origin is None:
        return s.origin is origin
    return s.origin.text == origin.text and s.origin.line == origin.line


def dynamic_lists(block: Block, activity: Activity) -> set[Var]:
    """The active lists of which elements are read by an index that only a run knows."""
    found: set[Var] = set()
    for s in statements(block):
        if isinstance(s, Bind) and s.op is operator.getitem:
            owner, index = s.args
            if isinstance(owner, Var) and not isinstance(index, Const):
                found.add(owner)
        if isinstance(s, Loop) and s.source is not None:
            leaves = [leaf for leaf in s.source.leaves() if leaf.op is iter]
            found.update(leaf.args[0] for leaf in leaves if isinstance(leaf.args[0], Var))
    return {v for v in found if isinstance(v.kind, List) and v in activity}


def _all_blocks(block: Block) -> Iterator[Block]:
    yield block
    for s in statements(block):
        yield from blocks(s)


def _parameters(function: Any) -> tuple[str, ...]:
    code = function.__code__
    return tuple(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def _unknown_call() -> UnsupportedError:
    return UnsupportedError(
        "a call of a function that is chosen at run time",
        why="which function is called must be known when compiling",
        fix="call each function in its own branch",
    )


def _no_rule(op: Any) -> SrcgradError:
    if isinstance(op, ir.Call):
        return _unknown_call()
    name = getattr(op, "__name__", None) or getattr(op, "name", str(op))
    module = getattr(op, "__module__", None) or ""
    if isinstance(op, ir.GetAttr):
        spelled = repr(op.name)
    spelled = (
        f"{module}.{name}" if module and module not in ("builtins", "_operator") else str(name)
    )
    return NoRuleError(
        f"no derivative rule for {spelled}",
        why="the result depends on what is differentiated, and srcgrad does not know how",
        fix="write it with functions that have rules, or compute it outside",
    )

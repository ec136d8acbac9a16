"""Forward mode: each statement of a function with its tangent's right behind it.

Griewank & Walther, *Evaluating Derivatives* (2008), section 3.1.  Nothing is kept: a tangent goes
through loops, branches, stores and containers in step with its variable.
"""

from __future__ import annotations

import operator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.errors import SrcgradError, UnsupportedError
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import Dict, List, Num, Object, Tuple
from srcgrad.rules import algebra
from srcgrad.rules.table import Primitive, lookup
from srcgrad.transform import cotangents
from srcgrad.transform.containers import dynamic_lists
from srcgrad.transform.custom import tangent_of_ruled
from srcgrad.transform.forward_loops import tangent_loop
from srcgrad.transform.refusals import no_rule, refuse_containers, refuse_objects
from srcgrad.transform.tangents import Tangents, dot_name
from srcgrad.transform.templates import splice
from srcgrad.transform.transposition import transposed

JOINING = frozenset([operator.add, operator.mul, operator.iadd, operator.imul])


class TangentWriter:
    """Writes the tangent program of a specialised function."""

    def __init__(self, specialiser: Specialiser, activity: Activity, primal: Block) -> None:
        self.specialiser = specialiser
        self.builder = specialiser.builder
        self.activity = activity
        self.primal = primal
        self.tangents = Tangents(self.builder, activity, dynamic_lists(primal, activity))

    def run(self, seeds: list[tuple[Var, Var]]) -> None:
        """Write the whole program, from the tangents of the independents."""
        self.builder.sharing = True
        for var, tangent in seeds:
            self.tangents.put_whole(var, tangent)
        self.statements(self.primal)

    def statements(self, block: Block) -> None:
        """The statements of a block, each with its tangent's behind it."""
        for s in block.stmts:
            self.builder.origin = s.origin
            try:
                self._statement(s)
            except SrcgradError as error:
                raise error.at(s.origin.location if s.origin else None) from None

    def _statement(self, s: Stmt) -> None:
        match s:
            case Bind():
                self.builder.remember(s)
                self.builder.stmts.append(s)
                if s.target in self.activity:
                    self._bind(s)
            case If():
                self._if(s)
            case Loop():
                tangent_loop(self, s)
            case _:
                self.builder.stmts.append(s)

    # operations

    def _bind(self, s: Bind) -> None:
        match s.op:
            case ir.Display() | ir.Construct():
                self._display(s)
            case ir.GetAttr(name):
                self._element(s, name)
            case operator.getitem:
                self._getitem(s)
            case ir.UpdateAt():
                self._update(s)
            case ir.Append():
                self._grown(s, self.tangents.item(s.args[1]))
            case ir.Shorten():
                self._grown(s)
            case ir.Ruled():
                tangent_of_ruled(self, s)
            case _:
                self._operation(s)

    def _display(self, s: Bind) -> None:
        if s.target in self.tangents.dynamic:
            items = tuple(self.tangents.item(a) for a in s.args)
            self._put(s, self.builder.bind(s.op, items, s.target.kind))
            return
        keys: Any = range(len(s.args))
        args = s.args
        if s.op.cls is dict:
            keys, args = [a.value for a in s.args[::2] if isinstance(a, Const)], s.args[1::2]
        elif isinstance(s.target.kind, Object):
            keys = s.target.kind.names
        for key, arg in zip(keys, args, strict=True):
            self._copy(s.target, (key,), arg, ())

    def _copy(
        self, target: Var, path: tuple[Any, ...], owner: Atom, inner: tuple[Any, ...]
    ) -> None:
        """Let the parts of a target below `path` have the tangents of those below `inner`."""
        if not isinstance(owner, Var):
            return
        for p in self.tangents.every_path(target):
            if p[: len(path)] == path:
                found = self.tangents.get(owner, (*inner, *p[len(path) :]))
                if found is not None:
                    self.tangents.table[(target, p)] = found

    def _element(self, s: Bind, key: Any) -> None:
        """x = owner[key] for a key known when compiling."""
        owner = s.args[0]
        kind = kind_of(owner)
        if not isinstance(kind, Tuple | List | Dict | Object):
            raise no_rule(s.op)
        if isinstance(key, int) and key < 0 and isinstance(kind, List | Tuple):
            key += len(
                self.specialiser.guards.length(kind) if isinstance(kind, List) else kind.elements
            )
        self._copy(s.target, (), owner, (key,))

    def _getitem(self, s: Bind) -> None:
        owner, index = s.args
        kind = kind_of(owner)
        if isinstance(kind, Tuple | Dict | List) and owner not in self.tangents.dynamic:
            if not isinstance(index, Const):
                raise no_rule(s.op)
            self._element(s, index.value)
            return
        if isinstance(kind, List):
            whole = self.tangents.get(owner)
            if whole is not None:
                item = self.builder.bind(operator.getitem, (whole, index), s.target.kind)
                self.tangents.put_whole(s.target, item)
            return
        tangent = self.tangents.whole(owner)
        if tangent is not None:
            self._put(s, self.builder.emit(operator.getitem, tangent, index))

    def _put(self, s: Bind, tangent: Atom | None) -> None:
        self.tangents.put(s.target, (), tangent)

    def _update(self, s: Bind) -> None:
        """A store: the same store of tangents."""
        base, *rest, value = s.args
        if isinstance(s.target.kind, List):
            tangent = self.tangents.item(value)
        else:
            tangent = self.tangents.get(value) or Const(0.0)
        old = self.tangents.filled(base)
        hint = dot_name((s.target, ()))
        made = self.builder.bind(s.op, (old, *rest, tangent), s.target.kind, hint)
        self.tangents.table[(s.target, ())] = made

    def _grown(self, s: Bind, *items: Atom) -> None:
        """A list that has grown or shrunk: so has its tangent."""
        old = self.tangents.filled(s.args[0])
        self._put(s, self.builder.bind(s.op, (old, *items), s.target.kind))

    def _operation(self, s: Bind) -> None:
        _refuse_complex(s)
        primitive = lookup(s.op)
        if primitive is None:
            raise no_rule(s.op)
        varied = [a for a in (s.target, *s.args) if self.tangents.paths(a)]
        for operand in varied:
            refuse_objects(operand)
        sequences = any(isinstance(kind_of(a), List | Tuple) for a in varied)
        if primitive.partials is not None and sequences:
            self._of_containers(s)
        elif primitive.partials is not None:
            self._elementwise(s, primitive)
        elif primitive.linear:
            made = self.builder.call(s.op, tuple(map(self._linear, s.args)))
            self.tangents.put_whole(s.target, made)
        elif primitive.rearranges:
            made = self.builder.call(s.op, (self.tangents.item(s.args[0]), *s.args[1:]))
            self.tangents.put_whole(s.target, made)
        else:
            transposed(self, s, primitive)

    def _of_containers(self, s: Bind) -> None:
        """Lists and tuples that are joined or repeated: so are those of their tangents."""
        if s.op not in JOINING or not isinstance(s.target.kind, List | Tuple):
            raise no_rule(s.op)
        args = tuple(
            self.tangents.item(a) if isinstance(kind_of(a), List | Tuple) else a for a in s.args
        )
        self.tangents.put_whole(s.target, self.builder.bind(s.op, args, s.target.kind))

    def _linear(self, arg: Atom) -> Atom:
        """The tangent of an operand of a linear operation; what is no number stays as it is."""
        kind = kind_of(arg)
        inactive = not self.tangents.paths(arg) and isinstance(kind, Num) and kind.is_scalar
        return Const(0) if inactive else self.tangents.item(arg)

    def _elementwise(self, s: Bind, primitive: Primitive) -> None:
        assert primitive.partials is not None
        code = primitive.partials.__code__
        names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        given = dict(zip(names, (*s.args, s.target), strict=True))
        total: Atom | None = None
        for i, arg in enumerate(s.args):
            if self.tangents.paths(arg):
                refuse_containers(arg)
            tangent = self.tangents.get(arg)
            if tangent is None:
                continue
            partial = splice(self.specialiser, primitive.partials, given, [i], s.origin)[i]
            if partial is None:
                continue
            term = algebra.scale(self.builder, tangent, partial, (*s.args, s.target))
            total = term if total is None else algebra.accumulate(self.builder, total, term)
        if total is not None and not algebra.is_number(total, 0):
            self._put(s, cotangents.cast(self.builder, total, s.target.kind))

    # branches

    def _if(self, s: If) -> None:
        rows = [(n, t, path) for n, t in enumerate(s.targets) for path in self.tangents.paths(t)]
        then, orelse = (self._branch(b, rows) for b in (s.then, s.orelse))
        dots = tuple(Var(dot_name((t, p)), self._kind_at(t, p)) for _, t, p in rows)
        self.builder.stmts.append(s.rebuilt(then, orelse, (*s.targets, *dots)))
        for (_, target, path), dot in zip(rows, dots, strict=True):
            self.tangents.table[(target, path)] = dot

    def _branch(self, branch: Block, rows: list[Any]) -> Block:
        before = dict(self.tangents.table)
        with self.builder.block() as block:
            self.statements(branch)
            if not branch.raises:
                dots = [self.end(branch.results[n], t, path) for n, t, path in rows]
                block.results = (*branch.results, *dots)
        block.raises = branch.raises
        self.tangents.table = before
        return block

    def end(self, result: Atom, target: Var, path: tuple[Any, ...]) -> Atom:
        """The tangent that a branch or a pass hands on for a target."""
        if not path and target in self.tangents.dynamic:
            return self.tangents.item(result)
        return self.tangents.filled(result, path)

    def _kind_at(self, var: Var, path: tuple[Any, ...]) -> Any:
        from srcgrad.transform.adjoints import kind_at

        return kind_at(var.kind, path)


def _refuse_complex(s: Bind) -> None:
    if isinstance(s.target.kind, Num) and s.target.kind.dtype.kind == "c":
        raise UnsupportedError(
            "a complex value that is differentiated",
            why="complex derivatives are not supported yet",
            fix="compute with the real and imaginary parts",
        )

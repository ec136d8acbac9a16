"""Raise IR statements to gast: operations, copies and branches."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from itertools import islice
from typing import Any

import gast

from srcgrad import ir
from srcgrad.analysis.aliases import is_in_place
from srcgrad.backend.definitions import defined_outside, read_before
from srcgrad.backend.expressions import (
    BINARY,
    LOAD,
    STORE,
    ExpressionRaiser,
    constant,
    name,
    negated,
)
from srcgrad.backend.fold import Folder, Plan
from srcgrad.backend.imports import Imports
from srcgrad.backend.naming import Names
from srcgrad.backend.regions import Regions
from srcgrad.backend.taking import Taken, is_index, taken_from_the_end, unpacked_together
from srcgrad.backend.unset import unset_targets
from srcgrad.ir import Atom, Bind, Block, Const, Function, If, Loop, Stmt, Var
from srcgrad.kinds import Num
from srcgrad.walk import read, statements

RESERVED = frozenset({"np", "math"})


class StatementRaiser:
    """Writes the statements of one function."""

    def __init__(self, function: Function, imports: Imports | None = None) -> None:
        self.plan: Plan = Folder(function.body).run(function.body)
        params = {p.hint or "" for p in function.params}
        self.names = Names(
            function.body, function.params, self.plan, set(_used_names(function.body)) - params
        )
        imports = imports or Imports(set())
        imports.taken = set(self.names.name.values())
        self.expressions = ExpressionRaiser(self.plan, self.names.name, imports)
        self.unset = unset_targets(function.body, self.names.same)
        self.read = set(read(function.body))
        self.reverse = False
        self.group: object = None
        self.skipped: set[Stmt] = set()

    def expr(self, atom: Atom) -> Any:
        return self.expressions.expr(atom)

    def function(self, function: Function) -> Any:
        params = [gast.Name(self.names.of(p), gast.Param(), None, None) for p in function.params]
        arguments = gast.arguments(params, [], None, [], [], None, [])
        outer = [v for v in defined_outside(function.body) if v in self.names.name]
        self._outer_names = {p.id for p in params} | {self.names.of(v) for v in outer}
        body = self.block(function.body)
        values = [self.expr(r) for r in function.body.results]
        if values:
            body.append(gast.Return(values[0] if len(values) == 1 else gast.Tuple(values, LOAD)))
        return gast.FunctionDef(function.name, arguments, body or [gast.Pass()], [], None, None, [])

    # blocks

    def block(self, block: Block, tail: Iterable[Any] = ()) -> list[Any]:
        """The statements of a block, then `tail`."""
        nodes: list[Any] = []
        regions = Regions(nodes)
        last, self.group = self.group, None
        heading: str | None = None
        for i, s in enumerate(block.stmts):
            if isinstance(s, ir.Mark):
                heading, self.reverse = s.title, s.title.startswith("reverse")
                continue
            self.group = last if isinstance(s, If) else None
            if isinstance(s, ir.Effect) and isinstance(s.op, ir.Region | ir.Leave):
                opened = regions.mark(s.op)
                made = [opened] if opened is not None else []
            else:
                made = self.statement(s, block.stmts, i)
                regions.add(made, s)
            if not made:
                continue
            last = self._annotate(made[0], s, last, heading)
            heading = None
            self._place(made, s)
        return [*nodes, *tail]

    def _annotate(self, node: Any, s: Stmt, last: object, heading: str | None) -> object:
        """Head a group of the reverse sweep by the user's line."""
        node.comments = []
        if heading:
            node.comments.append(heading)
            node.blank_before = self.reverse
        simple = not isinstance(s, Loop | If | ir.Push | ir.Pop)
        if not (self.reverse and simple and s.origin and not s.origin.header):
            return last
        group = (s.origin.location.file, s.origin.line, s.origin.text)
        if group != last:
            node.comments.append(f"{s.origin.line}: {s.origin.text}")
        return group

    def _place(self, made: list[Any], s: Stmt) -> None:
        """Note on each statement which sweep it is in, and the user's line that it came from."""
        for node in made:
            node.origin, node.reverse = s.origin, self.reverse
            node.restores = isinstance(s, ir.Pop)

    def statement(self, s: Stmt, stmts: list[Stmt], i: int) -> list[Any]:
        match s:
            case Bind():
                return self._bind(s, stmts, i)
            case ir.Effect(op, args, keywords):
                call = self.expressions._plain_call(
                    self.expressions._object(op), [self.expr(a) for a in args], keywords
                )
                return [gast.Expr(call)]
            case ir.Raise(exception, cause):
                return [gast.Raise(exception and self.expr(exception), cause and self.expr(cause))]
            case ir.Try():
                return [self._try(s)]
            case ir.Define():
                return [self._definition(s)]
            case ir.Rescue():
                return [self._handler(s, self.block(s.handler))]
            case If():
                return self._if(s)
            case Loop():
                return self._loop(s)
            case ir.Push(tape, values):
                return [self._call_method(tape, "append", [packed([self.expr(v) for v in values])])]
            case ir.Pop():
                return self._pop(s)
        raise AssertionError(f"cannot write {s}")

    def _loop(self, s: Loop) -> list[Any]:
        """A loop and the copies before it."""
        raise NotImplementedError

    def _call_method(self, owner: Atom, method: str, args: list[Any]) -> Any:
        return gast.Expr(gast.Call(gast.Attribute(self.expr(owner), method, LOAD), args, []))

    def _pop(self, s: ir.Pop) -> list[Any]:
        if s.index is None:
            taken: Any = gast.Call(gast.Attribute(self.expr(s.tape), "pop", LOAD), [], [])
        else:
            taken = gast.Subscript(self.expr(s.tape), self.expr(s.index), LOAD)
        if not any(t in self.read for t in s.targets):
            return [gast.Expr(taken)] if s.index is None else []
        names = [self._target(t) if t in self.read else name("_", STORE) for t in s.targets]
        return [gast.Assign([packed(names, STORE)], taken, None)]

    # operations

    def _target(self, v: Var) -> Any:
        return name(self.names.of(v), STORE)

    def _bind(self, s: Bind, stmts: list[Stmt], i: int) -> list[Any]:
        if s in self.skipped or s.target in self.plan.inlined:
            return []
        if isinstance(s.op, ir.Enter):
            target = self._target(s.target) if s.target in self.read else None
            return [gast.With([gast.withitem(self.expr(s.args[0]), target)], [], None)]
        if is_in_place(s):
            return [self._update(s)]
        if self._is_taken(s, stmts, i):
            self.skipped.add(stmts[i + 1])
            call = gast.Call(gast.Attribute(self.expr(s.args[0]), "pop", LOAD), [], [])
            return [gast.Assign([self._target(s.target)], call, None)]
        taken = taken_from_the_end(stmts, i, self.plan)
        if taken is not None:
            return [self._take(taken)]
        if s.target not in self.read:
            return [gast.Expr(self.expressions.operation(s))]
        unpacked = unpacked_together(islice(stmts, i, None), self.plan)
        if unpacked:
            self.skipped.update(unpacked)
            return [gast.Assign([self._tuple_target(unpacked)], self.expr(s.args[0]), None)]
        if self._is_augmented(s):
            return [gast.AugAssign(self._target(s.target), BINARY[s.op](), self.expr(s.args[1]))]
        return [gast.Assign([self._target(s.target)], self.expressions.operation(s), None)]

    def _take(self, taken: Taken) -> Any:
        """a, b = values.pop()"""
        self.skipped.update(taken.statements)
        targets = {k: p.target for k, p in taken.parts.items() if p.target in self.read}
        names = [
            self._target(targets[k]) if k in targets else name("_", STORE)
            for k in range(taken.count)
        ]
        call = gast.Call(gast.Attribute(self.expr(taken.owner), "pop", LOAD), [], [])
        return gast.Assign([gast.Tuple(names, STORE)], call, None)

    def _is_taken(self, s: Bind, stmts: list[Stmt], i: int) -> bool:
        """Whether the last element of a list is read right before it is dropped."""
        after = stmts[i + 1] if i + 1 < len(stmts) else None
        return (
            isinstance(after, Bind)
            and isinstance(after.op, ir.Shorten)
            and s.op is operator.getitem
            and s.args[0] is after.args[0]
            and is_index(s.args[1], -1)
        )

    def _tuple_target(self, binds: list[Bind]) -> Any:
        return gast.Tuple([self._target(b.target) for b in binds], STORE)

    def _is_augmented(self, s: Bind) -> bool:
        """Whether `x = x + y` may be written `x += y`: for numbers."""
        if s.op not in (operator.add, operator.sub, operator.mul, operator.truediv):
            return False
        old = s.args[0]
        if (
            not isinstance(old, Var)
            or old in self.plan.inlined
            or self.names.of(old) != self.names.of(s.target)
        ):
            return False
        a, b = old.kind, s.target.kind
        return isinstance(a, Num) and isinstance(b, Num) and a.is_scalar and b.is_scalar

    def _update(self, s: Bind) -> Any:
        if isinstance(s.op, ir.Append):
            return self._call_method(s.args[0], "append", [self.expr(s.args[1])])
        if isinstance(s.op, ir.Shorten):
            return self._call_method(s.args[0], "pop", [])
        *_, base, index, value = s.args
        at = self.expressions.index(index)
        if s.op.op is not None and isinstance(index, Const) and index.value is Ellipsis:
            whole = self.expr(base)
            if isinstance(whole, gast.Name | gast.Subscript):
                whole.ctx = STORE
                return gast.AugAssign(whole, BINARY[s.op.op](), self.expr(value))
        if s.op.repeats and s.op.op is not None:
            ufunc = self.expressions.dotted(
                "np.add.at" if s.op.op is operator.add else "np.subtract.at"
            )
            where = self.expressions.expr(index)
            return gast.Expr(gast.Call(ufunc, [self.expr(base), where, self.expr(value)], []))
        target = gast.Subscript(self.expr(base), at, STORE)
        if s.op.op is None:
            return gast.Assign([target], self.expr(value), None)
        return gast.AugAssign(target, BINARY[s.op.op](), self.expr(value))

    # copies

    def copies(self, pairs: Iterable[tuple[Var, Atom]]) -> list[Any]:
        """Assignments of values to variables, at once where one would overwrite another's."""
        needed = [(t, a) for t, a in pairs if self._is_needed(t, a)]
        if not needed:
            return []
        names = [self.names.of(t) for t, _ in needed]
        reads = [
            {self.names.of(v) for v in self.plan.named(a)} if isinstance(a, Var) else set()
            for _, a in needed
        ]
        clash = any(
            names[i] in reads[j] for i in range(len(names)) for j in range(i + 1, len(names))
        )
        targets = [self._target(t) for t, _ in needed]
        values = [self.expr(a) for _, a in needed]
        if clash:
            return [gast.Assign([gast.Tuple(targets, STORE)], gast.Tuple(values, LOAD), None)]
        return [gast.Assign([t], v, None) for t, v in zip(targets, values, strict=True)]

    def _is_needed(self, target: Var, value: Atom) -> bool:
        if isinstance(value, Const) and isinstance(value.value, ir.Undefined):
            return target in self.unset
        return not self.names.same(value, target)

    def _definition(self, s: ir.Define) -> Any:
        """A pullback: it goes on with the names of the forward sweep, which are not read again."""
        params = [gast.Name(self.names.of(p), gast.Param(), None, None) for p in s.params]
        arguments = gast.arguments(params, [], None, [], [], None, [])
        before, self.reverse = self.reverse, True
        body = self.block(s.body)
        self.reverse = before
        values = [self.expr(r) for r in s.body.results]
        body.append(gast.Return(values[0] if len(values) == 1 else gast.Tuple(values, LOAD)))
        outside = self._outer_names & read_before(body) - {p.id for p in params}
        if outside:
            body.insert(0, gast.Nonlocal(sorted(outside)))
        return gast.FunctionDef(self.names.of(s.target), arguments, body, [], None, None, [])

    # regions

    def _try(self, s: ir.Try) -> Any:
        """A try whose handler is another way to the targets."""
        done = [s.test] if isinstance(s.test, Var) and s.test in self.read else []
        then = self._branch(s, s.then, None) + self._flag(done, True)
        orelse = self._flag(done, False) + self._branch(s, s.orelse, None)
        return gast.Try(then or [gast.Pass()], [self._handler(s, orelse)], [], [])

    def _flag(self, done: list[Var], value: bool) -> list[Any]:
        return [gast.Assign([self._target(v)], constant(value), None) for v in done]

    def _handler(self, s: ir.Try | ir.Rescue, body: list[Any]) -> Any:
        named = self._target(s.caught) if s.caught in self.read else None
        return gast.ExceptHandler(self.expr(s.catches), named, body or [gast.Pass()])

    # branches

    def _if(self, s: If, leave: Var | None = None) -> list[Any]:
        if leave is None and s.targets and s.targets[0] in self.plan.inlined:
            return []
        if leave is None and s.targets and s.targets[0] in self.plan.choices:
            return [gast.Assign([self._target(s.targets[0])], self.expressions.choice(s), None)]
        then, orelse = self._branch(s, s.then, leave), self._branch(s, s.orelse, leave)
        test = self.expr(s.test)
        if not then and not orelse:
            return []
        if not then:
            test, then, orelse = negated(test), orelse, []
        return flattened(test, then, orelse) if leave else [gast.If(test, then, orelse)]

    def _branch(self, s: If, block: Block, leave: Var | None) -> list[Any]:
        """One branch; `leave` is the target that says whether the loop ends here."""
        if leave is None:
            return self.block(
                block,
                [] if block.raises else self.copies(zip(s.targets, block.results, strict=True)),
            )
        position = s.targets.index(leave)
        pairs = [
            (t, r)
            for i, (t, r) in enumerate(zip(s.targets, block.results, strict=True))
            if i != position
        ]
        verdict = block.results[position]
        last = block.stmts[-1] if block.stmts else None
        nested = last if isinstance(last, If) and not isinstance(last, ir.Try) else None
        if nested is not None and verdict in nested.targets and not self.copies(pairs):
            assert isinstance(verdict, Var)
            inner = Block(block.stmts[:-1])
            return [*self.block(inner), *self._if(nested, verdict)]
        return [*self.block(block), *self.copies(pairs), *self._leave(verdict)]

    def _leave(self, verdict: Atom) -> list[Any]:
        if isinstance(verdict, Const):
            return [gast.Break()] if verdict.value else []
        return [gast.If(self.expr(verdict), [gast.Break()], [])]


def packed(nodes: list[Any], ctx: Any = LOAD) -> Any:
    return nodes[0] if len(nodes) == 1 else gast.Tuple(nodes, ctx)


def flattened(test: Any, then: list[Any], orelse: list[Any]) -> list[Any]:
    """`if` that leaves the loop in one branch: the other simply follows."""
    if then and isinstance(then[-1], gast.Break):
        return [gast.If(test, then, []), *orelse]
    if orelse and isinstance(orelse[-1], gast.Break):
        return [gast.If(negated(test), orelse, []), *then]
    return [gast.If(test, then, orelse)]


def _used_names(body: Block) -> Iterable[str]:
    """Names that generated code uses for things other than variables."""
    yield from RESERVED
    for s in statements(body):
        op = getattr(s, "op", None)
        module = getattr(op, "__module__", None)
        if (
            op is not None
            and module not in ("numpy", "_operator", "math", "numpy.linalg")
            and hasattr(op, "__name__")
        ):
            yield op.__name__

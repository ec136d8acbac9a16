"""Specialise blocks and branches: what paths hand on where they meet."""

from __future__ import annotations

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.calls import CallSpecialiser
from srcgrad.analysis.join import join
from srcgrad.analysis.values import (
    Local,
    Method,
    Pack,
    Value,
    leaves,
    rebuild,
    same_shape,
)
from srcgrad.errors import UnsupportedError
from srcgrad.ir import Atom, Block, Const, If, Raise, Stmt, Var


class BranchSpecialiser(CallSpecialiser):
    """The part of the specialiser that runs blocks, and takes or keeps branches."""

    def statement(self, s: Stmt) -> None:
        """Specialise one statement into the current block."""
        raise NotImplementedError

    def body(self, block: Block, env: dict[Var, Value]) -> list[Value]:
        """Specialise a block into the current one; the values it hands on."""
        outer, self.env = self.env, env
        try:
            for statement in block.stmts:
                self.statement(statement)
                if self.raised:
                    return []
            return [self.value(r) for r in block.results]
        finally:
            self.env = outer

    @property
    def raised(self) -> bool:
        stmts = self.builder.stmts
        return bool(stmts) and isinstance(stmts[-1], Raise)

    def sub(self, block: Block, env: dict[Var, Value]) -> tuple[Block, list[Value]]:
        """Specialise a block into a block of its own."""
        with self.builder.block() as new:
            values = self.body(block, env)
            new.raises = self.raised
        return new, values

    def value(self, atom: Atom) -> Value:
        return self.env[atom] if isinstance(atom, Var) else atom

    # branches

    def _if(self, s: If) -> None:
        test = self.value(s.test)
        known = self.truth(test)
        if known is not None:
            results = self.body(s.then if known else s.orelse, self.env)
            if not self.raised:
                self.env.update(zip(s.targets, results, strict=True))
            return
        then, a = self.sub(s.then, dict(self.env))
        orelse, b = self.sub(s.orelse, dict(self.env))
        statement = If(self.atom(test), then, orelse, (), origin=s.origin)
        values = self._merge(statement, a, b, s.targets)
        self.builder.stmts.append(statement)
        self.env.update(zip(s.targets, values, strict=True))

    def _merge(
        self, s: If, a: list[Value], b: list[Value], targets: tuple[Var, ...]
    ) -> list[Value]:
        """The values after a branch: what both agree on, and the branch's targets for the rest."""
        if s.then.raises or s.orelse.raises:
            return b if s.then.raises else a
        pairs: list[tuple[Atom, Atom, Var]] = []
        values = [
            self._merge_one(s, x, y, t.hint, pairs) for x, y, t in zip(a, b, targets, strict=True)
        ]
        s.then.results = tuple(x for x, _, _ in pairs)
        s.orelse.results = tuple(y for _, y, _ in pairs)
        s.targets = tuple(t for _, _, t in pairs)
        return values

    def _merge_one(
        self, s: If, x: Value, y: Value, hint: str | None, pairs: list[tuple[Atom, Atom, Var]]
    ) -> Value:
        if x is y or _same_constant(x, y):
            return x
        if y is ir.UNDEFINED and isinstance(x, Pack):
            y = rebuild(x, [ir.UNDEFINED] * len(leaves(x)))
        if x is ir.UNDEFINED and isinstance(y, Pack):
            x = rebuild(y, [ir.UNDEFINED] * len(leaves(y)))
        if isinstance(x, Pack) and isinstance(y, Pack) and same_shape(x, y):
            merged = [
                self._merge_one(s, p, q, None, pairs)
                for p, q in zip(leaves(x), leaves(y), strict=True)
            ]
            return rebuild(x, merged)
        self._refuse_functions(x, y)
        left, right = self._atom_in(s.then, x), self._atom_in(s.orelse, y)
        target = Var(hint, join(kind_of(left), kind_of(right)))
        pairs.append((left, right, target))
        return target

    def _refuse_functions(self, *values: Value) -> None:
        for value in values:
            if isinstance(value, Local | Method) or (
                isinstance(value, Const) and callable(value.value)
            ):
                raise UnsupportedError(
                    "a function chosen at run time",
                    why="which function is called must be known when compiling",
                    fix="call each function in its own branch",
                )

    def _atom_in(self, block: Block, value: Value) -> Atom:
        with self.builder.inside(block):
            return self.atom(value)


def _same_constant(x: Value, y: Value) -> bool:
    if not (isinstance(x, Const) and isinstance(y, Const)):
        return False
    return type(x.value) is type(y.value) and (x.value is y.value or repr(x.value) == repr(y.value))

"""Specialise blocks and branches: what paths hand on where they meet."""

from __future__ import annotations

import operator
from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.calls import CallSpecialiser
from srcgrad.analysis.join import join
from srcgrad.analysis.memory import Cell, Lost, Reference, State, is_memory, meet
from srcgrad.analysis.values import FUNCTIONS, Chosen, Pack, Value, kind_of_value
from srcgrad.errors import NotKnownError, UnsupportedError
from srcgrad.ir import Atom, Block, Const, If, Raise, Stmt, Var
from srcgrad.kinds import Tuple


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
        """What an atom of the lowered function stands for, as it is now."""
        if not isinstance(atom, Var):
            if isinstance(atom.value, ir.Poison):
                raise _may_be_assigned(atom.value.name)
            return atom
        value = self.env[atom]
        now = self.memory.fresh(value)
        if now is not value:
            self.env[atom] = now
        return now

    def _call_chosen(self, chosen: Chosen, args: list[Value], keywords: tuple[str, ...]) -> Value:
        """Call one of two functions: each in a branch of its own."""
        before, mark = self.memory.state, self.memory.mark()
        then, a, first = self._one_chosen(chosen.first, args, keywords, before)
        orelse, b, second = self._one_chosen(chosen.second, args, keywords, before)
        self.memory.state = before
        statement = If(chosen.test, then, orelse, (), origin=self.builder.origin)
        found = self._merge(statement, a, b, (Var(),), (first, second), mark)
        self.builder.stmts.append(statement)
        return found[0]

    def _one_chosen(
        self, function: Value, args: list[Value], keywords: tuple[str, ...], before: State
    ) -> tuple[Block, list[Value], State]:
        """A call of one of two functions in a block of its own, and what memory holds then."""
        self.memory.state = dict(before)
        with self.builder.block() as block:
            value = self.call(function, args, keywords)
            if self.raised:
                raise NotKnownError(
                    "a function chosen at run time that always raises",
                    why="which function is called must be known when compiling",
                    fix="call each function in its own branch",
                )
        return block, [value], self.memory.state

    # branches

    def _if(self, s: If) -> None:
        test = self.tested(self.value(s.test))
        known = self.truth(test)
        if known is not None:
            results = self.body(s.then if known else s.orelse, self.env)
            if not self.raised:
                self.env.update(zip(s.targets, results, strict=True))
            return
        before, mark = self.memory.state, self.memory.mark()
        states = []
        for block in (s.then, s.orelse):
            self.memory.state = dict(before)
            states.append((*self.sub(block, dict(self.env)), self.memory.state))
        self.memory.state = before
        (then, a, first), (orelse, b, second) = states
        if then.raises != orelse.raises:
            guarded, left, values, after = (
                (then, orelse, b, second) if then.raises else (orelse, then, a, first)
            )
            self.guard(self.atom(test) if then.raises else self._negated(test), guarded, left)
            self.memory.state = after
            self.env.update(zip(s.targets, values, strict=True))
            return
        statement = If(self.atom(test), then, orelse, (), origin=self.builder.origin)
        values = self._merge(statement, a, b, s.targets, (first, second), mark)
        self.builder.stmts.append(statement)
        if then.raises and orelse.raises:
            self.builder.stmts.append(Raise(None, origin=self.builder.origin))
            return
        self.env.update(zip(s.targets, values, strict=True))

    def guard(self, test: Atom, raising: Block, left: Block) -> None:
        """A branch that raises as a guard, behind which the other one simply follows."""
        self.builder.stmts.append(If(test, raising, Block(), (), origin=self.builder.origin))
        self.builder.stmts += left.stmts

    def _negated(self, test: Value) -> Atom:
        return self.atom(self.operation(operator.not_, [test], ()))

    def _merge(
        self,
        s: If,
        a: list[Value],
        b: list[Value],
        targets: tuple[Var, ...],
        states: tuple[State, State],
        mark: int,
    ) -> list[Value]:
        """The values after a branch: what both agree on, and the branch's targets for the rest.

        `states` is what memory holds at the end of each branch, of which what came up after `mark`
        is gone.
        """
        if s.then.raises or s.orelse.raises:
            self.memory.state = states[s.then.raises]
            return b if s.then.raises else a
        join = BranchJoin(self, s, self.memory.state)
        join.memory_of(*states, mark)
        values = [join.value(x, y, t.hint) for x, y, t in zip(a, b, targets, strict=True)]
        join.finish()
        return values

    def _atom_in(self, block: Block, value: Value) -> Atom:
        with self.builder.inside(block):
            return self.atom(value)


def _same_constant(x: Value, y: Value) -> bool:
    if not (isinstance(x, Const) and isinstance(y, Const)):
        return False
    return type(x.value) is type(y.value) and (x.value is y.value or repr(x.value) == repr(y.value))


class BranchJoin:
    """Brings together what the two branches of an `if` hand on: names, and what memory holds."""

    def __init__(self, specialiser: BranchSpecialiser, s: If, before: State) -> None:
        self.specialiser = specialiser
        self.memory = specialiser.memory
        self.s = s
        self.before = before
        self.pairs: list[tuple[Atom, Atom, Var]] = []
        self.places: list[tuple[Cell, set[Cell], set[Cell]]] = []

    def memory_of(self, first: State, second: State, mark: int) -> None:
        """What memory holds after the branch: a target for each cell that they differ on."""
        state = dict(self.before)
        for cell in {**first, **second}:
            x, y = (self._held(cell, state, i) for i, state in enumerate((first, second)))
            if x is y:
                state[cell] = x
            elif isinstance(x, Lost) or isinstance(y, Lost):
                state[cell] = Lost()
            elif cell.serial < mark:
                state[cell] = self._content(cell, x, y)
        self.memory.state = state

    def _held(self, cell: Cell, state: State, branch: int) -> Any:
        """What a cell holds at the end of a branch."""
        with self.specialiser.builder.inside((self.s.then, self.s.orelse)[branch]):
            held = state[cell] if cell in state else self.memory.initial(cell)
            if isinstance(held, Pack):
                now, self.memory.state = self.memory.state, state
                held = self.memory.fresh(held)
                self.memory.state = now
        return held

    def _content(self, cell: Cell, x: Value, y: Value) -> Value:
        hint = x.hint if isinstance(x, Var) else None
        joined = self._join(x, y, hint, cell)
        if isinstance(joined, Var):
            self.memory.references[joined] = Reference(cell)
        return joined

    def value(self, x: Value, y: Value, hint: str | None) -> Value:
        """The value of a name after the branch."""
        if x is y or _same_constant(x, y):
            return x
        first, second = self.memory.reference(x), self.memory.reference(y)
        if first is not None and second is not None and first.is_same(second):
            if isinstance(x, Pack):
                return x
            return self.memory.place(first, kind_of_value(x), hint)
        return self._join(x, y, hint, None)

    def _join(self, x: Value, y: Value, hint: str | None, cell: Cell | None) -> Value:
        x, y = self._apart(x, y, self.s.then), self._apart(y, x, self.s.orelse)
        if y is ir.UNDEFINED and isinstance(x, Pack):
            y = _undefined(x)
        if x is ir.UNDEFINED and isinstance(y, Pack):
            x = _undefined(y)
        if isinstance(x, Pack) and isinstance(y, Pack) and _is_alike(x, y):
            return self._join_packs(x, y, cell)
        if _is_function(x) and _is_function(y) and not isinstance(self.s, ir.Try):
            return Chosen(self.s.test, x, y)
        _refuse_functions(x, y)
        left = self.specialiser._atom_in(self.s.then, x)
        right = self.specialiser._atom_in(self.s.orelse, y)
        target = Var(hint, join(kind_of(left), kind_of(right)))
        self.pairs.append((left, right, target))
        if cell is None and is_memory(target.kind):
            self._place(self.memory.new(target), x, y)
        return target

    def _apart(self, one: Value, other: Value, block: Block) -> Value:
        """A tuple element by element, where the other branch's is or there is none."""
        tupled = isinstance(one, Var) and isinstance(one.kind, Tuple)
        if not tupled or not (other is ir.UNDEFINED or isinstance(other, Pack)):
            return one
        with self.specialiser.builder.inside(block):
            return self.specialiser.as_pack(one) or one

    def _join_packs(self, x: Pack, y: Pack, cell: Cell | None) -> Pack:
        values = tuple(self.value(p, q, None) for p, q in zip(x.values, y.values, strict=True))
        if cell is not None or (x.cell is None and y.cell is None):
            return Pack(x.cls, values, x.keys, cell)
        own = Cell(ir.UNDEFINED)
        own.first = Pack(x.cls, values, x.keys, own)
        self._place(own, x, y)
        return own.first

    def _place(self, cell: Cell, x: Value, y: Value) -> None:
        """Note that what is joined may be in the memory of either."""
        first, second = self.memory.own(x), self.memory.own(y)
        self.memory.relate(cell, self.memory.cells(x) | self.memory.cells(y))
        for other, a, b in self.places:
            if meet(a, first) or meet(b, second):
                self.memory.relate(cell, [other])
        self.places.append((cell, first, second))

    def finish(self) -> None:
        """Write the results of both branches and the targets into the statement."""
        self.s.then.results = tuple(x for x, _, _ in self.pairs)
        self.s.orelse.results = tuple(y for _, y, _ in self.pairs)
        self.s.targets = tuple(t for _, _, t in self.pairs)


def _is_alike(x: Pack, y: Pack) -> bool:
    return x.cls is y.cls and x.keys == y.keys and len(x.values) == len(y.values)


def _undefined(pack: Pack) -> Pack:
    return Pack(pack.cls, (ir.UNDEFINED,) * len(pack.values), pack.keys, pack.cell)


def _may_be_assigned(name: str) -> UnsupportedError:
    return UnsupportedError(
        f"{name!r} is read where an exception has been caught",
        why="it may have been assigned before the exception was raised, or not",
        fix=f"assign {name} in the handler, or last in the block under try",
    )


def _is_function(value: Value) -> bool:
    return isinstance(value, FUNCTIONS) or (isinstance(value, Const) and callable(value.value))


def _refuse_functions(*values: Value) -> None:
    for value in values:
        if _is_function(value):
            raise NotKnownError(
                "a function chosen at run time",
                why="which function is called must be known when compiling",
                fix="call each function in its own branch",
            )

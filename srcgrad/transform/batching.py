"""The vectorised mode: a program that takes seeds with one more axis in front, all at once.

What depends on the seeds gets the axis too; the rest is computed once.  As the derivative is linear
in its seeds, no test depends on them, so that loops and branches stay as they are.
"""

from __future__ import annotations

import operator
from collections import Counter
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.aliases import content_atoms
from srcgrad.analysis.builder import Builder, kind_of, normalise
from srcgrad.ir import Atom, Bind, Block, Const, If, Loop, Stmt, Var
from srcgrad.kinds import Dim, Kind, List, Num, Tuple
from srcgrad.rules import algebra
from srcgrad.rules.batching import Call, NotBatchedError, rule_of
from srcgrad.rules.indexing import index_kind_is_basic
from srcgrad.rules.table import lookup
from srcgrad.transform.collecting import Collector, Term
from srcgrad.walk import read, statements

EVERY = Const(slice(None))


class Batcher:
    """Rewrites a program for seeds with one more axis, of length `size`."""

    def __init__(self, builder: Builder, seeds: list[Var], size: Dim) -> None:
        self.builder = builder
        self.seeds = seeds
        self.size = size
        self.lifted: set[Atom] = set(seeds)
        self.new: dict[Atom, Atom] = {}
        self.length: Atom = Const(0)
        self.uses: Counter[Var] = Counter()

    def run(self, body: Block) -> Block:
        """The program for all seeds at once; its last result is the derivative."""
        while self._spread(body):
            pass
        self.uses = Counter(read(body))
        self.builder.sharing = False
        with self.builder.block() as block:
            marks = [s for s in body.stmts[:1] if isinstance(s, ir.Mark)]
            self.builder.stmts += marks
            self._begin()
            self._statements(Block(body.stmts[len(marks) :]))
            results = list(body.results)
            results[-1] = self.lift(results[-1])
            block.results = tuple(results)
        return block

    def _begin(self) -> None:
        """The seeds as they are now, and how many there are."""
        for v in self.seeds:
            self.new[v] = v
            v.kind = self._kind(v.kind)
        first = self._leaf(self.seeds[0])
        shape = self.builder.call(np.shape, (first,))
        self.length = self.builder.call(operator.getitem, (shape, Const(0)))

    def _leaf(self, atom: Atom) -> Atom:
        """The first array in a seed."""
        kind = kind_of(atom)
        while not isinstance(kind, Num):
            if not isinstance(kind, Tuple) or not kind.elements:
                raise NotBatchedError
            atom = self.builder.call(operator.getitem, (atom, Const(0)))
            kind = kind_of(atom)
        return atom

    # what depends on the seeds

    def _spread(self, block: Block) -> bool:
        """Find more that depends on the seeds; whether there was more."""
        before = len(self.lifted)
        for s in statements(block):
            match s:
                case Bind():
                    self._add(s.target, content_atoms(s))
                case If():
                    for inner in (s.then, s.orelse):
                        for target, result in zip(s.targets, inner.results, strict=False):
                            self._add(target, (result,))
                case Loop():
                    self._spread_loop(s)
        return len(self.lifted) > before

    def _spread_loop(self, s: Loop) -> None:
        for param, init, result, target in zip(
            s.params, s.inits, s.body.results, s.targets, strict=True
        ):
            self._add(param, (init, result))
            self._add(target, (init, result))
        for leaf in s.source.leaves() if s.source else ():
            if leaf.item is not None:
                self._add(leaf.item, leaf.args)

    def _add(self, target: Var, sources: tuple[Any, ...]) -> None:
        if any(a in self.lifted for a in sources if isinstance(a, Var)):
            self.lifted.add(target)

    # statements

    def _statements(self, block: Block) -> None:
        for s in block.stmts:
            self.builder.origin = s.origin
            match s:
                case Bind() if s.target in self.lifted:
                    self._put(s.target, self._bind(s))
                case If():
                    self._if(s)
                case Loop():
                    self._loop(s)
                case _:
                    self._keep(s)

    def _keep(self, s: Stmt) -> None:
        if isinstance(s, Bind):
            args = tuple(self._unlifted(a) for a in s.args)
            s = Bind(s.target, s.op, args, s.keywords, origin=s.origin)
            self.builder.definitions[s.target] = s
        elif isinstance(s, ir.Push | ir.Pop) and any(a in self.lifted for a in _pushed(s)):
            raise NotBatchedError
        self.builder.stmts.append(s)

    def _unlifted(self, atom: Atom) -> Atom:
        """An operand of which only the shape is asked: with the axis in front taken off."""
        if atom not in self.lifted:
            return atom
        return self.builder.call(operator.getitem, (self.new[atom], Const(0)))

    def _put(self, target: Var, made: Atom) -> None:
        if isinstance(made, Var) and made.hint is None:
            made.hint = target.hint
        self.new[target] = made

    def _bind(self, s: Bind) -> Atom:
        match s.op:
            case ir.Display(cls=cls):
                return self._display(s, cls)
            case ir.Append():
                kind = self._kind(s.target.kind)
                return self.builder.bind(s.op, tuple(map(self.lift, s.args)), kind)
            case ir.Shorten():
                return self.builder.bind(s.op, (self.lift(s.args[0]),), self._kind(s.target.kind))
            case ir.UpdateAt():
                return self._update(s)
            case operator.getitem:
                return self._getitem(s)
        if isinstance(s.op, ir.GetAttr | ir.Construct | ir.ZerosLike | ir.Blanks) or s.keywords:
            raise NotBatchedError
        return self._operation(s)

    def _operation(self, s: Bind) -> Atom:
        if any(isinstance(kind_of(a), Tuple | List) and a in self.lifted for a in s.args):
            return self._of_several(s)
        if s.op is operator.mul:
            scaled = self._scaled_once(*s.args)
            if scaled is not None:
                return scaled
        if s.op in (operator.add, operator.sub):
            collected = self._collected(s)
            if collected is not None:
                return collected
        lifted = tuple(a in self.lifted for a in s.args)
        args = tuple(self.new[a] if a in self.lifted else a for a in s.args)
        call = Call(self, s.op, args, lifted, tuple(map(self._rank, s.args)))
        return rule_of(s.op)(call)

    def _scaled_once(self, x: Atom, y: Atom) -> Atom | None:
        """`(c * z) * u` as `z * (c * u)`, where z alone has the axis: a pass less over it."""
        for outer, u in ((x, y), (y, x)):
            made = self._made(outer)
            if made is None or u in self.lifted or not self._is_used_once(outer):
                continue
            if made.op is not operator.mul or self._rank(u) != self._rank(outer):
                continue
            for c, z in (made.args, made.args[::-1]):
                if z in self.lifted and c not in self.lifted and self._rank(z) == self._rank(u):
                    factor = self.builder.call(operator.mul, (c, u))
                    return self.builder.call(operator.mul, (self.new[z], factor))
        return None

    def _collected(self, s: Bind) -> Atom | None:
        """A sum with like terms collected; None if there are none."""
        collector = Collector(self.builder, self.lifted.__contains__, self._is_used_once)
        terms = collector.terms(s)
        if terms is None or not self._are_alike(terms):
            return None
        total: Atom | None = None
        for large in dict.fromkeys(t.large for t in terms):
            factor = collector.factor(terms, large)
            part = algebra.scale(self.builder, self.new[large], factor)
            total = part if total is None else algebra.accumulate(self.builder, total, part)
        return total

    def _are_alike(self, terms: list[Term]) -> bool:
        """Whether no term is broadcast."""
        ranks = {self._rank(t.large) for t in terms}
        factors = {self._rank(t.factor) for t in terms if t.factor is not None}
        return len(ranks) == 1 and None not in ranks and factors <= ranks | {0}

    def _is_used_once(self, atom: Atom) -> bool:
        return isinstance(atom, Var) and atom in self.lifted and self.uses[atom] == 1

    def _of_several(self, s: Bind) -> Atom:
        """np.stack and np.concatenate of a tuple or list."""
        axis = s.args[1] if len(s.args) > 1 else None
        if s.op not in (np.stack, np.concatenate) or not isinstance(axis, Const):
            raise NotBatchedError
        behind = axis.value + 1 if axis.value >= 0 else axis.value
        return self.builder.call(s.op, (self.lift(s.args[0]), Const(behind), *s.args[2:]))

    def _display(self, s: Bind, cls: type) -> Atom:
        if cls is dict or not issubclass(cls, tuple | list):
            raise NotBatchedError
        parts = tuple(map(self.lift, s.args))
        return self.builder.bind(s.op, parts, self._kind(s.target.kind))

    def _getitem(self, s: Bind) -> Atom:
        owner, index = s.args
        if index in self.lifted:
            raise NotBatchedError
        if isinstance(kind_of(owner), Tuple | List):
            kind = self._kind(s.target.kind)
            return self.builder.bind(operator.getitem, (self.new[owner], index), kind)
        return self.builder.call(operator.getitem, (self.new[owner], self._behind(index)))

    def _behind(self, index: Atom) -> Atom:
        """An index with all of the axis in front before it."""
        kind = kind_of(index)
        if not index_kind_is_basic(kind) and isinstance(kind, Tuple):
            raise NotBatchedError  # where the result's axes go may change
        if isinstance(index, Const):
            parts = index.value if isinstance(index.value, tuple) else (index.value,)
            return Const((slice(None), *parts))
        made = self._made(index)
        parts = made.args if made is not None and made.op == ir.Display(tuple) else (index,)
        if isinstance(kind, Tuple) and parts == (index,):
            raise NotBatchedError
        return self._tuple((EVERY, *parts))

    def _tuple(self, parts: tuple[Atom, ...]) -> Atom:
        return self.builder.emit(ir.Display(tuple), *parts)

    def _update(self, s: Bind) -> Atom:
        base, *steps, index, value = s.args
        if steps or index in self.lifted:
            raise NotBatchedError
        kind = self._kind(s.target.kind)
        if isinstance(kind_of(base), List):
            return self.builder.bind(s.op, (self.lift(base), index, self.lift(value)), kind)
        owner = self.lift(base)
        behind = self._behind(index)
        place = kind_of(self.builder.emit(operator.getitem, owner, behind))
        rank = len(place.dims) - 1 if isinstance(place, Num) and place.dims is not None else None
        if rank is None:
            raise NotBatchedError
        stored = self._aligned(value, rank)
        return self.builder.bind(s.op, (owner, behind, stored), kind, s.target.hint)

    def _aligned(self, value: Atom, rank: int) -> Atom:
        """A value that is stored, with axes of length 1 behind the one in front if need be."""
        have = self._rank(value)
        if value not in self.lifted or have is None or have >= rank:
            return self.new.get(value, value)
        axes = Const(tuple(range(1, rank - have + 1)))
        return self.builder.call(np.expand_dims, (self.new[value], axes))

    # branches and loops

    def _if(self, s: If) -> None:
        then, orelse = (self._branch(s, b) for b in (s.then, s.orelse))
        targets = tuple(map(self._renewed, s.targets))
        self.builder.stmts.append(s.rebuilt(then, orelse, targets))

    def _branch(self, s: If, branch: Block) -> Block:
        with self.builder.block() as block:
            self._statements(branch)
            if not branch.raises:
                block.results = self._ends(s.targets, branch.results)
        block.raises = branch.raises
        return block

    def _ends(self, targets: tuple[Var, ...], values: tuple[Atom, ...]) -> tuple[Atom, ...]:
        pairs = zip(targets, values, strict=True)
        return tuple(self.lift(v) if t in self.lifted else v for t, v in pairs)

    def _renewed(self, v: Var) -> Var:
        """What stands for a variable of a branch or loop from here on."""
        if v not in self.lifted:
            return v
        made = Var(v.hint, self._kind(v.kind))
        self.new[v] = made
        return made

    def _loop(self, s: Loop) -> None:
        if any(leaf.item in self.lifted for leaf in (s.source.leaves() if s.source else ())):
            raise NotBatchedError
        inits = self._ends(s.params, s.inits)
        params = tuple(map(self._renewed, s.params))
        with self.builder.block() as body:
            self._statements(s.body)
            body.results = self._ends(s.params, s.body.results)
        body.raises = s.body.raises
        targets = tuple(map(self._renewed, s.targets))
        made = Loop(s.source, params, inits, body, targets, s.test, s.stop, origin=s.origin)
        self.builder.stmts.append(made)

    # values with the axis in front

    def lift(self, atom: Atom) -> Atom:
        """A value with the axis in front: the same everywhere if it does not depend on it."""
        if atom in self.new:
            return self.new[atom]
        if atom is ir.UNDEFINED:
            return atom
        kind = kind_of(atom)
        made = self._made(atom)
        if isinstance(kind, Tuple | List):
            if made is None or not isinstance(made.op, ir.Display):
                raise NotBatchedError
            return self.builder.bind(made.op, tuple(map(self.lift, made.args)), self._kind(kind))
        if not isinstance(kind, Num):
            raise NotBatchedError
        if kind.is_scalar:
            shape: Atom = self._tuple((self.length,))
        else:
            shape, _ = self.shaped(self.builder.call(np.shape, (atom,)))
        zeros = isinstance(atom, Const) and atom.value == 0.0
        if zeros or (made is not None and made.op in (np.zeros_like, np.zeros)):
            return self.builder.bind(np.zeros, _zeros(shape), self._kind(kind))
        spread = self.builder.call(np.broadcast_to, (atom, shape))
        return self.builder.copied(spread)

    def call(self, op: Any, *args: Atom) -> Atom:
        """The result of an operation, for the rules."""
        return self.builder.call(op, args)

    def shaped(self, shape: Atom) -> tuple[Atom, int]:
        """A shape with the length of the axis in front, and its rank without."""
        kind = kind_of(shape)
        if isinstance(shape, Const):
            sizes = shape.value if isinstance(shape.value, tuple) else (shape.value,)
            return self._tuple((self.length, *map(Const, sizes))), len(sizes)
        if isinstance(kind, Num):
            return self._tuple((self.length, shape)), 1
        if not isinstance(kind, Tuple):
            raise NotBatchedError
        parts = [
            self.builder.emit(operator.getitem, shape, Const(i)) for i in range(len(kind.elements))
        ]
        return self._tuple((self.length, *parts)), len(parts)

    def _rank(self, atom: Atom) -> int | None:
        """The rank of a value without the axis in front."""
        kind = kind_of(atom)
        if not isinstance(kind, Num) or kind.dims is None:
            return None
        return len(kind.dims) - (atom in self.seeds)  # which have got it already

    def _made(self, atom: Atom) -> Bind | None:
        return self.builder.definitions.get(atom) if isinstance(atom, Var) else None

    def _kind(self, kind: Kind) -> Kind:
        match kind:
            case Num(dtype=dtype, dims=dims) if dims is not None:
                return Num(dtype, (self.size, *dims))
            case Tuple(elements, cls):
                return Tuple(tuple(map(self._kind, elements)), cls)
            case List(element, length, elements):
                known = None if elements is None else tuple(map(self._kind, elements))
                return List(self._kind(element), length, known)
        raise NotBatchedError


def _zeros(shape: Atom) -> tuple[Atom, ...]:
    primitive = lookup(np.zeros)
    assert primitive is not None
    return normalise(primitive, (shape,))


def _pushed(s: ir.Push | ir.Pop) -> tuple[Atom, ...]:
    return s.values if isinstance(s, ir.Push) else s.originals


__all__ = ["Batcher", "NotBatchedError"]

"""Collect like terms: `a * z + b * z` as `z * (a + b)`, which goes over the large z once."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from srcgrad.analysis.builder import Builder
from srcgrad.ir import Atom, Bind, Const, Var


@dataclass(frozen=True, eq=False)
class Term:
    """What is added: `factor * large`, or `large` alone, with a sign."""

    sign: int
    large: Atom
    factor: Atom | None


class Collector:
    """Takes sums apart where `is_large` says of their terms that they are worth it."""

    def __init__(
        self,
        builder: Builder,
        is_large: Callable[[Atom], bool],
        is_used_once: Callable[[Atom], bool],
    ) -> None:
        self.builder = builder
        self.is_large = is_large
        self.is_used_once = is_used_once

    def terms(self, s: Bind) -> list[Term] | None:
        """The terms of a sum if some of them are alike; None if there is nothing to collect."""
        found = [t for sign, a in self._signed(s, 1) for t in self._flat(a, sign)]
        larges = [t.large for t in found]
        if len(set(larges)) == len(larges) or not all(map(self.is_large, larges)):
            return None
        return found

    def _signed(self, s: Bind, sign: int) -> Iterator[tuple[int, Atom]]:
        x, y = s.args
        yield sign, x
        yield -sign if s.op is operator.sub else sign, y

    def _flat(self, atom: Atom, sign: int) -> Iterator[Term]:
        made = self.builder.definitions.get(atom) if isinstance(atom, Var) else None
        if made is None or not self.is_used_once(atom):
            yield Term(sign, atom, None)
        elif made.op in (operator.add, operator.sub):
            for inner, part in self._signed(made, sign):
                yield from self._flat(part, inner)
        elif made.op is operator.mul:
            yield self._product(atom, made, sign)
        else:
            yield Term(sign, atom, None)

    def _product(self, atom: Atom, made: Bind, sign: int) -> Term:
        for large, factor in (made.args, made.args[::-1]):
            if self.is_large(large) and not self.is_large(factor):
                return self._whole_factor(Term(sign, large, factor))
        return Term(sign, atom, None)

    def _whole_factor(self, term: Term) -> Term:
        """A product whose large operand is a product itself, as one with a longer factor."""
        made = self.builder.definitions.get(term.large) if isinstance(term.large, Var) else None
        if made is None or made.op is not operator.mul or not self.is_used_once(term.large):
            return term
        for large, factor in (made.args, made.args[::-1]):
            if self.is_large(large) and not self.is_large(factor) and term.factor is not None:
                product = self.builder.emit(operator.mul, factor, term.factor)
                return self._whole_factor(Term(term.sign, large, product))
        return term

    def factor(self, terms: list[Term], large: Atom) -> Atom:
        """What one large value is multiplied by altogether."""
        total: Atom | None = None
        for term in terms:
            if term.large is large:
                one = Const(1.0) if term.factor is None else term.factor
                total = self._plus(total, one, term.sign)
        assert total is not None
        return total

    def _plus(self, total: Atom | None, one: Atom, sign: int) -> Atom:
        if total is None:
            return one if sign > 0 else self.builder.emit(operator.neg, one)
        return self.builder.emit(operator.add if sign > 0 else operator.sub, total, one)

"""Activity: which values vary with the independents and are useful for the result.

Hascoet & Pascual, "The Tapenade automatic differentiation tool" (2013), section 3.2.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.ir import Atom, Block, Var
from srcgrad.kinds import Num, Opaque, Str, may_be_active
from srcgrad.rules.table import lookup
from srcgrad.walk import blocks

STRUCTURAL = (ir.Display, ir.GetAttr, ir.Unpack)


def flows(op: Any, args: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """The operands that an operation's result may depend on smoothly."""
    if op is operator.getitem:
        return args[:1]
    if isinstance(op, ir.Display) and op.cls is dict:
        return args[1::2]
    if isinstance(op, STRUCTURAL):
        return args
    if isinstance(op, ir.Format) or op is slice:
        return ()
    primitive = lookup(op)
    if primitive is not None and not primitive.has_derivative:
        return ()
    return args


class Activity:
    """The varied and the useful variables of a block; `v in activity` asks for both."""

    def __init__(
        self, block: Block, independents: Iterable[Var], dependents: Iterable[Atom]
    ) -> None:
        self.varied = {v for v in independents}
        self.useful = {a for a in dependents if isinstance(a, Var)}
        self.texts: set[Var] = set()
        self.parsed: list[ir.Bind] = []
        self._changed = False
        self._forward(block)
        self._backward(block)

    def __contains__(self, atom: object) -> bool:
        return atom in self.varied and atom in self.useful

    def _note_text(self, s: ir.Bind) -> None:
        """Follow texts that show what varies, up to where one is read as a number again."""
        if not any(a in self.varied or a in self.texts for a in s.args):
            return
        if _is_text(s):
            if s.target not in self.texts:
                self.texts.add(s.target)
                self._changed = True
        elif any(a in self.texts for a in s.args) and may_be_active(s.target.kind):
            self.parsed.append(s)

    def _vary(self, target: Var, sources: Iterable[Atom]) -> None:
        if target in self.varied or not may_be_active(target.kind):
            return
        if any(a in self.varied for a in sources):
            self.varied.add(target)
            self._changed = True

    def _use(self, sources: Iterable[Atom], because: bool) -> None:
        if because:
            for a in sources:
                if isinstance(a, Var) and a not in self.useful:
                    self.useful.add(a)
                    self._changed = True

    def _forward(self, block: Block) -> None:
        for s in block.stmts:
            match s:
                case ir.Bind(target, op, args):
                    self._vary(target, flows(op, args))
                    self._note_text(s)
                case ir.If():
                    for inner in blocks(s):
                        self._forward(inner)
                    self._join(s.targets, () if s.then.raises else s.then.results)
                    self._join(s.targets, () if s.orelse.raises else s.orelse.results)
                case ir.Loop():
                    self._forward_loop(s)

    def _join(self, targets: tuple[Var, ...], results: tuple[Atom, ...]) -> None:
        for target, result in zip(targets, results, strict=False):
            self._vary(target, (result,))
            if result in self.texts and target not in self.texts:
                self.texts.add(target)
                self._changed = True

    def _forward_loop(self, s: ir.Loop) -> None:
        for leaf in s.source.leaves() if s.source else ():
            if leaf.item is not None and leaf.op is iter:
                self._vary(leaf.item, leaf.args)
        self._join(s.params, s.inits)
        self._until_stable(lambda: self._forward_pass(s))
        self._join(s.targets, s.inits)
        self._join(s.targets, s.body.results)

    def _forward_pass(self, s: ir.Loop) -> None:
        self._forward(s.body)
        self._join(s.params, s.body.results)

    def _until_stable(self, step: Callable[[], None]) -> None:
        outer = self._changed
        self._changed = True
        while self._changed:
            self._changed = False
            step()
            outer = outer or self._changed
        self._changed = outer

    def _backward(self, block: Block) -> None:
        for s in reversed(block.stmts):
            match s:
                case ir.Bind(target, op, args):
                    self._use(flows(op, args), target in self.useful)
                case ir.If():
                    for inner in blocks(s):
                        for t, r in zip(s.targets, inner.results, strict=False):
                            self._use((r,), t in self.useful)
                        self._backward(inner)
                case ir.Loop():
                    self._backward_loop(s)

    def _backward_loop(self, s: ir.Loop) -> None:
        for t, i, r in zip(s.targets, s.inits, s.body.results, strict=True):
            self._use((i, r), t in self.useful)
        self._until_stable(lambda: self._backward_pass(s))
        for p, i in zip(s.params, s.inits, strict=True):
            self._use((i,), p in self.useful)
        for leaf in s.source.leaves() if s.source else ():
            if leaf.op is iter:
                self._use(leaf.args, leaf.item in self.useful)

    def _backward_pass(self, s: ir.Loop) -> None:
        self._backward(s.body)
        for p, r in zip(s.params, s.body.results, strict=True):
            self._use((r,), p in self.useful)


def _is_text(s: ir.Bind) -> bool:
    """Whether an operation makes text, or an array of text."""
    if isinstance(s.op, ir.Format) or s.op in (str, repr, format, ascii):
        return True
    kind = s.target.kind
    opaque = isinstance(kind, Opaque) and kind.cls is np.ndarray
    return isinstance(kind, Str) or opaque or (isinstance(kind, Num) and kind.dtype.kind in "USO")

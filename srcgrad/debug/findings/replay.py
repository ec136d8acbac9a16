"""Run the primal again, one operation at a time, for whoever wants to look at each.

The function is specialised as for its derivative, and a call of a probe goes behind every operation
of its IR. The program is then written, loaded and run like any other.
"""

from __future__ import annotations

import io
import operator
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.externals import Externals
from srcgrad.analysis.guards import Guards
from srcgrad.debug.run import Run
from srcgrad.dispatch import selector
from srcgrad.errors import SrcgradError
from srcgrad.ir import Bind, Block, Const, Effect, Loop, Origin, Stmt, Var
from srcgrad.localising import has_rule
from srcgrad.modes import PlainStages
from srcgrad.pipeline import finished
from srcgrad.runtime import copied
from srcgrad.staging import Compiled, Stages
from srcgrad.walk import blocks, statements


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation of the primal's IR, and where the user wrote it."""

    bind: Bind
    target: Var
    origin: Origin
    active: bool

    @cached_property
    def operands(self) -> tuple[Var, ...]:
        """The variables that it reads, each once."""
        return tuple(dict.fromkeys(a for a in self.bind.args if isinstance(a, Var)))

    @cached_property
    def layout(self) -> tuple[tuple[int, Any], ...]:
        """For each argument the position of its operand, or -1 and the constant that it is."""
        places = {v: i for i, v in enumerate(self.operands)}
        return tuple(
            (-1, a.value) if isinstance(a, Const) else (places[a], None) for a in self.bind.args
        )

    @cached_property
    def is_ruled(self) -> bool:
        """Whether its derivative is by a rule, of the table or of the user."""
        return has_rule(self.bind.op)


@dataclass(frozen=True, eq=False, slots=True)
class Step:
    """An operation that ran: its arguments, constants among them, its result, and the pass."""

    operation: Operation
    args: tuple[Any, ...]
    result: Any
    iteration: tuple[int, ...]


Moves = tuple[tuple[Var, ir.Atom], ...]


class Observer:
    """Looks at a run: at each operation, and at the values that branches and loops hand on."""

    def __call__(self, step: Step) -> None:
        """An operation ran."""

    def moved(self, pairs: Moves) -> None:
        """Variables took the values of others, all at once."""


Nudge = Callable[[Step], Any]
"""Takes a step, and returns what is to stand for its result."""


class Replay:
    """The primal of a run, which can be run again."""

    def __init__(self, run: Run) -> None:
        self.run = run

    def watch(self, *observers: Observer) -> Any:
        """Run the primal, calling the observers behind each operation.

        Returns what the primal returns, or None if it raises: the trace has the error.
        """
        compiled, watcher, _ = self._made
        watcher.passes.reset()
        watcher.observers = observers
        return self._called(compiled)

    def nudged(self, operation: Operation, nudge: Nudge) -> Any:
        """What the primal returns with the results of one operation replaced; None if it raises."""
        compiled, watcher, _ = self._made
        watcher.passes.reset()
        watcher.observers = ()
        watcher.nudges = {operation.bind: nudge}
        try:
            return self._called(compiled)
        finally:
            watcher.nudges = {}

    @property
    def stages(self) -> Watched:
        """The stages that the primal went through: its IR, what is active, the independents."""
        return self._made[2]

    def _called(self, compiled: Compiled) -> Any:
        values = [copied(v) for v in self._values(compiled)]
        with np.errstate(all="ignore"), redirect_stdout(io.StringIO()):
            try:
                return compiled.function(*values)
            except Exception:
                return None

    def _values(self, compiled: Compiled) -> Sequence[Any]:
        """What the primal is called with: what the gradient was called with at the time."""
        given = self._given
        values = selector(compiled, tuple(given), self._names)(**given)
        if values is None:
            raise SrcgradError(
                "what the function reads outside is of another kind than when it was traced",
                why="the findings look at the run again",
                fix="trace it again",
            )
        pairs = zip(compiled.params, values, strict=True)
        return [self.run.arguments.get(name, value) for name, value in pairs]

    @property
    def _given(self) -> dict[str, Any]:
        seeds = self.run.gradient._request.seeds
        return {n: v for n, v in self.run.given.items() if n not in seeds}

    @cached_property
    def _names(self) -> dict[str, Any]:
        return dict(self.run.gradient._namespace)

    @cached_property
    def _made(self) -> tuple[Compiled, Watcher, Watched]:
        try:
            return self._compiled(every=True)
        except SrcgradError:
            raise
        except Exception:  # probes of dead operations may be in the way of the compiler
            return self._compiled(every=False)

    def _compiled(self, every: bool) -> tuple[Compiled, Watcher, Watched]:
        """The primal with probes behind `every` operation, or behind the active ones."""
        gradient = self.run.gradient
        request = replace(gradient._request, mode="value", seeds=(), count=0)
        watcher = Watcher(Passes())
        made: list[Watched] = []

        def begin(opened: bool) -> Stages:
            guards = Guards(self._names)
            externals = Externals(guards, set(self._given), request.wrt)
            stages = Watched(gradient.primal, self._given, request, guards, externals, opened)
            stages.watcher, stages.every = watcher, every
            made.append(stages)
            return stages

        return finished(begin), watcher, made[-1]


class Passes:
    """Counts the passes of the loops that the run is in."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """No loop runs."""
        self.iteration: tuple[int, ...] = ()

    def enter(self) -> None:
        """A loop begins."""
        self.iteration = (*self.iteration, -1)

    def step(self) -> None:
        """A pass begins."""
        self.iteration = (*self.iteration[:-1], self.iteration[-1] + 1)

    def leave(self) -> None:
        """A loop is over."""
        self.iteration = self.iteration[:-1]


class Watcher:
    """Hands the steps of a run on, and replaces results."""

    def __init__(self, passes: Passes) -> None:
        self.passes = passes
        self.observers: tuple[Observer, ...] = ()
        self.nudges: dict[Bind, Nudge] = {}

    def __call__(self, operation: Operation, result: Any, values: tuple[Any, ...]) -> Any:
        args = tuple([values[i] if i >= 0 else known for i, known in operation.layout])
        step = Step(operation, args, result, self.passes.iteration)
        if self.nudges and operation.bind in self.nudges:
            return self.nudges[operation.bind](step)
        for observer in self.observers:
            observer(step)
        return result

    def move(self, pairs: Moves) -> None:
        """Tell that variables took the values of others."""
        for observer in self.observers:
            observer.moved(pairs)


@dataclass(eq=False)
class _Probe:
    """What a run calls with the result of an operation and its operands."""

    operation: Operation
    watcher: Watcher

    def __call__(self, result: Any, *operands: Any) -> Any:
        return self.watcher(self.operation, result, operands)


NUDGED = frozenset([operator.add, operator.sub, np.add, np.subtract])
"""The operations whose results can be replaced: those that cancel."""


@dataclass(eq=False)
class _Moved:
    """What a run calls where a branch or a pass of a loop hands its values on."""

    pairs: Moves
    watcher: Watcher

    def __call__(self) -> None:
        self.watcher.move(self.pairs)


class Watched(PlainStages):
    """The function itself, with a call of a probe behind each operation."""

    watcher: Watcher
    every: bool
    operations: list[Operation]
    sources: dict[Var, tuple[ir.Atom, ...]]

    def derivative(self) -> Block:
        self.operations = []
        self.sources = dict(_sources(self.primal))
        self._probe(self.primal)
        return super().derivative()

    def _probe(self, block: Block) -> None:
        stmts: list[Stmt] = []
        for s in block.stmts:
            for inner in blocks(s):
                self._probe(inner)
            if isinstance(s, Bind) and s.origin is not None:
                stmts += self._watched(s, s.origin)
            elif isinstance(s, Loop):
                stmts += self._counted(s)
            elif isinstance(s, ir.If):
                for branch in (s.then, s.orelse):
                    branch.stmts += self._moved(s.targets, branch.results)
                stmts.append(s)
            else:
                stmts.append(s)
        block.stmts = stmts

    def _counted(self, s: Loop) -> list[Stmt]:
        """A loop whose passes are counted; a test belongs to the pass that it lets begin."""
        front, passes = s.test or s.body, self.watcher.passes
        items = [
            (leaf.item, a)
            for leaf in (s.source.leaves() if s.source else ())
            for a in leaf.args
            if leaf.item is not None and isinstance(a, Var)
        ]
        taken = self._moved([i for i, _ in items], [a for _, a in items])
        front.stmts[:0] = [Effect(passes.step, ()), *taken]
        s.body.stmts += self._moved(s.params, s.body.results)
        before = [Effect(passes.enter, ()), *self._moved(s.params, s.inits)]
        return [*before, s, Effect(passes.leave, ()), *self._moved(s.targets, s.params)]

    def _moved(self, targets: Sequence[Var], values: Sequence[ir.Atom]) -> list[Effect]:
        pairs = tuple(zip(targets, values, strict=False))
        return [Effect(_Moved(pairs, self.watcher), ())] if pairs else []

    def _watched(self, s: Bind, origin: Origin) -> list[Stmt]:
        """An operation and its probe; what makes new numbers gets its result from the probe."""
        operation = Operation(s, s.target, origin, s.target in self.activity)
        self.operations.append(operation)
        if not (operation.active or self.every):
            return [s]
        probe = _Probe(operation, self.watcher)
        if not operation.is_ruled or not operation.active or s.op not in NUDGED:
            return [s, Effect(probe, (s.target, *operation.operands), origin=origin)]
        result = Var(None, s.target.kind)
        s.target = result
        bind = Bind(operation.target, probe, (result, *operation.operands), origin=origin)
        return [s, bind]


def _sources(block: Block) -> Iterator[tuple[Var, tuple[ir.Atom, ...]]]:
    """What each variable of a branch or a loop may get its value from."""
    found: dict[Var, tuple[ir.Atom, ...]] = {}
    for s in statements(block):
        if isinstance(s, ir.If):
            for branch in (s.then, s.orelse):
                for t, r in zip(s.targets, branch.results, strict=False):
                    found[t] = (*found.get(t, ()), r)
        elif isinstance(s, Loop):
            for p, t, i, r in zip(s.params, s.targets, s.inits, s.body.results, strict=False):
                found[p], found[t] = (i, r), (i, r)
            for leaf in s.source.leaves() if s.source else ():
                assert leaf.item is not None
                found[leaf.item] = tuple(a for a in leaf.args if not isinstance(a, ir.Source))
    yield from found.items()

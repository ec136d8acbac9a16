"""Dead inputs: whose derivative is zero everywhere, and which statement cut them off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import ir
from srcgrad.analysis.activity import flows
from srcgrad.debug.findings.finding import Finding
from srcgrad.debug.findings.local import adjoints, is_zero
from srcgrad.debug.findings.replay import Moves, Observer, Operation, Replay, Step, Watched
from srcgrad.debug.findings.words import Words, called, family
from srcgrad.debug.summaries import numbers_in
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import may_be_active
from srcgrad.walk import statements

if TYPE_CHECKING:
    from srcgrad.debug.trace import Trace

MOST = 100  # runs of one operation that are looked at
SHAPES = {"len", "shape", "size", "ndim", "zeros_like", "ones_like", "empty_like"}
"""Operations that read of an array only how large it is."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Where the flow from an input ends, in words; without an operation it is nowhere."""

    operation: Operation | None
    words: str
    remedy: str
    iteration: tuple[int, ...] = ()
    order: int = -1


def dead(trace: Trace, replay: Replay, words: Words) -> Iterator[Finding]:
    """A finding for each cut, with the names of all inputs behind it; the earliest cut first."""
    names = [*_zero_inputs(trace)]
    if not names or trace.error is not None:
        return
    stages = replay.stages
    starts = dict(zip(trace.run.gradient._request.wrt, stages.wrt, strict=True))
    cuts: dict[Any, tuple[Cut, list[str]]] = {}
    for name, path in names:
        cut = _cut(_start(stages, starts[name], path), replay, words)
        key = cut.operation or cut.words
        cuts.setdefault(key, (cut, []))[1].append(name + "".join(f"[{p!r}]" for p in path))
    for cut, found in sorted(cuts.values(), key=lambda c: c[0].order):
        yield _finding(trace, cut, found)


def _zero_inputs(trace: Trace) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The arguments whose derivative is zero, each with the path to the part that it is."""
    for slot_event in trace.events:
        if slot_event.name == "return" and slot_event.role == "adjoint":
            yield from _zero_parts(slot_event.variable, _returned(trace, slot_event.variable), ())


def _returned(trace: Trace, name: str) -> Any:
    """The derivative by an argument in the trace's result."""
    from srcgrad.debug.tracing import returned

    return returned(trace.run.gradient._request, trace.result)[name, "adjoint"]


def _zero_parts(
    name: str, bar: Any, path: tuple[Any, ...]
) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The largest parts of an adjoint that are zero: the whole, or some of its leaves."""
    parts = [*numbers_in(bar)]
    if not parts or not all(np.isfinite(p).all() for p in parts):
        return
    if not any(np.any(p) for p in parts):
        if any(np.size(p) for p in parts):
            yield name, path
    elif isinstance(bar, dict):
        for key, part in bar.items():
            yield from _zero_parts(name, part, (*path, key))
    elif isinstance(bar, tuple | list) and not hasattr(bar, "_fields"):
        for i, part in enumerate(bar):
            yield from _zero_parts(name, part, (*path, i))


def _start(stages: Watched, var: Var, path: tuple[Any, ...]) -> frozenset[Var]:
    """The variables that hold a part of an argument: those that take it out, one after another."""
    found = frozenset([var])
    for step in path:
        found = frozenset(
            o.target
            for o in stages.operations
            if o.bind.args and o.bind.args[0] in found and _takes(o.bind, step)
        )
    return found


def _takes(bind: ir.Bind, step: Any) -> bool:
    match bind.op, bind.args:
        case ir.Unpack(index=index), _:
            return bool(index == step)
        case _, (_, Const(value)):
            return family(bind.op) == "getitem" and bool(value == step)
    return False


# what cuts ----------------------------------------------------------------------------------------


def _cut(start: frozenset[Var], replay: Replay, words: Words) -> Cut:
    stages = replay.stages
    reaching = _influential(stages)
    if not start & reaching:
        return Cut(None, "it never reaches the result", "use it, or drop it from the arguments")
    smooth = _smooth(stages, start)
    if not smooth & {a for a in stages.primal.results}:
        return _structural(stages, start, smooth, reaching, words)
    watcher = _Flow(stages, start)
    replay.watch(watcher)
    return watcher.cut(words)


def _influential(stages: Watched) -> set[Atom]:
    """All variables that the result depends on in any way, smoothly or not."""
    found: set[Atom] = {stages.dependent}
    reads = [*_reads(stages)]
    while True:
        more = {a for target, args in reads if target is None or target in found for a in args}
        if more <= found:
            return found
        found |= more


def _reads(stages: Watched) -> Iterator[tuple[Var | None, tuple[Atom, ...]]]:
    """Each variable with what it depends on; tests and ranges of loops count for everything."""
    known = [o for o in stages.operations if family(o.bind.op) not in SHAPES]
    yield from ((o.target, o.bind.args) for o in known)
    yield from stages.sources.items()
    for s in statements(stages.primal):
        if isinstance(s, ir.If):
            yield None, (s.test,)
        elif isinstance(s, ir.Loop):
            yield None, tuple(a for b in (s.test,) if b for a in b.results)
            yield None, () if s.stop is None else (s.stop,)
            if s.source is not None:
                yield None, tuple(_range_atoms(s.source))


def _range_atoms(source: ir.Source) -> Iterator[Atom]:
    for a in source.args:
        if isinstance(a, ir.Source):
            yield from _range_atoms(a)
        else:
            yield a


def _smooth(stages: Watched, start: Iterable[Var]) -> set[Atom]:
    """What depends smoothly on some variables, as far as the kinds of operations tell."""
    found: set[Atom] = set(start)
    edges = [(o.target, flows(o.bind.op, o.bind.args)) for o in stages.operations]
    edges += [*stages.sources.items()]
    while True:
        reached = {t for t, args in edges if may_be_active(t.kind) and found & set(args)}
        if reached <= found:
            return found
        found |= reached


def _structural(
    stages: Watched, start: frozenset[Var], smooth: set[Atom], reaching: set[Atom], words: Words
) -> Cut:
    """The first operation that takes what depends on an input and returns what does not."""
    for order, o in enumerate(stages.operations):
        if o.target in reaching and o.target not in smooth and smooth & set(o.bind.args):
            operand = next(a for a in o.bind.args if a in smooth)
            return Cut(o, *_cut_words(o, words.atom(operand)), order=order)
    what = "it decides only what is computed, not with which numbers"
    return Cut(None, what, "a branch has no derivative by what it tests")


def _cut_words(o: Operation, operand: str) -> tuple[str, str]:
    name = family(o.bind.op)
    shown = called(Step(o, (), None, ()))
    if name in ("int", "round", "around", "rint", "floor", "ceil", "trunc", "fix"):
        what = f"{shown} cuts {operand} off: its result is constant between jumps"
        return what, f"leave {shown} out, or use a smooth approximation"
    if name == "stop_gradient":
        return f"stop_gradient cuts {operand} off, as it is meant to", "leave it out"
    if name in ("<", "<=", ">", ">=", "eq", "ne", "equal", "not_equal"):
        what = f"the comparison {shown} cuts {operand} off: True and False have no derivative"
        return what, "use a smooth step, such as 1 / (1 + np.exp(-x / width))"
    what = f"{shown} cuts {operand} off: its derivative is 0 wherever it has one"
    return what, "use a smooth function in its place"


class _Flow(Observer):
    """Watches how far the derivative by an input gets, and which operations let nothing through."""

    def __init__(self, stages: Watched, start: frozenset[Var]) -> None:
        self.activity = stages.activity
        self.operations = stages.operations
        self.dependent = stages.dependent
        self.start = start
        self.alive: set[Atom] = set(start)
        self.passed: set[Operation] = set()
        self.stopped: dict[Operation, tuple[Step, tuple[Var, ...]]] = {}
        self.runs: dict[Operation, int] = {}
        self.used = False

    def __call__(self, step: Step) -> None:
        o = step.operation
        wanted = tuple(v for v in o.operands if v in self.alive and v in self.activity)
        if o.target not in self.start:
            self.alive.discard(o.target)
        if not o.active or not wanted:
            return
        self.used = True
        if o in self.passed or self._passes(step, wanted):
            self.alive.add(o.target)

    def _passes(self, step: Step, wanted: tuple[Var, ...]) -> bool:
        """Whether the derivative of an operation lets anything through, in the runs looked at."""
        o = step.operation
        self.runs[o] = self.runs.get(o, 0) + 1
        if self.runs[o] > MOST:
            return False
        bars = adjoints(step, frozenset(wanted))
        if bars and all(map(is_zero, bars.values())):
            self.stopped.setdefault(o, (step, wanted))
            return False
        self.stopped.pop(o, None)
        self.passed.add(o)
        return True

    def moved(self, pairs: Moves) -> None:
        lives = [(target, atom in self.alive) for target, atom in pairs]
        for target, alive in lives:
            (self.alive.add if alive else self.alive.discard)(target)

    def cut(self, words: Words) -> Cut:
        """The first operation that let nothing through."""
        if not self.used:
            what = "what would use it did not run: it stands in a branch or a loop not entered"
            return Cut(None, what, "nothing to do, if that is meant for these arguments")
        if not self.stopped and self.dependent not in self.alive:
            what = (
                "what is made of it does not get to the result: it is overwritten, or left unused"
            )
            return Cut(None, what, "nothing to do, if that is meant for these arguments")
        if not self.stopped:
            what = "its contributions cancel each other, or are chosen away element by element"
            return Cut(None, what, "look at its adjoints in the trace")
        o, (step, lives) = next(iter(self.stopped.items()))
        what, remedy = _zero_words(step, lives, words)
        return Cut(o, what, remedy, step.iteration, self.operations.index(o))


def _zero_words(step: Step, lives: tuple[Var, ...], words: Words) -> tuple[str, str]:
    """Why the derivative of an operation is zero here."""
    name, shown = family(step.operation.bind.op), called(step)
    pairs = list(zip(step.operation.bind.args, step.args, strict=True))
    zeros = [a for a, v in pairs if a not in lives and _is_all_zero(v)]
    alive = " and ".join(words.atom(a) for a in lives)
    if name in ("*", "@", "dot", "einsum", "inner", "outer", "/") and zeros:
        return f"{alive} is multiplied by 0: {words.atom(zeros[0])} is 0 everywhere", NOT_ZERO
    if name in ("maximum", "minimum", "clip", "max", "min", "where"):
        what = f"{shown} takes nothing of {alive}: its derivative is 0 at every element"
        largest = [v for a, v in pairs if a in lives and isinstance(v, float | np.ndarray)]
        if largest and np.size(largest[0]):
            low, high = np.min(largest[0]), np.max(largest[0])
            what += f"; {alive} is in {low:.4g} .. {high:.4g}"
        return what, "a dead unit: start from other weights, or use a function that leaks"
    if name == "norm":
        return f"{shown} at 0 has no derivative, and 0 is taken for it; {alive} is 0", NORM
    what = f"the derivative of {shown} by {alive} is 0 here"
    return what, "move away from this point, if it is not where the function is flat"


NOT_ZERO = "look where the zero comes from"
NORM = "add a small number under the root, or start elsewhere"


def _is_all_zero(value: Any) -> bool:
    return isinstance(value, int | float | np.ndarray | np.generic) and not np.any(value)


def _finding(trace: Trace, cut: Cut, names: list[str]) -> Finding:
    who = ", ".join(names)
    verb = "is" if len(names) == 1 else "are"
    message = f"the derivative by {who} {verb} 0: {cut.words}"
    if cut.operation is None:
        read = trace.run.read
        line = read.node.lineno
        place = read.file, line, read.lines[line - 1].strip()
    else:
        origin = cut.operation.origin
        place = origin.location.file, origin.line, origin.text
    return Finding("dead input", message, cut.remedy, "", *place, names[0], cut.iteration)

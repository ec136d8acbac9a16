"""Find the operation whose own derivative is wrong: a run of the function that checks each one.

The function is specialised as for a derivative, and a call of a probe goes in front of every
operation that a derivative passes through.  The program is then written, loaded and run like any
other, so that whatever can be compiled can be searched: loops, branches, stores, containers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from srcgrad import ir
from srcgrad.analysis.externals import Externals
from srcgrad.analysis.guards import Guards
from srcgrad.backend.load import load
from srcgrad.backend.printer import to_source
from srcgrad.backend.raise_ import raise_function
from srcgrad.differences import Program
from srcgrad.dispatch import selector
from srcgrad.errors import Location
from srcgrad.gradient import Gradient, signature_of
from srcgrad.ir import Bind, Block, Effect, Function, Stmt, Var
from srcgrad.modes import PlainStages
from srcgrad.pipeline import finished
from srcgrad.request import Request
from srcgrad.rulebook import function_of
from srcgrad.rules.table import lookup
from srcgrad.runtime import copied
from srcgrad.staging import Stages
from srcgrad.walk import blocks

Check = Callable[[Program], None]
MOST = 100  # runs of one operation that are checked


@dataclass(frozen=True)
class Culprit:
    """An operation whose derivative is wrong by itself: its name, its place, and what was found."""

    operation: str
    location: Location
    error: AssertionError


def culprit(program: Program, check: Check) -> Culprit | None:
    """The first operation in a run of a program that a check fails for; None if none is found.

    `check` raises an AssertionError for a program of one operation whose derivative is wrong.
    Whatever else goes wrong, here or there, is no answer either.
    """
    try:
        _run(program, check)
    except _FoundError as found:
        return found.culprit
    except Exception:  # the answer would be a help, and is not worth another error
        return None
    return None


class _FoundError(BaseException):
    """Ends the run of a program once the operation is found; no program catches it."""

    def __init__(self, found: Culprit) -> None:
        self.culprit = found


def _run(program: Program, check: Check) -> None:
    """Run a program with a probe in front of each operation."""
    parameters = list(signature_of(program.function).parameters)
    request = Request(tuple(parameters[i] for i in program.varied), mode="value")
    gradient = Gradient(program.function, request, "check")
    given, names = gradient._bind(copied(program.args), {}), dict(gradient._namespace)

    def begin(opened: bool) -> Stages:
        guards = Guards(names)
        externals = Externals(guards, set(given), request.wrt)
        stages = Probed(gradient.primal, given, request, guards, externals, opened)
        stages.check = check
        return stages

    compiled = finished(begin)
    values = selector(compiled, tuple(given), names)(**given)
    compiled.function(*(values or ()))


class Probed(PlainStages):
    """The function itself, with a call of a probe in front of each operation to be checked."""

    check: Check

    def derivative(self) -> Block:
        self._probe(self.primal)
        return super().derivative()

    def _probe(self, block: Block) -> None:
        stmts: list[Stmt] = []
        for s in block.stmts:
            if isinstance(s, Bind) and s.target in self.activity and has_rule(s.op):
                stmts.append(self._call(s))
            for inner in blocks(s):
                self._probe(inner)
            stmts.append(s)
        block.stmts = stmts

    def _call(self, s: Bind) -> Effect:
        """The call of the probe of an operation, with its operands."""
        operands = tuple(dict.fromkeys(a for a in s.args if isinstance(a, Var)))
        active = tuple(i for i, a in enumerate(operands) if a in self.activity)
        return Effect(Probe(s, operands, active, self.check), operands, origin=s.origin)


def has_rule(op: Any) -> bool:
    """Whether the derivative of an operation is by a rule, of the table or of the user."""
    if isinstance(op, ir.Ruled):
        return not op.rule.hook
    primitive = lookup(op)
    return primitive is not None and primitive.has_derivative


@dataclass(eq=False)
class Probe:
    """What a run calls with the operands of an operation: it checks the operation by itself."""

    bind: Bind
    operands: tuple[Var, ...]
    active: tuple[int, ...]
    check: Check
    runs: int = 0

    def __call__(self, *values: Any) -> None:
        self.runs += 1
        origin = self.bind.origin
        if self.runs > MOST or origin is None:
            return
        try:
            self.check(Program(self.function, copied(values), self.active))
        except AssertionError as error:
            raise _FoundError(Culprit(self.name, origin.location, error)) from None
        except Exception:  # it cannot be checked by itself, here
            self.runs = MOST

    @cached_property
    def function(self) -> Any:
        """The operation as a function of its operands."""
        return operation(self.bind, self.operands)

    @property
    def name(self) -> str:
        """What the operation is called: np.tanh, or operator.mul for a symbol."""
        return operation_name(self.bind.op)


def operation(bind: Bind, operands: tuple[Var, ...]) -> Any:
    """An operation as a function of its operands."""
    op, result = bind.op, Var("result")
    if isinstance(op, ir.Ruled):
        op = ir.Ruled(function_of(op.rule), op.rule)
    alone = Bind(result, op, bind.args, bind.keywords)
    node, imports = raise_function(Function("operation", operands, Block([alone], (result,))))
    label = f"check of {operation_name(bind.op)}"
    return load(to_source(node), "operation", imports.namespace, label)


def operation_name(op: Any) -> str:
    """What an operation is called: np.tanh, or operator.mul for a symbol."""
    if isinstance(op, ir.Ruled):
        return str(op.rule.name)
    primitive = lookup(op)
    return (primitive and primitive.name) or f"operator.{op.__name__}"

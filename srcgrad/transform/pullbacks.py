"""Functions that call themselves: the value and a pullback, as one function around another."""

from __future__ import annotations

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.effects import check_effects
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.recursion import Callee
from srcgrad.ir import Block, Function, Var
from srcgrad.kinds import Opaque
from srcgrad.transform.assemble import Gradients


def written(specialiser: Specialiser, callee: Callee) -> Function:
    """The function that takes a callee's arguments to its value and its pullback."""
    primal, wrt = callee.program, [callee.params[i] for i in callee.active]
    activity = Activity(primal, wrt, [callee.result])
    check_effects(primal, activity)
    seed = Var("result_bar", callee.kind)
    with specialiser.builder.block() as backward:
        bars = Gradients(specialiser, activity, primal).run(callee.result, seed, wrt)
    backward.results = tuple(bars)
    pullback = Var("pullback", Opaque())
    define = ir.Define(pullback, (seed,), backward)
    body = Block([*primal.stmts, define], (callee.result, pullback))
    return Function(callee.name, callee.params, body)

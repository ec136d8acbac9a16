"""The runner: what a program proves is true of srcgrad, by either mode."""

from __future__ import annotations

import ast
import copy
import inspect
import linecache
from collections.abc import Iterator
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from typing import Any

import numpy as np

import srcgrad
from census.registry import Program, Verdict
from srcgrad import SrcgradError
from support import assert_close, check_gradient
from support.errors import assert_at, assert_complete, raised_by
from support.numeric import slope
from support.trees import is_real, leaves, map_leaves


def check(program: Program) -> None:
    """Assert that the verdict of a program is true."""
    if program.verdict is Verdict.REFUSED:
        check_refusal(program)
    else:
        with redirect_stdout(StringIO()):
            check_derivative(program)


def check_derivative(program: Program) -> None:
    """Assert that the gradient is right, not zero, and that forward mode agrees or refuses."""
    gradient = check_gradient(program.function, program.args, **program.options)
    slopes = dict(leaves(gradient))
    assert any(np.any(bar) for bar in slopes.values() if is_real(bar)), "nothing is active"
    tangent = map_leaves(direction, program.args[0])
    if program.forward is Verdict.REFUSED:
        check_tangent_refused(program, tangent)
        return
    pairs = ((slopes[path], t) for path, t in leaves(tangent) if is_real(t))
    want = sum(float(np.sum(a * b)) for a, b in pairs)
    assert_close(by_forward_mode(program, tangent), want, 1e-9, 1e-11, "tangent")


def check_second_order(program: Program) -> None:
    """Assert that the derivative of the gradient along one direction, in another, is right."""
    if Verdict.REFUSED in (program.forward, program.second):
        assert_complete(raised_by(lambda: tangent_of_gradient(program)), SrcgradError)
        return
    x, *others = copy.deepcopy(program.args)
    gradient = srcgrad.grad(program.function)
    tangent, other = direction("", x), direction("other", x)

    def slope_of(v: Any) -> Any:
        return np.sum(gradient(v, *others) * other)

    with redirect_stdout(StringIO()):
        got = tangent_of_gradient(program)
        want = slope(slope_of, x, "", tangent)
    assert_close(np.sum(got * other), want, 1e-6, 1e-7, "second derivative")


def tangent_of_gradient(program: Program) -> Any:
    """The derivative of the gradient along a tangent of the first argument."""
    x, *others = copy.deepcopy(program.args)
    gradient = srcgrad.grad(program.function)
    return srcgrad.jvp(lambda v: gradient(v, *others), (x,), (direction("", x),))[1]


def by_forward_mode(program: Program, tangent: Any) -> Any:
    """The derivative along a tangent of the first argument."""
    x, *others = copy.deepcopy(program.args)
    return srcgrad.jvp(lambda v: program.function(v, *others), (x,), (tangent,))[1]


def direction(path: str, leaf: Any) -> Any:
    """A tangent for one leaf: another number for each element."""
    if not is_real(leaf):
        return leaf
    values = np.cos(len(path) + np.arange(np.size(leaf)))
    return values.reshape(np.shape(leaf)) if isinstance(leaf, np.ndarray) else float(values[0])


def check_refusal(program: Program) -> None:
    """Assert that either mode refuses as it should, and that the first says all it must."""
    call = srcgrad.grad(program.function, **program.options)
    error = assert_complete(raised_by(lambda: call(*copy.deepcopy(program.args))), program.error)
    assert program.words in error.what, str(error)
    assert program.fix in error.fix, str(error)
    assert error.why != SrcgradError.usual_why, str(error)
    assert error.fix != SrcgradError.usual_fix, str(error)
    assert_at(error, program.place or program.function)
    tangent = map_leaves(direction, program.args[0])
    if program.forward is Verdict.DIFFERENTIATED:
        check_tangent(program, tangent)
    else:
        check_tangent_refused(program, tangent)


def check_tangent(program: Program, tangent: Any) -> None:
    """Assert that forward mode gives the right derivative along a tangent."""
    x, *others = copy.deepcopy(program.args)
    along = [(path, t) for path, t in leaves(tangent) if is_real(t)]
    want = sum(slope(lambda v: program.function(v, *others), x, path, t) for path, t in along)
    assert_close(by_forward_mode(program, tangent), want, 1e-6, 1e-8, "tangent")


def check_tangent_refused(program: Program, tangent: Any) -> None:
    """Assert that forward mode refuses."""
    assert_complete(raised_by(lambda: by_forward_mode(program, tangent)), SrcgradError)


# what occurs in a program -------------------------------------------------------------------------


def occurring(function: Any) -> set[str]:
    """The names of the node classes in a program, and in what it uses of its module."""
    return {type(node).__name__ for node in nodes(function)}


def named(function: Any) -> set[str]:
    """The names and attributes that a program reads, and what it uses of its module."""
    found = {n.id for n in nodes(function) if isinstance(n, ast.Name)}
    return found | {n.attr for n in nodes(function) if isinstance(n, ast.Attribute)}


def nodes(function: Any) -> Iterator[ast.AST]:
    """All nodes of a program, and of what of its module it names, without what registers it."""
    made = definitions(inspect.unwrap(function).__code__.co_filename)
    seen, queue = {function.__name__}, [made[function.__name__]]
    while queue:
        for node in ast.walk(queue.pop()):
            yield node
            if isinstance(node, ast.Name) and node.id in made.keys() - seen:
                seen.add(node.id)
                queue.append(made[node.id])


@cache
def definitions(file: str) -> dict[str, ast.stmt]:
    """The statements of a file that define something, by name."""
    found: dict[str, ast.stmt] = {}
    for statement in ast.parse("".join(linecache.getlines(file))).body:
        if isinstance(statement, ast.Assign):
            found |= {t.id: statement for t in statement.targets if isinstance(t, ast.Name)}
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            registers = [d for d in statement.decorator_list if _registers(d)]
            statement.decorator_list = [d for d in statement.decorator_list if d not in registers]
            found[statement.name] = statement
    return found


def _registers(decorator: ast.expr) -> bool:
    """Whether a decorator is one of the registry's."""
    called = decorator.func if isinstance(decorator, ast.Call) else None
    return isinstance(called, ast.Name) and called.id in {str(verdict) for verdict in Verdict}

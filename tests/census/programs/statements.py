"""Statements: assignments, control flow, `try`, `with`, imports and definitions."""

from __future__ import annotations

import contextlib
import time

import numpy as np

from census.registry import V3, V4, Verdict, differentiated, inactive, refused
from srcgrad import UnsupportedError

CALLS = 0
SCALE = 3.0


@differentiated(
    *("ast.FunctionDef", "ast.arguments", "ast.arg", "ast.Return", "ast.Assign", "ast.Store"),
    *("ast.Load", "ast.Name", "ast.Constant", "ast.BinOp", "ast.Mult"),
    args=(0.7,),
)
def assignment(x):
    def square(v):
        return v * v

    y = square(x)
    return 2.0 * y


@differentiated("ast.AnnAssign", args=(0.7,))
def annotated_assignment(x: float) -> float:
    y: float = x * x
    z: int
    return y * x


@differentiated("ast.AugAssign", args=(0.7,))
def augmented_assignment(x):
    y = x
    y *= x
    y += 1.0
    return y * y


@differentiated("ast.Delete", "ast.Del", args=([0.7, 1.2, -0.3],))
def del_of_names_and_elements(x):
    y = [v * v for v in x]
    z = {"a": y[1], "b": x[0]}
    scratch = y[0] * 2.0
    del y[0], z["b"], scratch
    return y[0] * z["a"] + sum(y)


@differentiated("Statements: `del` of a slice", args=([0.7, 1.2, -0.3],))
def del_of_a_slice(x):
    y = [v * v for v in x]
    del y[1:]
    return y[0] * x[2]


@inactive("ast.Assert", args=(0.7,))
def assertions(x):
    assert x > 0, f"{x} is not positive"
    assert np.isfinite(x)
    return x * x


@inactive("ast.Pass", "ast.Expr", args=(0.7,))
def pass_and_bare_expressions(x):
    """Docstrings are expressions."""
    if x > 3.0:
        pass
    x + 1.0
    print(x)
    ...
    return x * x


@inactive("ast.Raise", args=(0.7,))
def raises_on_another_path(x):
    if x < 0.0:
        raise ValueError("x is negative") from None
    return np.sqrt(x)


@differentiated("ast.If", args=(0.7,))
def if_elif_else(x):
    if x < 0.0:
        y = -x
    elif x < 1.0:
        y = x * x
    else:
        y = x
    return y


@differentiated("ast.For", args=(V3,))
def for_over_an_array(x):
    total = 0.0
    for v in x:
        total = total * 0.5 + v * v
    return total


@differentiated("ast.While", args=(0.7,))
def while_loop(x):
    while x < 5.0:
        x = x * x + 1.0
    return x


@differentiated("ast.Break", "ast.Continue", args=(V4,))
def break_and_continue(x):
    total = 0.0
    for v in x:
        if v < 0.0:
            continue
        if v > 1.0:
            break
        total += v * v
    return total


@differentiated("Statements: `else` of a loop", args=(V4,))
def else_of_loops(x):
    for v in x:
        if v > 9.0:
            y = v
            break
    else:
        y = x[0] * x[1]
    n = 0
    while n < 3:
        y = y * x[2]
        n += 1
    else:
        y = y + x[3] ** 2
    return y


@differentiated("Statements: nested loops with flags", args=(V4,))
def nested_loops_with_flags(x):
    found = False
    total = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x)):
            if x[i] * x[j] < -0.3:
                found = True
                break
            total += x[i] * x[j]
        if found:
            break
    return total * x[0] if found else total


@differentiated("ast.Try", "ast.ExceptHandler", args=(0.7,), second=Verdict.REFUSED)
def try_except(x):
    try:
        y = x * x
        if y > 0.3:
            raise ValueError("too large")
    except (ValueError, KeyError) as error:
        print(error)
        y = 3.0 * x
    return y * x


@differentiated("Statements: `try` with `else` and `finally`", args=(0.7,))
def try_else_finally(x):
    steps = []
    try:
        y = x * x
    except ValueError:
        y = x
    else:
        y = y * 3.0
    finally:
        steps.append("done")
    return y * len(steps)


@differentiated("Statements: `try` around a lookup that may fail", args=({"a": 0.7},))
def try_around_a_lookup(x):
    try:
        y = x["b"]
    except KeyError:
        y = x["a"] ** 2
    return y


def safe_log(v):
    try:
        return np.log(v)
    except FloatingPointError:
        return 0.0 * v
    finally:
        print("done")


@differentiated("Statements: `return` out of `try` and `finally`", args=(0.7,))
def return_out_of_try(x):
    return safe_log(x) * x


@differentiated("Statements: retries in a loop", args=(0.7,))
def retries(x):
    for attempt in range(5):
        try:
            if attempt < 2:
                raise RuntimeError(attempt)
            y = x * x * attempt
            break
        except RuntimeError:
            continue
    return y


@refused("ast.TryStar", args=(0.7,), error=UnsupportedError, words="except*", fix="use except")
def try_star(x):
    y = x
    try:  # here: try
        if x > 0.0:
            raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])
    except* ValueError:
        y = y * x
    except* TypeError:
        y = y * 3.0
    return y


@contextlib.contextmanager
def timed(label):
    start = time.perf_counter()
    try:
        yield label
    finally:
        print(label, time.perf_counter() - start)


class Recorder:
    def __init__(self):
        self.events = []

    def __enter__(self):
        self.events.append("in")
        return self

    def __exit__(self, kind, error, trace):
        self.events.append("out")
        return False


@differentiated("ast.With", "ast.withitem", args=(0.7,))
def with_errstate(x):
    with np.errstate(all="ignore"):
        y = x * x
    return y * x


@differentiated("Statements: `with` of one's own context managers", args=(0.7,))
def with_own_context_managers(x):
    with timed("square") as label, Recorder() as recorder:
        y = x * x
        print(label)
    return y * len(recorder.events)


@differentiated(
    "Statements: `with` that suppresses an exception", args=(0.7,), second=Verdict.REFUSED
)
def with_suppress(x):
    y = x
    with contextlib.suppress(ValueError):
        if x > 0.0:
            raise ValueError("suppressed")
        y = x * x * x
    return y * x


@refused(
    "Statements: what was assigned under `with` before an exception was suppressed",
    args=(0.7,),
    error=UnsupportedError,
    words="'y' is read where an exception has been caught",
    fix="last in the block",
)
def assigned_before_suppressed(x):
    y = x
    with contextlib.suppress(ValueError):  # here: with
        y = x * x
        if x > 0.0:
            raise ValueError("suppressed")
        y = x * x * x
    return y


@differentiated("Statements: `return` out of `with`", args=(0.7,))
def return_out_of_with(x):
    with np.errstate(divide="ignore"):
        if x > 0.0:
            return np.log(x)
    return x


@inactive("ast.Import", "ast.ImportFrom", "ast.alias", args=(0.7,))
def imports_inside(x):
    import math as m
    from math import pi, sin

    return sin(pi * x) * m.cos(x)


@refused("ast.Global", args=(0.7,), error=UnsupportedError, words="'CALLS'", fix="return")
def counts_its_calls(x):
    global CALLS  # here: global
    CALLS += 1
    return x * x


@inactive("Statements: reads of globals", args=(0.7,))
def reads_globals(x):
    return SCALE * x * x


@differentiated("ast.Nonlocal", args=(V3,))
def nonlocal_of_a_local(x):
    total = 0.0

    def add(v):
        nonlocal total
        total = total * 0.5 + v * v

    for v in x:
        add(v)
    return total


@refused(
    "ast.ClassDef", args=(0.7,), error=UnsupportedError, words="class defined inside", fix="module"
)
def class_inside(x):
    class Settings:  # here: class
        rate = 0.5
        steps = 3

    y = x
    for _ in range(Settings.steps):
        y = y - Settings.rate * y * y
    return y


@differentiated("Statements: chained and starred targets, swaps", args=(V4,))
def targets(x):
    a = b = x[0] * x[1]
    first, *rest = x * x
    (c, d), [e, f] = (a, b), (first, rest[0])
    c, d = d * 2.0, c * c
    return a * c + d * e + f * rest[-1]

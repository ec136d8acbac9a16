"""Exceptions: what they carry, where they lead, and what was done before they were raised."""

from __future__ import annotations

import contextlib
import math

import numpy as np

from census.registry import V3, Verdict, differentiated, refused
from srcgrad import UnsupportedError


def bounded(v):
    if v > 0.5:
        raise ValueError("too large", v)
    return v * v


@refused(
    "Exceptions: ones that carry active values",
    args=(0.7,),
    error=UnsupportedError,
    words="the attribute 'args' of an exception",
    fix="return the value",
)
def carried(x):
    try:
        return bounded(x)
    except ValueError as error:
        return error.args[1] ** 2 * x  # here: error.args


@differentiated(
    "Exceptions: `raise` in `except`, nested `try`", args=(0.7,), second=Verdict.REFUSED
)
def raised_again(x):
    try:
        try:
            y = bounded(x)
        except KeyError:
            y = 1.0
        except ValueError as error:
            raise KeyError(x * x) from error
    except KeyError:
        y = 3.0 * x
    return y * x


@refused(
    "Exceptions: lists that grew before",
    args=(0.7,),
    error=UnsupportedError,
    words="may or may not have been changed",
    fix="copy",
)
def assigned_before(x):
    y, values = x, []
    try:
        y = y * 2.0
        values.append(y * x)
        y = bounded(y)
        values.append(9.0)
    except ValueError:
        values.append(x)  # here: values
    return y * sum(v * (i + 1) for i, v in enumerate(values))


@refused(
    "Exceptions: arrays changed before",
    args=(V3,),
    error=UnsupportedError,
    words="may or may not have been changed",
    fix="copy",
)
def changed_before(x):
    y = x.copy()
    try:
        y[0] = 2.0 * x[1]
        y[7] = 1.0
    except IndexError:
        y[1] = x[0]  # here: y[1]
    return np.sum(y * x)


@differentiated(
    "Exceptions: raised by Python and NumPy", args=(0.7, [1.0, 2.0]), second=Verdict.REFUSED
)
def raised_by_others(x, weights):
    total = 0.0
    for which in range(5):
        try:
            if which == 0:
                y = x * (1 // 0)
            elif which == 1:
                y = math.sqrt(-x)
            elif which == 2:
                y = weights[5] * x
            elif which == 3:
                y = np.linalg.inv(np.zeros((2, 2)))[0, 0] * x
            else:
                y = float("text") * x
        except ZeroDivisionError:
            y = x
        except (IndexError, np.linalg.LinAlgError):
            y = x + 1.0
        except ValueError:
            y = x * x
        total += y * (which + 1)
    return total


@differentiated("Exceptions: sums, last under `try`", args=(0.7, [1.0, 2.0]))
def summed_last(x, weights):
    total = 0.0
    for i in range(3):
        try:
            total += weights[i] * x
        except IndexError:
            total += x * x
    return total


@refused(
    "Exceptions: sums that went on before",
    args=(0.7, [1.0, 2.0]),
    error=UnsupportedError,
    words="'total' is read where an exception has been caught",
    fix="assign total in the handler",
)
def summed_twice(x, weights):
    total = 0.0
    for i in range(3):
        try:
            total += weights[i] * x
            total += weights[i + 1] * x
        except IndexError:
            total += x  # here: total
    return total


@differentiated("Exceptions: as the end of a loop", args=(0.7,))
def leaves_a_loop(x):
    try:
        for n in range(10):
            if x < 0.1 * n:
                raise StopIteration
        y = x * 2.0
    except StopIteration:
        y = x * 3.0
    return y * x


@refused(
    "Exceptions: what a loop assigned before one ended it",
    args=(0.7,),
    error=UnsupportedError,
    words="is read where an exception has been caught",
    fix="in the handler",
)
def end_of_a_loop(x):
    y, n = x, 0
    try:  # here: try
        while True:
            y = y * 0.5
            n += 1
            if y < 0.1:
                raise StopIteration
    except StopIteration:
        pass
    return y * x * n


@differentiated("Exceptions: retries with other values", args=(0.7,))
def retried(x):
    y = x
    while True:
        try:
            return bounded(y) * x
        except ValueError:
            y = y * 0.6


@differentiated("Exceptions: `break`, `continue` and `return` through `finally`", args=(0.7,))
def jumps_through_finally(x):
    values = []
    for i in range(4):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            values.append(x * i)
        finally:
            values.append(x * x)
    try:
        return sum(values) * x
    finally:
        values.append(x)


@differentiated("Exceptions: kept in a variable", args=(0.7,))
def kept(x):
    problem = None
    try:
        bounded(x)
    except ValueError as error:
        problem = error
    return x * x if problem is not None else x


@refused(
    "Exceptions: attributes of classes of one's own",
    args=(0.7,),
    error=UnsupportedError,
    words="the attribute 'best' of an exception",
    fix="return the value",
)
def own_exceptions(x):
    try:
        raise ConvergenceError(x * x, steps=3)
    except ConvergenceError as error:
        return error.best * x * error.steps  # here: error.best


@differentiated("Exceptions: classes of one's own", args=(0.7,))
def caught_by_its_class(x):
    try:
        raise ConvergenceError(3.0, steps=3)
    except ConvergenceError:
        return x * x


class ConvergenceError(Exception):
    def __init__(self, best, steps):
        super().__init__(f"no convergence after {steps} steps")
        self.best = best
        self.steps = steps


@differentiated("Exceptions: `assert` that fails, `suppress` around `return`", args=(0.7,))
def suppressed(x):
    with contextlib.suppress(ValueError):
        return bounded(x)
    try:
        assert x < 0.1, "too large"
    except AssertionError:
        return x * x * x
    return x

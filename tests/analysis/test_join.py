"""Values that may be None: known as what they are else, wherever that is asked first."""

from __future__ import annotations

import math

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V4 = np.array([0.3, 0.9, 0.4, 0.2])
PROGRAMS = Programs()
program = PROGRAMS.register


def picked(x, k):
    return None if x[k] > 0.5 else x * x[k]


@program(V4)
def the_last_one(x):
    last, total = None, 0.0
    for v in x:
        if last is not None:
            total += (v - last) ** 2
        last = v * v
    return total


@program(V4)
def the_best_one(x):
    best = None
    for v in x:
        w = math.sin(v) * v
        if best is None or w > best:
            best = w
    return best * x[0]


@program(V4)
def the_best_one_with_its_place(x):
    best = place = None
    for i, v in enumerate(x):
        if best is None or v > best:
            best, place = v, i
    return best**2 + x[place] * 3


@program(V4)
def an_array_of_the_pass_before(x):
    previous, total = None, 0.0
    for k in range(4):
        now = np.tanh(x * (k + 1))
        total += np.sum(now) if previous is None else np.sum(now * previous)
        previous = now
    return total + np.sum(previous)


@program(V4)
def a_function_that_may_find_nothing(x):
    total = 0.0
    for k in range(len(x)):
        found = picked(x, k)
        if found is None:
            continue
        total += np.sum(found) * x[k]
    return total


@program(V4)
def what_is_not_found_raises(x):
    found = picked(x, 0)
    if found is None:
        raise ValueError("nothing found")
    return np.sum(found * found)


@program(V4)
def one_or_the_other(x):
    one, other = picked(x, 1), picked(x, 0)
    if one is None and other is not None:
        return np.sum(other * other)
    return np.sum(x**3)


@program(V4)
def looked_at_by_its_class(x):
    weights = None if np.sum(x) > 100 else x * 2
    if isinstance(weights, np.ndarray):
        return np.sum(weights * x)
    return np.sum(x)


@program(V4)
def made_in_a_while(x):
    h = None
    while h is None or np.sum(h) < 10.0:
        h = x * 2 if h is None else h * 1.5
    return np.sum(h * h)


@program(V4)
def sums_that_begin_with_nothing(x):
    total = None
    for k in range(3):
        total = x * k if total is None else total + x**k
    return np.sum(total)


@program(V4)
def a_number_or_a_default(x):
    return np.sum(x**2) * (picked(x, 1) or 2.0)


@program(V4, refused="with a_min that may be None")
def a_bound_that_may_be_none(x):
    low = None if x[0] > 0.2 else x[1]
    return np.sum(np.clip(x, low, 0.6) ** 2)


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)

"""Sets that a function makes and changes: data beside what is differentiated."""

from __future__ import annotations

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V4 = np.array([0.3, 0.5, 0.7, 0.2])
PROGRAMS = Programs()
program = PROGRAMS.register


@program(V4)
def filled_by_union(x):
    fixed = set()
    for n in [0, 2]:
        fixed |= {n}
    return np.sum(x[[i for i in range(len(x)) if i not in fixed]] ** 2)


@program(V4)
def filled_by_add(x):
    fixed = set()
    for n in [0, 2]:
        fixed.add(n)
    return np.sum(x[[i for i in range(len(x)) if i not in fixed]] ** 2)


@program(V4)
def what_has_been_seen(x):
    seen, total = set(), 0.0
    for i in [0, 1, 0, 2, 1]:
        if i in seen:
            continue
        seen.add(i)
        total += x[i] ** 2 * len(seen)
    return total


@program(V4)
def filled_as_the_run_goes(x):
    large, total = set(), 0.0
    for i in range(len(x)):
        if x[i] > 0.4:
            large.add(i)
    for i in sorted(large):
        total += x[i] ** 3
    return total * len(large)


@program(V4)
def one_set_under_two_names(x):
    a = {1}
    b, c = a, a.copy()
    a.add(2)
    return x[0] ** 2 * len(b) + x[1] ** 2 * len(c)


@program(V4)
def updated_and_discarded(x):
    a = {1}
    a.update([2, 3], (5,))
    a.discard(1)
    a.discard(7)
    a.remove(5)
    return x[0] ** 2 * len(a) + sum(x[i] for i in a)


@program(V4)
def operators_in_place(x):
    a = {0, 1, 2, 3}
    a -= {1}
    a &= {0, 2, 5}
    a ^= {3}
    return sum(x[i] ** 2 for i in sorted(a)) + x[3] * len(a & {0})


@program(V4)
def in_a_closure(x):
    visited = set()

    def visit(i):
        if i in visited:
            return 0.0
        visited.add(i)
        return x[i] ** 2 + (visit(i - 1) if i > 0 else 0.0)

    return visit(3) + visit(2)


@program(V4)
def in_a_dict(x):
    groups = {}
    for i in range(4):
        groups.setdefault(i % 2, set()).add(i)
    return x[0] ** 2 * len(groups[0]) + sum(x[i] for i in groups[1])


@program(V4)
def cleared(x):
    a = {1, 2}
    before = len(a)
    a.clear()
    return x[0] ** 2 * (before + len(a))


@program(V4, refused="no derivative rule for 'union'")
def of_what_is_differentiated(x):
    values = set()
    for v in x:
        values.add(v * v)
    return sum(values)


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)

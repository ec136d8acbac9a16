"""Loops over what filter(), map() and generator expressions compute, one element a pass."""

from __future__ import annotations

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V4 = np.array([0.4, 0.9, 0.2, 0.5])
PROGRAMS = Programs()
program = PROGRAMS.register
OUT_OF_STEP = "a loop over an iterator that looks into what the loop changes"


class Ball:
    def __init__(self, height, alive=True):
        self.height, self.alive = height, alive


@program(V4)
def what_passes_a_test(x):
    total = v = 0.0
    for v in filter(lambda v: v > 0.3, x):
        if v > 0.8:
            continue
        total += v * v
    return total * v


@program(V4)
def objects_that_pass_a_test(x):
    balls = [Ball(v) for v in x]
    for _ in range(3):
        for ball in filter(lambda b: b.alive, balls):
            ball.height = ball.height * 1.5
            if ball.height > 1.0:
                ball.alive = False
    return sum(b.height**2 for b in balls)


@program(V4)
def what_is_true(x):
    total = 0.0
    for v in filter(None, x):
        total += v * v
        if total > 0.5:
            break
    return total


@program(V4)
def pairs_and_a_generator(x):
    total = 0.0
    for i, v in filter(lambda p: p[0] % 2, enumerate(x)):
        total += v * v * i
    for v in (v * x[0] for v in x if v > 0.3):
        total += v * v
    return total


@program(V4)
def one_inside_the_other(x):
    total = 0.0
    for v in filter(lambda v: v > 0.2, map(lambda v: v * v, (w + 0.1 for w in x))):
        total += v * total + v
    return total


@program(V4)
def another_function_called_filter(x):
    filter = lambda test, values: values[1:]  # noqa: E731
    total = 0.0
    for v in filter(None, x):
        total += v**3
    return total


@program(V4)
def an_object_changed_by_the_loop(x):
    ball, total = Ball(x[0]), 0.0
    for y in map(lambda v: v * ball.height, x):
        ball.height = y + 1.0
        total += y * y
    return total


@program(V4)
def an_object_that_a_generator_reads(x):
    ball, total = Ball(x[0]), 0.0
    for y in (v * ball.height for v in x):
        ball.height = y + 1.0
        total += y * y
    return total


@program(V4, refused=OUT_OF_STEP)
def counted_while_a_list_changes(x):
    kept, total = [x[0]], 0.0
    for k, y in enumerate(v * kept[0] for v in x):
        kept[0] = y + k
        total += y * y
    return total


@program(V4, refused=OUT_OF_STEP)
def an_array_that_changes_ahead(x):
    a, total = x.copy(), 0.0
    for i, y in enumerate(map(lambda i: a[i] * 2, range(4))):
        if i < 3:
            a[i + 1] += y
        total += y * y
    return total


@program(V4, refused=OUT_OF_STEP)
def side_by_side_with_an_array_that_changes(x):
    a, total = x.copy(), 0.0
    for y, z in zip(map(lambda i: a[i] * 2, range(4)), x, strict=True):
        a[3] += y * z
        total += y * y
    return total


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)

"""`match` as a chain of tests: which case is taken, what it binds, and the gradient of it."""

# Programs as users write them, and worse: the odd constructs are what is tested.
# ruff: noqa: F841

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_twice

V3 = np.array([0.7, 1.3, 0.4])
PROGRAMS = Programs()
program = PROGRAMS.register


@dataclass
class Circle:
    radius: Any


@dataclass
class Rectangle:
    width: Any
    height: Any = 1.0


class Pair(NamedTuple):
    first: Any
    second: Any


class Segment:
    __match_args__ = ("end", "start")

    def __init__(self, start, end):
        self.start = start
        self.end = end


KIND = "square"


class Names:
    CUBE = "cube"


def area(shape):
    match shape:
        case Circle(radius=r):
            return np.pi * r**2
        case Rectangle(w, h):
            return w * h
        case _:
            return 0.0


@program(V3)
def classes_one_after_another(x):
    return area(Circle(x[0])) * area(Rectangle(x[1], x[2])) + area(None)


@program(V3)
def shapes_in_a_loop(x):
    total = 1.0
    for shape in (Circle(x[0]), Rectangle(x[1], x[2]), Circle(x[2]), Rectangle(x[0])):
        total = total * area(shape)
    return total


@program([Circle(1.5), Rectangle(0.5, 2.0)])
def shapes_in_an_argument(shapes):
    total = 1.0
    for shape in shapes:
        match shape:
            case Circle(r):
                total *= r**2
            case Rectangle(width=w, height=h):
                total *= w * h**2
    return total


@program(V3)
def order_of_match_args(x):
    match Segment(x[0], x[1]):
        case Segment(end, start):
            return end**2 * start


@program(V3)
def an_attribute_that_is_missing(x):
    match Circle(x[0]):
        case Circle(width=w):
            return w
        case Circle(radius=r):
            return r**3
    return x[1]


@program(V3)
def a_failed_pattern_binds_nothing(x):
    a = x[0]
    match (x[1], 2):
        case (a, 3):
            return a
        case _:
            return a**2 * x[2]


@program(V3)
def a_failed_guard_has_bound(x):
    a = x[0]
    match x[1]:
        case a if a > 5.0:
            return a
    return a**2 * x[2]


@program(V3)
def guards_of_what_is_differentiated(x):
    match (x[0], x[1]):
        case (a, b) if a > b:
            return a * b
        case (a, b) if a < b:
            return a * b**2
    return x[2]


@program(V3)
def literals_and_alternatives(x):
    total = 0.0
    for k in range(6):
        match k:
            case 0:
                total = total + x[0] ** 2
            case 1 | 2 | 3:
                total = total * x[1] + x[2]
            case -1:
                total = total * 100.0
            case n:
                total = total + n * x[0] * x[2]
    return total


@program(V3)
def names_with_a_dot(x):
    match KIND:
        case Names.CUBE:
            return x[0] ** 3
        case "square":
            return x[0] ** 2
    return x[1]


@program(V3)
def a_star_in_the_middle(x):
    match [x[0], x[1], x[2], x[0] * x[1]]:
        case [first, *middle, last]:
            return first * sum(middle) * last**2


@program(V3)
def sequences_by_length(x):
    total = 1.0
    for part in ([x[0]], [x[1], x[2]], [], (x[0], x[1], x[2])):
        match part:
            case []:
                total = total * x[2]
            case [a]:
                total = total * a**2
            case [a, b]:
                total = total + a * b
            case [a, *rest]:
                total = total * a + sum(rest)
    return total


@program(V3)
def nested_patterns(x):
    match {"shape": Circle(x[0]), "at": (x[1], [x[2], 2.0])}:
        case {"shape": Circle(radius=r), "at": (a, [b, c])}:
            return r * a * b**2 * c


@program(V3)
def capture_of_a_part_and_of_the_whole(x):
    match Pair(x[0], x[1]):
        case Pair(first=a) as whole:
            return a * whole.second**2


@program(V3)
def text_is_no_sequence(x):
    match "ab":
        case [a, b]:
            return x[0]
        case str(text):
            return x[1] ** 2 * len(text)


@program(V3)
def an_array_is_a_sequence_for_some_versions_of_numpy(x):
    match x:
        case [a, b, c]:
            return a * b * c**2
        case _:
            return np.sum(x**3)


@program(V3)
def none_true_and_false(x):
    total = x[0] ** 2
    for flag in (None, True, False, 1):
        match flag:
            case None:
                total = total * x[1]
            case True:
                total = total + x[2]
            case False:
                total = total * x[0]
            case _:
                total = total * total
    return total


@program(V3)
def jumps_out_of_a_match_in_a_loop(x):
    total = 1.0
    for k in range(10):
        match k:
            case 1:
                continue
            case 4:
                break
            case 3 if x[0] > 9.0:
                return total
        total = total * x[k % 3] + x[0]
    return total**2


@program(V3)
def steps_of_a_small_machine(x):
    stack = []
    for step in (("push", 0), ("push", 1), ("mul",), ("push", 2), ("add",), ("sin",)):
        match step:
            case ("push", k):
                stack.append(x[k])
            case ("mul",):
                b, a = stack.pop(), stack.pop()
                stack.append(a * b)
            case ("add",):
                b, a = stack.pop(), stack.pop()
                stack.append(a + b)
            case (name,):
                stack.append(np.sin(stack.pop()))
    return stack[-1]


@program(0.7)
def floats_by_class(x):
    total = x
    for value in (x, [x * x], {"a": x}, 3, "text"):
        match value:
            case float() | int():
                total = total * value
            case [v]:
                total = total + v
            case {"a": v}:
                total = total * v
            case {}:
                total = 0.0
    return total


@program(0.7)
def a_dict_pattern_matches_any_dict(x):
    match {"a": x}:
        case {}:
            return x**3
    return x


@program(0.7)
def the_subject_is_worked_out_once(x):
    made = []

    def subject():
        made.append(x)
        return len(made)

    match subject():
        case 0:
            return x
        case 1:
            return x**2 * len(made)
        case 2:
            return x**3


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)

"""Arguments that are lists, dicts, tuples and objects of them, read again and again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_twice

A, B = [0.1, 0.2, 0.3], [0.4, 0.5, 0.6]
DATA = [1.0, 2.0]
PROGRAMS = Programs()
program = PROGRAMS.register


class Pair(NamedTuple):
    a: list
    b: list


@dataclass
class Parts:
    a: list
    b: list


def walked(weights, x):
    return sum(w * w * x for w in weights)


@program({"a": A})
def a_list_in_a_dict_by_each_sample(p):
    total = 0.0
    for x in DATA:
        total += sum([w * w * x for w in p["a"]])
    return total


@program(Parts(A, B))
def a_list_in_an_object_by_each_sample(p):
    total = 0.0
    for x in DATA:
        for w in p.a:
            total += w * w * x * p.b[1]
    return total


@program(Pair(A, B))
def a_list_in_a_named_tuple_by_each_sample(p):
    total = 0.0
    for x in DATA:
        total += walked(p.a, x) * walked(p.b, x)
    return total


@program((A, B))
def lists_in_a_tuple_by_two_calls(p):
    return walked(p[0], 1.5) + walked(p[0], 0.5) * walked(p[1], 2.0)


@program([A, B])
def lists_in_a_list_by_two_calls(p):
    return walked(p[0], 1.5) + walked(p[0], 0.5) * walked(p[1], 2.0)


@program({"W": [A, B], "scale": 0.5})
def rows_of_a_table_by_each_sample(p):
    total = 0.0
    for x in DATA:
        for row in p["W"]:
            for w in row:
                total += math.sin(w * x) * w * p["scale"]
    return total


@program({"a": A, "b": B})
def layers_of_lists(p):
    total = 0.0
    for x in DATA:
        h = [w * x for w in p["a"]]
        h = [math.tanh(v * w) for v, w in zip(h, p["b"], strict=True)]
        total += sum(h)
    return total


@program({"a": A, "b": B})
def entries_by_name_by_each_sample(p):
    total = 0.0
    for name in ["a", "b"]:
        for x in DATA:
            for w in p[name]:
                total += w * w * x
    return total


@program({"a": A, "b": B})
def one_list_or_the_other(p):
    total, i = 0.0, 0
    while i < len(DATA):
        chosen = p["a"] if i % 2 else p["b"]
        for w in chosen:
            total += w * w * w * DATA[i]
        i += 1
    return total


@program({"a": A, "b": B})
def different_lists_in_branches(p):
    total = 0.0
    for x in DATA:
        if x > 1.5:
            for w in p["a"]:
                total += w * w * x
        else:
            total += sum(p["b"]) ** 2 * x + p["a"][0] ** 3
    return total


@program({"a": A, "b": B})
def lists_in_a_list_made_here(p):
    total = 0.0
    for x in DATA:
        for part in [p["a"], p["b"]]:
            for w in part:
                total += w * w * x
    return total


@program({"a": A, "b": B})
def lists_joined_in_a_loop(p):
    total = 0.0
    for x in DATA:
        both = p["a"] + p["b"]
        for w in both:
            total += w * w * x
    return total


@program({"a": A, "b": B})
def a_sorted_part_and_all_by_name(p):
    total = 0.0
    for x in DATA:
        for w in sorted(p["a"])[:2]:
            total += w * w * x
        a, b, c = p["b"]
        total += a * b * c * x
    return total


@program({"a": A, "b": B})
def walked_side_by_side(p):
    total = 0.0
    for x in DATA:
        for a, b in zip(p["a"], reversed(p["b"]), strict=True):
            total += a * b * b * x
        for k, a in enumerate(p["a"]):
            total += k * a * a
    return total


@program({"arrays": [np.array(A), np.array(B)], "rate": 0.7})
def arrays_in_a_list_in_a_dict(p):
    total = 0.0
    for x in DATA:
        for a in p["arrays"]:
            total += np.sum(a * a) * x * p["rate"]
    return total


@program({"layers": [{"W": np.eye(2) * 0.5, "b": np.array(A[:2])}] * 2})
def dicts_in_a_list_in_a_dict(p):
    total = 0.0
    for x in DATA:
        h = np.array([x, 1.0])
        for layer in p["layers"]:
            h = np.tanh(layer["W"] @ h + layer["b"])
        total += np.sum(h)
    return total


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)

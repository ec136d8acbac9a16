"""Dicts that come as arguments, walked, joined and taken apart."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_twice

P = {"a": 0.3, "b": 0.7}
WEIGHTS = {"a": 1.0, "b": 2.0}
NAMES = ["a", "b"]
PROGRAMS = Programs()
program = PROGRAMS.register


@program(P)
def keys_beside_numbers(p):
    total = 0.0
    for k, v in zip(p, [1.0, 2.0], strict=True):
        total += p[k] * v
    return total * p["a"]


@program(P)
def unpacked_keys(p):
    a, b = p
    return p[a] * p[b]


@program(P)
def unpacked_with_a_star(p):
    first, *rest = p
    return p[first] + sum(p[k] for k in rest) ** 2


@program(P)
def keys_as_arguments(p):
    def f(*keys):
        return sum(p[k] for k in keys) * p[keys[0]]

    return f(*p) + p[[*p][-1]] ** 2


@program(P)
def sorted_and_counted(p):
    total = sum(p[k] ** 2 for k in sorted(p))
    return total + sum(p[k] * (i + 1) for i, k in enumerate(p))


@program(P)
def with_an_entry_more(p):
    q = {**p, "c": p["a"] * 2}
    a, _, c = q
    return q[c] * q[a]


@program(P)
def pairs_beside_numbers(p):
    total = 0.0
    for (k, v), w in zip(p.items(), [1.0, 3.0], strict=True):
        total += v * w * p[k]
    return total


@program(P)
def beside_a_dict_of_the_module(p):
    products = sum(a * b for a, b in zip(WEIGHTS.values(), p.values(), strict=True))
    return sum(WEIGHTS[k] * p[k] for k in WEIGHTS) * products


@program(np.array([0.3, 0.7]))
def made_of_names_and_an_array(x):
    p = dict(zip(NAMES, x, strict=True))
    return p["a"] * p.get("b", 0.0) + p.get("c", 2.0) * p["a"]


@program(np.array([0.3, 0.7]))
def made_of_names_that_are_computed(x):
    p = {f"layer{i}": x[i] * 2 for i in range(2)}
    left, _, right = "layer0 -> layer1".partition(" -> ")
    return p[left] * p[right.strip().lower()]


@program(np.array([0.3, 0.7]))
def pairs_as_keys(x):
    stresses = {}
    for bar in [(0, 1), (1, 0)]:
        stresses[bar] = x[bar[0]] * x[bar[1]] ** 2
    return sum(v * k[0] for k, v in stresses.items()) + stresses[0, 1]


GRAPH = {0: [1, 2], 1: [0], 2: []}


@program({"h": np.array([[0.3, 0.5], [0.1, -0.4], [0.7, 0.2]]), "w": np.array([0.4, -0.3])})
def messages_along_a_graph(p):
    messages = defaultdict(list)
    for i, targets in GRAPH.items():
        for j in targets:
            messages[j].append(np.tanh(p["h"][i] * p["w"]))
    means = [np.mean(np.stack(messages[k]), axis=0) if messages[k] else p["h"][k] for k in range(3)]
    return np.sum(np.array(means) ** 2)


@program(np.array([0.3, 0.9, 0.4]))
def what_has_been_computed_is_remembered(x):
    known = {}

    def cost(i, j):
        if (i, j) in known:
            return known[i, j]
        if i == 0 or j == 0:
            result = float(i + j)
        else:
            step = (x[i - 1] - x[3 - j]) ** 2
            result = step + 0.5 * cost(i - 1, j) + 0.25 * cost(i, j - 1)
        known[i, j] = result
        return result

    return cost(3, 3) * cost(2, 3)


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)

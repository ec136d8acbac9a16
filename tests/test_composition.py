"""Derivatives of derivatives: every operator over every other, to the third, against differences.

An operator here turns a function of an array into another one: its derivative along one direction
(or the second one, with `hvp`), so that all can be stacked in any order.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

import srcgrad
from composition_cases import CASES, POINT, WAY

Function = Callable[[Any], Any]


def by_grad(f: Function) -> Function:
    return lambda x: np.sum(WAY * srcgrad.grad(f)(x))


def by_jvp(f: Function) -> Function:
    return lambda x: srcgrad.jvp(f, (x,), (WAY,))[1]


def by_vjp(f: Function) -> Function:
    def derivative(x):
        _, pullback = srcgrad.vjp(f, x)
        return np.sum(WAY * pullback(1.0)[0])

    return derivative


def by_jacfwd(f: Function) -> Function:
    return lambda x: srcgrad.jacfwd(f)(x) @ WAY


def by_jacrev(f: Function) -> Function:
    return lambda x: np.dot(srcgrad.jacrev(f)(x), WAY)


def by_hvp(f: Function) -> Function:
    return lambda x: np.sum(WAY * srcgrad.hvp(f)(x, WAY))


OPERATORS = {f.__name__[3:]: f for f in (by_grad, by_jvp, by_vjp, by_jacfwd, by_jacrev, by_hvp)}


def build(program: Function, names: tuple[str, ...]) -> Function:
    """A program under operators, the last one first; the same ones are compiled once."""
    key = program, names
    if key not in BUILT:
        BUILT[key] = OPERATORS[names[0]](build(program, names[1:])) if names else program
    return BUILT[key]


BUILT: dict[Any, Function] = {}
ALONG = np.array([-2, -1, 0, 1, 2])
STEP = 4e-3
FIRST = np.array([1, -8, 0, 8, -1]) / (12 * STEP)
SECOND = np.array([-1, 16, -30, 16, -1]) / (12 * STEP**2)


@cache
def near(program: Function, names: tuple[str, ...]) -> Any:
    """The values at five points along the direction."""
    f = build(program, names)
    return np.array([float(f(POINT + t * STEP * WAY)) for t in ALONG])


def check(program: Function, names: tuple[str, ...]) -> None:
    """Compare operators with central differences of all but the first of them."""
    found = build(program, names)(POINT.copy())
    want = np.dot(SECOND if names[0] == "hvp" else FIRST, near(program, names[1:]))
    assert np.shape(found) == ()
    np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-6)


PAIRS = list(itertools.product(OPERATORS, repeat=2))
THREE = list(itertools.product(OPERATORS, repeat=3))


@pytest.mark.parametrize("program", CASES)
def test_one_operator(program: Function) -> None:
    for name in OPERATORS:
        check(program, (name,))


@pytest.mark.parametrize("names", PAIRS, ids="-".join)
@pytest.mark.parametrize("program", CASES)
def test_two_operators(program: Function, names: tuple[str, ...]) -> None:
    check(program, names)


def triples() -> list[Any]:
    """Every three operators on one of the programs, and every program under a part of them."""
    found = []
    for i, program in enumerate(CASES):
        chosen = THREE[i :: len(CASES)]
        found += [pytest.param(program, t, id=f"{program.__name__}-{'-'.join(t)}") for t in chosen]
    return found


@pytest.mark.parametrize(("program", "names"), triples())
def test_three_operators_of_arrays(program: Function, names: tuple[str, ...]) -> None:
    check(program, names)


# to the third, of numbers -------------------------------------------------------------------------


def number(x):
    return np.sin(x) * x**2


def recurrence(x):
    z = x
    for i in range(3):
        z = np.sin(z + i) * x
    return z


OF_NUMBERS: dict[str, Callable[[Function], Function]] = {
    "grad": lambda f: srcgrad.grad(f),
    "jvp": lambda f: lambda x: srcgrad.jvp(f, (x,), (1.0,))[1],
    "vjp": lambda f: lambda x: srcgrad.make_vjp(f)(x)[0](1.0),
    "jacfwd": lambda f: srcgrad.jacfwd(f),
    "hvp": lambda f: lambda x: srcgrad.hvp(f)(x, 1.0),
}
ORDER = {"hvp": 2}
TRIPLES = list(itertools.product(OF_NUMBERS, repeat=3))


def derivative(f: Function, order: int, at: float = 0.7, radius: float = 0.5) -> float:
    """A derivative of an analytic function to all digits, from its values on a circle."""
    count = 64
    angles = 2 * np.pi * np.arange(count) / count
    values = np.array([f(at + radius * np.exp(1j * a)) for a in angles])
    coefficient = np.mean(values * np.exp(-1j * order * angles)) / radius**order
    return float(coefficient.real) * math.factorial(order)


def check_number(program: Function, names: tuple[str, ...]) -> None:
    f = program
    for name in reversed(names):
        f = OF_NUMBERS[name](f)
    order = sum(ORDER.get(name, 1) for name in names)
    np.testing.assert_allclose(f(0.7), derivative(program, order), rtol=1e-8)


@pytest.mark.parametrize("names", TRIPLES, ids="-".join)
def test_three_operators(names: tuple[str, ...]) -> None:
    check_number(number, names)


@pytest.mark.parametrize("names", TRIPLES, ids="-".join)
def test_three_operators_over_a_loop(names: tuple[str, ...]) -> None:
    check_number(recurrence, names)


# with containers ----------------------------------------------------------------------------------


def energy(p):
    return np.sum(np.sin(p["a"]) * p["b"]) * p["b"] + np.prod(p["a"])


TREE = {"a": np.array([0.3, 0.8]), "b": 1.5}
STEPS = {"a": np.array([1.0, -0.5]), "b": 0.7}


def along(gradient: Any) -> Any:
    return np.sum(gradient["a"] * STEPS["a"]) + gradient["b"] * STEPS["b"]


OF_TREES: dict[str, Callable[[Function], Function]] = {
    "grad": lambda f: lambda p: along(srcgrad.grad(f)(p)),
    "jvp": lambda f: lambda p: srcgrad.jvp(f, (p,), (STEPS,))[1],
    "vjp": lambda f: lambda p: along(srcgrad.vjp(f, p)[1](1.0)[0]),
    "hvp": lambda f: lambda p: along(srcgrad.hvp(f)(p, STEPS)),
}


@pytest.mark.parametrize("names", [*itertools.product(OF_TREES, repeat=2)], ids="-".join)
def test_operators_of_containers(names: tuple[str, ...]) -> None:
    f = energy
    for name in reversed(names):
        f = OF_TREES[name](f)

    def line(t):
        return energy({"a": TREE["a"] + t * STEPS["a"], "b": TREE["b"] + t * STEPS["b"]})

    order = sum(ORDER.get(name, 1) for name in names)
    np.testing.assert_allclose(f(TREE), derivative(line, order, at=0.0), rtol=1e-8)


# matrices of matrices -----------------------------------------------------------------------------


def vectors(x):
    return np.array([x[0] * x[1] ** 2, np.sin(x[2]) * x[0]]) * np.sum(x)


MATRICES = {f.__name__: f for f in (srcgrad.jacfwd, srcgrad.jacrev, srcgrad.jacobian)}


@pytest.mark.parametrize("names", [*itertools.product(MATRICES, repeat=2)], ids="-".join)
def test_matrices_of_matrices(names: tuple[str, str]) -> None:
    first, second = (MATRICES[n] for n in names)
    found = first(second(vectors))(POINT)
    assert found.shape == (2, 3, 3)
    np.testing.assert_allclose(found, np.swapaxes(found, 1, 2), rtol=1e-12)
    matrix = second(vectors)
    for k, unit in enumerate(np.eye(3) * 1e-4):
        column = (matrix(POINT + unit) - matrix(POINT - unit)) / 2e-4
        np.testing.assert_allclose(found[:, :, k], column, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", MATRICES)
def test_third_derivatives_of_arrays(name: str) -> None:
    def cubes(x):
        return np.sum(x**3) * x[0]

    found = MATRICES[name](srcgrad.hessian(cubes))(POINT)
    want = np.zeros((3, 3, 3))
    for i in range(3):
        want[i, i, i] = 6 * POINT[0]
        for where in {(0, i, i), (i, 0, i), (i, i, 0)}:
            want[where] += 6 * POINT[i] * (3 if i == 0 else 1)
    np.testing.assert_allclose(found, want, atol=1e-12)


# perturbations stay apart -------------------------------------------------------------------------


def test_perturbations_stay_apart() -> None:
    grad, jvp = srcgrad.grad, srcgrad.jvp
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1])(1.0) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x + y)(1.0), (1.0,), (1.0,)) == (1.0, 1.0)
    assert jvp(lambda x: x * jvp(lambda y: x + y, (1.0,), (1.0,))[1], (1.0,), (1.0,)) == (1.0, 1.0)
    nested = grad(lambda x: x * grad(lambda y: y * grad(lambda z: x * y * z)(2.0))(3.0))
    assert nested(5.0) == 2 * 5.0 * 2 * 3.0

"""Programs of one argument, differentiated in every way: reverse, forward, and both again."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcgrad
from support import assert_close, check_gradient
from support.numeric import directional, numeric_gradient, widened
from support.trees import Tree, is_real, leaves, map_leaves


@dataclass(frozen=True)
class Program:
    """A function of one argument, an example of it, and what a refusal says, if it is refused.

    `refused_twice` is what the refusal of the second derivatives says, if only those are refused.
    """

    function: Callable[[Any], Any]
    example: Any
    refused: str | None = None
    refused_twice: str | None = None

    def __str__(self) -> str:
        return self.function.__name__


class Programs(list[Program]):
    """The programs of a test file."""

    def register(
        self, example: Any, refused: str | None = None, *, refused_twice: str | None = None
    ) -> Callable[[Any], Any]:
        """A decorator that registers a function with an example of its argument."""

        def register(function: Any) -> Any:
            self.append(Program(function, example, refused, refused_twice))
            return function

        return register

    @property
    def differentiated(self) -> list[Program]:
        return [p for p in self if p.refused is None]

    @property
    def twice(self) -> list[Program]:
        """Those whose second derivatives are asked for."""
        return self.differentiated

    @property
    def refused(self) -> list[Program]:
        return [p for p in self if p.refused is not None]


def directions(tree: Tree, seed: int = 1) -> Tree:
    """A random tree of the same structure."""
    rng = np.random.default_rng(seed)

    def draw(_: str, leaf: Any) -> Any:
        if not is_real(leaf):
            return leaf
        return rng.normal(size=leaf.shape) if isinstance(leaf, np.ndarray) else float(rng.normal())

    return map_leaves(draw, tree)


def inner(one: Tree, other: Tree) -> float:
    """The inner product of two trees."""
    pairs = zip(leaves(one), leaves(other), strict=True)
    return float(sum(np.sum(a * b) for (_, a), (_, b) in pairs if is_real(a)))


def check_forward(f: Callable[[Any], Any], x: Any, gradient: Tree) -> None:
    """Forward mode gives the value, and the gradient along a direction; it changes no argument."""
    along, before = directions(x), copy.deepcopy(x)
    value, tangent = srcgrad.jvp(f, (x,), (along,))
    assert repr(x) == repr(before)
    assert_close(value, f(copy.deepcopy(x)), 1e-10, 1e-12)
    assert_close(float(tangent), inner(gradient, along), 1e-9, 1e-10, "jvp")


def check_second(f: Callable[[Any], Any], x: Any) -> None:
    """Second derivatives, reverse over reverse and forward over reverse.

    Both are compared with central differences of the gradient: of an array or a number element by
    element, of a container along random directions.
    """
    first = srcgrad.grad(f)
    weights, x = directions(x, seed=2), widened(x)

    def along(x: Any) -> float:
        return inner(first(x), weights)

    reverse = srcgrad.vjp(first, x)[1](weights)[0]
    forward = srcgrad.hvp(f)(x, weights)
    for (_, one), (_, other) in zip(leaves(reverse), leaves(forward), strict=True):
        if is_real(one):
            assert_close(other, np.asarray(one), 1e-9, 1e-10, "forward over reverse")
    if isinstance(x, np.ndarray | float):
        want = numeric_gradient(along, x)
        assert_close(reverse, np.asarray(want), 1e-5, 1e-7, "reverse over reverse")
        return
    for got, want in directional(along, x, reverse):
        assert_close(got, want, 1e-5, 1e-7, "reverse over reverse")


def check_once(program: Program) -> None:
    """Assert all that `check_gradient` does, that the gradient is not trivial, and forward mode."""
    gradient = check_gradient(program.function, (program.example,))
    parts = [np.asarray(g) for _, g in leaves(gradient) if is_real(g)]
    assert any(np.any(g != 0.0) for g in parts), "the gradient is zero"
    check_forward(program.function, program.example, gradient)


def check_twice(program: Program) -> None:
    """Assert that the second derivatives are right, or are refused with these words."""
    if program.refused_twice is None:
        check_second(program.function, program.example)
        return
    x, words = program.example, re.escape(program.refused_twice)
    with pytest.raises(srcgrad.SrcgradError, match=words) as caught:
        check_second(program.function, x)
    assert type(caught.value) is not srcgrad.SrcgradError


def check_refused(program: Program) -> None:
    """Assert that the program is refused, in reverse and in forward mode, with these words."""
    x, words = program.example, re.escape(program.refused or "")
    reverse = srcgrad.grad(program.function)
    for call in (reverse, functools.partial(check_forward, program.function, gradient=x)):
        with pytest.raises(srcgrad.SrcgradError, match=words) as caught:
            call(x)
        assert type(caught.value) is not srcgrad.SrcgradError

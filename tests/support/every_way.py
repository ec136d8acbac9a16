"""Programs of one argument, differentiated in every way: reverse, forward, and both again."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import srcgrad
from support import assert_close, check_gradient
from support.numeric import slope, widened
from support.trees import Tree, is_real, leaves, map_leaves

Programs = list[Any]
"""Pairs of a function of one argument and an example of it."""


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
    """Second derivatives, reverse over reverse and forward over reverse, of an array or a number.

    Both are compared with central differences of the gradient.
    """
    first = srcgrad.grad(f)
    weights, x = directions(x, seed=2), widened(x)

    def along(x: Any) -> Any:
        return np.sum(first(x) * weights)

    reverse = srcgrad.grad(along)(x)
    for where, leaf in leaves(x):
        for index in np.ndindex(np.shape(leaf)):
            unit = np.zeros(np.shape(leaf))
            unit[index] = 1.0
            want = slope(along, x, where, unit if np.ndim(leaf) else 1.0)
            assert_close(np.asarray(reverse)[index], want, 1e-5, 1e-7, "reverse over reverse")
    forward = np.tensordot(srcgrad.hessian(f)(x), weights, np.ndim(weights))
    assert_close(forward, np.asarray(reverse), 1e-9, 1e-10, "forward over reverse")


def check_every_way(f: Callable[[Any], Any], x: Any) -> None:
    """Assert all that `check_gradient` does, and the same of the other ways to differentiate."""
    gradient = check_gradient(f, (x,))
    assert any(np.any(np.asarray(g) != 0.0) for _, g in leaves(gradient) if is_real(g)), "trivial"
    check_forward(f, x, gradient)
    if isinstance(x, np.ndarray | float):
        check_second(f, x)



"""Derivatives by central differences in float64, for one leaf of a nested container at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from support.trees import Tree, is_real, leaves, map_leaves

Scalar = Callable[[Tree], Any]
"""A function of one tree, with a result of size 1."""

STEP = 1e-3
ELEMENTWISE_LIMIT = 64


def widened(tree: Tree) -> Tree:
    """The tree with every float leaf in float64 and every number a float."""

    def widen(_: str, leaf: Any) -> Any:
        if not is_real(leaf):
            return leaf
        return np.array(leaf, dtype=float) if isinstance(leaf, np.ndarray) else float(leaf)

    return map_leaves(widen, tree)


def moved(tree: Tree, where: str, change: Any) -> Tree:
    """A copy of the tree with `change` added to the leaf at a path."""

    def move(path: str, leaf: Any) -> Any:
        if path == where:
            return leaf + change
        return leaf.copy() if isinstance(leaf, np.ndarray) else leaf

    return map_leaves(move, tree)


def slope(f: Scalar, tree: Tree, where: str, direction: Any, step: float = STEP) -> float:
    """d f / d (leaf at `where`) along a direction: sixth-order central difference."""
    weights = ((1, 45.0), (2, -9.0), (3, 1.0))
    total = 0.0
    for k, weight in weights:
        plus = float(np.asarray(f(moved(tree, where, k * step * direction))).item())
        minus = float(np.asarray(f(moved(tree, where, -k * step * direction))).item())
        total += weight * (plus - minus)
    return total / (60.0 * step)


def elements(f: Scalar, tree: Tree, where: str, leaf: Any) -> Any:
    """The gradient with respect to one leaf, element by element."""
    if not isinstance(leaf, np.ndarray):
        return slope(f, tree, where, 1.0)
    result = np.zeros(leaf.shape)
    for index in np.ndindex(leaf.shape):
        unit = np.zeros(leaf.shape)
        unit[index] = 1.0
        result[index] = slope(f, tree, where, unit)
    return result


def numeric_gradient(f: Scalar, tree: Tree) -> Tree:
    """The gradient of `f` at a tree, in the tree's own containers; None for what has none."""
    tree = widened(tree)

    def differentiate(where: str, leaf: Any) -> Any:
        return elements(f, tree, where, leaf) if is_real(leaf) else None

    return map_leaves(differentiate, tree)


def directional(f: Scalar, tree: Tree, gradient: Tree, seed: int = 0) -> list[tuple[float, float]]:
    """For a random direction of every leaf: the slope measured, and that of a gradient."""
    rng = np.random.default_rng(seed)
    tree = widened(tree)
    bars = dict(leaves(gradient))
    pairs = []
    for where, leaf in leaves(tree):
        if not is_real(leaf):
            continue
        direction = rng.standard_normal(np.shape(leaf))
        direction /= max(float(np.sqrt(np.sum(direction**2))), 1e-12)
        predicted = float(np.sum(np.asarray(bars[where], dtype=float) * direction))
        pairs.append((slope(f, tree, where, direction), predicted))
    return pairs

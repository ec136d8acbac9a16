"""Nested containers as seen by the tests: their leaves, a copy with other leaves, comparison."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

Tree = Any
Path = str


def is_namedtuple(value: object) -> bool:
    return isinstance(value, tuple) and hasattr(value, "_fields")


def is_record(value: object) -> bool:
    """True for an instance of a dataclass (the class itself is not a container)."""
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def children(tree: Tree) -> list[tuple[Path, Tree]] | None:
    """The parts of a container, each with the text that selects it; None for a leaf."""
    if isinstance(tree, dict):
        return [(f"[{key!r}]", value) for key, value in tree.items()]
    if is_namedtuple(tree):
        return [(f".{name}", getattr(tree, name)) for name in tree._fields]
    if isinstance(tree, tuple | list):
        return [(f"[{index}]", value) for index, value in enumerate(tree)]
    if is_record(tree):
        return [(f".{f.name}", getattr(tree, f.name)) for f in dataclasses.fields(tree)]
    return None


def leaves(tree: Tree, path: Path = "") -> Iterator[tuple[Path, Any]]:
    """Every leaf with its path, in order."""
    parts = children(tree)
    if parts is None:
        yield path, tree
        return
    for step, part in parts:
        yield from leaves(part, path + step)


def map_leaves(change: Callable[[Path, Any], Any], tree: Tree, path: Path = "") -> Tree:
    """The same containers, with `change(path, leaf)` in place of every leaf."""
    parts = children(tree)
    if parts is None:
        return change(path, tree)
    made = [map_leaves(change, part, path + step) for step, part in parts]
    if isinstance(tree, dict):
        return type(tree)(zip(tree, made, strict=True))
    if is_namedtuple(tree):
        return type(tree)(*made)
    if is_record(tree):
        names = (f.name for f in dataclasses.fields(tree))
        return dataclasses.replace(tree, **dict(zip(names, made, strict=True)))
    return type(tree)(made)


def arrays(tree: Tree, path: Path = "") -> list[tuple[Path, np.ndarray]]:
    """Every array in the tree."""
    return [(where, leaf) for where, leaf in leaves(tree, path) if isinstance(leaf, np.ndarray)]


def is_real(leaf: object) -> bool:
    """True for what a gradient can be taken with respect to: floats, and ints standing for them."""
    if isinstance(leaf, np.ndarray | np.generic):
        return bool(np.issubdtype(leaf.dtype, np.floating))
    return isinstance(leaf, int | float) and not isinstance(leaf, bool)


def same_leaf(a: object, b: object) -> bool:
    """Equal in type, dtype, shape and value, NaN equal to itself."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray | np.generic):
        assert isinstance(b, np.ndarray | np.generic)
        exact = a.dtype.kind in "fc"
        return a.dtype == b.dtype and bool(np.array_equal(a, b, equal_nan=exact))
    return a is b or a == b or (a != a and b != b)


def assert_same(a: Tree, b: Tree, what: str) -> None:
    """Assert that two trees are equal to the last bit, containers included."""
    first, second = list(leaves(a)), list(leaves(b))
    assert [path for path, _ in first] == [path for path, _ in second], f"{what}: other structure"
    for (path, one), (_, two) in zip(first, second, strict=True):
        assert same_leaf(one, two), f"{what}{path}: {one!r} became {two!r}"

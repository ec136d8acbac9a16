"""Trees of numbers: any nesting of tuples, named tuples, lists, dicts and dataclasses.

Their leaves are what a gradient can be with respect to: Python floats and ints, floating scalars
of NumPy and arrays of floats.  None is a container without parts, so it stays where it is.  Dicts
are read in the order of their sorted keys: equal keys give equal vectors, however they were filled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass
from itertools import accumulate, pairwise
from types import NoneType
from typing import Any

import numpy as np

from srcgrad.containers import registered
from srcgrad.errors import ArgumentError

Tree = Any
Vector = np.ndarray[Any, np.dtype[np.floating[Any]]]

SCALARS = (float, int)
ORDERS: tuple[Callable[[Any], Any], ...] = (
    lambda key: key,
    lambda key: (type(key).__qualname__, key),
)
"""How keys are sorted: by themselves or, where they do not compare, within their types."""


# what a user calls --------------------------------------------------------------------------------


def ravel(tree: Tree) -> tuple[Vector, Unravel]:
    """All numbers of a tree in one vector, as optimisers want them, and the way back.

    Args:
        tree: any nesting of tuples, named tuples, lists, dicts and dataclass instances (frozen and
            slotted ones too) of Python floats and ints, np.floating scalars, arrays of floats of
            any shape, and None.

    Returns:
        The pair `(vector, unravel)`.  `vector` is a new array of shape (n,), n the count of all
        numbers, each array in C order, dicts in the order of their sorted keys.  Its dtype holds
        every leaf exactly: float64, or another float dtype if all leaves are narrower (float32) or
        one is wider; Python numbers are float64.

        `unravel(vector)`, an `Unravel`, is a tree like `tree` with the numbers of a vector of shape
        (n,): arrays are new and have the shape and dtype of those in `tree`, scalars their type,
        and Python ints come back as floats, since every number may vary.  It can be called any
        number of times, and pickled.

    Raises:
        ArgumentError: for other leaves (bools, integers of NumPy, complex numbers, strings) and for
            dicts whose keys have no order; from `unravel` for a vector of another shape, or of
            what are not real numbers.

    The gradient of a function is a tree like the argument it is with respect to, so that
    `ravel(gradient)[0]` is the gradient with respect to `vector`.

    Examples:
        >>> import numpy as np
        >>> import srcgrad
        >>> vector, unravel = srcgrad.ravel({"w": np.array([[1.0, 2.0]]), "b": 3})
        >>> vector
        array([3., 1., 2.])
        >>> unravel(10 * vector)
        {'w': array([[10., 20.]]), 'b': 30.0}
    """
    found, node = _flatten(tree)
    dtype = _common_dtype(found)
    pieces = [np.asarray(leaf, dtype).reshape(-1) for leaf in found]
    vector = np.concatenate([np.empty(0, dtype), *pieces])
    ends = accumulate((piece.size for piece in pieces), initial=0)
    slots = (_slot(leaf, *span) for leaf, span in zip(found, pairwise(ends), strict=True))
    return vector, Unravel(node, tuple(slots), vector.size)


def leaves(tree: Tree) -> list[Any]:
    """The numbers and arrays of a tree, as they are, in the order in which `ravel` takes them.

    Raises ArgumentError for what `ravel` raises it for.

    Examples:
        >>> from srcgrad.trees import leaves
        >>> leaves({"w": (1.0, None), "b": [2]})
        [2, 1.0]
    """
    return _flatten(tree)[0]


def map_leaves(function: Callable[..., Any], tree: Tree, *others: Tree) -> Tree:
    """A tree like `tree`, with `function(leaf, *leaves_of_the_others)` in place of each leaf.

    The function may return anything, and containers are made without calling `__init__`.  Raises
    ArgumentError for what `ravel` raises it for, and unless all trees have the same structure:
    containers of the same types with the same keys; the leaves may differ in type and shape.

    Examples:
        >>> from srcgrad.trees import map_leaves
        >>> map_leaves(lambda x, y: x - 0.5 * y, {"a": 2.0, "b": (3.0,)}, {"b": (4.0,), "a": 2.0})
        {'a': 1.0, 'b': (1.0,)}
    """
    columns, node = _alike(tree, *others)
    return _build(node, map(function, *columns))


def inner(a: Tree, b: Tree) -> float:
    """The sum of the products of all numbers of two trees, in float64.

    Raises ArgumentError for what `map_leaves` raises it for, and for leaves of different shapes.

    Examples:
        >>> import numpy as np
        >>> from srcgrad.trees import inner
        >>> inner({"w": np.array([1.0, 2.0]), "b": 3.0}, {"w": np.array([4.0, 5.0]), "b": 6.0})
        32.0
    """
    (xs, ys), _ = _alike(a, b)
    return sum((_product(x, y) for x, y in zip(xs, ys, strict=True)), 0.0)


# structure ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Node:
    """A container without its leaves: `parts` has None for a leaf.

    `keys` select the parts: indices, names of fields, or sorted keys of a dict; `order` has the
    keys of a dict in the order in which it was filled, or what an instance of a registered class
    holds beside its parts.
    """

    kind: type
    keys: tuple[Any, ...]
    parts: tuple[Node | None, ...]
    order: tuple[Any, ...] = field(compare=False)


def _flatten(tree: Tree) -> tuple[list[Any], Node | None]:
    """The leaves of a tree, and the tree without them."""
    found: list[Any] = []
    return found, _scan(tree, "tree", found)


def _scan(tree: Tree, path: str, found: list[Any]) -> Node | None:
    """The node of a container, or None for a leaf; all leaves are appended to `found`."""
    parts = _parts(tree, path)
    if parts is None:
        found.append(_checked(tree, path))
        return None
    kind = type(tree)
    nodes = tuple(_scan(part, _below(path, kind, key), found) for key, part in parts.items())
    return Node(kind, tuple(parts), nodes, _order(tree))


def _order(tree: Tree) -> tuple[Any, ...]:
    """The order of a dict, or what an instance of a registered class holds beside its parts."""
    own = registered(type(tree))
    if own is not None:
        return (own[0](tree)[1],)
    return tuple(tree) if type(tree) is dict else ()


def _parts(tree: Tree, path: str) -> dict[Any, Any] | None:
    """The parts of a container by index, field or sorted key; None for a leaf."""
    kind = type(tree)
    if tree is None:
        return {}
    own = registered(kind)
    if own is not None:
        return dict(enumerate(own[0](tree)[0]))
    if kind is dict:
        return {key: tree[key] for key in _sorted(tree, path)}
    if kind in (tuple, list):
        return dict(enumerate(tree))
    if _is_named_tuple(kind):
        return dict(zip(kind._fields, tree, strict=True))
    if is_dataclass(kind):
        return {f.name: getattr(tree, f.name) for f in fields(tree) if hasattr(tree, f.name)}
    return None


def _build(node: Node | None, values: Iterator[Any]) -> Tree:
    """A tree from a node and its leaves; containers are made without calling `__init__`."""
    if node is None:
        return next(values)
    built = [_build(part, values) for part in node.parts]
    if node.kind in (tuple, list):
        return node.kind(built)
    if _is_named_tuple(node.kind):
        return node.kind._make(built)  # type: ignore[attr-defined]
    return _with_keys(node, dict(zip(node.keys, built, strict=True)))


def _with_keys(node: Node, built: dict[Any, Any]) -> Tree:
    """A dict, an instance of a dataclass or None from its parts by key."""
    if node.kind is NoneType:
        return None
    if node.kind is dict:
        return {key: built[key] for key in node.order}
    own = registered(node.kind)
    if own is not None:
        return own[1](node.order[0], list(built.values()))
    new: Any = object.__new__(node.kind)
    for name, part in built.items():
        object.__setattr__(new, name, part)
    return new


def _is_named_tuple(kind: type) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def _sorted(keys: dict[Any, Any], path: str) -> list[Any]:
    """The keys of a dict in the one order that they have."""
    for order in ORDERS:
        with suppress(TypeError):
            ordered = sorted(keys, key=order)
            if all(order(a) < order(b) for a, b in pairwise(ordered)):  # not so for sets, and NaN
                return ordered
    raise ArgumentError(
        f"a dict with the keys {list(keys)} at {path}",
        why="they cannot be sorted, and without an order they have no place in a vector",
        fix="use strings, numbers or tuples of them as keys, or a list in place of the dict",
    )


def _below(path: str, kind: type, key: Any) -> str:
    """The text for a part of a container."""
    return f"{path}[{key!r}]" if kind in (tuple, list, dict) else f"{path}.{key}"


# leaves -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a leaf lies in a vector, and what it is: its type, and for NumPy shape and dtype."""

    start: int
    stop: int
    kind: type
    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None

    def read(self, vector: Vector) -> Any:
        """The leaf with the numbers of a vector, sharing no memory with it."""
        if self.dtype is None:
            return float(vector[self.start])
        array = vector[self.start : self.stop].reshape(self.shape).astype(self.dtype)
        return array if self.kind is np.ndarray else array[()]


@dataclass(frozen=True, slots=True, repr=False)
class Unravel:
    """The way from a vector of shape (size,) back to a tree; made by `ravel`."""

    node: Node | None
    slots: tuple[Slot, ...]
    size: int

    def __call__(self, vector: Any) -> Tree:
        """A new tree with the numbers of `vector`, any real array or list of shape (size,)."""
        array = np.asarray(vector)
        if array.dtype.kind not in "fiu" or array.shape != (self.size,):
            raise _bad_vector(array, self.size)
        return _build(self.node, (slot.read(array) for slot in self.slots))

    def __repr__(self) -> str:
        return f"<unravel: {self.size} numbers to {_named(self.node)}>"


def _slot(leaf: Any, start: int, stop: int) -> Slot:
    kind = type(leaf)
    if kind in SCALARS:
        return Slot(start, stop, float, (), None)
    return Slot(start, stop, kind, leaf.shape, leaf.dtype)


def _common_dtype(found: list[Any]) -> np.dtype[Any]:
    """The dtype that holds all leaves exactly; float64 for none."""
    dtypes = {np.dtype(float) if type(leaf) in SCALARS else leaf.dtype for leaf in found}
    return np.result_type(*dtypes) if dtypes else np.dtype(float)


def _checked(leaf: Any, path: str) -> Any:
    """A leaf as it is, refused if a gradient cannot be with respect to it."""
    kind = type(leaf)
    if kind in SCALARS:
        return leaf
    if (kind is np.ndarray or isinstance(leaf, np.generic)) and leaf.dtype.kind == "f":
        return leaf
    raise ArgumentError(
        f"a leaf {_described(leaf)} at {path}",
        why="trees are tuples, lists, dicts and dataclasses of floats, arrays of floats and None",
        fix=_way_out(leaf),
    )


def _described(leaf: Any) -> str:
    name = type(leaf).__name__
    return f"of type {name} and dtype {leaf.dtype}" if _is_array(leaf) else f"of type {name}"


def _way_out(leaf: Any) -> str:
    """What to write in place of a leaf that is refused."""
    if isinstance(leaf, dict | tuple | list):
        base = next(t.__name__ for t in (dict, tuple, list) if isinstance(leaf, t))
        return f"convert it, as in {base}(...)"
    if np.iscomplexobj(leaf):
        return "pass its real and its imaginary part as two leaves"
    if _is_array(leaf) and leaf.dtype.kind in "fiu":
        text = "np.asarray(..., float)" if isinstance(leaf, np.ndarray) else "float(...)"
        return f"if it varies, convert it, as in {text}; if not, pass it as another argument"
    return "take it out of the tree, and pass it as another argument"


def _is_array(leaf: Any) -> bool:
    return isinstance(leaf, np.ndarray | np.generic)


def _bad_vector(array: np.ndarray[Any, Any], size: int) -> ArgumentError:
    return ArgumentError(
        f"a vector of shape {array.shape} and dtype {array.dtype}",
        why=f"the tree that was ravelled has {size} real numbers",
        fix=f"pass an array of floats of shape ({size},)",
    )


# trees of one structure ---------------------------------------------------------------------------


def _alike(tree: Tree, *others: Tree) -> tuple[list[list[Any]], Node | None]:
    """The leaves of each of some trees, and the structure that all have."""
    first, node = _flatten(tree)
    columns = [first]
    for number, other in enumerate(others, 2):
        found, same = _flatten(other)
        if same != node:
            raise _unlike(number, *_difference(node, same, "tree"))
        columns.append(found)
    return columns, node


def _difference(a: Node | None, b: Node | None, path: str) -> tuple[str, Node | None, Node | None]:
    """The first place where two structures differ, with what each has there."""
    if a is not None and b is not None and (a.kind, a.keys) == (b.kind, b.keys):
        for key, x, y in zip(a.keys, a.parts, b.parts, strict=True):
            if x != y:
                return _difference(x, y, _below(path, a.kind, key))
    return path, a, b


def _unlike(number: int, path: str, a: Node | None, b: Node | None) -> ArgumentError:
    return ArgumentError(
        f"trees of different structures: the first has {_named(a)} at {path}, "
        f"number {number} has {_named(b)}",
        why="their leaves are taken together, one from each tree",
        fix="pass trees with the same containers and keys",
    )


def _named(node: Node | None) -> str:
    """A container in words."""
    if node is None:
        return "a leaf"
    if node.kind is NoneType:
        return "None"
    if node.kind is dict:
        return f"a dict with the keys {list(node.keys)}"
    return f"a {node.kind.__name__} of {len(node.keys)}"


def _product(x: Any, y: Any) -> float:
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.shape != y.shape:
        raise ArgumentError(
            f"leaves of shapes {x.shape} and {y.shape}",
            why="their numbers are multiplied one by one",
            fix="pass trees whose leaves have the same shapes",
        )
    return float(np.vdot(x, y))

"""Classes of the user's that are containers: how to take one apart, and how to put it together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from srcgrad.errors import ArgumentError

Flatten = Callable[[Any], tuple[Sequence[Any], Any]]
Unflatten = Callable[[Any, Sequence[Any]], Any]

_registered: dict[type, tuple[Flatten, Unflatten]] = {}


def register_container(cls: type, flatten: Flatten, unflatten: Unflatten) -> None:
    """Let instances of a class be containers of numbers wherever tuples and dicts are.

    `flatten(instance)` returns the pair `(children, rest)`: the parts that may be differentiated,
    themselves numbers, arrays or containers, and anything else. `unflatten(rest, children)` makes
    an instance of it, as JAX's pytrees do. `ravel` and what is built on it use them. In
    differentiated code attributes are read and written as usual, and gradients are instances with
    the adjoints in place of the attributes.

    Raises ArgumentError unless `cls` is a class and the others are functions.

    Examples:
        >>> import numpy as np
        >>> import srcgrad
        >>> class Line:
        ...     def __init__(self, slope, offset):
        ...         self.slope, self.offset = slope, offset
        >>> srcgrad.register_container(
        ...     Line, lambda l: ((l.slope, l.offset), None), lambda rest, parts: Line(*parts)
        ... )
        >>> vector, unravel = srcgrad.ravel([Line(1.0, 2.0), 3.0])
        >>> vector
        array([1., 2., 3.])
        >>> unravel(2 * vector)[0].offset
        4.0
    """
    if not isinstance(cls, type) or not (callable(flatten) and callable(unflatten)):
        raise ArgumentError(
            f"register_container({cls!r}, ...)",
            why="it takes a class and two functions",
            fix="register_container(cls, flatten, unflatten)",
        )
    _registered[cls] = flatten, unflatten


def registered(cls: type) -> tuple[Flatten, Unflatten] | None:
    """How instances of a class are flattened and unflattened; None for other classes."""
    return _registered.get(cls)

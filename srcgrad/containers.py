"""Classes of the user's that are containers: how to take one apart, and how to put it together."""

from __future__ import annotations

import dataclasses
import inspect
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


def is_plain_dataclass(cls: Any) -> bool:
    """Whether making an instance does nothing but set the fields to the arguments."""
    fields = getattr(cls, "__dataclass_fields__", None) if isinstance(cls, type) else None
    if fields is None or hasattr(cls, "__post_init__") or "__init__" not in vars(cls):
        return False
    plain = all(f.init and f.default_factory is dataclasses.MISSING for f in fields.values())
    own = inspect.getattr_static(cls, "__init__")
    return plain and cls.__dataclass_params__.init and not is_read_from_file(own)


def is_read_from_file(function: Any) -> bool:
    """Whether a function was written by a person: those of dataclasses are not in any file."""
    return not function.__code__.co_filename.startswith("<")

"""Seeds against what they are for: a tangent or an adjoint has the shapes of its value.

The functions here have two lives.  Called by a program that runs they look into containers; in code
that is differentiated, where kinds are known, they stand for the few lines that are left to do.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from srcgrad.conversion import as_float, parts
from srcgrad.errors import ArgumentError, UnsupportedError
from srcgrad.kinds import Dict, Kind, List, Num, Object, Tuple


@dataclass(frozen=True, eq=False)
class TwoLives:
    """A function that is another one where it is called by differentiated code.

    It is to the compiler what a derivative is: called through `compiled_inside`.
    """

    run: Callable[..., Any]
    inside: Callable[..., Callable[..., Any]]
    in_floats: frozenset[str] = frozenset()
    owner: Mapping[str, Any] = field(init=False, default_factory=dict)
    __name__: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "__name__", self.run.__name__)

    def __call__(self, *args: Any) -> Any:
        return self.run(*args)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.run)

    def compiled_inside(self, kinds: Mapping[str, Kind], outer: Any) -> Any:
        """What the compiler puts in the place of a call; it is read as any other function."""
        function = self.inside(**kinds)
        return SimpleNamespace(
            function=function,
            own=tuple(inspect.signature(function).parameters),
            externals=SimpleNamespace(implicits={}),
        )


class ContainerError(UnsupportedError):
    """Derivatives in blocks where only one array can be."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} by or of a container, compiled or differentiated",
            why="it is built while the program runs, column by column, by code without derivatives",
            fix="pass arrays, each as an argument of its own (argnums=(0, 1)), and return one",
        )


# in programs that run -----------------------------------------------------------------------------


def _check(seed: Any, like: Any) -> None:
    _compare(seed, like, "")


def _compare(seed: Any, like: Any, path: str) -> None:
    """Refuse a seed that differs from its value in structure or shapes."""
    want, have = parts(like), parts(seed)
    if want is None:
        numeric = isinstance(like, float | int | np.ndarray | np.generic)
        if numeric and (have is not None or np.shape(seed) != np.shape(like)):
            raise _mismatch(seed, like, path)
        return
    if have is None or type(seed) is not type(like) or have.keys() != want.keys():
        raise _mismatch(seed, like, path)
    for key, part in want.items():
        _compare(have[key], part, f"{path}[{key!r}]")


def _mismatch(seed: Any, like: Any, path: str) -> ArgumentError:
    place = f" at {path}" if path else ""
    return ArgumentError(
        f"a seed of {_described(seed)} for a value of {_described(like)}{place}",
        why="a tangent or an adjoint has the structure and the shapes of its value; nothing is "
        "broadcast",
        fix=f"pass {_described(like)}",
    )


def _described(value: Any) -> str:
    found = parts(value)
    if found is None:
        return f"shape {np.shape(value)}" if np.shape(value) else "one number"
    name = type(value).__name__
    return f"a dict with the keys {list(found)}" if name == "dict" else f"a {name} of {len(found)}"


def _floats(value: Any) -> Any:
    return as_float(value)


# in code that is differentiated -------------------------------------------------------------------


def _check_inside(seed: Kind, like: Kind) -> Callable[..., Any]:
    arrays = all(isinstance(k, Num) and k.dims != () for k in (seed, like))
    return _same_shape if arrays else _nothing


def _same_shape(seed: Any, like: Any) -> None:
    if np.shape(seed) != np.shape(like):
        raise ValueError("a tangent or an adjoint has another shape than its value")


def _nothing(seed: Any, like: Any) -> None:
    """Of numbers and containers the compiler compares the kinds, when it meets the derivative."""


def _same(value: Any) -> Any:
    return value


def _array_inside(value: Kind) -> Callable[..., Any]:
    if isinstance(value, Tuple | List | Dict | Object):
        raise ContainerError("a Jacobian")
    return _same


check = TwoLives(_check, _check_inside)
"""Refuse a seed that has not the structure and shapes of its value."""

floats = TwoLives(_floats, lambda value: _same, frozenset({"value"}))
"""A value with floats in place of Python ints."""

array = TwoLives(_same, lambda value: _array_inside(value))
"""A value; where it is compiled, containers are refused."""

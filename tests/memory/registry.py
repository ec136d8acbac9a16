"""Where the hand-written programs register, each with sample arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from support.trees import is_real

Function = Callable[..., Any]


@dataclass(frozen=True)
class Case:
    """A program, one call of it, and whether refusing it is right too."""

    function: Function
    args: tuple[Any, ...]
    argnums: tuple[int, ...]
    may_refuse: bool

    @property
    def name(self) -> str:
        return self.function.__name__


CASES: list[Case] = []

X3 = np.array([0.7, -0.4, 1.2])
X4 = np.array([0.7, -0.45, 1.1, 0.3])
X6 = np.array([0.5, -0.3, 1.1, 0.9, -1.4, 0.25])
W3 = np.array([1.5, 0.4, -0.6])
W4 = np.array([0.6, 1.2, -0.8, 0.9])
A23 = np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]])
A33 = np.array([[1.2, 0.1, -0.4], [0.3, 0.8, 0.5], [-0.2, 0.6, 1.5]])
A34 = np.sin(1.0 + np.arange(12.0)).reshape(3, 4)


def right(*args: Any) -> Callable[[Function], Function]:
    """The gradient must be right, with respect to every float and array of floats."""
    return _register(args, False)


def right_or_refused(*args: Any) -> Callable[[Function], Function]:
    """The gradient may be refused."""
    return _register(args, True)


def _register(args: tuple[Any, ...], may_refuse: bool) -> Callable[[Function], Function]:
    argnums = tuple(n for n, arg in enumerate(args) if not isinstance(arg, int) and smooth(arg))

    def register(function: Function) -> Function:
        CASES.append(Case(function, args, argnums, may_refuse))
        return function

    return register


def smooth(arg: Any) -> bool:
    """Whether a gradient with respect to an argument can be asked for."""
    if isinstance(arg, dict):
        return all(map(smooth, arg.values()))
    return all(map(smooth, arg)) if isinstance(arg, tuple | list) else is_real(arg)

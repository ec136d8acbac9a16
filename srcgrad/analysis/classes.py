"""Which functions are looked into, and of which classes objects can be followed."""

from __future__ import annotations

import abc
import dataclasses
import inspect
import sys
from typing import Any

from srcgrad.analysis.values import (
    is_user_function,
)


def is_user_written(function: Any) -> bool:
    """Whether a function was written by a person: those of dataclasses are not in any file."""
    return is_user_function(function) and not function.__code__.co_filename.startswith("<")


READ = frozenset(["statistics", "colorsys", "bisect", "heapq"])
"""Modules of Python's library whose functions are inlined like the user's."""


def is_read(function: Any) -> bool:
    """Whether a function is looked into where it is called: those of Python's library are not."""
    if not is_user_function(function):
        return False
    home = str(function.__globals__.get("__name__", "")).split(".")[0]
    return home not in sys.stdlib_module_names or home in READ or home == "__main__"


def is_makeable(cls: Any) -> bool:
    """Whether an instance is nothing but its attributes, set by code that can be read."""
    if not isinstance(cls, type) or inspect.getattr_static(cls, "__new__") is not object.__new__:
        return False
    homes = {b.__module__.split(".")[0] for b in cls.__mro__ if b is not object}
    if homes & (sys.stdlib_module_names - {"abc", "typing", "__main__"} | {"numpy"}):
        return False
    init = inspect.getattr_static(cls, "__init__")
    plain = init is object.__init__ or is_user_function(init)
    if type(cls) not in (type, abc.ABCMeta) or "__getattribute__" in _own(cls):
        return False
    setter = inspect.getattr_static(cls, "__setattr__")
    frozen = dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return plain and (setter is object.__setattr__ or frozen)


def _own(cls: type) -> set[str]:
    """What the classes of people define, object not counted."""
    return {name for base in cls.__mro__ if base is not object for name in vars(base)}

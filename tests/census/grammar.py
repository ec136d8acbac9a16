"""What the census has to say something of: nodes, builtins, and some modules and types."""

from __future__ import annotations

import ast
import builtins
import functools
import itertools
import math
import operator
from collections.abc import Iterator
from types import ModuleType
from typing import Any

NOT_IN_A_FUNCTION = {
    "Module": "the root of a file",
    "Interactive": "the root of a line at a prompt",
    "Expression": "the root of what eval takes",
    "FunctionType": "a type comment that is parsed on its own",
    "TypeIgnore": "a comment, kept only when type comments are asked for",
}
GONE = {
    "Num",
    "Str",
    "Bytes",
    "NameConstant",
    "Ellipsis",
    "Index",
    "ExtSlice",
    "Suite",
    "slice",
} | {
    *("AugLoad", "AugStore", "Param"),
}
"""Classes that ast keeps for old programs, and no longer makes."""

WHOLE: tuple[Any, ...] = (itertools, functools, operator, math, list, tuple, dict, set, float)
"""Modules and types of which everything public that can be called is in the census."""


def public(thing: Any) -> set[str]:
    """The names of the functions of a module or the methods of a type."""
    names = {name for name in dir(thing) if not name.startswith("_")}
    return {
        name
        for name in names & set(getattr(thing, "__all__", names))
        if callable(getattr(thing, name))
    }


def node_classes() -> set[str]:
    """The names of the node classes that a function can hold on this version of Python."""
    return set(_concrete(ast.AST)) - NOT_IN_A_FUNCTION.keys()


def _concrete(cls: type) -> Iterator[str]:
    """The names of the classes of ast below a class that have none below them."""
    own = [sub for sub in cls.__subclasses__() if vars(ast).get(sub.__name__) is sub]
    below = [sub for sub in own if sub.__name__ not in GONE]
    if not below:
        yield cls.__name__
    for sub in below:
        yield from _concrete(sub)


def builtin_functions() -> set[str]:
    """The names of the builtins that can be called, with all exceptions as "exceptions"."""
    of_every_module = set(dir(ModuleType("any")))
    names = {n for n in dir(builtins) if callable(getattr(builtins, n))} - of_every_module - {"_"}
    return {"exceptions" if _is_exception(name) else name for name in names}


def _is_exception(name: str) -> bool:
    value = getattr(builtins, name)
    return isinstance(value, type) and issubclass(value, BaseException)

"""What type hints and defaults say of a function's parameters."""

from __future__ import annotations

import inspect
import typing
from typing import Any

import numpy as np

from srcgrad.kinds import FLOAT, NONE, UNKNOWN, Kind, Num, Str, Tuple, integer, scalar

SCALARS = {
    float: scalar(float),
    int: integer(),
    bool: scalar(bool),
    complex: scalar(complex),
    str: Str(),
    type(None): NONE,
}


def hinted_kinds(function: Any, signature: inspect.Signature) -> dict[str, Any]:
    """A kind for each parameter, or its default where that says more than its hint."""
    try:
        hints = typing.get_type_hints(getattr(function, "py_func", function))
    except Exception:  # a hint is any expression
        hints = {}
    return {n: _hinted(hints.get(n), p) for n, p in signature.parameters.items()}


def _hinted(hint: Any, parameter: inspect.Parameter) -> Any:
    if parameter.kind is parameter.VAR_POSITIONAL:
        return ()
    if parameter.kind is parameter.VAR_KEYWORD:
        return {}
    kind = kind_of_hint(hint)
    if kind == UNKNOWN and parameter.default is not parameter.empty:
        return parameter.default
    return kind


def kind_of_hint(hint: Any) -> Kind:
    """The kind of values with a type hint."""
    if isinstance(hint, type) and hint in SCALARS:
        return SCALARS[hint]
    if isinstance(hint, type) and issubclass(hint, np.number | np.bool_):
        return Num(np.dtype(hint), ())
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if hasattr(origin, "__value__"):  # `type NDArray[S] = ndarray[..., dtype[S]]`, from 3.12 on
        return kind_of_hint(origin.__value__[args])
    if hint is np.ndarray or origin is np.ndarray:
        return Num(_dtype(args), None)
    if origin is tuple and args and Ellipsis not in args:
        return Tuple(tuple(map(kind_of_hint, args)))
    return UNKNOWN


def _dtype(args: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype in np.ndarray[shape, np.dtype[scalar]], which is what NDArray[scalar] means."""
    found = typing.get_args(args[1]) if len(args) > 1 else ()
    concrete = found and isinstance(found[0], type) and found[0] in np.sctypeDict.values()
    return np.dtype(found[0]) if concrete else FLOAT

"""The helpers of generated code as primitives, so that what they return has a kind."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.kinds import UNKNOWN, Kind, List, Num, Questions, Tuple, forget_value, scalar
from srcgrad.rules.table import adjoint, constant
from srcgrad.runtime import (
    add_lists,
    last_stored,
    overlap,
    owned,
    shaped_as,
    stop_gradient,
    unbroadcast,
    zeros_unless_none,
)

ASKS_SHAPE = (np.shape, np.size, np.ndim, len)
"""Functions of an array that ask nothing but its shape."""


def _unbroadcast_kind(q: Questions, x_bar: Kind, x: Kind, result: Kind) -> Kind:
    if isinstance(x_bar, Num) and isinstance(x, Num) and x.dims is not None:
        return Num(x_bar.dtype, x.dims)
    return UNKNOWN


def _owned_kind(q: Questions, x: Kind) -> Kind:
    return replace(x, value=None) if isinstance(x, Num) else x


def _last_stored_kind(q: Questions, values: Kind, array: Kind, index: Kind) -> Kind:
    return replace(values, value=None) if isinstance(values, Num) else UNKNOWN


@adjoint(last_stored, kind=_last_stored_kind, name="last_stored")
def _last_stored(values: Any, array: Any, index: Any, *, y: Any, y_bar: Any) -> Any:
    """Zero for the values that are overwritten at once."""
    return last_stored(y_bar, array, index), None, None


# It may hand back its argument, or a read-only view of it.
@adjoint(unbroadcast, kind=_unbroadcast_kind, memory="alias", name="unbroadcast")
def _unbroadcast(x_bar: Any, x: Any, result: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Spread over the dims that were summed, and summed over those that were spread."""
    return unbroadcast(y_bar, x_bar, x_bar if result is None else result), None, None


def _add_lists_kind(q: Questions, some: Kind, others: Kind) -> Kind:
    """A list whose adjoint is one list too, whatever is known of its elements."""
    kind = _without_values(some)
    if not isinstance(kind, List):
        return kind
    alike = set(kind.elements or ())
    return List(alike.pop() if len(alike) == 1 else kind.element, kind.length)


def _without_values(kind: Kind) -> Kind:
    """The kind of a value that is like another one but need not be equal to it."""
    match kind:
        case List(element, length, elements):
            known = None if elements is None else tuple(map(_without_values, elements))
            return List(_without_values(element), length, known)
        case Tuple(elements, cls):
            return Tuple(tuple(map(_without_values, elements)), cls)
    return forget_value(kind)


@adjoint(add_lists, kind=_add_lists_kind, name="add_lists", linear=True)
def _add_lists(some: Any, others: Any, *, y: Any, y_bar: Any) -> Any:
    """The adjoint of both is that of the sum."""
    return y_bar, y_bar


constant(stop_gradient, lambda x: None, kind=lambda q, x: x, memory="frozen", name="stop_gradient")
constant(overlap, lambda written, other: None, kind=lambda q, a, b: scalar(bool))


@adjoint(owned, kind=_owned_kind, name="owned")
def _owned(x: Any, *, y: Any, y_bar: Any) -> Any:
    """That of the copy."""
    return y_bar


constant(
    zeros_unless_none,
    lambda x: None,
    kind=lambda q, x: replace(x, value=None, nullable=False) if isinstance(x, Num) else UNKNOWN,
    name="zeros_unless_none",
    shape_only=True,
)


def _shaped_kind(q: Questions, x_bar: Kind, x: Kind) -> Kind:
    if isinstance(x, Num) and x.is_float and not x.mixed:
        return Num(x.dtype, x.dims, weak=isinstance(x_bar, Num) and x_bar.weak)
    return UNKNOWN


@adjoint(shaped_as, kind=_shaped_kind, memory="alias", name="shaped_as")
def _shaped_as(x_bar: Any, x: Any, *, y: Any, y_bar: Any) -> Any:
    """It is handed on."""
    return y_bar, None

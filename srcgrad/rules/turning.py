"""Functions that turn arrays about: flips, quarter turns and rolls."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import UNKNOWN, Kind, NotStaticError, Questions, array
from srcgrad.rules.shapes import like_first, ranked
from srcgrad.rules.table import adjoint


@adjoint(np.flip, kind=like_first, memory="view")
def flip(m: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """Its own inverse."""
    return np.flip(y_bar, axis)


@adjoint(np.fliplr, kind=like_first, memory="view")
def fliplr(m: Any, *, y: Any, y_bar: Any) -> Any:
    """Its own inverse."""
    return np.fliplr(y_bar)


@adjoint(np.flipud, kind=like_first, memory="view")
def flipud(m: Any, *, y: Any, y_bar: Any) -> Any:
    """Its own inverse."""
    return np.flipud(y_bar)


def _rot90_kind(q: Questions, m: Kind, k: Kind, axes: Kind) -> Kind:
    known = ranked(m)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        turns, (first, second) = q.value(k), q.value(axes)
    except NotStaticError:
        return array(x.dtype, None)
    order = list(range(len(dims)))
    if turns % 2:
        order[first], order[second] = order[second], order[first]
    return array(x.dtype, [dims[i] for i in order])


@adjoint(np.rot90, kind=_rot90_kind, memory="view")
def rot90(m: Any, k: Any = 1, axes: Any = (0, 1), *, y: Any, y_bar: Any) -> Any:
    """Back again."""
    return np.rot90(y_bar, -k, axes)


@adjoint(np.roll, kind=like_first)
def roll(a: Any, shift: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The other way."""
    if np.ndim(shift) == 0:
        return np.roll(y_bar, -shift, axis)
    return np.roll(y_bar, np.negative(shift), axis)

"""Piecewise linear interpolation."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import UNKNOWN, Kind, Num, Questions, array
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import as_number
from srcgrad.rules.table import adjoint


def _interp_kind(q: Questions, x: Kind, xp: Kind, fp: Kind, *options: Kind) -> Kind:
    refuse_complex("np.interp", fp)
    at, values = as_number(x), as_number(fp)
    if not isinstance(at, Num) or not isinstance(values, Num):
        return UNKNOWN
    return array(float, at.dims)


@adjoint(np.interp, kind=_interp_kind)
def interp(
    x: Any,
    xp: Any,
    fp: Any,
    left: Any = None,
    right: Any = None,
    period: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The slope of the segment, at a knot of the one to its right; weights for both its ends."""
    if period is not None:
        return unsupported("np.interp with period=", "repeat the points")
    xs, heights = _array(xp), _array(fp)
    below, above = x < xs[0], x > xs[-1]
    end = np.clip(np.searchsorted(xs, x, "right"), 1, xs.size - 1)
    width = xs[end] - xs[end - 1]
    width = width + (width == 0)
    weight = np.clip((x - xs[end - 1]) / width, 0, 1)
    kept = y_bar
    if left is not None:
        kept = np.where(below, 0, kept)
    if right is not None:
        kept = np.where(above, 0, kept)
    x_bar = np.where(below | above, 0, y_bar * (heights[end] - heights[end - 1]) / width)
    return (
        x_bar,
        -_shared(x_bar, weight, xs, end),
        _shared(kept, weight, heights, end),
        np.sum(np.where(below, y_bar, 0)),
        np.sum(np.where(above, y_bar, 0)),
    )


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else np.asarray(x)


def _shared(bar: Any, weight: Any, points: Any, end: Any) -> Any:
    """What each point has of adjoints that are shared between both ends of a segment."""
    start_bar = runtime.put_back(bar * (1 - weight), points, end - 1)
    return start_bar + runtime.put_back(bar * weight, points, end)

"""Integrals of sampled functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.kinds import FLOAT, UNKNOWN, Kind, Num, Questions, Static, array
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    is_none,
    numbers,
    reduced_dims,
    result_dtype,
)
from srcgrad.rules.table import adjoint


def _trapezoid_kind(q: Questions, y: Kind, x: Kind, dx: Kind, axis: Kind) -> Kind:
    refuse_complex("np.trapezoid", y, x, dx)
    heights = as_number(y)
    nums = numbers((y, dx if is_none(x) else x))
    if not isinstance(heights, Num) or nums is None:
        return UNKNOWN
    dtype = result_dtype(*nums)
    dtype = dtype if dtype.kind == "f" else FLOAT
    dims, other = heights.dims, nums[1].dims
    if dims is None or other is None:
        return array(dtype, None)
    rest = reduced_dims(q, heights, axis, Static(False))
    if len(other) == (0 if is_none(x) else 1):
        return array(dtype, rest)
    if is_none(x) or len(other) != len(dims):
        return UNKNOWN
    return array(dtype, broadcast(q, rest, reduced_dims(q, nums[1], axis, Static(False))))


def trapezoid(y_: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1, *, y: Any, y_bar: Any) -> Any:
    """Half of each width to both heights beside it, half of their sum to the width."""
    heights = np.moveaxis(_array(y_), axis, -1)
    ends = heights[..., 1:] + heights[..., :-1]
    wide = np.expand_dims(y_bar, -1) / 2
    if x is None:
        if np.ndim(dx) > 0:
            return unsupported("np.trapezoid with dx= of several numbers", "pass x=")
        ends_bar = np.broadcast_to(wide * dx, np.shape(ends))
        return np.moveaxis(_to_both(ends_bar, heights), -1, axis), None, np.sum(wide * ends)
    points = _array(x)
    if np.ndim(points) == 1:
        width = np.diff(points)
        wide = np.broadcast_to(wide, np.shape(width * ends))
        x_bar = runtime.undo_diff(runtime.unbroadcast(wide * ends, width), points)
    elif np.ndim(points) == np.ndim(heights):
        points = np.moveaxis(points, axis, -1)
        width = np.diff(points)
        wide = np.broadcast_to(wide, np.shape(width * ends))
        width_bar = runtime.unbroadcast(wide * ends, width)
        x_bar = np.moveaxis(runtime.undo_diff(width_bar, points), -1, axis)
    else:
        return unsupported("np.trapezoid with x= of another rank than y", "use np.broadcast_to")
    ends_bar = runtime.unbroadcast(wide * width, ends)
    return np.moveaxis(_to_both(ends_bar, heights), -1, axis), x_bar, None


if hasattr(np, "trapezoid"):  # since NumPy 2
    adjoint(np.trapezoid, kind=_trapezoid_kind)(trapezoid)


def _array(x: Any) -> Any:
    return x if isinstance(x, np.ndarray) else np.asarray(x)


def _to_both(bar: Any, heights: Any) -> Any:
    """Each adjoint of the sum of two neighbours to both of them."""
    none = np.zeros_like(heights[..., :1])
    return np.concatenate((bar, none), -1) + np.concatenate((none, bar), -1)

"""Differences between neighbours, and slopes by them."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.prelude.joining import flat


def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    steps = np.diff(flat(ary))
    if to_begin is not None and to_end is not None:
        return np.concatenate((flat(to_begin), steps, flat(to_end)))
    if to_begin is not None:
        return np.concatenate((flat(to_begin), steps))
    return steps if to_end is None else np.concatenate((steps, flat(to_end)))


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    values = np.asarray(f)
    if axis is None:
        axes = tuple(range(np.ndim(values)))
    else:
        axes = axis if isinstance(axis, tuple) else (axis,)
    if len(varargs) < 2:
        spacings = [varargs[0] if varargs else 1 for _ in axes]
    else:
        spacings = [h for h in varargs]
    found = [_slopes(values, h, k, edge_order) for h, k in zip(spacings, axes)]
    return found[0] if len(found) == 1 else tuple(found)


def _slopes(values: Any, spacing: Any, axis: Any, edge_order: Any) -> Any:
    """The slopes along an axis, by both neighbours inside and by those of one side at the ends."""
    rows = values if axis == 0 else np.moveaxis(values, axis, 0)
    slopes = np.zeros_like(rows, np.result_type(rows, 0.0))
    if np.ndim(spacing) == 0:
        _put_even(slopes, rows, spacing, edge_order)
    else:
        _put_uneven(slopes, rows, np.diff(spacing), edge_order)
    return slopes if axis == 0 else np.moveaxis(slopes, 0, axis)


def _put_even(y: Any, f: Any, h: Any, edge_order: Any) -> Any:
    y[1:-1] = (f[2:] - f[:-2]) / (2.0 * h)
    if edge_order == 1:
        y[0] = (f[1] - f[0]) / h
        y[-1] = (f[-1] - f[-2]) / h
    else:
        y[0] = (-1.5 * f[0] + 2.0 * f[1] - 0.5 * f[2]) / h
        y[-1] = (0.5 * f[-3] - 2.0 * f[-2] + 1.5 * f[-1]) / h


def _put_uneven(y: Any, f: Any, h: Any, edge_order: Any) -> Any:
    rank = np.ndim(f)
    widths = np.expand_dims(h, tuple(range(1, rank))) if rank > 1 else h
    a, b = widths[:-1], widths[1:]
    y[1:-1] = -b / (a * (a + b)) * f[:-2] + (b - a) / (a * b) * f[1:-1] + a / (b * (a + b)) * f[2:]
    if edge_order == 1:
        y[0] = (f[1] - f[0]) / h[0]
        y[-1] = (f[-1] - f[-2]) / h[-1]
    else:
        a, b = h[0], h[1]
        left = -(2.0 * a + b) / (a * (a + b)) * f[0] + (a + b) / (a * b) * f[1]
        y[0] = left - a / (b * (a + b)) * f[2]
        a, b = h[-2], h[-1]
        right = b / (a * (a + b)) * f[-3] - (a + b) / (a * b) * f[-2]
        y[-1] = right + (2.0 * b + a) / (b * (a + b)) * f[-1]

"""Functions of NumPy that are combinations of others, each with its twin in the prelude."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.prelude import cases, compositions, joining, linear, moments, slopes, vectors

NAMES: dict[str, Callable[..., Any]] = {
    "select": cases.select,
    "piecewise": cases.piecewise,
    "append": joining.append,
    "dstack": joining.dstack,
    "block": joining.block,
    "diagflat": joining.diagflat,
    "rollaxis": joining.rollaxis,
    "unstack": joining.unstack,
    "matrix_transpose": joining.matrix_transpose,
    "trim_zeros": joining.trim_zeros,
    "put_along_axis": joining.put_along_axis,
    "ediff1d": slopes.ediff1d,
    "gradient": slopes.gradient,
    "cov": moments.cov,
    "corrcoef": moments.corrcoef,
    "correlate": moments.correlate,
    "vecdot": vectors.vecdot,
    "matvec": vectors.matvec,
    "vecmat": vectors.vecmat,
    "apply_along_axis": vectors.apply_along_axis,
    "apply_over_axes": vectors.apply_over_axes,
    "fromfunction": vectors.fromfunction,
    "astype": vectors.astype,
    "poly": compositions.poly,
    "logspace": compositions.logspace,
    "union1d": compositions.union1d,
    "intersect1d": compositions.intersect1d,
    "setdiff1d": compositions.setdiff1d,
}
"""By name, since not every version of NumPy has all of them."""

TWINS = {getattr(np, name): twin for name, twin in NAMES.items() if hasattr(np, name)}
TWINS |= linear.TWINS


def twin_of(function: Any) -> Callable[..., Any] | None:
    """The twin of a function of NumPy, if it has one."""
    return TWINS.get(function) if getattr(type(function), "__hash__", None) else None

"""Positions in arrays, by which they are indexed or from which they are made."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import (
    UNKNOWN,
    Dim,
    Kind,
    NotStaticError,
    Num,
    Questions,
    Tuple,
    array,
    integer,
)
from srcgrad.rules.shapes import dim_of_int, dims_of_shape, dtype_of, is_none, ranked
from srcgrad.rules.table import constant

INDEX = np.dtype(np.intp)
ONE = Dim.of(1)


def _tri_kind(q: Questions, rows: Kind, columns: Kind, k: Kind, dtype: Kind) -> Kind:
    asked = dtype_of(q, dtype)
    across = rows if is_none(columns) else columns
    return UNKNOWN if asked is None else array(asked, (dim_of_int(q, rows), dim_of_int(q, across)))


def _triangle(q: Questions, rows: Dim, columns: Dim, k: Kind, lower: bool) -> Kind:
    """Two vectors of as many positions as a triangle has elements."""
    count = q.fresh(("triangle", object()), "m")
    if rows.static is not None and columns.static is not None:
        try:
            below = np.tri(rows.static, columns.static, int(q.value(k)) - (not lower), dtype=bool)
            count = Dim.of(int(np.count_nonzero(below if lower else ~below)))
        except NotStaticError:
            pass
    return Tuple((array(INDEX, (count,)),) * 2)


def _triangle_kind(lower: bool) -> Any:
    def kind(q: Questions, n: Kind, k: Kind, m: Kind) -> Kind:
        return _triangle(q, dim_of_int(q, n), dim_of_int(q, n if is_none(m) else m), k, lower)

    return kind


def _triangle_from_kind(lower: bool) -> Any:
    def kind(q: Questions, arr: Kind, k: Kind) -> Kind:
        known = ranked(arr)
        if known is None or len(known[1]) != 2:
            return UNKNOWN
        return _triangle(q, *known[1], k, lower)

    return kind


def _diagonal(q: Questions, n: Dim, rank: Kind) -> Kind:
    try:
        return Tuple((array(int, (n,)),) * int(q.value(rank)))
    except NotStaticError:
        return UNKNOWN


def _diagonal_kind(q: Questions, n: Kind, ndim: Kind) -> Kind:
    return _diagonal(q, dim_of_int(q, n), ndim)


def _diagonal_from_kind(q: Questions, arr: Kind) -> Kind:
    known = ranked(arr)
    return UNKNOWN if known is None else _diagonal(q, known[1][0], integer(len(known[1])))


def _indices_kind(q: Questions, dimensions: Kind, dtype: Kind, sparse: Kind) -> Kind:
    asked, dims = dtype_of(q, dtype), dims_of_shape(q, dimensions)
    if asked is None or dims is None or (isinstance(dimensions, Num) and dimensions.dims):
        return UNKNOWN
    try:
        is_open = bool(q.value(sparse))
    except NotStaticError:
        return UNKNOWN
    if not is_open:
        return array(asked, (Dim.of(len(dims)), *dims))
    alone = [[d if i == k else ONE for k in range(len(dims))] for i, d in enumerate(dims)]
    return Tuple(tuple(array(asked, shape) for shape in alone))


constant(np.tri, lambda N, M=None, k=0, dtype=float: None, kind=_tri_kind)
for _op, _from, _is_lower in (
    (np.tril_indices, np.tril_indices_from, True),
    (np.triu_indices, np.triu_indices_from, False),
):
    constant(_op, lambda n, k=0, m=None: None, kind=_triangle_kind(_is_lower))
    constant(_from, lambda arr, k=0: None, kind=_triangle_from_kind(_is_lower), shape_only=True)
constant(np.diag_indices, lambda n, ndim=2: None, kind=_diagonal_kind)
constant(np.diag_indices_from, lambda arr: None, kind=_diagonal_from_kind, shape_only=True)
constant(np.indices, lambda dimensions, dtype=int, sparse=False: None, kind=_indices_kind)

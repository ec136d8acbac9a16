"""Tests of whole arrays, whose results never depend smoothly on them."""

from __future__ import annotations

import numpy as np

from srcgrad.kinds import BOOL, UNKNOWN, Kind, Questions, array
from srcgrad.rules.shapes import broadcast, numbers, python_bool
from srcgrad.rules.table import constant


def _isclose_kind(q: Questions, a: Kind, b: Kind, *tolerances: Kind) -> Kind:
    nums = numbers((a, b, *tolerances[:2]))
    return UNKNOWN if nums is None else array(BOOL, broadcast(q, *(n.dims for n in nums)))


constant(
    np.isclose,
    lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: None,
    kind=_isclose_kind,
)
constant(
    np.allclose,
    lambda a, b, rtol=1e-05, atol=1e-08, equal_nan=False: None,
    kind=python_bool,
)
constant(np.array_equal, lambda a1, a2, equal_nan=False: None, kind=python_bool)
constant(np.shares_memory, lambda a, b, max_work=None: None, kind=python_bool)
constant(np.may_share_memory, lambda a, b, max_work=None: None, kind=python_bool)

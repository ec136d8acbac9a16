"""What functions of NumPy are made of: polynomials from roots, powers between ends, sets."""

from __future__ import annotations

from typing import Any

import numpy as np


def poly(zeros: Any) -> Any:
    zeros = np.atleast_1d(np.asarray(zeros))
    if zeros.ndim == 2:
        zeros = np.linalg.eigvals(zeros)
    coefficients = np.zeros(zeros.size + 1, zeros.dtype)
    coefficients[0] = 1
    for i in range(zeros.size):
        coefficients[1:] -= zeros[i] * coefficients[:-1]
    return coefficients


def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Any:
    if np.ndim(base) > 0:
        start, stop, base = np.broadcast_arrays(start, stop, base)
        base = np.expand_dims(base, axis)
    powers = np.power(base, np.linspace(start, stop, num, endpoint, axis=axis))
    return powers if dtype is None else powers.astype(dtype)


def union1d(ar1: Any, ar2: Any) -> Any:
    return np.unique(np.concatenate((flat(ar1), flat(ar2))))


def flat(ar: Any) -> Any:
    ar = np.asarray(ar)
    return ar if ar.ndim == 1 else np.ravel(ar)


def intersect1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    ar1 = np.unique(ar1)
    return ar1[np.isin(ar1, ar2)]


def setdiff1d(ar1: Any, ar2: Any, assume_unique: Any = False) -> Any:
    ar1 = flat(ar1) if assume_unique else np.unique(ar1)
    return ar1[~np.isin(ar1, ar2)]

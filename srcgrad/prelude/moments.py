"""Covariances and correlations."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.runtime import stop_gradient


def cov(
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    rows = _variables(m, _first_lies(m, rowvar), dtype)
    if y is not None:
        rows = np.concatenate((rows, _variables(y, _lies(y, rowvar), dtype)))
    if ddof is not None:
        lost = ddof
    else:
        lost = 0 if bias else 1
    if fweights is None and aweights is None:
        centred = rows - np.mean(rows, 1, keepdims=True)
        product = centred @ np.transpose(centred) / (np.shape(rows)[1] - lost)
    else:
        weights = _weights(fweights, aweights)
        total = np.sum(weights)
        centred = rows - np.expand_dims(rows @ weights / total, 1)
        if lost == 0:
            count = total
        elif aweights is None:
            count = total - lost
        else:
            count = total - lost * np.sum(weights * aweights) / total
        product = (centred * weights) @ np.transpose(centred) / count
    return product if np.shape(product)[0] > 1 else product[0, 0]


def _lies(m: Any, rowvar: Any) -> Any:
    """Whether each row is a variable: of the second operand a single row always is."""
    return rowvar or (np.ndim(m) == 2 and np.shape(m)[0] == 1)


def _as_said(m: Any, rowvar: Any) -> Any:
    return rowvar


_ROWS_STAY = np.ndim(np.cov(np.zeros((1, 2)), rowvar=False, ddof=0)) == 0
_first_lies = _lies if _ROWS_STAY else _as_said  # versions of NumPy differ


def _variables(m: Any, rowvar: Any, dtype: Any) -> Any:
    """Samples with one row for each variable."""
    samples = np.asarray(m, float if dtype is None else dtype)
    if np.ndim(samples) == 1:
        return np.expand_dims(samples, 0)
    return samples if rowvar else np.transpose(samples)


def _weights(fweights: Any, aweights: Any) -> Any:
    if aweights is None:
        return np.asarray(fweights, float)
    weights = np.asarray(aweights, float)
    return weights if fweights is None else weights * fweights


def corrcoef(x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Any:
    product = cov(x, y, rowvar, dtype=dtype)
    if np.ndim(product) == 0:
        return product / product
    deviations = np.sqrt(np.diag(product))
    quotient = product / np.expand_dims(deviations, 1) / deviations
    return quotient + stop_gradient(np.clip(quotient, -1, 1) - quotient)  # rounding alone


def correlate(a: Any, v: Any, mode: Any = "valid") -> Any:
    if mode == "same" and np.size(a) < np.size(v):
        return np.flip(np.convolve(v, np.flip(a), mode))
    return np.convolve(a, np.flip(v), mode)

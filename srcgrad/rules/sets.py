"""Sets of numbers as sorted arrays, tests of membership, and counts."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import (
    BOOL,
    FLOAT,
    UNKNOWN,
    Dim,
    Kind,
    NotStaticError,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    integer,
    scalar,
)
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import (
    as_number,
    broadcast,
    dims_of_shape,
    is_none,
    numbers,
    python_bool,
    ranked,
    ufunc,
)
from srcgrad.rules.table import adjoint, constant, elementwise

INDEX = np.dtype(np.intp)
ONE = Dim.of(1)

# sets --------------------------------------------------------------------------------------------


def _unique_kind(
    q: Questions,
    ar: Kind,
    return_index: Kind,
    return_inverse: Kind,
    return_counts: Kind,
    axis: Kind,
    *rest: Kind,
) -> Kind:
    number = as_number(ar)
    try:
        asked = [bool(q.value(k)) for k in (return_index, return_inverse, return_counts)]
    except NotStaticError:
        return UNKNOWN
    if not isinstance(number, Num) or not is_none(axis):
        return UNKNOWN
    found = (q.fresh(("unique", object()), "m"),)
    if not any(asked):
        return array(number.dtype, found)
    inverse = number.dims if isinstance(number.dims, tuple) and len(number.dims) == 1 else None
    more = [k for k, wanted in zip((found, inverse, found), asked, strict=True) if wanted]
    return Tuple((array(number.dtype, found), *(array(INDEX, dims) for dims in more)))


@adjoint(np.unique, kind=_unique_kind)
def unique(
    ar: Any,
    return_index: Any = False,
    return_inverse: Any = False,
    return_counts: Any = False,
    axis: Any = None,
    equal_nan: Any = True,
    sorted: Any = True,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Elements that are equal share equally."""
    if axis is not None or not sorted:
        return unsupported("np.unique with axis= or sorted=", "leave it out")
    several = return_index or return_inverse or return_counts
    bars = y_bar[0] if several else y_bar
    places = np.searchsorted(y[0] if several else y, np.reshape(ar, -1))
    shares = bars / np.bincount(places, minlength=np.size(bars))
    return np.reshape(np.take(shares, places), np.shape(ar))


# membership and places ---------------------------------------------------------------------------


def _isin_kind(q: Questions, element: Kind, *rest: Kind) -> Kind:
    number = as_number(element)
    if not isinstance(number, Num):
        return UNKNOWN
    return Num(BOOL, number.dims, box=number.dims == ())


def _digitize_kind(q: Questions, x: Kind, *rest: Kind) -> Kind:
    number = as_number(x)
    return array(INDEX, number.dims) if isinstance(number, Num) else UNKNOWN


def _argwhere_kind(q: Questions, a: Kind) -> Kind:
    known = ranked(a)
    if known is None or not known[1]:
        return UNKNOWN
    return array(INDEX, (q.fresh(("argwhere", object()), "m"), Dim.of(len(known[1]))))


constant(
    np.isin,
    lambda element, test_elements, assume_unique=False, invert=False, kind=None: None,
    kind=_isin_kind,
)
constant(np.digitize, lambda x, bins, right=False: None, kind=_digitize_kind)
constant(np.argwhere, lambda a: None, kind=_argwhere_kind)
constant(np.array_equiv, lambda a1, a2: None, kind=python_bool)

# histograms --------------------------------------------------------------------------------------


def _histogram_kind(
    q: Questions, a: Kind, bins: Kind, range: Kind, density: Kind, weights: Kind
) -> Kind:
    refuse_complex("np.histogram", a, weights)
    nums = numbers((a, bins) if is_none(weights) else (a, bins, weights))
    if nums is None or nums[1].dims is None or not (is_none(range) or _is_plain(range)):
        return UNKNOWN
    data, edges = nums[0], nums[1]
    if edges.dims:
        edges_kind, count = array(edges.dtype, edges.dims), edges.dims[0] - ONE
    else:
        sizes = dims_of_shape(q, bins) or ()
        count = sizes[0]
        edges_kind = array(data.dtype if data.is_float else FLOAT, (count + ONE,))
    counts = np.dtype(np.intp) if is_none(weights) else nums[2].dtype
    if not (is_none(density) or density == Static(False) or _is_false(density)):
        counts = FLOAT
    return Tuple((array(counts, (count,)), edges_kind))


def _is_false(kind: Kind) -> bool:
    return isinstance(kind, Num) and kind.value is False


def _is_plain(range: Kind) -> bool:
    """Whether the ends of a range are Python's own numbers."""
    elements = range.elements if isinstance(range, Tuple) else ()
    return len(elements) == 2 and all(isinstance(e, Num) and e.weak for e in elements)


@adjoint(np.histogram, kind=_histogram_kind)
def histogram(
    a: Any,
    bins: Any = 10,
    range: Any = None,
    density: Any = None,
    weights: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Counts are step functions of the data; edges lie between its ends, or where they are put."""
    if density or weights is not None or isinstance(bins, str):
        return unsupported("np.histogram with density=, weights= or a method", "use np.bincount")
    if np.ndim(bins) > 0:
        return None, y_bar[1], None, None, None
    if range is not None:
        return None, None, None, None, None
    low, high = a == np.min(a), a == np.max(a)
    shares = np.linspace(0, 1, bins + 1)
    to_high = np.sum(y_bar[1] * shares) / np.count_nonzero(high) * high
    to_low = np.sum(y_bar[1] * (1 - shares)) / np.count_nonzero(low) * low
    return to_low + to_high, None, None, None, None


# numbers and shapes ------------------------------------------------------------------------------


def _isreal_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    if not isinstance(number, Num):
        return UNKNOWN
    return Num(BOOL, number.dims, weak=number.weak)


def _iscomplex_kind(q: Questions, x: Kind) -> Kind:
    number = as_number(x)
    return array(BOOL, number.dims) if isinstance(number, Num) else UNKNOWN


def _isscalar_kind(q: Questions, element: Kind) -> Kind:
    if isinstance(element, Num) and element.dims is not None:
        return Num(BOOL, (), weak=True, value=element.is_scalar)
    return scalar(bool)


def _broadcast_shapes_kind(q: Questions, *shapes: Kind) -> Kind:
    known = [dims_of_shape(q, s) for s in shapes]
    if any(isinstance(s, Num) and s.dims != () for s in shapes):
        return UNKNOWN
    dims = broadcast(q, *known)
    return UNKNOWN if dims is None else Tuple(tuple(integer(d) for d in dims))


constant(np.isreal, lambda x: None, kind=_isreal_kind)
constant(np.iscomplex, lambda x: None, kind=_iscomplex_kind)
constant(np.isscalar, lambda element: None, kind=_isscalar_kind, cheap=True)
constant(np.broadcast_shapes, lambda *shapes: None, kind=_broadcast_shapes_kind, cheap=True)
for _op in (np.isposinf, np.isneginf):
    constant(_op, lambda x: None, kind=ufunc(np.isinf))
_divisors: tuple[Any, ...] = (np.gcd, np.lcm)
for _op in _divisors:
    elementwise(_op, None, kind=ufunc(_op))
if hasattr(np, "bitwise_count"):  # since NumPy 2
    elementwise(np.bitwise_count, None, kind=ufunc(np.bitwise_count))

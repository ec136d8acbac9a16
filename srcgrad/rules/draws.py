"""What draws of random numbers are like: the results of `np.random`, which are no primitives.

A draw has an effect on its generator, so that it stays a call that runs once; only its kind is
told here.  Draws of integers by parameters that only a run knows may depend on what is
differentiated: the engine refuses those.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad.kinds import (
    FLOAT,
    UNKNOWN,
    Dims,
    Kind,
    List,
    NotStaticError,
    Num,
    Opaque,
    Questions,
    Static,
    Tuple,
    array,
    scalar,
)
from srcgrad.rules.shapes import as_number, broadcast, dims_of_shape, dtype_of, is_none, numbers

NONE = Static(None)
LONG = np.dtype(np.int64)

FLOATS = {
    **dict.fromkeys(("random", "random_sample", "standard_normal", "standard_exponential"), ""),
    **dict.fromkeys(("standard_cauchy",), ""),
    **dict.fromkeys(("normal", "gumbel", "laplace", "logistic"), "loc scale"),
    **dict.fromkeys(("exponential", "rayleigh"), "scale"),
    **dict.fromkeys(("pareto", "power", "weibull"), "a"),
    **dict.fromkeys(("chisquare", "standard_t"), "df"),
    "uniform": "low high",
    "lognormal": "mean sigma",
    "standard_gamma": "shape",
    "gamma": "shape scale",
    "beta": "a b",
    "f": "dfnum dfden",
    "noncentral_chisquare": "df nonc",
    "triangular": "left mode right",
    "vonmises": "mu kappa",
    "wald": "mean scale",
}
INTEGERS = {
    **dict.fromkeys(("geometric", "logseries"), "p"),
    **dict.fromkeys(("binomial", "negative_binomial"), "n p"),
    "hypergeometric": "ngood nbad nsample",
    "poisson": "lam",
    "zipf": "a",
}
"""The parameters of each distribution that stand before `size`."""

VECTORS = {
    "multivariate_normal": ("mean cov", "mean", FLOAT),
    "dirichlet": ("alpha", "alpha", FLOAT),
    "multinomial": ("n pvals", "pvals", LONG),
}
"""Distributions of vectors: their parameters, and the one that tells how long a vector is."""


def kind_of_call(q: Questions, op: Any, kinds: tuple[Kind, ...], keywords: tuple[str, ...]) -> Kind:
    """The kind of what a function of `np.random` returns; UNKNOWN for others."""
    if op is np.random.default_rng:
        return Opaque(np.random.Generator)
    if op in (np.random.Generator, np.random.RandomState):
        return Opaque(op)
    owner = getattr(op, "__self__", None)
    if isinstance(owner, np.random.Generator | np.random.RandomState):
        return kind_of_method(q, type(owner), op.__name__, kinds, keywords)
    return UNKNOWN


def kind_of_method(
    q: Questions, cls: Any, name: str, kinds: tuple[Kind, ...], keywords: tuple[str, ...]
) -> Kind:
    """The kind of what a method of a generator returns; UNKNOWN for those that are not known."""
    if cls not in (np.random.Generator, np.random.RandomState) or not hasattr(cls, name):
        return UNKNOWN
    first = len(kinds) - len(keywords)
    given = kinds[:first], dict(zip(keywords, kinds[first:], strict=True))
    if name in ("rand", "randn"):
        return _sized(q, FLOAT, Tuple(kinds)) if kinds else scalar(float)
    try:
        if name in FLOATS:
            return _distribution(q, FLOATS[name], FLOAT, *given)
        if name in INTEGERS:
            return _distribution(q, INTEGERS[name], LONG, *given)
        if name in VECTORS:
            return _vector(q, *VECTORS[name], *given)
        if name in ("integers", "randint"):
            return _integers(q, cls, *given)
        if name == "choice":
            return _choice(q, *given)
        if name in ("permutation", "permuted"):
            return _permutation(q, *given)
    except NotStaticError:
        pass
    return UNKNOWN


def _bound(names: str, args: tuple[Kind, ...], named: dict[str, Kind]) -> dict[str, Kind]:
    """The arguments by the names of their parameters."""
    return dict(zip(names.split(), args, strict=False)) | named


def _distribution(
    q: Questions, names: str, dtype: np.dtype[Any], args: tuple[Kind, ...], named: dict[str, Kind]
) -> Kind:
    """Python's number for parameters that are numbers, and else an array of the given dtype."""
    given = _bound(f"{names} size dtype method out", args, named)
    size, asked = given.get("size", NONE), dtype_of(q, given.get("dtype", NONE), dtype)
    parameters = numbers(tuple(given[n] for n in names.split() if n in given))
    if asked is None or parameters is None or not is_none(given.get("out", NONE)):
        return UNKNOWN
    if not is_none(size):
        return _sized(q, asked, size)
    dims = broadcast(q, *(p.dims for p in parameters))
    return scalar(int if dtype == LONG else float) if dims == () else array(asked, dims)


def _vector(
    q: Questions,
    names: str,
    like: str,
    dtype: np.dtype[Any],
    args: tuple[Kind, ...],
    named: dict[str, Kind],
) -> Kind:
    """One vector, or one in each place of an array."""
    given = _bound(f"{names} size", args, named)
    size, length = given.get("size", NONE), as_number(given.get(like, NONE))
    dims = () if is_none(size) else _dims(q, size)
    count = given.get("n", scalar(int))
    plain = isinstance(count, Num) and count.dims == ()
    if dims is None or not plain or not isinstance(length, Num) or len(length.dims or ()) != 1:
        return UNKNOWN
    return array(dtype, dims + (length.dims or ()))


def _integers(q: Questions, cls: Any, args: tuple[Kind, ...], named: dict[str, Kind]) -> Kind:
    """Numbers of NumPy by a Generator, and Python's own by a RandomState unless it is asked."""
    given = _bound("low high size dtype endpoint", args, named)
    size, asked = given.get("size", NONE), given.get("dtype", NONE)
    dtype = dtype_of(q, asked, LONG)
    bounds = numbers(tuple(given[n] for n in ("low", "high") if not is_none(given.get(n, NONE))))
    if dtype is None or bounds is None:
        return UNKNOWN
    if not is_none(size):
        return _sized(q, dtype, size)
    dims = broadcast(q, *(b.dims for b in bounds))
    plain = isinstance(asked, Static) and (asked.value is int or asked.value is bool)
    if dims == () and (plain or (is_none(asked) and cls is np.random.RandomState)):
        return scalar(bool if dtype.kind == "b" else int)
    return array(dtype, dims)


def _choice(q: Questions, args: tuple[Kind, ...], named: dict[str, Kind]) -> Kind:
    """Rows of an array, or numbers below an int."""
    given = _bound("a size replace p axis shuffle", args, named)
    size, rows = given.get("size", NONE), as_number(given.get("a", NONE))
    if not isinstance(rows, Num) or rows.dims is None or "axis" in given:
        return UNKNOWN
    if not rows.dims:
        return scalar(int) if is_none(size) else _sized(q, LONG, size)
    dims = () if is_none(size) else _dims(q, size)
    if dims is None:
        return UNKNOWN
    box = not is_none(size) and not dims and len(rows.dims) == 1
    return Num(rows.dtype, dims + rows.dims[1:], box=box)


def _permutation(q: Questions, args: tuple[Kind, ...], named: dict[str, Kind]) -> Kind:
    """As many numbers as an int says, or an array like the one that is given."""
    given = _bound("x axis out", args, named)
    x = as_number(given.get("x", NONE))
    if not isinstance(x, Num) or x.dims is None or not is_none(given.get("out", NONE)):
        return UNKNOWN
    if x.dims:
        return array(x.dtype, x.dims)
    sizes = dims_of_shape(q, given["x"])
    return array(LONG, sizes) if x.dtype.kind in "iu" else UNKNOWN


def _sized(q: Questions, dtype: np.dtype[Any], size: Kind) -> Kind:
    """An array of the dims that a `size` means."""
    dims = _dims(q, size)
    return UNKNOWN if dims is None else Num(dtype, dims, box=dims == ())


def _dims(q: Questions, size: Kind) -> Dims | None:
    """The dims that a `size` means: an int, or a tuple or list of ints; None if it may not be."""
    parts = size.elements if isinstance(size, Tuple | List) else (size,)
    plain = [isinstance(p, Num) and p.dims == () and p.dtype.kind in "iu" for p in parts or ()]
    return dims_of_shape(q, size) if parts is not None and all(plain) else None

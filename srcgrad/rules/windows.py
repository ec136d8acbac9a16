"""Functions that repeat, surround or slide along arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    UNKNOWN,
    Dim,
    Dims,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    static,
)
from srcgrad.rules.compiling import shaped_like, unsupported
from srcgrad.rules.gathering import replaced_axis
from srcgrad.rules.reductions import dim_of_product
from srcgrad.rules.shapes import (
    as_number,
    dim_of_int,
    dims_of_shape,
    is_none,
    like_second,
    numbers,
    ranked,
    result_dtype,
)
from srcgrad.rules.table import adjoint, constant

ONE = Dim.of(1)

# repetitions -------------------------------------------------------------------------------------


def _repeat_kind(q: Questions, a: Kind, repeats: Kind, axis: Kind) -> Kind:
    x, times = as_number(a), as_number(repeats)
    if not isinstance(x, Num):
        return UNKNOWN
    if x.dims is None or not isinstance(times, Num):
        return array(x.dtype, None)
    if times.dims == ():
        whole = x.dims if is_none(axis) else x.dims[_place(q, axis, x.dims) :][:1]
        dim = dim_of_product(q, (*whole, dim_of_int(q, times)))
    else:
        dim = q.fresh(("repeat", object()), "m")
    return array(x.dtype, replaced_axis(q, x, axis, (dim,)))


def _place(q: Questions, axis: Kind, dims: Dims) -> int:
    return int(q.value(axis)) % len(dims)


@adjoint(np.repeat, kind=_repeat_kind)
def repeat(a: Any, repeats: Any, axis: Any = None, *, y: Any, y_bar: Any) -> Any:
    """The sum over the repetitions."""
    if np.ndim(a) == 0:
        return np.sum(y_bar)
    if np.ndim(repeats) == 0:
        if np.ndim(a) == 1:
            return np.sum(np.reshape(y_bar, (np.size(a), repeats)), 1)
        if axis is None:
            return np.reshape(np.sum(np.reshape(y_bar, (np.size(a), repeats)), 1), np.shape(a))
        at = axis % np.ndim(a)
        if np.ndim(a) == 2 and at == 0:
            return np.sum(np.reshape(y_bar, (np.shape(a)[0], repeats, np.shape(a)[1])), 1)
        if np.ndim(a) == 2:
            return np.sum(np.reshape(y_bar, (np.shape(a)[0], np.shape(a)[1], repeats)), 2)
        split = (*np.shape(a)[: at + 1], repeats, *np.shape(a)[at + 1 :])
        return np.sum(np.reshape(y_bar, split), at + 1)
    size = np.size(a) if axis is None else np.shape(a)[axis]
    return runtime.put_back(y_bar, a, np.repeat(np.arange(size), repeats), axis)


def _tile_kind(q: Questions, A: Kind, reps: Kind) -> Kind:
    x, times = as_number(A), dims_of_shape(q, reps)
    if not isinstance(x, Num):
        return UNKNOWN
    if x.dims is None or times is None or (isinstance(reps, Num) and reps.dims != ()):
        return array(x.dtype, None)
    rank = max(len(x.dims), len(times))
    pairs = zip(_lifted(x.dims, rank), _lifted(times, rank), strict=True)
    dims = tuple(dim_of_product(q, pair) for pair in pairs)
    return Num(x.dtype, dims, box=dims == ())


def _lifted(dims: Dims, rank: int) -> Dims:
    return (ONE,) * (rank - len(dims)) + dims


@adjoint(np.tile, kind=_tile_kind)
def tile(A: Any, reps: Any, *, y: Any, y_bar: Any) -> Any:
    """The sum over the tiles."""
    if np.ndim(A) == 0:
        return np.sum(y_bar)
    if isinstance(reps, int) and np.ndim(A) == 1:
        return np.sum(np.reshape(y_bar, (reps, np.size(A))), 0)
    if isinstance(reps, tuple) and len(reps) == 2 and np.ndim(A) == 2:
        down, across = reps
        return np.sum(np.reshape(y_bar, (down, np.shape(A)[0], across, np.shape(A)[1])), (0, 2))
    places = np.reshape(np.arange(np.size(A)), np.shape(A))
    return runtime.put_back(y_bar, A, np.tile(places, reps))


def _resize_kind(q: Questions, a: Kind, new_shape: Kind) -> Kind:
    x = as_number(a)
    if not isinstance(x, Num):
        return UNKNOWN
    dims = dims_of_shape(q, new_shape)
    if isinstance(new_shape, Num) and new_shape.dims != ():
        dims = None
    return Num(x.dtype, dims, box=dims == ())


@adjoint(np.resize, kind=_resize_kind, memory="block")
def resize(a: Any, new_shape: Any, *, y: Any, y_bar: Any) -> Any:
    """The elements are taken in turn, from the first again and again."""
    if np.ndim(a) == 0:
        return np.sum(y_bar)
    return runtime.put_back(np.reshape(y_bar, -1), a, np.arange(np.size(y)) % np.size(a))


# differences -------------------------------------------------------------------------------------


def _diff_kind(q: Questions, a: Kind, n: Kind, axis: Kind, prepend: Kind, append: Kind) -> Kind:
    parts = [k for k in (prepend, a, append) if not is_none(k)]
    nums, x = numbers(tuple(parts)), as_number(a)
    times = _order(q, n)
    if nums is None or not isinstance(x, Num):
        return UNKNOWN
    dtype = result_dtype(*(Num(k.dtype) for k in nums))
    if x.dims is None:
        return array(dtype, None)
    at = _place(q, axis, x.dims)
    dim = Dim.of(-times)
    for k in nums:
        if k.dims is None:
            return array(dtype, None)
        dim += k.dims[at] if k.dims else ONE
    if dim.static is not None:
        dim = Dim.of(max(dim.static, 0))
    return array(dtype, replaced_axis(q, x, axis, (dim,)))


def _order(q: Questions, n: Kind) -> int:
    """How many times differences are taken: not 0, which would give the operand itself."""
    try:
        times = int(q.value(n))
    except NotStaticError:
        times = 0
    if times < 1:
        raise UnsupportedError(
            "np.diff with n=0, or with n= known only when running, is not supported",
            fix="write a positive number",
        )
    return times


@adjoint(np.diff, kind=_diff_kind)
def diff(
    a: Any,
    n: Any = 1,
    axis: Any = -1,
    prepend: Any = None,
    append: Any = None,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """Each difference to its minuend, and with a minus sign to its subtrahend."""
    if prepend is None and append is None:
        return runtime.undo_diff(y_bar, a, n, axis), None, None, None, None
    before, after = _count(prepend), _count(append)
    if np.ndim(a) > 1 or before is None or after is None:
        return unsupported("np.diff with prepend= or append= of arrays", "use np.concatenate")
    longer = runtime.undo_diff(y_bar, np.zeros(before + np.size(a) + after), n)
    return longer[before : before + np.size(a)], None, None, longer[0], longer[-1]


def _count(numbers: Any) -> Any:
    """How many elements a number before or after makes; None for an array."""
    if numbers is None:
        return 0
    return 1 if np.ndim(numbers) == 0 else None


@adjoint(runtime.undo_diff, kind=like_second, name="undo_diff")
def undo_diff(values: Any, x: Any, n: Any = 1, axis: Any = -1, *, y: Any, y_bar: Any) -> Any:
    """The differences again."""
    return np.diff(y_bar, n, axis)


# margins -----------------------------------------------------------------------------------------


def _pad_kind(
    q: Questions, whole: Kind, pad_width: Kind, mode: Kind, constant_values: Kind, *rest: Kind
) -> Kind:
    if not (isinstance(constant_values, Num) and constant_values.dims == ()):
        _refuse_unknown(constant_values)
    known = ranked(whole)
    if known is None:
        return UNKNOWN
    x, dims = known
    try:
        given = np.array(_widths(q, pad_width), dtype=object)
    except NotStaticError:
        return array(x.dtype, None)
    widths = np.broadcast_to(given, (len(dims), 2))
    padded = tuple(d + b + a for d, (b, a) in zip(dims, widths.tolist(), strict=True))
    return Num(x.dtype, padded, box=dims == ())


def _widths(q: Questions, pad_width: Kind) -> Any:
    """The dims that widths are, in tuples as they are given."""
    if isinstance(pad_width, Tuple | List) and pad_width.elements is not None:
        return [_widths(q, e) for e in pad_width.elements]
    if isinstance(pad_width, Num) and pad_width.dims == ():
        return dim_of_int(q, pad_width)
    raise NotStaticError(pad_width)


def _refuse_unknown(values: Kind) -> None:
    try:
        static(values)
    except NotStaticError:
        raise UnsupportedError(
            "np.pad with several constant_values= known only when running is not supported",
            fix="pad one side at a time",
        ) from None


@adjoint(np.pad, kind=_pad_kind)
def pad(
    array: Any,
    pad_width: Any,
    mode: Any = "constant",
    constant_values: Any = 0,
    stat_length: Any = None,
    end_values: Any = 0,
    reflect_type: Any = "even",
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The part inside the margins; what margins repeat has their adjoints as well."""
    if np.ndim(array) == 0:
        return y_bar, None, None, None
    if mode == "constant":
        inside = inside_margins(pad_width, np.ndim(array))
        inner = runtime.unpad(y_bar, array, pad_width) if inside is None else y_bar[inside]
        return inner, None, None, np.sum(y_bar) - np.sum(inner)
    if mode in ("edge", "reflect", "symmetric", "wrap") and reflect_type == "even":
        return runtime.unpad(y_bar, array, pad_width, mode), None, None, None
    return unsupported("np.pad with this mode", "use the mode 'constant' or 'edge'")


@adjoint(runtime.unpad, kind=like_second, name="unpad", memory="alias")
def unpad(
    values: Any, x: Any, pad_width: Any, mode: Any = "constant", *, y: Any, y_bar: Any
) -> Any:
    """Surrounded again."""
    return np.pad(y_bar, pad_width, mode)


def inside_margins(pad_width: Any, rank: int) -> Any:
    """The index of what is inside the margins of np.pad; None where only a run knows."""
    pairs = np.broadcast_to(pad_width, (rank, 2)).tolist()
    index = tuple(slice(before or None, -after or None) for before, after in pairs)
    return index if rank != 1 else index[0]


def _inside_kind(q: Questions, pad_width: Kind, rank: Kind) -> Kind:
    try:
        return Static(inside_margins(static(pad_width), static(rank)))
    except NotStaticError:
        return Static(None)


constant(inside_margins, lambda pad_width, rank: None, kind=_inside_kind)

# sliding -----------------------------------------------------------------------------------------


def _convolve_kind(q: Questions, a: Kind, v: Kind, mode: Kind) -> Kind:
    nums = numbers((a, v))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    dims = [n.dims for n in nums]
    if None in dims:
        return array(dtype, (q.fresh(("convolve", object()), "m"),))
    first, second = (d[0] if d else ONE for d in dims if d is not None)
    return array(dtype, (_convolved_dim(q, first, second, static(mode)),))


def _convolved_dim(q: Questions, first: Dim, second: Dim, mode: str) -> Dim:
    if mode == "full":
        return first + second - ONE
    longer = (first - second).static
    if longer is None:
        return q.fresh(("convolve", mode, first, second), "m")
    if mode == "same":
        return first if longer >= 0 else second
    return Dim.of(abs(longer) + 1)


@adjoint(np.convolve, kind=_convolve_kind)
def convolve(a: Any, v: Any, mode: Any = "full", *, y: Any, y_bar: Any) -> Any:
    """Each operand reversed slides along the adjoint, which stands in that of the full result."""
    left = a if np.ndim(a) == 1 else np.reshape(a, -1)
    right = v if np.ndim(v) == 1 else np.reshape(v, -1)
    if mode == "full":
        full = y_bar
    else:
        cut = min(np.size(left), np.size(right)) - 1
        before = cut if mode == "valid" else cut // 2
        after = cut - before if mode == "same" else cut
        full = np.pad(y_bar, (before, after))
    a_bar = shaped_like(np.convolve(full, right[::-1], "valid"), left)
    v_bar = shaped_like(np.convolve(full, left[::-1], "valid"), right)
    return (
        a_bar if np.ndim(a) == 1 else np.reshape(a_bar, np.shape(a)),
        v_bar if np.ndim(v) == 1 else np.reshape(v_bar, np.shape(v)),
    )

"""Shape families: what the result of each family of primitives is like, from its operands' kinds.

Each family function takes the compiler's `Questions` first and then one kind for each parameter of
the primitive, defaults filled in.  What it cannot infer is UNKNOWN, or an array of unknown rank
(`dims=None`); it never guesses.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    BOOL,
    FLOAT,
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
    Unknown,
    array,
    integer,
    scalar,
    static,
)


def broadcast(q: Questions, *shapes: Dims | None) -> Dims | None:
    """The dims of operands broadcast together; None when unknown."""
    result: Dims | None = ()
    for dims in shapes:
        result = _broadcast_two(q, result, dims)
    return result


def _broadcast_two(q: Questions, a: Dims | None, b: Dims | None) -> Dims | None:
    if a is None or b is None:
        return None
    if len(a) < len(b):
        a, b = b, a
    lead = len(a) - len(b)
    return a[:lead] + tuple(broadcast_dim(q, m, n) for m, n in zip(a[lead:], b, strict=True))


def broadcast_dim(q: Questions, m: Dim, n: Dim) -> Dim:
    """The dim of two axes broadcast together: two that are not 1 must be equal, or NumPy raises."""
    if m == n:
        return m
    one_m, one_n = q.is_one(m), q.is_one(n)
    if one_m:
        return n
    if one_n or one_m is False:
        return m
    if one_n is False:
        return n
    return q.fresh(("broadcast", m, n), "k")


def result_dtype(*kinds: Num) -> np.dtype[Any]:
    """NumPy's promotion (NEP 50): Python's own numbers are weak."""
    samples = [k.dtype.type(0).item() if k.weak else k.dtype for k in kinds]
    return np.result_type(*samples)


def elementwise(q: Questions, *kinds: Kind) -> Kind:
    """Arithmetic: the promoted dtype over the broadcast dims."""
    nums = numbers(kinds)
    if nums is None:
        return UNKNOWN
    weak = all(k.weak for k in nums)
    dims = broadcast(q, *(k.dims for k in nums))
    return Num(result_dtype(*nums), dims, weak=weak and dims == ())


def elementwise_float(q: Questions, *kinds: Kind) -> Kind:
    """Functions that turn ints and bools into floats: exp, division, sqrt ...  Never weak."""
    kind = elementwise(q, *kinds)
    if not isinstance(kind, Num):
        return kind
    return Num(kind.dtype if kind.is_float else FLOAT, kind.dims)


def division(q: Questions, *kinds: Kind) -> Kind:
    """True division, which keeps Python numbers weak."""
    kind = elementwise(q, *kinds)
    if not isinstance(kind, Num):
        return kind
    return Num(kind.dtype if kind.is_float else FLOAT, kind.dims, weak=kind.weak)


def comparison(q: Questions, *kinds: Kind) -> Kind:
    """Comparisons and logic: bools over the broadcast dims."""
    kind = elementwise(q, *kinds)
    if not isinstance(kind, Num):
        return kind
    return Num(BOOL, kind.dims, weak=kind.weak)


def ufunc(op: Any) -> Callable[..., Kind]:
    """The family of one ufunc: NumPy itself says the dtype, the dims broadcast.  Never weak."""

    def kind(q: Questions, *kinds: Kind) -> Kind:
        nums = numbers(kinds)
        dtype = None if nums is None else ufunc_dtype(op, nums)
        if nums is None or dtype is None:
            return UNKNOWN
        return array(dtype, broadcast(q, *(n.dims for n in nums)))

    return kind


def ufunc_dtype(op: Any, nums: list[Num]) -> np.dtype[Any] | None:
    """The dtype of a ufunc's first result; None where the ufunc refuses the operands."""
    weak = {"i": int, "f": float, "c": complex}
    operands = [weak.get(n.dtype.kind, n.dtype) if n.weak else n.dtype for n in nums]
    try:
        dtypes = op.resolve_dtypes((*operands, *[None] * op.nout))
    except TypeError:
        return None
    result: np.dtype[Any] = dtypes[op.nin]
    return result


def python_float(q: Questions, *kinds: Kind) -> Kind:
    """Functions of `math`, and float(): a Python float."""
    return scalar(float)


def python_int(q: Questions, *kinds: Kind) -> Kind:
    """A Python int known only when running."""
    return integer()


def python_bool(q: Questions, *kinds: Kind) -> Kind:
    """A Python bool known only when running."""
    return scalar(bool)


def reduction(q: Questions, x: Kind, axis: Kind, keepdims: Kind, *rest: Kind) -> Kind:
    """sum, max ...: x without the dims of `axis`, or with 1 there when `keepdims`."""
    x = as_number(x)
    if not isinstance(x, Num):
        return UNKNOWN
    dims = reduced_dims(q, x, axis, keepdims)
    return array(x.dtype, dims)


def reduction_sum(q: Questions, x: Kind, axis: Kind, keepdims: Kind, *rest: Kind) -> Kind:
    """sum, prod: bools and small ints are counted in ints."""
    kind = reduction(q, x, axis, keepdims)
    if isinstance(kind, Num) and kind.dtype.kind in "biu":
        return array(np.uint if kind.dtype.kind == "u" else int, kind.dims)
    return kind


def reduction_float(q: Questions, x: Kind, axis: Kind, keepdims: Kind, *rest: Kind) -> Kind:
    """mean, var, std, norm: ints become floats."""
    kind = reduction(q, x, axis, keepdims)
    if isinstance(kind, Num) and not kind.is_float:
        return array(float, kind.dims)
    return kind


def reduced_dims(q: Questions, x: Num, axis: Kind, keepdims: Kind) -> Dims | None:
    try:
        keep, over = bool(q.value(keepdims)), q.value(axis)
    except NotStaticError:
        return None
    if x.dims is None:
        return () if over is None and not keep else None
    rank = len(x.dims)
    given = range(rank) if over is None else over if isinstance(over, tuple) else (over,)
    axes = [a % rank for a in given]
    one = Dim.of(1)
    if keep:
        return tuple(one if i in axes else d for i, d in enumerate(x.dims))
    return tuple(d for i, d in enumerate(x.dims) if i not in axes)


def contraction(q: Questions, a: Kind, b: Kind) -> Kind:
    """matmul: the last axis of a against the second last of b, stacks broadcast."""
    a, b = as_number(a), as_number(b)
    if not (isinstance(a, Num) and isinstance(b, Num)):
        return UNKNOWN
    dtype = result_dtype(a, b)
    if a.dims is None or b.dims is None:
        return array(dtype, None)
    if not a.dims or not b.dims:
        return UNKNOWN
    stack = broadcast(q, a.dims[:-2], b.dims[:-2])
    if stack is None:
        return array(dtype, None)
    rows = a.dims[-2:-1]
    columns = b.dims[-1:] if len(b.dims) > 1 else ()
    return array(dtype, stack + rows + columns)


def dot(q: Questions, a: Kind, b: Kind) -> Kind:
    """np.dot: a product if either is a scalar, else the last axis of a against b's second last."""
    a, b = as_number(a), as_number(b)
    if not (isinstance(a, Num) and isinstance(b, Num)):
        return UNKNOWN
    dtype = result_dtype(a, b)
    if a.dims is None or b.dims is None:
        return array(dtype, None)
    if not a.dims or not b.dims:
        return array(dtype, a.dims or b.dims)
    return array(dtype, a.dims[:-1] + b.dims[:-2] + (b.dims[-1:] if len(b.dims) > 1 else ()))


def like_first(q: Questions, x: Kind, *rest: Kind) -> Kind:
    """A fresh array with x's dtype and dims: copy, zeros_like, cumsum with an axis ..."""
    x = as_number(x)
    return Num(x.dtype, x.dims, box=x.dims == ()) if isinstance(x, Num) else UNKNOWN


def like_second(q: Questions, x_bar: Kind, x: Kind, *rest: Kind) -> Kind:
    """An adjoint of x: the dtype of what it is made from, and x's dims."""
    nums = numbers((x_bar, x))
    return UNKNOWN if nums is None else array(nums[0].dtype, nums[1].dims)


def dims_of_shape(q: Questions, shape: Kind) -> Dims | None:
    """The dims that a shape argument (an int or a tuple or list of ints) means."""
    parts = shape.elements if isinstance(shape, Tuple | List) else (shape,)
    if parts is None:
        return None
    dims = tuple(dim_of_int(q, p) for p in parts)
    return dims if all(isinstance(p, Num) for p in parts) else None


def dim_of_int(q: Questions, kind: Kind) -> Dim:
    """The dim that an int means; a fresh one when its value is unknown."""
    if isinstance(kind, Num) and isinstance(kind.value, Dim):
        return kind.value
    return q.fresh(("int", object()), "n")


def dtype_of(q: Questions, dtype: Kind, default: Any = float) -> np.dtype[Any] | None:
    """The dtype that a dtype argument means; None when unknown."""
    if isinstance(dtype, Static):
        asked: np.dtype[Any] = np.dtype(default if dtype.value is None else dtype.value)
        return asked
    return None


def with_dtype(kind: Kind, dtype: Kind) -> Kind:
    """The kind with the dtype that a `dtype=` argument asks for, if it asks for one."""
    if is_none(dtype) or not isinstance(kind, Num):
        return kind
    asked = dtype_of(q=Questions(), dtype=dtype)
    return UNKNOWN if asked is None else replace(kind, dtype=asked, weak=False, value=None)


def is_none(kind: Kind) -> bool:
    """Whether the value is None for certain."""
    return isinstance(kind, Static) and kind.value is None


def refuse(what: str, given: Kind, fix: str = "", unless: Any = None) -> None:
    """Raise unless the argument is left at `unless`: an argument that no rule covers."""
    default = is_none(given) if unless is None else _is_value(given, unless)
    if not default:
        why = "no derivative rule covers it"
        raise UnsupportedError(f"{what} is not supported", why=why, fix=fix)


def _is_value(kind: Kind, value: Any) -> bool:
    try:
        return bool(static(kind) == value)
    except NotStaticError:
        return False


def numbers(kinds: tuple[Kind, ...]) -> list[Num] | None:
    """The operands as numbers (nested lists and tuples as arrays); None if any may not be one."""
    nums = [n for n in map(as_number, kinds) if isinstance(n, Num)]
    return nums if len(nums) == len(kinds) else None


def ranked(kind: Kind) -> tuple[Num, Dims] | None:
    """The operand as an array of known rank, with its dims."""
    number = as_number(kind)
    if not isinstance(number, Num) or number.dims is None:
        return None
    return number, number.dims


def as_number(kind: Kind) -> Num | Unknown:
    """What NumPy makes of a value: itself, or an array of a list or tuple of numbers."""
    if isinstance(kind, Num):
        return kind
    if isinstance(kind, List) and (kind.elements is None or kind.length.static is None):
        element = as_number(kind.element)
        if isinstance(element, Num) and element.dims is not None:
            return array(element.dtype, (kind.length, *element.dims))
        return UNKNOWN
    if isinstance(kind, Tuple | List):
        parts = [as_number(e) for e in kind.elements or ()]
        nums = [p for p in parts if isinstance(p, Num)]
        if nums and len(nums) == len(parts) and len({len(n.dims or ()) for n in nums}) == 1:
            dims = nums[0].dims
            return array(result_dtype(*nums), None if dims is None else (Dim.of(len(nums)), *dims))
    return UNKNOWN

"""np.einsum and np.tensordot: the adjoint of each operand by another contraction."""

from __future__ import annotations

import string
from collections.abc import Iterable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    BOOL,
    UNKNOWN,
    Dim,
    Kind,
    Num,
    Questions,
    Static,
    array,
    static,
)
from srcgrad.rules.compiling import known_when_compiling, unsupported
from srcgrad.rules.reductions import refuse_complex
from srcgrad.rules.shapes import broadcast_dim, is_none, numbers, refuse, result_dtype
from srcgrad.rules.table import adjoint, constant

Ranks = tuple[int, ...]

# einsum: subscripts ------------------------------------------------------------------------------


def labelled(subscripts: str, ranks: Ranks) -> tuple[list[str], str]:
    """The labels of each operand's axes and of the result's, ellipses written out."""
    left, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = left.split(",")
    named = [len(t.replace("...", "")) for t in terms]
    widths = [r - n if "..." in t else 0 for t, r, n in zip(terms, ranks, named, strict=True)]
    unused = [c for c in string.ascii_letters if c not in subscripts]
    dots = "".join(unused[: max(widths)])
    terms = [t.replace("...", dots[len(dots) - w :]) for t, w in zip(terms, widths, strict=True)]
    if not arrow:
        every = "".join(terms)
        result = "..." + "".join(sorted(c for c in set(every) - set(dots) if every.count(c) == 1))
    return terms, result.replace("...", dots)


def ranks_of(subscripts: str, *operands: Any) -> Ranks:
    """The operands' ranks, which their labels tell but for ellipses."""
    return tuple(map(np.ndim, operands))


def _ranks_kind(q: Questions, subscripts: Kind, *operands: Kind) -> Kind:
    text = str(q.value(subscripts))
    if "..." not in text:
        return Static(tuple(len(t.strip()) for t in text.partition("->")[0].split(",")))
    nums = numbers(operands)
    if nums is None or any(n.dims is None for n in nums):
        unsupported("np.einsum with an ellipsis, of operands of unknown rank,", "write labels")
    return Static(tuple(len(n.dims or ()) for n in nums or ()))


constant(ranks_of, lambda *operands: None, kind=_ranks_kind)


def _refuse_diagonal(term: str) -> None:
    """Raise if an operand has a label twice."""
    if len(set(term)) < len(term):
        raise UnsupportedError(
            f"the derivative of np.einsum by an operand labelled {term!r} is not supported",
            why="a label that stands there twice means a diagonal",
            fix="take the diagonal first, with np.diagonal",
        )


@known_when_compiling
def operand_count(subscripts: str) -> int:
    """How many operands there are."""
    return subscripts.count(",") + 1


@known_when_compiling
def share_subscripts(subscripts: str, ranks: Ranks, i: int) -> str:
    """The subscripts for an operand's adjoint, from the result's in its place and the others."""
    terms, result = labelled(subscripts, ranks)
    _refuse_diagonal(terms[i])
    others = [*terms[:i], result, *terms[i + 1 :]]
    return f"{','.join(others)}->{''.join(c for c in terms[i] if c in ''.join(others))}"


@known_when_compiling
def summed_axes(subscripts: str, ranks: Ranks, i: int) -> tuple[int, ...]:
    """The axes of an operand that nothing else has, over which it is summed alone."""
    terms, result = labelled(subscripts, ranks)
    others = "".join([*terms[:i], result, *terms[i + 1 :]])
    return tuple(k for k, c in enumerate(terms[i]) if c not in others)


@known_when_compiling
def share_order(subscripts: str, ranks: Ranks) -> tuple[int, ...] | None:
    """How to order the axes of one operand's result as they are in it; None if they are so."""
    terms, result = labelled(subscripts, ranks)
    _refuse_diagonal(terms[0])
    return _unless_sorted(result.index(c) for c in terms[0] if c in result)


def _unless_sorted(order: Iterable[int]) -> tuple[int, ...] | None:
    found = tuple(order)
    return None if found == tuple(range(len(found))) else found


def sizes_agree(subscripts: str, *operands: Any) -> bool:
    """Whether axes with one label have one size, so that no operand is broadcast."""
    terms, _ = labelled(subscripts, tuple(map(np.ndim, operands)))
    pairs: set[tuple[str, int]] = set()
    for term, operand in zip(terms, operands, strict=True):
        pairs |= set(zip(term, np.shape(operand), strict=True))
    return len({label for label, _ in pairs}) == len(pairs)


def _sizes_agree_kind(q: Questions, subscripts: Kind, *operands: Kind) -> Kind:
    return Num(BOOL, (), weak=True, value=_surely_agree(q, subscripts, operands))


def _surely_agree(q: Questions, subscripts: Kind, operands: tuple[Kind, ...]) -> bool:
    nums = numbers(operands)
    if nums is None or any(n.dims is None for n in nums):
        return False
    terms, _ = labelled(static(subscripts), tuple(len(n.dims or ()) for n in nums))
    dims: dict[str, set[Dim]] = {}
    for term, number in zip(terms, nums, strict=True):
        for label, dim in zip(term, number.dims or (), strict=True):
            dims.setdefault(label, set()).add(dim)
    return all(len(d) == 1 or {q.is_one(k) for k in d} in ({True}, {False}) for d in dims.values())


constant(sizes_agree, lambda *operands: None, kind=_sizes_agree_kind)

# einsum ------------------------------------------------------------------------------------------


def _einsum_kind(
    q: Questions, subscripts: Kind, a: Kind, b: Kind, c: Kind, d: Kind, out: Kind, optimize: Kind
) -> Kind:
    refuse("np.einsum with out=", out)
    refuse_complex("np.einsum", a, b, c, d)
    nums = numbers(tuple(k for k in (a, b, c, d) if not is_none(k)))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    if any(n.dims is None for n in nums):
        return array(dtype, None)
    terms, result = labelled(static(subscripts), tuple(len(n.dims or ()) for n in nums))
    if len(terms) == 1 and set(terms[0]) <= set(result):
        raise UnsupportedError(
            "np.einsum that sums nothing is not supported",
            why="its result is a view",
            fix="use np.transpose or np.diagonal",
        )
    sizes: dict[str, Dim] = {}
    for term, number in zip(terms, nums, strict=True):
        for label, dim in zip(term, number.dims or (), strict=True):
            sizes[label] = broadcast_dim(q, sizes.get(label, dim), dim)
    return array(dtype, [sizes[label] for label in result])


@adjoint(np.einsum, kind=_einsum_kind)
def einsum(
    subscripts: Any,
    a: Any,
    b: Any = None,
    c: Any = None,
    d: Any = None,
    out: Any = None,
    optimize: Any = False,
    *,
    y: Any,
    y_bar: Any,
) -> Any:
    """The result's adjoint in place of an operand gives that operand's."""
    count = operand_count(subscripts)
    if count == 1:
        return _share_of_one(subscripts, a, y_bar)
    if count == 2:
        return _shares_of_two(subscripts, a, b, y_bar, optimize)
    if count == 3:
        return _shares_of_three(subscripts, a, b, c, y_bar, optimize)
    return _shares_of_four(subscripts, a, b, c, d, y_bar, optimize)


def _share_of_one(subscripts: Any, a: Any, y_bar: Any) -> Any:
    ranks = ranks_of(subscripts, a)
    share = _reordered(y_bar, share_order(subscripts, ranks))
    a_bar = _fitted(share, a, summed_axes(subscripts, ranks, 0), True)
    return None, a_bar, None, None, None


def _shares_of_two(subscripts: Any, a: Any, b: Any, y_bar: Any, optimize: Any) -> Any:
    ranks = ranks_of(subscripts, a, b)
    agree = sizes_agree(subscripts, a, b)
    a_bar = np.einsum(share_subscripts(subscripts, ranks, 0), y_bar, b, optimize=optimize)
    b_bar = np.einsum(share_subscripts(subscripts, ranks, 1), a, y_bar, optimize=optimize)
    return (
        None,
        _fitted(a_bar, a, summed_axes(subscripts, ranks, 0), agree),
        _fitted(b_bar, b, summed_axes(subscripts, ranks, 1), agree),
        None,
        None,
    )


def _fitted(share: Any, operand: Any, alone: Any, agree: Any) -> Any:
    """A share with axes of 1 where its operand is summed alone; summed where it is broadcast."""
    whole = share if alone == () or np.ndim(share) == 0 else np.expand_dims(share, alone)
    if agree:
        return whole
    return runtime.unbroadcast(whole + np.zeros_like(operand), operand)


def _shares_of_three(subscripts: Any, a: Any, b: Any, c: Any, y_bar: Any, optimize: Any) -> Any:
    ranks = ranks_of(subscripts, a, b, c)
    agree = sizes_agree(subscripts, a, b, c)
    a_bar = np.einsum(share_subscripts(subscripts, ranks, 0), y_bar, b, c, optimize=optimize)
    b_bar = np.einsum(share_subscripts(subscripts, ranks, 1), a, y_bar, c, optimize=optimize)
    c_bar = np.einsum(share_subscripts(subscripts, ranks, 2), a, b, y_bar, optimize=optimize)
    return (
        None,
        _fitted(a_bar, a, summed_axes(subscripts, ranks, 0), agree),
        _fitted(b_bar, b, summed_axes(subscripts, ranks, 1), agree),
        _fitted(c_bar, c, summed_axes(subscripts, ranks, 2), agree),
        None,
    )


def _shares_of_four(
    subscripts: Any, a: Any, b: Any, c: Any, d: Any, y_bar: Any, optimize: Any
) -> Any:
    ranks = ranks_of(subscripts, a, b, c, d)
    agree = sizes_agree(subscripts, a, b, c, d)
    a_bar = np.einsum(share_subscripts(subscripts, ranks, 0), y_bar, b, c, d, optimize=optimize)
    b_bar = np.einsum(share_subscripts(subscripts, ranks, 1), a, y_bar, c, d, optimize=optimize)
    c_bar = np.einsum(share_subscripts(subscripts, ranks, 2), a, b, y_bar, d, optimize=optimize)
    d_bar = np.einsum(share_subscripts(subscripts, ranks, 3), a, b, c, y_bar, optimize=optimize)
    return (
        None,
        _fitted(a_bar, a, summed_axes(subscripts, ranks, 0), agree),
        _fitted(b_bar, b, summed_axes(subscripts, ranks, 1), agree),
        _fitted(c_bar, c, summed_axes(subscripts, ranks, 2), agree),
        _fitted(d_bar, d, summed_axes(subscripts, ranks, 3), agree),
    )


# tensordot ---------------------------------------------------------------------------------------


def _paired_axes(axes: Any, rank: int, other: int) -> tuple[list[int], list[int]]:
    """The axes of both operands that are summed over, in pairs."""
    if isinstance(axes, int):
        return list(range(rank - axes, rank)), list(range(axes))
    left, right = ([k] if isinstance(k, int) else list(k) for k in axes)
    return [k % rank for k in left], [k % other for k in right]


def _free(axes: list[int], rank: int) -> list[int]:
    return [k for k in range(rank) if k not in axes]


@known_when_compiling
def share_axes(axes: Any, rank: int, other: int, i: int) -> Any:
    """The axes that the contraction of the result's adjoint and the other operand is over."""
    left, right = _paired_axes(axes, rank, other)
    kept = rank - len(left)
    if i == 0:
        return tuple(range(kept, kept + other - len(right))), tuple(_free(right, other))
    return tuple(_free(left, rank)), tuple(range(kept))


@known_when_compiling
def axes_order(axes: Any, rank: int, other: int, i: int) -> tuple[int, ...] | None:
    """How to order that contraction's axes as they are in the operand; None if they are so."""
    left, right = _paired_axes(axes, rank, other)
    if i == 0:
        found = _free(left, rank) + [left[right.index(k)] for k in sorted(right)]
    else:
        found = [right[left.index(k)] for k in sorted(left)] + _free(right, other)
    return _unless_sorted(found.index(k) for k in range(len(found)))


def _tensordot_kind(q: Questions, a: Kind, b: Kind, axes: Kind) -> Kind:
    refuse_complex("np.tensordot", a, b)
    nums = numbers((a, b))
    if nums is None:
        return UNKNOWN
    dtype = result_dtype(*(Num(n.dtype) for n in nums))
    first, second = nums[0].dims, nums[1].dims
    if first is None or second is None:
        return array(dtype, None)
    left, right = _paired_axes(q.value(axes), len(first), len(second))
    kept = [first[k] for k in _free(left, len(first))]
    dims = (*kept, *(second[k] for k in _free(right, len(second))))
    return Num(dtype, dims, box=dims == ())


@adjoint(np.tensordot, kind=_tensordot_kind)
def tensordot(a: Any, b: Any, axes: Any = 2, *, y: Any, y_bar: Any) -> Any:
    """The result's adjoint against the other operand, over the axes that come from it."""
    if y.ndim == 0:
        a_bar, b_bar = y_bar * b, y_bar * a
    else:
        a_bar = np.tensordot(y_bar, b, share_axes(axes, np.ndim(a), np.ndim(b), 0))
        b_bar = np.tensordot(a, y_bar, share_axes(axes, np.ndim(a), np.ndim(b), 1))
    return (
        _reordered(a_bar, axes_order(axes, np.ndim(a), np.ndim(b), 0)),
        _reordered(b_bar, axes_order(axes, np.ndim(a), np.ndim(b), 1)),
    )


def _reordered(x: Any, order: Any) -> Any:
    """The array with its axes in another order, if one is given."""
    return x if order is None else np.transpose(x, order)

"""What Python's operators give: kinds for Python numbers, arrays and sequences alike.

Ints keep their symbolic values, so that the compiler knows `len(x) - 1`, and what is known when
compiling is computed at once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad.kinds import (
    BOOL,
    UNKNOWN,
    Dim,
    Kind,
    List,
    NotStaticError,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    integer,
    scalar,
    static,
)
from srcgrad.rules.shapes import broadcast, is_none, numbers, ufunc_dtype

KindFunction = Callable[..., Kind]

COMPARISONS: dict[Any, Any] = {
    operator.lt: np.less,
    operator.le: np.less_equal,
    operator.eq: np.equal,
    operator.ne: np.not_equal,
    operator.gt: np.greater,
    operator.ge: np.greater_equal,
}


def known(value: Any) -> Kind | None:
    """The kind of a Python value known when compiling; None for other objects.

    Floats keep no value: `1 / 3` is better left as it is written.
    """
    match value:
        case bool():
            return Num(BOOL, (), weak=True, value=value)
        case np.generic():
            return None
        case int():
            return integer(value) if abs(value) < 2**63 else None
        case float() | complex():
            return scalar(type(value))
        case str() | None:
            return Static(value)
        case tuple():
            parts = [known(v) for v in value]
            kinds = tuple(p for p in parts if p is not None)
            return Tuple(kinds) if len(kinds) == len(parts) else None
    return None


def folded(op: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """The kind of op(*operands), if all of them are known when compiling."""
    try:
        values = [static(k) for k in kinds]
        if op in (operator.pow, operator.lshift) and abs(values[1]) > 64:
            return None
        return known(op(*values))
    except (NotStaticError, ArithmeticError, TypeError, ValueError):
        return None


def operator_kind(op: Any, ufunc: Any) -> KindFunction:
    """Python's rules for Python's numbers, NumPy's as soon as there is one of NumPy's."""

    def kind(q: Questions, *kinds: Kind) -> Kind:
        known_kind = folded(op, kinds) or _symbolic(op, kinds) or _sequence(op, kinds)
        if known_kind is not None:
            return known_kind
        nums = numbers(kinds)
        if nums is None or not any(isinstance(k, Num) for k in kinds):
            return UNKNOWN
        if all(n.weak for n in nums):
            return _python_result(op, nums)
        dtype = ufunc_dtype(ufunc, nums)
        return UNKNOWN if dtype is None else array(dtype, broadcast(q, *(n.dims for n in nums)))

    return kind


def _python_result(op: Any, nums: list[Num]) -> Kind:
    """The type that Python gives numbers of these types."""
    if op is operator.pow and not any(n.is_float for n in nums):
        return _integer_power(nums)
    try:
        return scalar(type(op(*(n.dtype.type(1).item() for n in nums))))
    except TypeError:
        return UNKNOWN


def _integer_power(nums: list[Num]) -> Kind:
    """An int for an exponent that is not negative, else a float."""
    exponent = nums[1].value
    if isinstance(exponent, Dim) and exponent.static is not None:
        return integer() if exponent.static >= 0 else scalar(float)
    return UNKNOWN


def _symbolic(op: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """Arithmetic and comparison of ints whose values are dims."""
    dims = [k.value for k in kinds if isinstance(k, Num) and isinstance(k.value, Dim)]
    if len(dims) != len(kinds):
        return _symbolic_equality(op, kinds)
    match dims:
        case [a] if op is operator.neg:
            return integer(a.scaled(-1))
        case [a] if op is operator.pos:
            return integer(a)
        case [a, b]:
            return _symbolic_pair(op, a, b)
    return None


def _symbolic_pair(op: Any, a: Dim, b: Dim) -> Kind | None:
    if op is operator.add:
        return integer(a + b)
    if op is operator.sub:
        return integer(a - b)
    if op is operator.mul and (a.static is not None or b.static is not None):
        return integer(b.scaled(a.const) if a.static is not None else a.scaled(b.const))
    apart = (a - b).static
    if op in COMPARISONS and apart is not None:
        return known(op(apart, 0))
    return None


def _symbolic_equality(op: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    if op not in (operator.eq, operator.ne) or not all(isinstance(k, Tuple) for k in kinds):
        return None
    same = same_value(*kinds)
    return None if same is None else known(same if op is operator.eq else not same)


def same_value(a: Kind, b: Kind) -> bool | None:
    """Whether two shapes (tuples of ints) are equal; None if only a run can tell."""
    if isinstance(a, Tuple) and isinstance(b, Tuple):
        if len(a.elements) != len(b.elements):
            return False
        parts = [same_value(m, n) for m, n in zip(a.elements, b.elements, strict=True)]
        return False if False in parts else None if None in parts else True
    match a, b:
        case Num(value=Dim() as m), Num(value=Dim() as n):
            apart = (m - n).static
            return None if apart is None else apart == 0
    return None


def _sequence(op: Any, kinds: tuple[Kind, ...]) -> Kind | None:
    """Tuples and lists joined by + or repeated by *, which are not numbers."""
    match kinds:
        case [Tuple() | List() as items, Num() as count]:
            return _repeated(items, count) if op is operator.mul and count.weak else None
        case [Num() as count, Tuple() | List() as items]:
            return _repeated(items, count) if op is operator.mul and count.weak else None
        case [Tuple(a), Tuple(b)] if op is operator.add:
            return Tuple(a + b)
        case [Tuple() | List(), Tuple() | List()]:
            return scalar(bool) if op in COMPARISONS else UNKNOWN
    return None


def _repeated(items: Tuple | List, count: Num) -> Kind:
    times = count.value if isinstance(count.value, Dim) else None
    length = items.length.static if isinstance(items, List) else None
    if isinstance(items, List) and length is not None and times is not None:
        return List(items.element, times.scaled(length))
    if isinstance(items, Tuple) and times is not None and times.static is not None:
        return Tuple(items.elements * times.static)
    return UNKNOWN


def comparison_kind(op: Any, ufunc: Any) -> KindFunction:
    arithmetic = operator_kind(op, ufunc)

    def kind(q: Questions, a: Kind, b: Kind) -> Kind:
        result = arithmetic(q, a, b)
        number = any(isinstance(k, Num) and not k.is_scalar for k in (a, b))
        plain = isinstance(a, Static | Num | Tuple) and isinstance(b, Static | Num | Tuple)
        return scalar(bool) if result is UNKNOWN and plain and not number else result

    return kind


def identity_kind(op: Any) -> KindFunction:
    def kind(q: Questions, a: Kind, b: Kind) -> Kind:
        if isinstance(a, Static) and isinstance(b, Static):
            return known(op(a.value, b.value)) or scalar(bool)
        sure = Num | Tuple | List
        if (is_none(a) and isinstance(b, sure)) or (is_none(b) and isinstance(a, sure)):
            return Num(BOOL, (), weak=True, value=op is operator.is_not)
        return scalar(bool)

    return kind


def truth_kind(op: Any) -> KindFunction:
    def kind(q: Questions, a: Kind) -> Kind:
        if is_none(a):
            return Num(BOOL, (), weak=True, value=op is operator.not_)
        return folded(op, (a,)) or scalar(bool)

    return kind


def contains_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    return folded(operator.contains, (a, b)) or scalar(bool)

"""Python's own operators, the functions of `math`, and builtins.

Operators work on Python numbers and arrays alike.
"""

from __future__ import annotations

import bisect
import builtins
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import (
    UNKNOWN,
    Dict,
    Dim,
    Kind,
    List,
    Num,
    Questions,
    Static,
    Tuple,
    array,
    forget_value,
    integer,
    scalar,
)
from srcgrad.rules.elementwise import lowered, power
from srcgrad.rules.linalg import matmul
from srcgrad.rules.operators import (
    COMPARISONS,
    comparison_kind,
    contains_kind,
    folded,
    identity_kind,
    operator_kind,
    truth_kind,
)
from srcgrad.rules.shapes import (
    contraction,
    is_none,
    python_bool,
    python_float,
    python_int,
    result_dtype,
)
from srcgrad.rules.table import adjoint, constant, elementwise

# operators ---------------------------------------------------------------------------------------


def _smooth(op: Any, ufunc: Any, partials: Callable[..., Any], cheap: bool = False) -> None:
    elementwise(op, partials, kind=operator_kind(op, ufunc), cheap=cheap)


_smooth(operator.add, np.add, lambda a, b, y: (1, 1), cheap=True)
_smooth(operator.sub, np.subtract, lambda a, b, y: (1, -1), cheap=True)
_smooth(operator.mul, np.multiply, lambda a, b, y: (b, a), cheap=True)
_smooth(operator.truediv, np.divide, lambda a, b, y: (1 / b, -(1 / b * y)))
_smooth(operator.mod, np.remainder, lambda a, b, y: (1, -(a // b)))
_smooth(operator.pow, np.power, power)
_smooth(operator.neg, np.negative, lambda x, y: -1, cheap=True)
_smooth(operator.pos, np.positive, lambda x, y: 1, cheap=True)
_smooth(operator.abs, np.absolute, lambda x, y: np.sign(x))


adjoint(operator.matmul, kind=contraction)(matmul)

for _op, _ufunc in COMPARISONS.items():
    constant(_op, lambda a, b: None, kind=comparison_kind(_op, _ufunc), cheap=True)

for _op, _ufunc in {
    operator.floordiv: np.floor_divide,
    operator.and_: np.bitwise_and,
    operator.or_: np.bitwise_or,
    operator.xor: np.bitwise_xor,
    operator.lshift: np.left_shift,
    operator.rshift: np.right_shift,
}.items():
    constant(_op, lambda a, b: None, kind=operator_kind(_op, _ufunc), cheap=True)

constant(
    operator.invert, lambda x: None, kind=operator_kind(operator.invert, np.invert), cheap=True
)
constant(operator.not_, lambda x: None, kind=truth_kind(operator.not_), cheap=True)
constant(operator.truth, lambda x: None, kind=truth_kind(operator.truth), cheap=True)
constant(operator.is_, lambda a, b: None, kind=identity_kind(operator.is_), cheap=True)
constant(operator.is_not, lambda a, b: None, kind=identity_kind(operator.is_not), cheap=True)
constant(operator.contains, lambda a, b: None, kind=contains_kind, cheap=True)

constant(isinstance, lambda x, classes: None, kind=lambda q, x, classes: scalar(bool))

# math --------------------------------------------------------------------------------------------


def _math(op: Any, partials: Callable[..., Any]) -> None:
    elementwise(op, partials, kind=python_float)


_math(math.exp, lambda x, y: y)
_math(math.expm1, lambda x, y: y + 1)
_math(math.log1p, lambda x, y: 1 / (1 + x))
_math(math.log2, lambda x, y: 1 / (x * math.log(2)))
_math(math.log10, lambda x, y: 1 / (x * math.log(10)))
_math(math.sqrt, lambda x, y: 0.5 / y)
_math(math.sin, lambda x, y: math.cos(x))
_math(math.cos, lambda x, y: -math.sin(x))
_math(math.tan, lambda x, y: 1 + y * y)
_math(math.asin, lambda x, y: 1 / math.sqrt(1 - x * x))
_math(math.acos, lambda x, y: -1 / math.sqrt(1 - x * x))
_math(math.atan, lambda x, y: 1 / (1 + x * x))
_math(math.sinh, lambda x, y: math.cosh(x))
_math(math.cosh, lambda x, y: math.sinh(x))
_math(math.tanh, lambda x, y: 1 - y * y)
_math(math.asinh, lambda x, y: 1 / math.sqrt(x * x + 1))
_math(math.acosh, lambda x, y: 1 / math.sqrt(x * x - 1))
_math(math.atanh, lambda x, y: 1 / (1 - x * x))
_math(math.fabs, lambda x, y: np.sign(x))
_math(math.degrees, lambda x, y: 180 / math.pi)
_math(math.radians, lambda x, y: math.pi / 180)
_math(math.erf, lambda x, y: 2 / math.sqrt(math.pi) * math.exp(-x * x))
_math(math.erfc, lambda x, y: -2 / math.sqrt(math.pi) * math.exp(-x * x))
_math(math.atan2, lambda a, b, y: (b / (a * a + b * b), -a / (a * a + b * b)))
_math(math.fmod, lambda a, b, y: (1, (y - a) / b))
_math(math.copysign, lambda a, b, y: (np.sign(a) * math.copysign(1, b), None))
_math(math.pow, lambda a, b, y: (b * a ** lowered(a, b), y * math.log(a + (a == 0))))
if hasattr(math, "cbrt"):
    _math(math.cbrt, lambda x, y: 1 / (3 * y * y))
if hasattr(math, "exp2"):
    _math(math.exp2, lambda x, y: y * math.log(2))


def _log(x: Any, base: Any = None, y: Any = None) -> Any:
    if base is None:
        return 1 / x, None
    return 1 / (x * math.log(base)), -y / (base * math.log(base))


_math(math.log, _log)


@adjoint(math.hypot, kind=python_float)
def hypot(*coordinates: Any, y: Any, y_bar: Any) -> Any:
    """Zero at the origin."""
    length = y + (y == 0)
    shares: Any = ()
    for c in coordinates:
        shares = (*shares, y_bar * c / length)
    return shares


for _op in (math.floor, math.ceil, math.trunc, math.isqrt):
    constant(_op, lambda x: None, kind=python_int)
for _op in (math.gcd, math.lcm, math.comb, math.perm):
    constant(_op, lambda *integers: None, kind=python_int)
for _op in (math.isnan, math.isinf, math.isfinite):
    constant(_op, lambda x: None, kind=python_bool)
constant(math.factorial, lambda x: None, kind=python_int)
for _op in (bisect.bisect_left, bisect.bisect_right):
    constant(_op, lambda a, x, lo=0, hi=None: None, kind=python_int)

# builtins ----------------------------------------------------------------------------------------


def _convert_kind(cls: type) -> Callable[..., Kind]:
    def kind(q: Questions, x: Kind) -> Kind:
        return folded(cls, (x,)) or scalar(cls)

    return kind


def _int_kind(q: Questions, x: Kind) -> Kind:
    if isinstance(x, Num) and x.dtype.kind == "i" and x.is_scalar:
        return integer(x.value)
    return folded(int, (x,)) or integer()


elementwise(builtins.abs, lambda x, y: np.sign(x), kind=operator_kind(operator.abs, np.absolute))
elementwise(builtins.float, lambda x, y: 1, kind=_convert_kind(float), name="float")
constant(builtins.int, lambda x: None, kind=_int_kind, name="int", cheap=True)
constant(builtins.bool, lambda x: None, kind=_convert_kind(bool), name="bool", cheap=True)
elementwise(
    builtins.pow,
    lambda base, exp, y: power(base, exp, y),
    kind=operator_kind(operator.pow, np.power),
)


def _len_kind(q: Questions, x: Kind) -> Kind:
    match x:
        case Num(dims=(first, *_)):
            return integer(first)
        case Tuple(elements):
            return integer(len(elements))
        case Dict(keys):
            return integer(len(keys))
        case List(length=length):
            return integer(length)
        case Static(str() as text):
            return integer(len(text))
    return integer()


def _round_kind(q: Questions, number: Kind, ndigits: Kind) -> Kind:
    if not isinstance(number, Num) or not number.is_scalar or number.dtype.kind == "c":
        return UNKNOWN
    if is_none(ndigits):
        return integer()
    return Num(number.dtype if number.dtype.kind != "b" else np.dtype(int), (), weak=number.weak)


constant(builtins.len, lambda obj: None, kind=_len_kind, cheap=True)
constant(builtins.round, lambda number, ndigits=None: None, kind=_round_kind)


def _divmod_kind(q: Questions, a: Kind, b: Kind) -> Kind:
    quotient = operator_kind(operator.floordiv, np.floor_divide)(q, a, b)
    return Tuple((quotient, operator_kind(operator.mod, np.remainder)(q, a, b)))


@adjoint(builtins.divmod, kind=_divmod_kind)
def divmod_(a: Any, b: Any, *, y: Any, y_bar: Any) -> Any:
    """The remainder's; the quotient is a step function."""
    return runtime.unbroadcast(y_bar[1], a), runtime.unbroadcast(-y_bar[1] * y[0], b)


def _elements_kind(q: Questions, items: Kind) -> Kind:
    """What iterating over an operand gives, when it is the same each time."""
    match items:
        case Num(dtype, (_, *rest)):
            return array(dtype, rest)
        case List(elements=elements, length=Dim(terms=())) if elements:
            return _largest_kind(q, elements)
        case List(element=element):
            return forget_value(element)
        case Tuple(elements) if elements:
            return _largest_kind(q, elements)
    return UNKNOWN


def _largest_kind(q: Questions, kinds: tuple[Kind, ...]) -> Kind:
    nums = [k for k in kinds if isinstance(k, Num)]
    if len(nums) != len(kinds) or any(n.dims != () for n in nums):
        return UNKNOWN
    return Num(result_dtype(*nums), (), weak=all(n.weak for n in nums))


def _extreme_kind(op: Any) -> Callable[..., Kind]:
    def kind(q: Questions, *args: Kind) -> Kind:
        if len(args) > 1:
            return folded(op, args) or _largest_kind(q, args)
        one = _elements_kind(q, args[0])
        return one if isinstance(one, Num) and one.dims == () else UNKNOWN

    return kind


def _extreme(*args: Any, y: Any, y_bar: Any) -> Any:
    """Operands that tie share equally."""
    if len(args) == 1 and isinstance(args[0], np.ndarray):
        return (y_bar * (args[0] == y) / np.count_nonzero(args[0] == y),)
    if len(args) == 1:
        return (_extreme(*args[0], y=y, y_bar=y_bar),)
    if len(args) == 2:
        a, b = args
        return (
            y_bar * (a == y) - 0.5 * y_bar * (a == b),
            y_bar * (b == y) - 0.5 * y_bar * (a == b),
        )
    ties: Any = 0
    for a in args:
        ties = ties + (1 if a == y else 0)  # adding NumPy's bools is slow
    shares: Any = ()
    for a in args:
        shares = (*shares, y_bar / ties * (a == y))
    return shares


adjoint(builtins.max, kind=_extreme_kind(max))(_extreme)
adjoint(builtins.min, kind=_extreme_kind(min))(_extreme)


def _sum_kind(q: Questions, iterable: Kind, start: Kind) -> Kind:
    items: tuple[Kind, ...]
    match iterable:
        case Tuple(elements=items):
            pass
        case List(elements=tuple() as items, length=Dim(terms=())) if items:
            pass
        case _:
            items = (_elements_kind(q, iterable),)
    add = operator_kind(operator.add, np.add)
    total = Num(start.dtype, start.dims, start.weak) if isinstance(start, Num) else start
    for item in items:
        total = add(q, total, item)
    terms = [*items, start] if isinstance(start, Num) and start.is_float else items
    if len({_shape(q, t) for t in terms}) > 1:
        raise UnsupportedError(
            "sum of arrays of several shapes is not supported",
            why="each array would have a share of the adjoint of its own shape",
            fix="write the additions, or a loop",
        )
    return total


def _shape(q: Questions, kind: Kind) -> object:
    """What must be the same of terms that are summed, so that none is broadcast."""
    if not isinstance(kind, Num) or kind.dims is None:
        return object()
    return tuple(q.is_one(d) for d in kind.dims)


def _list_kind(q: Questions, iterable: Kind) -> Kind:
    if isinstance(iterable, List):
        return List(iterable.element, iterable.length, iterable.elements)
    if isinstance(iterable, Num) and iterable.dims:
        return List(array(iterable.dtype, iterable.dims[1:]), iterable.dims[0])
    return UNKNOWN


@adjoint(builtins.list, kind=_list_kind, linear=True)
def list_(iterable: Any = (), *, y: Any, y_bar: Any) -> Any:
    """That of each element; of the rows of an array, an array again."""
    return np.stack(y_bar) if isinstance(iterable, np.ndarray) else y_bar


@adjoint(builtins.sum, kind=_sum_kind, linear=True)
def sum_(iterable: Any, start: Any = 0, *, y: Any, y_bar: Any) -> Any:
    """Every element has the adjoint of the sum."""
    if isinstance(iterable, tuple):
        return (y_bar,) * len(iterable), y_bar
    if isinstance(iterable, list):
        return [y_bar] * len(iterable), y_bar
    return y_bar, y_bar

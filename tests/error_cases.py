"""Functions that srcgrad refuses, one for each construct, with the place the error must name.

Each is a plain function registered by `@refused(error, *args)`, which returns it as it is.  A
comment `# here: text` ends the line that the error must name; the column is that of `text` in this
line.  `MISTAKES` are programs that fail without srcgrad too.  Read by `test_errors.py`.
"""

# Programs as users write them, and worse: the odd constructs are what is tested.
# ruff: noqa: B009, B012, B023, B016, B905, F821, F841, RUF005, RUF015

from __future__ import annotations

import collections
import dataclasses
import functools
import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from srcgrad import (
    NoRuleError,
    NotDifferentiableError,
    SrcgradError,
    UnsupportedError,
)
from srcgrad.errors import NotKnownError


@dataclass(frozen=True)
class Refusal:
    """A function, the call that is refused, and the words that the message must hold."""

    function: Callable[..., Any]
    error: type[SrcgradError]
    args: tuple[Any, ...]
    words: str = ""
    place: Callable[..., Any] | None = None  # where the comment is, if not in the function
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.function.__name__


REFUSALS: list[Refusal] = []
MISTAKES: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def refused(
    error: type[SrcgradError],
    *args: Any,
    words: str = "",
    place: Callable[..., Any] | None = None,
    **options: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a refused call; the options are those of `grad`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        REFUSALS.append(Refusal(function, error, args, words, place, options))
        return function

    return register


def mistaken(*args: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a call that raises an exception of its own, with or without srcgrad."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        MISTAKES.append((function, args))
        return function

    return register


V3 = np.array([0.3, -1.2, 0.8])
M23 = np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]])
DATA = np.array([1.0, 2.0, 3.0])
TABLE = {"a": np.zeros(3)}
NUMBERS = [1.0, 2.0]
counter = 0.0


@dataclass
class Box:
    value: Any


class Pair(NamedTuple):
    first: Any
    second: Any


# statements --------------------------------------------------------------------------------------


@refused(UnsupportedError, 2.0, words="finally")
def returns_in_finally(x):
    for _ in range(3):
        try:
            if x > 1.0:
                return x * x
        finally:
            if x > 5.0:
                return x * 3.0  # here: return
    return x


@refused(UnsupportedError, 2.0, words="try")
def in_try_star(x):
    y = x
    try:  # here: try
        y = x * x
    except* ValueError:
        y = x
    return y


@refused(UnsupportedError, 2.0, words="class")
def class_inside(x):
    class Point:  # here: class
        pass

    return x * x


@refused(UnsupportedError, 2.0, words="global")
def writes_global(x):
    global counter  # here: global
    counter = x
    return x * x


@refused(UnsupportedError, 2.0, words="async")
def async_inside(x):
    async def later():  # here: async
        return x

    return x * x


@refused(UnsupportedError, 2.0, words="del")
def deletes_attribute(x):
    box = Box(x)
    del box.value  # here: box.value
    return x


@refused(UnsupportedError, V3, words="attribute")
def stores_shape(x):
    y = x * 2.0
    y.shape = (3, 1)  # here: y.shape
    return np.sum(y)


@refused(UnsupportedError, (1.0, 2.0), words="attribute")
def stores_field(x):
    pair = Pair(*x)
    pair.first = 3.0  # here: pair.first
    return pair.second


@refused(UnsupportedError, (1.0, 2.0), words="cannot be changed")
def stores_into_tuple(x):
    x[0] = 3.0  # here: x[0]
    return x[1]


@refused(UnsupportedError, 2.0, words="cannot be changed")
def augments_element_of_tuple(x):
    y = (x, x * x)
    y[0] += 1.0  # here: y[0]
    return y[1]


@refused(UnsupportedError, 2.0, words="cannot be changed")
def unpacks_into_tuple(x):
    y = (0.0, 0.0)
    a, y[0] = x, x * x  # here: y[0]
    return a + y[1]


@refused(UnsupportedError, V3, words="cannot be changed")
def stores_into_number(x):
    y = x[0]
    y[0] = 1.0  # here: y[0]
    return y


@refused(UnsupportedError, V3, words="cannot be written to")
def stores_into_broadcast(x):
    y = np.broadcast_to(x, (2, 3))
    y[0, 0] = 1.0  # here: y[0, 0]
    return np.sum(y)


@refused(UnsupportedError, M23, words="cannot be written to")
def augments_diagonal(x):
    y = np.diagonal(x)
    y += 1.0  # here: y +=
    return np.sum(y)


@refused(UnsupportedError, 2.0, words="DATA")
def stores_into_global(x):
    DATA[0] = x  # here: DATA[0]
    return np.sum(DATA)


@refused(UnsupportedError, 2.0, words="DATA")
def stores_into_global_under_a_name(x):
    y = DATA
    y[0] = x  # here: y[0]
    return np.sum(y)


@refused(UnsupportedError, 2.0, words="DATA")
def stores_into_view_of_global(x):
    y = DATA[1:].reshape(2, 1)
    y[0] = x  # here: y[0]
    return np.sum(y)


@refused(UnsupportedError, 2.0, words="DATA")
def augments_global_array(x):
    y = DATA
    y += x  # here: y +=
    return np.sum(y)


@refused(UnsupportedError, 2.0, words="TABLE")
def stores_key_of_global(x):
    TABLE["b"] = x  # here: TABLE["b"]
    return TABLE["b"]


@refused(UnsupportedError, 2.0, words="TABLE")
def stores_into_array_in_global(x):
    TABLE["a"][0] = x  # here: TABLE["a"][0]
    return np.sum(TABLE["a"])


def store_into(v, x):
    v[0] = x  # here: v[0]


@refused(UnsupportedError, 2.0, words="DATA", place=store_into)
def hands_global_to_a_store(x):
    store_into(DATA, x)
    return np.sum(DATA)


def with_buffer():
    buffer = np.zeros(3)

    @refused(UnsupportedError, 2.0, words="buffer")
    def stores_into_closure(x):
        buffer[0] = x  # here: buffer[0]
        return np.sum(buffer)


with_buffer()


@refused(UnsupportedError, V3, True, words="changed")
def stores_into_one_of_two(x, choice):
    a = x * 1.0
    b = x * 2.0
    c = a if choice else b
    c[0] = 1.0
    return a[0] * b[0]  # here: a[0]


@refused(UnsupportedError, V3, words="changed")
def stores_into_one_of_two_by_if(x):
    a = x * 1.0
    b = x * 2.0
    if x[0] > 0:
        c = a
    else:
        c = b
    c *= 3.0
    return np.sum(b)  # here: np.sum


@refused(UnsupportedError, V3, words="changed")
def stores_into_the_first_or_the_last(x):
    a = x * 1.0
    b = a
    for i in range(100):
        b[0] = x[i % 3]
        b = x * 2.0
    return a[0]  # here: a[0]


def raise_first(y):
    y[0] += 1.0
    return y[0] < 3.0


@refused(UnsupportedError, V3, words="test")
def stores_in_the_test_of_while(x):
    y = x * 1.0
    while raise_first(y):  # here: while
        y[1] *= x[1]
    return y[1]


@refused(UnsupportedError, [1.0, 2.0], words="grows")
def appends_to_what_it_loops_over(x):
    y = list(x)
    total = 0.0
    for v in y:  # here: for
        if len(y) < 5:
            y.append(2.0 * v)
        total += v * v
    return total


@refused(UnsupportedError, [1.0, 2.0], words="shrinks")
def pops_from_what_it_loops_over(x):
    y = list(x)
    total = 0.0
    for v in y:  # here: for
        y.pop()
        total += v * v
    return total


# expressions -------------------------------------------------------------------------------------


@refused(NoRuleError, V3, words="set")
def set_comprehension(x):
    y = {v for v in x}  # here: {v
    return sum(y)


@refused(NoRuleError, 2.0, words="set")
def set_display(x):
    y = {1.0, x}  # here: {1.0
    return sum(y)


@refused(UnsupportedError, 2.0, words="generator")
def generates(x):
    y = x * x
    yield y  # here: yield


@refused(UnsupportedError, 2.0, words="generator")
def generates_from(x):
    yield from [x]  # here: yield from


@refused(UnsupportedError, 2.0, words="generator")
def generator_inside(x):
    def values():
        y = yield x  # here: yield
        yield y

    return sum(values())


@refused(UnsupportedError, 2.0, words="async")
async def is_async(x):  # here: async
    return x * x


@refused(UnsupportedError, 2.0, words="async")
async def awaits(x):  # here: async
    y = await is_async(x)
    return y


@refused(UnsupportedError, 2.0, words="format")
def computed_format(x):
    width = 8
    print(f"{x:{width}}")  # here: f"
    return x * x


@refused(UnsupportedError, 2.0, words="'y' is read before it is assigned")
def reads_unassigned(x):
    z = x * y  # here: y
    y = 2.0
    return z + y


@refused(UnsupportedError, 2.0, words="'y' is read before it is assigned")
def reads_deleted(x):
    y = x * x
    del y
    return x + y  # here: y


@refused(UnsupportedError, 2.0, words="'undefined_name'")
def reads_unknown_name(x):
    return x * undefined_name  # here: undefined_name


@refused(UnsupportedError, 2.0, words="'undefined_function'")
def calls_unknown_name(x):
    return 1.0 + undefined_function(x)  # here: undefined_function


@refused(UnsupportedError, 2.0, words="'sine'")
def unknown_attribute_of_module(x):
    return 2 * np.sine(x)  # here: np.sine


# calls of functions without a rule ---------------------------------------------------------------


@refused(NoRuleError, 2.0, words="complex")
def builtin_without_rule(x):
    y = complex(x)  # here: complex
    return y.real


@refused(NoRuleError, 2.0, words="roots")
def numpy_without_rule(x):
    return x + np.roots([x, 1.0])[0]  # here: np.roots


@refused(NoRuleError, V3, words="roots")
def array_function_without_rule(x):
    y = np.roots(x)  # here: np.roots
    return np.sum(y)


@refused(NoRuleError, V3, words="reduce")
def ufunc_method(x):
    return np.logaddexp.reduce(x)  # here: np.logaddexp.reduce


@refused(NoRuleError, V3, words="square")
def vectorized(x):
    return np.sum(square_all(x))  # here: square_all


@refused(NoRuleError, V3, words="from_python")
def made_by_frompyfunc(x):
    return np.sum(from_python(x))  # here: from_python


@refused(NoRuleError, 2.0, words="roots")
def without_rule_in_a_callee(x):
    return 2.0 * calls_roots(x)


def calls_roots(v):
    return v * np.roots([v, 1.0])[0]  # here: np.roots


REFUSALS[-1] = dataclasses.replace(REFUSALS[-1], place=calls_roots)


@refused(NoRuleError, V3, words="'byteswap'")
def method_without_rule(x):
    return np.sum(x.byteswap())  # here: x.byteswap


@refused(NoRuleError, V3, words="'norm'")
def unknown_method(x):
    return x.norm()  # here: x.norm


@refused(NoRuleError, V3, words="length")
def unknown_attribute(x):
    return np.sum(x) / x.length  # here: x.length


@refused(NoRuleError, V3, words="shuffle")
def shuffles(x):
    y = x * 2.0
    np.random.shuffle(y)  # here: np.random
    return y[0]


@refused(NotKnownError, [3.0, 1.0], words="an element that only a run knows which one it is")
def removes(x):
    y = list(x)
    y.remove(3.0)  # here: y.remove
    return y[0]


@refused(NoRuleError, 2.0, words="heappush")
def pushes_onto_a_heap(x):
    y = [3.0]
    heapq.heappush(y, x)  # here: heapq.heappush
    return y[0]


@refused(NoRuleError, 2.0, words="'append'")
def appends_to_global(x):
    NUMBERS.append(x)  # here: NUMBERS.append
    return NUMBERS[-1]


@refused(UnsupportedError, V3, words="put_along_axis")
def puts_along_axis(x):
    y = x * 2.0
    np.put_along_axis(y, np.array([0]), 5.0, None)  # here: np.put_along_axis
    return np.sum(y)


@refused(NoRuleError, V3, words="'partition'")
def partitions(x):
    y = x * 1.0
    y.partition(1)  # here: y.partition
    return y[0]


@refused(NoRuleError, V3, words="'resize'")
def resizes(x):
    y = x * 1.0
    y.resize(2)  # here: y.resize
    return y[0]


@refused(NoRuleError, V3, words="at")
def maximum_at(x):
    y = np.zeros(3)
    np.maximum.at(y, [0, 1, 1], x)  # here: np.maximum.at
    return np.sum(y)


@refused(NoRuleError, V3, words="at")
def multiplies_at(x):
    y = np.ones(3)
    np.multiply.at(y, [0, 1, 1], x)  # here: np.multiply.at
    return np.sum(y)


@refused(UnsupportedError, 2.0, words="eval")
def evaluates(x):
    return eval("v * v", {"v": x})  # here: eval


# unsupported arguments ---------------------------------------------------------------------------


@refused(UnsupportedError, V3, words="'where'")
def where_of_ufunc(x):
    return np.sum(np.exp(x, where=x > 0))  # here: np.exp


@refused(UnsupportedError, V3, words="'where'")
def where_and_out_of_ufunc(x):
    y = np.zeros(3)
    np.exp(x, out=y, where=x > 0)  # here: np.exp
    return np.sum(y)


@refused(UnsupportedError, V3, words="copy")
def changes_what_is_not_finite(x):
    y = x * 1.0
    np.nan_to_num(y, copy=False)  # here: np.nan_to_num
    return np.sum(y)


@refused(UnsupportedError, V3, words="mode")
def puts_with_mode(x):
    y = x * 1.0
    np.put(y, [5], [1.0], mode="wrap")  # here: np.put
    return np.sum(y)


@refused(UnsupportedError, np.ones((5, 2)), words="wrap")
def fills_diagonal_again_and_again(x):
    y = x * 1.0
    np.fill_diagonal(y, 2.0, wrap=True)  # here: np.fill_diagonal
    return np.sum(y)


@refused(UnsupportedError, V3, words="'dtype'")
def dtype_of_ufunc(x):
    return np.sum(np.sin(x, dtype=np.float32))  # here: np.sin


@refused(UnsupportedError, V3, words="'where'")
def where_of_sum(x):
    return np.sum(x, where=x > 0)  # here: np.sum


@refused(UnsupportedError, V3, words="'initial'")
def initial_of_sum(x):
    return np.sum(x, initial=1.0)  # here: np.sum


@refused(UnsupportedError, V3, words="'cast'")
def unknown_keyword(x):
    return np.sum(x, cast=True)  # here: np.sum


@refused(UnsupportedError, 2.0, words="number")
def too_many_for_a_rule(x):
    return math.sin(x, x)  # here: math.sin


@refused(UnsupportedError, 2.0, words="without its argument")
def too_few_for_a_rule(x):
    return math.atan2(x)  # here: math.atan2


@refused(UnsupportedError, V3, words="unpacking")
def unpacks_too_few(x):
    a, b = x  # here: a, b
    return a + b


@refused(UnsupportedError, 2.0, words="loop")
def loops_over_number(x):
    y = 0.0
    for v in x:  # here: for
        y = y + v
    return y


# calls of the user's functions -------------------------------------------------------------------


def scale(v, by=2.0, *, shift=0.0):
    return v * by + shift


@refused(UnsupportedError, 2.0, words="scale")
def too_many_arguments(x):
    return 1.0 + scale(x, 2.0, 3.0)  # here: scale


@refused(UnsupportedError, 2.0, words="misses its argument 'v'")
def missing_argument(x):
    return x + scale(by=x)  # here: scale


@refused(UnsupportedError, 2.0, words="'factor'")
def unexpected_keyword(x):
    return scale(x, factor=2.0)  # here: scale


@refused(UnsupportedError, 2.0, words="'v'")
def repeated_argument(x):
    return scale(x, v=x)  # here: scale


@refused(UnsupportedError, 2.0, words="misses its argument 'b'")
def missing_argument_of_lambda(x):
    add = lambda a, b: a + b  # noqa: E731
    return add(x)  # here: add(


@refused(UnsupportedError, 2.0, 1, words="chosen")
def chosen_by_index(x, i):
    functions = [np.sin, np.cos]
    return functions[i](x)  # here: functions[i]


@refused(UnsupportedError, 2.0, words="call")
def calls_a_number(x):
    y = x * x
    return y(x)  # here: y(


# results that have no gradient -------------------------------------------------------------------


@refused(NotDifferentiableError, V3, words="array")
def returns_array(x):
    y = x * x
    return y  # here: return


@refused(NotDifferentiableError, M23, words="array")
def returns_matrix(x):
    if x[0, 0] > 10:
        raise ValueError("too large")
    return x @ x.T  # here: return


@refused(NotDifferentiableError, 2.0, words="tuple")
def returns_tuple(x):
    return x, x * x  # here: return


@refused(NotDifferentiableError, 2.0, words="list")
def returns_list(x):
    return [x, x * x]  # here: return


@refused(NotDifferentiableError, 2.0, words="dict")
def returns_dict(x):
    return {"value": x}  # here: return


@refused(NotDifferentiableError, (1.0, 2.0), words="tuple")
def returns_its_tuple(x):
    return x  # here: return


@refused(NotDifferentiableError, 2.0, words="str")
def returns_text(x):
    return "text"  # here: return


@refused(NotDifferentiableError, 2.0, words="str")
def returns_formatted(x):
    return f"{x}"  # here: return


@refused(NotDifferentiableError, 2.0, words="None")
def returns_none(x):
    y = x * x
    print(y)
    return None  # here: return


@refused(NotDifferentiableError, 2.0, words="None")
def returns_nothing(x):  # here: def
    y = x * x
    print(y)


@refused(NotDifferentiableError, -2.0, words="None")
def returns_nothing_on_one_path(x):
    if x > 0:  # here: if
        return x * x


@refused(NotDifferentiableError, 2.0, words="function")
def returns_function(x):
    return lambda v: v * x  # here: return


@refused(NotDifferentiableError, V3, words="int")
def returns_int(x):
    return len(x)  # here: return


@refused(NotDifferentiableError, 2.0, words="complex")
def returns_complex(x):
    return x * 1j  # here: return


@refused(NotDifferentiableError, 2.0, words="pair", has_aux=True)
def aux_without_pair(x):
    return x * x  # here: return


@refused(NotDifferentiableError, 2.0, words="pair", has_aux=True)
def aux_with_three(x):
    return x, x, x  # here: return


@refused(NotDifferentiableError, V3, words="array", has_aux=True)
def aux_first_is_array(x):
    return x, 1.0  # here: return


# arguments that have no gradient -----------------------------------------------------------------


def total(x):
    return np.sum(x)


def product(x, y):
    return x * y


def reads_counter(x):
    return x * counter


class Plain:
    def __init__(self, value):
        self.value = value

    def __call__(self, x):
        return self.value * x


@refused(UnsupportedError, Plain(1.0), words="arithmetic on a value of kind Plain")
def sums_an_object(x):
    return np.sum(x)  # here: np.sum


BAD_ARGUMENTS: dict[str, Any] = {
    "int array": np.arange(3),
    "bool array": np.array([True, False]),
    "unsigned array": np.arange(3, dtype=np.uint8),
    "int scalar of NumPy": np.int64(3),
    "bool": True,
    "string": "text",
    "bytes": b"text",
    "None": None,
    "object array": np.array([1.0, None], dtype=object),
    "string array": np.array(["a", "b"]),
    "record array": np.zeros(2, dtype=[("a", float), ("b", float)]),
    "date array": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "masked array": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "set": {1.0, 2.0},
    "range": range(3),
    "function": math.sin,
    "module": math,
    "slice": slice(0, 1),
    "list of strings": ["a", "b"],
    "list of int arrays": [np.arange(3), np.arange(2)],
    "tuple of None": (None, None),
    "dict of strings": {"a": "b"},
    "empty tuple": (),
    "namespace": SimpleNamespace(a=1.0),
    "generator": random.Random(0),
}


# mistakes of the user's own ----------------------------------------------------------------------


@mistaken(2.0)
def raises_itself(x):
    raise KeyError("mine")


@mistaken(2.0)
def fails_its_assertion(x):
    assert x > 3, "x is too small"
    return x


@mistaken(0.0)
def divides_by_zero(x):
    return 1.0 / x


@mistaken(-1.0)
def outside_the_domain(x):
    return math.sqrt(x)


@mistaken(V3)
def index_out_of_range(x):
    return x[7]


@mistaken(V3)
def too_many_indices(x):
    return x[0, 1]


@mistaken((1.0, 2.0))
def element_out_of_range(x):
    return x[5]


@mistaken([1.0, 2.0])
def list_element_out_of_range(x):
    return x[5] * 2


@mistaken({"a": 1.0})
def missing_key(x):
    return x["b"]


@mistaken(V3)
def shapes_that_do_not_fit(x):
    return np.sum(x + np.ones(4))


@mistaken(M23)
def matrices_that_do_not_fit(x):
    return np.sum(x @ x)


@mistaken(M23)
def dot_that_does_not_fit(x):
    return np.sum(np.dot(x, x))


@mistaken(2.0)
def matmul_of_scalars(x):
    return x @ x


@mistaken(V3)
def reshape_that_does_not_fit(x):
    return np.sum(np.reshape(x, (2, 2)))


@mistaken(V3)
def concatenation_that_does_not_fit(x):
    return np.sum(np.concatenate([x, np.ones((2, 2))]))


@mistaken(V3)
def stack_that_does_not_fit(x):
    return np.sum(np.stack([x, np.ones(2)]))


@mistaken(V3)
def stack_of_nothing(x):
    return np.sum(np.stack([])) + x[0]


@mistaken(V3)
def bad_transpose(x):
    return np.sum(np.transpose(x, (0, 1)))


@mistaken(M23)
def axis_out_of_range(x):
    return np.sum(np.sum(x, axis=2))


@mistaken(2.0)
def range_of_four(x):
    for _ in range(0, 1, 2, 3):
        x = x + 1
    return x


@mistaken(2.0)
def enumerates_with_two_starts(x):
    for i, _ in enumerate([x], 1, start=2):
        x = x + i
    return x


@mistaken(2.0)
def imports_what_is_missing(x):
    import no_such_module_anywhere

    return x * no_such_module_anywhere.scale


@mistaken(V3)
def bad_axis(x):
    return np.max(x, axis=3)


@mistaken(V3)
def axis_of_text(x):
    return np.sum(np.sum(x, axis="rows"))


@mistaken(M23)
def squeeze_of_a_wide_axis(x):
    return np.sum(np.squeeze(x, axis=1))


@mistaken(V3)
def truth_of_array(x):
    return x[0] if x > 0 else x[1]


@mistaken(V3)
def while_of_array(x):
    while x > 0:
        x = x - 1
    return np.sum(x)


@mistaken(V3)
def float_of_array(x):
    return float(x)


@mistaken(2.0)
def index_of_number(x):
    return x[0]


@mistaken(2.0)
def length_of_number(x):
    return x * len(x)


@mistaken(2.0)
def range_of_float(x):
    for _ in range(x):
        x = x + 1
    return x


@mistaken(2.0)
def unpacks_number(x):
    a, b = x
    return a + b


@mistaken((1.0, 2.0))
def unpacks_too_many(x):
    a, b, c = x
    return a + b + c


@mistaken(2.0)
def unpacks_starred_too_few(x):
    a, b, *c = (x,)
    return a


@mistaken(2.0)
def adds_text(x):
    return x + "text"


@mistaken(2.0)
def adds_none(x):
    return x + None


@mistaken(2.0)
def adds_tuple(x):
    return x + (1.0, 2.0)


@mistaken(2.0)
def negates_tuple(x):
    return -(x, x)


@mistaken(2.0)
def calls_none(x):
    f = None
    return f(x)


@mistaken(2.0)
def calls_text(x):
    text = "text"
    return text(x)


@mistaken(2.0)
def isinstance_of_one(x):
    return x if isinstance(x) else 1.0


@mistaken(2.0)
def length_of_nothing(x):
    return len() * x


@mistaken(2.0)
def range_of_nothing(x):
    for _ in range():
        x = x + 1
    return x


@mistaken(2.0)
def enumerates_nothing(x):
    for i, _ in enumerate():
        x = x + i
    return x


@mistaken(2.0)
def zips_number(x):
    for a, b in zip(x, x):
        x = a + b
    return x


@mistaken([1.0])
def zips_number_with_list(x):
    y = 0.0
    for a, b in zip(x, 3.0):
        y = a + b
    return y


@mistaken(2.0)
def reverses_number(x):
    for a in reversed(x):
        x = a
    return x


@mistaken((1.0, 2.0))
def reverses_two(x):
    y = 0.0
    for a in reversed(x, x):
        y = a
    return y


@mistaken([1.0, 2.0])
def slice_of_step_zero(x):
    return x[::0][0]


@mistaken(2.0)
def tuple_slice_of_step_zero(x):
    return (x, x)[::0][0]


@mistaken(2.0)
def range_of_step_zero(x):
    for _ in range(0, 3, 0):
        x = x + 1
    return x


@mistaken(2.0)
def named_tuple_without_field(x):
    return Pair(x).first


@mistaken(2.0)
def named_tuple_with_too_many(x):
    return Pair(x, x, x).first


@mistaken(2.0)
def named_tuple_with_unknown_field(x):
    return Pair(x, third=x).first


@mistaken(2.0)
def index_of_tuple_by_text(x):
    pair = (x, x)
    return pair["a"]


@mistaken(2.0)
def index_of_tuple_by_float(x):
    pair = (x, x)
    return pair[1.0]


@mistaken(2.0)
def unhashable_key(x):
    return {[1]: x}[0]


@mistaken(2.0)
def unhashable_lookup(x):
    return {"a": x}[[1]]


@mistaken({"a": 1.0})
def get_of_nothing(x):
    return x.get()


@mistaken({"a": 1.0})
def unhashable_get(x):
    return x.get([1], 2.0)


@mistaken(2.0)
def raises_text(x):
    raise "text"


@mistaken(2.0)
def raises_nothing(x):
    raise


@mistaken(2.0)
def converts_text(x):
    return float("text") * x


@mistaken(2.0)
def tuple_of_number(x):
    return tuple(x)[0]


@mistaken(2.0)
def list_of_two(x):
    return list([x], [x])[0]


@mistaken(2.0)
def getattr_of_missing(x):
    return getattr(x, "missing")


@mistaken(2.0)
def getattr_of_nothing(x):
    return getattr() * x


@mistaken(2.0)
def where_of_one(x):
    return np.where(x, x)


@mistaken(2.0)
def sum_of_number(x):
    return sum(x)


@mistaken([])
def max_of_nothing(x):
    return max(x)


@mistaken(2.0)
def max_of_number(x):
    return max(x)


@mistaken(V3)
def bad_order_of_norm(x):
    return np.linalg.norm(x, ord="rows")


@mistaken(V3)
def bad_dtype(x):
    return np.sum(x.astype("nonsense"))


@mistaken(V3)
def array_with_bad_shape(x):
    return np.sum(np.zeros("shape")) + x[0]


@mistaken(V3)
def clip_of_nothing(x):
    return np.sum(np.clip())


@mistaken(V3)
def trace_of_vector(x):
    return np.trace(x)


@mistaken(2.0)
def trace_of_number(x):
    return np.trace(x)


@mistaken(V3)
def inner_that_does_not_fit(x):
    return np.inner(x, np.ones(4))


@mistaken(2.0)
def isinstance_of_text(x):
    return x if isinstance(x, "float") else 1.0


@mistaken(2.0)
def formats_badly(x):
    print(f"{x:nonsense}")
    return x * x


@mistaken(2.0)
def prints_badly(x):
    print(x, nonsense=1)
    return x * x


@mistaken(V3)
def store_out_of_range(x):
    y = np.zeros(3)
    y[7] = x[0]
    return y[0]


@mistaken(V3)
def store_that_does_not_fit(x):
    y = np.zeros(3)
    y[:2] = x
    return np.sum(y)


@mistaken(V3)
def store_of_array_into_element(x):
    y = np.zeros(3)
    y[0] = x
    return np.sum(y)


@mistaken(V3)
def store_of_text(x):
    y = x * 1.0
    y[0] = "text"
    return y[0]


@mistaken(V3)
def out_that_does_not_fit(x):
    y = np.zeros(4)
    np.exp(x, out=y)
    return np.sum(y)


@mistaken(V3)
def update_of_other_dtype(x):
    y = np.arange(3)
    y += x
    return np.sum(y * x)


@mistaken(2.0)
def list_store_out_of_range(x):
    y = [0.0, 0.0]
    y[5] = x
    return y[0]


@mistaken(2.0)
def list_store_at_float(x):
    y = [0.0, 0.0]
    y[1.0] = x
    return y[0]


@mistaken(2.0)
def store_into_none(x):
    y = None
    y[0] = x
    return x


@mistaken(2.0)
def store_into_text(x):
    y = "text"
    y[0] = "b"
    return x


@mistaken(2.0)
def pop_of_nothing(x):
    y = []
    y.pop()
    return x


@mistaken(2.0)
def pop_out_of_range(x):
    y = [x]
    y.pop(3)
    return x


@mistaken(2.0)
def append_of_two(x):
    y = []
    y.append(x, x)
    return y[0]


@mistaken(V3)
def fill_of_two(x):
    y = x * 1.0
    y.fill(1.0, 2.0)
    return y[0]


@mistaken({"a": 1.0})
def unhashable_store(x):
    x[[1]] = 2.0
    return x["a"]


@mistaken({"a": 1.0})
def update_of_missing_key(x):
    x["b"] += 2.0
    return x["b"]


def square(v):
    return v * v


square_all = np.vectorize(square)
from_python = np.frompyfunc(square, 1, 1)
tripled = functools.partial(product, 3.0)


# exceptions, iterators, text ----------------------------------------------------------------------


def fails_for_large(v):
    if v > 1.0:
        raise ValueError("too large", v)
    return v * v


@refused(UnsupportedError, 2.0, words="'y' is read where an exception has been caught")
def reads_what_the_body_assigned(x):
    y = x
    try:
        y = x * x
        y = fails_for_large(y)
    except ValueError:
        return 2.0 * y  # here: 2.0


@refused(UnsupportedError, 2.0, words="'args' of an exception")
def reads_an_exception(x):
    try:
        return fails_for_large(x)
    except ValueError as error:
        return error.args[1] * x  # here: error.args


@refused(UnsupportedError, V3, words="in two places at once")
def iterator_twice_in_a_zip(x):
    values = iter([x[0], x[1]])
    return sum(a * b for a, b in zip(values, values))  # here: (a


@refused(NoRuleError, 2.0, words="read back from text")
def reads_a_number_from_text(x):
    return float(f"{x}") * x  # here: float


@refused(UnsupportedError, 2.0, words="captures the variable of a comprehension")
def functions_of_a_comprehension(x):
    functions = [lambda v: v * k for k in range(3)]  # here: lambda
    return sum(f(x) for f in functions)


@refused(UnsupportedError, V3, words="generator expression that is kept")
def keeps_a_generator(x):
    values = (v * v for v in x)  # here: (v
    return sum(values)


@refused(UnsupportedError, 2.0, words="del of an attribute")
def deletes_an_attribute(x):
    box = Box(x)
    y = box.value * x
    del box.value  # here: box.value
    return y


@refused(UnsupportedError, V3, words="a store into a value")
def layers_of_dicts(x):
    d = collections.ChainMap({"a": x[0]}, {"a": x[1]})
    d["a"] = x[2]  # here: d
    return d["a"]


@refused(UnsupportedError, 2.0, words="Box")
def attribute_that_is_not_there(x):
    box = Box(x)
    return box.size * x  # here: box.size


class Counted:
    made = 0

    def __init__(self, value):
        self.value = value
        Counted.made += 1  # here: Counted.made


@refused(UnsupportedError, 2.0, words="a store into an attribute", place=Counted.__init__)
def counts_on_the_class(x):
    return Counted(x).value * x


@refused(UnsupportedError, V3, words="a list that grows or shrinks meanwhile")
def list_that_grows_in_its_loop(x):
    values, total = [x[0], x[1]], 0.0
    for v in values:  # here: for
        total += v * v
        if len(values) < 5:
            values.append(v * x[2])
    return total


@refused(UnsupportedError, 2.0, words="a while whose test stores into memory")
def while_with_an_effect(x):
    state = [x]

    def grown():
        state[0] = state[0] * x
        return state[0] < 9.0

    while grown():  # here: while
        x = x + 1.0
    return x


class Swallow:
    def __enter__(self):
        return 2.0

    def __exit__(self, kind, error, trace):
        return kind is ValueError


@refused(UnsupportedError, 2.0, words="may swallow exceptions")
def manager_that_swallows(x):
    with Swallow() as s:  # here: Swallow
        x = x * s
    return x


@refused(UnsupportedError, V3, words="not walked to its end")
def any_with_an_effect(x):
    seen = []

    def is_large(v):
        seen.append(v)
        return v > 0.5

    found = any(is_large(v) for v in x)  # here: any
    return sum(seen) if found else x[0]


class Generated:
    def __init__(self, values):
        self.values = values

    def __iter__(self):
        for v in self.values:
            with np.errstate(all="ignore"):
                yield v * v  # here: yield


@refused(UnsupportedError, V3, words="generator", place=Generated.__iter__)
def sum_of_generated(x):
    return sum(Generated(x))


@refused(UnsupportedError, V3, words="built in another way after a pass")
def walks_through_a_linked_list(x):
    head = None
    for i in range(100):  # here: for
        head = Box((x[i % 3], head))
    node, total = head, 0.0
    while node is not None:
        value, node = node.value
        total = total + value
    return total


@refused(UnsupportedError, 2.0, words="'missing'")
def handles_a_missing_attribute(x):
    try:
        return Box(x).missing  # here: Box
    except AttributeError:
        return x * x

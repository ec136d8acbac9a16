"""Small programs, one for each construct of the language and many of their combinations.

Each is a plain function with sample arguments, registered by `@case(*args)`, which returns the
function as it is.  They are read by `test_language.py`, which checks every one of them against
central differences.
"""

from __future__ import annotations

import collections
import functools
import math
import math as m
import operator
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy
import numpy as np
from numpy import sin
from numpy import tanh as squash

from support import physics
from support.physics import energy
from support.physics import potential as weight


@dataclass(frozen=True)
class Case:
    """A function and one call of it."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.function.__name__


CASES: list[Case] = []


def case(*args: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a sample call; the options are those of `check_gradient`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        CASES.append(Case(function, args, options))
        return function

    return register


V3 = np.array([0.3, -1.2, 0.8])
V4 = np.array([0.7, -0.4, 1.3, 0.2])
V6 = np.array([0.5, -0.3, 1.1, 0.9, -1.4, 0.25])
W3 = np.array([1.5, 0.4, -0.6])
M23 = np.array([[0.2, -0.5, 1.1], [0.9, 0.3, -0.7]])
M33 = np.array([[1.2, 0.1, -0.4], [0.3, 0.8, 0.5], [-0.2, 0.6, 1.5]])
T234 = np.sin(np.arange(24.0)).reshape(2, 3, 4)


class Point(NamedTuple):
    x: Any
    y: Any


Layer = namedtuple("Layer", ["weights", "bias"])


@dataclass
class Spring:
    stiffness: Any
    length: Any = 1.0


@dataclass
class Model:
    name: str
    layers: list[Any]
    scale: float = 1.0


# assignment ---------------------------------------------------------------------------------------


@case(1.3)
def returns_its_argument(x):
    return x


@case(1.3)
def constant_result(x):
    return 2.5


@case(1.3, 0.4, argnums=(0, 1))
def one_argument_unused(x, y):
    return 3.0 * x


@case(0.7)
def chain_of_targets(x):
    a = b = c = x * x
    a = a + 1.0
    return a * b + c


@case(0.7, -0.2, argnums=(0, 1))
def tuple_unpacking(x, y):
    a, b = x * y, x + y
    (c, d), e = (a + b, a - b), x
    return a * c + b * d * e


@case(0.7, -0.2, argnums=(0, 1))
def list_target(x, y):
    [a, b] = x**2, y**3
    return a * b


@case(V4)
def starred_first(v):
    *rest, last = v[0], v[1], v[2] * v[3]
    return rest[0] * rest[1] + last


@case(V4)
def starred_middle(v):
    first, *middle, last = (v[0], v[1], v[2], v[3])
    return first * last + middle[0] * middle[1]


@case(V3)
def unpacks_an_array(v):
    x, y, z = v
    return x * y + np.sin(z)


@case(M23)
def unpacks_rows(a):
    first, second = a
    return np.sum(first * second)


@case(M23)
def unpacks_elements_of_rows(a):
    (p, q, _), (_, r, s) = a
    return p * r + q * s


@case(0.7, -0.2, argnums=(0, 1))
def swap(x, y):
    x, y = y, x
    return x**2 * y


@case(0.6)
def annotated_assignment(x: float) -> float:
    y: float = x * x
    z: float
    z = y + x
    return z * y


@case(0.6)
def augmented_scalars(x):
    y = 1.0
    y += x
    y *= x
    y -= 0.5 * x
    y /= 1.0 + x * x
    y **= 2
    return y


@case(5.3)
def augmented_floor_and_mod(x):
    y = 2.0 * x
    y %= 3.0
    z = x
    z //= 2.0
    return y * x + z


@case(0.6)
def walrus_in_an_expression(x):
    y = (s := np.sin(x)) * s + (c := 2.0 * x)
    return y * c + s


@case(0.6)
def walrus_in_a_test(x):
    if (y := x * x) > 0.1:
        return y * x
    return y


@case(0.9)
def walrus_in_a_while(x):
    total = 0.0
    while (x := 0.5 * x) > 0.05:
        total += x * x
    return total


@case(0.9)
def rebinding_in_a_straight_line(x):
    y = np.sin(x)
    y = y * x
    y = y * y
    return y


@case(0.9)
def rebinding_a_parameter(x):
    x = x * x
    x = np.exp(-x)
    return x


@case(0.9)
def deleted_local(x):
    t = x * x
    u = t * 3.0
    del t
    t = u * x
    del u
    return t


@case(0.9)
def empty_statements(x):
    """A docstring, a bare constant and `pass` do nothing."""
    pass
    ...
    "a string"
    x
    return x * 2.0


@case(0.9)
def two_statements_on_a_line(x):
    y = x * x; z = y + x  # noqa: E702  # fmt: skip
    return y * z


# operators ----------------------------------------------------------------------------------------


@case(1.7, 0.6, argnums=(0, 1))
def arithmetic(x, y):
    return (x + y) * (x - y) / (x * y) + -x - +y


@case(1.7, 0.6, argnums=(0, 1))
def power_in_both_arguments(x, y):
    return x**y + 2.0**x + y**3 + y**-2 + x**0.5


@case(7.3, 2.2, argnums=(0, 1))
def modulo_and_floor_division(x, y):
    return x % y + 3.0 * (x // y) + (-x) % y


@case(M23, M33, argnums=(0, 1))
def matmul_operator(a, b):
    return np.sum((a @ b) ** 2)


@case(M33, V3, argnums=(0, 1))
def matmul_with_vectors(a, v):
    return v @ a @ v + (a @ v) @ v


@case(0.4)
def chained_comparison(x):
    if 0.0 < x < 1.0:
        return x**2
    return x**3


@case(0.4, 0.9, argnums=(0, 1))
def chained_comparison_of_three(x, y):
    if 0.0 < x <= y < 2.0 != y:
        return x * y
    return x + y


@case(0.4, 0.9, argnums=(0, 1))
def boolean_operators_in_a_test(x, y):
    if x > 0 and (y > 1 or not x > y):
        return x**2 * y
    return x * y**2


@case(0.0, 0.9, argnums=(0, 1))
def or_gives_a_value(x, y):
    z = x or y
    return z * z + x


@case(0.4, 0.9, argnums=(0, 1))
def or_gives_the_first_value(x, y):
    z = x or y
    return z * z


@case(0.4, 0.9, argnums=(0, 1))
def and_gives_a_value(x, y):
    return (x and y * x) ** 2


@case(0.4, 0.9, argnums=(0, 1))
def and_or_chosen_by_a_test(x, y):
    z = (x > y and x * y) or x + y
    return z * x


@case(0.4)
def conditional_expression(x):
    return x**2 if x > 0 else -x


@case(-0.4)
def conditional_expressions_nested(x):
    y = 1.0 if x > 1 else (x * x if x > 0 else np.exp(x) if x > -1 else 0.0)
    return 3 * y


@case(0.4, 0.9, argnums=(0, 1))
def conditional_expression_evaluates_one_side(x, y):
    z = np.log(x - 5.0) if x > 5.0 else y * x
    return z


@case(0.4, None)
def is_none_test(x, bias):
    if bias is None:
        return x * x
    return x + bias


@case(0.4, 0.3, argnums=(0, 1))
def is_not_none_test(x, bias):
    y = x * x
    if bias is not None:
        y = y + bias
    return y * y


@case(0.4, "square")
def string_option(x, mode):
    if mode == "square":
        return x * x
    elif mode in ("cube", "third"):
        return x**3
    return x


@case(0.4, "third")
def membership_test(x, mode):
    y = x
    if mode not in ("cube", "third"):
        y = y + 1.0
    elif mode in ["cube", "third"]:
        y = x**3
    return y


@case(1.4)
def integer_arithmetic_beside_floats(x):
    n = 7
    half = n // 2
    odd = n % 2
    return x**half * (n - odd) + half


@case(1.4)
def bit_operations_on_integers(x):
    flags = (1 << 3) | 2
    return x * (flags & 10) + (flags ^ 1)


# branches -----------------------------------------------------------------------------------------


@case(0.7)
def branch_without_else(x):
    y = x
    if x > 0.5:
        y = y * x
    return y * 3.0


@case(0.2)
def branch_not_taken(x):
    y = x
    if x > 0.5:
        y = y * x
    return y * 3.0


@case(0.2)
def elif_ladder(x):
    if x > 2:
        y = x
    elif x > 1:
        y = x**2
    elif x > 0:
        y = x**3
    else:
        y = -x
    return y * y


@case(0.2)
def assigned_in_one_branch_only(x):
    if x > 0:
        y = x * x
        z = y * x
    else:
        y = -x
    if x > 0:
        y = y + z
    return y


@case(-0.2)
def values_used_after_different_branches(x):
    if x > 0:
        a, b = x, x * x
    else:
        b, a = np.exp(x), 3.0
    return a * b


@case(0.6, 0.3, argnums=(0, 1))
def nested_branches(x, y):
    if x > y:
        if x * y > 0:
            z = x * y
        else:
            z = x - y
        z = z * z
    else:
        z = y
    return z + x


@case(0.6)
def overwritten_after_use_in_a_branch(x):
    t = x * x
    if t < 1:
        t = np.cos(t)
        t = t * x
    return t * t


@case(0.6)
def returns_in_both_branches(x):
    if x > 0:
        return x**2
    else:
        return x**3


@case(-0.6)
def early_returns(x):
    if x > 1:
        return x
    y = x * x
    if y > 1:
        return y
    z = y * x
    return z + y


@case(0.6)
def code_after_a_return(x):
    return x * x
    return x


@case(0.6)
def branch_on_a_constant(x):
    if True:
        y = x * x
    else:
        y = x
    return y


@case(0.6)
def assert_and_message(x):
    assert x > 0, f"x is {x}"
    y = x * x
    assert y > 0
    return y


@case(0.6)
def raise_in_a_branch(x):
    if x < 0:
        raise ValueError("x must not be negative")
    return x * np.sqrt(x)


@case(0.6)
def raise_in_the_else_branch(x):
    if x > 0:
        y = x * x
    elif x > -1:
        y = x
    else:
        raise ValueError(f"x = {x:.3f} is too small")
    return y * y


@case(0.6)
def prints(x):
    y = x * x
    print("y is", y, f"and x is {x!r:>10}", sep=" ", end="\n")
    return y * x


@case(0.6)
def formatted_strings(x):
    label = f"{x:.2f}" + "!" * 2
    name = "short" if len(label) < 20 else "long"
    return x**2 if name == "short" else x


# for loops ----------------------------------------------------------------------------------------


@case(0.6, 3)
def for_over_a_range(x, n):
    y = 1.0
    for _ in range(n):
        y = y * x
    return y


@case(0.6)
def for_over_a_constant_range(x):
    y = 0.0
    for i in range(2, 11, 3):
        y = y + x**i * i
    return y


@case(0.6, 5)
def for_over_a_descending_range(x, n):
    y = x
    for i in range(n, 0, -2):
        y = np.sin(y) * i + x
    return y


@case(0.6, 0)
def zero_trip_loop(x, n):
    y = x * 2.0
    for i in range(n):
        y = y * x + i
    return y


@case(0.6, 4)
def first_assigned_inside_a_loop(x, n):
    y = x
    for i in range(n):
        t = y * y
        u = np.sin(t) + i
        y = u * x
    return y + t * u


@case(0.6, 4)
def loop_variable_after_the_loop(x, n):
    y = 0.0
    for i in range(n):
        y = y + x * i
    return y * x**i


@case(0.6, 4)
def loop_variable_assigned_in_the_body(x, n):
    y = x
    for i in range(n):
        i = i * 2
        y = y * x + i
    return y


@case(0.6, 4)
def integer_that_turns_float(x, n):
    total = 0
    product = 1
    for i in range(n):
        total = total + x * i
        product *= x
    return total * product


@case(0.6, 6)
def integer_counters_in_a_loop(x, n):
    count = 0
    y = x
    for i in range(n):
        if i % 2 == 0:
            count += 1
            y = y * x + count
    return y * count


@case(1.1, 0.6, 5)
def swap_in_a_loop(u, v, n):
    for _ in range(n):
        u, v = v, u * v
    return u + 2.0 * v


@case(1.1, 0.6, 0.3, argnums=(0, 1, 2))
def rotation_in_a_loop(a, b, c):
    for _ in range(4):
        a, b, c = b, c, a * b
    return a * b * c


@case(0.6, 7)
def fibonacci_like(x, n):
    a, b = x, 1.0
    for _ in range(n):
        a, b = b, np.sin(a) + b * x
    return a


@case(0.3, 5)
def nested_loops(x, n):
    total = 0.0
    for i in range(n):
        for j in range(i):
            total = total + np.sin(x * i + j) * total * 0.1 + x
    return total


@case(0.3, 3)
def three_nested_loops(x, n):
    y = x
    for i in range(n):
        for j in range(i, n):
            for k in range(j):
                y = np.sin(y + x * k)
            y = y + x * j
    return y


@case(0.3, 4)
def inner_loop_carries_nothing_out(x, n):
    total = 0.0
    for i in range(n):
        p = 1.0
        for _ in range(i):
            p = p * x
        total = total + p
    return total


@case(0.8, 10)
def break_out_of_a_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
        if y < 0.4:
            break
        y = y + 0.01 * i * x
    return y


@case(0.8, 6)
def continue_in_a_loop(x, n):
    y = 1.0
    for i in range(n):
        if i == 2:
            continue
        y = y * x + i
        if y > 100:
            continue
        y = np.sin(y)
    return y


@case(0.8, 5)
def nested_loops_with_break_continue_else(x, n):
    y = x
    for i in range(n):
        for j in range(n):
            if j > i:
                break
            if (i + j) % 3 == 1:
                continue
            y = np.sin(y + j * x)
        else:
            y = y * x
        y = y + 0.1 * x
    else:
        y = y * 2.0
    return y


@case(0.8, 4)
def loop_else_after_a_break(x, n):
    y = x
    for i in range(n):
        y = y * x
        if i == 2:
            break
    else:
        y = y + 10.0 * x
    return y * y


@case(0.8, 10)
def return_inside_a_loop(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
        if y < 0.5:
            return y * i
    return y + x


@case(0.8, 2)
def return_inside_a_loop_not_reached(x, n):
    y = 1.0
    for i in range(n):
        y = y * x
        if y < 0.5:
            return y * i
    return y + x


@case(0.8, 4)
def return_inside_nested_loops(x, n):
    y = x
    for i in range(n):
        for j in range(n):
            y = y + x * j
            if y > 6.0:
                return y * i * x
        y = y * 0.9
    return y


@case(0.8, 5)
def branches_inside_a_loop(x, n):
    y = x
    for i in range(n):
        if y > 1.0:
            y = y * 0.5
        elif i % 2:
            y = y + x * x
        else:
            t = np.exp(y)
            y = t + x
    return y


@case(V6)
def for_over_an_array(v):
    s = 0.0
    for e in v:
        s = s + e * e * s + e
    return s


@case(M23)
def for_over_rows(a):
    s = 0.0
    for row in a:
        s = s + np.sum(row) ** 2
    return s


@case(M23)
def for_over_rows_and_elements(a):
    s = 1.0
    for row in a:
        for e in row:
            s = s * np.cos(e)
    return s


@case(M33)
def for_unpacking_rows(a):
    s = 0.0
    for p, q, r in a:
        s = s + p * q - r * s
    return s


@case([0.3, 0.7, -0.2])
def for_over_a_list(values):
    s = 1.0
    for value in values:
        s = s * np.sin(value) + value
    return s


@case((0.3, 0.7, -0.2))
def for_over_a_tuple(values):
    s = 1.0
    for value in values:
        s = s * np.sin(value) + value
    return s


@case(0.3)
def for_over_literals(x):
    s = 0.0
    for c in (1.0, 2.5, -3.0):
        s = s * x + c
    for c in [2, 3]:
        s = s * x**c
    return s


@case(0.3)
def for_over_a_tuple_of_active_values(x):
    s = 0.0
    for t in (x, x * x, 3.0 * x):
        s = s + np.sin(t)
    return s


@case(V6, argnums=0)
def for_over_a_slice(v):
    s = 0.0
    for e in v[1:-1]:
        s = s + e**3
    return s


@case(V3, W3, argnums=(0, 1))
def for_over_zip(v, w):
    s = 0.0
    for a, b in zip(v, w):
        s = s + a * b**2
    return s


@case(V6, [0.3, 0.7], argnums=(0, 1))
def for_over_zip_of_unequal_lengths(v, values):
    s = 0.0
    for a, b in zip(v, values):
        s = s + np.sin(a * b)
    return s


@case(V6)
def for_over_neighbours(v):
    s = 0.0
    for a, b, c in zip(v[:-2], v[1:-1], v[2:]):
        s = s + (a - 2 * b + c) ** 2
    return s


@case(V6)
def for_over_enumerate(v):
    s = 0.0
    for i, e in enumerate(v):
        s = s + i * e**2
    return s


@case([0.3, 0.7, -0.2])
def for_over_enumerate_from_one(values):
    s = 0.0
    for i, e in enumerate(values, 1):
        s = s + e**i
    return s


@case(V3, W3, argnums=(0, 1))
def for_over_enumerated_zip(v, w):
    s = 1.0
    for i, (a, b) in enumerate(zip(v, w)):
        s = s * np.cos(a * i) + b
    return s


@case(V6)
def for_over_reversed_array(v):
    s = 0.0
    for e in reversed(v):
        s = s * 0.5 + e**2
    return s


@case([0.3, 0.7, -0.2])
def for_over_reversed_list(values):
    s = 1.0
    for e in reversed(values):
        s = np.sin(s * e)
    return s


@case(0.3, 5)
def for_over_reversed_range(x, n):
    y = x
    for i in reversed(range(n)):
        y = y * x + i
    return y


@case({"a": 0.3, "b": V3, "c": 1.7})
def for_over_dict_items(params):
    s = 0.0
    for key, value in params.items():
        if key != "c":
            s = s + np.sum(value**2)
        else:
            s = s * value
    return s


@case({"a": 0.3, "b": 0.9})
def for_over_dict_values(params):
    s = 1.0
    for value in params.values():
        s = s * np.sin(value)
    return s


@case({"a": 0.3, "b": 0.9})
def for_over_dict_keys(params):
    s = 1.0
    for key in params:
        s = s + params[key] ** 2 * s
    return s


@case([(0.3, 0.5), (0.7, -0.1)])
def for_over_list_of_tuples(pairs):
    s = 1.0
    for a, b in pairs:
        s = s * a + b
    return s


@case([{"w": V3, "b": 0.2}, {"w": W3, "b": -0.4}])
def for_over_list_of_dicts(layers):
    s = 0.0
    for layer in layers:
        s = s + np.tanh(np.sum(layer["w"]) + layer["b"]) * (1.0 + s)
    return s


@case(M33, V3, argnums=(0, 1))
def vector_carried_through_a_loop(a, v):
    for _ in range(3):
        v = np.tanh(a @ v)
    return np.sum(v)


@case(V3)
def array_first_made_in_a_loop(v):
    total = 0.0
    for i in range(3):
        u = np.sin(v * (i + 1))
        total = total + np.sum(u * v)
    return total


# while loops --------------------------------------------------------------------------------------


@case(8.0)
def while_on_a_value(x):
    n = 0
    while x > 1.0:
        x = x / 2.5
        n += 1
    return x * n


@case(0.5)
def while_never_entered(x):
    y = x * x
    while x > 1.0:
        x = x / 2.0
        y = y + x
    return y


@case(8.0)
def while_true_with_break(x):
    y = x
    while True:
        step = 0.5 * (y - x / y)
        if abs(step) < 1e-13:
            break
        y = y - step
    return y


@case(0.4)
def while_with_a_counter(x):
    i = 0
    y = x
    while i < 4:
        y = np.sin(y) + x * i
        i += 1
    return y


@case(0.4)
def while_with_continue(x):
    i = 0
    y = x
    while i < 6:
        i = i + 1
        if i % 2 == 0:
            continue
        y = y * x + i
    return y


@case(0.4)
def while_else(x):
    y = x
    i = 3
    while i > 0:
        y = y * y + x
        i -= 1
    else:
        y = y * 3.0
    return y


@case(1.7)
def while_else_after_a_break(x):
    y = 1.0
    while y < 50:
        y = y * x
        if y > 8:
            break
    else:
        y = y * 100.0
    return y + x


@case(3.3)
def while_with_early_return(x):
    y = x
    while y > 0.1:
        y = y * 0.5
        if y * x < 1.9:
            return y * y * x
    return y


@case(3.3)
def return_from_while_true(x):
    y = x
    n = 0
    while True:
        n = n + 1
        y = np.sqrt(y) * 1.1
        if y < 1.5 or n > 50:
            return y * n


@case(0.7)
def while_inside_for(x):
    total = 0.0
    for i in range(3):
        y = x + i
        while y > 0.3:
            y = y * 0.5
            total = total + y * y
    return total


@case(0.7)
def for_inside_while(x):
    y = x
    k = 0
    while k < 3:
        for j in range(k + 1):
            if j == 2:
                break
            y = np.sin(y * x + j)
        k = k + 1
    return y


@case(-3.7)
def branch_around_a_loop_with_break(a):
    if a <= 0:
        return 0.5 * a
    x = a
    while True:
        step = 0.5 * (a / x - x)
        if abs(step) < 1e-12:
            break
        x = x + step
    return x


# functions ----------------------------------------------------------------------------------------


def square(t):
    return t * t


def affine(t, slope=2.0, offset=0.5):
    return slope * t + offset


def sum_and_difference(p, q):
    return p + q, p - q


def as_dict(p, q):
    return {"sum": p + q, "product": p * q}


def keyword_only(t, *, scale=1.5, shift):
    return t * scale + shift


def positional_only(t, u, /, factor=3.0):
    return t * u * factor


def picks_by_sign(t):
    if t > 0:
        return t * t
    return -3.0 * t


def horner(coefficients, t):
    result = 0.0
    for c in coefficients:
        result = result * t + c
    return result


def apply(function, t):
    return function(t) + function(2.0 * t)


def repeat(function, t, times):
    for _ in range(times):
        t = function(t)
    return t


def make_scaled(scale):
    def scaled(t):
        return scale * np.sin(t)

    return scaled


def make_offset(offset):
    return lambda t: t * t + offset


triple = lambda t: 3.0 * t * t
left, right = lambda t: t**2, lambda t: t**3


@case(0.6)
def calls_a_function(x):
    return square(x) + square(square(x))


@case(0.6)
def calls_with_defaults_and_keywords(x):
    return affine(x) * affine(x, 3.0) + affine(t=x, offset=x) + affine(x, offset=1.0, slope=x)


@case(0.6, kwargs={"y": 1.2})
def called_with_a_keyword(x, y=0.5):
    return x * y**2


@case(0.6, wrt=("x", "y"))
def differentiated_at_a_default(x, y=0.5):
    return x * y**2


@case(0.6, argnums=-1)
def negative_argnum(x):
    return x**3


@case(0.6, 0.3, argnums=(-1, 0))
def negative_argnums(x, y):
    return x**3 * y


@case(0.6)
def keyword_only_parameters(x):
    return keyword_only(x, shift=x * x) + keyword_only(2.0, scale=x, shift=1.0)


@case(0.6, 0.3, argnums=(0, 1))
def positional_only_parameters(x, y):
    return positional_only(x, y) + positional_only(y, y, factor=x)


@case(0.6, 0.3, argnums=(0, 1))
def callee_returns_a_tuple(x, y):
    s, d = sum_and_difference(x, y)
    both = sum_and_difference(s, d)
    return s * d + both[0] * both[1]


@case(0.6, 0.3, argnums=(0, 1))
def callee_returns_a_dict(x, y):
    result = as_dict(x, y)
    return result["sum"] * result["product"]


@case(-0.6)
def callee_with_branches(x):
    return picks_by_sign(x) * picks_by_sign(x * x)


@case(V3, 0.6, argnums=(0, 1))
def callee_with_a_loop(c, t):
    return horner(c, t) + horner([1.0, t, 3.0], t)


@case(0.6)
def callee_inside_a_loop(x):
    y = x
    for i in range(3):
        y = picks_by_sign(np.sin(y + i)) + affine(y, offset=x)
    return y


@case(V3, M33, argnums=(0, 1))
def callee_specialised_on_kinds(v, a):
    return square(v[0]) + np.sum(square(v)) + np.sum(square(a) @ v)


@case(0.6)
def callee_that_shadows_the_callers_names(x):
    def helper(y):
        x = y * 2.0
        return x * y

    y = helper(x)
    return y * x


@case(0.6)
def nested_function(x):
    def inner(t):
        return t * t + x

    return inner(x) * inner(2.0)


@case(0.6)
def nested_function_in_a_nested_function(x):
    def outer(t):
        def inner(u):
            return u * t * x

        return inner(t) + inner(3.0)

    return outer(x * x)


@case(0.6)
def lambda_local(x):
    f = lambda t: t * t * x
    return f(x) + f(2.0)


@case(0.6)
def lambda_of_the_module(x):
    return triple(x) + triple(x * x)


@case(0.6)
def two_lambdas_on_a_line(x):
    return left(x) + 2.0 * right(x)


@case(0.6)
def two_local_lambdas_on_a_line(x):
    f, g = lambda t: t * x, lambda t: t + x
    return f(g(x)) * g(f(x))


@case(0.6)
def lambda_with_a_default(x):
    f = lambda t, scale=2.0: t * scale
    return f(x) * f(x, x)


@case(0.6)
def function_as_an_argument(x):
    return apply(square, x) + apply(np.sin, x) + apply(lambda t: t * x, x)


@case(0.6)
def function_as_an_argument_in_a_loop(x):
    return repeat(np.sin, x, 3) + repeat(picks_by_sign, x, 2)


@case(0.6)
def closure_over_an_active_value(x):
    f = make_scaled(x * x)
    g = make_offset(x)
    return f(x) * g(2.0)


@case(np.tanh, 0.6, argnums=1)
def function_parameter(activation, x):
    return activation(x) * activation(x * x)


@case(0.6)
def functions_walked_by_a_loop(x):
    y = x
    for f in (np.sin, np.exp, square):
        y = f(y)
    return y


@case(0.6, {"act": np.tanh, "gain": 2.0})
def function_in_a_dict(x, options):
    return options["act"](x) * options["gain"]


def make_quadratic(a: float, b: float) -> Callable[..., Any]:
    def quadratic(x):
        return a * x * x + b * x

    return quadratic


case(0.7)(make_quadratic(1.5, -0.4))
case(0.7, wrt=("a", "b", "x"))(make_quadratic(1.5, -0.4))
case(0.7)(lambda x: x * x + 1.0)
pair = (lambda x: x**2, lambda x: x**4 + x)
case(0.7)(pair[0])
case(0.7)(pair[1])


# module data and attributes -----------------------------------------------------------------------

gain = 1.5
matrix = np.array([[0.5, -0.2, 0.1], [0.3, 0.9, -0.6], [0.2, 0.2, 0.4]])
settings = {"rate": 0.3, "steps": 3, "mask": np.array([True, False, True])}
options = SimpleNamespace(power=3, offset=0.25, nested=SimpleNamespace(scale=2.0))
knots = [0.2, 0.5, 0.9]


def model(x):
    return gain * x + np.sum(matrix)


@case(0.7)
def module_data(x):
    return gain * x**2


@case(V3)
def module_array(v):
    return np.sum(np.tanh(matrix @ v))


@case(0.7, wrt=("gain", "matrix"))
def globals_as_independents(x):
    return (x - model(x)) ** 2 + np.sum(matrix**2)


@case(0.7, wrt=("x", "gain"))
def parameter_and_global(x):
    return model(x) ** 2


@case(V3)
def module_dict(v):
    for _ in range(settings["steps"]):
        v = v - settings["rate"] * np.sin(v)
    return np.sum(v[settings["mask"]])


@case(0.7)
def module_list(x):
    s = 0.0
    for knot in knots:
        s = s + np.maximum(x - knot, 0.0) ** 2
    return s


@case(0.7)
def attributes_of_an_object(x):
    return x**options.power * options.nested.scale + options.offset


@case(0.7)
def attributes_of_modules(x):
    return physics.GRAVITY * x + physics.SCALES["length"] * x**2 + math.pi * x + np.e * m.tau


@case(2.0, 0.7, 1.1, argnums=(0, 1, 2))
def functions_of_another_module(mass, speed, height):
    return energy(mass, speed, height) * physics.kinetic(mass, speed)


@case(0.7)
def another_modules_data_in_a_loop(x):
    return physics.polynomial(x) + physics.damped(x) + physics.damped(x, frequency=3.0)


@case(2.0, 0.7, argnums=(0, 1))
def function_imported_under_an_alias(mass, height):
    return weight(mass, height) + weight(mass, height, gravity=1.62)


@case(0.7)
def numpy_under_other_names(x):
    return sin(x) * squash(x) + numpy.exp(x) * numpy.float64(2.0) + m.cos(x)


@case(0.7)
def name_bound_to_a_primitive(x):
    f = np.tanh
    return f(x) * f(2.0 * x)


@case(0.7)
def import_inside_the_function(x):
    import math as inner_math

    return inner_math.sin(x) * x


# containers ---------------------------------------------------------------------------------------


@case((0.7, V3, 2.0))
def tuple_parameter(params):
    a, v, b = params
    return a * np.sum(v**2) + b * a


@case([V3, W3])
def list_parameter(params):
    return np.sum(params[0] * params[1]) + np.sum(params[-1] ** 2)


@case({"w": M33, "b": V3, "gain": 0.4})
def dict_parameter(params):
    return params["gain"] * np.sum(np.tanh(params["w"] @ params["b"]))


@case(Point(0.7, V3))
def namedtuple_parameter(p):
    return p.x * np.sum(p.y**2) + p[0]


@case(Point(0.7, -0.3))
def namedtuple_unpacked(p):
    x, y = p
    return x**2 * y


@case(Spring(2.0, 0.7))
def dataclass_parameter(spring):
    return 0.5 * spring.stiffness * (spring.length - 1.0) ** 2


@case([Layer(M33, V3), Layer(M33.T.copy(), W3)], V3)
def list_of_namedtuples(layers, v):
    for layer in layers:
        v = np.tanh(layer.weights @ v + layer.bias)
    return np.sum(v)


@case(Model("net", [(M33, V3), (2.0 * M33, W3)], 0.5), V3)
def dataclass_with_a_list_of_tuples(net, v):
    for w, b in net.layers:
        v = np.tanh(w @ v + b)
    return np.sum(v) * net.scale


@case({"enc": {"w": M33, "b": V3}, "dec": [0.3, (0.7, W3)]})
def nested_containers(params):
    h = np.tanh(params["enc"]["w"] @ params["enc"]["b"])
    gain, (shift, w) = params["dec"]
    return gain * np.sum(h * w) + shift**2


@case([(M33, V3), (M23, np.array([0.3, -0.1]))], V3, argnums=(0, 1))
def layers_of_different_sizes(params, x):
    h = x
    for w, b in params:
        h = np.tanh(w @ h + b)
    return np.sum(h)


@case([(M33, V3), (M23, np.array([0.3, -0.1]))], V3)
def all_layers_but_the_last(params, x):
    h = x
    for w, b in params[:-1]:
        h = np.tanh(w @ h + b)
    w, b = params[-1]
    return np.sum(w @ h + b)


@case((0.7, 0.2, 0.9))
def part_of_a_tuple_unused(params):
    return params[0] * params[2]


@case(0.7)
def tuple_local(x):
    pair = (x, x * x)
    return pair[0] * pair[1]


@case(0.7)
def list_local(x):
    values = [x, x * x, np.sin(x)]
    s = values[-1]
    for value in values:
        s = s * value + 1.0
    return s


@case(0.7, 0.3, argnums=(0, 1))
def dict_local(x, y):
    state = {"position": x, "speed": y}
    energy = 0.5 * state["speed"] ** 2 + state["position"]
    return energy * len(state)


@case(0.7, 0.3, argnums=(0, 1))
def dict_made_by_keywords(x, y):
    state = dict(position=x, speed=y)
    return state["position"] * state["speed"]


@case(0.7, 0.3, argnums=(0, 1))
def containers_carried_through_a_loop(x, y):
    state = (x, y)
    for i in range(4):
        p, q = state
        state = (p + 0.1 * q, q - 0.1 * np.sin(p) * i)
    return state[0] * state[1]


@case(0.7, 0.3, argnums=(0, 1))
def dict_carried_through_a_loop(x, y):
    state = {"p": x, "q": y}
    for _ in range(3):
        state = {"p": state["p"] + 0.1 * state["q"], "q": state["q"] - 0.1 * state["p"] ** 2}
    return state["p"] + state["q"]


@case(0.7, 0.3, argnums=(0, 1))
def nested_tuple_local(x, y):
    nested = ((x, y), (x * y, [x + y]))
    (a, b), (c, (d,)) = nested
    return a * b + c * d + nested[1][1][0]


@case(0.7)
def container_chosen_by_a_branch(x):
    if x > 0.5:
        pair = (x, 2.0 * x)
    else:
        pair = (x * x, x)
    return pair[0] * pair[1]


@case(0.7, 0.2, argnums=(0, 1))
def tuples_joined(x, y):
    triple = (x, y) + (x * y,)
    return triple[0] + triple[1] * triple[2]


@case(0.7, 0.2, argnums=(0, 1))
def slices_of_tuples(x, y):
    values = (x, y, x * y, x - y)
    a, b = values[1:3]
    c = values[::-1][0]
    return a * b * c


@case({"a": 0.7, "b": 0.2})
def dict_get_and_membership(params):
    scale = params.get("scale", 2.0)
    if "b" in params and "c" not in params:
        return params["a"] * params["b"] * scale
    return params["a"]


@case([0.7, 0.2, -0.4])
def list_indexed_by_a_loop_variable(values):
    s = 1.0
    for i in range(len(values)):
        s = s * np.cos(values[i]) + values[len(values) - 1 - i]
    return s


@case([V3, W3, 2.0 * V3])
def list_of_arrays_indexed(values):
    s = 0.0
    for i in range(1, len(values)):
        s = s + np.sum((values[i] - values[i - 1]) ** 2)
    return s


@case([0.7, 0.2, -0.4])
def same_element_used_twice(values):
    a = values[0]
    b = values[0]
    return a * b * values[-3]


@case((V3, 0.4), {"bias": W3}, argnums=(0, 1))
def two_containers(params, extras):
    return np.sum(params[0] * extras["bias"]) * params[1]


# elements and slices of arrays --------------------------------------------------------------------


@case(V6)
def elements_of_a_vector(v):
    return v[0] * v[-1] + v[2] ** 2


@case(M33)
def elements_of_a_matrix(a):
    return a[0, 1] * a[-1, -2] + a[1][2] ** 2


@case(V6)
def indexed_in_a_loop(v):
    s = 0.0
    for i in range(1, len(v)):
        s += v[i] * v[i - 1] ** 2
    return s


@case(M33)
def indexed_in_two_loops(a):
    s = 0.0
    for i in range(a.shape[0]):
        for j in range(i, a.shape[1]):
            s += np.sin(a[i, j]) * a[j, i]
    return s


@case(V6)
def indexed_from_the_end(v):
    s = 0.0
    for i in range(1, 4):
        s = s + v[-i] ** 2 * i
    return s


@case(V6)
def simple_slices(v):
    return np.sum(v[:3] * v[3:]) + np.sum(v[1:-1] ** 2) + np.sum(v[:])


@case(V6)
def slices_with_steps(v):
    return np.sum(v[::2] * v[1::2]) + np.sum(v[1:5:3] ** 3)


@case(V6)
def slices_with_negative_steps(v):
    return np.sum(v[::-1] * v) + np.sum(v[4:1:-1] ** 2) + np.sum(v[-2::-2] ** 3)


@case(V6, 2)
def slices_with_variable_bounds(v, k):
    s = 0.0
    for i in range(k, len(v)):
        s = s + np.sum(v[i - k : i] ** 2) * v[i]
    return s


@case(V6)
def empty_slices(v):
    return np.sum(v[3:3]) + np.sum(v[5:2] ** 2) + v[0]


@case(M33)
def rows_and_columns(a):
    return np.sum(a[0] * a[:, 1]) + np.sum(a[-1, :] * a[2, ::-1])


@case(M33)
def blocks_of_a_matrix(a):
    return np.sum(a[:2, 1:] * a[1:, :2]) + np.sum(a[::2, ::-2] ** 2)


@case(V3, M23, argnums=(0, 1))
def new_axes(v, a):
    return np.sum(v[:, None] * v[None, :] ** 2) + np.sum(a[:, np.newaxis, :] * v)


@case(T234)
def ellipsis_and_new_axes(t):
    return (
        np.sum(t[..., 0] ** 2)
        + np.sum(t[0, ...] ** 3)
        + np.sum(t[..., None, 1:3] * t[:1, ..., :1, None])
    )


@case(V6)
def boolean_mask(v):
    return np.sum(v[v > 0] ** 2)


@case(V6, np.array([True, False, True, True, False, False]))
def boolean_mask_given(v, mask):
    return np.sum(np.exp(v[mask])) + np.sum(v[~mask] ** 2)


@case(M33)
def boolean_mask_of_a_matrix(a):
    return np.sum(a[a > 0.2] ** 3) + np.sum(a[np.array([True, False, True])] ** 2)


@case(V6, np.array([3, 0, 3, 5, -1]))
def fancy_index_with_repeats(v, index):
    return np.sum(v[index] ** 2 * np.arange(1.0, 6.0))


@case(V6)
def fancy_index_of_a_list(v):
    return np.sum(v[[0, 2, 2, -1]] ** 3)


@case(M33, np.array([0, 1, 1]), np.array([2, 2, 0]))
def fancy_index_pairs(a, rows, columns):
    return np.sum(a[rows, columns] ** 2) + np.sum(a[rows] * a[:, columns])


@case(M33, np.array([2, 0, 1]))
def fancy_index_of_labels(logits, labels):
    z = logits - np.max(logits, axis=1, keepdims=True)
    log_probabilities = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    return -np.mean(log_probabilities[np.arange(len(labels)), labels])


@case(T234, np.array([2, 0, 2]))
def fancy_index_with_slices(t, index):
    return np.sum(t[:, index] ** 2) + np.sum(t[1, index, 1:] ** 3) + np.sum(t[..., index])


@case(M33)
def slices_under_names(a):
    top = a[0]
    left = a[:, 0]
    return np.sum(top * left) + top[1] * left[2]


@case(V6)
def slices_of_slices(v):
    return np.sum(v[1:][:-1][::2] ** 2) + v[1:][0]


@case(V6)
def slice_carried_through_a_loop(v):
    s = 0.0
    while len(v) > 1:
        v = v[1:] * v[:-1]
        s = s + np.sum(v)
    return s


@case(V6)
def index_by_argmax(v):
    return v[np.argmax(v)] ** 2 + v[np.argmin(v)]


@case(M33)
def shapes_as_numbers(a):
    rows, columns = a.shape
    return np.sum(a**2) / (rows * columns) + a.size * a[0, 0] + a.ndim * a[1, 1] + len(a)


@case(M23)
def diagonal_by_a_loop(a):
    s = 1.0
    for i in range(min(a.shape)):
        s = s * a[i, i]
    return s


# arrays and broadcasting --------------------------------------------------------------------------


@case(V3, M33, argnums=(0, 1))
def broadcast_a_row(v, a):
    return np.sum((a + v) ** 2 * v)


@case(0.7, M23, argnums=(0, 1))
def broadcast_a_scalar(s, a):
    return np.sum(np.sin(a * s) / (1.0 + s**2) - s)


@case(M23[:, :1].copy(), M23, argnums=(0, 1))
def broadcast_a_column(c, a):
    return np.sum(c * a + a / (2.0 + c**2))


@case(np.array([[0.7]]), M23, argnums=(0, 1))
def broadcast_ones(c, a):
    return np.sum((c - a) ** 2)


@case(V3, V3[:, None].copy(), argnums=(0, 1))
def broadcast_to_an_outer_product(v, c):
    return np.sum(np.sin(v * c))


@case(np.array([0.7]))
def result_of_size_one(v):
    return v * v


@case(np.array([[0.7]]))
def result_of_shape_one_by_one(v):
    return np.sin(v) * 2.0


@case(np.array(0.7))
def array_of_no_dimensions(x):
    return x**3


@case(np.float64(0.7))
def numpy_scalar(x):
    return x**3


@case(np.float32(0.7))
def single_precision_scalar(x):
    return x**3 * 2.0


@case(V3.astype(np.float32))
def single_precision_array(v):
    return np.sum(np.tanh(v) * v * 2.0)


@case(V3.astype(np.float32), V3, argnums=(0, 1))
def mixed_precision(v, w):
    return np.sum(v * w**2)


@case(3)
def integer_argument(x):
    return x**2 * 0.5


@case(V3[::-1])
def argument_with_negative_strides(v):
    return np.sum(v * v[0])


@case(M33.T)
def transposed_argument(a):
    return np.sum(a[0] * a[:, 1])


@case(V3, V3, argnums=(0, 1))
def same_array_twice(v, w):
    return np.sum(v * w**2)


@case(V3)
def result_is_an_argument_summed(v):
    return np.sum(v)


@case(V3, 0.5, argnums=(0, 1))
def methods(v, s):
    return v.sum() + v.dot(v) * s + (v * s).mean() + v.copy().max() + v.reshape(3, 1).T.ravel()[0]


@case(V3)
def scalars_out_of_arrays(v):
    return float(v[0]) * v[1].item() + math.sin(v[2])


@case(-0.7, 0.4, argnums=(0, 1))
def builtins(x, y):
    return (
        abs(x) * max(x, y) + min(x, y, 3.0) + pow(x, 2) + sum([x, y, x * y]) + float(y) * int(2.7)
    )


@case(V3)
def isinstance_test(v):
    if isinstance(v, np.ndarray):
        return np.sum(v**2)
    return v**2


@case(V6)
def where_and_clip(v):
    return np.sum(np.where(v > 0, v**2, -v) + np.clip(v, -0.5, 1.0) * v)


# shadowed and unusual names -----------------------------------------------------------------------


@case(0.7, 0.4, argnums=(0, 1))
def parameters_that_shadow_builtins(input, sum):
    max = input * sum
    len = max + 1.0
    return len * input


@case(0.7, 2.0, argnums=(0, 1))
def names_of_derivatives(d, dx):
    d_dx = d * dx
    return d_dx**2 + dx


@case(0.7, 2.0, argnums=(0, 1))
def names_that_end_in_bar(x, x_bar):
    y_bar = x * x_bar
    x_dot = y_bar * x
    return x_dot * y_bar


@case(0.7, 3)
def names_of_the_generated_code(x, n):
    tape = x
    trips = 1.0
    t = x * 2.0
    for t_bar in range(n):
        tape = np.sin(tape) * t + t_bar
        trips = trips * tape
    return trips + tape


@case(0.7)
def name_shadowed_by_a_local(x):
    square = x * 2.0
    sin = square + 1.0
    return sin * square


@case(0.7, 0.4, argnums=(0, 1))
def names_with_underscores_and_letters(_x, λ):
    __hidden = _x * λ
    return __hidden**2


@case(0.7)
def long_expression_over_several_lines(
    x,  # a comment
):
    return (
        x**2
        # a comment inside
        + np.sin(
            x * 3.0,
        )
        - x
    )


# comprehensions ----------------------------------------------------------------------------------


@case(V3)
def list_comprehension(x):
    return sum([v**2 for v in x])


@case(V6)
def comprehension_with_a_condition(x):
    return np.sum(np.array([np.sin(v) * k for k, v in enumerate(x) if v > 0]))


@case(V3)
def generator_in_sum(x):
    return sum(v * w for v, w in zip(x, x[::-1]))


@case(V3)
def dict_comprehension(x):
    parts = {k: x[i] ** 2 for i, k in enumerate(("a", "b"))}
    return parts["a"] * parts["b"]


@case(V3)
def nested_comprehension(x):
    rows = [[v * w for w in x] for v in x]
    return rows[0][1] * rows[1][1]


@case(V3, 4)
def comprehension_of_arrays(x, n):
    return np.sum(np.stack([x**k for k in range(n)]))


@case(V3)
def comprehension_that_hides_a_name(x):
    x = [x * 2 for x in x]
    return x[0] * x[-1]


def scaled_sum(x, *, a=1.0, b=2.0):
    return a * x + b * x**2


def passes_on(x, **options):
    return scaled_sum(x, **options)


@case(0.7)
def double_starred_arguments(x):
    return passes_on(x, b=3.0) * scaled_sum(x, **{"a": 5.0})


@case(2.0)
def functions_of_higher_order_in_each_other(x):
    def apply(f, value):
        return f(value)

    return apply(lambda y: apply(lambda z: z**2, y), x)


# with, try, match ---------------------------------------------------------------------------------


@case(2.0)
def in_with(x):
    with np.errstate(all="ignore"):
        y = x * x
    return y


@case(2.0)
def in_try(x):
    y = x
    try:
        y = x * x
    except ValueError:
        y = x
    return y


@case(2.0)
def in_try_finally(x):
    try:
        return x * x
    finally:
        print("done")


@case(2.0)
def in_match(x):
    match x:
        case 0.0:
            return x
    return x * x


# attributes, keys and elements --------------------------------------------------------------------


@case(2.0)
def stores_attribute(x):
    spring = Spring(1.0)
    spring.stiffness = x
    return spring.stiffness**2


@case(2.0)
def augments_attribute(x):
    spring = Spring(1.0)
    spring.stiffness += x
    return spring.stiffness * spring.length * x


@case(2.0)
def unpacks_into_attribute(x):
    spring = Spring(1.0)
    a, spring.length = x, x * x
    return a + spring.length


@case(2.0)
def loops_into_attribute(x):
    spring = Spring(1.0)
    for spring.length in range(3):
        x = x * 2
    return x * spring.length


@case(2.0)
def sets_attribute(x):
    spring = Spring(1.0)
    setattr(spring, "length", x)
    return spring.length**3


@case([1.0, 2.0])
def deletes_element(x):
    y = list(x)
    del y[0]
    return y[0] ** 2


@case({"a": 1.0, "b": 2.0})
def deletes_key(x):
    del x["a"]
    return x["b"] ** 2


@case(2.0, "a")
def stores_under_a_key_that_came(x, key):
    d = {"a": 1.0, "b": 2.0}
    d[key] = x
    return d["a"] * d["b"]


@case(2.0, "a")
def augments_under_a_key_that_came(x, key):
    d = {"a": 1.0, "b": 2.0}
    d[key] += x
    return d["a"] ** 2


@case(V3)
def stores_keys_in_a_loop(x):
    d = {}
    for i in range(len(x)):
        d[i] = x[i]
    return d[0] * d[2] ** 2


@case(V3)
def dict_comprehension_over_a_range(x):
    y = {i: x[i] for i in range(len(x))}
    return y[0] * y[1]


@case({"a": 1.5})
def starred_in_dict(x):
    y = {"b": 2.0, **x}
    return y["a"] ** 2 * y["b"]


@case({"a": 1.5, "b": 2.0})
def pops_key(x):
    return x.pop("a") * x["b"] * len(x)


@case({"a": 1.5})
def pops_entry(x):
    _, y = x.popitem()
    return y**2


@case({"a": 1.5})
def clears_dict(x):
    y = x["a"]
    x.clear()
    return y**2 * (len(x) + 1)


@case([3.0, 1.0])
def reverses_in_place(x):
    y = list(x)
    y.reverse()
    return y[0] ** 2


@case([3.0, 1.0])
def sorts_list_in_place(x):
    y = list(x)
    y.sort()
    return y[0] ** 2 * y[1]


@case([3.0, 1.0])
def clears(x):
    y = list(x)
    y.clear()
    return x[0] ** 2 + len(y)


@case(2.0)
def calls_iadd(x):
    y = np.ones(3)
    operator.iadd(y, x)
    return y[0] ** 2


@case(2.0)
def calls_delitem(x):
    y = [x, x * x]
    operator.delitem(y, 0)
    return y[0]


@case(2.0)
def makes_deque(x):
    y = collections.deque([1.0])
    y.append(x)
    return y[1] ** 2


# functions of functions, objects ------------------------------------------------------------------


tripled = functools.partial(operator.mul, 3.0)


@case(V3)
def generator_in_a_map(x):
    return sum(map(float, (v * v for v in x)))


@case(2.0)
def maps(x):
    return list(map(math.sin, [x]))[0]


@case(0.4)
def sorts(x):
    return 2.0 * sorted([1.0, x])[0]


@case(2.0)
def calls_partial(x):
    return tripled(x) * x


@case(2.0)
def makes_object(x):
    return Spring(x).stiffness ** 2


@case(2.0)
def writes_nonlocal(x):
    total = x

    def add():
        nonlocal total
        total = total + x

    add()
    return total * x


@case(2.0)
def captures_what_changes(x):
    scale = 2.0

    def scaled(v):
        return scale * v

    scale = 3.0
    return scaled(x) * x


@case(2.0)
def decorated_inside(x):
    @functools.lru_cache
    def square(v):
        return v * v

    return square(x)


@case(4.0)
def walrus_that_may_be_skipped(x):
    if x > 3 and (y := x * x) > 1:
        return y
    return x


# lists that have grown, recursion, functions chosen by a test ------------------------------------


@case([1.5, 2.0])
def deletes_slice(x):
    y = list(x)
    del y[1:]
    return y[0] ** 2 * len(y)


@case(V3)
def inserts_into_what_has_grown(x):
    y = []
    for v in x:
        y.append(v)
    y.insert(0, 1.0)
    return y[1] ** 2


@case(V3)
def pops_the_first_of_what_has_grown(x):
    y = []
    for v in x:
        y.append(v)
    return y.pop(0) * y[0]


@case(V3)
def extends_by_what_has_grown(x):
    y = []
    for v in x:
        y.append(v)
    z = [1.0]
    z.extend(y)
    return z[1] * z[2]


@case(4.5)
def recursion(x):
    if x <= 1:
        return x
    return x * recursion(x - 1)


def even(x):
    return x if x < 1 else x * odd(x - 1)


def odd(x):
    return x if x < 1 else even(x - 1) + x


@case(3.5)
def mutual_recursion(x):
    return even(x)


@case(2.5)
def local_recursion(x):
    def down(v):
        return v if v < 1 else x * down(v - 1)

    return down(x)


def natural_power(x, n):
    return 1.0 if n == 0 else x * natural_power(x, n - 1)


@case(1.5)
def recursion_with_a_count(x):
    return natural_power(x, 3)


@case(2.0)
def chosen_by_test(x):
    f = np.sin if x > 0 else np.cos
    return f(x)


@case(([V3],))
def stores_deep(x):
    x[0][0][1] = 2.0
    return np.sum(x[0][0] ** 2)


@case(2.0)
def pattern_with_the_rest_of_a_dict(x):
    match {"a": x, "b": 3.0}:
        case {"a": v, **rest}:
            return v**2 * len(rest) * rest["b"]

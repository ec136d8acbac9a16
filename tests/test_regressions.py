"""Programs that once had a wrong gradient, or none: each must stay right."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcgrad
from support import check_gradient

CASES: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = []


def case(args: tuple[Any, ...], argnums: Any = 0) -> Callable[[Any], Any]:
    """Register a program with its example arguments."""

    def register(function: Any) -> Any:
        CASES.append((function, args, argnums))
        return function

    return register


REFUSED: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []


def refused(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Register a program that is refused, and once had a wrong gradient."""

    def register(function: Any) -> Any:
        REFUSED.append((function, args))
        return function

    return register


@case((np.array([1.0, 2, 3]), 0.3), (0, 1))
def update_ends_a_pass(points, t):
    for i in range(2):
        points = t * points[1:]
    return np.sum(points**2)


@case((np.array([1.0, 2, 3]),), 0)
def update_in_one_arm(t):
    b = np.sin(t)
    return (b[2] if np.any(t > 0) else 1.0) + np.sum(np.sin(b))


@case((np.array([1.0, 2, 3]),), 0)
def update_in_both_arms(x):
    return (x[-3] if np.sum(x) > 0 else x[1]) + np.sum(np.sin(x))


@case((np.array([1.0, 0.5]),), 0)
def first_assigned_in_a_loop(x):
    m = 1
    while m < 2 and x[-1] < 2.0:
        m = m + 1
        a = b = np.sin(x) * m
    return np.sum(np.sin(a) + b)


@case((1.0, 0.21, (np.array([0.63, 1.02]), {"w": np.array([[1.07]])})), 2)
def container_parameter(x, t, l):
    for p in l[1]["w"]:
        t = np.stack([l[0]])
        r = (q := p)
    return t[-1][1] + q


@case((1.0, 2.0, np.array([1.0, 2.0]), 1), (0, 1))
def reshape_of_a_choice(x, y, c, m):
    return np.reshape((np.max(c) if m > 2 else x) + y, (1, 1))


@case((2.0,), 0)
def where_of_numbers(x):
    return np.where(1.0, x, 1.0)


@case(([[1.21]], 2), 0)
def tuple_in_a_nested_loop(x, t):
    for a, b in zip(x, x):
        for g in a:
            p = (1,)
    return 1.0


@case((np.ones((3, 1), np.float32),), 0)
def transposed_in_a_nested_loop(t):
    j = 1
    while j < 2:
        j = j + 1
        for h in t[::-1]:
            t = np.transpose(0.3 * j * np.ones((1, 3)))
    return np.tanh(np.var(t))


@case((np.float32(0.2),), 0)
def constant_single(t):
    return 1.0


@case((np.float32(0.2),), 0)
def square_single(t):
    return t * t


@case((np.array([1.0, 2, 3]), 1), 0)
def shared_adjoint_updated(b, n):
    c = np.sin(b) * b[0] if n else b
    return np.sum(c) + np.sum(np.sin(b))


@case((0.7,), 0)
def inner_start_overwritten_outer(t):
    p = 9.0 * t
    for i in range(3):
        q = 1.0
        for j in range(2):
            q = p
        p = q
    return p


@case((0.3, [1.0, 2.0], 1.0), 0)
def tuple_made_in_a_loop(x, t, l):
    for a in t:
        y = (l, x)
    return y[1]


@case((0.7,), 0)
def flag_in_an_elif(t):
    for j in range(2):
        if j:
            c = 1.0
        elif not j:
            return 1.0
        h = 1.0
    return t


@case((0.7, 0.8, 0.9, 5), (0, 1, 2))
def elif_in_a_loop(u, v, w, n):
    y = 0.0
    for i in range(n):
        if i > 2:
            y = u
        elif i > 1:
            y = v
        y = y * w
    return y


@case((np.array([-0.4, 1.21]), 0.21, 1), 1)
def exits_of_three_kinds(x, t, n):
    a = np.sum(1.0)
    for b in x:
        if b > 0.1:
            return t
        elif a:
            z = 1.0
        else:
            continue
        t = 1.0 if n else t
    return 1.0


@case((3, {"w": np.array(1.0)}), 1)
def range_from_a_parameter(t, l):
    for j in range(t, 4):
        a4 = np.full(1, l["w"].mean())
    return a4


@case((1.0,), 0)
def unrolled_early_return(x):
    for a in (x, x):
        if a < 0.5:
            return 1.0
    return 1.0 * x


@case((np.array([0.91, 0.77, 1.0]),), 0)
def zeros_of_another_dtype(x):
    a = np.tanh(x if x[0] < 0.0 else np.full((3, 3), 1))
    return a[0][0]


@case(([(1.0, np.array(1.0))], np.array([0.38], dtype=np.float32)), 1)
def loop_item_replaces_a_number(t, n):
    b, c = t[0]
    for c in n:
        if 1.0 < 1.0 <= 1.5:
            return 1.0
    return c


@case((np.array([1.0]),), 0)
def concatenated_in_a_loop(b):
    for j, (t, c) in enumerate(zip(np.zeros(3), b)):
        b = np.concatenate([b, b])
    else:
        b = 0.5 * b
    return np.sum(b * b)


@case((np.array([0.3, -0.5, 0.7]),), 0)
def two_arrays_made_alike(x):
    y = np.zeros(3)
    z = np.zeros(3)
    y[1:] += x[:-1] ** 2
    z[0] = y[1] * x[2]
    return np.sum(y * y) + np.sum(np.sin(z))


@case((np.array([0.3, -0.5, 0.7]),), 0)
def buffers_that_rotate(x):
    a, b, c = np.zeros(3), np.zeros(3), x * 1.0
    for i in range(2):
        c[1:] = c[:-1] - 0.4 * x[1:]
        x[::-1] *= 0.8 + 0.3 * c[-1 - i]
        a, b, c = b, c, a
    return np.sum(np.sin(x))


@case((2.0, (np.array([0.3, -0.5]), 1.0)), 1)
def same_element_on_both_sides(c, p):
    return np.sum(np.exp(p[0] if c > 1.0 else p[0]))


@case((np.array([0.3, -0.5, 0.7]),), 0)
def rows_in_a_list(x):
    rows = []
    for i in range(3):
        row = []
        for j in range(3):
            row.append(x[i] * x[j])
        rows.append(row)
    s = 0.0
    for i in range(3):
        s += rows[i][2 - i]
    return s


@case((np.array([1.3, 2.9]),), 0)
def both_of_divmod(x):
    q, r = divmod(x, 0.7)
    return np.sum(q * r)


class Pair(NamedTuple):
    x: float
    y: float

    def __add__(self, other):
        return Pair(self.x + other.x, self.y + other.y)

    @property
    def product(self):
        return self.x * self.y

    def twice(self):
        return self.x * 2


@dataclass
class Row:
    value: float

    def __iter__(self):
        return iter([self.value, self.value**2])

    def __getitem__(self, k):
        return self.value * k


@dataclass
class Meter:
    value: float

    def __bool__(self):
        return bool(self.value > 100)

    def __round__(self):
        return self.value

    def __iadd__(self, other):
        self.value = self.value + 10 * other
        return self


class Counter:
    def __init__(self):
        self.total = 0.0
        self.handlers = [self.count]

    def count(self, v):
        self.total += v


class Axis(IntEnum):
    ROW = 0
    COLUMN = 1


V = np.array([0.5, 1.5, -0.7])


@case(([[1.0, 2.0], [3.0, 4.0]],), 0)
def loop_over_lists_of_lists(rows):
    s = rows[0][1] ** 2
    for row in rows:
        s += row[0]
    return s * rows[0][0]


@case(({"a": [1.0, 2.0]},), 0)
def loop_over_a_list_in_a_dict(d):
    s = d["a"][1] ** 2
    for v in d["a"]:
        s += v
    return s


@case(({"layers": [(V, 0.5), (2 * V, 0.1)]},), 0)
def loop_over_pairs_in_a_list(x):
    total = 0.0
    for w, _ in x["layers"]:
        total = total + np.sum(w)
    return total * np.sum(x["layers"][0][0])


@case((3.0,), 0)
def methods_of_a_namedtuple(x):
    a = Pair(x, 1.0) + Pair(x, x)
    return a.x * a.y * a.product + a.twice()


@case((Pair(2.0, 3.0),), 0)
def methods_of_a_namedtuple_that_came(pair):
    return pair.product * pair.twice()


@case((V,), 0)
def functions_of_arrays_on_lists(x):
    values = [v**2 for v in x]
    return np.mean(values) + np.dot(values, x) + np.sum(np.exp(values))


@case((V,), 0)
def products_with_lists(x):
    return np.sum(x @ np.diag([x[0], x[1], 2.0])) + x @ [x[0], x[1], x[0]]


@case((V,), 0)
def joined_by_brackets(x):
    return np.sum(np.r_[0.0, x, 1.0] ** 2) + np.sum(np.c_[x, x * x] ** 2)


@case((Row(1.3),), 0)
def sum_of_an_object(row):
    return sum(row)


@case((Row(1.3),), 0)
def an_object_unpacked(row):
    a, b = row
    return a * b * row[2]


@case((3.0,), 0)
def truth_of_an_object(x):
    return x if Meter(x) else 2 * x


@case((3.0,), 0)
def an_object_rounded(x):
    return round(Meter(x)) * x


@case((3.0,), 0)
def an_object_updated_in_place(x):
    e = Meter(x)
    f = e
    f += x
    return e.value * x


@case((3.0,), 0)
def a_bound_method_kept_in_the_object(x):
    counter = Counter()
    for handler in counter.handlers:
        handler(x)
    return counter.total * x


@case((0.7,), 0)
def a_map_that_captures_what_changes(x):
    k = 1.0
    values = map(lambda v: v * k, [x, x * x])
    k = x
    return sum(values)


@case((V,), 0)
def a_map_over_a_list_that_grows(x):
    y = list(x)
    values = map(abs, y)
    y.append(3 * x[0])
    return sum(values)


@case((V,), 0)
def a_view_of_a_dict_that_changes(x):
    d = {"a": x[0], "b": x[1]}
    values = d.values()
    d["a"] = x[2]
    return sum(values)


@case((0.7,), 0)
def two_objects_without_contents(x):
    a = object()
    b = object()
    return x * x if a is b else x**3


@case((np.ones((2, 2)) * 0.3,), 0)
def members_of_an_enum_as_numbers(y):
    return np.sum(np.sum(y * y, axis=Axis.ROW) * y[Axis.COLUMN])


@case((0.7,), 0)
def set_past_the_class(x):
    meter = Meter(x)
    object.__setattr__(meter, "value", x * x)
    return meter.value


@case((0.7,), 0)
def sum_from_a_float(x):
    return sum([x, x * x, 3.0], 0.0)


@case(([[0.7, 1.2], [-0.3]],), 0)
def lists_added_up(x):
    flat = sum(x, [])
    return flat[0] * flat[-1]


def fails_for_large(v):
    if v > 0.5:
        raise ValueError("large", v)
    return v * v


@case((0.7,), 0)
def caught_by_the_outer_try(x):
    try:
        try:
            y = fails_for_large(x)
        except KeyError:
            y = 1.0
    except ValueError:
        y = x**3
    return y


@case((0.7,), 0)
def an_exception_kept(x):
    kept = None
    try:
        fails_for_large(x)
    except ValueError as error:
        kept = error
    return x * x if kept is not None else x


@case(([0.7, 1.2],), 0)
def an_index_out_of_range(x):
    try:
        y = x[5]
    except IndexError:
        y = x[0] * x[1]
    return y


@case((0.7,), 0)
def several_managers(x):
    with np.errstate(all="ignore"), contextlib.nullcontext(x * x) as y:
        return y * x


@case((V,), 0)
def places_of_an_array(x):
    t = 0.0
    for (i,) in np.ndindex(x.shape):
        t += x[i] * i
    return t


@case((V,), 0)
def product_of_as_many_as_there_are(x):
    t = 0.0
    for path in itertools.product(range(2), repeat=len(x)):
        t += x[0] * sum(path)
    return t


@case((np.array([0.7, 1.3, 0.4]),), 0)
def a_try_in_a_handler_in_a_loop(x):
    h = x[0]
    for v in x:
        try:
            if v > 1.0:
                raise ValueError
            h = h * v
        except ValueError:
            try:
                if v > 1.5:
                    raise ValueError
                h = h + 2 * v
            except ValueError:
                h = h + v**2
    return h


@refused((np.array([0.7, 1.3, 0.4, 1.1]),))
def an_iterator_left_by_a_break(x):
    values = iter([x[0], x[1], x[2], x[3]])
    t = 0.0
    for v in values:
        if v > 1.0:
            break
        t += v
    return t * sum(values)


@refused((np.array([0.7, 1.3, 0.4, 1.1]),))
def an_iterator_left_by_a_zip(x):
    values = iter(x)
    t = 0.0
    for v, w in zip(values, [1.0, 2.0]):
        t += v * w
    return t * sum(values)


@refused((np.array([0.7, 1.3, 0.4]),))
def any_stops_early(x):
    seen = []

    def is_large(v):
        seen.append(v)
        return v > 1.0

    found = any(is_large(v) for v in x)
    return sum(seen) * (2.0 if found else 1.0)


@case((np.array([0.7, 1.3, 0.4]),), 0)
def a_list_changed_behind_its_iterator(x):
    values = [x[0], x[1]]
    iterator = iter(values)
    first = next(iterator)
    values[1] = x[2]
    return first * sum(iterator)


@refused((np.array([0.7, 1.3, 0.4]),))
def one_step_of_a_map_with_an_effect(x):
    seen = []

    def square(v):
        seen.append(v)
        return v * v

    first = next(map(square, [x[0], x[1], x[2]]))
    return first * sum(seen)


@refused((np.array([0.7, 1.3, 0.4]),))
def a_map_with_an_effect_left_by_a_break(x):
    seen = []
    for a, _ in zip(x, map(lambda v: seen.append(v) or v, [x[0], x[1], x[2]])):
        if a > 1.0:
            break
    return sum(seen)


@case((np.array([0.7, 1.3, 0.4]),), 0)
def names_of_a_pattern_that_fails(x):
    a = x[0]
    match (x[1], 2):
        case (a, 3):
            return a
        case _:
            return a**2 * x[2]


X3 = np.array([0.7, 1.3, 0.4])


@refused((X3,))
def a_name_of_a_list_bound_anew_in_a_loop(x):
    old = [x[0]]
    new = old
    for v in x[:2]:
        new[0] = new[0] * v
        new = [new[0]]
    return old[0] * new[0]


@refused((X3,))
def a_name_of_a_dict_bound_anew_in_a_loop(x):
    old = {"a": x[0]}
    new = old
    for v in x[:2]:
        new["a"] = new["a"] * v
        new = {"a": new["a"]}
    return old["a"] * new["a"]


@refused((X3,))
def a_name_of_an_object_bound_anew_in_a_loop(x):
    old = Row(x[0])
    new = old
    n = 0
    while n < 2:
        new.value = new.value * x[n]
        new = Row(new.value)
        n += 1
    return old.value * new.value


@refused((X3,))
def a_name_of_an_object_bound_anew_in_some_passes(x):
    old = Row(x[0])
    new = old
    for v in x:
        new.value = new.value * v
        if v > 1.0:
            new = Row(new.value)
    return old.value * new.value


@case((X3,), 0)
def an_object_in_a_list_and_under_a_name_bound_anew(x):
    rows = [Row(x[0])]
    row = rows[0]
    for v in x:
        row.value = row.value * v
        row = Row(row.value)
    return rows[0].value * row.value


@case((X3,), 0)
def two_names_swapped_in_a_loop(x):
    first = Row(x[0])
    one, other = first, Row(x[1])
    for v in x:
        one.value = one.value * v
        one, other = other, one
    return first.value * one.value + other.value


@case((X3,), 0)
def two_objects_become_one_in_a_loop(x):
    one, other = Row(x[0]), Row(x[1])
    for v in x:
        one.value = one.value * v
        other.value = other.value + one.value
        one = other
    return one.value * other.value


@case((X3,), 0)
def stores_into_the_first_or_the_last(x):
    a = x * 1.0
    b = a
    for i in range(len(x)):
        b[0] = x[i]
        b = x * 2.0
    return a[0] * b[0]


@case((X3,), 0)
def returned_from_a_loop_that_changes_it(x):
    def solved(c, h):
        y = c.copy()
        for _ in range(20):
            residual = y - c - h * np.sin(y)
            if np.linalg.norm(residual) < 1e-12:
                return y
            y -= np.linalg.solve(np.eye(len(y)) - h * np.diag(np.cos(y)), residual)
        raise ValueError("no convergence")

    for _ in range(3):
        try:
            x = solved(x, 0.1)
        except ValueError:
            x = solved(x, 0.05)
    return np.sum(x**2)


@case((X3,), 0)
def an_update_reads_before_its_right_side(x):
    values = [x[0], x[1]]

    def right():
        values[0] = x[2]
        return x[1] ** 2

    values[0] += right()
    return values[0] * values[1]


@case((X3,), 0)
def the_key_of_a_sort_is_called_once(x):
    seen = []

    def key(v):
        seen.append(v)
        return -v

    ordered = sorted([x[1], x[2], x[0]], key=key)
    ordered.sort(key=key)
    return ordered[0] ** 2 * sum(seen)


@case((X3,), 0)
def an_update_of_a_shared_name_reads_before_its_right_side(x):
    total = x[0]

    def right():
        nonlocal total
        total = x[1]
        return x[2]

    total += right()
    return total * x[0]


@case((X3,), 0)
def an_update_of_an_attribute_reads_before_its_right_side(x):
    row = Row(x[0])

    def right():
        row.value = x[1]
        return x[2]

    row.value *= right()
    return row.value


@case((X3,), 0)
def an_update_of_an_array_reads_before_its_right_side(x):
    y = x * 1.0

    def right():
        y[0] = 5.0 * x[1]
        return x[2]

    y[0] += right()
    return y[0] ** 2


@case((X3,), 0)
def a_missing_key_in_a_return(x):
    d = {"a": x[0]}
    try:
        return d["b"]
    except KeyError:
        return d["a"] ** 2


@case((X3,), 0)
def a_failed_conversion_of_a_constant(x):
    try:
        y = int("q") * x[0]
    except ValueError:
        y = x[1] ** 2
    return y


@case((X3,), 0)
def values_of_a_dict_changed_in_its_loop(x):
    d = {"a": x[0], "b": x[1]}
    s = 0.0
    for v in d.values():
        d["b"] = v * x[2]
        s += v
    return s * d["b"]


@case((X3,), 0)
def a_try_that_surely_fails(x):
    z = None
    try:
        y = z * x[0]
    except TypeError:
        y = x[1] ** 2
    return y


@case((X3,), 0)
def two_buffers_of_lists_swapped(x):
    a, b = [x[0], x[1]], [0.0, 0.0]
    for v in x:
        b[0] = a[1] * v
        b[1] = a[0] + v
        a, b = b, a
    return a[0] * a[1] + b[0]


@case((X3,), 0)
def the_best_object_so_far(x):
    best = Pair(x[0], x[1])
    for v in x:
        found = Pair(v, v * x[0])
        if found.x > best.x:
            best = found
    return best.y * best.x


@case((X3,), 0)
def returned_from_a_try_in_a_loop(x):
    d = {"a": x[0]}
    for k in ("c", "b", "a"):
        try:
            return d[k] ** 2
        except KeyError:
            pass
    return x[1]


@case((np.linspace(0.2, 1.4, 5), X3), 0)
def an_entry_of_a_dict_behind_a_loop_over_another(x, m):
    d = {"k": np.multiply.outer(m, m), "m": np.sin(x), "l": np.cos(x)}
    for i, row in enumerate(d["k"]):
        row *= 0.9 + 0.1 * i
        kept = {"k": d["l"]}
    d["m"] = np.sin(d["m"][::-1])
    return np.sum(np.sin(d["m"]) * np.arange(5.0)) + np.sum(kept["k"])


@case((np.linspace(0.2, 1.4, 5),), 0)
def pairs_in_two_lists(x):
    ys = []
    for v in x:
        ys.append((v, v * v))
    zs = list(ys)
    total = 0.0
    for k in range(len(zs)):
        total += zs[k][0] * ys[k][1] * (k + 1)
    return total


@case((np.linspace(0.2, 1.4, 5),), 0)
def lists_in_two_lists(x):
    ys = []
    for v in x:
        ys.append([v, v * v])
    zs = list(ys)
    total = 0.0
    for k in range(len(zs)):
        total += zs[k][0] * ys[k][1] * (k + 1)
    return total


class Walker:
    """Something that moves in steps."""

    def __init__(self, place):
        self.place = place

    def step(self, factor):
        self.place = self.place * factor


@case((0.7,), 0)
def an_object_made_in_the_first_pass(x):
    walker = None
    for i in range(3):
        if walker is None:
            walker = Walker(x)
        else:
            walker.step(0.1 * i)
    return walker.place * x


@case(({"a": 0.7, "b": 1.2}, ["a", "b"]), 0)
def a_lookup_that_a_test_keeps_from_failing(x, keys):
    total = 0.0
    for key in ("a", "b", "c"):
        if key in keys:
            total = total + x[key] ** 2
    return total


@case((0.7,), 0)
def a_copy_of_a_set(x):
    names = {"a", "b"}
    return x * x * len(names.copy())


@pytest.mark.parametrize(("function", "args", "argnums"), CASES, ids=[c[0].__name__ for c in CASES])
def test_regression(function: Callable[..., Any], args: tuple[Any, ...], argnums: Any) -> None:
    check_gradient(function, args, argnums)


@pytest.mark.parametrize(("function", "args"), REFUSED, ids=[c[0].__name__ for c in REFUSED])
def test_refused(function: Callable[..., Any], args: tuple[Any, ...]) -> None:
    for call in (srcgrad.grad(function), srcgrad.value_and_grad(function)):
        with pytest.raises(srcgrad.UnsupportedError) as caught:
            call(*args)
        assert caught.value.location is not None
    with pytest.raises(srcgrad.UnsupportedError):
        srcgrad.jvp(function, args, args)


class Settings:
    """Data that a user keeps on a class."""

    rate = 2.0


def scaled(x):
    return x * scaled.by


scaled.by = 3.0  # type: ignore[attr-defined]


def test_attributes_of_classes_and_functions_are_read_live(monkeypatch: pytest.MonkeyPatch) -> None:
    gradient = srcgrad.grad(lambda x: scaled(x) * Settings.rate)
    assert gradient(1.0) == 6.0
    monkeypatch.setattr(Settings, "rate", 5.0)
    monkeypatch.setattr(scaled, "by", 7.0)
    assert gradient(1.0) == 35.0
    assert len(gradient.variants) == 1

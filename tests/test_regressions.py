"""Programs that once had a wrong gradient, or none: each must stay right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


@pytest.mark.parametrize(("function", "args", "argnums"), CASES, ids=[c[0].__name__ for c in CASES])
def test_regression(function: Callable[..., Any], args: tuple[Any, ...], argnums: Any) -> None:
    check_gradient(function, args, argnums)


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

# mypy: allow-untyped-defs, allow-untyped-calls
"""Functions that change what they are given, and views passed to them."""

from __future__ import annotations

from typing import Any

import numpy as np

from memory.registry import A33, A34, W3, X3, X4, X6, right, right_or_refused


def double_first(y):
    y[0] *= 2.0


def square_all(y):
    y *= y


def write_into(target, values):
    target[:] = values


def add_into(target, values):
    target += values


def mix(a, b):
    """With one array for both, the second statement sees the first."""
    a[0] = b[1] * b[1]
    b[1] = a[0] + a[2]
    a += b


def returns_its_argument(y):
    y[0] = y[1] * y[2]
    return y


def returns_a_view(y):
    return y[1:]


def returns_a_row(a, n):
    return a[n]


def rebinds_its_parameter(y):
    y = y * 2.0
    y[0] = 0.0
    return y


def pick(first, second, which):
    return first if which else second


def append_square(values: Any, v: Any) -> None:
    values.append(v * v)


def normalise(a):
    for row in a:
        row /= 1.0 + np.sum(row**2)


def bump(y, n):
    if n > 0:
        y[n] += y[n - 1] ** 2
    else:
        y[n] = 2.0 * y[-1]


@right(X3)
def changed_by_a_callee(x):
    y = np.sin(x)
    double_first(y)
    square_all(y)
    return np.sum(y * x)


@right(X3)
def parameter_changed_by_a_callee(x):
    before = x[0] * x[1]
    square_all(x)
    return np.sum(x * x) + before


@right(X3)
def changed_twice(x):
    y = np.sin(x)
    square_all(y)
    square_all(y)
    return np.sum(y)


@right(A33)
def row_passed(a):
    b = np.sin(a)
    square_all(b[1])
    double_first(b[:, 2])
    return np.sum(b**2)


@right(A33)
def transposed_passed(a):
    b = a.copy()
    normalise(b)
    normalise(b.T)
    return np.sum(b * a)


@right(X6)
def slice_passed(x):
    y = np.sin(x)
    write_into(y[:3], y[3:] * x[0])
    add_into(y[::2], y[1::2])
    return np.sum(y**2)


@right(X6)
def named_view_passed(x):
    y = np.sin(x)
    v = y[2:]
    double_first(v)
    y[2] += x[0]
    square_all(v)
    return np.sum(y) + v[0] * v[1]


@right(X3)
def one_array_for_both(x):
    y = np.sin(x)
    mix(y, y)
    return np.sum(y**2)


@right(X3, W3)
def two_arrays_for_both(x, w):
    y = np.sin(x)
    mix(y, w)
    mix(w, y)
    return np.sum(y**2) + np.sum(w)


@right(X4)
def overlapping_for_both(x):
    y = np.sin(x)
    mix(y[:3], y[1:])
    return np.sum(y**2)


@right(X4)
def shifted_onto_itself(x):
    y = np.sin(x)
    write_into(y[1:], y[:-1])
    add_into(y[:-1], y[1:])
    return np.sum(y**2 * x)


@right(X3)
def array_added_to_itself(x):
    y = np.sin(x)
    add_into(y, y)
    return np.sum(y**2)


@right(X3)
def result_is_the_argument(x):
    y = np.sin(x)
    z = returns_its_argument(y)
    z[1] = x[0]
    return np.sum(y * z)


@right(X3)
def result_is_a_view(x):
    y = np.sin(x)
    z = returns_a_view(y)
    z[0] = x[0]
    y[2] *= x[1]
    return np.sum(y**2) + np.sum(z)


@right(A33)
def result_is_a_row(a):
    b = a.copy()
    for n in range(3):
        returns_a_row(b, n)[n] = 1.0 + a[n, 0] ** 2
    return np.sum(np.sin(b))


@right(X3)
def rebound_inside_the_callee(x):
    y = np.sin(x)
    z = rebinds_its_parameter(y)
    return np.sum(y**2) + np.sum(z**2)


@right_or_refused(X3, W3)
def one_of_two_returned(x, w):
    y, u = np.sin(x), np.cos(w)
    z = pick(y, u, x[0] > 0.0)
    z[1] = w[2] * x[2]
    return np.sum(y * u)


@right(X3, W3)
def one_of_two_by_a_constant(x, w):
    y, u = np.sin(x), np.cos(w)
    z = pick(y, u, False)
    z[1] = w[2] * x[2]
    return np.sum(y * u)


@right(X4)
def changed_in_a_loop(x):
    y = np.sin(x)
    for n in range(4):
        bump(y, n)
    return np.sum(y**2)


@right(X3)
def list_grows_in_a_callee(x):
    values: list[float] = []
    for v in x:
        append_square(values, v)
    append_square(values, values[0])
    return np.sum(np.sin(np.array(values)))


@right(X3)
def nested_function_changes_a_local(x):
    y = np.sin(x)

    def change(n):
        y[n] = y[n - 1] * x[n]

    change(0)
    change(2)
    return np.sum(y**2)


@right(X3)
def nested_function_sees_the_change(x):
    y = np.sin(x)

    def total():
        return np.sum(y**2)

    before = total()
    y[0] = x[1] * x[2]
    return before * total()


@right(X3)
def function_as_argument_changes(x):
    def apply(f, y):
        f(y)
        f(y[1:])

    y = np.sin(x)
    apply(double_first, y)
    apply(square_all, y)
    return np.sum(y**2)


@right(A34, 2)
def view_made_and_changed_by_callees(a, n):
    b = np.sin(a)
    row = returns_a_row(b, n)
    double_first(row)
    square_all(returns_a_view(row))
    return np.sum(b**3)


@right([X3, W3])
def list_parameter_changed_by_a_callee(p):
    for y in p:
        square_all(y)
    write_into(p[0], p[1] * p[0])
    return np.sum(p[0]) + p[1][0] ** 2


@right(X3)
def in_place_on_a_parameter_of_a_callee(x):
    def step(y, g):
        y -= 0.1 * g
        return y

    y = x.copy()
    for _ in range(3):
        y = step(y, y**2)
    return np.sum(y**2)


@right(X3)
def temporary_passed(x):
    square_all(x * 2.0)
    square_all(np.sin(x))
    return np.sum(x**2)

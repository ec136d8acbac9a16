# mypy: allow-untyped-defs, allow-untyped-calls
"""Lists that loops append to, and that the reverse sweep reads again."""

from __future__ import annotations

import numpy as np

from memory.registry import X3, right, right_or_refused


@right(X3, 0.7)
def read_by_place_and_from_the_end(x, k):
    xs = [x, x * 2]
    for i in range(1, 5):
        xs.append(np.sin(xs[-1]) * k + np.cos(xs[-2]) * np.exp(xs[i] * 0.1))
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def two_in_each_pass(x, k):
    xs = [x]
    for i in range(4):
        xs.append(np.sin(xs[-1]) * k)
        xs.append(np.cos(xs[-1]) * k * xs[0] * xs[i])
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def two_lists_of_each_other(x, k):
    xs, ys = [x], [x * 2]
    for _ in range(4):
        a, b = xs[-1], ys[-1]
        xs.append(np.sin(a) * k * b)
        ys.append(np.cos(xs[-1]) * a)
    return np.sum(np.stack(xs) ** 2) + np.sum(ys[-1] * xs[2])


@right(X3, 0.7)
def empty_at_first(x, k):
    xs = []
    for i in range(4):
        xs.append(np.sin(x) * k * (i + 1))
        x = x + xs[-1] * xs[i]
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def more_in_one_pass(x, k):
    xs = [x]
    for i in range(4):
        xs.append(np.sin(xs[-1]) * k)
        if i == 2:
            xs.append(xs[-1] * 2)
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def shorter_after_the_loop(x, k):
    xs = [x]
    for _ in range(4):
        xs.append(np.sin(xs[-1]) * k)
    last = xs.pop()
    xs.append(last * k)
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def another_element_after_the_loop(x, k):
    xs = [x]
    for _ in range(4):
        xs.append(np.sin(xs[-1]) * k)
    xs[2] = xs[2] * 2
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def left_early(x, k):
    xs = [x]
    for _ in range(10):
        xs.append(np.sin(xs[-1]) * k)
        if np.sum(xs[-1]) < 0.05:
            break
    return np.sum(np.stack(xs) ** 2)


@right(X3, 0.7)
def a_new_list_in_each_pass(x, k):
    total = 0.0
    for _ in range(3):
        xs = [x]
        for i in range(3):
            xs.append(np.sin(xs[-1]) * k * np.cos(xs[i]))
        x = xs[-1]
        total += np.sum(np.stack(xs) ** 2)
    return total


@right_or_refused(X3, 0.7)
def an_element_is_written_into(x, k):
    xs = [x * 1.0]
    for i in range(4):
        xs.append(np.sin(xs[-1]) * k)
        xs[i][0] = 3.0
    return np.sum(np.stack(xs) ** 2)


@right_or_refused(X3, 0.7)
def changed_after_it_was_appended(x, k):
    xs = [x]
    for _ in range(4):
        y = np.sin(xs[-1]) * k
        xs.append(y)
        y *= k
    return np.sum(np.stack(xs) ** 2)

# mypy: allow-untyped-defs, allow-untyped-calls
"""Buffers in loops and branches: swapped, rotated, rebound, and known at run time only."""

from __future__ import annotations

import numpy as np

from memory.registry import A33, W3, W4, X3, X4, X6, right, right_or_refused

# buffers ------------------------------------------------------------------------------------------


@right(X4, 0.3)
def two_buffers_swapped(x, a):
    u, v = x.copy(), np.zeros(4)
    for _ in range(3):
        v[1:-1] = u[1:-1] + a * (u[2:] - 2.0 * u[1:-1] + u[:-2]) * u[1:-1]
        u, v = v, u
    return np.sum(u**2) + np.sum(v)


@right(X4, 0.3)
def two_buffers_even_passes(x, a):
    u, v = x.copy(), x.copy()
    for n in range(4):
        v[0] = a * u[n]
        v[1:] = u[:-1] * u[1:]
        u, v = v, u
    return np.sum(np.sin(u)) + v[1]


@right(X4, 0.3)
def three_buffers_rotated(x, dt):
    old, now, new = x.copy(), 0.9 * x, np.zeros(4)
    for _ in range(5):
        new[1:-1] = 2.0 * now[1:-1] - old[1:-1] + dt * (now[2:] - now[:-2]) * now[1:-1]
        new[0], new[-1] = now[-1], now[0]
        old, now, new = now, new, old
    return np.sum(now**2) + np.sum(old) + new[0]


@right(X3, W3)
def parameters_swapped(x, w):
    for _ in range(3):
        x[0] = w[1] * w[2]
        x, w = w, x
    return np.sum(x * w)


@right(X4)
def rows_as_buffers(x):
    buffers = np.zeros((2, 4))
    buffers[0] = x
    for n in range(4):
        buffers[(n + 1) % 2] = np.sin(buffers[n % 2]) + x
        buffers[(n + 1) % 2, 0] *= buffers[n % 2, 1]
    return np.sum(buffers**2)


@right(X4)
def rebound_after_a_copy(x):
    u = x.copy()
    for _ in range(3):
        v = u.copy()
        v[1:] = u[:-1] * u[1:]
        u = v
    return np.sum(u**2)


@right(X4)
def history_of_copies(x):
    u = x.copy()
    history = []
    for n in range(3):
        u[n] *= u[n + 1]
        history.append(u.copy())
    total = 0.0
    for h in history:
        total += np.sum(h**2)
    return total


@right_or_refused(X4)
def history_of_one_array(x):
    u = x.copy()
    history = []
    for n in range(3):
        u[n] *= u[n + 1]
        history.append(u)
    total = 0.0
    for h in history:
        total += np.sum(h**2)
    return total


@right(X4)
def history_of_numbers(x):
    u = x.copy()
    history = []
    for n in range(3):
        u[n] *= u[n + 1]
        history.append(u[n])
    return history[0] * history[1] + history[-1] ** 2


@right(X4)
def fresh_buffer_in_each_pass(x):
    total = 0.0
    for n in range(3):
        buffer = np.zeros(4)
        buffer[n] = x[n] * x[n + 1]
        buffer[n + 1] += total
        total += np.sum(buffer**2)
    return total


@right(X4)
def one_buffer_for_all_passes(x):
    buffer = np.zeros(4)
    total = 0.0
    for n in range(4):
        buffer[:] = x * x[n]
        buffer[n] += total
        total += np.sum(np.sin(buffer))
    return total


@right_or_refused(X3, W3)
def other_storage_in_later_passes(x, w):
    y, z = np.sin(x), np.cos(w)
    t = y
    for n in range(3):
        t[n] = x[0] * w[n]
        t = z
    return np.sum(y**2) + np.sum(z**2) + np.sum(t)


@right_or_refused(X3, W3)
def storage_by_parity(x, w):
    y, z = np.sin(x), np.cos(w)
    for n in range(3):
        t = y if n % 2 else z
        t[n] = x[n] * w[n]
    return np.sum(y**2) + np.sum(z**3)


@right_or_refused(X4)
def view_moves_in_a_loop(x):
    y = np.sin(x)
    v = y
    for n in range(3):
        v[0] = x[n] * v[1]
        v = v[1:]
    return np.sum(y**2)


@right_or_refused(X3)
def view_or_copy_by_pass(x):
    y = np.sin(x)
    z = y
    for n in range(3):
        z[n] = x[n] * y[0]
        z = z * 1.0
    return np.sum(y**2) + np.sum(z**2)


@right(X6)
def view_of_a_changing_part(x):
    y = np.sin(x)
    for n in range(4):
        v = y[n : n + 2]
        v[0] = v[1] * x[n]
        v += 0.5 * y[n + 2]
    return np.sum(y**2)


@right_or_refused(X4)
def list_of_buffers_by_index(x):
    buffers = [x.copy(), np.zeros(4)]
    for n in range(3):
        buffers[(n + 1) % 2][1:] = buffers[n % 2][:-1] * x[n]
    return np.sum(buffers[0] ** 2) + np.sum(buffers[1])


@right_or_refused(X4)
def buffers_swapped_in_a_list(x):
    buffers = [x.copy(), np.zeros(4)]
    for _ in range(3):
        buffers[1][:] = np.sin(buffers[0]) + x
        buffers[0], buffers[1] = buffers[1], buffers[0]
    return np.sum(buffers[0] ** 2) + np.sum(buffers[1])


@right(X4, 0)
def no_pass_at_all(x, n):
    y = np.sin(x)
    z = y
    for k in range(n):
        z[k] = 5.0 * x[0]
    return np.sum(y**2)


@right(X4, 0)
def no_pass_and_swapped_buffers(x, n):
    u, v = x.copy(), np.zeros(4)
    for _ in range(n):
        v[:] = u * u
        u, v = v, u
    return np.sum(u**2) + np.sum(v)


@right(X4)
def while_that_does_not_run(x):
    y = np.sin(x)
    while y[0] > 10.0:
        y *= 0.5
    return np.sum(y**2)


@right(X4)
def while_until_small(x):
    y = np.sin(x) + 2.0
    while np.sum(y * y) > 1.0:
        y *= 0.7
        y[0] += 0.01 * x[0]
    return np.sum(y**3)


@right(X4)
def loop_left_early(x):
    y = np.sin(x)
    for n in range(4):
        y[n] = y[n - 1] * x[n] + 0.3
        if y[n] < 0.1:
            break
        y[0] += 1.0
    return np.sum(y**2)


@right(X4)
def passes_left_out(x):
    y = np.sin(x)
    for n in range(4):
        if x[n] < 0.0:
            continue
        y[n] *= y[n - 1]
    return np.sum(y**2)


@right(X4)
def sums_so_far(x):
    y = x.copy()
    for n in range(1, 4):
        y[n] += y[n - 1] * y[n]
    return np.sum(y**2)


@right(X4)
def backwards(x):
    y = np.zeros(5)
    for n in range(3, -1, -1):
        y[n] = y[n + 1] * x[n] + np.sin(x[n])
    return y[0] * y[1]


@right(A33)
def triangular_loops(a):
    b = a.copy()
    for i in range(3):
        for j in range(i):
            b[i, j] -= b[j, j] * b[i, j] / (2.0 + b[i, i] ** 2)
            b[j, i] = b[i, j]
    return np.sum(np.sin(b))


@right(A33, X3)
def elimination_in_place(a, b):
    m = a + 3.0 * np.eye(3)
    y = b.copy()
    for k in range(3):
        for i in range(k + 1, 3):
            factor = m[i, k] / m[k, k]
            m[i, k:] -= factor * m[k, k:]
            y[i] -= factor * y[k]
    for k in range(2, -1, -1):
        y[k] = (y[k] - m[k, k + 1 :] @ y[k + 1 :]) / m[k, k]
    return np.sum(y**2)


# branches -----------------------------------------------------------------------------------------


@right(X3)
def one_name_for_both_sides(x):
    if x[0] > 0.0:
        y = np.sin(x)
    else:
        y = np.cos(x)
    y[1] = x[0] * x[2]
    return np.sum(y**2)


@right_or_refused(X3, W3)
def alias_by_a_condition(x, w):
    y, u = np.sin(x), np.cos(w)
    z = y if x[0] > 0.0 else u
    z[0] = x[1] * w[1]
    return np.sum(y**2) + np.sum(u**2)


@right_or_refused(-X3, W3)
def alias_by_a_false_condition(x, w):
    y, u = np.sin(x), np.cos(w)
    if x[0] > 0.0:
        z = y
    else:
        z = u
    z += y
    return np.sum(y**2) + np.sum(u**2)


@right_or_refused(X3)
def alias_or_copy(x):
    y = np.sin(x)
    z = y if x[0] > 0.0 else y.copy()
    z[0] = x[1]
    return np.sum(y**2) + np.sum(z)


@right_or_refused(-X3)
def copy_or_alias(x):
    y = np.sin(x)
    z = y
    if x[0] > 0.0:
        z = y.copy()
    z[0] = x[1]
    return np.sum(y**2) + np.sum(z)


@right_or_refused(X4)
def one_of_two_views(x):
    y = np.sin(x)
    v = y[1:] if x[0] > 0.0 else y[:-1]
    v[0] = x[3] * v[1]
    return np.sum(y**2)


@right_or_refused(X3)
def parameter_or_copy(x):
    y = x if x[0] > 0.0 else x * 2.0
    y[0] = y[1] * y[2]
    return np.sum(x**2) + np.sum(y)


@right(X3)
def store_in_one_side(x):
    y = np.sin(x)
    z = y
    if x[0] > 0.0:
        z[0] = x[1] * y[0]
    return np.sum(y**2)


@right(X3)
def different_stores_in_both_sides(x):
    y = np.sin(x)
    z = y[1:]
    if x[0] < 0.0:
        y[1] *= x[0]
    else:
        z *= y[0]
    return np.sum(y**2)


@right(W4, X4)
def rebound_in_one_side(w, x):
    y = np.sin(x)
    if w[0] > 0.0:
        y = y * w
    y[1] = w[0] * x[1]
    return np.sum(y**2)


@right(X3)
def store_and_early_return(x):
    y = np.sin(x)
    y[0] *= x[1]
    if x[0] > 0.0:
        y[1] = x[2] * y[0]
        return np.sum(y**2)
    y[2] = 0.0
    return np.sum(y)

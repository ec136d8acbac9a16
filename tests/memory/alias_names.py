# mypy: allow-untyped-defs, allow-untyped-calls
"""One array under several names: aliases, views, and views that containers hold."""

from __future__ import annotations

import numpy as np

from memory.registry import A23, A33, A34, W4, X3, X4, X6, right

# names --------------------------------------------------------------------------------------------


@right(X3)
def second_name(x):
    y = np.sin(x)
    z = y
    z[0] = x[1] * x[2]
    return np.sum(y**2) + np.sum(z)


@right(X3)
def store_under_the_first_name(x):
    y = np.sin(x)
    z = y
    y[0] = x[1] * x[2]
    return np.sum(z**3)


@right(X3)
def parameter_under_another_name(x):
    y = x
    y += 1.0
    return np.sum(x * x) + np.sum(y)


@right(X3)
def parameter_multiplied_in_place(x):
    y = x
    y *= x
    return np.sum(np.sin(x)) + y[0]


@right(X3, 0.7)
def parameter_element_set(x, c):
    x[1] = c * x[0]
    return np.sum(x**2)


@right(X3)
def parameter_element_set_by_itself(x):
    x[0] = x[0] * x[0]
    x[0] = x[0] * x[1]
    return x[0] * x[2]


@right(X3)
def mutated_parameter_used_later(x):
    before = x[0] * x[1]
    x *= 2.0
    x[0] += before
    after = np.sum(np.sin(x))
    x[:] = 0.0
    return after * before + np.sum(x)


@right(X3)
def alias_that_is_not_in_place(x):
    y = np.sin(x)
    z = y
    y = y + 1.0
    y[0] = x[2]
    return np.sum(y * z)


@right(X3)
def alias_ends_by_rebinding(x):
    y = np.sin(x)
    z = y
    z = z * 2.0
    z[0] = 0.0
    return np.sum(y**2) + np.sum(z**2)


@right(X3)
def three_names(x):
    a = b = c = np.cos(x)
    b[0] = x[1]
    c[1] *= x[2]
    return np.sum(a**2) + b[1] * c[0]


@right(X3)
def chained_assignment_then_in_place(x):
    a = b = x * 1.0
    a += b
    b *= a
    return np.sum(a) + np.sum(b * x)


@right(X3)
def names_swapped_then_stored(x):
    a, b = np.sin(x), np.cos(x)
    a, b = b, a
    a[0] = x[2]
    b[1] = x[0]
    return np.sum(a * a * b)


@right(X3)
def in_place_by_itself(x):
    y = np.sin(x)
    y *= y
    y += y
    y **= 2
    return np.sum(y)


@right(A33)
def matmul_in_place_by_itself(a):
    b = a.copy()
    c = b
    b @= b
    return np.sum(np.sin(c))


@right(0.7)
def numbers_have_no_storage(x):
    y = x * x
    z = y
    z += x
    z *= z
    return y * z


@right(X3)
def elements_are_copies(x):
    y = np.sin(x)
    e = y[0]
    y[0] = x[1]
    e += 1.0
    return e * y[0] + np.sum(y)


# views --------------------------------------------------------------------------------------------


@right(X6)
def slice_as_view(x):
    y = np.sin(x)
    z = y[1:4]
    z[0] = x[5]
    y[2] = x[4]
    return np.sum(y**2) + np.sum(z**3)


@right(X6)
def slice_of_parameter(x):
    z = x[1:4]
    z *= 2.0
    return np.sum(x**2) + np.sum(z)


@right(X6)
def step_and_back_as_views(x):
    y = np.sin(x)
    a, b = y[::2], y[::-1]
    a += 1.0
    b[0] = a[2] * x[0]
    return np.sum(y**2) + a[0] * b[1]


@right(A33)
def row_as_view(a):
    b = a * 1.0
    row = b[1]
    row[2] = row[0] * row[1]
    b[1, 0] = 3.0 * row[2]
    return np.sum(np.sin(b)) + np.sum(row**2)


@right(A33)
def column_as_view(a):
    b = a * 1.0
    col = b[:, 1]
    col /= 1.0 + col * col
    return np.sum(b * b)


@right(A34)
def transposed_as_view(a):
    b = np.sin(a)
    t = b.T
    t[0] = t[1] * t[2]
    b[:, 3] *= 2.0
    return np.sum(b**2) + np.sum(t[3])


@right(A34)
def transposed_twice(a):
    b = np.sin(a)
    t = b.T.T
    t[1] = a[0]
    return np.sum(b**2)


@right(A34)
def reshaped_as_view(a):
    b = np.sin(a)
    flat = b.reshape(-1)
    flat[5:7] = 2.0 * flat[:2]
    return np.sum(b**3)


@right(A34)
def ravelled_as_view(a):
    b = np.sin(a)
    flat = b.ravel()
    flat *= flat[::-1]
    return np.sum(b * a)


@right(X6)
def view_of_view_of_view(x):
    y = np.sin(x)
    part = y[1:].reshape(5, 1)[::2, 0][1:]
    part[0] = x[0] * x[1]
    part *= 2.0
    return np.sum(y**2)


@right(X6)
def two_views_that_overlap(x):
    y = np.sin(x)
    a, b = y[:4], y[2:]
    a[2:] = b[2:]
    b[0] *= a[3]
    return np.sum(y**2) + np.sum(a * b)


@right(A33)
def row_and_column_cross(a):
    b = np.sin(a)
    row, col = b[1], b[:, 2]
    row[2] = a[0, 0]
    col[1] *= col[0]
    row += col
    return np.sum(b**2)


@right(X6)
def view_after_base_was_rebound(x):
    y = np.sin(x)
    z = y[1:]
    y = y * 2.0
    z[0] = x[3]
    return np.sum(y**2) + np.sum(z**2)


@right(X6)
def store_after_base_was_rebound(x):
    y = np.sin(x)
    z = y[:3]
    old = y
    y = x * 1.0
    y[0] = 5.0
    z[1] = x[0]
    return np.sum(y**2) + np.sum(z**2) + np.sum(old**3)


@right(X6)
def view_rebound_to_another_part(x):
    y = np.sin(x)
    z = y[:3]
    z[0] = x[1]
    z = y[3:]
    z[0] = x[2]
    return np.sum(y**2)


@right(X4, W4)
def view_moves_to_another_array(x, w):
    y, u = np.sin(x), np.cos(w)
    z = y[1:]
    z[0] = w[0]
    z = u[1:]
    z[0] = x[0]
    return np.sum(y * u * u)


@right(A23)
def rows_by_unpacking(a):
    b = np.sin(a)
    p, q = b
    p *= q
    q[0] = p[1]
    return np.sum(b**2)


@right(A23)
def rows_of_parameter(a):
    for row in a:
        row *= row[0]
    return np.sum(np.sin(a))


@right(A33)
def rows_in_a_loop(y):
    z = y * 1.0
    for row in z:
        row[1:] = row[0] * row[:2]
    return np.sum(z**2)


@right(A33, X3)
def rows_set_by_ellipsis(a, x):
    b = np.zeros_like(a)
    for row in b:
        row[...] = x * np.sum(b + a)
    return np.sum(b)


@right(A33, X3)
def rows_with_their_numbers(a, x):
    b = a.copy()
    for n, row in enumerate(b):
        row[n] = x[n] * row[0]
        row += 0.5 * b[0]
    return np.sum(b**2)


@right(A33, A33.T)
def rows_of_two(a, b):
    c = a * 1.0
    for row, other in zip(c, b, strict=False):
        row -= other[0] * other
    return np.sum(c**2)


@right(A33)
def columns_in_a_loop(a):
    b = a.copy()
    for col in b.T:
        col /= 1.0 + np.sum(col**2)
    return np.sum(b * b * a)

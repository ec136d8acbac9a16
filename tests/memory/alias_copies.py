# mypy: allow-untyped-defs, allow-untyped-calls
"""Copies that look like views, views that look like copies, and arrays stored into themselves."""

from __future__ import annotations

import numpy as np

from memory.registry import A23, A33, A34, W3, X3, X6, right, right_or_refused

F32 = np.float32

# copies and views ---------------------------------------------------------------------------------


@right(X3)
def asarray_is_an_alias(x):
    y = np.sin(x)
    z = np.asarray(y)
    z[0] = x[1] * x[2]
    return np.sum(y**2)


@right(X3)
def asarray_of_parameter(x):
    z = np.asarray(x)
    z[0] = z[1] * z[2]
    return np.sum(x**2)


@right(X3)
def asarray_to_the_same_dtype(x):
    y = np.sin(x)
    z = np.asarray(y, dtype=float)
    z[0] = x[1]
    return np.sum(y**2)


@right(X3)
def array_is_a_copy(x):
    y = np.sin(x)
    z = np.array(y)
    z[0] = x[1] * x[2]
    return np.sum(y**2) + np.sum(z**3)


@right_or_refused(X3)
def array_without_a_copy(x):
    y = np.sin(x)
    z = np.array(y, copy=None)
    z[0] = x[1] * x[2]
    return np.sum(y**2) + np.sum(z**3)


@right(A33)
def contiguous_already_is_an_alias(a):
    b = np.sin(a)
    z = np.ascontiguousarray(b)
    z[0] = a[1]
    return np.sum(b**2)


@right_or_refused(A34)
def contiguous_of_transposed_is_a_copy(a):
    b = np.exp(0.1 * a)
    z = np.ascontiguousarray(b.T)
    z[0] = a[:, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def contiguous_parameter(a):
    z = np.ascontiguousarray(a)
    z[0] = z[1] * z[2]
    return np.sum(a**2) + np.sum(z)


@right(X3)
def astype_is_a_copy(x):
    y = np.sin(x)
    z = y.astype(float)
    z[0] = x[1] * x[2]
    return np.sum(y**2) + np.sum(z**3)


@right_or_refused(X3)
def astype_without_a_copy(x):
    y = np.sin(x)
    z = y.astype(float, copy=False)
    z[0] = x[1] * x[2]
    return np.sum(y**2) + np.sum(z**3)


@right(A34)
def flatten_is_a_copy(a):
    b = np.sin(a)
    z = b.flatten()
    z[0] = a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right(X6)
def fancy_index_is_a_copy(x):
    y = np.sin(x)
    z = y[[0, 2, 4]]
    z[0] = x[1]
    y[2] = x[3]
    return np.sum(y**2) + np.sum(z**2)


@right(X6)
def mask_is_a_copy(x):
    y = np.sin(x)
    z = y[x > 0.0]
    z *= 2.0
    return np.sum(y**2) + np.sum(z**2)


@right(X6)
def store_into_a_copy_by_fancy_index(x):
    y = np.sin(x)
    y[[0, 2, 4]][1] = x[1]
    y[x > 0.0][0] = 7.0
    return np.sum(y**2)


@right(A34)
def row_by_list_is_a_copy(a):
    b = np.sin(a)
    z = b[[1]]
    z[0, 0] = 3.0 * a[0, 0]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def reshape_of_columns_is_a_copy(a):
    b = np.sin(a)
    z = b[:, 1:3].reshape(6)
    z[0] = a[0, 0] ** 2
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def reshape_of_rows_is_a_view(a):
    b = np.sin(a)
    z = b[1:].reshape(8)
    z[0] = a[0, 0] ** 2
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def ravel_of_transposed_is_a_copy(a):
    b = np.exp(0.1 * a)
    z = b.T.ravel()
    z[0] = a[0, 0] ** 2
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def ravel_of_parameter(a):
    z = a.ravel()
    z[0] = z[1] * z[2]
    return np.sum(a**2) + np.sum(z)


@right_or_refused(A34)
def reshape_of_transposed_is_a_copy(a):
    b = np.exp(0.1 * a)
    z = b.T.reshape(-1)
    z *= 2.0
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(X6)
def reshape_of_a_step_splits(x):
    y = np.sin(x)
    z = y[::2].reshape(3, 1)
    z[1, 0] = x[0] * x[1]
    return np.sum(y**2)


@right_or_refused(A34)
def elementwise_keeps_the_order(a):
    b = np.exp(a.T)
    z = b.reshape(-1)  # a copy: the elements of `b` lie in the order of those of `a`
    z[1] = a[0, 0]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def like_keeps_the_order(a):
    b = np.zeros_like(a.T)
    z = b.ravel()  # a copy, for the same reason
    z[1] = a[0, 0]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def copy_function_keeps_the_order(a):
    b = np.copy(a.T)
    z = b.reshape(-1)  # a copy
    z[1] = a[0, 0] * a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def copy_method_does_not(a):
    b = a.T.copy()
    z = b.reshape(-1)  # a view
    z[1] = a[0, 0] * a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def columns_by_list_lie_by_column(a):
    b = np.sin(a)[:, [0, 2]]
    z = b.reshape(-1)  # a copy
    z[1] = a[0, 0] * a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def rows_by_list_lie_by_row(a):
    b = np.sin(a)[[0, 2]]
    z = b.reshape(-1)  # a view
    z[1] = a[0, 0] * a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A33)
def sum_of_both_orders(a):
    b = a.T + a
    z = b.ravel()  # a view
    z[1] = a[0, 0] * a[1, 1]
    return np.sum(b**2) + np.sum(z**2)


@right_or_refused(A34)
def diagonal_is_read_only(a):
    b = np.sin(a)
    d = np.diag(b) * 1.0
    d[0] = a[0, 1]
    return np.sum(b**2) + np.sum(d**2)


@right_or_refused(X3)
def broadcast_copied_then_stored(x):
    b = np.broadcast_to(x, (2, 3)).copy()
    b[0, 1] = x[2]
    return np.sum(b**2 * A23)


@right_or_refused(X3)
def repeated_by_broadcasting(x):
    b = np.zeros((2, 3)) + x
    b[0] *= b[1]
    return np.sum(b**2)


# dtypes -------------------------------------------------------------------------------------------


@right(X3.astype(F32), 0.7)
def single_buffer(x, c):
    y = np.zeros(3, dtype=np.float32)
    y[0] = c * x[0]
    y[1:] += x[:2] * c
    return np.sum(y * x)


@right(X3.astype(F32), W3)
def doubles_into_singles(x, w):
    y = x.copy()
    y[1] = w[0] * w[1]
    y[2] *= w[2]
    return np.sum(y * y)


@right(X3, W3.astype(F32))
def singles_into_doubles(x, w):
    y = x.copy()
    y[1] = w[0] * w[1]
    y += w
    return np.sum(y * y)


@right_or_refused(X3)
def truncated_by_an_integer_buffer(x):
    y = np.zeros(3, dtype=int)
    y[0] = 3.0 * x[0]
    y[1] = 2
    return np.sum(y * x)


@right(X3)
def integer_buffer_of_counts(x):
    n = np.zeros(3, dtype=int)
    n[0] += 2
    n[1] = n[0] + 1
    return np.sum(n * x**2)


@right(X3)
def bool_buffer(x):
    m = np.zeros(3, dtype=bool)
    m[0] = x[0] > 0.0
    m[2] = True
    return np.sum(np.where(m, x * x, 2.0 * x))

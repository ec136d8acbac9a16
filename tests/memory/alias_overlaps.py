# mypy: allow-untyped-defs, allow-untyped-calls
"""Arrays stored into themselves, broadcast in place, partly empty, or never read."""

from __future__ import annotations

import numpy as np

from memory.registry import A33, A34, X3, X4, X6, right


@right(X4)
def shifted(x):
    y = np.sin(x)
    y[1:] = y[:-1]
    return np.sum(y**2 * x)


@right(X4)
def shifted_back(x):
    y = np.sin(x)
    y[:-1] = y[1:]
    return np.sum(y**2 * x)


@right(X4)
def shifted_and_added(x):
    y = np.sin(x)
    y[1:] += y[:-1]
    y[:-1] *= y[1:]
    return np.sum(y**2 * x)


@right(X4)
def reversed_in_place(x):
    y = np.sin(x)
    y[:] = y[::-1]
    return np.sum(y**2 * x)


@right(X4)
def reversed_under_a_name(x):
    y = np.sin(x)
    z = y[::-1]
    y[:] = z
    z += y
    return np.sum(y**2 * x)


@right(X6, 0.4, 3)
def head_and_its_reverse(y, a, k):
    y[:k] += a * y[:k][::-1]
    return np.sum(y**2)


@right(X6, 0.4)
def levinson_step(r, alpha):
    y = r.copy()
    for k in range(1, 4):
        y[:k] += alpha * y[:k][::-1]
        y[k] = alpha * r[k] + y[0]
    return np.sum(y**2)


@right(A33)
def transposed_into_itself(a):
    b = np.sin(a)
    b[:] = b.T
    b += b.T
    return np.sum(b**2 * a)


@right(A33)
def row_into_its_matrix(a):
    b = np.sin(a)
    b[:] = b[0]
    b -= b[:, :1] * a
    return np.sum(b**2)


@right(X4)
def element_into_its_array(x):
    y = np.sin(x)
    y /= y[0] + 3.0
    y -= y[1]
    y[:] = y[2]
    return np.sum(y**2) + np.sum(x)


@right(A33)
def both_terms_of_the_old_value(A):
    B = A.copy()
    B[:] = np.sin(B) @ B + np.cos(B).T
    return np.sum(B**2)


@right(A34)
def centred_by_broadcasting(data):
    data -= data.mean()
    data /= np.sqrt(np.sum(data**2, axis=0))
    data -= data.mean(axis=1, keepdims=True)
    return np.sum(data**3)


@right(A34, X4)
def broadcast_in_place(a, x):
    b = a.copy()
    b += x
    b[1:] *= x
    b[:, 1:] -= x[:3, None]
    return np.sum(b**2)


@right(X4)
def empty_with_unread_corners(x):
    y = np.empty((4, 4))
    y[1:-1, 1:-1] = np.outer(x[:2], x[2:])
    y[0, 1:-1] = x[0] * x[1:3]
    y[1:-1, 0] = y[0, 1:-1] * x[3]
    return np.sum(y[1:-1, :-1] ** 2) + np.sum(y[0, 1:-1])


@right(X4)
def empty_filled_in_a_loop(x):
    y = np.empty_like(x)
    for n in range(4):
        y[n] = x[n] * x[n - 1] if n == 0 else x[n] * y[n - 1]
    return np.sum(y**2)


@right(X4)
def empty_never_read(x):
    y = np.empty(4)
    y[0] = x[0] * x[1]
    return y[0] ** 2


@right(X3)
def written_and_never_read(x):
    y = np.zeros(3)
    y[0] = x[0] * 5.0
    return np.sum(x**2)


@right(X3)
def overwritten_before_it_is_read(x):
    y = np.sin(x)
    y[0] = x[0] * 5.0
    y[:] = x * x
    return np.sum(y)


@right(X3)
def constants_over_all(x):
    y = np.sin(x)
    t = np.sum(y)
    y[:] = 2.0
    return t * np.sum(y)

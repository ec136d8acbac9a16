# mypy: allow-untyped-defs, allow-untyped-calls
"""What the caller is given: arrays that were changed in place, and gradients through singles."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcgrad
from memory.registry import A33, W3, X3, X4
from support import assert_close
from support.numeric import numeric_gradient
from support.trees import arrays, assert_same

# beside the gradient ------------------------------------------------------------------------------


def buffer_filled_in_a_loop(x):
    y = np.zeros(4)
    for n in range(4):
        y[n] = x[n] * y[n - 1] + np.sin(x[n])
    return np.sum(y**2), y


def changed_parameter(x):
    x *= x
    x[0] = x[1]
    return np.sum(x**2), x


def view_of_a_buffer(x):
    y = np.sin(x)
    y[1:] *= y[:-1]
    return np.sum(y**3), y[1:]


def one_array_twice(x):
    y = np.sin(x)
    y[0] *= x[1]
    return np.sum(y**3), [y, y]


def kept_in_each_pass(x):
    y = x.copy()
    kept = []
    for n in range(3):
        y[n] *= y[n + 1]
        kept.append(y.copy())
    return np.sum(kept[0] * y), kept


def number_of_a_buffer(x):
    y = np.sin(x)
    before = y[0]
    y[0] = x[1] ** 2
    return np.sum(y**2), (before, y[0])


def row_overwritten_later(x):
    y = np.outer(x, x)
    total = np.sum(y**2)
    y[0] = 0.0
    return total, y


AUX = [
    buffer_filled_in_a_loop,
    changed_parameter,
    view_of_a_buffer,
    one_array_twice,
    kept_in_each_pass,
    number_of_a_buffer,
    row_overwritten_later,
]


@pytest.mark.parametrize("f", AUX, ids=lambda f: f.__name__)
def test_what_is_returned_beside_the_gradient(f: Callable[..., Any]) -> None:
    """It is what the function returns, whatever the reverse sweep does to its buffers."""
    x = X4.copy()
    bar, aux = srcgrad.grad(f, has_aux=True)(x)
    assert_same(X4, x, "argument")
    wanted = f(x.copy())[1]
    assert_same(as_numbers(wanted), as_numbers(aux), "aux")
    assert_close(bar, numeric_gradient(lambda v: f(v)[0], x), 1e-6, 1e-8, "gradient")
    for path, array in arrays(aux, "aux"):
        assert not np.shares_memory(array, x), path
        assert not np.shares_memory(array, bar), path


def as_numbers(tree: Any) -> Any:
    """Scalars of NumPy as Python's."""
    if isinstance(tree, np.ndarray):
        return tree.copy()
    return type(tree)(map(as_numbers, tree)) if isinstance(tree, list | tuple) else float(tree)


def test_results_are_new_at_every_call() -> None:
    gradient = srcgrad.grad(changed_parameter, has_aux=True)
    one, two = gradient(X4), gradient(X4)
    kept = copy.deepcopy(one)
    for array in two:
        array[...] = 0.0
    assert_same(kept, one, "result")


# buffers in single precision ----------------------------------------------------------------------


def filled(x, y):
    y[0] = x[0] * x[1]
    y[1:] = np.sin(x[1:])
    return np.sum(y * x)


def added(x, y):
    for n in range(3):
        y += x * x[n]
        y[n] *= x[0]
    return np.sum(y**2)


def read_before_it_is_overwritten(x, y):
    y[:] = x
    total = np.sum(y**3)
    y[1] = y[0] * x[2]
    return total + np.sum(np.sin(y))


def through_a_view(x, y):
    head = y[:2]
    head += x[1:]
    head[0] *= x[0]
    return np.sum(y * y)


BUFFERS = [filled, added, read_before_it_is_overwritten, through_a_view]


@pytest.mark.parametrize("f", BUFFERS, ids=lambda f: f.__name__)
def test_single_buffer_in_a_double_program(f: Callable[..., Any]) -> None:
    """The gradient is that with a double buffer, to single precision."""

    def single(x):
        return f(x, np.zeros(3, dtype=np.float32))

    def double(x):
        return f(x, np.zeros(3))

    bar = srcgrad.grad(single)(X3)
    assert bar.dtype == np.float64
    assert_close(bar, numeric_gradient(double, X3), 1e-5, 1e-6, "gradient")


@pytest.mark.parametrize("f", BUFFERS, ids=lambda f: f.__name__)
def test_single_buffer_as_argument(f: Callable[..., Any]) -> None:
    buffer = W3.astype(np.float32)
    bars = srcgrad.grad(f, (0, 1))(X3, buffer)
    assert_same(W3.astype(np.float32), buffer, "argument")
    assert [bar.dtype for bar in bars] == [np.float64, np.float32]

    def double(pair):
        return f(pair[0], pair[1].copy())

    wanted = numeric_gradient(double, (X3, buffer.astype(float)))
    for bar, want in zip(bars, wanted, strict=True):
        assert_close(bar, want, 1e-5, 1e-5, "gradient")


def test_double_stored_into_a_single_matrix() -> None:
    def f(a, m):
        m[1] = a[0] * a[1]
        m[:, 0] += a[2]
        return np.sum(m**2)

    single = A33.astype(np.float32)
    bars = srcgrad.grad(f, (0, 1))(A33, single)
    wanted = numeric_gradient(lambda p: f(p[0], p[1].copy()), (A33, single.astype(float)))
    assert bars[1].dtype == np.float32
    for bar, want in zip(bars, wanted, strict=True):
        assert_close(bar, want, 1e-5, 1e-5, "gradient")

# mypy: allow-untyped-defs, allow-untyped-calls
"""Arguments whose layout decides, and arguments that share memory: right, or refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcgrad
from memory.check import Refused, refused_or
from memory.registry import A33, A34, X3, X6
from support import assert_close, check_gradient
from support.numeric import numeric_gradient
from support.trees import assert_same

# where the layout of an argument decides ----------------------------------------------------------


def stores_into_its_elements_in_a_row(x):
    y = x.reshape(-1)
    y[1] = 3.0 * x[0, 0]
    return np.sum(x**2) + np.sum(y**3)


def stores_into_its_ravel(x):
    y = np.ravel(x)
    y *= 2.0
    return np.sum(x**2) + np.sum(y**3)


def stores_into_it_contiguous(x):
    y = np.ascontiguousarray(x)
    y[0, 1] = x[0, 0] * x[1, 1]
    return np.sum(x**2) + np.sum(y**3)


def stores_into_a_function_of_it(x):
    y = np.exp(x)
    z = y.reshape(-1)
    z[1] = x[0, 0]
    return np.sum(y**2) + np.sum(z**3)


LAYOUTS = {
    "by_row": A34,
    "by_column": np.asfortranarray(A34),
    "transposed": A34.T.copy().T,
    "every_second_column": np.repeat(A34, 2, axis=1)[:, ::2],
    "columns_from_behind": A34[:, ::-1].copy()[:, ::-1],
    "columns_of_a_larger_one": np.hstack((A34, A34))[:, :4],
}

OF_LAYOUT = [
    stores_into_its_elements_in_a_row,
    stores_into_its_ravel,
    stores_into_it_contiguous,
    stores_into_a_function_of_it,
]


@pytest.mark.parametrize("f", OF_LAYOUT, ids=lambda f: f.__name__)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_of_an_argument(f: Callable[..., Any], layout: str) -> None:
    """A reshaped array is a view or a copy by how the elements of the argument lie."""
    right_for_layout(srcgrad.value_and_grad(f), f, LAYOUTS[layout])


@pytest.mark.parametrize("f", OF_LAYOUT, ids=lambda f: f.__name__)
def test_layouts_one_after_the_other(f: Callable[..., Any]) -> None:
    gradient = srcgrad.value_and_grad(f)
    for x in LAYOUTS.values():
        right_for_layout(gradient, f, x)


def right_for_layout(gradient: Any, f: Callable[..., Any], x: Any) -> None:
    """The gradient for an array is right, or refused; its layout is kept for the differences."""

    def like(values: Any) -> Any:
        owner = x if x.base is None else x.base
        start = address(x) - address(owner)
        made: Any = np.ndarray(x.shape, x.dtype, np.copy(owner), start, x.strides)
        made[...] = values
        return made

    before = x.copy()
    found = refused_or(lambda: gradient(x))
    assert_same(before, x.copy(), "argument")
    if isinstance(found, Refused):
        return
    value, bar = found
    assert_close(value, f(like(x)), 1e-12, what="value")
    assert_close(bar, numeric_gradient(lambda v: f(like(v)), before), 1e-6, 1e-8, "gradient")


def address(x: Any) -> int:
    return int(x.__array_interface__["data"][0])


def converts_its_argument(x):
    z = np.asarray(x, dtype=float)
    z[0] = z[1] * z[2]
    return np.sum(x**2) + np.sum(z)


def test_dtype_of_an_argument() -> None:
    """Converting makes a copy of an array of another dtype, and is the array itself otherwise."""
    gradient = srcgrad.grad(converts_its_argument)
    x = X3.astype(np.float32)
    want = [2 * x[0], 2 * x[1] + x[2] + 1, 2 * x[2] + x[1] + 1]
    np.testing.assert_allclose(gradient(x), want, rtol=1e-5)
    check_gradient(converts_its_argument, (X3,))


# arguments that share memory ----------------------------------------------------------------------


def changes_its_first(a, b):
    a *= 2.0
    a[0] = b[1] * a[1]
    return np.sum(a * b) + np.sum(b**3)


def changes_its_second(a, b):
    b[1:] += a[:-1] * a[1:]
    return np.sum(a**2 * b)


def changes_both(a, b):
    a[0] = b[1]
    b[2] = a[0] * a[1]
    return np.sum(np.sin(a) * b)


def changes_nothing(a, b):
    return np.sum(np.sin(a) * b) + a[0]


PAIRS: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "the_same": lambda x: (x, x),
    "shifted": lambda x: (x[1:], x[:-1]),
    "the_whole_reversed": lambda x: (x, x[::-1]),
    "halves_that_meet": lambda x: (x[:3], x[3:]),
    "every_second": lambda x: (x[::2], x[1::2]),
    "in_another_order": lambda x: (x[:3], x[2::-1]),
}

CHANGING = [changes_its_first, changes_its_second, changes_both]
APART = ("halves_that_meet",)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("f", [*CHANGING, changes_nothing], ids=lambda f: f.__name__)
def test_arguments_that_share_memory(f: Callable[..., Any], pair: str) -> None:
    """Right as a function of what both are taken from, or an error that is no bug."""
    verdict = right_for_pair(srcgrad.value_and_grad(f, (0, 1)), f, PAIRS[pair])
    assert verdict == "right" or not (f is changes_nothing or pair in APART), verdict


@pytest.mark.parametrize("f", CHANGING, ids=lambda f: f.__name__)
def test_the_same_gradient_with_other_arguments(f: Callable[..., Any]) -> None:
    """What was compiled for arrays apart is not used for arrays that share memory."""
    gradient = srcgrad.value_and_grad(f, (0, 1))
    assert right_for_pair(gradient, f, lambda x: (x.copy(), x.copy())) == "right"
    for pair in PAIRS.values():
        right_for_pair(gradient, f, pair)


def right_for_pair(gradient: Any, f: Callable[..., Any], pair: Callable[[Any], Any]) -> str:
    """Check the gradient for two arrays that are made of one; "right" or why it is refused."""
    x = X6.copy()
    found = refused_or(lambda: gradient(*pair(x)))
    assert_same(X6, x, "argument")
    if isinstance(found, Refused):
        return found.why
    value, bars = found
    assert_close(value, f(*pair(x.copy())), 1e-12, what="value")
    total = np.zeros_like(x)
    for part, bar in zip(pair(np.arange(x.size)), bars, strict=True):
        np.add.at(total, part, bar)
    want = numeric_gradient(lambda v: f(*pair(v.copy())), x)
    assert_close(total, want, 1e-6, 1e-8, "gradient")
    return "right"


def changes_the_first_of_a_list(p):
    p[0][0] = p[1][1] * p[0][2]
    return np.sum(p[0] * p[1])


@pytest.mark.parametrize("shared", ["apart", "rows", "the_same"])
def test_arrays_of_a_list_that_share_memory(shared: str) -> None:
    x = A33.copy()
    p = {"apart": [x[0].copy(), x[1].copy()], "rows": [x[0], x[1]], "the_same": [x[0], x[0]]}[
        shared
    ]
    before = copy.deepcopy(p)
    found = refused_or(lambda: srcgrad.value_and_grad(changes_the_first_of_a_list)(p))
    assert_same(before, p, "argument")
    if isinstance(found, Refused):
        assert shared == "the_same", found.why
        return
    value, bars = found
    twins = copy.deepcopy(p)  # of one array, one copy
    assert_close(value, changes_the_first_of_a_list(twins), 1e-12, what="value")
    if shared != "the_same":
        check_gradient(changes_the_first_of_a_list, (p,))
        return

    def of_one(row):
        row = row.copy()
        return changes_the_first_of_a_list([row, row])

    assert_close(bars[0] + bars[1], numeric_gradient(of_one, x[0]), 1e-6, 1e-8, "gradient")

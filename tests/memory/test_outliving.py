# mypy: allow-untyped-defs, allow-untyped-calls
"""Stores into what is not the function's own, and stores that NumPy refuses."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcgrad
from memory.check import Refused, refused_or
from memory.registry import A33, W3, X3
from srcgrad.errors import SrcgradError
from support import assert_close
from support.numeric import numeric_gradient
from support.trees import assert_same

# what belongs to the module or outlives the call --------------------------------------------------

DATA = np.array([0.4, -0.9, 1.3])
TABLE: dict[str, Any] = {"w": np.array([0.4, -0.9, 1.3]), "n": 2.0}
LOG: list[float] = []


class Holder:
    """An object with an array."""

    def __init__(self) -> None:
        self.data = np.array([0.4, -0.9, 1.3])


HOLDER = Holder()


def stores_into_module_data(x):
    DATA[0] = x[0] * x[1]
    return np.sum(DATA**2) + x[2]


def stores_into_a_view_of_module_data(x):
    part = DATA[1:]
    part[:] = x[:2] * x[1:]
    return np.sum(DATA**3)


def updates_an_alias_of_module_data(x):
    w = DATA
    w[:] = x * x
    return np.sum(w * DATA)


def stores_into_a_module_dict(x):
    TABLE["w"][1] = x[0]
    TABLE["n"] = x[1] * x[2]
    return np.sum(TABLE["w"] ** 2) * TABLE["n"]


def stores_into_an_attribute(x):
    HOLDER.data[1] = x[0] * x[2]
    return np.sum(HOLDER.data**2)


def stores_into_a_default(x, buffer=np.zeros(3)):  # noqa: B008
    buffer[:] = x * x
    return np.sum(buffer * x)


def grows_a_default(x, kept=[]):  # noqa: B006
    del kept[:]
    kept.append(x[0] * x[1])
    return kept[0] ** 2


def grows_a_module_list(x):
    LOG.clear()
    LOG.append(x[0] * x[1])
    return LOG[0] ** 2 + x[2]


def sorts_module_data(x):
    DATA.sort()
    return np.sum(DATA * x)


def stores_by_out(x):
    np.multiply(x, x, out=DATA)
    return np.sum(DATA * x)


def stores_by_a_callee(x):
    _overwrite(DATA, x)
    return np.sum(DATA**2)


def _overwrite(y, x):
    y[:] = x * x[0]


def closure_over_an_array():
    buffer = np.array([0.4, -0.9, 1.3])

    def stores_into_a_closure(x):
        buffer[0] = x[0] * x[1]
        return np.sum(buffer**2)

    return stores_into_a_closure, buffer


OUTLIVING = [
    stores_into_module_data,
    stores_into_a_view_of_module_data,
    updates_an_alias_of_module_data,
    stores_into_a_module_dict,
    stores_into_an_attribute,
    stores_into_a_default,
    grows_a_default,
    grows_a_module_list,
    sorts_module_data,
    stores_by_out,
    stores_by_a_callee,
    closure_over_an_array()[0],
]


def outside() -> Any:
    """Everything that the functions above could change, as it is now."""
    held = (DATA, TABLE, HOLDER.data, LOG)
    defaults = tuple(f.__defaults__ for f in OUTLIVING)
    cells = [c.cell_contents for f in OUTLIVING for c in f.__closure__ or ()]
    return copy.deepcopy((held, defaults, cells))


@pytest.mark.parametrize("f", OUTLIVING, ids=lambda f: f.__name__)
def test_what_outlives_the_call(f: Callable[..., Any]) -> None:
    """Refused, or right without a change to what is not the function's own."""
    before = outside()
    found = refused_or(lambda: srcgrad.value_and_grad(f)(X3))
    assert_same(before, outside(), "data")
    if isinstance(found, Refused):
        return
    value, bar = found
    assert_close(value, f(X3.copy()), 1e-12, what="value")
    assert_close(bar, numeric_gradient(f, X3), 1e-6, 1e-8, "gradient")


def test_module_data_as_argument() -> None:
    """An argument that the function sees as data of its module too."""

    def changes_its_parameter(x):
        x[0] = x[1] * x[2]
        return np.sum(x * DATA)

    before = DATA.copy()
    found = refused_or(lambda: srcgrad.value_and_grad(changes_its_parameter)(DATA))
    assert_same(before, DATA, "data")
    if isinstance(found, Refused):
        return
    value, _ = found
    twin = DATA.copy()
    twin[0] = twin[1] * twin[2]
    assert_close(value, np.sum(twin * twin), 1e-12, what="value")


# what NumPy raises --------------------------------------------------------------------------------


def stores_into_a_broadcast_view(x):
    b = np.broadcast_to(x, (2, 3))
    b[0, 0] = x[1]
    return np.sum(b)


def stores_into_a_diagonal(a):
    d = np.diag(a * 1.0)
    d[0] = 1.0
    return np.sum(d)


def grows_by_broadcasting(x):
    y = np.sin(x)
    y += A33
    return np.sum(y)


def stores_too_many(x):
    y = np.zeros(2)
    y[:] = x
    return np.sum(y)


def stores_outside(x):
    y = np.sin(x)
    y[3] = x[0]
    return np.sum(y)


def stores_floats_into_integers(x):
    n = np.zeros(3, dtype=int)
    n += x
    return np.sum(n * x)


def stores_into_a_tuple(x):
    p: Any = (x, x)
    p[0] = x
    return np.sum(p[0])


FAILING = [
    (stores_into_a_broadcast_view, X3),
    (stores_into_a_diagonal, A33),
    (grows_by_broadcasting, X3),
    (stores_too_many, X3),
    (stores_outside, W3),
    (stores_floats_into_integers, X3),
    (stores_into_a_tuple, X3),
]


@pytest.mark.parametrize(("f", "x"), FAILING, ids=[f.__name__ for f, _ in FAILING])
def test_what_fails_without_srcgrad_fails_with_it(f: Callable[..., Any], x: Any) -> None:
    with pytest.raises((ValueError, IndexError, TypeError)) as primal:
        f(x.copy())
    with pytest.raises((SrcgradError, type(primal.value))) as found:
        srcgrad.grad(f)(x)
    assert "bug in srcgrad" not in str(found.value)

"""Tangents and pullbacks: values, structures, and seeds that misfit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcgrad
from srcgrad import deriv, grad, jvp, make_jvp, make_vjp, vjp

X = np.array([1.0, 2.0, 3.0])
V = np.array([0.5, -1.0, 2.0])


class Point(NamedTuple):
    x: Any
    y: Any


@dataclass(frozen=True)
class Model:
    weights: np.ndarray
    bias: float


def elementwise(x):
    return x**2


def total(x, k=2.0):
    return np.sum(k * x**2)


def by_dict(p):
    return {"product": p["a"] * p["b"], "parts": (p["a"], [p["b"] ** 2])}


# forward ------------------------------------------------------------------------------------------


def test_jvp() -> None:
    value, tangent = jvp(elementwise, (X,), (V,))
    np.testing.assert_allclose(value, X**2)
    np.testing.assert_allclose(tangent, 2 * X * V)


def test_jvp_of_several_arguments() -> None:
    assert jvp(lambda x, y: x * y, (3.0, 2.0), (1.0, 0.5)) == (6.0, 3.5)
    assert jvp(lambda x, y: x * y, [3.0, 2.0], [1.0, 0.5]) == (6.0, 3.5)


def test_jvp_takes_whole_numbers() -> None:
    assert jvp(lambda x: x**2, (3,), (1,)) == (9.0, 6.0)


def test_jvp_of_containers() -> None:
    value, tangent = jvp(by_dict, ({"a": 3.0, "b": 4.0},), ({"a": 1.0, "b": 0.5},))
    assert value == {"product": 12.0, "parts": (3.0, [16.0])}
    assert tangent == {"product": 5.5, "parts": (1.0, [4.0])}


def test_jvp_with_aux() -> None:
    value, tangent, aux = jvp(lambda x: (x**2, {"x": x}), (3.0,), (1.0,), has_aux=True)
    assert (value, tangent, aux) == (9.0, 6.0, {"x": 3.0})


def test_make_jvp() -> None:
    push = make_jvp(lambda x, k=1.0: k * x**3)(2.0, k=2.0)
    assert push(1.0) == (16.0, 24.0)
    assert push(0.5) == (16.0, 12.0)


def test_make_jvp_of_other_positions() -> None:
    def f(x, y, z=1.0):
        return x * y**2 * z

    assert make_jvp(f, 1)(3.0, 2.0)(1.0) == (12.0, 12.0)
    assert make_jvp(f, -2)(3.0, 2.0)(1.0) == (12.0, 12.0)
    assert make_jvp(f, (0, 1))(3.0, 2.0, z=2.0)((1.0, 0.5)) == (24.0, 20.0)


def test_deriv() -> None:
    assert deriv(lambda t: t**3)(2.0) == 12.0
    assert deriv(deriv(lambda t: t**3))(2.0) == 12.0
    assert deriv(lambda a, t: a * t**2, 1)(3.0, 2.0) == 12.0
    np.testing.assert_allclose(deriv(lambda t: np.array([t, t**2]))(2.0), [1.0, 4.0])
    np.testing.assert_allclose(deriv(elementwise)(X), 2 * X)


# reverse ------------------------------------------------------------------------------------------


def test_vjp() -> None:
    value, pullback = vjp(elementwise, X)
    np.testing.assert_allclose(value, X**2)
    for bar in (V, 2 * V, np.zeros(3)):
        (x_bar,) = pullback(bar)
        np.testing.assert_allclose(x_bar, 2 * X * bar)


def test_vjp_of_several_arguments() -> None:
    value, pullback = vjp(lambda x, y: x * y, 3.0, 2.0)
    assert (value, pullback(1.0)) == (6.0, (2.0, 3.0))


def test_vjp_takes_whole_numbers() -> None:
    value, pullback = vjp(lambda x: x**-1, 2)
    assert (value, pullback(1)) == (0.5, (-0.25,))


def test_vjp_of_containers() -> None:
    value, pullback = vjp(by_dict, {"a": 3.0, "b": 4.0})
    assert value == {"product": 12.0, "parts": (3.0, [16.0])}
    assert pullback({"product": 1.0, "parts": (0.0, [0.0])}) == ({"a": 4.0, "b": 3.0},)
    assert pullback({"product": 0.0, "parts": (1.0, [1.0])}) == ({"a": 1.0, "b": 8.0},)


def test_vjp_of_a_dataclass_and_a_named_tuple() -> None:
    def f(m, p):
        return Point(np.sum(m.weights * p.x) + m.bias, p.y)

    value, pullback = vjp(f, Model(X, 1.0), Point(V, 2.0))
    assert value == Point(5.5, 2.0)
    model, point = pullback(Point(2.0, 3.0))
    np.testing.assert_allclose(model.weights, 2 * V)
    assert model.bias == 2.0
    np.testing.assert_allclose(point.x, 2 * X)
    assert point.y == 3.0


def test_vjp_with_aux() -> None:
    value, pullback, aux = vjp(lambda x: (x**2, {"x": x}), 3.0, has_aux=True)
    assert (value, pullback(1.0), aux) == (9.0, (6.0,), {"x": 3.0})


def test_a_pullback_belongs_to_its_point() -> None:
    x = X.copy()
    _, pullback = vjp(elementwise, x)
    x[:] = 0.0
    np.testing.assert_allclose(pullback(V)[0], 2 * X * V)
    back, _ = make_vjp(elementwise)(x)
    push = make_jvp(elementwise)(x)
    x[:] = 1.0
    np.testing.assert_allclose(back(V), np.zeros(3))
    np.testing.assert_allclose(push(V)[1], np.zeros(3))


def test_values_are_not_the_arguments() -> None:
    x = X.copy()
    value, _ = vjp(lambda x: x, x)
    assert not np.shares_memory(value, x)


def test_arguments_that_are_written_into_stay() -> None:
    def f(x):
        x[0] = x[1] ** 2
        return x

    x = X.copy()
    value, pullback = vjp(f, x)
    np.testing.assert_allclose(value, [4.0, 2.0, 3.0])
    np.testing.assert_allclose(pullback(np.ones(3))[0], [0.0, 5.0, 1.0])
    assert x.tolist() == X.tolist()


def test_make_vjp() -> None:
    pullback, value = make_vjp(lambda x, k=1.0: k * x**3)(2.0, k=2.0)
    assert (pullback(1.0), pullback(0.5), value) == (24.0, 12.0, 16.0)


def test_make_vjp_of_other_positions() -> None:
    def f(x, y, *, z=1.0):
        return x * y**2 * z

    pullback, value = make_vjp(f, 1)(3, 2)
    assert (pullback(1.0), value) == (12.0, 12.0)
    pullback, _ = make_vjp(f, (0, -1))(3.0, 2.0, z=2.0)
    assert pullback(1.0) == (8.0, 24.0)


# seeds that misfit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "found"),
    [
        (np.ones(2), "shape (2,)"),
        (np.ones(1), "shape (1,)"),
        (np.ones((3, 1)), "shape (3, 1)"),
        (1.0, "one number"),
        ([1.0, 1.0, 1.0], "a list of 3"),
    ],
    ids=str,
)
def test_seeds_of_another_shape(seed: Any, found: str) -> None:
    calls = (
        lambda: jvp(elementwise, (X,), (seed,)),
        lambda: jvp(total, (X,), (seed,)),
        lambda: vjp(elementwise, X)[1](seed),
        lambda: make_jvp(total)(X)(seed),
        lambda: make_vjp(elementwise)(X)[0](seed),
        lambda: srcgrad.hvp(total)(X, seed),
        lambda: srcgrad.hessian_vector_product(total)(X, seed),
        lambda: srcgrad.make_hvp(total)(X)[0](seed),
    )
    for call in calls:
        with pytest.raises(srcgrad.ArgumentError, match="a seed of") as info:
            call()
        assert info.value.what == f"a seed of {found} for a value of shape (3,)"
        assert info.value.fix == "pass shape (3,)"


def test_seeds_of_another_structure() -> None:
    _, pullback = vjp(by_dict, {"a": X, "b": X})
    fine = {"product": X, "parts": (X, [X])}
    pullback(fine)
    for wrong, place in (
        ({"product": X}, ""),
        ({**fine, "product": 1.0}, "['product']"),
        ({**fine, "parts": (X, (X,))}, "['parts'][1]"),
        ({**fine, "parts": (X, [X[:1]])}, "['parts'][1][0]"),
    ):
        with pytest.raises(srcgrad.ArgumentError, match="a seed of") as info:
            pullback(wrong)
        assert info.value.what.endswith(place)


def test_seeds_of_whole_numbers_in_arrays() -> None:
    with pytest.raises(srcgrad.ArgumentError, match="int64"):
        jvp(elementwise, (X,), (np.ones(3, int),))


def test_as_many_tangents_as_primals() -> None:
    with pytest.raises(srcgrad.ArgumentError, match="1 primals and 2 tangents"):
        jvp(elementwise, (X,), (X, X))


# inside of code that is differentiated ------------------------------------------------------------


def test_directional_derivatives_of_directional_derivatives() -> None:
    def pushed(x):
        return np.sum(jvp(elementwise, (x,), (x,))[1])

    def pulled(x):
        value, pullback = vjp(elementwise, x)
        return np.sum(pullback(value)[0])

    def in_autograds_form(x):
        pullback, value = make_vjp(total)(x)
        _, tangent = make_jvp(elementwise)(x)(x)
        return value * np.sum(pullback(1.0)) + np.sum(tangent)

    np.testing.assert_allclose(grad(pushed)(X), 4 * X)
    np.testing.assert_allclose(grad(pulled)(X), 6 * X**2)
    want = 4 * X * np.sum(4 * X) + 4 * np.sum(2 * X**2) + 4 * X
    np.testing.assert_allclose(grad(in_autograds_form)(X), want)


def test_shapes_are_compared_in_differentiated_code() -> None:
    def pushed(x, v):
        return jvp(total, (x,), (v,))[1]

    np.testing.assert_allclose(grad(pushed)(X, V), 4 * V)
    with pytest.raises(ValueError, match="another shape"):
        grad(pushed)(X, np.ones(2))

"""Jacobians, Hessians and products with them, through the public functions."""

from __future__ import annotations

import copy
import math
import pickle
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcgrad
from srcgrad import (
    egrad,
    elementwise_grad,
    grad,
    hessian,
    hessian_tensor_product,
    hessian_vector_product,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    make_ggnvp,
    make_hvp,
    tensor_jacobian_product,
    vector_jacobian_product,
)

X = np.array([1.0, 2.0, 3.0])
MATRIX = np.arange(6.0).reshape(2, 3)
JACOBIANS = [jacobian, jacfwd, jacrev]
each = pytest.mark.parametrize("operator", JACOBIANS, ids=lambda f: f.__name__)


class Point(NamedTuple):
    x: Any
    y: Any


@dataclass(frozen=True)
class Params:
    scale: float
    shift: np.ndarray


def squares(x):
    return MATRIX @ x**2


def cubes(x, k=3):
    return np.sum(x**k)


def rosenbrock(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def rosenbrock_hessian(x):
    n = len(x)
    found = np.zeros((n, n))
    for i in range(n - 1):
        found[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        found[i, i + 1] = found[i + 1, i] = -400 * x[i]
        found[i + 1, i + 1] += 200
    return found


# known values -------------------------------------------------------------------------------------


def tanh(x):
    return (1.0 - np.exp(-x)) / (1.0 + np.exp(-x))


def test_six_derivatives_of_tanh() -> None:
    wanted = [
        0.39322386648296376,
        -0.1817154953458968,
        -0.07065116103247132,
        0.24701372273278646,
        -0.10208395224910606,
        -0.5668678170592442,
    ]
    for operator, count in ((grad, 6), (srcgrad.deriv, 6), (elementwise_grad, 4), (jacobian, 4)):
        f = tanh
        for want in wanted[:count]:
            f = operator(f)
            assert math.isclose(f(1.0), want, rel_tol=1e-9)


def test_powers() -> None:
    assert grad(grad(lambda x: x**3))(2.0) == 12.0
    assert grad(grad(grad(lambda x: x**4)))(1.0) == 24.0
    assert hessian(lambda x: x**3)(2.0) == 12.0


def test_rosenbrock() -> None:
    x = np.array([-1.2, 1.0, 0.7, 1.3])
    v = np.array([1.0, -0.5, 2.0, 0.1])
    want = rosenbrock_hessian(x)
    np.testing.assert_allclose(hessian(rosenbrock)(x), want)
    np.testing.assert_allclose(hvp(rosenbrock)(x, v), want @ v)
    for operator in JACOBIANS:
        np.testing.assert_allclose(operator(grad(rosenbrock))(x), want)
        np.testing.assert_allclose(operator(rosenbrock)(x), grad(rosenbrock)(x))


# Jacobians of arrays ------------------------------------------------------------------------------


@each
def test_jacobian(operator: Any) -> None:
    np.testing.assert_allclose(operator(squares)(X), 2 * MATRIX * X)
    np.testing.assert_allclose(operator(lambda x: x**2)(X), np.diag(2 * X))


@each
def test_shapes_of_the_result_come_first(operator: Any) -> None:
    def f(x):
        return x.T**2 * x[0, 0]

    found = operator(f)(MATRIX + 1)
    assert found.shape == (3, 2, 2, 3)
    assert found[2, 1, 1, 2] == 2 * 6.0
    assert operator(lambda x: x**2)(np.ones((2, 1))).shape == (2, 1, 2, 1)
    assert operator(lambda x: x**2)(np.ones(0)).shape == (0, 0)


@each
def test_numbers(operator: Any) -> None:
    assert operator(lambda x: x**3)(2.0) == 12.0
    assert operator(lambda x: x**3)(2) == 12.0
    assert isinstance(operator(lambda x: x**3)(2.0), float)
    np.testing.assert_allclose(operator(lambda t: np.array([t, t**2]))(3.0), [1.0, 6.0])
    np.testing.assert_allclose(operator(lambda x: np.sum(x**2))(X), 2 * X)


@each
def test_precision_is_kept(operator: Any) -> None:
    x = X.astype(np.float32)
    for f in (squares, cubes, lambda x: x**2):
        assert operator(lambda x, f=f: f(x).astype(x.dtype))(x).dtype == np.float32


@each
def test_positions(operator: Any) -> None:
    def f(x, y):
        return x * np.sum(y**2)

    by_x, by_y = 14 * np.eye(3), np.outer(X, 2 * X)
    np.testing.assert_allclose(operator(f, 1)(X, X), by_y)
    np.testing.assert_allclose(operator(f, argnum=-1)(X, X), by_y)
    both = operator(f, argnums=(1, 0))(X, X)
    assert isinstance(both, tuple)
    np.testing.assert_allclose(both[0], by_y)
    np.testing.assert_allclose(both[1], by_x)
    (only,) = operator(f, (0,))(X, X)
    np.testing.assert_allclose(only, by_x)


@each
def test_defaults_and_keywords(operator: Any) -> None:
    def f(x, k=3, *, scale=1.0):
        return scale * x**k

    j = operator(f)
    np.testing.assert_allclose(j(X), np.diag(3 * X**2))
    np.testing.assert_allclose(j(X, 2), np.diag(2 * X))
    np.testing.assert_allclose(j(X, k=2, scale=0.5), np.diag(X))
    np.testing.assert_allclose(j(x=X, scale=2.0), np.diag(6 * X**2))
    np.testing.assert_allclose(operator(lambda x, *rest: x * rest[0])(X, 2.0), 2 * np.eye(3))


@each
def test_aux(operator: Any) -> None:
    found, aux = operator(lambda x: (x**2, {"x": x}), has_aux=True)(X)
    np.testing.assert_allclose(found, np.diag(2 * X))
    assert aux["x"].tolist() == X.tolist()
    found, aux = operator(lambda p: (p["a"] ** 2, "beside"), has_aux=True)({"a": 3.0})
    assert (found, aux) == ({"a": 6.0}, "beside")


@each
def test_as_a_decorator(operator: Any) -> None:
    @operator
    def slopes(x):
        "What it is."
        return x**2

    np.testing.assert_allclose(slopes(X), np.diag(2 * X))
    assert slopes.__name__ == f"{operator.__name__}_slopes"


@each
def test_copies_and_pickles(operator: Any) -> None:
    want = 2 * MATRIX * X
    for other in (copy.deepcopy(operator(squares)), pickle.loads(pickle.dumps(operator(squares)))):
        np.testing.assert_allclose(other(X), want)
    other = pickle.loads(pickle.dumps(operator(lambda p: p["a"] * p["b"])))
    assert other({"a": 2.0, "b": 3.0}) == {"a": 3.0, "b": 2.0}


@each
def test_arguments_stay(operator: Any) -> None:
    def f(x):
        x[0] = x[1] ** 2
        return x

    x = X.copy()
    np.testing.assert_allclose(operator(f)(x), [[0.0, 4.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    assert x.tolist() == X.tolist()
    assert operator(lambda p: p["x"] * 2)({"x": x})["x"].shape == (3, 3)


@pytest.mark.parametrize("count", [2, 5])
def test_sizes_choose_the_mode(count: int) -> None:
    def f(x, n):
        y = np.zeros(n)
        for i in range(n):
            y[i] = x[i % 3] ** 2 * (i + 1)
        return y

    found = jacobian(f)(X, count)
    np.testing.assert_allclose(found, jacfwd(f)(X, count))
    np.testing.assert_allclose(found, jacrev(f)(X, count))
    assert found.shape == (count, 3)


def test_source_reads_well() -> None:
    j = jacfwd(lambda x: np.sin(x))
    j(X)
    assert "np.moveaxis(np.eye(size) * np.cos(x), 0, -1)" in j.source
    with pytest.raises(srcgrad.ArgumentError, match="without arguments"):
        _ = jacobian(squares).source


# Jacobians of containers --------------------------------------------------------------------------


@each
def test_containers_in(operator: Any) -> None:
    found = operator(lambda p: p["a"] ** 2 * p["b"])({"b": X, "a": 3.0})
    assert list(found) == ["b", "a"]
    np.testing.assert_allclose(found["a"], 6 * X)
    np.testing.assert_allclose(found["b"], 9 * np.eye(3))
    found = operator(lambda p: p.x * p.y)(Point(2, 3.0))
    assert found == Point(3.0, 2.0)
    assert isinstance(found.x, float)


@each
def test_dataclasses_in(operator: Any) -> None:
    found = operator(lambda p, t: p.scale * t + np.sum(p.shift))(Params(2.0, X), X)
    assert isinstance(found, Params)
    np.testing.assert_allclose(found.scale, X)
    np.testing.assert_allclose(found.shift, np.ones((3, 3)))


@each
def test_containers_out(operator: Any) -> None:
    found = operator(lambda x: {"y": x**2, "z": [np.sum(x)]})(X)
    np.testing.assert_allclose(found["y"], np.diag(2 * X))
    np.testing.assert_allclose(found["z"][0], np.ones(3))


@each
def test_containers_in_and_out(operator: Any) -> None:
    def f(p, x):
        return p["a"] * x, (np.outer(x, x) @ p["w"],)

    p = {"a": 2.0, "w": MATRIX.T}
    first, (second,) = operator(f)(p, X)
    np.testing.assert_allclose(first["a"], X)
    assert first["w"].shape == (3, 3, 2)
    assert second["a"].shape == (3, 2)
    assert second["w"].shape == (3, 2, 3, 2)
    np.testing.assert_allclose(second["w"][1, 0, :, 0], X[1] * X)
    first, _ = operator(f, (0, 1))(p, X)
    assert isinstance(first, tuple)
    np.testing.assert_allclose(first[0]["a"], X)
    np.testing.assert_allclose(first[1], 2 * np.eye(3))


@each
def test_containers_in_differentiated_code(operator: Any) -> None:
    def by_argument(x):
        return operator(lambda p: p["a"] ** 2)({"a": x})["a"]

    def by_result(x):
        return operator(lambda y: (y**2, y))(x)[0]

    for f in (by_argument, by_result):
        with pytest.raises(srcgrad.UnsupportedError, match="container") as info:
            grad(f)(2.0)
        assert info.value.location is not None
        assert info.value.location.file == __file__


def test_leaves_that_are_no_floats() -> None:
    with pytest.raises(srcgrad.ArgumentError, match="str"):
        jacobian(lambda x: (x, "a"))(X)


# Hessians and products with them ------------------------------------------------------------------


def test_hessian_of_positions() -> None:
    def f(x, y):
        return np.sum(x**2) * y

    (xx, xy), (yx, yy) = hessian(f, (0, 1))(X, 2.0)
    np.testing.assert_allclose(xx, 4 * np.eye(3))
    np.testing.assert_allclose(xy, 2 * X)
    np.testing.assert_allclose(yx, 2 * X)
    assert yy == 0.0
    assert hessian(f, 1)(X, 2.0) == 0.0


def test_hessian_with_defaults() -> None:
    np.testing.assert_allclose(hessian(cubes)(X), np.diag(6 * X))
    np.testing.assert_allclose(hessian(cubes)(X, 4), np.diag(12 * X**2))
    np.testing.assert_allclose(hessian(cubes)(X, k=2), 2 * np.eye(3))


def test_hessian_of_containers() -> None:
    found = hessian(lambda p: np.sum(p["a"] ** 2) * p["b"])({"a": X, "b": 2.0})
    np.testing.assert_allclose(found["a"]["a"], 4 * np.eye(3))
    np.testing.assert_allclose(found["a"]["b"], 2 * X)
    np.testing.assert_allclose(found["b"]["a"], 2 * X)
    assert found["b"]["b"] == 0.0


def test_hessian_with_aux() -> None:
    found, aux = hessian(lambda x: (np.sum(x**2), x), has_aux=True)(X)
    np.testing.assert_allclose(found, 2 * np.eye(3))
    assert aux.tolist() == X.tolist()


def test_hessian_of_no_number() -> None:
    with pytest.raises(srcgrad.NotDifferentiableError):
        hessian(squares)(X)


def test_hvp() -> None:
    v = np.array([1.0, 0.0, -1.0])
    np.testing.assert_allclose(hvp(cubes)(X, v), 6 * X * v)
    np.testing.assert_allclose(hvp(cubes)(X, v, k=2), 2 * v)
    np.testing.assert_allclose(hvp(lambda a, x: a * np.sum(x**3), 1)(2.0, X, v), 12 * X * v)


def test_hvp_of_containers() -> None:
    def f(p):
        return np.sum(p["a"] ** 2) * p["b"]

    found = hvp(f)({"a": X, "b": 2.0}, {"a": np.ones(3), "b": 0.5})
    np.testing.assert_allclose(found["a"], 4.0 + X)
    assert found["b"] == 12.0


def test_hvp_of_a_dataclass() -> None:
    found = hvp(lambda p: p.scale**2 * np.sum(p.shift**2))(Params(2.0, X), Params(1.0, 0 * X))
    assert found.scale == 28.0
    np.testing.assert_allclose(found.shift, 8 * X)


def test_vectors_come_last_in_autograds_form() -> None:
    def f(x, data):
        return np.sum(data * x**3)

    data, v = np.array([1.0, 2.0, 3.0]), np.array([0.5, 1.0, -1.0])
    want = 6 * data * X * v
    assert hessian_tensor_product is hessian_vector_product
    np.testing.assert_allclose(hessian_vector_product(f)(X, data, v), want)
    np.testing.assert_allclose(hvp(f)(X, v, data), want)
    product, gradient = make_hvp(f)(X, data)
    np.testing.assert_allclose(gradient, 3 * data * X**2)
    for scale in (1.0, 2.0):
        np.testing.assert_allclose(product(scale * v), scale * want)


def test_vector_jacobian_product() -> None:
    v = np.array([1.0, -2.0])
    assert tensor_jacobian_product is vector_jacobian_product
    np.testing.assert_allclose(vector_jacobian_product(squares)(X, v), v @ (2 * MATRIX * X))
    found = vector_jacobian_product(lambda x: np.outer(x, x))(X, np.ones(3))
    np.testing.assert_allclose(found, np.sum(jacobian(lambda x: np.outer(x, x))(X), axis=0))


def test_make_ggnvp() -> None:
    v = np.array([1.0, -2.0, 0.5])
    J = 2 * MATRIX * X
    np.testing.assert_allclose(make_ggnvp(squares)(X)(v), J.T @ J @ v)
    found = make_ggnvp(squares, lambda y: np.sum(y**3))(X)(v)
    np.testing.assert_allclose(found, J.T @ np.diag(6 * squares(X)) @ J @ v)


def test_elementwise_grad() -> None:
    assert egrad is elementwise_grad
    np.testing.assert_allclose(egrad(lambda x: x**3)(X), 3 * X**2)
    np.testing.assert_allclose(egrad(egrad(lambda x: x**3))(X), 6 * X)
    np.testing.assert_allclose(egrad(lambda k, x: k * x**3, 1)(2.0, X), 6 * X**2)
    assert egrad(lambda x: x**3)(2.0) == 12.0
    assert egrad(lambda x: x**2)(X.astype(np.float32)).dtype == np.float32


def test_grad_and_aux() -> None:
    assert srcgrad.grad_and_aux(lambda x: (x**2, {"x": x}))(3.0) == (6.0, {"x": 3.0})


# inside of code that is differentiated ------------------------------------------------------------


def test_operators_are_differentiated() -> None:
    def f(x):
        return np.sum(jacobian(lambda y: y**3)(x) * hessian(cubes)(x))

    def g(x):
        product, gradient = make_hvp(cubes)(x)
        return np.sum(product(x) * gradient) + np.sum(egrad(lambda y: y**2)(x))

    np.testing.assert_allclose(grad(f)(X), 54 * X**2)
    np.testing.assert_allclose(grad(g)(X), 72 * X**3 + 2)


def test_what_is_captured_is_differentiated() -> None:
    def f(x):
        jac = jacobian(lambda y: x * y**2)(x)
        return np.sum(jac) + np.sum(hvp(lambda y: np.sum(x * y**2))(x, x))

    np.testing.assert_allclose(grad(f)(X), 4 * X + 4 * X)


# what is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("operator", [*JACOBIANS, hessian, hvp, egrad])
def test_positions_that_are_not_there(operator: Any) -> None:
    with pytest.raises(srcgrad.ArgumentError, match="argnums=2"):
        operator(cubes, 2)
    with pytest.raises(srcgrad.ArgumentError, match="argnums='x'"):
        operator(cubes, "x")


@each
def test_whole_numbers_in_arrays(operator: Any) -> None:
    with pytest.raises(srcgrad.ArgumentError, match="int64"):
        operator(lambda x: x * 2)(np.arange(3))


def test_functions_of_numpy_themselves() -> None:
    x = np.array([0.3, -1.2])
    np.testing.assert_allclose(srcgrad.elementwise_grad(np.tanh)(x), 1 - np.tanh(x) ** 2)
    np.testing.assert_allclose(srcgrad.jacobian(np.cumsum)(x), np.tril(np.ones((2, 2))))
    assert srcgrad.grad(srcgrad.grad(np.sin))(0.7) == pytest.approx(-np.sin(0.7))
    assert srcgrad.grad(math.exp)(0.7) == pytest.approx(math.exp(0.7))
    np.testing.assert_allclose(srcgrad.grad(np.sum)(x), np.ones(2))

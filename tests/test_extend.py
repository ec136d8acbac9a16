"""autograd's way to extend: primitive, defvjp and defjvp."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import ArgumentError, NoRuleError, grad, jvp
from srcgrad.extend import defjvp, defvjp, primitive
from support import assert_close, check_gradient

X = np.array([1.5, 2.5, 3.5])


# autograd's documentation -------------------------------------------------------------------------


@primitive
def logsumexp(x):
    """Numerically stable log(sum(exp(x)))"""
    max_x = np.max(x)
    return max_x + np.log(np.sum(np.exp(x - max_x)))


def logsumexp_vjp(ans, x):
    x_shape = x.shape
    return lambda g: np.full(x_shape, g) * np.exp(x - np.full(x_shape, ans))


defvjp(logsumexp, logsumexp_vjp)


def test_logsumexp() -> None:
    def example(y):
        z = y**2
        lse = logsumexp(z)
        return np.sum(lse)

    check_gradient(example, (X,))
    check_gradient(logsumexp, (X,))
    assert_close(grad(logsumexp)(X), np.exp(X) / np.sum(np.exp(X)))
    slope = grad(example)
    check_gradient(lambda y: np.sum(slope(y) ** 2), (X / 2,), rtol=1e-5)


@primitive
def product(x, y):
    return x * y


defvjp(product, lambda ans, x, y: lambda g: g * y, lambda ans, x, y: lambda g: g * x)
defjvp(product, lambda g, ans, x, y: g * y, lambda g, ans, x, y: x * g)


@primitive
def second_only(x, y):
    return x * y


defvjp(second_only, lambda ans, x, y: lambda g: g * x, argnums=(1,))
defjvp(second_only, lambda g, ans, x, y: g * x, argnums=(1,))


@primitive
def flat_in_first(x, y):
    return x * y


defvjp(flat_in_first, None, lambda ans, x, y: lambda g: g * x)
defjvp(flat_in_first, None, lambda g, ans, x, y: g * x)


def test_both_modes_and_both_arguments() -> None:
    assert product(2.0, 3.0) == 6.0
    assert grad(product, (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert jvp(product, (2.0, 3.0), (1.0, 1.0)) == (6.0, 5.0)
    assert grad(lambda x: product(x, x))(3.0) == 6.0


def test_loops_branches_and_orders() -> None:
    def f(x):
        s = 0.0
        for i in range(3):
            if i != 1:
                s = product(s + x, x + i)
        return s

    check_gradient(f, (0.7,))
    check_gradient(grad(f), (0.7,))
    assert_close(jvp(f, (0.7,), (1.0,))[1], grad(f)(0.7))
    assert_close(jvp(grad(f), (0.7,), (1.0,))[1], grad(grad(f))(0.7))


def test_argnums() -> None:
    assert grad(second_only, 1)(2.0, 3.0) == 2.0
    assert jvp(lambda y: second_only(2.0, y), (3.0,), (1.0,))[1] == 2.0


@pytest.mark.parametrize(
    "derive",
    [
        lambda: grad(second_only)(2.0, 3.0),
        lambda: grad(lambda x: second_only(x, x))(2.0),
        lambda: jvp(lambda x: second_only(x, x), (2.0,), (1.0,)),
    ],
)
def test_an_argument_without_a_rule(derive: Any) -> None:
    with pytest.raises(NoRuleError, match="second_only with respect to x"):
        derive()


def test_none_is_zero() -> None:
    assert grad(flat_in_first, (0, 1))(2.0, 3.0) == (0.0, 2.0)
    assert jvp(flat_in_first, (2.0, 3.0), (1.0, 1.0))[1] == 2.0
    assert jvp(flat_in_first, (2.0, 3.0), (1.0, 0.0))[1] == 0.0


def test_the_rule_counts_at_every_order() -> None:
    @primitive
    def f(x):
        return x * x

    defvjp(f, lambda ans, x: lambda g: 10 * ans * g)
    defjvp(f, lambda g, ans, x: 10 * ans * g)
    assert grad(f)(2.0) == 40.0
    assert grad(grad(f))(2.0) == 400.0
    assert jvp(grad(f), (2.0,), (1.0,))[1] == 400.0
    assert_close(srcgrad.jacrev(f)(X), np.diag(10 * X**2))
    assert_close(srcgrad.jacfwd(f)(X), np.diag(10 * X**2))


def test_arguments_come_as_they_are_passed() -> None:
    @primitive
    def f(x, n=2, *, scale=1.0):
        return scale * x**n

    defvjp(f, lambda ans, x, n=2, scale=1.0: lambda g: g * scale * n * x ** (n - 1), None)
    assert grad(lambda x: f(x))(3.0) == 6.0
    assert grad(lambda x: f(x, 3))(3.0) == 27.0
    assert grad(lambda x: f(x, n=3, scale=2.0))(3.0) == 54.0
    with pytest.raises(NoRuleError, match="scale of f depends on what is differentiated"):
        grad(lambda s: f(3.0, scale=s))(2.0)


def test_defaults_that_the_rule_does_not_name() -> None:
    @primitive
    def f(x, eps=0.0):
        return x * x + eps

    defvjp(f, lambda ans, x: lambda g: g * 2 * x)
    assert grad(lambda x: f(x))(3.0) == 6.0


def test_any_number_of_arguments() -> None:
    @primitive
    def f(*xs):
        return xs[0] * xs[1]

    defvjp(f, lambda ans, *xs: lambda g: g * xs[1], lambda ans, *xs: lambda g: g * xs[0])
    assert grad(lambda a, b: f(a, b), (0, 1))(2.0, 3.0) == (3.0, 2.0)


def test_shapes_are_checked() -> None:
    @primitive
    def f(x, y):
        return x + y

    defvjp(f, lambda ans, x, y: lambda g: g, lambda ans, x, y: lambda g: g)
    with pytest.raises(NoRuleError, match="the rule of f for y gives"):
        grad(lambda y: np.sum(f(np.ones((2, 3)), y)))(np.ones(3))


def test_misuse() -> None:
    for define in (defvjp, defjvp):
        with pytest.raises(ArgumentError, match="a rule for"):
            define(lambda x: x, lambda ans, x: lambda g: g)
        with pytest.raises(ArgumentError, match="1 rules for argnums"):
            define(product, lambda *args: 0.0, argnums=(0, 1))
    with pytest.raises(NoRuleError, match="has no rule yet"):
        grad(primitive(lambda x: x))(1.0)

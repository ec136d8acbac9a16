"""Rules by the user: adjoint, tangent, custom_vjp and custom_jvp."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

import srcgrad
from srcgrad import ArgumentError, NoRuleError, UnsupportedError, grad, hessian, jvp, value_and_grad
from srcgrad.custom import adjoint, custom_jvp, custom_vjp, tangent
from support import assert_close, check_gradient

K = 3.0
X = np.array([0.5, -1.0, 2.0])


def cube(x):
    return x**3


@adjoint(cube)
def cube_adjoint(x, *, y, y_bar):
    return 3.0 * x**2 * y_bar


@tangent(cube)
def cube_tangent(x, *, y, x_dot):
    return 3.0 * x**2 * x_dot


def fourth(x):
    return cube(x) * x


@adjoint(fourth)
def fourth_adjoint(x, *, y, y_bar):
    return 4 * cube(x) * y_bar


def scaled(a, b=2.0, *, c=3.0):
    return a * b * c


@adjoint(scaled)
def scaled_adjoint(a, b, *, c, y, y_bar):
    return b * c * y_bar, a * c * y_bar, a * b * y_bar


@tangent(scaled)
def scaled_tangent(a, b, *, c, y, a_dot, b_dot, c_dot):
    return a_dot * b * c + a * b_dot * c + a * b * c_dot


def times(a, b):
    return a * b


@adjoint(times)
def times_adjoint(a, b, *, y, y_bar):
    return b * y_bar, None


def running(x):
    return np.cumsum(x)


@adjoint(running)
def running_adjoint(x, *, y, y_bar):
    x_bar = np.zeros_like(x)
    total = 0.0
    for i in range(len(x) - 1, -1, -1):
        total = total + y_bar[i]
        x_bar[i] = total
    return x_bar


def power(x, n):
    return x**n


@adjoint(power)
def power_adjoint(x, n, *, y, y_bar):
    if n == 0:
        return 0.0 * y_bar, None
    result = y_bar
    for _ in range(n - 1):
        result = result * x
    return n * result, None


def product(*xs):
    return xs[0] * xs[1]


@adjoint(product)
def product_adjoint(*xs, y, y_bar):
    return xs[1] * y_bar, xs[0] * y_bar


@tangent(product)
def product_tangent(*xs, y, xs_dot):
    return xs_dot[0] * xs[1] + xs[0] * xs_dot[1]


# adjoint and tangent ------------------------------------------------------------------------------


def test_a_rule_for_numbers_and_arrays() -> None:
    assert grad(cube)(2.0) == 12.0
    assert jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)
    check_gradient(lambda x: np.sum(np.sin(cube(x))), (X,))


def test_the_rule_is_what_counts() -> None:
    def f(x):
        return x * x

    adjoint(f)(lambda x, *, y, y_bar: 10 * y * y_bar)
    tangent(f)(lambda x, *, y, x_dot: 10 * y * x_dot)
    assert grad(f)(2.0) == 40.0
    assert grad(grad(f))(2.0) == 400.0
    assert jvp(grad(f), (2.0,), (1.0,))[1] == 400.0
    assert grad(lambda x: jvp(f, (x,), (1.0,))[1])(2.0) == 400.0


def test_higher_orders() -> None:
    assert grad(grad(cube))(2.0) == 12.0
    assert grad(grad(grad(cube)))(2.0) == 6.0
    assert jvp(grad(cube), (2.0,), (1.0,)) == (12.0, 12.0)
    assert_close(hessian(lambda x: np.sum(cube(x)))(X), np.diag(6 * X))


def test_in_loops_and_branches() -> None:
    def f(x):
        s = 0.0
        for i in range(4):
            if i != 1:
                s = s + cube(x * i) + cube(s) * 0.01
            else:
                s = s - cube(x)
        return s

    check_gradient(f, (0.3,))
    assert_close(jvp(f, (0.3,), (1.0,))[1], grad(f)(0.3))


def test_in_other_functions_and_rules() -> None:
    def inner(a):
        return cube(a) + a

    check_gradient(lambda x: inner(x) * inner(2 * x), (0.3,))
    assert grad(fourth)(2.0) == 32.0
    assert grad(grad(fourth))(2.0) == 48.0


def test_keywords_and_defaults() -> None:
    assert grad(lambda a: scaled(a))(5.0) == 6.0
    assert grad(lambda a: scaled(2.0, c=a))(5.0) == 4.0
    assert grad(lambda a: scaled(b=a, a=3.0, c=a))(5.0) == 30.0
    assert grad(scaled, (0, 1))(5.0, 2.0) == (6.0, 15.0)
    assert grad(scaled, wrt="c")(5.0, 2.0) == 10.0
    assert jvp(lambda a: scaled(b=a, a=3.0, c=a), (5.0,), (1.0,))[1] == 30.0
    with pytest.raises(UnsupportedError, match="this call of scaled"):
        grad(lambda a: scaled(a, d=3.0))(1.0)


def test_any_number_of_arguments() -> None:
    assert grad(lambda a, b: product(a, b), (0, 1))(2.0, 3.0) == (3.0, 2.0)
    assert jvp(lambda a: product(a, a), (2.0,), (1.0,))[1] == 4.0


def test_none_is_zero() -> None:
    assert grad(times, (0, 1))(2.0, 3.0) == (3.0, 0.0)
    assert grad(lambda a: times(a, a))(2.0) == 2.0
    assert_close(grad(lambda a, b: np.sum(times(a, b)), (0, 1))(X, X + 1), (X + 1, 0 * X))


def test_branches_loops_and_stores_in_a_rule() -> None:
    assert grad(power)(2.0, 3) == 12.0
    assert grad(power)(2.0, 0) == 0.0
    assert grad(grad(power))(2.0, 3) == 12.0
    check_gradient(lambda x: np.sum(np.array([3.0, 5.0, 7.0]) * running(x) ** 2), (X,))


def test_containers() -> None:
    def f(p):
        return {"a": p["x"] ** 2, "n": 3, "name": "f"}

    adjoint(f)(lambda p, *, y, y_bar: {"x": 2 * p["x"] * y_bar["a"], "w": None})
    tangent(f)(lambda p, *, y, p_dot: {"a": 2 * p["x"] * p_dot["x"], "n": 0, "name": None})

    def g(p):
        return f(p)["a"] * f(p)["n"] * p["w"]

    p = {"x": 2.0, "w": 5.0}
    assert grad(g)(p) == {"x": 60.0, "w": 12.0}
    assert jvp(g, (p,), ({"x": 1.0, "w": 1.0},))[1] == 72.0


class Pair(NamedTuple):
    x: Any
    w: Any


@dataclass
class State:
    x: Any
    w: Any


def test_tuples_lists_and_objects() -> None:
    def f(p):
        return p.x * p.w

    adjoint(f)(lambda p, *, y, y_bar: Pair(p.w * y_bar, p.x * y_bar))
    assert grad(f)(Pair(2.0, 3.0)) == Pair(3.0, 2.0)

    def g(p):
        return p.x * p.w

    tangent(g)(lambda p, *, y, p_dot: p.w * p_dot.x + p.x * p_dot.w)
    assert jvp(g, (State(2.0, 3.0),), (State(1.0, 1.0),))[1] == 5.0

    def h(xs):
        return xs[0] * xs[1]

    adjoint(h)(lambda xs, *, y, y_bar: ([y_bar * xs[1], y_bar * xs[0]],))
    assert grad(h)([2.0, 3.0]) == [3.0, 2.0]
    assert grad(lambda a: h([a, a * a]))(2.0) == 12.0


def test_a_list_that_a_loop_makes() -> None:
    def total(xs):
        return np.sum(np.array(xs) ** 2)

    @adjoint(total)
    def _(xs, *, y, y_bar):
        bars = []
        for x in xs:
            bars.append(2 * x * y_bar)
        return (bars,)

    def f(x, n):
        items = []
        for i in range(n):
            items.append(x * i)
        return total(items)

    check_gradient(f, (2.0, 4))


def test_precision_is_that_of_the_argument() -> None:
    def f(x):
        return x * 2

    adjoint(f)(lambda x, *, y, y_bar: y_bar * np.float64(2.0))
    assert grad(lambda x: np.sum(f(x)))(np.ones(3, np.float32)).dtype == np.float32
    assert type(grad(f)(np.float32(2))) is np.float32


def test_whole_numbers_become_floats() -> None:
    def f(x):
        return x * 2

    adjoint(f)(lambda x, *, y, y_bar: 3)
    assert type(grad(f)(2.0)) is float

    def g(x):
        return x * 2

    adjoint(g)(lambda x, *, y, y_bar: np.ones(3, int))
    assert grad(lambda x: np.sum(g(x)))(X).dtype == float


def test_the_rule_is_spliced() -> None:
    text = srcgrad.source(lambda x: np.sum(cube(x)), X)
    assert "3.0 * x**2" in text
    assert "cube_adjoint" not in text


# functions without source -------------------------------------------------------------------------


def test_compiled_functions() -> None:
    adjoint(math.gamma)(lambda x, *, y, y_bar: y * psi(x) * y_bar)
    check_gradient(lambda x: math.gamma(x) * x, (2.5,), rtol=1e-5)
    adjoint(math.lgamma)(lambda x, *, y, y_bar: psi(x) * y_bar)
    assert grad(math.lgamma)(2.5) == psi(2.5)


def psi(x):
    return (math.lgamma(x + 1e-6) - math.lgamma(x - 1e-6)) / 2e-6


def test_ufuncs() -> None:
    special = pytest.importorskip("scipy.special")
    adjoint(special.erfinv)(lambda x, *, y, y_bar: np.sqrt(np.pi) / 2 * np.exp(y * y) * y_bar)
    adjoint(special.xlogy)(lambda a, b, *, y, y_bar: (np.log(b) * y_bar, a / b * y_bar))
    x = np.array([0.1, 0.2])
    check_gradient(lambda x: np.sum(special.erfinv(x) ** 2), (x,))
    check_gradient(lambda x: np.sum(special.xlogy(x, 2 * x)), (x,))
    check_gradient(lambda x: special.erfinv(x), (0.3,))


def test_vectorize() -> None:
    hinge = np.vectorize(lambda x: x * x if x > 0 else 0.0)
    adjoint(hinge)(lambda x, *, y, y_bar: np.where(x > 0, 2 * x, 0.0) * y_bar)
    tangent(hinge)(lambda x, *, y, x_dot: np.where(x > 0, 2 * x, 0.0) * x_dot)
    assert_close(grad(lambda x: np.sum(hinge(x)))(X), np.array([1.0, 0.0, 4.0]))
    assert_close(jvp(hinge, (X,), (np.ones(3),))[1], np.array([1.0, 0.0, 4.0]))


def test_a_rule_in_place_of_the_own_one() -> None:
    mine = np.frompyfunc(lambda x: x, 1, 1)
    adjoint(mine)(lambda x, *, y, y_bar: 100.0 * y_bar)
    assert grad(lambda x: mine(x))(1.0) == 100.0


def test_no_known_parameters() -> None:
    for function in (dict, 3):
        with pytest.raises(ArgumentError, match="a rule for"):
            adjoint(function)


# misuse -------------------------------------------------------------------------------------------


def test_the_other_mode() -> None:
    def f(x):
        return x * x

    adjoint(f)(lambda x, *, y, y_bar: 2 * x * y_bar)
    with pytest.raises(NoRuleError, match="forward mode of f") as caught:
        jvp(f, (1.0,), (1.0,))
    assert "srcgrad.tangent" in caught.value.fix

    def g(x):
        return x * x

    tangent(g)(lambda x, *, y, x_dot: 2 * x * x_dot)
    with pytest.raises(NoRuleError, match="reverse mode of g") as caught:
        grad(g)(1.0)
    assert "srcgrad.adjoint" in caught.value.fix


def test_a_rule_set_again_counts_for_new_gradients() -> None:
    def f(x):
        return x * x

    adjoint(f)(lambda x, *, y, y_bar: 2 * x * y_bar)
    assert grad(f)(3.0) == 6.0
    adjoint(f)(lambda x, *, y, y_bar: 7 * x * y_bar)
    assert grad(f)(3.0) == 21.0


def test_the_number_of_adjoints() -> None:
    def f(a, b):
        return a * b

    adjoint(f)(lambda a, b, *, y, y_bar: (y_bar * b,))
    with pytest.raises(NoRuleError, match="the rule of f returns 1 adjoints"):
        grad(f)(1.0, 2.0)


def plus(a, b):
    return a + b


adjoint(plus)(lambda a, b, *, y, y_bar: (y_bar, y_bar))


@pytest.mark.parametrize("b", [np.ones(4), 2.0])
def test_the_shapes_of_adjoints(b: Any) -> None:
    with pytest.raises(NoRuleError, match="the rule of plus for b gives"):
        grad(lambda b: np.sum(plus(np.ones((3, 4)), b)))(b)


def test_shapes_that_only_a_run_knows() -> None:
    def f(a):
        return a @ np.ones((3, 2))

    adjoint(f)(lambda a, *, y, y_bar: y_bar)
    with pytest.raises(ValueError, match=r"shape \(2,\) for a value of shape \(3,\)"):
        grad(lambda a: np.sum(f(a)))(np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(3, 4\) for a value of shape \(1, 4\)"):
        grad(lambda b: np.sum(plus(np.ones((3, 4)), b)))(np.ones((1, 4)))


def test_a_number_for_an_array_is_not_spread() -> None:
    def f(a):
        return np.sum(a)

    adjoint(f)(lambda a, *, y, y_bar: y_bar)
    with pytest.raises(NoRuleError, match="gives a value of kind float"):
        grad(f)(X)


def test_adjoints_of_another_structure() -> None:
    def f(p):
        return p["x"] * p["w"]

    adjoint(f)(lambda p, *, y, y_bar: {"x": y_bar})
    with pytest.raises(NoRuleError, match="for p gives a value of kind"):
        grad(f)({"x": 2.0, "w": 5.0})


def test_what_a_rule_may_not_write_into() -> None:
    def f(x):
        return x * 2

    @adjoint(f)
    def _(x, *, y, y_bar):
        y_bar *= 2
        return y_bar

    with pytest.raises(UnsupportedError, match="a store into"):
        grad(lambda x: np.sum(f(x) + x))(X)


def test_a_function_that_writes_into_its_argument() -> None:
    def f(a):
        a[0] = 3 * a[0]
        return np.sum(a)

    adjoint(f)(lambda a, *, y, y_bar: y_bar * np.ones_like(a))
    with pytest.raises(UnsupportedError, match="writes into its argument"):
        grad(lambda x: f(x * 1.0))(X)


def test_what_a_function_reads_by_name_has_no_adjoint() -> None:
    def f(x):
        return x * K

    adjoint(f)(lambda x, *, y, y_bar: K * y_bar)
    assert grad(f)(2.0) == 3.0
    with pytest.raises(UnsupportedError, match="reads K, which is differentiated"):
        grad(lambda x: f(x) + K, wrt="K")(2.0)


def test_a_rule_for_a_method() -> None:
    class Model:
        def f(self, x):
            return x

    with pytest.raises(ArgumentError, match="a rule for the method f"):
        adjoint(Model().f)


def test_an_unknown_parameter_of_a_rule() -> None:
    def f(x):
        return x * 2

    adjoint(f)(lambda x: 2)
    with pytest.raises(UnsupportedError, match="keyword argument 'y'"):
        grad(f)(1.0)


# custom_jvp ---------------------------------------------------------------------------------------


@custom_jvp
def log1pexp(x):
    return np.log(1.0 + np.exp(x))


@log1pexp.defjvp
def log1pexp_jvp(primals, tangents):
    (x,), (x_dot,) = primals, tangents
    return log1pexp(x), (1 - 1 / (1 + np.exp(x))) * x_dot


@custom_jvp
def tilted(x, y):
    return np.sin(x) * y


tilted.defjvps(
    lambda x_dot, ans, x, y: np.cos(x) * x_dot * y, lambda y_dot, ans, x, y: np.sin(x) * y_dot
)


def test_log1pexp() -> None:
    sigmoid = 1 / (1 + np.exp(-X))
    with np.errstate(over="ignore"):
        assert grad(log1pexp)(1000.0) == 1.0
    assert_close(srcgrad.jacfwd(log1pexp)(X), np.diag(sigmoid))
    assert_close(srcgrad.jacrev(log1pexp)(X), np.diag(sigmoid))
    assert_close(hessian(lambda x: np.sum(log1pexp(x)))(X), np.diag(sigmoid * (1 - sigmoid)))
    assert_close(grad(grad(log1pexp))(2.0), sigmoid[2] * (1 - sigmoid[2]))
    assert "x_bar = 1 - 1 / (1 + np.exp(x))" in srcgrad.source(log1pexp, 3.0)


def test_defjvps() -> None:
    assert_close(grad(tilted, (0, 1))(2.0, 3.0), (3 * np.cos(2.0), np.sin(2.0)))
    assert_close(jvp(tilted, (2.0, 3.0), (1.0, 0.0))[1], 3 * np.cos(2.0))
    want = np.array([[-2 * np.sin(1.0), np.cos(1.0)], [np.cos(1.0), 0.0]])
    assert_close(hessian(lambda x: tilted(x[0], x[1]))(np.array([1.0, 2.0])), want)


def test_defjvps_none_is_zero() -> None:
    f = custom_jvp(lambda x, y: np.sin(x) * y)
    f.defjvps(lambda x_dot, ans, x, y: np.cos(x) * x_dot * y, None)
    assert_close(grad(f, (0, 1))(2.0, 3.0), (3 * np.cos(2.0), 0.0))
    assert jvp(f, (2.0, 3.0), (0.0, 1.0))[1] == 0.0
    g = custom_jvp(lambda x, y: x * y)
    g.defjvps(None)
    with pytest.raises(NoRuleError, match="1 rules in defjvps"):
        grad(g)(1.0, 2.0)


def test_its_own_rule_counts_at_every_order() -> None:
    @custom_jvp
    def f(x):
        return x * x

    f.defjvp(lambda p, d: (f(p[0]), 10 * f(p[0]) * d[0]))
    assert grad(grad(grad(f)))(2.0) == 4000.0
    g = custom_jvp(lambda x: x * x)
    g.defjvps(lambda x_dot, ans, x: 10 * ans * x_dot)
    assert grad(grad(g))(2.0) == 400.0
    assert jvp(grad(g), (2.0,), (1.0,))[1] == 400.0


def test_a_function_as_argument() -> None:
    @functools.partial(custom_jvp, nondiff_argnums=(0,))
    def apply(f, x):
        return f(x)

    @apply.defjvp
    def _(f, primals, tangents):
        return f(primals[0]), 2.0 * tangents[0]

    assert apply(lambda x: x**3, 3.0) == 27.0
    assert grad(apply, 1)(np.sin, 3.0) == 2.0
    assert grad(lambda x: apply(np.sin, x))(3.0) == 2.0


def test_containers_both_ways() -> None:
    @custom_jvp
    def f(p, x):
        return p["w"] * x, x * x

    @f.defjvp
    def _(primals, tangents):
        (p, x), (p_dot, x_dot) = primals, tangents
        return f(p, x), (p_dot["w"] * x + p["w"] * x_dot, 2 * x * x_dot)

    def loss(p, x):
        a, b = f(p, x)
        return np.sum(a * b)

    check_gradient(loss, ({"w": X}, X + 3), (0, 1))
    p = {"w": X}
    want = jvp(lambda p, x: np.sum(p["w"] * x**3), (p, X), (p, X))
    assert_close(jvp(loss, (p, X), (p, X))[1], want[1])


def test_turned_around_loops_stores_and_shapes() -> None:
    f = custom_jvp(lambda x: x * np.arange(3.0))

    @f.defjvp
    def _(primals, tangents):
        (x,), (x_dot,) = primals, tangents
        y_dot = np.zeros_like(x_dot)
        for i in range(len(x_dot)):
            y_dot[i] = x_dot[i] * i
        return f(x), y_dot

    check_gradient(lambda x: np.sum(f(x) ** 2), (X,))
    g = custom_jvp(lambda x, y: x + y)
    g.defjvp(lambda p, d: (p[0] + p[1], d[0] + d[1]))
    check_gradient(lambda x, y: np.sum(g(x, y) ** 2), (np.ones((2, 3)), X), (0, 1))
    check_gradient(lambda x, y: np.sum(g(x, y) ** 2), (np.ones((2, 3)), 2.0), (0, 1))


@pytest.mark.parametrize(
    "rule",
    [
        lambda p, d: (p[0] ** 2, 2 * p[0] * d[0] ** 2),
        lambda p, d: (p[0] ** 2, 2 * p[0] * d[0] if d[0] > 0 else 3 * d[0]),
        lambda p, d: (p[0] ** 2, np.sin(d[0])),
    ],
)
def test_a_rule_that_is_not_linear(rule: Any) -> None:
    f = custom_jvp(lambda x: x**2)
    f.defjvp(rule)
    with pytest.raises(NoRuleError, match="not linear in the tangents"):
        grad(f)(1.0)


def test_a_tangent_of_another_shape() -> None:
    f = custom_jvp(lambda x: np.sum(x))
    f.defjvp(lambda p, d: (np.sum(p[0]), d[0]))
    with pytest.raises(NoRuleError, match="for its result gives"):
        grad(f)(X)
    with pytest.raises(NoRuleError, match="for its result gives"):
        jvp(f, (X,), (X,))


def test_a_rule_without_the_value() -> None:
    f = custom_jvp(lambda x: x * x)
    f.defjvp(lambda p, d: 2 * p[0] * d[0])
    with pytest.raises(NoRuleError, match="does not return a pair"):
        grad(f)(1.0)


# custom_vjp ---------------------------------------------------------------------------------------


@custom_vjp
def clip_gradient(lo, hi, x):
    return x


clip_gradient.defvjp(
    lambda lo, hi, x: (x, (lo, hi)), lambda kept, bar: (None, None, np.clip(bar, *kept))
)


@functools.partial(custom_vjp, nondiff_argnums=(0,))
def fixed_point(f, a, guess):
    before = guess
    x = f(a, guess)
    while np.abs(before - x) > 1e-12:
        before = x
        x = f(a, x)
    return x


def fixed_point_bwd(f, kept, x_bar):
    a, x = kept
    by_x, by_a = grad(f, 1), grad(f, 0)
    u = x_bar
    for _ in range(100):
        u = x_bar + u * by_x(a, x)
    return u * by_a(a, x), None


def fixed_point_fwd(f, a, guess):
    x = fixed_point(f, a, guess)
    return x, (a, x)


fixed_point.defvjp(fixed_point_fwd, fixed_point_bwd)


def newton(a, x):
    return 0.5 * (x + a / x)


def test_gradient_clipping() -> None:
    def f(x):
        return np.sum(np.sin(clip_gradient(-0.75, 0.75, x)) * 2)

    assert_close(grad(f)(X), np.clip(2 * np.cos(X), -0.75, 0.75))


def test_implicit_fixed_point() -> None:
    value, slope = value_and_grad(lambda a: fixed_point(newton, a, a))(2.0)
    assert_close(value, np.sqrt(2.0))
    assert_close(slope, 0.5 / np.sqrt(2.0))
    assert_close(grad(grad(lambda a: fixed_point(newton, a, a)))(2.0), -0.25 * 2**-1.5)


@pytest.mark.parametrize(
    ("fwd", "bwd", "want"),
    [
        (lambda x: (np.sin(x), (x, (2.0, np.cos(x)))), lambda r, g: (g * r[1][1] * r[1][0],), 1),
        (lambda x: (np.sin(x), {"c": np.cos(x), "k": 2.0}), lambda r, g: (g * r["c"] * r["k"],), 1),
        (lambda x: (np.sin(x), None), lambda r, g: (g * 2.0,), 0),
        (lambda x: (np.sin(x), 2), lambda r, g: (g * r,), 0),
    ],
)
def test_residuals(fwd: Any, bwd: Any, want: int) -> None:
    f = custom_vjp(np.sin)
    f.defvjp(fwd, bwd)

    def loop(x):
        s = 0.0
        for i in range(3):
            s = s + f(x * i)
        return s

    def slope(x):
        return 2 * np.cos(x) if want else 2.0 + 0 * x

    assert_close(grad(f)(0.5), slope(0.5))
    assert_close(grad(lambda x: np.sum(f(x)))(X), slope(X))
    assert_close(grad(loop)(0.5), sum(i * slope(0.5 * i) for i in range(3)))
    assert_close(grad(grad(f))(0.5), -2 * np.sin(0.5) * want)


def test_forward_over_its_rule() -> None:
    f = custom_vjp(lambda x: x**3)
    f.defvjp(lambda x: (x**3, x), lambda x, g: (3 * x**2 * g,))
    assert_close(jvp(grad(f), (2.0,), (1.0,)), (12.0, 12.0))
    assert_close(hessian(lambda x: np.sum(f(x)))(X), np.diag(6 * X))
    with pytest.raises(NoRuleError, match="has a rule for reverse mode only"):
        jvp(f, (1.0,), (1.0,))
    tangent(f)(lambda x, *, y, x_dot: 3 * x**2 * x_dot)
    assert jvp(f, (2.0,), (1.0,)) == (8.0, 12.0)
    assert grad(f)(2.0) == 12.0


def test_a_rule_that_calls_its_function() -> None:
    @custom_vjp
    def f(p, x):
        return {"a": p["w"] * x, "b": (p["b"], x * x)}

    def fwd(p, x):
        return f(p, x), (p, x)

    def bwd(kept, bar):
        p, x = kept
        p_bar = {"w": bar["a"] * x, "b": bar["b"][0]}
        return p_bar, bar["a"] * p["w"] + 2 * x * bar["b"][1]

    f.defvjp(fwd, bwd)

    def loss(p, x):
        y = f(p, x)
        return np.sum(y["a"] ** 2) + np.sum(y["b"][0] * y["a"]) + np.sum(y["b"][1])

    check_gradient(loss, ({"w": X, "b": X + 1}, X - 2), (0, 1))


def test_what_is_not_differentiated_must_not_depend() -> None:
    f = custom_vjp(lambda k, x: k * x, nondiff_argnums=0)
    f.defvjp(lambda k, x: (k * x, None), lambda k, _, g: (k * g,))
    assert grad(f, 1)(3.0, 2.0) == 3.0
    with pytest.raises(NoRuleError, match="k of <lambda> depends on what is differentiated"):
        grad(lambda x: f(x, x))(2.0)
    with pytest.raises(ArgumentError, match="nondiff_argnums"):
        custom_vjp(lambda x: x, nondiff_argnums=(3,))


@pytest.mark.parametrize("kind", [custom_vjp, custom_jvp])
def test_no_rule_yet(kind: Any) -> None:
    f = kind(lambda x: x * x)
    assert f(3.0) == 9.0
    with pytest.raises(NoRuleError, match="has no rule yet"):
        grad(f)(1.0)


def test_a_forward_sweep_that_keeps_nothing() -> None:
    f = custom_vjp(lambda x: x * x)
    f.defvjp(lambda x: x * x, lambda kept, g: (g,))
    with pytest.raises(NoRuleError, match="does not return a pair"):
        grad(f)(1.0)

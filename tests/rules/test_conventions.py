"""What rules say where a derivative is a matter of convention, or easily goes wrong."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest

from rules.checks import Answers, Sample, kind_of, rule_adjoints
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import NONE, Dim, Kind, Num, Slice, Static, Sym, Tuple, integer, scalar
from srcgrad.rules.indexing import index_kind_is_basic, index_may_repeat, slice_dim
from srcgrad.rules.table import lookup, method_function, method_star

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def adjoints(op: Any, *args: Any, **keywords: Any) -> list[Any]:
    """The adjoint of each operand for a result whose every element has the adjoint 1."""
    sample = Sample(op, args, keywords)
    operands = sample.operands()
    y = sample.call(operands)
    return [a.tolist() for a in rule_adjoints(sample, operands, y, np.ones(np.size(y)))]


@pytest.mark.parametrize("op", [np.abs, np.fabs, operator.abs, math.fabs])
def test_absolute_value_at_zero(op: Any) -> None:
    assert adjoints(op, 0.0) == [[0.0]]


@pytest.mark.parametrize("op", [np.maximum, np.minimum, np.fmax, np.fmin, max, min])
def test_ties_share_equally(op: Any) -> None:
    assert adjoints(op, 2.0, 2.0) == [[0.5], [0.5]]


@pytest.mark.parametrize("op", [max, min])
def test_ties_of_several_share_equally(op: Any) -> None:
    assert adjoints(op, 2.0, 2.0, 2.0, 2.0) == [[0.25]] * 4
    assert adjoints(op, [2.0, 2.0]) == [[0.5, 0.5]]


def test_ties_in_an_array_share_equally() -> None:
    x = np.array([[1.0, 3.0, 3.0], [3.0, 0.0, 1.0]])
    assert adjoints(np.max, x)[0] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 0, 0])
    assert adjoints(np.max, x, 1)[0] == [0, 0.5, 0.5, 1, 0, 0]
    assert adjoints(np.max, x, axis=1, keepdims=True)[0] == [0, 0.5, 0.5, 1, 0, 0]


def test_maximum_of_equal_infinities() -> None:
    assert adjoints(np.maximum, -math.inf, -math.inf) == [[0.5], [0.5]]


def test_fmax_passes_over_nan() -> None:
    assert adjoints(np.fmax, math.nan, 1.0) == [[0.0], [1.0]]


def test_clip_at_its_bounds() -> None:
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    assert adjoints(np.clip, x, 0.0, 1.0) == [[0, 0.5, 1, 0.5, 0], [1.5], [1.5], [], [], []]
    assert adjoints(np.clip, x, min=0.0)[0] == [0, 0.5, 1, 1, 1]


def test_where_keeps_infinity_with_its_branch() -> None:
    rule = lookup(np.where)
    assert rule is not None
    assert rule.adjoint is not None
    y_bar = np.array([1.0, math.inf])
    _, left, right = rule.adjoint(np.array([True, False]), 1.0, 2.0, y=y_bar, y_bar=y_bar)
    assert left.tolist() == [1, 0]
    assert right.tolist() == [0, math.inf]


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([2.0, 3.0, 4.0], [12, 8, 6]),
        ([2.0, 0.0, 4.0], [0, 8, 0]),
        ([0.0, 0.0, 4.0], [0, 0, 0]),
        ([3.0], [1]),
        ([], []),
    ],
)
def test_product_with_zeros(x: list[float], expected: list[float]) -> None:
    assert adjoints(np.prod, np.array(x))[0] == expected


def test_zero_at_removable_singularities() -> None:
    assert adjoints(np.sinc, 0.0) == [[0.0]]
    assert adjoints(np.hypot, 0.0, 0.0) == [[0.0], [0.0]]
    assert adjoints(math.hypot, 0.0, 0.0) == [[0.0], [0.0]]
    assert adjoints(np.std, np.full(4, 2.0))[0] == [0, 0, 0, 0]


@pytest.mark.parametrize("order", [None, 1, 2, 3, 1.5, math.inf])
def test_norm_at_zero(order: Any) -> None:
    assert adjoints(np.linalg.norm, np.zeros(3), order)[0] == [0, 0, 0]


@pytest.mark.parametrize("op", [np.power, operator.pow, np.float_power])
def test_power_at_zero(op: Any) -> None:
    zero = np.float64(0)
    assert adjoints(op, zero, 0.0)[0] == [0]
    assert adjoints(op, zero, 1.0)[0] == [1]
    assert adjoints(op, zero, 2.0) == [[0], [0]]
    assert adjoints(op, zero, 0.5)[0] == [math.inf]


def test_power_of_a_negative_number() -> None:
    assert adjoints(operator.pow, -3.0, 2)[0] == [-6]
    assert adjoints(np.power, np.array([-3.0]), 3)[0] == [27]


@pytest.mark.parametrize("fill", [np.full, np.full_like])
def test_the_value_an_array_is_filled_with(fill: Any) -> None:
    shape = 3 if fill is np.full else np.zeros(3)
    assert adjoints(fill, shape, 0.5)[1] == [3]


# kinds -------------------------------------------------------------------------------------------

N = Dim.of(Sym("n", hints=(7,)))
K = Dim.of(Sym("k", hints=(3,)))
X = Num(np.dtype(float), (N,))


def kind(op: Any, *kinds: Kind) -> Kind:
    primitive = lookup(op)
    assert primitive is not None
    return primitive.kind(Answers(), *kinds)


def number(value: int | Dim | None) -> Kind:
    return NONE if value is None else integer(value)


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (None, None, N),
        (1, None, N - Dim.of(1)),
        (None, -1, N - Dim.of(1)),
        (1, -1, N - Dim.of(2)),
        (2, N, N - Dim.of(2)),
        (None, N - Dim.of(1), N - Dim.of(1)),
    ],
)
def test_slices_with_certain_dims(start: Any, stop: Any, expected: Dim) -> None:
    part = Slice(number(start), number(stop), NONE)
    assert slice_dim(Answers(), N, part) == expected


@pytest.mark.parametrize(("start", "stop"), [(None, 3), (None, K), (K, None), (-2, None), (0, 1)])
def test_slices_that_may_be_cut_off(start: Any, stop: Any) -> None:
    q = Answers()
    part = Slice(number(start), number(stop), NONE)
    first = slice_dim(q, N, part)
    assert first.hints() is None
    assert slice_dim(q, N, part) == first
    assert slice_dim(q, K, part) != first


def test_masks_are_never_alike() -> None:
    q = Answers()
    mask = Num(np.dtype(bool), (N,))
    getitem = lookup(operator.getitem)
    assert getitem is not None
    assert getitem.kind(q, X, mask) != getitem.kind(q, X, mask)


def test_ints_keep_symbolic_values() -> None:
    length = kind(len, X)
    assert kind(operator.sub, length, integer(1)) == integer(N - Dim.of(1))
    assert kind(operator.mul, integer(2), length) == integer(N.scaled(2))
    assert kind(operator.neg, length) == integer(N.scaled(-1))
    assert kind(operator.lt, kind(operator.sub, length, integer(1)), length) == Num(
        np.dtype(bool), (), weak=True, value=True
    )
    assert kind(operator.floordiv, integer(7), integer(2)) == integer(3)
    assert kind(operator.floordiv, length, integer(2)) == integer()


def test_shapes_compare_symbolically() -> None:
    shape = Tuple((integer(N), integer(3)))
    assert kind(operator.eq, shape, shape) == Num(np.dtype(bool), (), weak=True, value=True)
    other = Tuple((integer(N), integer(4)))
    assert kind(operator.eq, shape, other) == Num(np.dtype(bool), (), weak=True, value=False)


def test_sizes() -> None:
    matrix = Num(np.dtype(float), (N, Dim.of(3)))
    assert kind(np.size, matrix) == integer(N.scaled(3))
    assert kind(np.shape, matrix) == Tuple((integer(N), integer(3)))
    assert kind(np.reshape, matrix, integer(-1), Static("C")) == Num(
        np.dtype(float), (N.scaled(3),)
    )
    assert kind(np.zeros, integer(N), NONE) == X


def test_python_powers_that_may_be_int_or_float_are_unknown() -> None:
    assert not isinstance(kind(operator.pow, integer(2), integer(K)), Num)
    assert kind(operator.pow, scalar(float), integer(K)) == scalar(float)


def test_indices() -> None:
    ints, mask = kind_of(np.array([0, 0])), kind_of(np.array([True]))
    whole = Slice(NONE, NONE, NONE)
    assert index_kind_is_basic(Tuple((integer(0), whole, NONE, Static(...))))
    assert not index_kind_is_basic(Tuple((integer(0), ints)))
    assert not index_kind_is_basic(mask)
    assert index_may_repeat(Tuple((whole, ints)))
    assert not index_may_repeat(Tuple((whole, mask)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: kind(np.sum, X, NONE, NONE, X, Static(False)),
        lambda: kind(np.reshape, X, integer(3), Static("F")),
        lambda: kind(np.linalg.norm, Num(np.dtype(float), (N, K)), integer(3), NONE, Static(False)),
        lambda: kind(np.vdot, Num(np.dtype(complex), (N,)), X),
        lambda: kind(sum, Tuple((X, scalar(float))), integer(0)),
    ],
)
def test_refusals(call: Any) -> None:
    with pytest.raises(UnsupportedError, match="not supported"):
        call()


def test_methods_that_take_several_sizes() -> None:
    assert method_function("reshape") is np.reshape
    assert method_star("reshape") == "shape"
    assert method_star("sum") is None


def test_second_derivative_of_a_product() -> None:
    from srcgrad.runtime import product_of_others

    x, seed = np.array([0.5, 0.0, -1.2, 2.0]), np.array([0.3, 1.0, -0.4, 0.7])
    step = 1e-6 * np.eye(4)
    slopes = [seed @ (product_of_others(x + s) - product_of_others(x - s)) / 2e-6 for s in step]
    np.testing.assert_allclose(product_of_others(x, None, (seed,)), slopes, atol=1e-8)

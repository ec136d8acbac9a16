"""What the rules for sorting, gathering and linear algebra say at ties, kinks and edges."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import srcgrad
from rules.checks import Answers, Sample, kind_of, rule_adjoints
from srcgrad.errors import UnsupportedError
from srcgrad.kinds import NONE, Dim, Kind, Num, Static, Sym, Tuple, integer
from srcgrad.rules.compiling import unsupported
from srcgrad.rules.contractions import labelled, share_subscripts
from srcgrad.rules.table import lookup, method_function

N = Dim.of(Sym("n", hints=(7,)))
M = Dim.of(Sym("m", hints=(3,)))
VECTOR = Num(np.dtype(float), (N,))
MATRIX = Num(np.dtype(float), (N, M))
COUNT = integer(Dim.of(Sym("k")))


def adjoints(op: Any, *args: Any, weights: Any = 1.0, **keywords: Any) -> list[Any]:
    """The adjoint of each operand for a result with these adjoints."""
    sample = Sample(op, args, keywords)
    operands = sample.operands()
    y = sample.call(operands)
    y_bar = np.broadcast_to(weights, np.shape(y)).ravel()
    return [a.tolist() for a in rule_adjoints(sample, operands, y, y_bar)]


def adjoints_of_triples_and_pairs() -> list[Any]:
    """Of a cross product that NumPy 2.5 refuses and older ones compute."""
    sample = Sample(np.cross, (np.ones((2, 3)), np.ones((2, 2))), {})
    return rule_adjoints(sample, sample.operands(), np.ones((2, 3)), np.ones(6))


def kind(op: Any, *kinds: Kind) -> Kind:
    primitive = lookup(op)
    assert primitive is not None
    return primitive.kind(Answers(), *kinds)


# ties and kinks ----------------------------------------------------------------------------------


def test_sorting_permutes_what_ties() -> None:
    weights = [1.0, 2.0, 3.0, 4.0]
    got = adjoints(np.sort, np.array([2.0, 1.0, 2.0, 0.0]), weights=weights)[0]
    assert got[3] == 1
    assert got[1] == 2
    assert sorted((got[0], got[2])) == [3, 4]


def test_each_part_of_a_partition_has_an_order_of_its_own() -> None:
    x = np.array([5.0, 3.0, 1.0, 4.0, 2.0])
    y, weights = np.partition(x, 2), np.arange(5.0)
    got = adjoints(np.partition, x, 2, weights=weights)[0]
    assert got == [weights[y.tolist().index(v)] for v in x]


def test_a_median_is_shared_by_what_ties_with_it() -> None:
    assert adjoints(np.median, np.array([1.0, 2.0, 2.0]))[0] == [0, 0.5, 0.5]
    assert adjoints(np.median, np.array([4.0, 1.0, 2.0, 3.0]))[0] == [0, 0, 0.5, 0.5]
    assert adjoints(np.median, np.array([2.0, 1.0, 2.0, 3.0]))[0] == [0.5, 0, 0.5, 0]


def test_a_quantile_is_shared_by_what_ties_with_it() -> None:
    third = pytest.approx(1 / 3)
    assert adjoints(np.quantile, np.array([2.0, 1.0, 2.0, 3.0, 2.0]), 0.5)[0] == [
        *(third, 0, third, 0, third)
    ]
    assert adjoints(np.percentile, np.array([1.0, 2.0, 1.0]), 25)[0] == [0.5, 0, 0.5]
    assert adjoints(np.quantile, np.array([1.0, 3.0, 4.0]), 0.5)[1] == [2]
    assert adjoints(np.quantile, np.array([1.0, 3.0, 4.0]), 1.0)[1] == [2]


def test_a_running_maximum_is_shared_by_what_ties_so_far() -> None:
    x = np.array([1.0, 1.0, 0.0, 1.0, 2.0, 2.0])
    got = adjoints(np.maximum.accumulate, x, weights=[2.0, 4.0, 6.0, 9.0, 5.0, 6.0])[0]
    assert got == [10, 8, 0, 3, 8, 3]
    assert adjoints(np.minimum.accumulate, -x, weights=[2.0, 4.0, 6.0, 9.0, 5.0, 6.0])[0] == got


def test_a_range_is_shared_by_what_ties() -> None:
    assert adjoints(np.ptp, np.array([0.0, 2.0, 0.0, 2.0]))[0] == [-0.5, 0.5, -0.5, 0.5]
    assert adjoints(np.ptp, np.array([1.0, 1.0]))[0] == [0, 0]


def test_interpolation_at_knots_and_beyond() -> None:
    knots, heights = np.array([0.0, 1.0, 3.0]), np.array([0.0, 2.0, 3.0])
    x = np.array([-1.0, 0.0, 1.0, 3.0, 4.0])
    got = adjoints(np.interp, x, knots, heights)
    assert got[0] == [0, 2, 0.5, 0.5, 0]
    assert got[2] == [2, 1, 2]
    assert adjoints(np.interp, x, knots, heights, 5.0, 6.0)[2:5] == [[1, 1, 1], [1], [1]]


def test_interpolation_between_points_that_are_one() -> None:
    assert adjoints(np.interp, np.array([0.5]), np.array([0.0]), np.array([2.0]))[2] == [1]


@pytest.mark.parametrize("x", [[2.0, 0.0, 3.0], [0.0, 0.0, 4.0], [0.0], [], [1e-200, 1e-200, 2.0]])
def test_cumulative_products_with_zeros(x: list[float]) -> None:
    jacobian = np.zeros((len(x), len(x)))
    for k in range(len(x)):
        for i in range(k + 1):
            jacobian[k, i] = math.prod(x[:i] + x[i + 1 : k + 1])
    got = adjoints(np.cumprod, np.array(x))[0]
    assert got == pytest.approx(jacobian.sum(0).tolist(), rel=1e-14, abs=0)


def test_the_determinant_of_a_singular_matrix() -> None:
    x = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert adjoints(np.linalg.det, x)[0] == pytest.approx([4, -2, -2, 1])
    assert adjoints(np.linalg.det, np.zeros((2, 2)))[0] == [0, 0, 0, 0]


def test_only_the_lower_triangle_has_a_part_in_a_factor() -> None:
    x = np.array([[4.0, 99.0], [2.0, 5.0]])
    got = adjoints(np.linalg.cholesky, x)[0]
    assert got[1] == 0
    assert got[2] != 0


def test_sums_that_pass_over_nan() -> None:
    x = np.array([1.0, math.nan, 3.0])
    assert adjoints(np.nansum, x)[0] == [1, 0, 1]
    assert adjoints(np.nanmean, x)[0] == [0.5, 0, 0.5]


@pytest.mark.parametrize("n", [1, 2, 5])
@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_differences_of_short_arrays(n: int, size: int) -> None:
    got = np.array(adjoints(np.diff, np.zeros(size), n)[0])
    assert got.shape == (size,)
    if n == 1 and size:
        assert got.sum() == 0


def test_a_vector_in_place_of_every_row_of_a_triangle() -> None:
    assert adjoints(np.triu, np.array([1.0, 2.0, 3.0]))[0] == [1, 2, 3]
    assert adjoints(np.tril, np.array([1.0, 2.0, 3.0]))[0] == [3, 2, 1]
    assert kind(np.triu, VECTOR, integer(0)) == Num(np.dtype(float), (N, N))


def test_einsum_broadcasts_axes_of_one() -> None:
    a, b = np.ones((2, 1)), np.arange(6.0).reshape(2, 3)
    assert adjoints(np.einsum, "ij,ij->i", a, b)[1] == [3, 12]
    assert adjoints(np.einsum, "ij,ij->i", a, b)[2] == [1] * 6


# subscripts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("subscripts", "ranks", "expected"),
    [
        ("ij,jk->ik", (2, 2), (["ij", "jk"], "ik")),
        ("ji,kj", (2, 2), (["ji", "kj"], "ik")),
        (" i , i ", (1, 1), (["i", "i"], "")),
        ("...i,i", (3, 1), (["abi", "i"], "ab")),
        ("...i,...i->...", (3, 2), (["abi", "bi"], "ab")),
        ("i...->...", (1,), (["i"], "")),
    ],
)
def test_subscripts(subscripts: str, ranks: tuple[int, ...], expected: Any) -> None:
    assert labelled(subscripts, ranks) == expected


# refusals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "call",
    [
        lambda: adjoints(np.einsum, "ii,i->i", np.eye(2), np.ones(2)),
        lambda: adjoints(np.einsum, "ii->", np.eye(2)),
        lambda: adjoints(np.einsum, "iij->j", np.ones((2, 2, 3))),
        lambda: adjoints(np.interp, 0.5, np.ones(2), np.ones(2), period=1.0),
        lambda: adjoints(np.pad, np.ones(3), 1, mode="mean"),
        lambda: adjoints(np.diff, np.ones((2, 3)), prepend=np.ones((2, 1))),
        lambda: adjoints(np.median, np.ones((2, 3)), axis=(0, 1)),
        lambda: adjoints(np.quantile, np.ones((2, 3)), 0.3, axis=(0, 1)),
        lambda: adjoints(np.quantile, np.ones(3), np.full((1, 2), 0.3)),
        lambda: adjoints(np.quantile, np.ones(3), 0.3, method="nearest"),
        lambda: adjoints(np.percentile, np.ones(3), 30, method="hazen"),
        lambda: adjoints(np.maximum.accumulate, np.ones(3), axis=None),
        lambda: adjoints(np.minimum.accumulate, np.ones(3), dtype=np.float32),
        lambda: adjoints(np.add.accumulate, np.ones(3), axis=None),
        lambda: adjoints(np.kron, np.ones((1, 2, 3)), np.ones(2)),
        lambda: adjoints(np.cross, np.ones((3, 2)), np.ones(3), axis=0),
        adjoints_of_triples_and_pairs,
        lambda: kind(np.diff, VECTOR, integer(0), integer(-1), NONE, NONE),
        lambda: kind(np.einsum, Static("ij->ji"), MATRIX, *[NONE] * 4, Static(False)),
        lambda: kind(np.linalg.cholesky, MATRIX, kind_of(True)),
        lambda: kind(unsupported, Static("this"), Static("")),
    ],
)
def test_refusals(call: Any) -> None:
    with pytest.raises(UnsupportedError, match="not supported"):
        call()


def test_what_must_be_known_when_compiling() -> None:
    two, labels = Tuple((integer(2), integer(2))), Static("ij,jk->ik")
    assert kind(share_subscripts, labels, two, integer(0)) == Static("ik,jk->ij")
    with pytest.raises(UnsupportedError, match="only a run knows"):
        kind(share_subscripts, labels, two, COUNT)


# kinds -------------------------------------------------------------------------------------------


def test_sizes_stay_symbolic() -> None:
    assert kind(np.diff, VECTOR, integer(2), integer(-1), NONE, NONE) == Num(
        np.dtype(float), (N - Dim.of(2),)
    )
    assert kind(np.repeat, MATRIX, integer(2), integer(-1)) == Num(
        np.dtype(float), (N, M.scaled(2))
    )
    assert kind(np.tile, VECTOR, integer(3)) == Num(np.dtype(float), (N.scaled(3),))
    assert kind(np.convolve, VECTOR, Num(np.dtype(float), (M,)), Static("full")) == Num(
        np.dtype(float), (N + M - Dim.of(1),)
    )
    padded = Num(np.dtype(float), (N + Dim.of(3),))
    options = (Static("constant"), integer(0), NONE, integer(0), Static("even"))
    assert kind(np.pad, VECTOR, Tuple((integer(1), integer(2))), *options) == padded


def test_positions_are_never_alike() -> None:
    q = Answers()
    nonzero = lookup(np.nonzero)
    assert nonzero is not None
    assert nonzero.kind(q, VECTOR) != nonzero.kind(q, VECTOR)
    (found, other) = nonzero.kind(q, MATRIX).elements  # type: ignore[attr-defined]
    assert found == other


@pytest.mark.parametrize(
    "name",
    ["argsort", "cumprod", "cumsum", "diagonal", "nonzero", "repeat", "searchsorted", "take"],
)
def test_methods(name: str) -> None:
    assert method_function(name) is getattr(np, name)


def clipped(x):
    return np.sum(np.sin(x.clip(0.0)) + np.cos(np.clip(x, None, 0.5)))


def test_clip_with_one_bound() -> None:
    x = np.array([-1.0, 0.3, 0.9])
    expected = np.cos(x) * (x > 0) - np.sin(x) * (x < 0.5)
    np.testing.assert_allclose(srcgrad.grad(clipped)(x), expected)

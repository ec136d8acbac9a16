"""Linear algebra: functions under other names, conventions, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcgrad
from rules.operands import ANY, CUBE, SQUARE, A, B, V, W, values
from srcgrad import NoRuleError, UnsupportedError
from srcgrad.kinds import FLOAT, UNKNOWN, Kind, Num, Questions, Static, Tuple
from srcgrad.rules.spectra import EIGH, SVD
from srcgrad.rules.table import lookup

linalg: Any = np.linalg
STACK = values((2, 3, 3), *ANY, seed=12) + 2 * np.eye(3)
REGULAR = SQUARE + 2 * np.eye(3)
BOX = values((2, 3, 3, 2), *ANY, seed=21)
BOX += 3 * np.eye(6).reshape(BOX.shape)


def tensor_equation(a: Any, b: Any) -> Any:
    return linalg.tensorsolve(np.transpose(a, (0, 2, 1, 3)), b, axes=(0, 2))


OTHERS: dict[str, tuple[Any, ...]] = {
    "cross": (lambda a, b: linalg.cross(a, b), A, V),
    "cross along the first": (lambda a, b: linalg.cross(a, b, axis=0), SQUARE, REGULAR),
    "diagonal": (lambda a: linalg.diagonal(a, offset=1), CUBE),
    "matmul": (lambda a, b: linalg.matmul(a, b), A, B),
    "matrix_norm": (lambda a: linalg.matrix_norm(a), CUBE),
    "matrix_norm of order 2": (lambda a: linalg.matrix_norm(a, ord=2, keepdims=True), CUBE),
    "matrix_transpose": (lambda a: linalg.matrix_transpose(a)[1], CUBE),
    "matrix_transpose of one": (lambda a: linalg.matrix_transpose(a)[1], A),
    "outer": (lambda a, b: linalg.outer(a, b), V, W),
    "tensordot": (lambda a, b: linalg.tensordot(a, b, axes=1), A, B),
    "tensorinv": (lambda a: linalg.tensorinv(a), BOX),
    "tensorinv of one axis": (lambda a: linalg.tensorinv(np.reshape(a, (6, 3, 2)), ind=1), BOX),
    "tensorsolve": (lambda a, b: linalg.tensorsolve(a, b), BOX, A),
    "tensorsolve with axes": (tensor_equation, BOX, B[:, :2]),
    "trace": (lambda a: linalg.trace(a, offset=1), CUBE),
    "trace of one": (lambda a: linalg.trace(a), SQUARE),
    "vecdot": (lambda a, b: linalg.vecdot(a, b), A, V),
    "vecdot along the first": (lambda a, b: linalg.vecdot(a, b, axis=0), CUBE, CUBE + 1),
    "vector_norm": (lambda a: linalg.vector_norm(a), CUBE),
    "vector_norm of a vector": (lambda a: linalg.vector_norm(a, ord=3), V),
    "vector_norm along an axis": (lambda a: linalg.vector_norm(a, axis=1, ord=1), CUBE),
    "vector_norm over axes": (
        lambda a: linalg.vector_norm(a, axis=(-1, 0), keepdims=True, ord=3),
        CUBE,
    ),
    "vector_norm over all": (lambda a: linalg.vector_norm(a, keepdims=True, ord=1), CUBE),
}


@pytest.mark.parametrize("name", OTHERS)
def test_functions_under_other_names(name: str) -> None:
    if not hasattr(linalg, name.split()[0]):
        pytest.skip("since NumPy 2")
    function, *operands = OTHERS[name]

    def loss(*given: Any) -> Any:
        return np.sum(np.sin(function(*given)))

    def of_one(a: Any) -> Any:
        return np.sum(np.sin(function(a)))

    def of_two(a: Any, b: Any) -> Any:
        return np.sum(np.sin(function(a, b)))

    chosen = of_one if len(operands) == 1 else of_two
    places = tuple(range(len(operands)))
    value, _ = srcgrad.value_and_grad(chosen, argnums=places)(*operands)
    assert value == pytest.approx(loss(*operands), rel=1e-13)
    srcgrad.check_grads(chosen)(*operands)


@pytest.mark.parametrize("n", [3, -2, 0])
def test_powers_that_only_a_run_knows(n: int) -> None:
    def total(a: Any) -> Any:
        result = 0.0
        for t in range(min(n, 0), max(n, 0) + 1):
            result = result + np.sum(np.sin(np.linalg.matrix_power(a, t)))
        return result

    srcgrad.check_grads(total)(REGULAR)


# equal values ------------------------------------------------------------------------------------

TIES = np.diag([2.0, 1.0, 2.0])


def squares_of_eigenvalues(a: Any) -> Any:
    values, _ = np.linalg.eigh(a)
    return np.sum(values**2)


def squares_of_singular_values(a: Any) -> Any:
    _, values, _ = np.linalg.svd(a)
    return np.sum(values**2)


@pytest.mark.parametrize("loss", [squares_of_eigenvalues, squares_of_singular_values])
def test_values_that_are_equal(loss: Any) -> None:
    np.testing.assert_allclose(srcgrad.grad(loss)(TIES), 2 * TIES, atol=1e-14)
    along = np.array([[1.0, 2.0, 0.5], [2.0, -1.0, 0.0], [0.5, 0.0, 3.0]])
    expected = np.sum(2 * TIES * along)
    assert srcgrad.jvp(loss, (TIES,), (along,))[1] == pytest.approx(expected, rel=1e-13)


def test_vectors_of_equal_values_have_no_derivative() -> None:
    def root(a: Any) -> Any:
        values, vectors = np.linalg.eigh(a)
        return np.sum(vectors * np.sqrt(values) @ vectors.T)

    with np.errstate(all="ignore"):
        assert not np.all(np.isfinite(srcgrad.grad(root)(TIES)))


def test_rank_deficient_matrices_have_singular_values() -> None:
    def nuclear(a: Any) -> Any:
        return np.sum(np.linalg.svd(a, full_matrices=False)[1])

    assert np.all(np.isfinite(srcgrad.grad(nuclear)(np.outer(V, W))))


@pytest.mark.parametrize(
    "norm",
    [
        lambda a: np.linalg.norm(a, 2),
        lambda a: np.linalg.norm(a, -2),
        lambda a: np.linalg.norm(a, "nuc"),
        lambda a: np.linalg.norm(a, 1),
        lambda a: np.linalg.norm(a, np.inf),
    ],
)
def test_norms_of_matrices_at_zero(norm: Any) -> None:
    assert np.all(srcgrad.grad(norm)(np.zeros((2, 3))) == 0)


def test_rows_that_tie_share_equally() -> None:
    def norm(a: Any) -> Any:
        return np.linalg.norm(a, np.inf)

    got = srcgrad.grad(norm)(np.array([[1.0, -2.0], [3.0, 0.0], [0.0, 1.0]]))
    assert got.tolist() == [[0.5, -0.5], [0.5, 0], [0, 0]]


# residuals and ranks -----------------------------------------------------------------------------


def test_sums_of_squares_of_least_squares() -> None:
    def sums(a: Any, b: Any) -> Any:
        return np.sum(np.linalg.lstsq(a, b)[1])

    srcgrad.check_grads(sums)(B.T, values((4, 2), *ANY, seed=22))
    assert np.all(srcgrad.grad(sums)(A, V[:2]) == 0)  # there are none


def test_pseudoinverses_of_a_structure_that_keeps_the_rank() -> None:
    def total(u: Any, v: Any) -> Any:
        return np.sum(np.sin(np.linalg.pinv(np.outer(u, v))))

    srcgrad.check_grads(total)(V, W)


# kinds and refusals ------------------------------------------------------------------------------


def kind(op: Any, *operands: Kind) -> Any:
    found = lookup(op)
    assert found is not None
    given = [Static(v) for v in found.defaults.values()]
    return found.kind(Questions(), *operands, *given[len(operands) - len(found.parameters) :])


def test_results_of_what_has_no_known_rank() -> None:
    unknown = Num(FLOAT, None)
    for op in (np.linalg.inv, np.linalg.det, np.linalg.cholesky, np.linalg.pinv):
        assert kind(op, unknown) == unknown
    assert kind(np.linalg.slogdet, unknown).elements == (unknown, unknown)
    assert kind(np.linalg.eigh, unknown) == Tuple((unknown, unknown), EIGH)
    assert kind(np.linalg.svd, unknown) == Tuple((unknown,) * 3, SVD)
    assert kind(np.linalg.qr, unknown).elements == (unknown, unknown)
    assert kind(np.linalg.eigh, UNKNOWN) == UNKNOWN
    assert len(kind(np.linalg.lstsq, unknown, unknown).elements) == 4


REFUSED = {
    "qr of more columns": lambda a: np.sum(np.linalg.qr(a)[1]),
    "qr of another mode": lambda a: np.sum(np.linalg.qr(a.T, mode="complete")[0]),
    "all vectors": lambda a: np.sum(np.linalg.svd(a)[2]),
    "svd of what is hermitian": lambda a: np.sum(np.linalg.svd(a @ a.T, hermitian=True)[0]),
    "pinv of what is hermitian": lambda a: np.sum(np.linalg.pinv(a @ a.T, hermitian=True)),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    with pytest.raises(UnsupportedError, match="not supported"):
        srcgrad.grad(REFUSED[name])(A)


@pytest.mark.parametrize("op", [np.linalg.eig, np.linalg.eigvals])
def test_eigenvalues_of_general_matrices(op: Any) -> None:
    def first(a: Any) -> Any:
        return np.real(op(a)[0])

    with pytest.raises(NoRuleError, match="may be complex"):
        srcgrad.grad(first)(SQUARE)


def test_what_the_derivative_does_not_depend_on() -> None:
    hermitian = SQUARE + SQUARE.T + 1j * (SQUARE - SQUARE.T)

    def total(x: Any) -> Any:
        weights = np.linalg.eigh(hermitian)[0] + np.real(np.linalg.eigvals(SQUARE))
        basis = np.linalg.qr(A, mode="complete")[1][0]
        left = np.linalg.svd(hermitian)[1] * np.linalg.pinv(SQUARE, rtol=1e-9)[0]
        return np.sum((weights + basis + left) * x)

    srcgrad.check_grads(total)(V)

"""The programs that srcgrad is for, each with the numbers it has to give."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcgrad
from support import assert_close, assert_independent, check_gradient, load_example
from support.trees import assert_same

# one derivative each ------------------------------------------------------------------------------


def square(x):
    return x**2


def line(x):
    return 2 * x + 3


def cubic(x):
    return x**3 + 2 * x**2 + x + 1


def exponential(x):
    return np.exp(x)


def half(x):
    return x / 2


def parabola(x):
    return 3 * x**2 - 4 * x


def sum_of_two_squares(params):
    x, y = params
    return x**2 + y**2


def plane(params):
    x, y, z = params
    return 2 * x + 3 * y + 4 * z


def mixed(x, y):
    return x**2 + x * y


def product(x, y):
    return x**2 * y + y + 2


def twice_the_norm(x):
    return 2 * np.dot(x, x)


def total(x):
    return np.sum(x)


def tanh(x):
    y = np.exp(-2.0 * x)
    return (1.0 - y) / (1.0 + y)


def soft_step(x):
    return (1 - np.exp(-x)) / (1 + np.exp(-x))


BOTH = (0, 1)
FACTS: list[tuple[Callable[..., Any], tuple[Any, ...], Any, Any]] = [
    (square, (2.0,), 0, 4.0),
    (square, (2,), 0, 4.0),
    (line, (5.0,), 0, 2.0),
    (cubic, (1.0,), 0, 8.0),
    (exponential, (0.0,), 0, 1.0),
    (half, (0.0,), 0, 0.5),
    (half, (-7.25,), 0, 0.5),
    (parabola, (1.0,), 0, 2.0),
    (sum_of_two_squares, (np.array([1.0, 2.0]),), 0, np.array([2.0, 4.0])),
    (plane, (np.array([1.0, 2.0, 3.0]),), 0, np.array([2.0, 3.0, 4.0])),
    (mixed, (2.0, 3.0), BOTH, (7.0, 2.0)),
    (product, (3.0, 4.0), BOTH, (24.0, 10.0)),
    (twice_the_norm, (np.arange(4.0),), 0, 4 * np.arange(4.0)),
    (total, (np.arange(4.0),), 0, np.ones(4)),
    (tanh, (1.0,), 0, 0.419974341614026),
    (soft_step, (1.0,), 0, 0.39322386648296376),
]


@pytest.mark.parametrize(
    ("f", "args", "argnums", "want"), FACTS, ids=[f"{row[0].__name__}{row[1]}" for row in FACTS]
)
def test_fact(f: Callable[..., Any], args: Any, argnums: Any, want: Any) -> None:
    got = check_gradient(f, args, argnums)
    for one, number in zip(np.atleast_1d(got), np.atleast_1d(want), strict=True):
        assert_close(one, number, 1e-12)


def test_facts_of_the_example() -> None:
    facts = load_example("basics").facts()
    x = np.arange(4.0)
    wanted = [4, 2, 8, 1, 0.5, 2, [2, 4], [2, 3, 4], (7, 2), (24, 10), 4 * x, np.ones(4)]
    wanted += [0.419974341614026, 0.39322386648296376]
    for got, want in zip(facts.values(), wanted, strict=True):
        assert_close(np.asarray(got), np.asarray(want), 1e-12)


# programs -----------------------------------------------------------------------------------------


def test_least_squares() -> None:
    example = load_example("least_squares")
    np.testing.assert_allclose(example.fit(), [2.9983734, 4.18844784], rtol=0, atol=5e-9)
    check_gradient(example.mean_squared_error, (np.array([0.3, -0.4]), *example.make_data()))


def test_logistic_regression() -> None:
    example = load_example("logistic_regression")
    assert_close(example.training_loss(np.zeros(3)), 2.772588722239781)
    assert_close(example.training_loss(example.train()), 1.067270675787016)
    assert len(example.training_gradient.variants) == 1
    check_gradient(example.training_loss, (np.array([0.1, -0.2, 0.3]),))


def test_logistic_regression_data_is_read_at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load_example("logistic_regression")
    before = example.training_gradient(np.zeros(3))
    monkeypatch.setattr(example, "targets", ~example.targets)
    assert_close(example.training_gradient(np.zeros(3)), -before)


def test_recurrence() -> None:
    recurrence = load_example("recurrence").recurrence
    value, (a_bar, b_bar) = recurrence(0.7, 0.4)
    assert_close(value, -1.3004434078018587)
    assert_close(a_bar, -1.031114981280353)
    assert_close(b_bar, 2.269088772501661)
    check_gradient(recurrence.primal, (0.7, 0.4), (0, 1))


def test_globals_by_name() -> None:
    example = load_example("globals_by_name")
    gradient = srcgrad.grad(example.loss, wrt=("a", "b"))
    assert example.a == 2.0
    assert example.b == 1.0
    a_bar, b_bar = gradient(1.0, 2.0)
    assert_close(a_bar, 2.0)
    assert_close(b_bar, 2.0)
    a_bar, b_bar = gradient(3.0, 2.0)
    assert_close(a_bar, 30.0)
    assert_close(b_bar, 10.0)
    check_gradient(example.loss, (1.5, 2.0), wrt=("a", "b", "x"))


def test_globals_by_name_see_the_present_value(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load_example("globals_by_name")
    monkeypatch.setattr(example, "a", -1.0)
    a_bar, b_bar = example.loss_gradient(1.0, 2.0)
    assert_close(a_bar, -4.0)
    assert_close(b_bar, -4.0)


def test_globals_by_name_trained(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load_example("globals_by_name")
    monkeypatch.setattr(example, "a", 2.0)
    monkeypatch.setattr(example, "b", 1.0)
    example.train([(0.0, -1.0), (1.0, 2.0), (2.0, 5.0)])
    np.testing.assert_allclose([example.a, example.b], [3.0, -1.0], atol=1e-6)


def test_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    example = load_example("digits")
    monkeypatch.setattr(example, "loss_grad", srcgrad.grad(example.loss))
    start = time.perf_counter()
    accuracy, compiled = example.main()
    assert time.perf_counter() - start < 20
    assert accuracy > 0.95
    assert compiled == 1


def test_digits_gradient() -> None:
    example = load_example("digits")
    (images, labels), _ = example.split_digits()
    params = example.initial_params([64, 7, 5, 10])
    check_gradient(example.loss, (params, images[:9], labels[:9]))


def test_digits_batches_end_with_a_smaller_one() -> None:
    example = load_example("digits")
    (images, labels), _ = example.split_digits()
    sizes = [len(batch) for _, batch in example.minibatches(images, labels, epochs=1)]
    assert sizes[:-1] == [64] * (len(sizes) - 1)
    assert 1 < sizes[-1] < 64
    assert sum(sizes) == len(images)


def test_training_loop_keeps_results_apart() -> None:
    """Gradients of successive calls share nothing: they can be kept, and updated in place."""
    example = load_example("logistic_regression")
    weights = np.array([0.1, -0.2, 0.3])
    first = example.training_gradient(weights)
    kept = first.copy()
    second = example.training_gradient(weights)
    assert_independent((first, second), (weights, example.inputs, example.targets))
    second += 1.0
    assert_same(first, kept, "earlier gradient")


# scripts ------------------------------------------------------------------------------------------

SCRIPTS = {
    "basics": ["0.419974341614026", "def "],
    "least_squares": ["4.18844784", "2.99837340"],
    "logistic_regression": ["# reverse sweep", "2.77258872", "1.06727067", "def "],
    "recurrence": ["# reverse sweep", "-1.30044340780185", "-1.0311149812803", "2.2690887725016"],
    "globals_by_name": ["# reverse sweep", "2.0 2.0", "fitted: y = 3.00000"],
    "digits": ["held-out accuracy 0.9", "1 compilation"],
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_script(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each example prints its facts; a fresh copy of it, as `python examples/<name>.py` runs."""
    example = load_example(name, fresh=True)
    example.main()
    printed = capsys.readouterr().out
    for text in SCRIPTS[name]:
        assert text in printed


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_says_what_it_shows(name: str) -> None:
    example = load_example(name)
    assert example.__doc__
    assert inspect.isfunction(example.main)

"""Arrays after stores into their parts: the whole where it is known, else the part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import srcgrad
from srcgrad.debug.events import Event
from srcgrad.debug.stepper.replay import stores, whole


def replayed(function: Callable[..., Any], *args: Any, most: int = 10_000) -> list[Event]:
    """The events of a gradient's run, with whole arrays."""
    trace = srcgrad.grad(function).tracing(most=most)(*args)
    return [*whole(trace.events, stores(trace.source))]


def of(name: str, events: list[Event]) -> list[Any]:
    return [
        None if e.value is None else np.asarray(e.value).tolist() for e in events_of(name, events)
    ]


def events_of(name: str, events: list[Event]) -> list[Event]:
    return [e for e in events if e.name == name]


def filled(x: Any) -> Any:
    y = np.zeros_like(x)
    for i in range(len(x)):
        y[i] = x[i] ** 2
    return np.sum(y)


def lower_upper(A: Any) -> Any:
    A = A.copy()
    n = len(A)
    for k in range(n):
        for i in range(k + 1, n):
            A[i, k] /= A[k, k]
            A[i, k + 1 :] -= A[i, k] * A[k, k + 1 :]
    return np.sum(np.log(np.diag(A) ** 2))


def through_a_view(x: Any) -> Any:
    Y = np.zeros((2, 2))
    flat = Y.ravel()
    flat[0] = x[0]
    Y[1, 1] = x[1] ** 2
    return np.sum(Y * Y)


def of_a_list(x: Any) -> Any:
    parts = []
    for v in x:
        parts.append(v**2)
    return parts[0] * parts[1]


def test_an_array_fills_up() -> None:
    y = of("y", replayed(filled, np.array([1.0, 2.0, 3.0])))
    assert y == [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [1.0, 4.0, 0.0], [1.0, 4.0, 9.0]]


def test_an_adjoint_fills_up_from_behind() -> None:
    x_bar = of("x_bar", replayed(filled, np.array([1.0, 2.0])))
    assert x_bar[:3] == [[0.0, 0.0], [0.0, 4.0], [2.0, 4.0]]


def test_regions_of_a_matrix() -> None:
    start = 4.0 * np.eye(3) + 1.0
    last = events_of("A", replayed(lower_upper, start))[-1].value
    expected = start.copy()
    for k in range(3):
        for i in range(k + 1, 3):
            expected[i, k] /= expected[k, k]
            expected[i, k + 1 :] -= expected[i, k] * expected[k, k + 1 :]
    assert np.array_equal(last, expected)


def test_what_a_view_may_have_changed_is_not_taken_for_known() -> None:
    events = replayed(through_a_view, np.array([1.0, 2.0]))
    assert of("Y[1, 1]", events) == [4.0]
    assert not [e for e in events_of("Y", events)[1:] if e.value is not None]


def test_of_what_was_left_out_nothing_is_made_up() -> None:
    events = replayed(filled, np.ones(300), most=100)
    assert len(events_of("y[i]", events)) > 10
    assert len(events_of("y", events)) <= 3


def test_a_list_has_its_new_element() -> None:
    events = replayed(of_a_list, np.array([2.0, 3.0]))
    assert of("parts[-1]", events) == [4.0, 9.0]


def test_summaries_are_of_the_whole() -> None:
    event = events_of("y", replayed(filled, np.array([1.0, 2.0, 3.0])))[-1]
    assert (event.summary.shape, event.summary.low, event.summary.high) == ((3,), 1.0, 9.0)


def test_parts_are_found_by_line_and_name() -> None:
    source = (
        "def f(y, t, k):\n    y[k + 1] = t\n    y[0][1] += t\n    np.add.at(y, t, 1.0)\n    t = y"
    )
    assert stores(source).parts == {(2, "y"): "[k + 1]", (3, "y"): "[0][1]", (4, "y"): "[t]"}

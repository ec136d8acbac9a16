"""The model of the stepper: where it is in time, and what there is to see."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from srcgrad.debug.stepper import plots, wording
from srcgrad.debug.stepper.cursor import Cursor
from srcgrad.errors import ArgumentError
from support.recorded import LOOP, Found, Listed, event, loop_trace


def cursor(trace: Any = None) -> Cursor:
    return Cursor(trace or loop_trace())


def shown(at: Cursor) -> tuple[int, int, tuple[int, ...]]:
    return at.moment.line, at.moment.generated, at.moment.iteration


def values(at: Cursor) -> dict[str, Any]:
    return {r.name: r.value.value for r in at.moment.rows if r.value is not None}


def adjoints(at: Cursor) -> dict[str, Any]:
    return {r.name: r.adjoint.value for r in at.moment.rows if r.adjoint is not None}


# what there is to see


def test_starts_at_the_first_statement() -> None:
    at = cursor()
    assert shown(at) == (0, 2, ())
    assert at.moment.listing is LOOP
    assert [r.name for r in at.moment.rows] == ["tape"]
    assert at.moment.rows[0].helper


def test_a_variable_has_its_latest_value_and_adjoint() -> None:
    at = cursor()
    assert at.to_iteration(1)
    assert at.to_generated_line(6)
    assert values(at) == {"y": 4.0, "i": 1, "tape": 2.0}
    assert adjoints(at) == {}
    assert at.to_generated_line(12)
    assert adjoints(at) == {"y": 1.0, "x": 4.0}
    assert values(at)["y"] == 4.0, "taken back from the tape"
    assert at.last()
    assert adjoints(at) == {"y": 8.0, "x": 12.0}


def test_the_variable_of_a_loop_counts_down_in_the_reverse_sweep() -> None:
    at = cursor()
    assert at.to_generated_line(10)
    assert values(at)["i"] == 2
    assert at.last()
    assert values(at)["i"] == 0
    assert not [r.name for r in at.moment.rows if r.helper and r.name == "i"]


def test_rows_that_this_step_changed_say_so() -> None:
    at = cursor()
    assert at.to_generated_line(6)
    assert [r.name for r in at.moment.rows if r.changed] == ["y"]
    assert at.back()
    assert [r.name for r in at.moment.rows if r.changed] == ["tape"]


def test_what_a_step_back_undoes() -> None:
    at = cursor()
    seen = []
    while at.next():
        seen.append((shown(at), values(at), adjoints(at)))
    for moment in reversed(seen):
        assert (shown(at), values(at), adjoints(at)) == moment
        assert at.back()


def test_a_statement_of_no_line_keeps_the_line_before() -> None:
    at = cursor()
    assert at.to_generated_line(9)
    assert shown(at) == (6, 9, ())
    assert at.moment.step.statement.line == 0


def test_names_of_one_statement_are_one_step() -> None:
    trace = loop_trace()
    both = trace.events[1].statement
    pair = (event(0, both, "a", 1.0), event(1, both, "b", 2.0), event(2, both, "a", 3.0))
    at = cursor(dataclasses.replace(trace, events=pair))
    assert at.count == 2
    assert values(at) == {"a": 1.0, "b": 2.0}


def test_the_listing_is_the_function_that_a_statement_is_in() -> None:
    trace = loop_trace()
    outer = Listed("model.py", "outer", 1, ("def outer(x):", "    return power(x)"))
    at = cursor(dataclasses.replace(trace, listings=(outer, LOOP)))
    assert at.moment.listing is outer, "before the first line it is the primal"
    assert at.next()
    assert at.moment.listing is LOOP


def test_the_variables_of_lines() -> None:
    at = cursor()
    assert at.assigned_on(LOOP) == {4: ("y",), 5: ("i",), 6: ("y",)}


def test_a_trace_without_events_is_refused() -> None:
    with pytest.raises(ArgumentError, match="without events"):
        cursor(dataclasses.replace(loop_trace(), events=()))


# moves


def test_next_and_back_end() -> None:
    at = cursor()
    assert not at.back()
    assert at.last()
    assert not at.next()
    assert at.position == at.count - 1
    assert at.first()
    assert at.position == 0


def test_to_line() -> None:
    at = cursor()
    assert at.to_line(6)
    assert shown(at) == (6, 5, (0,))
    assert at.to_line(4)
    assert shown(at) == (4, 3, ())
    assert not at.to_line(7)
    assert not at.to_line(0)
    assert shown(at) == (4, 3, ())
    assert not at.to_line(4, "other.py")


def test_to_iteration_prefers_this_line_and_sweep() -> None:
    at = cursor()
    assert at.to_generated_line(12)
    assert at.to_iteration(0)
    assert shown(at) == (6, 12, (0,))
    assert at.to_iteration(0)
    assert shown(at) == (6, 12, (0,))
    assert at.first()
    assert at.to_iteration(2)
    assert shown(at) == (5, 4, (2,))
    assert not at.to_iteration(3)
    assert not at.to_iteration(1, 1)


def test_passes() -> None:
    at = cursor()
    assert at.to_generated_line(12)
    assert at.next_pass()
    assert shown(at) == (6, 12, (1,))
    assert at.previous_pass()
    assert shown(at) == (6, 12, (2,))
    assert not at.previous_pass()


def test_the_other_sweep() -> None:
    at = cursor()
    assert at.to_iteration(1)
    assert at.to_generated_line(6)
    assert at.to_other_sweep()
    assert shown(at) == (6, 12, (1,))
    assert at.to_other_sweep()
    assert shown(at) == (6, 5, (1,))
    assert at.to_generated_line(9)
    assert not at.to_other_sweep(), "it belongs to no line"


def test_search() -> None:
    at = cursor()
    assert at.search("x")  # in the text
    assert at.moment.generated == 5
    assert at.search("X_BAR")
    assert at.moment.generated == 8
    assert at.search("tape.pop")
    assert shown(at) == (6, 11, (2,))
    assert at.search_back("for i")
    assert shown(at) == (5, 10, (2,))
    assert not at.search("cosine")
    assert at.search("= []")
    assert at.position == 0
    assert at.search_back("y_bar * x")
    assert at.position == at.count - 1


def test_changes_of_a_variable() -> None:
    at = cursor()
    generated = []
    while at.next_change("y"):
        generated.append(at.moment.generated)
    assert generated == [3, 6, 6, 6, 9, 11, 13, 11, 13, 11, 13]
    assert at.previous_change("x")
    assert shown(at) == (6, 12, (0,))
    assert not at.next_change("nothing")
    assert not at.previous_change("nothing")


def test_findings() -> None:
    findings = [
        Found("nonfinite", "NaN", 17),
        Found("kink", "at zero", None, line=6, iteration=(1,)),
        Found("dead input", "of no use", None),
    ]
    at = cursor(dataclasses.replace(loop_trace(), findings=findings))
    assert at.next_finding()
    assert shown(at) == (6, 5, (1,))
    assert at.next_finding()
    assert at.moment.step.events[0].index == 17
    assert [f.kind for f in at.moment.findings] == ["nonfinite"]
    assert not at.next_finding()
    assert at.previous_finding()
    assert not at.previous_finding()
    assert at.to_finding(0)
    assert at.moment.step.events[0].index == 17
    assert not at.to_finding(2), "it is about no step"
    assert not at.to_finding(3)
    assert at.lines_found() == {5, at.timeline.steps[17].statement.number}


def test_of_events_that_were_not_kept_the_last_one_is_shown() -> None:
    whole = loop_trace()
    kept = tuple(e for e in whole.events if e.iteration != (1,))
    at = cursor(dataclasses.replace(whole, events=kept))
    assert not at.to_iteration(1)
    assert at.to_generated_line(6)
    assert shown(at) == (6, 6, (0,))
    assert at.next()
    assert shown(at) == (5, 4, (2,))
    assert values(at)["y"] == 2.0


# plots and words


def test_bars() -> None:
    assert plots.bars([0.0, 1.0, 2.0, np.nan], 4) == "▁▅█!"
    assert plots.bars([3.0, 3.0], 9) == "▅▅"
    assert plots.bars(np.r_[np.zeros(50), -9.0, np.zeros(49)], 4) == "██▁█"
    assert plots.bars([np.inf], 4) == "!"
    assert plots.bars([-1e308, 1e308], 4) == "▁█"


def test_curve() -> None:
    assert plots.curve(np.arange(8.0), 4, 2) == ["⠀⠀⡠⠊", "⡠⠊⠀⠀"]
    assert plots.curve([0.0, 1.0], 2, 1) == ["⣀⠏"]
    assert plots.curve([1.0, np.nan, 2.0], 60, 1)[0].count("!") == 4


def test_heat() -> None:
    cells = plots.heat(np.array([[0.0, 1.0], [-4.0, np.nan]]), 9, 9)
    assert [[c.character for c in row] for row in cells] == [[" ", "░"], ["█", "!"]]
    assert [[c.sign for c in row] for row in cells] == [[1, 1], [-1, 0]]
    large = plots.heat(np.ones((7, 50, 40)), 12, 5)
    assert [len(row) for row in large] == [12] * 5


def test_a_strip_is_along_the_longer_axis() -> None:
    assert len(plots.strip(np.ones((20, 2)), 30)) == 20
    assert len(plots.strip(np.ones((2, 20)), 30)) == 20


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        (1 / 3, "0.33333"),
        (-1.23456e-200, "-1.23e-200"),
        (3, "3"),
        (True, "True"),
        (2 + 1j, "2+1j"),
        (np.float64(np.nan), "nan"),
        (np.array([1.0, 2.5]), "[2] 1 2.5"),
        (np.linspace(-1, 1, 9), "[9] -1..1"),
        (np.ones((3, 4), np.float32), "float32[3, 4] all 1"),
        (np.array([1.0, np.nan, np.inf, 3.0]), "[4] 25% NaN 25% Inf 1..3"),
        (np.full(5, np.nan), "[5] 100% NaN"),
        (np.zeros((0, 3)), "[0, 3]"),
    ],
)
def test_brief(value: Any, text: str) -> None:
    statement = loop_trace().events[0].statement
    assert wording.brief(event(0, statement, "v", value)) == text


def test_percentages_are_never_rounded_to_nothing_or_everything() -> None:
    assert wording.percent(0.0001) == "<1%"
    assert wording.percent(0.9999) == "99%"
    assert wording.percent(1.0) == "100%"
    assert wording.percent(0.25) == "25%"


def test_a_sample_stands_for_numbers_that_were_not_kept() -> None:
    made = event(0, loop_trace().events[0].statement, "v", np.arange(100.0), whole=False)
    assert plots.numbers_of(made.value, made.summary.sample).tolist() == list(range(6))
    assert plots.numbers_of("text", ()) is None

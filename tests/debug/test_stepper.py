"""The stepper's screen: keys are pressed, and what it shows is read."""

from __future__ import annotations

import asyncio
import dataclasses
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.debug import stepper
from srcgrad.debug.stepper.app import Stepper
from srcgrad.errors import ArgumentError, SrcgradError
from support.recorded import Found, loop_trace

NARROW, WIDE = (80, 24), (140, 45)


def screens(trace: Any, *keys: str, size: tuple[int, int] = NARROW) -> list[str]:
    """The screen at the start and after each of some keys."""

    async def press() -> list[str]:
        app = Stepper(trace)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            seen = [_text(app)]
            for key in keys:
                if key.isalnum():  # the faster way
                    app.simulate_key(key)
                    await pilot.pause()
                else:
                    await pilot.press(key)
                seen.append(_text(app))
            return seen

    return asyncio.run(press())


def screen(trace: Any, *keys: str, size: tuple[int, int] = NARROW) -> str:
    """The screen after some keys."""
    return screens(trace, *keys, size=size)[-1]


def _text(app: Stepper) -> str:
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text for strip in strips)


def said(shown: str) -> str:
    """The line below the code: what the step assigned."""
    below = [i for i, line in enumerate(shown.splitlines()) if not line.strip("─")]
    return shown.splitlines()[below[0] + 1].strip()


def chosen(shown: str) -> str:
    """The variable that the table points at."""
    return pointed(shown)[-1].split()[1]


def pointed(shown: str) -> list[str]:
    """The lines with a > in front: the current ones of both sources, and the table's."""
    lines = shown.splitlines()
    width = len(lines[0]) // 2
    halves = [half for line in lines for half in (line[:width], line[width:].lstrip("│ "))]
    return [half for half in halves if half.startswith(">")]


def smooth(x: Any, k: float) -> Any:
    y = np.zeros_like(x)
    y[0] = x[0] ** 2
    for i in range(1, len(x)):
        y[i] = k * y[i - 1] + (1 - k) * x[i] ** 2
    return np.sum(y)


def layers(params: Any, x: Any) -> Any:
    h = x
    for W, b in params:
        h = np.tanh(h @ W + b)
    return np.mean(h**2)


def distance(x: Any) -> Any:
    r = x - x[0]
    d = np.sqrt(r)
    return np.sum(d * x)


def failing(x: Any, n: int) -> Any:
    y = x
    for i in range(n):
        y = y * x[i]
    return np.sum(y)


# what is on the screen


@pytest.mark.parametrize("size", [NARROW, WIDE])
def test_the_screen_shows_both_sources_the_variables_and_the_keys(size: tuple[int, int]) -> None:
    shown = screen(loop_trace(), "n", "n", "n", "n", size=size)
    lines = shown.splitlines()
    assert len(lines) == size[1]
    assert lines[0].startswith(" power  forward sweep  pass 0")
    assert "step 5 of 25" in lines[0]
    assert "─power─" in lines[1]
    assert "─gradient─" in lines[1]
    assert "y = y * x" in shown
    assert "tape.append(y)" in shown
    assert "variable value" in shown
    assert "adjoint" in shown
    assert all(key in lines[-1] for key in ("n Next", "b Back", "/ Find", "? Help", "q Quit"))


def test_it_says_how_many_events_were_kept() -> None:
    shown = screen(dataclasses.replace(loop_trace(), count=9000))
    assert "(25 of 9000 events kept)" in shown.splitlines()[0]


def test_steps_forward_and_back() -> None:
    start, one, two, back = screens(loop_trace(), "n", "right", "b")
    assert "step 1 of" in start
    assert said(one) == "y = 1"
    assert said(two) == "i = 0"
    assert back == one


def test_the_ends_of_the_run_say_so() -> None:
    first, last, beyond = screens(loop_trace(), "b", "end", "n")[1:]
    assert "this is the first step" in first
    assert "the end of the run" in last
    assert "this is the last step" in beyond


def test_the_current_lines_are_marked() -> None:
    shown = screen(loop_trace(), "l", "6", "enter")
    assert [*map(str.split, pointed(shown))][:2] == [
        [">", "6", "y", "=", "y", "*", "x", "y:", "1"],
        [">", "5", "tape.append(y)"],
    ]


def test_a_mark_that_moves_to_the_other_sweep() -> None:
    shown = screen(loop_trace(), "l", "6", "enter", "n", "m")
    assert "reverse sweep" in shown
    assert "x_bar += y_bar * y" in " ".join(pointed(shown))


def test_passes_of_a_loop() -> None:
    keys = ("l", "6", "enter", "]", "]", "]", "[")
    *_, one, two, none, before = screens(loop_trace(), *keys)
    assert "pass 1" in one
    assert "pass 2" in two
    assert "this line does not run again" in none
    assert "pass 1" in before


def test_to_a_pass_by_its_number() -> None:
    there, none, wrong = screens(loop_trace(), *"i2", "enter", *"i7", "enter", *"ix", "enter")[3::3]
    assert "pass 2" in there
    assert "no step of pass 7 was kept" in none
    assert "'x' is not a number" in wrong


def test_a_line_of_the_gradient() -> None:
    there, none = screens(loop_trace(), *"g9", "enter", *"l3", "enter")[3::3]
    assert said(there) == "y_bar = 1"
    assert "no step of line 3 was kept" in none


def test_search() -> None:
    keys = (".", "/", *"r =", "enter", ".", ",", "/", "?", "enter")
    _, nothing, *_, found, again, back, _, _, missing = screens(loop_trace(), *keys)
    assert "/ asks" in nothing
    assert said(found) == "x_bar = 0"
    assert said(again) == "y_bar = 1"
    assert said(back) == "x_bar = 0"
    assert "nothing has '?'" in missing


def test_escape_leaves_the_prompt() -> None:
    *_, asking, after, later = screens(loop_trace(), "/", "q", "escape", "n")
    assert "search names and code: q" in asking
    assert "search names" not in after
    assert "step 2 of" in later


def test_the_chosen_variable_stays_and_its_changes_are_found() -> None:
    keys = ("end", "down", "home", "end", "escape", "v", "home", "n", "v", "v", "V")
    _, end, down, _, stays, follows, last, _, _, first, second, back = screens(loop_trace(), *keys)
    assert chosen(end) == chosen(follows) == "y"
    assert chosen(down) == chosen(stays) == "i"
    assert "y is not assigned again" in last
    assert said(first) == "y = 2"
    assert said(second) == "y = 4"
    assert back == first


def test_findings() -> None:
    found = Found("nonfinite", "0 times Inf", 13, remedy="guard it")
    trace = dataclasses.replace(loop_trace(), findings=[found])
    _, shown, no_more, _, back, none_before = screens(trace, "f", "f", "end", "F", "F")
    assert "! nonfinite: 0 times Inf" in shown
    assert "guard it" in shown
    assert "no finding after this step" in no_more
    assert back == shown
    assert "no finding before this step" in none_before


def test_findings_by_number() -> None:
    findings = [Found("nonfinite", "0 times Inf", 13), Found("dead input", "x is of no use", None)]
    trace = dataclasses.replace(loop_trace(), findings=findings)
    start, first, second, third = screens(trace, "1", "2", "3")
    assert "! 2 findings: 1 goes to the root cause" in start
    assert "! nonfinite" in first
    assert "dead input: x is of no use" in second
    assert "there is no finding 3" in third


def test_help_lists_the_keys() -> None:
    *_, shown, after = screens(loop_trace(), "question_mark", "escape")
    assert "one statement back in time" in shown
    assert "mirror" in shown
    assert "step 1 of" in after


def test_zoom_shows_one_source_in_the_whole_width() -> None:
    both, user, generated, again = screens(loop_trace(), *"zzz")
    assert "─power─" in user
    assert "─gradient─" not in user
    assert "─power─" not in generated
    assert again == both


def test_quit() -> None:
    async def press() -> bool:
        app = Stepper(loop_trace())
        async with app.run_test() as pilot:
            await pilot.press("q")
            await pilot.pause()
            return app.is_running

    assert not asyncio.run(press())


# real runs


def test_an_array_that_a_loop_fills() -> None:
    trace = srcgrad.grad(smooth).trace(np.linspace(1.0, 2.0, 9), 0.5)
    begun, filled = screens(trace, "/", *"y[i]", "enter", "]", "end", size=WIDE)[-2:]
    assert said(begun) == "y[i] = 1.3477"
    assert "[9] 0..1.35" in begun, "all of it so far"
    x = np.linspace(1.0, 2.0, 9)
    last = 1.0
    for i in range(1, 9):
        last = 0.5 * last + 0.5 * x[i] ** 2
    assert f"[9] 1..{last:.3g}" in filled


def test_the_second_of_two_layers() -> None:
    rng = np.random.default_rng(0)
    params = [(rng.normal(size=(3, 4)), np.zeros(4)), (rng.normal(size=(4, 2)), np.zeros(2))]
    trace = srcgrad.grad(layers).trace(params, rng.normal(size=(5, 3)))
    shown, detail = screens(trace, "/", *"h_bar", "enter", "d")[-2:]
    assert "reverse sweep" in shown
    assert "[5, 2]" in shown
    assert "norm" in detail
    assert "█" in detail


def test_a_nan() -> None:
    with np.errstate(all="ignore"):
        trace = srcgrad.grad(distance).trace(np.linspace(1.0, 2.0, 9))
    shown = screen(trace, "1")
    assert "! nonfinite" in shown
    assert "r_bar = [9] 11% Inf" in shown
    assert any("d = np.sqrt(r)" in line for line in pointed(shown))


def test_of_a_run_that_raised_the_last_step_is_shown() -> None:
    trace = srcgrad.grad(failing).trace(np.ones(3), 5)
    shown = screen(trace)
    assert "! error: IndexError: index 3 is out of bounds" in shown
    assert "the run ended here" in shown
    assert "pass 3" in shown


def test_forward_mode_has_tangents() -> None:
    shown = screen(srcgrad.deriv(lambda a: a * np.sin(a)).trace(0.5), "end", size=WIDE)
    assert "tangent" in shown
    assert "adjoint" not in shown


# the doors


def test_without_a_terminal_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ArgumentError, match="without a terminal"):
        stepper.run(loop_trace())  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="without a terminal"):
        srcgrad.grad(smooth).debug(np.ones(3), 0.5)


def test_without_textual_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n.startswith("srcgrad.debug.stepper.app")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "textual.app", None)
    monkeypatch.setattr(stepper, "_check_terminal", lambda: None)
    with pytest.raises(SrcgradError, match=r"srcgrad\[textual\]"):
        stepper.run(loop_trace())  # type: ignore[arg-type]


def test_debug_steps_through_a_recorded_run(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(stepper, "_check_terminal", lambda: None)
    monkeypatch.setattr(Stepper, "run", lambda self: seen.append(self.cursor.trace))
    srcgrad.grad(smooth).debug(np.ones(3), k=0.5)
    assert [trace.title for trace in seen] == ["smooth"]


def test_textual_is_loaded_only_when_it_is_needed() -> None:
    program = "import sys, srcgrad.debug.stepper; print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "False"

"""Debuggers in gradients: what stepping into one shows, and what tracebacks say."""

from __future__ import annotations

import bdb
import io
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from IPython.core.ultratb import FormattedTB
from rich.console import Console
from rich.traceback import Traceback

import srcgrad
import srcgrad.pipeline

MODEL = """\
import numpy as np


def loss(x):
    z = x * x
    h = np.log(z)
    return h * np.sin(x)


def net(layers, x):
    for W, b in layers:
        x = np.tanh(x @ W + b)
    return np.sum(x)
"""

GRADIENT = """\
import numpy as np


def loss_grad(x):  # x: float
    # forward sweep
    z = x * x
    h = np.log(z)
    h_bar = np.sin(x)

    # reverse sweep
    # 7: return h * np.sin(x)
    x_bar = h * np.cos(x)
    # 6: h = np.log(z)
    z_bar = h_bar / z
    # 5: z = x * x
    x_bar += 2.0 * (z_bar * x)
    return x_bar
"""

SCRIPT = """\
import numpy as np
import srcgrad
from model import loss, net

gradient = srcgrad.grad(loss)
net_gradient = srcgrad.grad(net)
layers, x = [(np.ones((2, 2)), np.ones(2))] * 5, np.ones((3, 2))
{warm}
{stop}
slope = gradient(2.0)
slopes = net_gradient(layers, x)
print("slope", slope)
"""
WARM = "gradient(2.0), net_gradient(layers, x)"
IPYTHON = "from IPython.core.debugger import Pdb; Pdb().set_trace()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    return tmp_path


def session(folder: Path, commands: str, stop: str = "breakpoint()", warm: str = WARM) -> list[str]:
    """What a debugger prints for each command, from where the script calls the gradient."""
    script = folder / "script.py"
    script.write_text(SCRIPT.format(stop=stop, warm=warm))
    settings = {"HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    # some versions stop first at the call of the debugger, others behind it
    commands = f"until 10; {commands}; continue; continue".replace("; ", "\n") + "\n"
    done = subprocess.run(
        [sys.executable, str(script)],
        input=commands,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **settings},
        cwd=folder,
        timeout=120,
    )
    assert not done.returncode, done.stderr
    plain = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    return re.split(r"\(Pdb\) |ipdb> ", plain)[2:]


def line(number: int) -> str:
    """How pdb shows that it stopped at a line of the gradient."""
    return f"({number})loss_grad()\n-> {GRADIENT.splitlines()[number - 1].strip()}"


# debuggers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("warm", "steps"), [(WARM, 4), ("", 5)], ids=["compiled", "first call"])
def test_pdb_steps_into_the_source(folder: Path, warm: str, steps: int) -> None:
    shown = session(folder, "step; " * steps + "step; next; args; p z", warm=warm)
    first, shown = shown[: steps - 1], shown[steps - 1 :]
    assert all("<srcgrad dispatch of grad_loss" in s and "-> " in s for s in first)
    assert "--Call--\n> <srcgrad model.loss " in shown[0]
    assert line(4) in shown[0]
    assert line(6) in shown[1]
    assert line(7) in shown[2]
    assert shown[3] == "x = 2.0\n"
    assert shown[4] == "4.0\n"
    assert shown[-1].startswith("slope 0.33239")


def test_pdb_breakpoints_listing_and_display(folder: Path) -> None:
    enter = "step; step; step; step; step"
    commands = "list; b 12; continue; ll; until 16; display x_bar; next; p z_bar; where"
    shown = session(folder, f"{enter}; {commands}")[5:]
    assert "  6  ->\t    z = x * x\n  7  \t    h = np.log(z)\n" in shown[0]
    assert re.match(r"Breakpoint 1 at <srcgrad model.loss \w+>:12\n", shown[1])
    assert line(12) in shown[2]
    assert [s[5:].strip("->\t") for s in shown[3].splitlines()][2:4] == [
        *("z = x * x".rjust(13), "h = np.log(z)".rjust(17))
    ]
    assert line(16) in shown[4]
    assert "display x_bar: " in shown[5]
    assert line(17) in shown[6]
    assert "[old: " in shown[6]
    assert "0.227324" in shown[7]
    assert "script.py(10)<module>()\n-> slope = gradient(2.0)\n" in shown[8]
    assert line(17) in shown[8]


@pytest.mark.parametrize("warm", [WARM, ""], ids=["compiled", "first call"])
def test_stepping_past_guards_of_lists(folder: Path, warm: str) -> None:
    """However many layers there are, nothing stops once for each."""
    shown = session(folder, "next; " + "step; " * 6 + "step", warm=warm)
    assert any("--Call--" in s and "(4)net_grad()" in s for s in shown[4:7])
    assert all("<srcgrad " in s for s in shown[1:8])


@pytest.mark.parametrize("warm", [WARM, ""], ids=["compiled", "first call"])
def test_ipython_steps_into_the_source_at_once(folder: Path, warm: str) -> None:
    commands = "step; step; list; b 12; continue; p h; next; next; p z_bar"
    shown = session(folder, commands, stop=IPYTHON, warm=warm)
    assert re.search(r"--Call--\n> <srcgrad model.loss \w+>\(4\)loss_grad\(\)", shown[0])
    assert "----> 6     z = x * x" in shown[1]
    assert "     12     x_bar = h * np.cos(x)" in shown[2] or "     11     # 7: " in shown[2]
    assert "Breakpoint 1 at <srcgrad model.loss " in shown[3]
    assert "12     x_bar = h * np.cos(x)" in shown[4]
    assert "1.38629" in shown[5]
    assert "0.227324" in shown[8]
    assert shown[-1].endswith("slope 0.3323954139224974\n")


class Stops(bdb.Bdb):
    """A debugger that stops at one line of a file of the compiler, wherever it steps otherwise."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        code = function.__code__
        self.file, self.found = self.canonic(code.co_filename), 0
        self.set_break(self.file, sorted({line for *_, line in code.co_lines() if line})[1])

    def user_line(self, frame: Any) -> None:
        self.found += self.canonic(frame.f_code.co_filename) == self.file
        self.set_continue()


def test_the_compiler_can_be_debugged() -> None:
    """Only who steps is kept out of it: breakpoints there are met."""
    stops = Stops(srcgrad.pipeline.compile_derivative)
    assert stops.runcall(srcgrad.grad(lambda x: x * x), 3.0) == 6.0
    assert stops.found


def test_tracing_goes_on_after_compiling() -> None:
    seen: list[str] = []

    def trace(frame: Any, event: str, arg: Any) -> Any:
        seen.append(frame.f_code.co_filename)
        return trace

    slope, before = srcgrad.grad(lambda x: x**2), sys.gettrace()
    sys.settrace(trace)
    try:
        slope(3.0)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)
    assert any(f.startswith("<srcgrad tests") or "lambda" in f for f in seen)
    assert any(f.endswith("pipeline.py") for f in seen)  # as coverage sees it


# tracebacks ---------------------------------------------------------------------------------------


def loss(x: float) -> Any:
    z = x * x
    h = np.log(z)
    return h * np.sin(x)


def root(x: float) -> Any:
    r = np.sqrt(x)
    return 3.0 * r


def layers(x: float, ws: list[float]) -> float:
    for w in ws:
        x = helper(w * x)
    return x


def helper(x: float) -> float:
    return 1.0 / x


def here(text: str, number: int, relation: str) -> str:
    """The note for a line of this file, which holds the text."""
    lines = Path(__file__).read_text().splitlines()
    at = max(i for i, s in enumerate(lines, 1) if s.strip() == text)
    file = Path(__file__)
    shown = file.relative_to(os.getcwd()) if file.is_relative_to(os.getcwd()) else file
    return f"line {number} of {relation} {shown}:{at}: {text}"


@pytest.fixture
def strict() -> Iterator[None]:
    with np.errstate(all="raise"):
        yield


def raised(call: Callable[[], Any]) -> Exception:
    with pytest.raises((ArithmeticError, ValueError, TypeError, KeyError)) as caught:
        call()
    return caught.value


@pytest.mark.usefixtures("strict")
def test_the_forward_sweep() -> None:
    slope = srcgrad.grad(loss)
    for _ in range(2):  # the first call compiles, the second finds
        error = raised(lambda: slope(0.0))
        assert error.__notes__ == [here("h = np.log(z)", 7, "the gradient of loss is")]


@pytest.mark.usefixtures("strict")
def test_the_reverse_sweep() -> None:
    error = raised(lambda: srcgrad.grad(root)(0.0))
    (note,) = error.__notes__
    meaning = here("r = np.sqrt(x)", 10, "the gradient of root is the adjoint of")
    assert note == f"{meaning}\n    x_bar = 1.5 / r"


def test_a_callee_in_a_loop() -> None:
    error = raised(lambda: srcgrad.grad(layers)(1.0, [2.0, 0.0]))
    assert isinstance(error, ZeroDivisionError)
    (note,) = error.__notes__
    assert note.splitlines()[0].split(" is ")[1] == here("return 1.0 / x", 0, "").split("  ")[1]


@pytest.mark.usefixtures("strict")
def test_other_derivatives() -> None:
    notes = "".join(raised(lambda: srcgrad.jvp(loss, (0.0,), (1.0,))).__notes__)
    assert "of the jvp of loss is " in notes
    assert "h = np.log(z)" in notes
    hessian = srcgrad.hessian(loss)
    hessian(1.0)
    notes = "".join(raised(lambda: hessian(0.0)).__notes__)
    assert "of the hessian of loss is " in notes
    _, pullback = srcgrad.vjp(root, 0.0)
    assert "of the vjp of root is the adjoint of " in "".join(
        raised(lambda: pullback(1.0)).__notes__
    )


def test_exceptions_of_the_users_own() -> None:
    def checked(x: float) -> float:
        if x < 0:
            raise ValueError("negative")
        return x**0.5

    error = raised(lambda: srcgrad.grad(checked)(-1.0))
    assert str(error) == "negative"
    (note,) = error.__notes__
    assert note.endswith('raise ValueError("negative")')


def test_an_exception_that_is_raised_again_has_one_note() -> None:
    again = ValueError("the same each time")

    def stops(x: float) -> float:
        if x < 0:
            raise again
        return x

    slope = srcgrad.grad(stops)
    for _ in range(3):
        raised(lambda: slope(-1.0))
    assert len(again.__notes__) == 1


def test_refusals_and_wrong_calls_have_no_notes() -> None:
    with pytest.raises(srcgrad.SrcgradError) as caught:
        srcgrad.grad(lambda x: np.fft.fft(x)[0].real)(np.ones(3))
    assert not hasattr(caught.value, "__notes__")
    assert not hasattr(raised(lambda: srcgrad.grad(loss)()), "__notes__")


def test_a_full_stack_stays_a_recursion_error() -> None:
    slope = srcgrad.grad(lambda x: x * x)
    slope(1.0)

    def deep(x: float) -> Any:
        slope(x)
        return deep(x)

    with pytest.raises(RecursionError):
        deep(1.0)


@pytest.mark.usefixtures("strict")
def test_tracebacks_show_the_line() -> None:
    text = "".join(traceback.format_exception(raised(lambda: srcgrad.grad(root)(0.0))))
    assert re.search(
        r'File "<srcgrad [^"]*root \w+>", line 10, in root_grad\n    x_bar = 1.5', text
    )
    assert re.search(r'File "<srcgrad dispatch of grad_root \w+>", line \d+, in .*\n    ret', text)
    assert "is the adjoint of" in text


@pytest.mark.usefixtures("strict")
def test_rich_shows_the_line() -> None:
    error = raised(lambda: srcgrad.grad(root)(0.0))
    stream = io.StringIO()
    screen = Console(file=stream, width=150)
    screen.print(Traceback.from_exception(type(error), error, error.__traceback__))
    shown = stream.getvalue()
    assert "x_bar = 1.5 / r" in shown
    assert "is the adjoint of" in shown


@pytest.mark.usefixtures("strict")
def test_ipython_shows_the_line() -> None:
    error = raised(lambda: srcgrad.grad(root)(0.0))
    mode = FormattedTB(mode="Context", theme_name="nocolor")
    shown = mode.text(type(error), error, error.__traceback__)
    assert "---> 10 x_bar = 1.5 / r" in shown
    assert "is the adjoint of" in shown

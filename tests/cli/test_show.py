"""`srcgrad show`, and which function and which derivative the options name."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from support.shell import Run, namespace


def test_show_by_type_hints(run: Run, model: Path) -> None:
    code, out, err = run("show", f"{model}:square")
    assert code == 0
    assert err == "loading\n"
    assert "def square_grad(x):  # x: float\n" in out
    assert namespace(out)["square_grad"](3.0) == 6.0


def test_show_is_what_source_says(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:square")
    square = runpy.run_path(str(model))["square"]
    assert out == srcgrad.source(square)


def test_show_with_an_example(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:loss", "--example", "np.ones(2), data")
    assert "w: float64[n]; X: float64[m, k]" in out
    data = np.arange(1.0, 7.0).reshape(3, 2)
    got = namespace(out)["loss_grad"](np.ones(2), data)
    np.testing.assert_allclose(got, 2 * data.T @ data @ np.ones(2))


def test_one_example_argument_that_is_a_tuple(run: Run, model: Path) -> None:
    code, out, _ = run("show", f"{model}:layered", "--example", "((1.0, 2.0), 3.0)")
    assert code == 0
    assert namespace(out)["layered_grad"]((1.0, 2.0), 3.0) == (3.0, 1.0)


def test_generic_without_hints(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:loss")
    assert "unbroadcast" in out


@pytest.mark.parametrize(
    ("arguments", "want"),
    [
        ((), 8.0),
        (("--argnums", "1"), 6.0),
        (("--argnums", "0,1"), (8.0, 6.0)),
        (("--argnums", "1,"), (6.0,)),
        (("--argnums=-1",), 6.0),
        (("--wrt", "y"), 6.0),
        (("--wrt", "y, x"), (6.0, 8.0)),
        (("--value",), (24.0, 8.0)),
    ],
)
def test_what_is_differentiated(
    run: Run, model: Path, arguments: tuple[str, ...], want: Any
) -> None:
    code, out, _ = run("show", f"{model}:scaled", *arguments)
    assert code == 0
    assert namespace(out)["scaled_grad"](3.0, 4.0, 2.0) == want


def test_global_by_name(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:scaled", "--wrt", "scale")
    assert namespace(out)["scaled_grad"](3.0, 4.0, 2.0) == 12.0


def test_decorated_function(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:cube")
    assert namespace(out)["cube_grad"](3.0) == 27.0


def test_method(run: Run, model: Path) -> None:
    code, out, _ = run("show", f"{model}:Model.energy", "--wrt", "x")
    assert code == 0
    assert namespace(out)["energy_grad"](None, 3.0) == 3.0


def test_decorated_function_with_other_options(run: Run, model: Path) -> None:
    _, out, _ = run("show", f"{model}:cube", "--value")
    assert namespace(out)["cube_grad"](2.0) == (8.0, 12.0)


def test_module_by_its_name(run: Run) -> None:
    code, out, _ = run("show", "support.physics:kinetic", "--example", "1.0, 2.0")
    assert code == 0
    assert "def kinetic_grad(mass, speed):  # mass: float; speed: float" in out


def test_neighbours_can_be_imported(run: Run, model: Path) -> None:
    neighbour = model.with_name("another_a_model.py")
    text = "import a_model\n\n\ndef f(x: float):\n    return a_model.square(x)\n"
    neighbour.write_text(text, encoding="utf-8")
    code, out, _ = run("show", f"{neighbour}:f")
    assert code == 0
    assert namespace(out)["f_grad"](3.0) == 6.0

"""The command line, run in this process and once as a command."""

from __future__ import annotations

import runpy
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad.cli import main, standalone

MODEL = """\
import numpy as np

import srcgrad

print("loading")
data = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
scale = 2.0


def square(x: float):
    return x * x


def loss(w, X):
    return np.sum((X @ w) ** 2)


def scaled(x: float, y: float):
    return scale * x * y


def layered(params, x: float):
    w, b = params
    return w * x + b


@srcgrad.grad
def cube(x: float):
    return x**3


class Model:
    def energy(self, x: float):
        return 0.5 * x * x


def store(state, x: float):
    state.last = x
    return x * x


number = 3

if __name__ == "__main__":
    raise SystemExit("run as a script")
"""

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "a_model.py"
    path.write_text(MODEL, encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands add modules and a folder to look for them in."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if "a_model" in name:
            del sys.modules[name]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: Any) -> tuple[int, str, str]:
        code = main([str(a) for a in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def namespace(text: str) -> dict[str, Any]:
    space: dict[str, Any] = {}
    exec(compile(text, "<shown>", "exec"), space)
    return space


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


# emit


def test_emit_writes_a_file_that_runs_alone(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    code, out, _ = run("emit", f"{model}:loss", "--example", "np.ones(2), data", "-o", target)
    assert (code, out) == (0, "")
    text = target.read_text(encoding="utf-8")
    heading = f"# The gradient of loss (a_model.py), written by srcgrad {srcgrad.__version__}.\n\n"
    assert text.startswith(heading)
    got = run_alone(text, "print(loss_grad(np.ones(2), np.ones((3, 2))))")
    assert got == "[12. 12.]"


def test_emit_writes_out_the_helpers(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:loss", "-o", target)
    text = target.read_text(encoding="utf-8")
    assert "def unbroadcast(" in text
    assert "import srcgrad" not in text
    assert "from srcgrad" not in text
    got = run_alone(text, "print(loss_grad(np.ones(2), np.ones((3, 2))))")
    assert got == "[12. 12.]"


def test_standalone_leaves_clean_source_as_it_is() -> None:
    text = "import numpy as np\n\n\ndef f_grad(x):\n    return np.cos(x)\n"
    assert standalone(text) == text


def test_standalone_follows_helpers_and_aliases() -> None:
    text = "from srcgrad.runtime import product_of_others as other\n\n\nx = other([2.0, 3.0])\n"
    found = standalone(text)
    assert "def _as_rows(" in found
    assert list(namespace(found)["x"]) == [3.0, 2.0]


def run_alone(text: str, last: str) -> str:
    """What a program prints where srcgrad cannot be imported."""
    block = "import sys\nimport numpy as np\n\nsys.modules['srcgrad'] = None\n"
    command = [sys.executable, "-c", f"{block}{text}\n{last}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


# stages


def test_stages(run: Run, model: Path) -> None:
    code, out, _ = run("stages", f"{model}:square", "--example", "3.0")
    assert code == 0
    assert "def square_grad(x):  # x: float" in out


# errors


@pytest.mark.parametrize(
    ("target", "more", "says"),
    [
        ("a_model.py", (), "it names no function"),
        ("nowhere.py:f", (), "there is no file nowhere.py"),
        ("no_such_a_model:f", (), "No module named 'no_such_a_model'"),
        ("MODEL:nothing", (), "name one of its functions: square, loss, scaled, layered, cube"),
        ("MODEL:number", (), "it is not a function"),
        ("MODEL:store", (), "a store into an attribute is not supported"),
        ("MODEL:loss", ("--argnums", "2"), "its parameters are w, X"),
        ("MODEL:loss", ("--wrt", "w", "--argnums", "0"), "both argnums and wrt"),
        ("MODEL:loss", ("--wrt", "nothing"), "nothing"),
        ("MODEL:loss", ("--example", "np.ones(2)"), "missing a required argument: 'X'"),
        ("MODEL:loss", ("--example", "nope"), "NameError: name 'nope' is not defined"),
        ("MODEL:loss", ("--example", "1 +"), "SyntaxError"),
    ],
)
def test_errors_are_text(
    run: Run, model: Path, target: str, more: tuple[str, ...], says: str
) -> None:
    code, out, err = run("show", target.replace("MODEL", str(model)), *more)
    assert code == 1
    assert out == ""
    assert "srcgrad: " in err
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import numpy\n\nx = numpy.nope\n", ":3:5: "),
        ("x = 1 +\n", "SyntaxError: invalid syntax"),
        ("raise SystemExit('no')\n", "SystemExit: no"),
    ],
)
def test_a_file_that_cannot_be_loaded(run: Run, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "bad_a_model.py"
    path.write_text(text, encoding="utf-8")
    code, _, err = run("show", f"{path}:f")
    assert code == 1
    assert f"{path} cannot be loaded" in err
    assert says in err


def test_files_are_named_from_here(run: Run, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(model.parent)
    _, _, err = run("show", "a_model.py:store")
    assert "\nsrcgrad: a_model.py:38:5: " in err
    model.with_name("bad_a_model.py").write_text("x = nope\n", encoding="utf-8")
    _, _, err = run("show", "bad_a_model.py:f")
    assert err.startswith("srcgrad: bad_a_model.py:1:5: bad_a_model.py cannot be loaded\n")


def test_emit_into_no_folder(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("emit", f"{model}:square", "-o", tmp_path / "none" / "out.py")
    assert code == 1
    assert "No such file or directory" in err


@pytest.mark.parametrize(
    "arguments",
    [(), ("show",), ("paint",), ("emit", "a.py:f"), ("show", "a.py:f", "--argnums", "x")],
)
def test_wrong_usage(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert "usage: srcgrad" in capsys.readouterr().err


@pytest.mark.parametrize("command", [(), ("show",), ("emit",), ("stages",)])
def test_help(command: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*command, "--help"])
    assert stopped.value.code == 0
    assert "FILE.py:function" in (text := capsys.readouterr().out) or "show" in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--version"])
    assert capsys.readouterr().out == f"srcgrad {srcgrad.__version__}\n"


def test_as_a_command(model: Path) -> None:
    command = [sys.executable, "-m", "srcgrad", "show", f"{model}:square"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "def square_grad(x):  # x: float" in done.stdout
    done = subprocess.run([*command[:-1], f"{model}:store"], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"{model}:38:5: " in done.stderr
    assert "Traceback" not in done.stderr

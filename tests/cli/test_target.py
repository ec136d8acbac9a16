"""Functions and modules that cannot be had, as text."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.shell import Run


@pytest.mark.parametrize(
    ("target", "more", "says"),
    [
        ("a_model.py", (), "it names no function"),
        ("nowhere.py:f", (), "there is no file nowhere.py"),
        ("no_such_a_model:f", (), "No module named 'no_such_a_model'"),
        ("MODEL:nothing", (), "name one of its functions: square, loss, scaled, layered, cube"),
        ("MODEL:number", (), "it is not a function"),
        ("MODEL:store", (), "a store into an attribute"),
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


def test_an_error_in_a_neighbour(run: Run, tmp_path: Path) -> None:
    """The line that is to blame is named, not one of the import machinery or of a library."""
    text = "import json\n\nx = json.loads('{')\n"
    (tmp_path / "helper_a_model.py").write_text(text, encoding="utf-8")
    path = tmp_path / "main_a_model.py"
    path.write_text("import helper_a_model\n", encoding="utf-8")
    code, _, err = run("show", f"{path}:f")
    assert code == 1
    assert f"srcgrad: {tmp_path / 'helper_a_model.py'}:3:5: {path} cannot be loaded" in err
    assert "JSONDecodeError" in err

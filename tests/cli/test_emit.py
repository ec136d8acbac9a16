"""`srcgrad emit`: files that run alone, say how they were made, and can be verified."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

import srcgrad
from support.shell import Run, run_alone


def test_emit_writes_a_file_that_runs_alone(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    code, out, _ = run("emit", f"{model}:loss", "--example", "np.ones(2), data", "-o", target)
    assert (code, out) == (0, "")
    text = target.read_text(encoding="utf-8")
    heading = f"# The gradient of loss (a_model.py), written by srcgrad {srcgrad.__version__}.\n"
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


def test_emit_into_no_folder(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("emit", f"{model}:square", "-o", tmp_path / "none" / "out.py")
    assert code == 1
    assert "No such file or directory" in err


# how it was made, and whether it still is so ------------------------------------------------------


def test_the_header_has_the_command(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    given = ["--argnums", "0,", "--value", "--args=-1.0, 2.0"]
    run("emit", f"{model}:scaled", *given, "-o", target)
    text = target.read_text(encoding="utf-8")
    assert "# It is for arguments of the kinds x: float; y: float; scale: float; this" in text
    command = text.partition("#     srcgrad ")[2].partition("\n")[0]
    assert "--argnums 0, --value '--args=-1.0, 2.0' -o " in command
    target.unlink()
    assert run(*shlex.split(command))[0] == 0
    assert target.read_text(encoding="utf-8") == text


def test_a_file_that_is_current(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:loss", "--args", "np.ones(2), data", "-o", target)
    assert run("emit", "--check", target)[:2] == (0, "")
    same = ("--args", "np.ones(2), data", "--check", target)
    assert run("emit", f"{model}:loss", *same)[:2] == (0, "")


def test_another_version_with_the_same_source(
    run: Run, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:square", "-o", target)
    monkeypatch.setattr(srcgrad, "__version__", "99.0")
    assert run("emit", "--check", target)[0] == 0


def test_a_file_that_is_not_current(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:square", "-o", target)
    model.write_text(
        model.read_text(encoding="utf-8").replace("return x * x\n", "return 4.0 * x\n", 1),
        encoding="utf-8",
    )
    before = target.read_text(encoding="utf-8")
    code, out, err = run("emit", "--check", target)
    assert code == 1
    assert "-    x_bar = 2.0 * x\n" in out
    assert "+    return 4.0" in out
    assert f"is not the gradient of {model}:square any more" in err
    assert f"srcgrad emit {model}:square -o {target}" in err
    assert target.read_text(encoding="utf-8") == before


def test_a_file_that_was_edited(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:square", "-o", target)
    target.write_text(target.read_text(encoding="utf-8").replace("2.0 * x", "2.5 * x"))
    assert run("emit", "--check", target)[0] == 1


def test_long_differences_are_cut(run: Run, model: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.py"
    run("emit", f"{model}:square", "-o", target)
    text = target.read_text(encoding="utf-8")
    target.write_text(text + "".join(f"x{i} = {i}\n" for i in range(99)), encoding="utf-8")
    code, out, _ = run("emit", "--check", target)
    assert code == 1
    assert len(out.splitlines()) < 40
    assert "more lines" in out


def test_files_that_cannot_be_verified(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("emit", "--check", tmp_path / "none.py")
    assert code == 1
    assert "No such file" in err
    code, _, err = run("emit", "--check", model)
    assert code == 1
    assert "do not say which command wrote it" in err


@pytest.mark.parametrize(
    "given", [(), ("a.py:f",), ("-o", "b.py"), ("a.py:f", "-o", "b", "--check", "c")]
)
def test_what_is_missing(run: Run, given: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("emit", *given)
    assert stopped.value.code == 2

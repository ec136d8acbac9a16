"""Arguments from expressions and from files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.shell import Run, namespace


def test_by_name_from_a_file(run: Run, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", X=np.ones((3, 2)), w=np.ones(2))
    code, out, _ = run("show", f"{model}:loss", "--npz", tmp_path / "p.npz")
    assert code == 0
    assert "w: float64[n]; X: float64[m, k]" in out


def test_numbers_in_a_file(run: Run, model: Path, tmp_path: Path) -> None:
    np.savez(tmp_path / "p.npz", x=2.0)
    _, out, _ = run("show", f"{model}:square", "--npz", tmp_path / "p.npz")
    assert "# x: float\n" in out


def test_parameters_with_defaults_may_be_missing(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "other_a_model.py"
    path.write_text("def f(x, y=2.0, *, z=3.0):\n    return x * y * z\n", encoding="utf-8")
    np.savez(tmp_path / "p.npz", x=1.5, z=np.ones(1))
    code, out, _ = run("show", f"{path}:f", "--npz", tmp_path / "p.npz")
    assert code == 0
    assert "z: float64[n]" in out
    assert namespace(out)["f_grad"](1.5, 2.0, np.ones(1)) == 2.0


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"w": np.ones(2)}, "there is no array X for its parameter"),
        ({"w": np.ones(2), "X": 1.0, "q": 2}, "the function has no parameter q"),
        ({"w": np.array([{}]), "X": 1.0}, "Object arrays cannot be loaded"),
    ],
)
def test_files_that_do_not_fit(
    run: Run, model: Path, tmp_path: Path, arrays: dict[str, Any], says: str
) -> None:
    np.savez(tmp_path / "p.npz", **arrays)
    code, out, err = run("show", f"{model}:loss", "--npz", tmp_path / "p.npz")
    assert (code, out) == (1, "")
    assert says in err
    assert "Traceback" not in err


def test_files_that_cannot_be_read(run: Run, model: Path, tmp_path: Path) -> None:
    code, _, err = run("show", f"{model}:loss", "--npz", tmp_path / "none.npz")
    assert code == 1
    assert "No such file" in err
    (tmp_path / "bad.npz").write_text("nonsense", encoding="utf-8")
    assert run("show", f"{model}:loss", "--npz", tmp_path / "bad.npz")[0] == 1
    np.save(tmp_path / "one.npy", np.ones(2))
    code, _, err = run("show", f"{model}:loss", "--npz", tmp_path / "one.npy")
    assert code == 1
    assert "one array without a name" in err


def test_one_of_both(run: Run, model: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        run("show", f"{model}:loss", "--npz", "p.npz", "--args", "1.0")
    assert stopped.value.code == 2

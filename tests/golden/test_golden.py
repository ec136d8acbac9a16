"""Generated source is what is stored, reads as code that passes review, and is right."""

from __future__ import annotations

import ast
import functools
import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import BY_NAME, CASES, GoldenCase, target

import srcgrad
from golden.__main__ import difference
from support import ROOT, assert_close, check_gradient, reference_gradient
from support.trees import Tree, is_real, leaves

STANDARD = {"math", "numpy"}
"""What generated source imports, unless the case says that it needs more."""
LIMIT = 1.2
"""How many statements the source may have for each one that a person wrote."""

every = pytest.mark.parametrize("case", CASES, ids=str)
targets = pytest.mark.parametrize("case", [c for c in CASES if target(c)], ids=str)


@every
def test_source(case: GoldenCase) -> None:
    changed = difference(case, case.generate())
    assert not changed, f"if this is meant: python -m tests.golden {case.name}\n{changed}"


@every
def test_numbers(case: GoldenCase, capsys: pytest.CaptureFixture[str]) -> None:
    """The gradient against central differences; the stored text, run on its own, against both."""
    if case.has_aux:
        expected = reference_gradient(first_of(case.primal), case.args, **case.options)
        gradient, aux = case.load(case.stored)(*case.arguments())
        assert_same_numbers(gradient, expected, 1e-6)
        assert_same_numbers(aux, case.primal(*case.args)[1])
    else:
        expected = check_gradient(case.primal, case.args, **case.options)
        result = case.load(case.stored)(*case.arguments())
        assert_same_numbers(result, case.gradient()(*case.args))
        assert_same_numbers(result[1] if hasattr(case.module, "VALUE") else result, expected)
    written = capsys.readouterr().out
    assert "print(" in case.head or not written


@every
def test_needs_numpy_alone(case: GoldenCase) -> None:
    modules = {name.partition(".")[0] for name in imported(ast.parse(case.stored))}
    assert modules <= (STANDARD if case.numpy_alone else STANDARD | {"golden", "srcgrad"})


@every
def test_no_unused_names(case: GoldenCase) -> None:
    tree = ast.parse(case.stored)
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    assigned = {node.id for node in names if isinstance(node.ctx, ast.Store)} - {"_"}
    assert assigned <= read
    bound = {alias.asname or alias.name for node in ast.walk(tree) for alias in aliases(node)}
    assert bound <= read
    copies = [node for node in ast.walk(function) if is_copy_of_itself(node)]
    assert not copies


@every
def test_comments(case: GoldenCase) -> None:
    """Each comment that names a line quotes it, and no comment stands above nothing."""
    lines = [line.strip() for line in case.stored.splitlines()]
    for k, line in enumerate(lines):
        if not line.startswith("# "):
            continue
        number, colon, quoted = line.removeprefix("# ").partition(": ")
        if colon and number.isdigit():
            written = case.path.read_text(encoding="utf-8").splitlines()[int(number) - 1]
            assert "".join(quoted.removesuffix(" ...").split())[:20] in "".join(written.split())
        following = lines[k + 1] if k + 1 < len(lines) else ""
        assert following
        assert line != following


@targets
def test_as_short_as_by_hand(case: GoldenCase) -> None:
    by_hand = target(case)
    assert by_hand is not None
    assert statements(case.stored) <= LIMIT * statements(by_hand)


@targets
def test_the_gradient_by_hand(case: GoldenCase) -> None:
    """What the source is compared with is right itself."""
    by_hand = target(case)
    assert by_hand is not None
    assert_same_numbers(case.load(by_hand)(*case.args), case.gradient()(*case.args))


def test_lint(tmp_path: Path) -> None:
    for case in CASES:
        (tmp_path / f"{case.name}.py").write_text(case.stored, encoding="utf-8")
    check = ["check", "--select", "E,F,W,I", "--line-length", "100"]
    check += ["--config", 'lint.isort.known-third-party=["srcgrad"]']
    layout = ["format", "--diff", "--line-length", "100"]
    assert not [report for options in (check, layout) if (report := ruff(*options, tmp_path))]


# the same source every time -----------------------------------------------------------------------


def test_the_same_for_every_hash_seed() -> None:
    first, *others = [printed(seed) for seed in ("0", "1", "4711")]
    assert first.count("# reverse") >= len(CASES) // 2
    for other in others:
        assert other == first


def test_the_same_within_a_process() -> None:
    first = [case.generate() for case in CASES]
    again = [case.generate() for case in reversed(CASES)]
    assert first == again[::-1]


def test_the_same_as_without_running() -> None:
    case = BY_NAME["chained"]
    assert srcgrad.source(case.primal, *case.args, **case.options) == case.generate()


def printed(seed: str) -> str:
    """What all sources are in another process."""
    command = [sys.executable, "-m", "tests.golden", "--print"]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


# helpers ------------------------------------------------------------------------------------------


def ruff(*arguments: str | Path) -> str:
    """What ruff says, with its defaults for everything that is not given; nothing if it is content."""
    command = [sys.executable, "-m", "ruff", *map(str, arguments), "--isolated", "--no-cache"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    return run.stdout + run.stderr if run.returncode else ""


def first_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that returns the first of what another one returns."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)[0]

    assert inspect.signature(call) == inspect.signature(function)
    return call


def assert_same_numbers(got: Tree, want: Tree, rtol: float = 1e-12) -> None:
    """Two results have the same leaves."""
    for (path, one), (other_path, other) in zip(leaves(got), leaves(want), strict=True):
        assert path == other_path
        if is_real(other):
            assert np.asarray(one).dtype == np.asarray(other).dtype
            assert_close(one, other, rtol, 1e-9 if rtol > 1e-9 else 1e-14, path)
        else:
            assert one == other


def statements(text: str) -> int:
    """The statements of the functions in a text, their `def` lines among them."""
    body = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return sum(isinstance(node, ast.stmt) for top in body for node in ast.walk(top))


def aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.Import | ast.ImportFrom) else []


def imported(tree: ast.AST) -> list[str]:
    """The modules that a text imports."""
    names = [a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names]
    return names + [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]


def is_copy_of_itself(node: ast.AST) -> bool:
    """Whether a statement is `x = x`."""
    if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Name):
        return False
    return any(isinstance(t, ast.Name) and t.id == node.value.id for t in node.targets)

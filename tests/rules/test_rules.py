"""Every primitive: its derivative against numerical ones, its kind against what NumPy returns."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import Any

import pytest

from rules.checks import Sample, check_derivatives, check_kind
from rules.samples import all_samples
from srcgrad.rules.compiling import is_zero, shaped_like, unsupported
from srcgrad.rules.table import Primitive, primitives

SAMPLES = all_samples()
SAID = (unsupported, shaped_like, is_zero)  # by rules, to the compiler


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_derivative(sample: Sample) -> None:
    check_derivatives(sample)


@pytest.mark.parametrize("symbolic", [True, False], ids=["symbolic", "static"])
@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_kind(sample: Sample, symbolic: bool) -> None:
    check_kind(sample, symbolic)


def test_every_primitive_has_a_sample() -> None:
    sampled = {id(s.primitive.op) for s in SAMPLES}
    others = [p for p in primitives() if id(p.op) not in sampled and p.op not in SAID]
    missing = [p.name or p.op.__name__ for p in others]
    assert not missing, f"add a row to tests/rules/samples.py for {', '.join(missing)}"


def returned_lengths(rule: Any) -> set[int]:
    """How many adjoints the tuples have that a rule returns; 1 for what is no tuple."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule)))
    values = [n.value for n in ast.walk(tree) if isinstance(n, ast.Return)]
    plain = [v for v in values if not (isinstance(v, ast.Call | ast.Name) and len(values) > 1)]
    return {len(v.elts) if isinstance(v, ast.Tuple) else 1 for v in plain}


@pytest.mark.parametrize("primitive", primitives(), ids=lambda p: p.name or p.op.__name__)
def test_a_rule_returns_as_many_adjoints_on_every_path(primitive: Primitive) -> None:
    """Paths that only a run chooses between are merged element by element."""
    rule = primitive.adjoint or primitive.partials
    if inspect.isfunction(rule) and rule.__name__ != "<lambda>" and not primitive.variadic:
        assert len(returned_lengths(rule)) <= 1

"""The runner finds what is not as the census says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from census.check import check, named, occurring
from census.programs import functions, refusals, tools_collections
from census.registry import Program, Verdict
from srcgrad import NoRuleError, UnsupportedError


def square(x: Any) -> Any:
    return x * x


def constant(x: Any) -> Any:
    return 3.0


def with_roots(x: Any) -> Any:
    return x * np.roots([x, 1.0])[0]  # here: np.roots


def elsewhere(x: Any) -> Any:
    return x * np.roots([x, 1.0])[0]  # here: x *


def proving(verdict: Verdict, function: Any, **more: Any) -> Program:
    return Program(("any",), verdict, function, (0.7,), **more)


def test_what_stands_passes() -> None:
    check(proving(Verdict.DIFFERENTIATED, square))
    check(proving(Verdict.REFUSED, with_roots, error=NoRuleError, words="roots"))


@pytest.mark.parametrize("verdict", [Verdict.DIFFERENTIATED, Verdict.INACTIVE])
def test_a_program_in_which_nothing_is_active(verdict: Verdict) -> None:
    with pytest.raises(AssertionError, match="nothing is active"):
        check(proving(verdict, constant))


WRONG = {
    "not refused": proving(Verdict.REFUSED, square, error=NoRuleError),
    "of another class": proving(Verdict.REFUSED, with_roots, error=UnsupportedError),
    "of another thing": proving(Verdict.REFUSED, with_roots, error=NoRuleError, words="beta"),
    "with another way out": proving(Verdict.REFUSED, with_roots, error=NoRuleError, fix="beta"),
    "at another place": proving(Verdict.REFUSED, elsewhere, error=NoRuleError, words="roots"),
}


@pytest.mark.parametrize("program", WRONG.values(), ids=WRONG)
def test_a_refusal_that_is_not_as_said(program: Program) -> None:
    with pytest.raises(AssertionError):
        check(program)


def test_what_occurs_is_that_of_the_program_and_what_it_uses() -> None:
    assert {"Yield", "FunctionDef"} <= occurring(functions.generator_of_indices)
    assert "Starred" in occurring(functions.star_arguments)
    assert "namedtuple" in named(tools_collections.named_tuples)
    assert "AsyncFunctionDef" in occurring(refusals.is_async)


def test_what_registers_a_program_does_not_occur_in_it() -> None:
    assert not {"differentiated", "args"} & named(functions.recursion)
    assert "Starred" not in occurring(functions.recursion)

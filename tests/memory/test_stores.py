"""Stores of every form in every context: the gradient is right, or refused where it may be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from memory.check import assert_smooth, check_calls, forget, is_refusal
from memory.function_forms import FORMS
from memory.store_cases import CASES, Case
from memory.store_forms import Form
from srcgrad.errors import SrcgradError

HARDEST = ("straight-needed", "two_sides-needed", "nested_loop-needed")


@contextmanager
def shown(case: Case) -> Iterator[None]:
    """Show the program if it fails; forget it afterwards."""
    try:
        yield
    except Exception as error:
        error.add_note(case.text)
        raise
    finally:
        forget(case.title)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_store(case: Case) -> None:
    with shown(case):
        try:
            check_calls(case.function(), case.calls, (0, 1))
        except SrcgradError as error:
            if not (case.may_refuse and is_refusal(error)):
                raise


@pytest.mark.parametrize("form", FORMS, ids=[form.name for form in FORMS])
def test_program_is_smooth(form: Form) -> None:
    for case in CASES:
        if case.form is form and case.name.endswith(HARDEST):
            for args in case.calls:
                with shown(case):
                    assert_smooth(case.function(), args, (0, 1))


def test_names_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)

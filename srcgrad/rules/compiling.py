"""What rules may ask and say while they are compiled; nothing of it is left in generated code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from srcgrad.errors import UnsupportedError
from srcgrad.kinds import Kind, NotStaticError, Questions, Static
from srcgrad.rules.table import constant


def unsupported(what: str, fix: str = "") -> Any:
    """Refuse a derivative that a rule does not cover; a rule says it where it gets there."""
    raise UnsupportedError(
        f"the derivative of {what} is not supported", why="no derivative rule covers it", fix=fix
    )


def _unsupported_kind(q: Questions, what: Kind, fix: Kind) -> Kind:
    assert isinstance(what, Static)
    assert isinstance(fix, Static)
    unsupported(what.value, fix.value)
    raise AssertionError


constant(unsupported, unsupported, kind=_unsupported_kind)


def known_when_compiling(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let rules call a function of what is known when compiling; where it is not, they refuse."""

    def kind(q: Questions, *operands: Kind) -> Kind:
        try:
            return Static(function(*map(q.value, operands)))
        except NotStaticError:
            raise UnsupportedError(
                "a derivative that depends on what only a run knows",
                why=f"{function.__name__.replace('_', ' ')} must be known when compiling",
                fix="pass example arguments, or write axes and subscripts out",
            ) from None

    constant(function, lambda *operands: None, kind=kind)
    return function

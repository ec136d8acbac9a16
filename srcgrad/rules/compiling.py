"""What rules may ask and say while they are compiled; nothing of it is left in generated code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.ir import Atom, Const, Var
from srcgrad.kinds import Kind, NotStaticError, Num, Questions, Static
from srcgrad.rules.algebra import Emitter, identity, is_number
from srcgrad.rules.shapes import like_second, python_bool
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
                "a derivative that depends on what only a run knows is not supported",
                why=f"{function.__name__.replace('_', ' ')} must be known when compiling",
                fix="pass example arguments, or write axes and subscripts out",
            ) from None

    constant(function, lambda *operands: None, kind=kind)
    return function


def is_zero(bar: Any) -> bool:
    """Whether nothing depends on one of several results, whose adjoint is zero then."""
    return False


@identity(is_zero)
def _is_zero(b: Emitter, bar: Atom) -> Atom:
    made = b.definitions.get(bar) if isinstance(bar, Var) else None
    return Const(is_number(bar, 0) or (made is not None and made.op is np.zeros_like))


constant(is_zero, is_zero, kind=python_bool)


def shaped_like(value: Any, other: Any) -> Any:
    """The value, of which a rule knows that it has the shape of another one."""
    return value


@identity(shaped_like)
def _same(b: Emitter, value: Atom, other: Atom) -> Atom:
    have, want = (a.kind if isinstance(a, Var) else None for a in (value, other))
    if isinstance(value, Var) and isinstance(have, Num) and isinstance(want, Num):
        value.kind = replace(have, dims=want.dims or have.dims)
    return value


constant(shaped_like, shaped_like, kind=like_second, memory="alias")

"""What functions of text give for text that is known when compiling."""

from __future__ import annotations

import re
from typing import Any

from srcgrad.analysis.values import Pack, Value
from srcgrad.ir import Const

TEXTS = (str, re.Match, re.Pattern)
PLAIN = (str, int, float, bool, type(None), *TEXTS)
FUNCTIONS = frozenset(
    [re.compile, re.findall, re.fullmatch, re.match, re.search, re.split, re.sub, int, float, ord]
)


def folded_method(owner: Value, name: str, args: list[Value], named: dict[str, Value]) -> Any:
    """What a method of a text gives; None if not all is known."""
    if not isinstance(owner, Const) or not isinstance(owner.value, TEXTS):
        return None
    return _folded(getattr(owner.value, name, None), args, named)


def folded_call(function: Any, args: list[Value], named: dict[str, Value]) -> Value | None:
    """What a function gives of texts; None if not all is known."""
    hashable = getattr(type(function), "__hash__", None) is not None
    texts = [a for a in args if isinstance(a, Const) and isinstance(a.value, TEXTS)]
    of_text = isinstance(getattr(function, "__self__", None), TEXTS)
    if not (of_text or (texts and hashable and function in FUNCTIONS)):
        return None
    return _folded(function, args, named)


def _folded(function: Any, args: list[Value], named: dict[str, Value]) -> Value | None:
    if not callable(function) or not all(map(_is_known, (*args, *named.values()))):
        return None
    try:
        found = function(*map(_static, args), **{n: _static(v) for n, v in named.items()})
    except Exception:  # the error belongs to the run
        return None
    return _value(found)


def _is_known(value: Value) -> bool:
    if isinstance(value, Pack):
        return value.cls in (tuple, list) and all(map(_is_known, value.values))
    return isinstance(value, Const) and isinstance(value.value, PLAIN)


def _static(value: Value) -> Any:
    if isinstance(value, Pack):
        return value.cls(map(_static, value.values))
    assert isinstance(value, Const)
    return value.value


def _value(found: Any) -> Value | None:
    """An object as what it stands for when compiling; None if it is not as plain as that."""
    if isinstance(found, PLAIN):
        return Const(found)
    if type(found) not in (tuple, list):
        return None
    parts = [_value(part) for part in found]
    known = [p for p in parts if p is not None]
    return Pack(type(found), tuple(known)) if len(known) == len(parts) else None

"""The refusals of the reverse sweep."""

from __future__ import annotations

from typing import Any

from srcgrad import ir
from srcgrad.errors import NoRuleError, SrcgradError, UnsupportedError


def unknown_call() -> UnsupportedError:
    return UnsupportedError(
        "a call of a function that is chosen at run time",
        why="which function is called must be known when compiling",
        fix="call each function in its own branch",
    )


def no_rule(op: Any) -> SrcgradError:
    if isinstance(op, ir.Call):
        return unknown_call()
    if isinstance(op, ir.Left):
        return op.error  # type: ignore[no-any-return]
    name = getattr(op, "__name__", None) or getattr(op, "name", str(op))
    module = getattr(op, "__module__", None) or ""
    if isinstance(op, ir.GetAttr):
        spelled = repr(op.name)
    else:
        spelled = (
            f"{module}.{name}" if module and module not in ("builtins", "_operator") else str(name)
        )
    return NoRuleError(
        f"no derivative rule for {spelled}",
        why="the result depends on what is differentiated, and srcgrad does not know how",
        fix="write it with functions that have rules, or compute it outside",
    )

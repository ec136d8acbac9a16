"""The refusals of the reverse sweep."""

from __future__ import annotations

from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.errors import NoRuleError, SrcgradError, UnsupportedError
from srcgrad.ir import Atom
from srcgrad.kinds import Dict, List, Object, Tuple
from srcgrad.rules.table import reason


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
    why, fix = reason(op) or (
        "the result depends on what is differentiated, and srcgrad does not know how",
        "write it with functions that have rules, or compute it outside",
    )
    return NoRuleError(f"no derivative rule for {spelled}", why=why, fix=fix)


def refuse_objects(arg: Atom) -> None:
    """Refuse an object as an operand of a function of numbers that is differentiated."""
    kind = kind_of(arg)
    if isinstance(kind, Object):
        raise UnsupportedError(
            f"arithmetic on a value of kind {kind}",
            why="its attributes have adjoints of their own",
            fix="compute with its attributes, or call the method that makes a number of it",
        )


def refuse_containers(arg: Atom) -> None:
    """Refuse a container or an object as an operand of arithmetic that is differentiated."""
    refuse_objects(arg)
    kind = kind_of(arg)
    if isinstance(kind, Tuple | List | Dict):
        raise UnsupportedError(
            f"arithmetic on a value of kind {kind}",
            why="its elements have adjoints of their own",
            fix="make it an array first, with np.array",
        )

"""Refuse calls that may change what the differentiated function reads again.

The gradient replays and reorders pure operations; a call that writes into an array, a list or an
object behind their back would make it silently wrong.
"""

from __future__ import annotations

import builtins
import operator
from collections import Counter
from typing import Any, TypeGuard

import numpy as np

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.aliases import IN_PLACE
from srcgrad.errors import NoRuleError, SrcgradError
from srcgrad.ir import Atom, Bind, Block, Const, Var
from srcgrad.kinds import Dict, List, Num, Object, Opaque, SetOfData, Unknown
from srcgrad.rules.table import lookup
from srcgrad.walk import read, statements

METHODS = frozenset(
    [
        "append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse", "update",
        "setdefault", "popitem", "add", "discard", "fill", "put", "itemset", "resize",
        "partition", "shuffle", "__setitem__", "__delitem__", "__iadd__", "setfield", "setflags",
        "byteswap", "appendleft", "popleft",
    ]
)  # fmt: skip
FUNCTIONS = frozenset(
    [
        np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis,
        np.random.shuffle, operator.setitem, operator.delitem, setattr, delattr,
        *(getattr(operator, n) for n in vars(operator) if n[0] == "i" and n[1:] in vars(operator)),
    ]
)  # fmt: skip
HARMLESS = frozenset([str, repr, format, id, hash, type, callable, builtins.print])


def check_effects(block: Block, activity: Activity) -> None:
    """Refuse calls of the block that may change something it reads elsewhere."""
    for parsed in activity.parsed:
        if parsed.target in activity.useful:
            raise _read_back(parsed)
    for s in statements(block):
        if isinstance(s, Bind) and _draws_integers(s) and s.target in activity.useful:
            _refuse_varied(s, activity)
    reads = Counter(read(block))
    made = {s.target: s for s in statements(block) if isinstance(s, Bind)}
    for s in statements(block):
        if isinstance(s, Bind) and is_opaque(s.op):
            for operand in _changed(s, made, activity):
                if reads[operand] > 1 or reads[_owner_of(operand, made)] > 1:
                    raise _refusal(s, made)


def _owner_of(v: Var, made: dict[Var, Bind]) -> Var:
    """What a value is an element or an attribute of, all the way out."""
    while True:
        s = made.get(v)
        if s is None or not (s.op is operator.getitem or isinstance(s.op, ir.GetAttr)):
            return v
        if not isinstance(s.args[0], Var):
            return v
        v = s.args[0]


def is_opaque(op: Any) -> bool:
    """Whether nothing is known of what a call does."""
    syntax = ir.Display | ir.GetAttr | ir.Unpack | ir.Format | ir.Construct | ir.Ruled | IN_PLACE
    if isinstance(op, syntax) or op in (slice, operator.is_, operator.is_not, operator.getitem):
        return False
    return lookup(op) is None


def is_harmless(op: Any) -> bool:
    """Whether a function surely keeps nothing of what it is given."""
    if isinstance(op, type) and issubclass(op, BaseException):
        return True
    home = str(getattr(op, "__module__", "")).split(".")[0]
    if home in ("logging", "warnings"):
        return True
    return _hashable(op) in HARMLESS


def is_known_reader(op: Any) -> bool:
    """Whether a function is surely content with reading a list or dict it is given."""
    home = (getattr(op, "__module__", None) or "").split(".")[0]
    known = home in ("numpy", "builtins", "math", "cmath", "statistics", "itertools", "functools")
    return (known or home in ("operator", "_operator")) and not is_mutator(op)


def is_mutator(op: Any) -> bool:
    """Whether a function is known to write into its first argument."""
    name = getattr(op, "__name__", "")
    return _hashable(op) in FUNCTIONS or (name == "at" and isinstance(_owner(op), np.ufunc))


def _owner(op: Any) -> Any:
    return getattr(op, "__self__", None)


def _hashable(op: Any) -> Any:
    return op if getattr(type(op), "__hash__", None) else None


def _changed(s: Bind, made: dict[Var, Bind], activity: Activity) -> list[Var]:
    """The operands that a call may change."""
    method = _method(s, made)
    if method is not None and isinstance(method.op, ir.GetAttr):
        owner = method.args[0]
        kind = owner.kind if isinstance(owner, Var) else None
        if isinstance(kind, Opaque) and str(getattr(kind.cls, "__module__", "")) == "logging":
            return []
        if method.op.name in METHODS or _is_varied(s, activity):
            return [a for a in (owner, *s.args[1:]) if _is_mutable(a)]
        return []
    if is_mutator(s.op):
        return [a for a in s.args[:1] if isinstance(a, Var)]
    if is_harmless(s.op) or not _is_varied(s, activity) or _is_numpy(s.op):
        return []
    return [a for a in s.args if _is_mutable(a)]


def _draws_integers(s: Bind) -> bool:
    """Whether a call draws integers, which no activity goes through."""
    kind = s.target.kind
    return is_opaque(s.op) and isinstance(kind, Num) and not kind.is_float


def _method(s: Bind, made: dict[Var, Bind]) -> Bind | None:
    """The statement that looked up the method that a call calls."""
    function = s.args[0] if isinstance(s.op, ir.Call) and s.args else None
    return made.get(function) if isinstance(function, Var) else None


def _is_varied(s: Bind, activity: Activity) -> bool:
    return any(a in activity.varied for a in s.args)


def _is_numpy(op: Any) -> bool:
    return (getattr(op, "__module__", None) or "").split(".")[0] == "numpy"


def _is_mutable(atom: Atom) -> TypeGuard[Var]:
    if isinstance(atom, Const):
        return False
    kind = atom.kind
    if isinstance(kind, Num):
        return not kind.is_scalar
    return isinstance(kind, List | Dict | Object | Opaque | SetOfData | Unknown)


def _refusal(s: Bind, made: dict[Var, Bind]) -> SrcgradError:
    if isinstance(s.op, ir.Left):
        return s.op.error  # type: ignore[no-any-return]
    method = _method(s, made)
    if method is not None and isinstance(method.op, ir.GetAttr):
        return mutation(method.op.name, s.origin)
    return mutation(str(getattr(s.op, "__name__", "this function")), s.origin)


def _read_back(s: Bind) -> NoRuleError:
    return NoRuleError(
        "a number read back from text of what is differentiated",
        why="how it depends on it is not seen in the text",
        fix="use the number itself",
        location=s.origin.location if s.origin else None,
    )


def _refuse_varied(s: Bind, activity: Activity) -> None:
    """Refuse a draw of integers whose parameters vary."""
    if _is_varied(s, activity):
        raise NoRuleError(
            "no derivative rule for a draw of integers by what is differentiated",
            why="how likely each of them is depends on it, and the one that is drawn does not",
            fix="draw by what the derivative does not depend on",
            location=s.origin.location if s.origin else None,
        )


def mutation(name: str, origin: ir.Origin | None = None) -> NoRuleError:
    """The refusal of a call that may change one of its operands."""
    return NoRuleError(
        f"no derivative rule for {name!r}, which may change what it is called on",
        why="srcgrad does not know what it writes, and where",
        fix="make a new value in place of changing one",
        location=origin.location if origin else None,
    )

"""The user's statements, each with the rules that were applied to its operations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from srcgrad import ir
from srcgrad.debug.explaining.formulas import Formulas
from srcgrad.debug.explaining.operations import name_intermediates
from srcgrad.debug.explaining.reasons import independents, reason
from srcgrad.debug.explaining.rules import Partials, partials_of, rule_words
from srcgrad.ir import Bind, If, Loop, Origin, Stmt, Var
from srcgrad.kinds import Num
from srcgrad.rules.table import lookup
from srcgrad.staging import Stages
from srcgrad.walk import statements, targets

INDENT = "    "
WIDTH = 100
COMPOUND = {
    (Loop, False): "the reverse sweep goes through the passes again, the last one first",
    (Loop, True): "tangents are carried along from pass to pass",
    (If, False): "the reverse sweep goes back through the branch that ran",
    (If, True): "tangents go through the branch that runs",
}
SYNTAX = (ir.Enter, ir.Leave, ir.Region)
"""Where blocks of `with` and `try` begin and end, which compute nothing."""
NOTHING = "nothing is left to compute: it is a constant, or another name for a value"

NO_FORMULA: dict[tuple[str, ...] | None, tuple[str, ...]] = {
    (): ("that adds nothing",),
    None: ("what that comes to depends on the statements around it",),
}
INLINED = "what it calls is taken in: the rules are those of the lines of the called function"


@dataclass(frozen=True)
class Rule:
    """How one operation hands its derivative on.

    `operation` is its text, in which v1, v2 ... are values without a name; `words` say what its
    rule is, or why nothing flows if it is not `active`; `formulas` are what the rule comes to here.
    `names` are the variables in it, the one that it assigns first. `partials` are there for
    operations that have a rule by local partials.
    """

    operation: str
    words: str
    formulas: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    active: bool = False
    partials: Partials | None = None


@dataclass(frozen=True)
class Step:
    """One of the user's statements, by its place and its text on one line, and its rules."""

    file: str
    line: int
    text: str
    rules: tuple[Rule, ...] = field(default=())

    def only(self, name: str) -> Step:
        """The statement with the rules that concern a variable."""
        return replace(self, rules=tuple(r for r in self.rules if name in r.names))

    def __str__(self) -> str:
        return "\n".join([self.text, *(line for r in self.rules for line in self._lines(r))])

    def _lines(self, rule: Rule) -> Iterator[str]:
        indent = INDENT
        if rule.operation != self.text:
            yield from (indent + line for line in rule.operation.splitlines())
            indent += INDENT
        words = f"{rule.words}{', so' if rule.formulas else ''}"
        yield from textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)
        for formula in rule.formulas:
            yield from (indent + INDENT + line for line in formula.splitlines())


def steps_of(stages: Stages) -> Iterator[Step]:
    """The statements of the user's that are run, in the order of the files and lines."""
    if stages.request.mode == "value":
        return
    found: dict[tuple[str, int, str], Step] = {}
    for origin, rule in _rules(stages):
        key = (origin.location.file, origin.line, origin.text)
        step = found.setdefault(key, Step(*key))
        if rule not in step.rules:  # a function that is called twice has its lines twice
            found[key] = replace(step, rules=(*step.rules, rule))
    for step in _without_operations(stages):
        if not any(s.file == step.file and s.line == step.line for s in found.values()):
            found[(step.file, step.line, step.text)] = step
    own = stages.read.file
    yield from sorted(found.values(), key=lambda s: (s.file != own, s.file, s.line))


def _rules(stages: Stages) -> Iterator[tuple[Origin, Rule]]:
    """The rules of all operations, each with the statement that it belongs to."""
    result = stages.dependent if not stages.primal.raises else None
    if isinstance(result, Var) and result.hint is None:
        result.hint = "result"
    name_intermediates(stages.primal, stages.activity)
    formulas = Formulas(stages)
    busy = {_key(s.origin) for s in statements(stages.primal) if _is_active(stages, s) and s.origin}
    for s in statements(stages.primal):
        if s.origin is not None and _is_shown(stages, s, _key(s.origin) in busy):
            yield s.origin, _rule(stages, formulas, s)


def _key(origin: Origin) -> tuple[str, int, str]:
    return origin.location.file, origin.line, origin.text


def _is_active(stages: Stages, s: Stmt) -> bool:
    return any(t in stages.activity for t in targets(s))


def _is_shown(stages: Stages, s: Stmt, busy: bool) -> bool:
    """Whether a statement of the program is worth a rule.

    Where a line has a derivative, indices and constants in it are not, unless one is cut off there.
    """
    if isinstance(s, If | Loop):
        return True
    if not isinstance(s, Bind | ir.Effect) or isinstance(s.op, SYNTAX):
        return False
    if isinstance(s, Bind) and (s.target.hint or "").endswith("_pullback"):
        return False
    if _is_active(stages, s):
        return True
    return not busy or any(a in stages.activity.varied for a in s.args)


def _rule(stages: Stages, formulas: Formulas, s: Stmt) -> Rule:
    if isinstance(s, Bind):
        return _of_operation(stages, formulas, s)
    if isinstance(s, ir.Effect):
        return Rule(formulas.text(s), "no derivative: it is called for what it does", (), _names(s))
    return _of_compound(stages, s)


def _of_compound(stages: Stages, s: Stmt) -> Rule:
    assert s.origin is not None
    names = tuple(dict.fromkeys(t.hint for t in targets(s) if t.hint))
    if not _is_active(stages, s):
        words = f"no derivative: nothing that it assigns depends on {independents(stages)}"
        return Rule(s.origin.text, f"{words} and matters for the result", (), names)
    kind = Loop if isinstance(s, Loop) else If
    words = COMPOUND[(kind, "tangent" in stages.request.mode)]
    return Rule(s.origin.text, words, (), names, True)


def _of_operation(stages: Stages, formulas: Formulas, s: Bind) -> Rule:
    text, names = formulas.text(s), _names(s)
    if s.target not in stages.activity:
        return Rule(text, reason(stages, s), (), names)
    active = [i for i, a in enumerate(s.args) if a in stages.activity]
    found = formulas.of(s)
    remarks = [*_remarks(stages, formulas, s, active), *NO_FORMULA.get(found, ())]
    aside = f" ({'; '.join(remarks)})" if remarks else ""
    words = f"{rule_words(stages, s, active)}{aside}"
    return Rule(text, words, found or (), names, True, partials_of(stages, s, active))


def _names(s: Bind | ir.Effect) -> tuple[str, ...]:
    """The variables that an operation assigns and reads, by the user's names."""
    first = [s.target] if isinstance(s, Bind) else []
    found = [*first, *(a for a in s.args if isinstance(a, Var))]
    return tuple(dict.fromkeys(v.hint for v in found if v.hint))


def _remarks(stages: Stages, formulas: Formulas, s: Bind, active: list[int]) -> Iterator[str]:
    for i in active:
        if "tangent" not in stages.request.mode and _is_spread(s, s.args[i]):
            yield f"{_name(s.args[i])} is broadcast, so that its adjoint is a sum"
    if s.target is stages.dependent and stages.request.mode == "gradient":
        yield f"{_name(s.target)}_bar is 1.0, where the reverse sweep starts"
    for var in formulas.older(s):
        if var in s.args:
            yield f"{var.hint}_old is {var.hint} before this line"


def _is_spread(s: Bind, operand: Any) -> bool:
    """Whether an elementwise operation repeats an operand along axes that it does not have."""
    primitive, kind, result = lookup(s.op), operand.kind, s.target.kind
    if primitive is None or primitive.partials is None:
        return False
    if not (isinstance(kind, Num) and isinstance(result, Num)):
        return False
    have, want = kind.dims, result.dims
    return have is not None and want is not None and len(have) < len(want)


def _name(operand: Any) -> str:
    return operand.hint or "an operand"


def _without_operations(stages: Stages) -> Iterator[Step]:
    """The statements of the function itself that leave no operation behind."""
    read = stages.read
    for node in _nodes(read.node.body):
        text = read.statement_text(node)
        called = type(node.value).__name__ == "Call"
        yield Step(read.file, node.lineno, text, (Rule(text, INLINED if called else NOTHING),))


def _nodes(body: Any) -> Iterator[Any]:
    """The statements of a body that may compute something, however deep."""
    for node in body if isinstance(body, list) else ():
        if type(node).__name__ in ("Assign", "AugAssign", "AnnAssign", "Return"):
            yield node
        for part in ("body", "orelse"):
            yield from _nodes(getattr(node, part, None))

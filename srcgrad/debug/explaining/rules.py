"""What the rule of an operation says, in words that come from the rule itself.

Of a rule by local partials it is its own expression, of another one the first line of its
docstring, of a user's its name and place.
"""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from srcgrad import ir
from srcgrad.analysis.recursion import Callee
from srcgrad.backend.printer import to_source
from srcgrad.backend.show import SYMBOLS
from srcgrad.debug.explaining.operations import call_text, expression
from srcgrad.frontend import source
from srcgrad.ir import Atom, Bind, Const, Var
from srcgrad.rulebook import CustomRule
from srcgrad.rules.table import Primitive, lookup
from srcgrad.staging import Stages
from srcgrad.transform.templates import splice

STRUCTURE: dict[Any, str] = {
    ir.Display: "each part is handed to what it was made of",
    ir.Construct: "each field is handed to what it was made of",
    ir.GetAttr: "it belongs to the same attribute",
    ir.Unpack: "it belongs to the same element",
    ir.Append: "that of the last element is handed to what was appended",
    ir.Shorten: "the list loses its last element",
}
"""What becomes of an adjoint or a tangent in syntax, which no rule is needed for."""
UNSAID = "its partial derivatives are what the rule computes"
ELEMENT = "that of an element belongs to the same place"
STORE = "what is stored takes that of its place, which what was there before no longer has"
ADDED = "what is added takes part in that of its place"


def rule_words(stages: Stages, s: Bind, active: list[int]) -> str:
    """What the rule of an operation says about the operands at some positions."""
    primitive = lookup(s.op)
    if isinstance(s.op, ir.Ruled):
        return user_rule_words(s.op.rule)
    if isinstance(s.op, ir.UpdateAt):
        return STORE if s.op.op is None else ADDED
    if s.op is operator.getitem:
        return ELEMENT
    if primitive is None or not primitive.has_derivative:
        return STRUCTURE.get(type(s.op), "")
    if primitive.partials is None:
        return f"{name_of(s.op)}: {_first_line(primitive.adjoint)}"
    return str(partials_of(stages, s, active) or f"{name_of(s.op)}: {UNSAID}")


def name_of(op: Any) -> str:
    """How an operation is called: np.tanh, or * for an operator."""
    primitive = lookup(op)
    known = primitive.name if primitive else ""
    return known or SYMBOLS.get(op) or str(getattr(op, "__name__", type(op).__name__))


# partials -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Partials:
    """The local partials of an elementwise operation, as its rule has them.

    `call` is the operation on the rule's own parameters, and `by` has for each parameter with a
    derivative the expression of the partial by it, in these and in the result `y`.
    """

    call: str
    by: dict[str, str]

    def __str__(self) -> str:
        parts = [f"by {name} is {text}" for name, text in self.by.items()]
        return f"the derivative of y = {self.call} {' and '.join(parts)}"


def partials_of(stages: Stages, s: Bind, active: list[int]) -> Partials | None:
    """The partials of an operation by the operands at some positions.

    They are as the rule has them, or specialised, where numbers stand in place of operands or the
    rule is more than an expression. None if the rule is of another kind.
    """
    primitive = lookup(s.op)
    if primitive is None or primitive.partials is None:
        return None
    pairs = list(zip(primitive.parameters, s.args, strict=False))
    own = [a if isinstance(a, Const) else Var(n, a.kind) for n, a in pairs]
    found = _expressions(primitive.partials)
    if len(found) < len(own) or any(isinstance(a, Const) for a in own) or _calls_rules(found):
        texts = _specialised(stages, primitive, own, s, active)
    else:
        texts = {i: ast.unparse(found[i]) for i in active}
    by = {primitive.parameters[i]: text for i, text in texts.items() if text != "None"}
    return Partials(call_text(s.op, own), by) if by else None


def _specialised(
    stages: Stages, primitive: Primitive, own: list[Atom], s: Bind, active: list[int]
) -> dict[int, str]:
    """The partials as the engine splices them in, for the kinds of the operands."""
    assert primitive.partials is not None
    names = inspect.signature(primitive.partials).parameters
    given = dict(zip(names, [*own, Var("y", s.target.kind)], strict=True))
    texts: dict[int, str] = {}
    for i in active:
        with stages.builder.block() as body:
            partial = splice(stages.specialiser, primitive.partials, given, [i], None)[i]
        texts[i] = "None" if partial is None else expression(body.stmts, partial)
    return texts


def _calls_rules(expressions: list[ast.expr]) -> bool:
    """Whether expressions call other functions of the rules, by a name without a module."""
    nodes = [node for e in expressions for node in ast.walk(e)]
    return any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) for n in nodes)


def _expressions(partials: Any) -> list[ast.expr]:
    """The expressions that a function returns, if it does nothing else."""
    node = ast.parse(to_source(source.read(partials).node)).body[0]
    match node:
        case ast.FunctionDef(body=[*docstring, ast.Return(ast.expr() as value)]) if all(
            isinstance(d, ast.Expr) for d in docstring
        ):
            pass
        case ast.Expr(ast.Lambda(body=value)):
            pass
        case _:
            return []
    return value.elts if isinstance(value, ast.Tuple) else [value]


def _first_line(function: Any) -> str:
    """The first line of a docstring as a part of a sentence."""
    text = (inspect.getdoc(function) or UNSAID).splitlines()[0].rstrip(".")
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


# rules by the user --------------------------------------------------------------------------------


def user_rule_words(rule: CustomRule) -> str:
    """A rule that the user has given, by its name and its place."""
    if rule.hook:
        return "the block under adjoint_of runs on it"
    if isinstance(rule.function, Callee):
        return f"{rule.name} calls itself: each call returns its value and its pullback"
    places = [f"{f.__name__} ({place_of(f)})" for f in _functions(rule)]
    found = f": {', '.join(dict.fromkeys(places))}" if places else ""
    return f"{rule.name} has a rule of your own{found}"


def place_of(function: Any) -> str:
    """The file and line that a function is defined at."""
    code = function.__code__
    return f"{Path(code.co_filename).name}, line {code.co_firstlineno}"


def _functions(rule: CustomRule) -> Iterator[FunctionType]:
    """The functions of the user's that a rule is made of."""
    for part in (rule.adjoints, rule.tangent):
        if isinstance(part, FunctionType):
            for cell in part.__closure__ or ():
                yield from _all_functions(cell.cell_contents)


def _all_functions(value: Any) -> Iterator[FunctionType]:
    if isinstance(value, FunctionType):
        yield value
    elif isinstance(value, tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _all_functions(part)

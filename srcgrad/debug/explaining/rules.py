"""What the rule of an operation says, in words that come from the rule itself.

Of a rule by local partials it is its own expression, of another one the first line of its
docstring, of a user's its name and place.
"""

from __future__ import annotations

import ast
import inspect
import operator
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

from srcgrad import ir
from srcgrad.backend.printer import to_source
from srcgrad.backend.show import SYMBOLS
from srcgrad.debug.explaining.operations import call_text
from srcgrad.frontend import source
from srcgrad.ir import Atom, Bind, Const, Var
from srcgrad.rulebook import CustomRule
from srcgrad.rules.table import Primitive, lookup

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


def rule_words(s: Bind, active: list[int]) -> str:
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
    return _partial_words(primitive, s, active)


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


def partials_of(s: Bind, active: list[int]) -> Partials | None:
    """The partials of an operation by the operands at some positions.

    None if its rule is of another kind, or takes more than one expression.
    """
    primitive = lookup(s.op)
    if primitive is None or primitive.partials is None:
        return None
    numbers = _plain_numbers(primitive, s)
    own = [a if isinstance(a, Const) else Var(n) for n, a in _named(primitive, s)]
    found = [_Filled(numbers).visit(e) for e in _expressions(primitive.partials)]
    texts = [ast.unparse(e) for e in found]
    by = {primitive.parameters[i]: texts[i] for i in active if i < len(texts)}
    kept = {name: text for name, text in by.items() if text != "None"}
    return Partials(call_text(s.op, own), kept) if kept else None


def _named(primitive: Primitive, s: Bind) -> Iterator[tuple[str, Atom]]:
    return zip(primitive.parameters, s.args, strict=False)


def _plain_numbers(primitive: Primitive, s: Bind) -> dict[str, ast.expr]:
    """The operands that are numbers in the user's code, such as the exponent of `x**2`."""
    return {
        n: ast.Constant(a.value)
        for n, a in _named(primitive, s)
        if isinstance(a, Const) and type(a.value) in (int, float) and a.value >= 0
    }


class _Filled(ast.NodeTransformer):
    def __init__(self, numbers: dict[str, ast.expr]) -> None:
        self.numbers = numbers

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.numbers.get(node.id, node)


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


def _partial_words(primitive: Primitive, s: Bind, active: list[int]) -> str:
    found = partials_of(s, active)
    if found is None:
        return f"{name_of(s.op)}: {_first_line(primitive.partials)}"
    helpers = _helpers(primitive.partials, found.by.values())
    return f"{found}{''.join(f', where {text}' for text in dict.fromkeys(helpers))}"


def _helpers(partials: Any, expressions: Iterable[str]) -> Iterator[str]:
    """What the functions of the rules that expressions call are, in their own words."""
    for text in expressions:
        for node in ast.walk(ast.parse(text, mode="eval")):
            if isinstance(node, ast.Call):
                function = _resolved(node.func, partials.__globals__)
                if str(getattr(function, "__module__", "")).startswith("srcgrad."):
                    yield f"{ast.unparse(node)} is {_first_line(function)}"


def _resolved(node: ast.expr, space: dict[str, Any]) -> Any:
    match node:
        case ast.Name(name):
            return space.get(name)
        case ast.Attribute(value, name):
            return getattr(_resolved(value, space), name, None)
    return None


def _first_line(function: Any) -> str:
    """The first line of a docstring as a part of a sentence."""
    text = (
        (inspect.getdoc(function) or "its partial derivatives are what the rule computes")
        .splitlines()[0]
        .rstrip(".")
    )
    return text if text[1:2].isupper() else text[0].lower() + text[1:]


# rules by the user --------------------------------------------------------------------------------


def user_rule_words(rule: CustomRule) -> str:
    """A rule that the user has given, by its name and its place."""
    if rule.hook:
        return "the block under adjoint_of runs on it"
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

"""Prints gast trees as the Python source that a careful person would write.

The text parses back to the same tree, and is what `ruff format` makes of it. Statements may carry
`comments` (a list of lines above), `blank_before` (an empty line above those) and `trailing` (a
comment at the end of the first line).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from srcgrad.backend.printer_layout import INDENT, Level, lay_out
from srcgrad.backend.printer_literals import docstring
from srcgrad.backend.printer_patterns import PatternPrinter

DEFINITIONS = (gast.FunctionDef, gast.AsyncFunctionDef, gast.ClassDef)
SCOPES = (*DEFINITIONS, gast.Module, gast.Interactive)
IMPORTS = (gast.Import, gast.ImportFrom)


def to_source(tree: gast.AST, width: int = 100) -> str:
    """The source of a module, a statement or an expression, ending with one newline."""
    if isinstance(tree, gast.stmt):
        tree = gast.Module([tree], [])
    return Printer(tree, width).source()


def expression_source(node: gast.AST) -> str:
    """The source of one expression on one line."""
    return PatternPrinter(node).line()


def _is_text(node: Any) -> bool:
    """Whether a statement is nothing but a string: a docstring, if it is the first."""
    return (
        isinstance(node, gast.Expr)
        and isinstance(node.value, gast.Constant)
        and isinstance(node.value.value, str)
        and not getattr(node.value, "kind", None)
    )


def _is_stub(body: list[Any]) -> bool:
    """Whether the body of a definition is nothing but `...`."""
    value = body[0].value if len(body) == 1 and isinstance(body[0], gast.Expr) else None
    bare = isinstance(value, gast.Constant) and value.value is Ellipsis
    return bare and not getattr(body[0], "comments", None) and not getattr(body[0], "trailing", "")


def _ends_in_definition(node: Any) -> bool:
    """Whether the last line of a statement belongs to a function or class."""
    if isinstance(node, DEFINITIONS):
        return True
    for block in ("finalbody", "orelse", "handlers", "cases", "body"):
        if getattr(node, block, None):
            return _ends_in_definition(getattr(node, block)[-1])
    return False


def _elif_of(node: gast.If) -> gast.If | None:
    """The `if` that follows as `elif`, unless it has lines of its own above."""
    orelse = node.orelse or []
    if len(orelse) != 1 or not isinstance(orelse[0], gast.If):
        return None
    has_lines = getattr(orelse[0], "comments", None) or getattr(orelse[0], "blank_before", False)
    return None if has_lines else orelse[0]


class Printer(PatternPrinter):
    """Lays out each logical line when it is complete."""

    def __init__(
        self, tree: gast.AST, width: int = 100, quotes: tuple[str, ...] | None = None
    ) -> None:
        self.width = width
        self.lines: list[str] = []
        self.margin = ""
        self.trailing = ""
        super().__init__(tree, quotes)

    def source(self) -> str:
        """Everything printed."""
        self.end_line()
        return "\n".join(self.lines).lstrip("\n") + "\n"

    def fill(self, text: str = "") -> None:
        """Start a line."""
        self.end_line()
        self.margin = INDENT * self._indent
        self.pieces.append(text)

    def end_line(self) -> None:
        if not self.pieces:
            return
        lines = lay_out(self.pieces, self.width, self.margin)
        if self.trailing:
            at = -1 if "\n" in lines[0] else 0
            lines[at] += f"  # {self.trailing}"
        self.lines += lines
        self.pieces, self.trailing = [], ""

    def blank(self, count: int) -> None:
        self.end_line()
        self.lines += [""] * count

    def optional(self, node: Any, visit: Callable[[Any], None]) -> None:
        """An expression that gets parentheses if it takes several lines."""
        with self.bracket("(", ")", display=True, optional=True):
            visit(node)

    def right_hand_side(self, node: Any) -> None:
        self.optional(node, lambda node: self.bare(node, Level.YIELD))

    # Blocks

    def block(self, body: list[Any], owner: Any) -> None:
        for i, node in enumerate(body):
            self.blank(self.gap(body, i, owner))
            self.above(node)
            if i == 0 and isinstance(owner, SCOPES) and _is_text(node):
                self.fill(docstring(node.value.value))
            else:
                self.dispatch(node)

    def gap(self, body: list[Any], index: int, owner: Any) -> int:
        """How many empty lines stand above a statement."""
        node = body[index]
        if index == 0:
            inside = isinstance(owner, SCOPES)
            return 0 if inside else int(isinstance(node, DEFINITIONS))
        previous = body[index - 1]
        if isinstance(node, DEFINITIONS) or _ends_in_definition(previous):
            return 1 if self._indent else 2
        after_imports = isinstance(previous, IMPORTS) and not isinstance(node, IMPORTS)
        after_docstring = index == 1 and isinstance(owner, gast.Module | gast.ClassDef)
        asked = getattr(node, "blank_before", False)
        return int(asked or after_imports or (after_docstring and _is_text(previous)))

    def above(self, node: Any) -> None:
        """The comments of a statement; the trailing one waits for the end of the line."""
        self.end_line()
        for comment in getattr(node, "comments", None) or ():
            for line in comment.split("\n"):
                self.lines.append(f"{INDENT * self._indent}# {line}".rstrip())
        self.trailing = getattr(node, "trailing", None) or ""

    def suite(self, body: list[Any], owner: Any) -> None:
        if isinstance(owner, DEFINITIONS) and _is_stub(body):
            self.write(": ...")
            return
        self.enter()
        self.block(body, owner)
        self.leave()

    def clause(self, keyword: str, body: list[Any], owner: Any) -> None:
        """A clause without a head, such as `else`; nothing if it is empty."""
        if body:
            self.fill(keyword)
            self.suite(body, owner)

    def _Module(self, t: Any) -> None:
        self.block(t.body, t)

    _Interactive = _Module

    # Simple statements

    def _Expr(self, t: Any) -> None:
        self.fill()
        self.right_hand_side(t.value)

    def _Assign(self, t: Any) -> None:
        self.fill()
        for target in t.targets:
            if isinstance(target, gast.Tuple):
                self.optional(target, self.bare)
            else:
                self.dispatch(target)
            self.write(" = ")
        self.right_hand_side(t.value)

    def _AugAssign(self, t: Any) -> None:
        self.fill()
        self.expression(t.target)
        self.write(f" {self.binop[type(t.op).__name__]}= ")
        self.right_hand_side(t.value)

    def _AnnAssign(self, t: Any) -> None:
        self.fill()
        # Only a bare name is `simple`: in parentheses it does not become a local.
        if t.simple or not isinstance(t.target, gast.Name):
            self.expression(t.target)
        else:
            self.parenthesised(t.target)
        self.write(": ")
        with self.unbroken():
            self.expression(t.annotation)
        if t.value:
            self.write(" = ")
            self.right_hand_side(t.value)

    def _TypeAlias(self, t: Any) -> None:
        self.fill("type ")
        self.dispatch(t.name)
        self.type_params(t)
        self.write(" = ")
        self.optional(t.value, self.expression)

    def _Return(self, t: Any) -> None:
        self.fill("return")
        if t.value:
            self.write(" ")
            self.optional(t.value, self.bare)

    def _Delete(self, t: Any) -> None:
        self.fill("del ")
        # Parentheses would make the targets one tuple.
        with self.unbroken():
            self.commas(t.targets)

    def _Raise(self, t: Any) -> None:
        self.fill("raise")
        for keyword, node in (" ", t.exc), (" from ", t.cause):
            if node:
                self.write(keyword)
                self.optional(node, self.expression)

    def _Assert(self, t: Any) -> None:
        self.fill("assert ")
        self.optional(t.test, self.expression)
        if t.msg:
            self.write(", ")
            self.optional(t.msg, self.expression)

    def _Import(self, t: Any) -> None:
        self.fill("import ")
        with self.unbroken():
            self.commas(t.names, self.dispatch)

    def _ImportFrom(self, t: Any) -> None:
        self.fill(f"from {'.' * (t.level or 0)}{t.module or ''} import ")
        if t.names[0].name == "*":
            self.write("*")
            return
        with self.bracket("(", ")", optional=True, display=True, lone_comma=True):
            self.commas(t.names, self.dispatch)

    # Compound statements

    def _If(self, t: Any, keyword: str = "if ") -> None:
        self.fill(keyword)
        self.optional(t.test, self.element)
        self.suite(t.body, t)
        following = _elif_of(t)
        if following is None:
            self.clause("else", t.orelse, t)
            return
        self.above(following)
        self._If(following, "elif ")

    def _While(self, t: Any) -> None:
        self.fill("while ")
        self.optional(t.test, self.element)
        self.suite(t.body, t)
        self.clause("else", t.orelse, t)

    def _For(self, t: Any, keyword: str = "for ") -> None:
        self.fill(keyword)
        with self.unbroken():
            self.bare(t.target)
        self.write(" in ")
        self.optional(t.iter, self.expression)
        self.suite(t.body, t)
        self.clause("else", t.orelse, t)

    def _AsyncFor(self, t: Any) -> None:
        self._For(t, "async for ")

    def _With(self, t: Any, keyword: str = "with ") -> None:
        self.fill(keyword)
        with self.bracket("(", ")", optional=True, display=True):
            self.commas(t.items, self.dispatch)
        self.suite(t.body, t)

    def _AsyncWith(self, t: Any) -> None:
        self._With(t, "async with ")

    def _withitem(self, t: Any) -> None:
        if isinstance(t.context_expr, gast.Tuple) and not t.optional_vars:
            # The parentheses of a tuple alone would be those of the items.
            with self.bracket("(", ")"):
                self.expression(t.context_expr)
        else:
            self.expression(t.context_expr)
        if t.optional_vars:
            self.write(" as ")
            self.expression(t.optional_vars)

    def _Try(self, t: Any, keyword: str = "except") -> None:
        self.clause("try", t.body, t)
        for handler in t.handlers:
            self.above(handler)
            self.handler(handler, keyword)
        self.clause("else", t.orelse, t)
        self.clause("finally", t.finalbody, t)

    def _TryStar(self, t: Any) -> None:
        self._Try(t, "except*")

    def handler(self, t: Any, keyword: str) -> None:
        self.fill(keyword)
        if t.type:
            self.write(" ")
            self.expression(t.type)
        if t.name:
            self.write(f" as {getattr(t.name, 'id', t.name)}")
        self.suite(t.body, t)

    # Definitions

    def decorators(self, t: Any) -> None:
        trailing, self.trailing = self.trailing, ""
        for decorator in getattr(t, "decorator_list", None) or ():
            self.fill("@")
            self.element(decorator)
            self.end_line()
        self.trailing = trailing

    def _FunctionDef(self, t: Any, keyword: str = "def ") -> None:
        self.decorators(t)
        self.fill(keyword + t.name)
        self.type_params(t)
        with self.bracket("(", ")", lone_comma=True):
            self.dispatch(t.args)
        if getattr(t, "returns", None):
            # As text, so that a long line breaks in the parameters.
            self.write(f" -> {self.apart(t.returns, Level.TEST, None)}")
        self.suite(t.body, t)

    def _AsyncFunctionDef(self, t: Any) -> None:
        self._FunctionDef(t, "async def ")

    def _ClassDef(self, t: Any) -> None:
        self.decorators(t)
        self.fill(f"class {t.name}")
        self.type_params(t)
        if t.bases or t.keywords:
            with self.bracket("(", ")"):
                self.commas([*t.bases, *t.keywords])
        self.suite(t.body, t)

    def type_params(self, t: Any) -> None:
        if params := getattr(t, "type_params", None):
            with self.bracket("[", "]"):
                self.commas(params, self.dispatch)

    def _TypeVar(self, t: Any, prefix: str = "") -> None:
        self.write(prefix + t.name)
        if getattr(t, "bound", None):
            self.write(": ")
            self.expression(t.bound)
        if getattr(t, "default_value", None):
            self.write(" = ")
            self.expression(t.default_value)

    def _TypeVarTuple(self, t: Any) -> None:
        self._TypeVar(t, "*")

    def _ParamSpec(self, t: Any) -> None:
        self._TypeVar(t, "**")

    # Match

    def _Match(self, t: Any) -> None:
        self.fill("match ")
        walrus = isinstance(t.subject, gast.NamedExpr)
        self.optional(t.subject, self.element if walrus else self.bare)
        self.enter()
        self.dispatch(t.cases)
        self.leave()

    def _match_case(self, t: Any) -> None:
        self.above(t)
        self.fill("case ")
        self.optional(t.pattern, self.dispatch)
        if t.guard:
            self.write(" if ")
            self.optional(t.guard, self.element)
        self.suite(t.body, t)

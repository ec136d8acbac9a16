"""Prints gast expressions, with parentheses only where they are needed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import gast
from astunparse import Unparser
from astunparse.unparser import interleave

from srcgrad.backend.printer_layout import (
    COMMA,
    Bracket,
    Break,
    Level,
    Piece,
    flat,
    without_breaks,
)
from srcgrad.backend.printer_literals import (
    QUOTES,
    QuoteError,
    escape,
    fits_field,
    number,
    preferred,
    quotes_within,
    string,
)
from srcgrad.backend.printer_operands import is_number, is_plain_bound, level_of, stands_close


def _parameters(t: Any) -> Iterator[tuple[str, Any, Any]]:
    """Prefix, name and default of every parameter, and of the markers `/` and `*`."""
    posonly = getattr(t, "posonlyargs", None) or []
    positional = [*posonly, *t.args]
    defaults = [None] * (len(positional) - len(t.defaults)) + t.defaults
    for i, (name, default) in enumerate(zip(positional, defaults, strict=True), 1):
        yield "", name, default
        if i == len(posonly):
            yield "/", None, None
    if t.vararg or t.kwonlyargs:
        yield "*", t.vararg, None
    for name, default in zip(t.kwonlyargs, t.kw_defaults, strict=True):
        yield "", name, default
    if t.kwarg:
        yield "**", t.kwarg, None


class ExpressionPrinter(Unparser):  # type: ignore[misc]  # astunparse has no types
    """Collects the pieces of a logical line.

    `quotes`, inside an f-string, are the quotes that its strings may use.
    """

    def __init__(self, tree: gast.AST, quotes: tuple[str, ...] | None = None) -> None:
        self.quotes = quotes
        self.pieces: list[Piece] = []
        super().__init__(tree, io.StringIO())

    def write(self, text: str) -> None:
        self.pieces.append(text)

    def line(self) -> str:
        """The current line, without breaks."""
        return flat(self.pieces)

    def break_(self, level: Level, text: str = "", space: str = " ") -> None:
        """A place where the line may end, and the text that follows it."""
        self.pieces.append(Break(level, space))
        self.write(text)

    @contextmanager
    def bracket(self, opening: str, closing: str, **layout: bool) -> Iterator[None]:
        """What is written meanwhile stands in brackets."""
        outer, self.pieces = self.pieces, []
        yield
        self.pieces = [*outer, Bracket(opening, closing, **layout, pieces=self.pieces)]

    @contextmanager
    def unbroken(self) -> Iterator[None]:
        """What is written meanwhile breaks only inside its own brackets."""
        outer, self.pieces = self.pieces, []
        yield
        self.pieces = [*outer, *without_breaks(self.pieces)]

    def commas(self, items: Iterable[Any], visit: Callable[[Any], None] | None = None) -> None:
        def comma() -> None:
            self.write(",")
            self.break_(COMMA)

        interleave(comma, visit or self.element, items)

    # Expressions by context

    def expression(self, node: Any, level: Level = Level.TEST) -> None:
        """An expression, in parentheses if it binds less tightly than `level`."""
        if level_of(node) >= level:
            self.dispatch(node)
        else:
            self.parenthesised(node)

    def parenthesised(self, node: Any) -> None:
        """An expression or pattern in parentheses."""
        with self.bracket("(", ")", display=isinstance(node, gast.Tuple)):
            self.dispatch(node)

    def element(self, node: Any) -> None:
        """An expression where a walrus needs no parentheses."""
        self.expression(node, Level.NAMED if isinstance(node, gast.NamedExpr) else Level.TEST)

    def bare(self, node: Any, level: Level = Level.TUPLE) -> None:
        """An expression where a tuple of two or more needs no parentheses."""
        is_short = isinstance(node, gast.Tuple) and len(node.elts) < 2
        self.expression(node, Level.TEST if is_short else level)

    # Operations

    def _UnaryOp(self, t: Any) -> None:
        operator = self.unop[type(t.op).__name__]
        self.write("not " if operator == "not" else operator)
        # Not needed round a power, but -(x**2) is not misread.
        is_power = level_of(t.operand) == Level.POWER and operator != "not"
        self.expression(t.operand, Level.AWAIT if is_power else level_of(t))

    def _BinOp(self, t: Any) -> None:
        level = level_of(t)
        if level == Level.POWER:
            self.power(t)
            return
        self.expression(t.left, level)
        self.break_(level, f"{self.binop[type(t.op).__name__]} ")
        self.expression(t.right, Level(level + 1))

    def power(self, t: Any) -> None:
        right = t.right.left if level_of(t.right) == Level.POWER else t.right
        is_close = level_of(t.left) == Level.ATOM and all(map(stands_close, (t.left, right)))
        space = "" if is_close else " "
        self.expression(t.left, Level.ATOM)
        self.break_(Level.POWER, f"**{space}", space)
        # A sign binds less tightly than the power, but to its right it is never in doubt.
        self.expression(t.right, Level.UNARY)

    def _BoolOp(self, t: Any) -> None:
        level = level_of(t)
        word = "and " if isinstance(t.op, gast.And) else "or "
        interleave(
            # Where `or` breaks, so does the `and` among its operands.
            lambda: self.break_(Level.OR, word),
            lambda node: self.expression(node, Level(level + 1)),
            t.values,
        )

    def _Compare(self, t: Any) -> None:
        self.expression(t.left, Level.BITOR)
        for op, node in zip(t.ops, t.comparators, strict=True):
            self.break_(Level.COMPARE, f"{self.cmpops[type(op).__name__]} ")
            self.expression(node, Level.BITOR)

    def _IfExp(self, t: Any) -> None:
        self.expression(t.body, Level.OR)
        self.break_(Level.TEST, "if ")
        self.expression(t.test, Level.OR)
        self.break_(Level.TEST, "else ")
        self.expression(t.orelse)

    def _NamedExpr(self, t: Any) -> None:
        self.dispatch(t.target)
        self.write(" := ")
        self.expression(t.value)

    def _Lambda(self, t: Any) -> None:
        with self.unbroken():
            self.write("lambda ")
            self.dispatch(t.args)
            # Without parameters there is no space before the colon.
            if self.pieces == ["lambda "]:
                self.pieces = ["lambda"]
            self.write(": ")
            self.expression(t.body)

    def _Await(self, t: Any) -> None:
        self.write("await ")
        self.expression(t.value, Level.ATOM)

    def _Yield(self, t: Any) -> None:
        self.write("yield")
        if t.value:
            self.write(" ")
            self.bare(t.value)

    def _YieldFrom(self, t: Any) -> None:
        self.write("yield from ")
        self.expression(t.value)

    # Names, calls, subscripts

    def _Name(self, t: Any) -> None:
        self.write(t.id)
        if getattr(t, "annotation", None):
            self.write(": ")
            self.expression(t.annotation)

    def _arguments(self, t: Any) -> None:
        self.commas(_parameters(t), lambda parameter: self.parameter(*parameter))

    def parameter(self, prefix: str, name: Any, default: Any) -> None:
        self.write(prefix)
        if name:
            self.dispatch(name)
        if default:
            self.write(" = " if getattr(name, "annotation", None) else "=")
            self.expression(default)

    def _Attribute(self, t: Any) -> None:
        # The dot would belong to the number.
        if is_number(t.value) and not isinstance(t.value.value, complex):
            self.parenthesised(t.value)
        else:
            self.expression(t.value, Level.ATOM)
        self.write(f".{t.attr}")

    def _Call(self, t: Any) -> None:
        self.expression(t.func, Level.ATOM)
        keywords = t.keywords or []
        if len(t.args) == 1 and not keywords and isinstance(t.args[0], gast.GeneratorExp):
            self.dispatch(t.args[0])
            return
        with self.bracket("(", ")"):
            self.commas([*t.args, *keywords])

    def _keyword(self, t: Any) -> None:
        self.write(f"{t.arg}=" if t.arg else "**")
        self.expression(t.value)

    def _Starred(self, t: Any) -> None:
        self.write("*")
        self.expression(t.value, Level.BITOR)

    def _Subscript(self, t: Any) -> None:
        self.expression(t.value, Level.ATOM)
        with self.bracket("[", "]"):
            self.index(t.slice)

    def index(self, node: Any) -> None:
        if not isinstance(node, gast.Tuple) or not node.elts:
            self.expression(node)
            return
        lone_star = len(node.elts) == 1 and isinstance(node.elts[0], gast.Starred)
        self.dispatch(node.elts[0] if lone_star else node)

    def _Slice(self, t: Any) -> None:
        bounds = t.lower, t.upper, t.step
        space = "" if all(map(is_plain_bound, bounds)) else " "
        if t.lower:
            self.expression(t.lower)
            self.write(space)
        self.write(":")
        if t.upper:
            self.write(space)
            self.expression(t.upper)
        if t.step:
            self.write(f"{space if t.upper else ''}:{space}")
            self.expression(t.step)

    # Displays

    def _Tuple(self, t: Any) -> None:
        self.commas(t.elts, self.expression)
        if len(t.elts) == 1:
            self.write(",")

    def _List(self, t: Any) -> None:
        with self.bracket("[", "]", display=True):
            self.commas(t.elts)

    def _Set(self, t: Any) -> None:
        with self.bracket("{", "}", display=True):
            self.commas(t.elts)

    def _Dict(self, t: Any) -> None:
        with self.bracket("{", "}", display=True):
            self.commas(zip(t.keys, t.values, strict=True), lambda item: self.item(*item))

    def item(self, key: Any, value: Any) -> None:
        if key is None:
            self.write("**")
            self.expression(value, Level.BITOR)
            return
        self.expression(key)
        self.write(": ")
        self.expression(value)

    def comprehension(self, brackets: str, t: Any, write_element: Callable[[], None]) -> None:
        with self.bracket(*brackets, display=True):
            write_element()
            self.dispatch(t.generators)

    def _ListComp(self, t: Any) -> None:
        self.comprehension("[]", t, lambda: self.element(t.elt))

    def _SetComp(self, t: Any) -> None:
        self.comprehension("{}", t, lambda: self.element(t.elt))

    def _GeneratorExp(self, t: Any) -> None:
        self.comprehension("()", t, lambda: self.element(t.elt))

    def _DictComp(self, t: Any) -> None:
        self.comprehension("{}", t, lambda: self.item(t.key, t.value))

    def _comprehension(self, t: Any) -> None:
        self.break_(Level.COMPREHENSION, "async for " if t.is_async else "for ")
        with self.unbroken():
            self.bare(t.target)
        self.write(" in ")
        self.expression(t.iter, Level.OR)
        for condition in t.ifs:
            self.break_(Level.COMPREHENSION, "if ")
            self.expression(condition, Level.OR)

    # Literals

    def _Constant(self, t: Any) -> None:
        if t.value is Ellipsis:
            self.write("...")
        elif isinstance(t.value, str | bytes):
            self.write((getattr(t, "kind", None) or "") + string(t.value, self.quotes))
        else:
            self.write(number(t.value) or repr(t.value))

    def apart(self, node: Any, level: Level, quotes: tuple[str, ...] | None) -> str:
        """The text of an expression, under other rules for its quotes."""
        printer = type(self)(gast.Tuple([], gast.Load()), quotes=quotes)
        printer.expression(node, level)
        return printer.line()

    def _JoinedStr(self, t: Any) -> None:
        self.write(self.fstring(t.values))

    def _FormattedValue(self, t: Any) -> None:
        self.write(self.fstring([t]))

    def fstring(self, values: list[Any]) -> str:
        text = "".join(node.value for node in values if isinstance(node, gast.Constant))
        for quote in preferred(text):
            if self.quotes is None or quote in self.quotes:
                inner = quotes_within(quote, self.quotes or QUOTES)
                try:
                    return f"f{quote}{''.join(self.field(v, quote, inner) for v in values)}{quote}"
                except QuoteError:
                    continue
        if self.quotes is not None:
            raise QuoteError
        # Only 3.12 and later read a tree that comes to this, and only they need to.
        return f'f"{"".join(self.field(v, None, None) for v in values)}"'

    def field(self, node: Any, quote: str | None, inner: tuple[str, ...] | None) -> str:
        """A part of an f-string: text, or an expression in braces."""
        if isinstance(node, gast.Constant):
            text = escape(node.value, quote[0] if quote else '"')
            return text.replace("{", "{{").replace("}", "}}")
        if isinstance(node, gast.JoinedStr):
            return "".join(self.field(value, quote, inner) for value in node.values)
        # A lambda's colon would begin the format.
        text = self.apart(node.value, Level.OR, inner)
        if quote and not fits_field(text, quote):
            raise QuoteError(text)
        space = " " if text.startswith("{") else ""
        conversion = f"!{chr(node.conversion)}" if node.conversion != -1 else ""
        spec = f":{self.field(node.format_spec, quote, inner)}" if node.format_spec else ""
        return f"{{{space}{text}{conversion}{spec}}}"

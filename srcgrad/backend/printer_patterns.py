"""Prints the patterns of `match` statements."""

from __future__ import annotations

from typing import Any

import gast
from astunparse.unparser import interleave

from srcgrad.backend.printer_expressions import ExpressionPrinter
from srcgrad.backend.printer_layout import Level


class PatternPrinter(ExpressionPrinter):
    """Prints expressions and patterns."""

    def _MatchValue(self, t: Any) -> None:
        self.expression(t.value)

    def _MatchSingleton(self, t: Any) -> None:
        self.write(repr(t.value))

    def _MatchSequence(self, t: Any) -> None:
        with self.bracket("[", "]", display=True):
            self.commas(t.patterns, self.dispatch)

    def _MatchMapping(self, t: Any) -> None:
        items = [*zip(t.keys, t.patterns, strict=True)]
        if t.rest:
            items.append((None, t.rest))
        with self.bracket("{", "}", display=True):
            self.commas(items, lambda item: self.pattern_item(*item))

    def pattern_item(self, key: Any, pattern: Any) -> None:
        if key is None:
            self.write(f"**{pattern}")
            return
        self.dispatch(key)
        self.write(": ")
        self.dispatch(pattern)

    def _MatchClass(self, t: Any) -> None:
        self.dispatch(t.cls)
        named = [*zip(t.kwd_attrs, t.kwd_patterns, strict=True)]
        with self.bracket("(", ")"):
            self.commas([*(("", p) for p in t.patterns), *named], lambda p: self.pattern_field(*p))

    def pattern_field(self, name: str, pattern: Any) -> None:
        if name:
            self.write(f"{name}=")
        self.dispatch(pattern)

    def _MatchStar(self, t: Any) -> None:
        self.write(f"*{t.name or '_'}")

    def _MatchAs(self, t: Any) -> None:
        if t.pattern:
            self.alternative(t.pattern, (gast.MatchAs,))
            self.write(" as ")
        self.write(t.name or "_")

    def _MatchOr(self, t: Any) -> None:
        both = gast.MatchAs, gast.MatchOr
        interleave(
            lambda: self.break_(Level.BITOR, "| "),
            lambda pattern: self.alternative(pattern, both),
            t.patterns,
        )

    def alternative(self, pattern: Any, looser: tuple[Any, ...]) -> None:
        """A pattern, in parentheses if it is one of the `looser` kinds and has parts."""
        if isinstance(pattern, looser) and getattr(pattern, "pattern", True):
            self.parenthesised(pattern)
        else:
            self.dispatch(pattern)

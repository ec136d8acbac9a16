"""`match` as a chain of `if`: each pattern is a test, behind which its names are bound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gast
import numpy as np

from srcgrad.errors import UnsupportedError
from srcgrad.frontend.source import FunctionSource, resolve

THEMSELVES = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""Classes whose one positional pattern is for the object itself."""


def _is_sequence(value: Any) -> bool:
    """Whether sequence patterns match a value: arrays, say, since NumPy 2.5."""
    match value:
        case [*_]:
            return True
    return False


class Matcher:
    """Writes the tests of one `match`, on the variable that holds its subject."""

    def __init__(self, source: FunctionSource, subject: str) -> None:
        self.source = source
        self.subject = subject
        self.bindings: list[Any] = []

    def chain(self, cases: list[Any]) -> list[Any]:
        """The statements for some cases: the first one that matches runs."""
        if not cases:
            return []
        case, *rest = cases
        self.bindings = []
        tests = list(self._tests(case.pattern, self._name(self.subject)))
        tests += self.bindings
        if case.guard is not None:
            tests.append(case.guard)
        if not tests:
            return list(case.body)
        test = tests[0] if len(tests) == 1 else gast.BoolOp(gast.And(), tests)
        return [gast.If(test, case.body, self.chain(rest))]

    def _tests(self, pattern: Any, value: Any) -> Iterator[Any]:
        """The tests that a pattern stands for, in order; those that bind are always true."""
        match pattern:
            case gast.MatchValue(value=wanted):
                yield gast.Compare(value, [gast.Eq()], [wanted])
            case gast.MatchSingleton(value=wanted):
                yield gast.Compare(value, [gast.Is()], [gast.Constant(wanted, None)])
            case gast.MatchAs(pattern=inner, name=name):
                if inner is not None:
                    yield from self._tests(inner, value)
                if name is not None:
                    self._bind(name, value)
            case gast.MatchOr(patterns=patterns):
                yield gast.BoolOp(gast.Or(), [self._all(p, value) for p in patterns])
            case gast.MatchSequence(patterns=patterns):
                yield from self._sequence(patterns, value)
            case gast.MatchMapping():
                yield from self._mapping(pattern, value)
            case gast.MatchClass():
                yield from self._class(pattern, value)
            case _:
                raise self._refuse(pattern, type(pattern).__name__)

    def _all(self, pattern: Any, value: Any) -> Any:
        outer, self.bindings = self.bindings, []
        tests = list(self._tests(pattern, value))
        bindings, self.bindings = self.bindings, outer
        whole = isinstance(value, gast.Name) and value.id == self.subject
        if bindings and not whole:
            raise self._refuse(pattern, "| between patterns with names, inside another pattern")
        tests += bindings
        if not tests:
            return gast.Constant(True, None)
        return tests[0] if len(tests) == 1 else gast.BoolOp(gast.And(), tests)

    def _sequence(self, patterns: list[Any], value: Any) -> Iterator[Any]:
        named = [self._name("list"), self._name("tuple")]
        arrays = [gast.Constant(np.ndarray, None)] if _is_sequence(np.ndarray(1)) else []
        classes = gast.Tuple([*named, *arrays], gast.Load())
        yield self._call("isinstance", value, classes)
        stars = [i for i, p in enumerate(patterns) if isinstance(p, gast.MatchStar)]
        length, count = self._call("len", value), gast.Constant(len(patterns) - len(stars), None)
        yield gast.Compare(length, [gast.GtE() if stars else gast.Eq()], [count])
        for i, inner in enumerate(patterns):
            behind = i - len(patterns)
            if stars and i == stars[0]:
                if inner.name is not None:
                    rest = self._part(value, i, behind + 1)
                    self._bind(inner.name, self._call("list", rest))
            else:
                at = behind if stars and i > stars[0] else i
                yield from self._tests(inner, self._item(value, gast.Constant(at, None)))

    def _mapping(self, pattern: Any, value: Any) -> Iterator[Any]:
        yield self._call("isinstance", value, self._name("dict"))
        for key, inner in zip(pattern.keys, pattern.patterns, strict=True):
            yield gast.Compare(key, [gast.In()], [value])
            yield from self._tests(inner, self._item(value, key))
        if pattern.rest is not None:
            self._bind(pattern.rest, self._rest(pattern, value))

    def _rest(self, pattern: Any, value: Any) -> Any:
        """The entries of a dict that a pattern does not name."""
        names = [gast.Name(n, gast.Store(), None, None) for n in ("key", "entry")]
        key, entry = self._name("key"), self._name("entry")
        named = gast.Tuple(list(pattern.keys), gast.Load())
        test = gast.Compare(key, [gast.NotIn()], [named])
        entries = gast.Call(gast.Attribute(value, "items", gast.Load()), [], [])
        loop = gast.comprehension(gast.Tuple(names, gast.Store()), entries, [test], 0)
        return gast.DictComp(key, entry, [loop])

    def _class(self, pattern: Any, value: Any) -> Iterator[Any]:
        yield self._call("isinstance", value, pattern.cls)
        cls = self._object(pattern.cls)
        if cls in THEMSELVES and len(pattern.patterns) == 1:
            yield from self._tests(pattern.patterns[0], value)
            return
        names = getattr(cls, "__match_args__", ())[: len(pattern.patterns)]
        if len(names) < len(pattern.patterns):
            raise self._refuse(pattern, "a positional pattern for a class without __match_args__")
        pairs = [*zip(names, pattern.patterns, strict=True)]
        pairs += zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True)
        for name, inner in pairs:
            yield self._call("hasattr", value, gast.Constant(name, None))
            yield from self._tests(inner, gast.Attribute(value, name, gast.Load()))

    def _object(self, node: Any) -> Any:
        """The object that a name or an attribute of a module means."""
        path: list[str] = []
        while isinstance(node, gast.Attribute):
            path.insert(0, node.attr)
            node = node.value
        try:
            _, found = resolve(self.source.function, node.id)
        except UnsupportedError:
            return None
        for name in path:
            found = getattr(found, name, None)
        return found

    def _bind(self, name: Any, value: Any) -> None:
        """Let a name be bound once all of the pattern matches: `(name := value, True)[1]`."""
        target = gast.Name(getattr(name, "id", name), gast.Store(), None, None)
        pair = gast.Tuple([gast.NamedExpr(target, value), gast.Constant(True, None)], gast.Load())
        self.bindings.append(self._item(pair, gast.Constant(1, None)))

    def _name(self, name: str) -> Any:
        return gast.Name(name, gast.Load(), None, None)

    def _call(self, name: str, *args: Any) -> Any:
        return gast.Call(self._name(name), list(args), [])

    def _item(self, value: Any, key: Any) -> Any:
        return gast.Subscript(value, key, gast.Load())

    def _part(self, value: Any, start: int, stop: int) -> Any:
        end = gast.Constant(stop, None) if stop else None
        return self._item(value, gast.Slice(gast.Constant(start, None), end, None))

    def _refuse(self, node: Any, what: str) -> UnsupportedError:
        return UnsupportedError(
            f"{what} is not supported",
            why="srcgrad has no test for this kind of pattern",
            fix="use if and elif",
            location=self.source.location(node),
        )

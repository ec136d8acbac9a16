"""The structure pass: the same meaning, one exit per block."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator
from typing import Any

import gast
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srcgrad.frontend import structure
from srcgrad.frontend.structure import single_exit

LOOPS = (gast.For, gast.While)
JUMPS = (gast.Return, gast.Break, gast.Continue)


def parse(source: str) -> Any:
    return gast.parse(textwrap.dedent(source)).body[0]


def text(function: Any) -> str:
    return ast.unparse(gast.gast_to_ast(gast.Module([function], [])))


def structured(source: str) -> Any:
    """The restructured function; the input must not have changed."""
    function = parse(source)
    before = gast.dump(function, include_attributes=True)
    result = single_exit(function)
    assert gast.dump(function, include_attributes=True) == before
    assert lines(result) <= lines(function)
    return result


def lines(function: Any) -> set[int]:
    nodes = [node for node in gast.walk(function) if isinstance(node, (gast.stmt, gast.expr))]
    return {node.lineno for node in nodes}


def assert_text(source: str, expected: str) -> None:
    function = structured(source)
    check(function)
    assert text(function) == textwrap.dedent(expected).strip()


# --------------------------------------------------------------------------- the four properties


def check(function: Any) -> None:
    """Assert what the pass promises of a function without opaque statements."""
    check_block(function.body, frozenset({gast.Return}))
    assert ends(function.body)


def check_block(block: list[Any], allowed: frozenset[type]) -> None:
    for index, statement in enumerate(block):
        is_last = index == len(block) - 1
        assert is_last or falls([statement]), "dead code"
        check_statement(statement, allowed if is_last else frozenset())


def check_statement(statement: Any, allowed: frozenset[type]) -> None:
    if isinstance(statement, JUMPS):
        assert type(statement) in allowed, f"{statement} out of place"
    elif isinstance(statement, gast.If):
        check_block(statement.body, allowed)
        check_block(statement.orelse, allowed)
    elif isinstance(statement, LOOPS):
        assert statement.orelse == []
        check_block(statement.body, frozenset({gast.Break}))
    elif isinstance(statement, gast.With):
        check_block(statement.body, frozenset())
    elif isinstance(statement, gast.Try):
        for part in (statement, *statement.handlers):
            check_block(part.body, frozenset())
        check_block(statement.finalbody, frozenset())


def ends(block: list[Any]) -> bool:
    """Whether every path through the block ends in a return or a raise, or never ends."""
    last = block[-1] if block else None
    if isinstance(last, gast.If):
        return ends(last.body) and ends(last.orelse)
    return isinstance(last, (gast.Return, gast.Raise)) or is_endless(last)


def falls(block: list[Any]) -> bool:
    """Whether the end of a block without opaque statements can be reached."""
    for statement in block:
        if isinstance(statement, (*JUMPS, gast.Raise)) or is_endless(statement):
            return False
        is_if = isinstance(statement, gast.If)
        if is_if and not falls(statement.body) and not falls(statement.orelse):
            return False
    return True


def is_endless(loop: Any) -> bool:
    is_true = isinstance(loop, gast.While) and getattr(loop.test, "value", False) is True
    return is_true and not has_break(loop.body)


def has_break(block: list[Any]) -> bool:
    for statement in block:
        if isinstance(statement, gast.Break):
            return True
        if isinstance(statement, gast.If) and has_break([*statement.body, *statement.orelse]):
            return True
    return False


# ----------------------------------------------------------------------------- the same behaviour


class BoomError(Exception):
    pass


class SpentError(Exception):
    """Ends programs that do not end."""


def run(function: Any, decisions: list[bool], fuel: int = 60) -> tuple[list[Any], str, Any]:
    """What the program does: its trace, and the result or the exception."""
    trace: list[Any] = []

    def test(label: int) -> bool:
        trace.append(label)
        if len(trace) > fuel:
            raise SpentError
        return decisions[len(trace) % len(decisions)]

    def items(label: int) -> Iterator[int]:
        for item in range(3):
            trace.append((label, item))
            yield item
        trace.append((label, "end"))

    def boom(label: int) -> BoomError:
        trace.append(label)
        return BoomError(label)

    class Block:
        def __enter__(self) -> None:
            trace.append("enter")

        def __exit__(self, *error: object) -> None:
            trace.append("exit")

    scope: dict[str, Any] = {
        "t": test,
        "items": items,
        "boom": boom,
        "block": Block,
        "BoomError": BoomError,
    }
    module = gast.gast_to_ast(gast.Module([function], []))
    exec(compile(module, "<program>", "exec"), scope)
    try:
        return trace, "returned", scope["f"]()
    except (BoomError, SpentError, NameError) as error:
        return trace, type(error).__name__, str(error)


def assert_same(source: str, decisions: list[bool]) -> Any:
    function = structured(source)
    assert run(parse(source), decisions) == run(function, decisions), text(function)
    return function


def assert_same_for_all(source: str, length: int = 7) -> Any:
    for number in range(2**length):
        function = assert_same(source, [bool(number >> bit & 1) for bit in range(length)])
    check(function)
    return function


CASES = {
    "guards": """
        def f():
            if t(1): return 1
            if t(2):
                t(3)
                return 2
            t(4)
    """,
    "else exits": """
        def f():
            v = 0
            if t(1):
                v = 1
            else:
                return 5
            v += 2
            return v
    """,
    "both exit": """
        def f():
            if t(1): return 1
            else: raise boom(2)
            t(3)
    """,
    "exit in a branch that falls through": """
        def f():
            if t(1):
                if t(2): return 1
                t(3)
            elif t(4):
                return
            t(5)
            if t(6):
                if t(7): return 2
            return 3
    """,
    "three deep": """
        def f():
            if t(1):
                if t(2):
                    if t(3): return 1
                    t(4)
                t(5)
            t(6)
            return 7
    """,
    "break and continue": """
        def f():
            v = 0
            for i in items(0):
                if t(1): continue
                v += i
                if t(2): break
                t(3)
            return v
    """,
    "flagged break and continue": """
        def f():
            while t(0):
                if t(1):
                    if t(2): break
                    if t(3): continue
                    t(4)
                t(5)
            t(6)
    """,
    "all three": """
        def f():
            for i in items(0):
                if t(1):
                    if t(2): break
                    elif t(3): continue
                    elif t(4): return i
                t(5)
            else:
                t(6)
            return 7
    """,
    "nested loops": """
        def f():
            for i in items(0):
                while t(1):
                    if t(2): return i
                    if t(3): break
                else:
                    if t(4): continue
                    t(5)
                t(6)
            return 7
    """,
    "else of a loop that breaks the outer one": """
        def f():
            for i in items(0):
                for j in items(1):
                    if t(2): break
                else:
                    break
                t(3)
            else:
                return 4
            return 5
    """,
    "else without break": """
        def f():
            for i in items(0):
                if t(1): continue
                t(2)
            else:
                t(3)
            while t(4):
                if t(5): return 5
            else:
                return 6
    """,
    "endless": """
        def f():
            v = 0
            while True:
                v += 1
                if t(1): return v
                if t(2):
                    if t(3): return -v
                    t(4)
                t(5)
    """,
    "endless in a branch": """
        def f():
            while t(0):
                if t(1):
                    while True:
                        if t(2): return 1
                t(3)
            return 2
    """,
    "dead code": """
        def f():
            for i in items(0):
                if t(1):
                    continue
                    t(2)
                break
                t(3)
            while True:
                if t(4): raise boom(5)
            return 6
    """,
    "a last continue": """
        def f():
            for i in items(0):
                if t(1):
                    if t(2): break
                continue
            for i in items(0):
                continue
    """,
    "a closure": """
        def f():
            def g(x):
                for i in items(0):
                    if t(1): return x
                return i
            if t(2): return g(1)
            return (lambda: g(2))()
    """,
    "names in use": """
        def f():
            returned, result, stopped = 1, 2, 3
            for i in items(0):
                if t(1): break
                if t(2): return i
            else:
                t(3)
            return returned, result, stopped
    """,
    "loops in a with": """
        def f():
            with block():
                for i in items(0):
                    if t(1): continue
                    t(2)
                else:
                    t(3)
            return 4
    """,
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES.keys())
def test_same_meaning(source: str) -> None:
    assert_same_for_all(source)


@pytest.mark.parametrize("source", CASES.values(), ids=CASES.keys())
def test_same_meaning_when_nesting_is_bounded(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "MAX_NESTING", 1)
    assert_same_for_all(source)


REGIONS = {
    "return out of a with": """
        def f():
            if t(1):
                with block():
                    if t(2): return 2
                if t(3): return 3
            t(4)
    """,
    "a with that always returns": """
        def f():
            t(0)
            with block():
                if t(1): return 1
                return (2, t(2))
    """,
    "break out of a with in an endless loop": """
        def f():
            while True:
                with block():
                    if t(1): break
                if t(2): return 2
            return 3
    """,
    "continue in a with": """
        def f():
            v = 0
            for i in items(0):
                with block():
                    if t(1): continue
                    v += i
                v *= 3
            return v
    """,
    "a with in a with": """
        def f():
            v = 0
            for i in items(0):
                with block():
                    v += 1
                    with block():
                        if t(1): break
                        if t(2): continue
                        if t(3): return v
                        t(4)
                    v += 10
                t(5)
            return -v
    """,
    "a loop in a with": """
        def f():
            with block():
                for i in items(0):
                    if t(1): return i
                    if t(2): break
                    t(3)
                t(4)
            return 5
    """,
    "jumps of three kinds out of a try": """
        def f():
            for i in items(0):
                if t(1):
                    try:
                        if t(2): break
                        if t(3): return 3
                        if t(4): raise boom(4)
                    except BoomError:
                        continue
                    if t(5): continue
                t(6)
            if t(8): return 8
            return 9
    """,
    "jumps in a handler": """
        def f():
            v = 0
            while t(0):
                try:
                    if t(1): raise boom(1)
                    v += 1
                except BoomError:
                    if t(2): break
                    if t(3): return v
                    v += 10
                v *= 2
            return -v
    """,
    "return in a try and in its handler": """
        def f():
            t(0)
            try:
                if t(1): raise boom(1)
                return 1
            except BoomError:
                return 2
    """,
    "finally behind jumps": """
        def f():
            v = 0
            for i in items(0):
                try:
                    if t(1): break
                    if t(2): continue
                    if t(3): return (v, i)
                    v += 1
                finally:
                    v += 100
                v += 1000
            return -v
    """,
    "the result before finally": """
        def f():
            v = 1
            try:
                return v
            finally:
                v = 2
                t(1)
    """,
    "an exception through finally": """
        def f():
            try:
                try:
                    if t(1): raise boom(1)
                    if t(2): return 2
                    t(3)
                finally:
                    t(4)
                t(5)
            except BoomError:
                if t(6): return 6
                t(7)
            return 8
    """,
    "a try in a handler": """
        def f():
            for i in items(0):
                try:
                    if t(1): raise boom(1)
                    if t(2): continue
                except BoomError:
                    try:
                        if t(3): raise boom(3)
                        if t(4): break
                    except BoomError:
                        if t(5): return 5
                        t(6)
                    t(7)
                t(8)
            return 9
    """,
    "a try around a loop": """
        def f():
            try:
                for i in items(0):
                    if t(1): raise boom(1)
                    if t(2): return i
                    if t(3): break
                t(4)
            except BoomError:
                return 5
            return 6
    """,
    "a with in a try in a with": """
        def f():
            while t(0):
                with block():
                    try:
                        with block():
                            if t(1): raise boom(1)
                            if t(2): break
                        t(3)
                    except BoomError:
                        continue
                t(4)
            return 5
    """,
}


@pytest.mark.parametrize("source", REGIONS.values(), ids=REGIONS.keys())
def test_jumps_out_of_regions_become_flags(source: str) -> None:
    function = assert_same_for_all(source)
    for region in gast.walk(function):
        if isinstance(region, (gast.With, gast.Try)):
            assert not list(jumps_out_of(region))


def jumps_out_of(node: Any, in_loop: bool = False) -> Iterator[Any]:
    """The jumps in a statement that leave it."""
    for child in gast.iter_child_nodes(node):
        if isinstance(child, gast.Return) or (isinstance(child, JUMPS) and not in_loop):
            yield child
        yield from jumps_out_of(child, in_loop or isinstance(child, LOOPS))


OPAQUE = {
    "finally with a return": """
        def f():
            for i in items(0):
                try:
                    if t(1): raise boom(1)
                    if t(2): break
                finally:
                    if t(3): return 3
                if t(4): continue
                t(5)
            return 6
    """,
    "finally with a return at the end of a loop": """
        def f():
            for i in items(0):
                try:
                    if t(1): return 1
                finally:
                    if t(2): return 3
            return 2
    """,
    "finally with a break": """
        def f():
            for i in items(0):
                try:
                    if t(1): return 1
                finally:
                    break
            return 2
    """,
    "match": """
        def f():
            for i in items(0):
                match i:
                    case 1 if t(1): break
                    case 2: return 2
                if t(3): return 3
                t(4)
            return 4
    """,
}


@pytest.mark.parametrize("source", OPAQUE.values(), ids=OPAQUE.keys())
def test_opaque_statements_stay(source: str) -> None:
    for number in range(128):
        function = assert_same(source, [bool(number >> bit & 1) for bit in range(7)])
    opaque = (gast.Try, gast.Match)
    kept, given_ = (
        [gast.dump(n) for n in gast.walk(tree) if isinstance(n, opaque)]
        for tree in (function, parse(source))
    )
    assert kept == given_


def test_else_of_a_loop_that_a_finally_may_skip_stays() -> None:
    source = """
        def f():
            for i in items(0):
                try:
                    t(1)
                finally:
                    if t(2): break
            else:
                t(3)
            return 4
    """
    for number in range(128):
        function = assert_same(source, [bool(number >> bit & 1) for bit in range(7)])
    (loop,) = [n for n in gast.walk(function) if isinstance(n, LOOPS)]
    assert loop.orelse


# ------------------------------------------------------------------------------- random programs


class Programs:
    """Draws the lines of a function; every call in it has a label of its own."""

    def __init__(self, draw: Any, opaque: bool) -> None:
        self.draw, self.opaque, self.labels = draw, opaque, 0

    def call(self) -> str:
        self.labels += 1
        return f"t({self.labels})"

    def block(self, depth: int, in_loop: bool) -> list[str]:
        count = self.draw(st.integers(1, 3))
        lines = [line for _ in range(count) for line in self.statement(depth, in_loop)]
        return ["    " + line for line in lines]

    def statement(self, depth: int, in_loop: bool) -> list[str]:
        simple = ["call", "count", "return", "return none", "raise"]
        simple += ["break", "continue"] * in_loop
        nested = ["if", "if", "if", "else", "for", "while", "endless"]
        nested += ["with", "try"] * self.opaque
        kind = self.draw(st.sampled_from(simple + nested * (depth > 0)))
        write = getattr(self, "write_" + kind.replace(" ", "_"), None)
        return write(depth - 1, in_loop) if write else self.simple(kind)

    def simple(self, kind: str) -> list[str]:
        if kind == "return":
            return [f"return (v, {self.call()})"]
        lines = {"call": self.call(), "count": "v = v * 3 + 1", "return none": "return"}
        lines["raise"] = f"raise boom({self.labels})"
        return [lines.get(kind, kind)]

    def write_if(self, depth: int, in_loop: bool) -> list[str]:
        return [f"if {self.call()}:", *self.block(depth, in_loop)]

    def write_else(self, depth: int, in_loop: bool) -> list[str]:
        return [*self.write_if(depth, in_loop), "else:", *self.block(depth, in_loop)]

    def write_for(self, depth: int, in_loop: bool) -> list[str]:
        self.labels += 1
        head = f"for i in items({self.labels}):"
        return [head, *self.block(depth, True), *self.after_loop(depth, in_loop)]

    def write_while(self, depth: int, in_loop: bool) -> list[str]:
        head = f"while {self.call()}:"
        return [head, *self.block(depth, True), *self.after_loop(depth, in_loop)]

    def write_endless(self, depth: int, in_loop: bool) -> list[str]:
        lines = ["while True:", "    " + self.call(), *self.block(depth, True)]
        return lines + self.after_loop(depth, in_loop)

    def after_loop(self, depth: int, in_loop: bool) -> list[str]:
        return ["else:", *self.block(depth, in_loop)] if self.draw(st.booleans()) else []

    def write_with(self, depth: int, in_loop: bool) -> list[str]:
        return ["with block():", *self.block(depth, in_loop)]

    def write_try(self, depth: int, in_loop: bool) -> list[str]:
        handler = ["except BoomError:", *self.block(depth, in_loop)]
        return ["try:", *self.block(depth, in_loop), *handler]


@st.composite
def programs(draw: Any, opaque: bool = False) -> str:
    return "\n".join(["def f():", "    v = 0", *Programs(draw, opaque).block(4, False)])


DECISIONS = st.lists(st.booleans(), min_size=1, max_size=12)


@settings(max_examples=200, deadline=None)
@given(programs(), st.lists(DECISIONS, min_size=3, max_size=8))
def test_random_programs(source: str, choices: list[list[bool]]) -> None:
    for decisions in choices:
        check(assert_same(source, decisions))


@settings(max_examples=150, deadline=None)
@given(programs(), st.lists(DECISIONS, min_size=3, max_size=8), st.integers(0, 3))
def test_random_programs_when_nesting_is_bounded(
    source: str, choices: list[list[bool]], limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structure, "MAX_NESTING", limit)
        for decisions in choices:
            check(assert_same(source, decisions))


@settings(max_examples=150, deadline=None)
@given(programs(opaque=True), st.lists(DECISIONS, min_size=3, max_size=8))
def test_random_programs_with_opaque_statements(source: str, choices: list[list[bool]]) -> None:
    for decisions in choices:
        assert_same(source, decisions)


# ------------------------------------------------------------------------------------ exact output


def test_newton_square_root() -> None:
    assert_text(
        """
        def sqrt(a):
            if a == 0.0:
                return 0.0
            x = a
            while True:
                y = 0.5 * (x + a / x)
                if abs(y - x) < 1e-12:
                    break
                x = y
            return y
        """,
        """
        def sqrt(a):
            if a == 0.0:
                return 0.0
            else:
                x = a
                while True:
                    y = 0.5 * (x + a / x)
                    if abs(y - x) < 1e-12:
                        break
                    else:
                        x = y
                return y
        """,
    )


def test_endless_loop_left_by_return_needs_no_flag() -> None:
    assert_text(
        """
        def f(x):
            while True:
                x = g(x)
                if x > 1:
                    return x
        """,
        """
        def f(x):
            while True:
                x = g(x)
                if x > 1:
                    break
            return x
        """,
    )


def test_search() -> None:
    assert_text(
        """
        def find(xs, x):
            n = len(xs)
            for i in range(n):
                if xs[i] == x:
                    return i
            return -1
        """,
        """
        def find(xs, x):
            n = len(xs)
            returned = False
            for i in range(n):
                if xs[i] == x:
                    returned = True
                    break
            if returned:
                return i
            else:
                return -1
        """,
    )


def test_for_else() -> None:
    assert_text(
        """
        def f(xs):
            for x in xs:
                if x > 0:
                    break
            else:
                raise ValueError(xs)
            for x in xs:
                if x > 1:
                    y = x
                    break
            else:
                y = 0.0
            return y
        """,
        """
        def f(xs):
            stopped = False
            for x in xs:
                if x > 0:
                    stopped = True
                    break
            if not stopped:
                raise ValueError(xs)
            stopped2 = False
            for x in xs:
                if x > 1:
                    y = x
                    stopped2 = True
                    break
            if not stopped2:
                y = 0.0
            return y
        """,
    )


def test_flags_in_a_loop() -> None:
    assert_text(
        """
        def f(xs):
            for x in xs:
                if x > 0:
                    if x > 1:
                        continue
                    if x > 2:
                        break
                    g(x)
                h(x)
        """,
        """
        def f(xs):
            for x in xs:
                stopped = False
                skipped = False
                if x > 0:
                    if x > 1:
                        skipped = True
                    elif x > 2:
                        stopped = True
                    else:
                        g(x)
                if stopped:
                    break
                elif not skipped:
                    h(x)
            return None
        """,
    )


def test_return_through_nested_loops() -> None:
    assert_text(
        """
        def f(rows):
            for row in rows:
                for x in row:
                    if x > 0:
                        return x
        """,
        """
        def f(rows):
            returned = False
            for row in rows:
                for x in row:
                    if x > 0:
                        returned = True
                        break
                if returned:
                    break
            if returned:
                return x
            else:
                return None
        """,
    )


# --------------------------------------------------------------------------------- trees and cost


def test_flag_behind_a_with() -> None:
    assert_text(
        """
        def f(x):
            for v in x:
                with block():
                    if v > 0:
                        return v
                    g(v)
                h(v)
        """,
        """
        def f(x):
            returned = False
            for v in x:
                with block():
                    if v > 0:
                        result = v
                        returned = True
                    else:
                        g(v)
                if returned:
                    break
                else:
                    h(v)
            if returned:
                return result
            else:
                return None
        """,
    )


def test_simple_input_stays() -> None:
    source = """
        def f(x):
            if x < 0:
                raise ValueError(x)
            for i in range(3):
                while x > i:
                    x = x - 1
            with g():
                x = 2
            return x
    """
    function = parse(source)
    assert single_exit(function) is function


def test_unchanged_statements_are_shared() -> None:
    function = parse("def f(x):\n  y = x\n  if y: return y\n  z = y\n  return z")
    result = single_exit(function)
    assert result.body[0] is function.body[0]
    assert result.body[1].test is function.body[1].test
    assert result.body[1].orelse == function.body[2:]


def test_only_added_returns_are_implicit() -> None:
    function = structured("def f(x):\n  if x:\n    return None\n  x = 1")
    returns = [node for node in gast.walk(function) if isinstance(node, gast.Return)]
    assert [(node.lineno, getattr(node, "implicit", False)) for node in returns] == [
        (3, False),
        (4, True),
    ]


def test_new_statements_stand_where_the_jump_was() -> None:
    function = structured(
        """
        def f(x):
            for i in x:
                if i:
                    return i
            return 0
        """
    )
    _, _, dispatch = function.body
    assert dispatch.lineno == dispatch.test.lineno == dispatch.body[0].lineno == 5


@pytest.mark.parametrize("jump", ["return i", "break", "continue", "raise boom(i)"])
def test_many_guards_do_not_nest_deep(jump: str) -> None:
    guards = "".join(f"        if t({i}): {jump}\n" for i in range(1000))
    source = f"def f():\n    for i in items(0):\n{guards}        t(1000)\n    return 5\n"
    function = structured(source)
    check(function)
    assert depth(function) <= structure.MAX_NESTING + 5
    for late in (0, 1, 500, 990):
        decisions = [False] * 2000
        decisions[late] = True
        assert run(parse(source), decisions, 9000) == run(function, decisions, 9000)


def test_many_guards_that_all_return() -> None:
    guards = "".join(f"    if t({i}): return {i}\n" for i in range(300))
    function = structured(f"def f():\n{guards}    return 300\n")
    check(function)
    assert depth(function) <= structure.MAX_NESTING + 5
    assert run(function, [False] * 400, 400)[2] == 300
    assert not any(getattr(node, "implicit", False) for node in gast.walk(function))


def test_many_plain_statements() -> None:
    source = "def f():\n" + "    t(1)\n" * 1000 + "    for i in items(2): t(3)\n" * 1000
    assert len(structured(source).body) == 2001


def depth(node: Any) -> int:
    blocks = [getattr(node, name, []) for name in ("body", "orelse")]
    inner = [depth(child) for block in blocks if isinstance(block, list) for child in block]
    return 1 + max(inner, default=0)

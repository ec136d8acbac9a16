"""Runs of the user's own functions in which one variable is moved in front of one statement.

The adjoint of a variable, once the reverse sweep has gone past a statement, is the derivative of
the result with respect to the variable as it is in front of that statement. So the functions are
written once more, with a call in front of each statement that may move a variable there.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FunctionType, MethodType
from typing import Any

from srcgrad.frontend import source

PROBE, AROUND, OUTER = "__srcgrad_probe", "__srcgrad_around", "__srcgrad_outer"
Wanted = Mapping[tuple[str, int], set[str]]
"""Names of variables by the file and the line of the statement in front of which they stand."""


@dataclass(frozen=True)
class Hit:
    """A variable in front of a statement in a run: `order` counts all of these."""

    order: int
    file: str
    line: int
    variable: str
    iteration: tuple[int, ...]

    @property
    def key(self) -> tuple[str, int, str]:
        return self.file, self.line, self.variable


@dataclass
class Probe:
    """What instrumented functions call: it notes where a run is, and moves what it is told to."""

    move: Callable[[Any], Any] | None = None
    target: int = -1
    now: tuple[int, ...] = ()
    hits: list[Hit] = field(default_factory=list)

    def begin(self, move: Callable[[Any], Any] | None = None, target: int = -1) -> None:
        """Forget the run before; in the next one `move` changes the variable of one hit."""
        self.move, self.target, self.now, self.hits = move, target, (), []

    def __call__(self, file: str, line: int, name: str, value: Any) -> Any:
        hit = Hit(len(self.hits), file, line, name, self.now)
        self.hits.append(hit)
        return self.move(value) if self.move and hit.order == self.target else value


def instrumented(function: Any, wanted: Wanted, probe: Probe) -> Callable[..., Any]:
    """A function that does what `function` does and tells a probe of the `wanted` names.

    The line of a definition stands for its start. Functions of the user's that have wanted lines
    are written anew where they are called by a global name or from a closure. Raises SrcgradError
    for what has no source.
    """
    plain = inspect.unwrap(getattr(function, "__func__", function))
    made = _Maker(probe, wanted).made(getattr(plain, "py_func", plain))
    owner = getattr(function, "__self__", None)
    return made if owner is None else MethodType(made, owner)


class _Maker:
    """Writes functions anew that call a probe, each once."""

    def __init__(self, probe: Probe, wanted: Wanted) -> None:
        self.probe, self.wanted = probe, wanted
        self.known: dict[int, FunctionType] = {}

    def made(self, function: FunctionType) -> FunctionType:
        """The function written anew."""
        if id(function) in self.known:
            return self.known[id(function)]
        space: dict[str, Any] = {**function.__globals__, PROBE: self.probe}
        made = self.known[id(function)] = self._loaded(function, space)
        for name in set(function.__code__.co_names) & set(space):
            space[name] = self._replaced(space[name])
        return made

    def _replaced(self, value: Any) -> Any:
        """A value that a function reads outside: a function that is of interest is another one."""
        if not isinstance(value, FunctionType):
            return value
        code = value.__code__
        last = max((line for *_, line in code.co_lines() if line), default=0)
        lines = (line for file, line in self.wanted if file == code.co_filename)
        is_wanted = any(code.co_firstlineno <= line <= last for line in lines)
        return self.made(value) if is_wanted else value

    def _loaded(self, function: FunctionType, space: dict[str, Any]) -> FunctionType:
        """The function from its source, in a function that holds what it takes from others."""
        own = definition(function)
        _Writer(function.__code__.co_filename, self.wanted).write(own)
        names, cells = function.__code__.co_freevars, function.__closure__ or ()
        outer = ast.parse(f"def {OUTER}({', '.join(names)}): return {own.name}").body[0]
        assert isinstance(outer, ast.FunctionDef)
        outer.body.insert(0, own)
        module = ast.fix_missing_locations(ast.Module([outer], []))
        exec(compile(module, f"<differences of {own.name}>", "exec"), space)
        values = [c.cell_contents for c in cells]
        made: FunctionType = space.pop(OUTER)(
            *(v if v is function else self._replaced(v) for v in values)
        )
        made.__defaults__, made.__kwdefaults__ = function.__defaults__, function.__kwdefaults__
        return made


def definition(function: FunctionType) -> ast.FunctionDef:
    """The tree of a function by itself, with the line numbers that it has in its file."""
    read = source.read(function)
    node = _parsed_again(read)
    ast.increment_lineno(node, read.node.lineno - 1)
    _mangle(node, function.__qualname__)
    _drop_defaults(node.args)
    node.returns, node.decorator_list = None, []
    return node


def _parsed_again(read: source.FunctionSource) -> ast.FunctionDef:
    """The definition parsed alone; of a lambda a function that returns its expression."""
    lines = [line.encode() for line in read.lines[read.node.lineno - 1 : read.node.end_lineno]]
    lines[-1] = lines[-1][: read.node.end_col_offset]
    text = b"\n".join([lines[0][read.node.col_offset :], *lines[1:]]).decode()
    if isinstance(read.node.body, list):
        text = f"{' ' * read.node.col_offset}{text}"
        node = ast.parse(textwrap.dedent(text)).body[0]
        assert isinstance(node, ast.FunctionDef)
        return node
    made = ast.parse(f"({text})", mode="eval").body
    assert isinstance(made, ast.Lambda)
    (whole,) = ast.parse("def function(): pass").body
    assert isinstance(whole, ast.FunctionDef)
    whole.args = made.args
    whole.body = [ast.copy_location(ast.Return(made.body), made)]
    return whole


def _mangle(node: ast.FunctionDef, qualified: str) -> None:
    """Write private names out, as Python does in the class that a method is of."""
    owner = qualified.rpartition(".")[0].rpartition(".")[2].lstrip("_")
    if owner in ("", "<locals>"):
        return
    for n in ast.walk(node):
        field = {ast.Attribute: "attr", ast.Name: "id"}.get(type(n), "")
        name = getattr(n, field, "")
        if name.startswith("__") and not name.endswith("__"):
            setattr(n, field, f"_{owner}{name}")


def _drop_defaults(arguments: ast.arguments) -> None:
    """Leave defaults and annotations out: the function itself has them already."""
    for a in ast.walk(arguments):
        if isinstance(a, ast.arg):
            a.annotation = None
    arguments.defaults = [ast.Constant(None) for _ in arguments.defaults]
    arguments.kw_defaults = [d and ast.Constant(None) for d in arguments.kw_defaults]


class _Writer:
    """Writes the calls of a probe into the tree of a function."""

    def __init__(self, file: str, wanted: Wanted) -> None:
        self.file, self.wanted, self.loops = file, wanted, 0

    def write(self, node: ast.FunctionDef) -> None:
        """Put calls in front of all statements; what runs around a call is known inside it."""
        found = [n for s in node.body for n in ast.walk(s) if isinstance(n, ast.Name)]
        stored = {n.id for n in found if not isinstance(n.ctx, ast.Load)}
        self.local = stored | {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
        start = [*_parsed(f"{AROUND} = {PROBE}.now"), *self._calls(node.lineno)]
        whole = _parsed(f"try: pass\nfinally: {PROBE}.now = {AROUND}")
        assert isinstance(whole[0], ast.Try)
        self.first = node.lineno
        whole[0].body = self._block(node.body, ())
        node.body = [*start, *whole]

    def _block(self, body: list[ast.stmt], passes: tuple[str, ...]) -> list[ast.stmt]:
        return [new for s in body for new in self._statement(s, passes)]

    def _statement(self, s: ast.stmt, passes: tuple[str, ...]) -> Iterator[ast.stmt]:
        where = f"({AROUND} + ({''.join(f'{p}, ' for p in passes)}))"
        yield from _parsed(f"{PROBE}.now = {where}")
        if s.lineno != self.first:
            yield from self._calls(s.lineno)
        if isinstance(s, ast.For | ast.While):
            yield from self._loop(s, passes)
            return
        if not isinstance(s, ast.FunctionDef | ast.ClassDef):
            for part in _bodies(s):
                part[:] = self._block(part, passes)
        yield s

    def _calls(self, line: int) -> Iterator[ast.stmt]:
        """The calls for the names that are wanted in front of a line."""
        for name in sorted(self.wanted.get((self.file, line), set()) & self.local):
            call = f"{PROBE}({self.file!r}, {line}, {name!r}, {name})"
            yield from _parsed(f"try: {name} = {call}\nexcept NameError: pass")

    def _loop(self, s: ast.For | ast.While, passes: tuple[str, ...]) -> Iterator[ast.stmt]:
        counter = f"__srcgrad_pass_{self.loops}"
        self.loops += 1
        yield from _parsed(f"{counter} = -1")
        s.body = [*_parsed(f"{counter} += 1"), *self._block(s.body, (*passes, counter))]
        s.orelse = self._block(s.orelse, passes)
        yield s


def _bodies(s: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a statement that is no loop."""
    for name in ("body", "orelse", "finalbody"):
        if getattr(s, name, None):
            yield getattr(s, name)
    for inner in (*getattr(s, "handlers", ()), *getattr(s, "cases", ())):
        yield inner.body


def _parsed(text: str) -> list[ast.stmt]:
    return ast.parse(text).body

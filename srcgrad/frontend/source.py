"""Read a function: from the function object to the syntax tree of its definition.

The text comes from `linecache`, as it does for tracebacks and `inspect`, so notebook cells,
doctests and registered text can be read.  A file is parsed once for as long as its text stays the
same.  What is found is compiled again and compared with the function's code, so that a file edited
since it was loaded, or one of several lambdas on a line, is never mistaken for the right one.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import linecache
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from threading import RLock
from types import CodeType, FunctionType, MethodType
from typing import Any

import gast

from srcgrad.errors import Location, SourceError, UnsupportedError

WIDTH = 88  # of a quoted statement
MAX_FILES = 64  # whose trees are kept: every run of a notebook cell is a new file
MAX_STATEMENTS = 1024  # whose definitions and code are kept
BEYOND = 1_000_000  # lines: after the end of any file
COMPOUND = {"async", "class", "def", "elif", "except", "for", "if", "try", "while", "with"}
TOKEN = re.compile(
    r"""(?P<literal>[bfrtu]{0,2}(?P<quote>'''|\"""|'|")(?:\\.|(?!(?P=quote)).)*(?P=quote))"""
    r"""|(?P<space>(?:\s|\\\n|\#[^\n]*)+)|(?P<word>\w+|:=|.)""",
    re.DOTALL | re.IGNORECASE,
)

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Place = tuple[_Definition, str]
_lock = RLock()  # looking for one of several lambdas moves it in the tree, for a moment


@dataclass(frozen=True, eq=False)
class FunctionSource:
    """A function and the tree of its definition, without decorators.

    Positions in `node` are those in `file`, whose lines are `lines`, without line ends.
    """

    function: FunctionType
    node: gast.FunctionDef | gast.Lambda
    name: str
    file: str
    lines: tuple[str, ...]

    def location(self, node: gast.AST) -> Location:
        """Where `node` stands in the user's file; the column counts characters."""
        node = _placed(node) or self.node
        text = _line(self.lines, node.lineno)
        return Location(self.file, node.lineno, _characters(text, node.col_offset), text)

    def statement_text(self, node: gast.AST) -> str:
        """The user's text of a statement on one line; of a compound statement, its header."""
        node = _placed(node) or self.node
        lines = [line.encode() for line in self.lines[node.lineno - 1 : node.end_lineno]] or [b""]
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        text = b"\n".join(lines).decode(errors="ignore")
        text = "".join(_tokens(text, isinstance(node, gast.Match)))
        return text if len(text) <= WIDTH else text[: WIDTH - 4].rstrip() + " ..."


def read(function: Any) -> FunctionSource:
    """Find the source of a function, method or Numba dispatcher, and return its tree."""
    plain = _plain(function)
    try:
        with _lock:
            file = _file_of(plain)
            found, owner = _find(plain, file)
            node = gast.ast_to_gast(found)
    except RecursionError:
        what = f"{plain.__qualname__} is nested too deeply to be read"
        raise SourceError(what, fix="split its longest expression") from None
    node.decorator_list = []
    _mangle(node, owner)
    names = (plain.__name__, plain.__code__.co_name, "lambda")  # the first may be any text
    name = next(name for name in names if name.isidentifier())
    return FunctionSource(plain, node, name, plain.__code__.co_filename, file.lines)


def resolve(function: Any, name: str) -> tuple[str, Any]:
    """What `name` means to `function` now: ("closure" | "global" | "builtin", value)."""
    plain = _plain(function)
    cells = dict(zip(plain.__code__.co_freevars, plain.__closure__ or (), strict=True))
    try:
        if name in cells:
            return "closure", cells[name].cell_contents
        if name in plain.__globals__:
            return "global", plain.__globals__[name]
        return "builtin", getattr(plain, "__builtins__", vars(builtins))[name]
    except (KeyError, ValueError):  # no such name; a cell that is empty
        why = "neither the enclosing functions, the module nor the builtins have a value for it"
        fix = "give it a value before the gradient is asked for"
        raise UnsupportedError(f"name {name!r} is not defined", why=why, fix=fix) from None


def _plain(function: Any) -> FunctionType:
    """The plain function behind a bound method or a Numba dispatcher."""
    while not isinstance(function, FunctionType):
        # By name, because importing Numba is slow. Its ufuncs do not count: what they do to arrays
        # is not what their Python function does.
        kinds = {(c.__module__.partition(".")[0], c.__name__) for c in type(function).__mro__}
        if isinstance(function, MethodType):
            function = function.__func__
        elif ("numba", "Dispatcher") in kinds:
            function = function.py_func
        else:
            raise _not_a_function(function)
    return function


def _not_a_function(thing: Any) -> SourceError:
    kind, call = type(thing).__name__, getattr(type(thing), "__call__", None)  # noqa: B004
    what, why = f"{kind!r} object is not a function", "only functions and methods can be read"
    if isinstance(thing, type):
        what = f"class {thing.__name__!r} is not a function"
        fix = "pass a function or a method, such as one that builds the object and uses it"
    elif isinstance(thing, functools.partial):
        fix = "pass the function itself, or a lambda that calls it with the fixed arguments"
    elif not callable(thing):
        fix = "pass a function made by def or lambda"
    elif isinstance(call, FunctionType):
        fix = "pass the method (`obj.__call__`), or the function that the object wraps"
    else:
        name = getattr(thing, "__qualname__", None) or getattr(thing, "__name__", kind)
        prefix = f"{thing.__module__}." if getattr(thing, "__module__", None) else ""
        what = f"{prefix}{name} has no Python source"
        why = f"it is a {kind!r} object, not written in Python"
        wrapped = isinstance(getattr(thing, "__wrapped__", None), FunctionType)
        fix = "pass a function of your own that calls it"
        fix += f", or the function that it wraps: `{name}.__wrapped__`" if wrapped else ""
    return SourceError(what, why=why, fix=fix)


def _no_source(function: FunctionType) -> SourceError:
    file = function.__code__.co_filename
    why = f"there is no text in a file, cell or linecache under the name {file!r}"
    if file == "<stdin>":
        why = "this interactive prompt does not keep what is typed"
    elif file.startswith("<"):
        why = f"it was made by exec or eval under the name {file!r}, which keeps no text"
    fix = "save it in a file, or register the text in linecache"
    return SourceError(f"{function.__qualname__} has no source to read", why=why, fix=fix)


def _changed(function: FunctionType, lines: tuple[str, ...]) -> SourceError:
    if function.__code__.co_filename in ("<string>", "<stdin>"):
        return _no_source(function)  # any text there is of something else with no name of its own
    return SourceError(
        f"the source of {function.__qualname__} changed since it was loaded",
        why="the text that is here now does not compile to the function that runs",
        fix="reload the module or run the cell again; if nothing was edited, an import hook or a "
        "decorator rewrote the code: pass the function as it was written",
        location=_first_place(function, lines),
    )


def _first_place(function: FunctionType, lines: tuple[str, ...]) -> Location:
    line = function.__code__.co_firstlineno
    text = _line(lines, line)
    return Location(function.__code__.co_filename, line, len(text) - len(text.lstrip()), text)


def _ambiguous(function: FunctionType, lines: tuple[str, ...]) -> SourceError:
    return SourceError(
        "several lambdas that do the same start on this line",
        why="which of them was passed cannot be told",
        fix="put each on a line of its own",
        location=_first_place(function, lines),
    )


@dataclass(frozen=True, eq=False)
class _File:
    """The text of a file, its top-level statements, and its imports."""

    lines: tuple[str, ...]
    statements: list[ast.stmt]
    imports: list[ast.stmt]


def _file_of(function: FunctionType) -> _File:
    """The file of `function` as it is now."""
    name = function.__code__.co_filename
    linecache.checkcache(name)
    lines = linecache.getlines(name, function.__globals__)
    if not lines and not name.startswith("<"):  # `inspect` would take any module of the same name
        raise _no_source(function)
    try:
        # `inspect` knows where newer prompts keep what was typed.
        lines = lines or inspect.findsource(function)[0]
        return _parsed(tuple(lines))
    except (OSError, TypeError):
        raise _no_source(function) from None
    except (SyntaxError, ValueError):
        raise _changed(function, tuple(lines)) from None


@functools.lru_cache(MAX_FILES)
def _parsed(raw: tuple[str, ...]) -> _File:
    """A file by its text, so that it is parsed again when that is another."""
    lines = tuple(line.rstrip("\r\n") for line in raw)
    with warnings.catch_warnings(action="ignore"):  # they came when the text was loaded
        statements = ast.parse("\n".join(lines)).body
    return _File(lines, statements, list(_imports(statements)))


def _imports(statements: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The imports of a module, those under `if` and `try` too."""
    waiting: list[ast.AST] = [*statements]
    for node in waiting:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif not isinstance(node, _Definition | ast.ClassDef | ast.expr):
            waiting.extend(ast.iter_child_nodes(node))


def _find(function: FunctionType, file: _File) -> tuple[_Definition, str]:
    """The one definition that compiles to the function's code, and the class around it."""
    code = function.__code__
    line = code.co_firstlineno
    here = [s for s in file.statements if _first_line(s) <= line <= (s.end_lineno or line)]
    nodes = _nested(tuple(here)).get((line, code.co_name), [])
    # What is around decides on instructions: where `np` is seen to be a module, `np.sin(x)` is no
    # call of a method; where the file has its own `super`, that is called as any function. Prompts
    # and notebooks compile each statement of a cell alone.
    for around in ((*file.imports, *here), tuple(here), tuple(file.statements)):
        found = [pair for pair in nodes if _compiles_to(pair[0], around, code, len(nodes) == 1)]
        found = [pair for pair in found if len(found) == 1 or _holds(pair[0].body, code)] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(function, file.lines)
    raise _changed(function, file.lines)


@functools.lru_cache(MAX_STATEMENTS)
def _nested(statements: tuple[ast.stmt, ...]) -> dict[tuple[int, str], list[_Place]]:
    """The definitions by line and name, each with the class whose private names it sees."""
    found: dict[tuple[int, str], list[_Place]] = {}
    waiting: list[tuple[ast.AST, str]] = [(statement, "") for statement in statements]
    while waiting:  # no recursion: the tree of a long sum is deep
        node, owner = waiting.pop()
        if isinstance(node, _Definition):
            name = "<lambda>" if isinstance(node, ast.Lambda) else node.name
            found.setdefault((_first_line(node), name), []).append((node, owner))
        inside = node.name if isinstance(node, ast.ClassDef) else owner
        waiting.extend((child, inside) for child in ast.iter_child_nodes(node))
    return found


def _compiles_to(
    node: _Definition, around: tuple[ast.stmt, ...], code: CodeType, alone: bool
) -> bool:
    """Whether `node`, in the statements around it, compiles to `code`."""
    flags = code.co_flags & annotations.compiler_flag  # the object that the import left behind
    if alone:
        found = _codes(around, flags).get((_first_line(node), code.co_name))
        return found is not None and _agree(found, code)
    try:
        # Code knows the line it starts on and no more: give this lambda lines of its own.
        _move(node, BEYOND)
        found = _codes.__wrapped__(around, flags).get((node.lineno, code.co_name))
    finally:
        _move(node, -BEYOND)
    return found is not None and _agree(found, code)


def _move(node: _Definition, lines: int) -> None:
    """Move a definition, but not its defaults: they belong to what is around it."""
    ast.increment_lineno(node, lines)
    ast.increment_lineno(node.args, -lines)


@functools.lru_cache(MAX_STATEMENTS)
def _codes(statements: tuple[ast.stmt, ...], flags: int) -> dict[tuple[int, str], CodeType]:
    """The code of everything in some statements of a file, by first line and name.

    Whole statements, as what is around a definition decides what its names mean.
    """
    flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # notebook cells may await
    try:
        with warnings.catch_warnings(action="ignore"):
            waiting = [compile(ast.Module([*statements], []), "<source>", "exec", flags, True)]
    except (SyntaxError, ValueError):
        return {}
    for code in waiting:
        waiting.extend(_inner(code))
    # Of nested lambdas that start on one line, the outer one.
    return {(code.co_firstlineno, code.co_name): code for code in reversed(waiting)}


def _first_line(node: Any) -> int:
    """The line that Python counts as a definition's first: that of its first decorator."""
    decorators = getattr(node, "decorator_list", None)
    return int(decorators[0].lineno if decorators else node.lineno)


def _agree(source: CodeType, loaded: CodeType) -> bool:
    """Whether the text compiles to the code that was loaded, positions aside."""
    names, loaded_names = _names(source), _names(loaded)
    if any(name.startswith("@") for group in loaded_names for name in group):
        # pytest rewrote assertions, with names that cannot be written in Python: it only adds.
        same = set().union(*names) <= set().union(*loaded_names)
        constants = (_inner(source), _inner(loaded))
    else:
        same = source.co_code == loaded.co_code and names == loaded_names
        constants = (source.co_consts, loaded.co_consts)
    return same and _signature(source) == _signature(loaded) and _equal(*constants)


def _signature(code: CodeType) -> tuple[Any, ...]:
    counts = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount)
    kind = code.co_flags & 0xFF  # with *args, with **kwargs, a generator ...
    return code.co_name, kind, counts, code.co_varnames[: counts[0] + counts[2]]


def _names(code: CodeType) -> tuple[tuple[str, ...], ...]:
    return code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars


def _inner(code: CodeType) -> tuple[CodeType, ...]:
    return tuple(constant for constant in code.co_consts if isinstance(constant, CodeType))


def _equal(source: Any, loaded: Any) -> bool:
    """Whether two constants of code are the same, and of the same type."""
    if isinstance(source, CodeType) and isinstance(loaded, CodeType):
        return _agree(source, loaded)
    if isinstance(source, tuple) and isinstance(loaded, tuple):
        return len(source) == len(loaded) and all(map(_equal, source, loaded))
    if isinstance(source, frozenset) and isinstance(loaded, frozenset):
        return set(map(repr, source)) == set(map(repr, loaded))
    return repr(source) == repr(loaded)  # tells 1 from 1.0 and True, and -0.0 from 0.0


def _holds(body: Any, code: CodeType) -> bool:
    """Whether an instruction of `code` comes from the body of this lambda."""
    start, end = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    places = [place for place in code.co_positions() if None not in place]
    return any(start <= (p[0], p[2]) and (p[1], p[3]) <= end for p in places)


def _mangle(root: Any, owner: str) -> None:
    """Write private names (`self.__x`) out as Python does, so that they mean the same anywhere."""
    waiting = list(gast.iter_child_nodes(root)) if owner.strip("_") else []
    while waiting:
        node = waiting.pop()
        for key in {"id", "attr", "arg", "name"} & set(node._fields):
            name = getattr(node, key)
            if isinstance(name, str) and name.startswith("__") and not name.endswith("__"):
                setattr(node, key, f"_{owner.lstrip('_')}{name}")
        if not isinstance(node, gast.ClassDef):
            waiting.extend(gast.iter_child_nodes(node))


def _placed(node: gast.AST) -> Any:
    """The node or, where it has no position (arguments, operators), the first node inside."""
    return next((n for n in gast.walk(node) if getattr(n, "lineno", None)), None)


def _line(lines: tuple[str, ...], number: int) -> str:
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _characters(line: str, offset: int) -> int:
    """A column in characters from one in bytes of UTF-8, which is how Python counts."""
    return offset if line.isascii() else len(line.encode()[:offset].decode(errors="ignore"))


def _tokens(text: str, compound: bool = False) -> Iterator[str]:
    """The text token by token, on one line, without comments, up to the colon of a header."""
    token, depth, lambdas = "", 0, 0
    for match in TOKEN.finditer(text):
        last, token = token, match[0]
        compound = compound or (match.start() == 0 and token in COMPOUND)
        if match["space"]:
            # Nothing stands where a bracket was opened to break the line.
            edge = last in ("(", "[", "{") or text[match.end() :][:1] in (")", "]", "}")
            yield "" if edge and "\n" in token else " "
            continue
        yield token.replace("\\\n", "").replace("\n", "\\n")  # of literals on several lines
        depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        if depth == 0 and token == ":":
            if compound and not lambdas:
                return
            lambdas -= 1
        lambdas += depth == 0 and token == "lambda"

"""Functions as data, for gradients to be pickled where a function has no name to be found by.

A function that can be imported stays as it is.  Any other (a lambda, a closure, one of `__main__`,
one that its own gradient hides) is packed as the text of its file, the globals that it reads and
its closure, with all such functions that it calls.  It is compiled again where it is unpacked.
"""

from __future__ import annotations
import __future__

import builtins
import contextlib
import hashlib
import importlib
import linecache
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

from srcgrad.gradient import named


@dataclass
class _Ref:
    """A packed function, by its place in the pack."""

    index: int


@dataclass
class _Module:
    """A module, by its name."""

    name: str


@dataclass
class _Function:
    """One function: where its code is in the text of its file, and what belongs to it."""

    file: str
    text: str
    flags: int
    code: int
    space: int
    cells: tuple[int, ...]
    qualname: str
    defaults: Any = None
    keyword_defaults: Any = None


@dataclass
class Pack:
    """Functions with the namespaces and cells they share; the first is the one that was packed."""

    functions: list[_Function] = field(default_factory=list)
    spaces: list[dict[str, Any]] = field(default_factory=list)
    cells: list[list[Any]] = field(default_factory=list)


def packed(function: Any) -> Any:
    """A function in a form that can be pickled: itself, or a `Pack`."""
    if not isinstance(function, FunctionType) or _is_importable(function):
        return function
    return _Packer().run(function)


def unpacked(pack: Any) -> Any:
    """The function that was packed."""
    return _unpack(pack) if isinstance(pack, Pack) else pack


def _is_importable(function: FunctionType) -> bool:
    module, name = function.__module__, function.__qualname__
    return module != "__main__" and named(module, name) is function


class _Packer:
    """Packs a function and, one after the other, those that it reads."""

    def __init__(self) -> None:
        self.pack = Pack()
        self.waiting: list[FunctionType] = []
        self.spaces: list[dict[str, Any]] = []
        self.cells: list[CellType] = []

    def run(self, function: FunctionType) -> Pack:
        self.waiting.append(function)
        for waiting in self.waiting:  # grows while it is walked
            self.pack.functions.append(self._function(waiting))
        return self.pack

    def _function(self, function: FunctionType) -> _Function:
        code = function.__code__
        text, flags = "".join(_lines(code.co_filename, function)), _flags(code)
        return _Function(
            code.co_filename,
            text,
            flags,
            _place_of(code, text, flags),
            self._space(function),
            tuple(self._cell(c) for c in function.__closure__ or ()),
            function.__qualname__,
            self._value(function.__defaults__),
            self._value(function.__kwdefaults__),
        )

    def _space(self, function: FunctionType) -> int:
        space = function.__globals__
        index = _place(self.spaces, space)
        if index == len(self.pack.spaces):
            self.pack.spaces.append({"__name__": function.__module__})
        for name in sorted(_names(function.__code__) & space.keys()):
            if name not in self.pack.spaces[index]:
                self.pack.spaces[index][name] = self._value(space[name])
        return index

    def _cell(self, cell: CellType) -> int:
        index = _place(self.cells, cell)
        if index == len(self.pack.cells):
            self.pack.cells.append([])
            with contextlib.suppress(ValueError):  # a cell that is empty
                self.pack.cells[index].append(self._value(cell.cell_contents))
        return index

    def _value(self, value: Any) -> Any:
        if isinstance(value, ModuleType):
            return _Module(value.__name__)
        if isinstance(value, FunctionType) and not _is_importable(value):
            return _Ref(_place(self.waiting, value))
        if type(value) is tuple:
            return tuple(map(self._value, value))
        if type(value) in (list, dict):
            return self._container(value)
        return value

    def _container(self, value: Any) -> Any:
        if type(value) is list:
            return [self._value(v) for v in value]
        return {k: self._value(v) for k, v in value.items()}


def _place(known: list[Any], value: Any) -> int:
    """The index of an object in a list, to which it is added if it is not there."""
    for i, other in enumerate(known):
        if other is value:
            return i
    known.append(value)
    return len(known) - 1


def _unpack(pack: Pack) -> FunctionType:
    spaces: list[dict[str, Any]] = [{"__builtins__": builtins} for _ in pack.spaces]
    cells = [CellType() for _ in pack.cells]
    functions = [_made(f, spaces[f.space], cells) for f in pack.functions]
    for space, contents in zip(spaces, pack.spaces, strict=True):
        space.update(_decoded(contents, functions))
    for cell, inside in zip(cells, pack.cells, strict=True):
        if inside:
            cell.cell_contents = _decoded(inside[0], functions)
    for function, record in zip(functions, pack.functions, strict=True):
        function.__defaults__ = _decoded(record.defaults, functions)
        function.__kwdefaults__ = _decoded(record.keyword_defaults, functions)
        function.__module__ = spaces[record.space]["__name__"]
    return functions[0]


def _made(record: _Function, space: dict[str, Any], cells: list[CellType]) -> FunctionType:
    code = _codes(record.text, _file(record), record.flags)[record.code]
    closure = tuple(cells[i] for i in record.cells)
    function = FunctionType(code, space, code.co_name, None, closure)
    function.__qualname__ = record.qualname
    return function


def _decoded(value: Any, functions: list[FunctionType]) -> Any:
    match value:
        case _Ref(index):
            return functions[index]
        case _Module(name):
            return importlib.import_module(name)
    if type(value) in (tuple, list):
        return type(value)(_decoded(v, functions) for v in value)
    if type(value) is dict:
        return {k: _decoded(v, functions) for k, v in value.items()}
    return value


def _file(record: _Function) -> str:
    """The name of the file if it is here with the same text, else one under which the text is."""
    if "".join(linecache.getlines(record.file)) == record.text:
        return record.file
    digest = hashlib.sha256(record.text.encode()).hexdigest()[:6]
    name = f"<{record.file.strip('<>')} {digest}>"
    linecache.cache[name] = (len(record.text), None, record.text.splitlines(True), name)
    return name


def _lines(file: str, function: FunctionType) -> list[str]:
    linecache.checkcache(file)
    return linecache.getlines(file, function.__globals__)


def _flags(code: CodeType) -> int:
    return code.co_flags & __future__.annotations.compiler_flag


def _place_of(code: CodeType, text: str, flags: int) -> int:
    """The place of a function's code among all code of its file."""
    try:
        codes = _codes(text, code.co_filename, flags)
    except SyntaxError:
        codes = []
    here = [i for i, c in enumerate(codes) if _place_in_file(c) == _place_in_file(code)]
    same = [i for i in here if codes[i] == code] or here
    if len(same) != 1:
        what = "has no source" if not same else "stands on a line with others"
        raise pickle.PicklingError(f"{code.co_qualname} {what}, so its gradient cannot be pickled")
    return same[0]


def _place_in_file(code: CodeType) -> tuple[int, str]:
    return code.co_firstlineno, code.co_qualname


def _codes(text: str, file: str, flags: int) -> list[CodeType]:
    """All code objects of a file, outer ones first."""
    found = [compile(text, file, "exec", flags, dont_inherit=True)]
    for code in found:  # grows while it is walked
        found.extend(c for c in code.co_consts if isinstance(c, CodeType))
    return found


def _names(code: CodeType) -> set[str]:
    """The names that code reads outside, with those of functions nested in it."""
    return {n for inner in _nested(code) for n in inner.co_names}


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)

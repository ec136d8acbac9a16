"""Parts of variables: which one an event is of, and values with one part moved."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcgrad.debug.events import Event
from srcgrad.differences import Program
from srcgrad.errors import UnsupportedError
from srcgrad.trees import Vector, ravel

Path = tuple[Any, ...]
"""Indices, the first of the variable itself; () is all of it."""
Undo = list[Callable[[], None]]
Shift = Callable[[Any, Vector, Path, Undo], Any]
"""Moves a part of a value by a vector; what has to be put back later goes on the list."""


# which part ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unknown:
    """The indices of a part cannot be told."""


def paths(source: str, events: Sequence[Event]) -> dict[int, Path | Unknown]:
    """The part that each event of an adjoint is of, by its index.

    The indices are read in the gradient's source, with what the names in them held at that time.
    """
    nodes = {n.lineno: n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.stmt)}
    held: dict[str, Any] = {}
    found: dict[int, Path | Unknown] = {}
    for e in events:
        node = nodes.get(e.statement.number)
        if e.role == "adjoint":
            whole = node is None or isinstance(node, ast.FunctionDef)
            found[e.index] = () if whole else _path(node, held)
        if e.role != "adjoint" or found[e.index] == ():
            held[e.name] = e.value
    return found


def _path(node: Any, held: dict[str, Any]) -> Path | Unknown:
    read, indices = _target(node), []
    if read is None or any(isinstance(n, ast.Call) for n in ast.walk(read)):
        return ()  # of an index that is computed there, the event is of the whole
    while isinstance(read, ast.Subscript):
        try:
            indices.append(_index(read, held))
        except (LookupError, NameError, TypeError):
            return Unknown()
        read = read.value
    return tuple(reversed(indices)) if isinstance(read, ast.Name) else Unknown()


def _target(node: Any) -> ast.expr | None:
    """The element or region that a statement stores into; None if it binds a name."""
    match node:
        case ast.Expr(ast.Call(ast.Attribute(attr="at"), [array, index, *_])):
            return ast.Subscript(array, index)
        case ast.Assign(targets=[ast.Subscript() as target]):
            return target
        case ast.AugAssign(target=ast.Subscript() as target):
            return target
        case ast.Expr():  # a list grows or shrinks
            return ast.Constant(...)
    return None


def _index(node: ast.Subscript, held: dict[str, Any]) -> Any:
    """What stands in the brackets, which is made of names, numbers and arithmetic alone."""
    if any(held.get(n.id) is None for n in ast.walk(node.slice) if isinstance(n, ast.Name)):
        raise LookupError
    key = ast.Subscript(ast.Name("_key", ast.Load()), node.slice, ast.Load())
    code = compile(ast.fix_missing_locations(ast.Expression(key)), "<index>", "eval")
    return eval(code, {"__builtins__": {}, "_key": _Key()}, held)


class _Key:
    def __getitem__(self, index: Any) -> Any:
        return index


# moving a part ------------------------------------------------------------------------------------


def part_of(value: Any, path: Path) -> Any:
    """The part of a value."""
    for index in path:
        value = value[index]
    return value


def shifted(value: Any, by: Vector, path: Path, undo: Undo) -> Any:
    """Another value, whose part has moved; narrow floats become float64."""
    if not path:
        (wide,) = Program(ravel, (value,), ()).wide.args
        vector, unravel = ravel(wide)
        return unravel(vector + by)
    if isinstance(value, np.ndarray):
        _check_once(value, path[0])
        new: Any = value.astype(float)
    elif isinstance(value, list | dict):
        new = value.copy()
    else:
        raise UnsupportedError(f"parts of a {type(value).__name__} cannot be moved")
    new[path[0]] = shifted(value[path[0]], by, path[1:], undo)
    return new


def _check_once(array: Any, index: Any) -> None:
    """Refuse an index that names an element more than once."""
    times = np.zeros(array.shape)
    np.add.at(times, index, 1)
    if times.max(initial=0) > 1:
        raise UnsupportedError("the same element is written to more than once")


def shifted_in_place(value: Any, by: Vector, path: Path, undo: Undo) -> Any:
    """The same value with other numbers in an array, until they are put back."""
    array, index = part_of(value, path[:-1]), path[-1] if path else ...
    _check_once(array, index)
    before = array.copy()
    undo.append(lambda: np.copyto(array, before))
    array[index] += by.reshape(np.shape(array[index]))
    return value

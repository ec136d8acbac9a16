"""How matrices of derivatives are made: a few lines of source each, compiled as one function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from srcgrad.api import grad
from srcgrad.blocks import Blocks
from srcgrad.conversion import as_float, parts
from srcgrad.directional import places, with_seeds
from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import Gradient, named
from srcgrad.making import positions, pullback_of, pullbacks_of, tangent_of, tangents_of
from srcgrad.request import Request
from srcgrad.runtime import copied
from srcgrad.seeds import ContainerError, array
from srcgrad.writing import written

OF_NUMBER = """
if _np.ndim({x}) == 0:
    return _array(_tangent({one})[1])
"""
VALUE = """
_y = _array(_fun({args}))
if _np.ndim(_y) == 0:
    return _pullback({one})[1]
"""
BY_ROWS = "return _rows(_pullbacks({rows})[1], _np.shape(_y), _np.shape({x}))"
BY_COLUMNS = "return _columns(_array(_tangents({columns})[1]), _np.shape({x}))"
BY_SIZES = f"if _np.size(_y) < _np.size({{x}}):\n    {BY_ROWS}\n"
BODIES = {
    "jacfwd": OF_NUMBER + BY_COLUMNS,
    "jacrev": VALUE + BY_ROWS,
    "jacobian": OF_NUMBER + VALUE + BY_SIZES + BY_COLUMNS,
}
MODES = {"jacfwd": "forward", "jacrev": "reverse", "jacobian": "either"}


class Operator(Gradient):
    """A matrix of derivatives: compiled for arrays and numbers, built of blocks for containers."""

    fun: Any
    blocks: Callable[..., Any]
    recipe: tuple[Any, ...]

    def _called_instead(self, arguments: dict[str, Any]) -> tuple[Any, tuple[Any, ...]] | None:
        given = {n: as_float(v) if n in self.in_floats else v for n, v in arguments.items()}
        if not self._meets_containers(given):
            return None
        call = self._call(given)
        return functools.partial(self.blocks, **call.kwargs), call.args

    def _meets_containers(self, given: dict[str, Any]) -> bool:
        if any(parts(given[n]) is not None for n in self.in_floats):
            return True
        call = self._call(copied(given))
        value = self.fun(*call.args, **call.kwargs)
        has_aux = self.recipe[-1]
        return parts(value[0] if has_aux else value) is not None

    def _call(self, given: dict[str, Any]) -> inspect.BoundArguments:
        return inspect.BoundArguments(self._signature, given)

    def compiled_inside(self, kinds: Mapping[str, Any], outer: Any) -> Any:
        try:
            return super().compiled_inside(kinds, outer)
        except ContainerError:
            raise ContainerError(self.__name__) from None  # at the call, not in here

    def _general_source(self) -> str:
        try:
            return super()._general_source()
        except SrcgradError:
            raise _no_arguments(self.__name__) from None

    def __copy__(self) -> Operator:
        return matrix(*self.recipe)

    def __reduce__(self) -> Any:
        if self.__module__ != "__main__" and named(self.__module__, self.__qualname__) is self:
            return self.__qualname__  # found again by its name
        from srcgrad.pickling import packed

        title, fun, *rest = self.recipe
        return _unpickled, (title, packed(fun), *rest)


def _no_arguments(name: str) -> SrcgradError:
    return ArgumentError(
        f"the source of {name} without arguments",
        why="it depends on the shapes of the argument and the result",
        fix="call it, or .compile_for(...) with arguments of the kinds in question",
    )


def _unpickled(title: str, pack: Any, *rest: Any) -> Operator:
    from srcgrad.pickling import unpacked

    return matrix(title, unpacked(pack), *rest)


def matrix(title: str, fun: Any, argnums: Any, has_aux: bool) -> Operator:
    """The operator of a name, of a function."""
    argnums = 0 if argnums is None else argnums
    names, single = positions(fun, argnums)
    chosen = places(fun, argnums)
    if has_aux:
        body, used, blocks = _beside(title, fun, argnums)
    elif single:
        body, used = _one(title, fun, names[0], chosen[0])
        blocks = _blocks(title, fun, argnums, chosen)
    else:
        body, used = _several(title, fun, chosen)
        blocks = _blocks(title, fun, argnums, chosen)
    function = written(fun, title, body, {"fun": fun, **used})
    operator = Operator(function, Request((), mode="value"), title)
    operator.__name__ = f"{title}_{getattr(fun, '__name__', 'function')}"
    operator.__qualname__ = getattr(fun, "__qualname__", operator.__name__)
    operator._redispatch()  # under its name
    operator.in_floats = set(names)
    operator.fun, operator.blocks = fun, blocks
    operator.recipe = (title, fun, argnums, has_aux)
    return operator


Used = dict[str, Any]


def _one(title: str, fun: Any, x: str, place: int) -> tuple[str, Used]:
    """The source of the matrix with respect to one argument, and what it names."""
    if title == "hessian":
        return "return _jacobian({args})", {
            "jacobian": matrix("jacfwd", grad(fun, place), place, False)
        }
    seeds = {"one": "1.0", "rows": "_basis(_y)", "columns": f"_basis({x})"}
    body = BODIES[title].replace("{x}", x)
    for name, seed in seeds.items():
        body = body.replace(f"{{{name}}}", with_seeds(fun, (place,), [seed]))
    return f"_array({x})\n{body}", {
        "tangent": tangent_of(fun, place),
        "tangents": tangents_of(fun, place),
        "pullback": pullback_of(fun, place),
        "pullbacks": pullbacks_of(fun, place),
        **{f.__name__: f for f in (basis, columns, rows)},
        "array": array,
    }


def _several(title: str, fun: Any, chosen: tuple[int, ...]) -> tuple[str, Used]:
    """The same with respect to several arguments: a tuple; of tuples, for second derivatives."""
    used: Used = {}
    if title == "hessian":
        for i in chosen:
            used[f"row{i}"] = matrix("jacfwd", grad(fun, i), chosen, False)
    else:
        for i in chosen:
            used[f"row{i}"] = matrix(title, fun, i, False)
    calls = ", ".join(f"_{name}({{args}})" for name in used)
    return f"return ({calls},)", used


def _beside(title: str, fun: Any, argnums: Any) -> tuple[str, Used, Callable[..., Any]]:
    """The same for the first of two results, and the second as it is."""
    first = written(fun, "first", "return _fun({args})[0]", {"fun": fun})
    made = matrix(title, first, argnums, False)

    def blocks(*args: Any, **kwargs: Any) -> Any:
        aux = fun(*copied(args), **copied(kwargs))[1]
        return made.blocks(*args, **kwargs), aux

    return "return _matrix({args}), _fun({args})[1]", {"matrix": made}, blocks


def _blocks(title: str, fun: Any, argnums: Any, chosen: tuple[int, ...]) -> Blocks:
    single = isinstance(argnums, int)
    if title == "hessian":
        return Blocks(grad(fun, argnums), chosen, single, "forward")
    return Blocks(fun, chosen, single, MODES[title])


# what their source calls --------------------------------------------------------------------------


def basis(x: Any) -> Any:
    """The unit vectors in the shape and precision of a number or an array, one behind the other."""
    size = np.size(x)
    if np.result_type(x) == np.float64:
        return np.reshape(np.eye(size), (size, *np.shape(x)))
    return np.reshape(np.eye(size, dtype=np.result_type(x)), (size, *np.shape(x)))


def columns(derivatives: Any, shape: tuple[int, ...]) -> Any:
    """A Jacobian from its columns, one behind the other; `shape` is that of the argument."""
    return np.reshape(np.moveaxis(derivatives, 0, -1), np.shape(derivatives)[1:] + shape)


def rows(derivatives: Any, y_shape: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """A Jacobian from its rows, one behind the other."""
    return np.reshape(derivatives, y_shape + shape)

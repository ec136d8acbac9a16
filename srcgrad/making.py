"""Make derivatives: from functions and positions or names to callables that compile themselves."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from srcgrad.errors import ArgumentError, SrcgradError
from srcgrad.gradient import Gradient, check_function, signature_of
from srcgrad.request import Mode, Request
from srcgrad.rulebook import rule_of
from srcgrad.writing import as_function, written

Names = str | Sequence[str]
F = TypeVar("F", bound=Callable[..., Any])

ONE_BY_ONE = """
_found = []
for _seed in {seeds}:
    _value, _derivative = _one({args})
    _found.append(_derivative)
return _value, _np.stack(_found)
"""

_kept: WeakKeyDictionary[Any, dict[Any, Gradient]] = WeakKeyDictionary()


def makes_derivatives(make: F) -> F:
    """Mark what turns functions into derivatives: in differentiated code it runs at once."""
    make.makes_derivatives = True  # type: ignore[attr-defined]
    return make


@makes_derivatives
def tangent_of(fun: Any, argnums: Any, has_aux: bool = False) -> Gradient:
    """The forward mode of a function: (*args, *tangents) to (value, tangent)."""
    return _seeded(fun, argnums, has_aux, "tangent")


@makes_derivatives
def slope_of(fun: Any, argnums: Any) -> Gradient:
    """The forward mode of a function without its value: (*args, *tangents) to the tangent."""
    return _seeded(fun, argnums, False, "tangent", with_value=False)


@makes_derivatives
def pullback_of(fun: Any, argnums: Any, has_aux: bool = False) -> Gradient:
    """The reverse mode of a function: (*args, adjoint of the result) to (value, adjoints)."""
    return _seeded(fun, argnums, has_aux, "pullback")


@makes_derivatives
def tangents_of(fun: Any, argnum: int) -> Gradient:
    """The forward mode along the rows of an array of tangents, at once if that is possible."""
    return _many(fun, argnum, "many tangents", tangent_of(fun, argnum))


@makes_derivatives
def pullbacks_of(fun: Any, argnum: int) -> Gradient:
    """The reverse mode of the rows of an array of adjoints, at once if that is possible."""
    return _many(fun, argnum, "many pullbacks", pullback_of(fun, argnum))


def compiled(function: Any, fun: Any, title: str) -> Gradient:
    """A function written over derivatives of `fun`, compiled as one."""
    made = Gradient(function, Request((), mode="value"), title)
    made.__name__ = f"{title}_{getattr(fun, '__name__', 'function')}"
    return made


def _many(fun: Any, argnum: int, mode: Mode, one: Gradient) -> Gradient:
    made = _seeded(fun, argnum, False, mode)
    if made.one_by_one is None:
        (seed,) = one._request.seeds
        made.one_by_one = written(
            made,
            "one_by_one",
            ONE_BY_ONE.replace("{seeds}", seed),
            {"one": one},
            {seed: "_seed"},
        )
    return made


@makes_derivatives
def first(count: int) -> tuple[int, ...]:
    """The positions of the first arguments."""
    return tuple(range(count))


def _seeded(fun: Any, argnums: Any, has_aux: bool, mode: Mode, with_value: bool = True) -> Gradient:
    """A derivative that takes seeds; the same for the same function, compiled once."""
    key = (rule_of(fun), argnums, has_aux, mode, with_value)
    try:
        known = _kept.setdefault(fun, {})
        found: Gradient | None = known.get(key)
    except TypeError:  # a method, say, which is made anew each time it is looked up
        known, found = {}, None
    if found is None:
        found = known[key] = _new_seeded(fun, argnums, has_aux, mode, with_value)
    return found


def _new_seeded(fun: Any, argnums: Any, has_aux: bool, mode: Mode, with_value: bool) -> Gradient:
    _check_function(fun)
    fun = as_function(fun)
    names, single = positions(fun, argnums)
    parameters, _ = _parameters(fun)
    count = 1 + max(parameters.index(n) for n in names)
    forward = mode in ("tangent", "many tangents")
    whole = tuple(f"{n}_dot" for n in names) if forward else ("result_bar",)
    seeds = tuple(_unused(n, signature_of(fun).parameters) for n in whole)
    request = Request(names, single, with_value, has_aux, mode, seeds, count)
    return Gradient(fun, request, "jvp" if forward else "vjp")


def _unused(name: str, taken: Any) -> str:
    while name in taken:
        name += "_"
    return name


def differentiate(fun: Any, argnums: Any, wrt: Names | None, has_aux: bool, title: str) -> Any:
    if fun is None:
        return lambda function: differentiate(function, argnums, wrt, has_aux, title)
    try:
        return _made(fun, argnums, wrt, has_aux, title)
    except SrcgradError as error:
        raise error.with_traceback(None) from None


def _made(fun: Any, argnums: Any, wrt: Names | None, has_aux: bool, title: str) -> Gradient:
    _check_function(fun)
    fun = as_function(fun)
    if argnums is not None and wrt is not None:
        raise ArgumentError(
            "both argnums and wrt", why="they say the same thing", fix="pass one of them"
        )
    names, single = (
        _names(fun, wrt) if wrt is not None else positions(fun, 0 if argnums is None else argnums)
    )
    roots, paths = zip(*map(_parsed, names), strict=True)
    request = Request(roots, single, title == "value_and_grad", bool(has_aux), paths=paths)
    return Gradient(fun, request, title)


def _parsed(name: str) -> tuple[str, tuple[Any, ...]]:
    """What `model.layers[0].w` names: "model", and the way to a part of it."""
    try:
        node: ast.expr = ast.parse(name, mode="eval").body
    except SyntaxError:
        raise _no_path(name) from None
    path: list[Any] = []
    while not isinstance(node, ast.Name):
        match node:
            case ast.Attribute(value=value, attr=attr):
                path.insert(0, attr)
            case ast.Subscript(value=value, slice=ast.Constant(value=key)):
                path.insert(0, key)
            case _:
                raise _no_path(name)
        node = value
    return node.id, tuple(path)


def _no_path(name: str) -> ArgumentError:
    return ArgumentError(
        f"wrt={name!r}",
        why="it is neither a name nor a path to a part of what a name stands for",
        fix='wrt="model.layers[0].w"',
    )


def _check_function(fun: Any) -> None:
    """Refuse what cannot be called, and what has no source."""
    if as_function(fun) is not fun:
        return
    if isinstance(fun, type) or not (callable(fun) or isinstance(fun, classmethod)):
        raise ArgumentError(
            f"the gradient of {fun!r}", why="it is not a function", fix="pass a function"
        )
    check_function(fun)


def either(argnums: Any, argnum: Any) -> Any:
    """The positions, under whichever of the two names they were passed."""
    if argnums is not None and argnum is not None:
        raise ArgumentError(
            "both argnums and argnum", why="they say the same thing", fix="pass argnums alone"
        )
    return argnums if argnum is None else argnum


def _names(fun: Any, wrt: Any) -> tuple[tuple[str, ...], bool]:
    names = tuple(wrt) if isinstance(wrt, tuple | list) else (wrt,)
    if not names or not all(isinstance(n, str) for n in names):
        raise ArgumentError(
            f"wrt={wrt!r}", why="it must be a name or a tuple of names", fix='wrt=("a", "b")'
        )
    return names, isinstance(wrt, str)


def positions(fun: Any, argnums: Any) -> tuple[tuple[str, ...], bool]:
    """The names of the parameters at some positions."""
    single = isinstance(argnums, int) and not isinstance(argnums, bool)
    positions = (argnums,) if single else argnums
    valid = isinstance(positions, tuple | list) and positions
    if not valid or not all(isinstance(p, int) and not isinstance(p, bool) for p in positions):
        raise ArgumentError(
            f"argnums={argnums!r}",
            why="it must be an int or a tuple of ints",
            fix="argnums=0 or argnums=(0, 1)",
        )
    parameters, stars = _parameters(fun)
    for p in positions:
        if not -len(parameters) <= p < len(parameters):
            raise _bad_position(argnums, parameters, stars)
    return tuple(parameters[p] for p in positions), single


def _parameters(fun: Any) -> tuple[list[str], str]:
    """The parameters that have a position, and the one that takes all others, if any."""
    parameters = signature_of(as_function(fun)).parameters.values()
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return names, next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "")


def _bad_position(argnums: Any, parameters: list[str], stars: str) -> ArgumentError:
    fix = "pass a position that it has, or wrt= with a name"
    if stars:
        fix = f"name the parameter, or pass wrt={stars!r} for a gradient of each of *{stars}"
    count = len(parameters)
    return ArgumentError(
        f"argnums={argnums!r} of a function with {count} positional parameters",
        why=f"its parameters are {', '.join(parameters) or 'none'}",
        fix=fix,
    )

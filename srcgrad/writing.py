"""Write functions with the parameters of others: operators are source, like what they return."""

from __future__ import annotations

import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from srcgrad.gradient import Gradient, signature_of
from srcgrad.rulebook import rule_of

_calling: dict[int, tuple[Any, Callable[..., Any]]] = {}


def written(
    fun: Any,
    name: str,
    body: str,
    names: Mapping[str, Any],
    renamed: Mapping[str, str] | None = None,
    signature: inspect.Signature | None = None,
) -> Callable[..., Any]:
    """A function with the signature of `fun`, from the text of its body.

    In the body `{args}` stands for a call's arguments that pass the parameters on, some of them
    `renamed`; `names` are what it may name besides, each with an underscore in front, so that no
    parameter can hide them.
    """
    from srcgrad.backend.load import load
    from srcgrad.dispatch import header

    signature = signature or signature_of(fun)
    args = ", ".join(passed(p, (renamed or {}).get(p.name)) for p in signature.parameters.values())
    parameters, defaults = header(signature)
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ").replace("{args}", args)
    text = f"def {name}({parameters}):\n{lines}\n"
    space = {"_np": np, **{f"_{n}": v for n, v in names.items()}, **defaults}
    label = f"{name} of {getattr(fun, '__module__', '')}.{getattr(fun, '__name__', 'function')}"
    made: Callable[..., Any] = load(text, name, space, label)
    return functools.update_wrapper(made, fun, ("__module__", "__doc__"), ())


def parameter(fun: Any, position: int) -> str:
    """The name of the parameter at a position."""
    parameters = list(inspect.signature(fun, follow_wrapped=False).parameters)
    return parameters[position]


def as_function(function: Any) -> Any:
    """A function that can be read: for a derivative or one that has a rule, one that calls it."""
    home = getattr(function, "__module__", None)
    opaque = isinstance(function, Gradient) or home == "srcgrad.runtime"
    if not opaque and rule_of(function) is None:
        return function
    known = _calling.get(id(function))
    if known is None or known[0] is not function:
        known = _calling[id(function)] = function, _call_of(function)
    return known[1]


def _call_of(function: Any) -> Callable[..., Any]:
    """A function with the signature of another that does nothing but call it."""
    rule = rule_of(function)
    signature = rule.signature if rule is not None else signature_of(function)
    name = str(getattr(function, "__name__", "function"))
    name = name if name.isidentifier() else "function"
    return written(function, name, "return _called({args})", {"called": function}, None, signature)


def passed(p: inspect.Parameter, value: str | None = None) -> str:
    """How a parameter is passed on, or another value for it."""
    value = value or p.name
    if p.kind is p.VAR_POSITIONAL:
        return f"*{value}"
    if p.kind is p.VAR_KEYWORD:
        return f"**{value}"
    return f"{p.name}={value}" if p.kind is p.KEYWORD_ONLY else value

"""Write functions with the parameters of others: operators are source, like what they return."""

from __future__ import annotations

import functools
import inspect
import textwrap
import types
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

    signature = signature or _signature_of_opaque(fun) or signature_of(fun)
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
    known = _calling.get(id(function))
    if known is not None and known[0] is function:
        return known[1]
    signature = _signature_of_opaque(function)
    if signature is None:
        return function
    made = _call_of(function, signature)
    _calling[id(function)] = function, made
    return made


def _with_named_parameters(function: Any) -> inspect.Signature | None:
    """The signature of a wrapper that only passes on what it is given, with names; None for others.

    `functools.wraps` keeps a way to the function that was wrapped.  Of its parameters those without
    a default are named; the others are passed on as they were given.
    """
    if not isinstance(function, types.FunctionType) or not hasattr(function, "__wrapped__"):
        return None
    own = tuple(signature_of(function).parameters.values())
    if not own or own[0].kind is not inspect.Parameter.VAR_POSITIONAL:
        return None
    named = [
        p.replace(annotation=inspect.Parameter.empty)
        for p in inspect.signature(function).parameters.values()
        if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    clash = {p.name for p in named} & {p.name for p in own}
    return None if clash or not named else inspect.Signature([*named, *own])


def _signature_of_opaque(function: Any) -> inspect.Signature | None:
    """The signature of a function that is called by name; None for one that is read itself."""
    rule = rule_of(function)
    if rule is not None:
        return rule.signature
    home = str(getattr(function, "__module__", None))
    if isinstance(function, Gradient) or home in ("srcgrad.runtime", "srcgrad.special"):
        return signature_of(function)
    if isinstance(function, np.ufunc) or home.split(".")[0] in ("numpy", "math"):
        return _signature_in_table(function)
    return _with_named_parameters(function)


def _signature_in_table(function: Any) -> inspect.Signature | None:
    """The signature of a function that srcgrad has a rule for."""
    import srcgrad.rules  # noqa: F401 - it fills the table
    from srcgrad.rules.table import lookup

    primitive = lookup(function)
    if primitive is None or primitive.variadic or not primitive.has_derivative:
        return None
    Parameter = inspect.Parameter
    given = [n for n in primitive.parameters if n not in primitive.defaults]
    own = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in given]
    by_name = Parameter.KEYWORD_ONLY  # some of NumPy's are
    more = [Parameter(n, by_name, default=d) for n, d in primitive.defaults.items()]
    return inspect.Signature([*own, *more])


def _call_of(function: Any, signature: inspect.Signature) -> Callable[..., Any]:
    """A function with the signature of another that does nothing but call it."""
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

"""The dispatcher of a gradient: the primal's signature in front of one guard for each variant.

It is generated as source, since checking a guard inline is several times faster than any loop over
kinds could be.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad.kinds import FLOAT, UNKNOWN, Kind, Num, Str, integer, scalar

if TYPE_CHECKING:
    from srcgrad.pipeline import Compiled

Parameter = inspect.Parameter
MOST = 16  # variants checked inline; the oldest beyond these are found by the slow path


def dispatcher(
    name: str,
    signature: inspect.Signature,
    compiled: Sequence[Compiled],
    namespace: dict[str, Any],
    missed: Callable[[dict[str, Any]], Any],
) -> Callable[..., Any]:
    """A function with the primal's signature that calls the variant whose guard holds."""
    header, defaults = _header(signature)
    name = name if name.isidentifier() else "gradient"
    names = list(signature.parameters)
    lines = [f"def {name}({header}):"]
    for i, variant in list(enumerate(compiled))[: -MOST - 1 : -1]:
        lines += variant.dispatch_lines(f"_v{i}", names)
    lines.append(f"    return _missed({{{', '.join(f'{n!r}: {n}' for n in names)}}})")
    functions = {f"_v{i}": c.function for i, c in enumerate(compiled)}
    space = {**namespace, **defaults, **functions, "_missed": missed}
    exec(compile("\n".join(lines), f"<srcgrad dispatch of {name}>", "exec"), space)
    made: Callable[..., Any] = space[name]
    return made


def _header(signature: inspect.Signature) -> tuple[str, dict[str, Any]]:
    """The parameter list as text, and the defaults it names."""
    parts: list[str] = []
    defaults: dict[str, Any] = {}
    previous: Any = None
    for i, p in enumerate(signature.parameters.values()):
        if previous is Parameter.POSITIONAL_ONLY and p.kind is not Parameter.POSITIONAL_ONLY:
            parts.append("/")
        if p.kind is Parameter.KEYWORD_ONLY and previous is not Parameter.KEYWORD_ONLY:
            parts.append("*")
        prefix = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}.get(p.kind, "")
        text = prefix + p.name
        if p.default is not Parameter.empty:
            defaults[f"_d{i}"] = p.default
            text += f"=_d{i}"
        parts.append(text)
        previous = p.kind
    if previous is Parameter.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts), defaults


def hinted_kinds(function: Any, signature: inspect.Signature, wrt: tuple[str, ...]) -> dict[str, Any]:
    """What type hints and defaults say of a function's parameters: kinds, or the defaults themselves."""
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError, AttributeError):
        hints = {}
    found: dict[str, Any] = {}
    for name, p in signature.parameters.items():
        kind = _kind_of_hint(hints.get(name))
        if kind is None and p.default is not Parameter.empty:
            found[name] = float(p.default) if name in wrt and type(p.default) is int else p.default
        else:
            found[name] = UNKNOWN if kind is None else kind
    return found


def _kind_of_hint(hint: Any) -> Kind | None:
    if hint is float:
        return scalar(float)
    if hint is int:
        return integer()
    if hint is bool:
        return scalar(bool)
    if hint is str:
        return Str()
    if hint is np.ndarray or typing.get_origin(hint) is np.ndarray:
        return Num(FLOAT, None)
    return None

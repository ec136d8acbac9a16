"""The dispatcher of a gradient: the primal's signature in front of one guard for each variant.

It is generated as source, since checking a guard inline is several times faster than any loop over
kinds could be.  A guard that cannot be evaluated (a global was deleted, say) does not hold; what a
variant itself raises passes through.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from srcgrad.staging import Compiled

Parameter = inspect.Parameter
MOST = 16  # variants checked inline; those beyond are found one by one


def dispatcher(
    name: str,
    signature: inspect.Signature,
    compiled: Sequence[Compiled],
    namespace: Mapping[str, Any],
    missed: Callable[[dict[str, Any]], Any],
) -> Callable[..., Any]:
    """A function with the primal's signature that calls the variant whose guard holds."""
    text, defaults = header(signature)
    lines = [f"def gradient({text}):"]
    functions: dict[str, Any] = {}
    for i, variant in reversed(list(enumerate(compiled))[-MOST:]):
        functions[f"_v{i}"] = variant.function
        lines += _guarded(variant, f"_v{i}({', '.join(variant.params)})")
    lines.append(
        f"    return _missed({{{', '.join(f'{n!r}: {n}' for n in signature.parameters)}}})"
    )
    made = _made("gradient", lines, {**namespace, **defaults, **functions, "_missed": missed})
    made.__name__ = made.__qualname__ = name  # as errors of calls that do not fit say
    return made


def selector(
    compiled: Compiled, parameters: Sequence[str], namespace: Mapping[str, Any]
) -> Callable[..., tuple[Any, ...] | None]:
    """A function of the parameters: what to call the variant with if its guard holds, else None."""
    lines = [f"def select({', '.join(parameters)}):"]
    lines += _guarded(compiled, f"({''.join(f'{p}, ' for p in compiled.params)})")
    return _made("select", lines, namespace)


def _guarded(compiled: Compiled, result: str) -> list[str]:
    """The lines that return `result` if a variant's guard holds."""
    return [
        "    try:",
        *(f"        {name} = {fetch}" for name, fetch in compiled.fetches()),
        f"        _fits = {' and '.join(merged(compiled.guards.conditions)) or 'True'}",
        "    except _Exception:",
        "        _fits = False",
        "    if _fits:",
        f"        return {result}",
    ]


def _made(name: str, lines: list[str], space: Mapping[str, Any]) -> Callable[..., Any]:
    space = {**space, "_Exception": Exception}
    exec(compile("\n".join(lines), f"<srcgrad dispatch of {name}>", "exec"), space)
    made: Callable[..., Any] = space[name]
    return made


def header(signature: inspect.Signature) -> tuple[str, dict[str, Any]]:
    """The parameter list as text, and the defaults it names."""
    defaults: dict[str, Any] = {}
    parameters = []
    for i, p in enumerate(signature.parameters.values()):
        if p.default is not Parameter.empty:
            defaults[f"_d{i}"] = p.default
            p = p.replace(default=_Text(f"_d{i}"))
        parameters.append(p.replace(annotation=Parameter.empty))
    return str(inspect.Signature(parameters))[1:-1], defaults


class _Text(str):
    """A name that a signature shows without quotes."""

    def __repr__(self) -> str:
        return str(self)


# guards in words ----------------------------------------------------------------------------------

ARRAY = r"_type\((\S+)\) is _ndarray and \1\.dtype (?:is|==) _(\w+) and \1\.ndim == (\d+)"
EVERY = r"_all\((.*?) (for _e\d+ in .*)\)"
WORDS = (
    (ARRAY, r"\1 is an array of \2 with rank \3"),
    (r"^_h\d+\.cell_contents is _(\w+)$", r"\1 is the same function"),
    (r"_h\d+(?:\['(\w+)'\]|\.(\w+))", r"\1\2"),  # a global, or an attribute of a module
    (r"^'(\w+)' not in _h\d+$", r"\1 is the builtin"),
    (r"_type\((\S+)\) is _(\w+)", r"\1 is of type \2"),
    (r"_len\((\S+)\) == (\d+)", r"\1 has length \2"),
    (r"_tuple\((\S+)\) == \((.*?),?\)", r"\1 has the keys \2"),
    (r" == ", " is "),
    (r" != ", " is not "),
    (r"\b_(?=[a-zA-Z])", ""),
)


def merged(conditions: Sequence[str]) -> list[str]:
    """The conditions, with those on all elements of the same list in one pass over it."""
    found: dict[str, list[str]] = {}
    for condition in conditions:
        every = re.fullmatch(EVERY, condition)
        found.setdefault(every[2] if every else condition, []).append(every[1] if every else "")
    return [f"_all({' and '.join(c)} {over})" if c[0] else over for over, c in found.items()]


def in_words(conditions: Sequence[str]) -> str:
    """The conditions of a guard as a person would say them."""
    return ", ".join(dict.fromkeys(map(_sentence, conditions))) or "always"


def _sentence(condition: str) -> str:
    every = re.fullmatch(EVERY, condition)
    if every:
        scope = re.sub(r"\bfor ", "for every ", every[2])
        return f"{_sentence(every[1])} {_sentence(scope)}"
    for pattern, words in WORDS:
        condition = re.sub(pattern, words, condition)
    return condition

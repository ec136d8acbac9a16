"""The dispatcher of a gradient: the primal's signature in front of one guard for each variant.

It is generated as source, since checking a guard inline is several times faster than any loop over
kinds could be.  A guard that cannot be evaluated (a global was deleted, say) does not hold; what a
variant itself raises passes through, with a note.

Who steps into a gradient is not held up here: all that chooses a variant counts as one line, and
nothing is traced while a variant is compiled.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from bdb import Bdb
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from srcgrad.backend.load import registered

if TYPE_CHECKING:
    from srcgrad.staging import Compiled

Parameter = inspect.Parameter
TOOLS = {
    "_gettrace": sys.gettrace,
    "_settrace": sys.settrace,
    "_isinstance": isinstance,
    "_getattr": getattr,
    "_Bdb": Bdb,
    "_Exception": Exception,
}
MOST = 16  # variants checked inline; those beyond are found one by one
NOWHERE = -1  # a line number that debuggers do not stop at

# Keeps pdb and its like out of what is called next, which lets them go on at its end.  It is done
# by functions of C, which have no frames to stop at.
QUIET = (
    "{_trace} = {_gettrace}(); "
    "{_isinstance}({_getattr}({_trace}, '__self__', None), {_Bdb}) and {_settrace}(None)"
)
LAST = """\
        {quiet}; {_found} = {_missed}({arguments}, {_trace})
        return {_found}[0](*{_found}[1])
    except {_Exception}:
        {quiet}; {_noted}({_trace}); raise
    __debuggerskip__ = True  # never run; IPython's debugger looks for the name
"""


def dispatcher(
    name: str,
    signature: inspect.Signature,
    compiled: Sequence[Compiled],
    namespace: Mapping[str, Any],
    missed: Callable[[dict[str, Any], Any], Any],
    noted: Callable[[Any], None],
) -> Callable[..., Any]:
    """A function with the primal's signature that calls the variant whose guard holds.

    Otherwise `missed` gives a function, and what to call it with; `noted` sees what is raised.
    Both are called with what traces the thread, which is a debugger's no more if it was one's.
    """
    parameters, defaults = header(signature)
    functions = {f"_v{i}": c.function for i, c in enumerate(compiled)}
    own = {**functions, **TOOLS, "_missed": missed, "_noted": noted}
    names = {n: _unused(n, signature.parameters) for n in (*own, "_fits", "_trace", "_found")}
    called = name if name.isidentifier() else "gradient"
    text = _text(f"{called}({parameters})", signature.parameters, compiled, names)
    space = {**namespace, **defaults, **{names[n]: value for n, value in own.items()}}
    space["__tracebackhide__"] = True  # pytest leaves such frames out of its reports
    filename = registered(text, f"dispatch of {name}")
    exec(compile(_on_one_line(text) if compiled else text, filename, "exec"), space)
    made: Callable[..., Any] = space[called]
    made.__name__ = made.__qualname__ = name  # as errors of calls that do not fit say
    return made


def selector(
    compiled: Compiled, parameters: Sequence[str], namespace: Mapping[str, Any]
) -> Callable[..., tuple[Any, ...] | None]:
    """A function of the parameters: what to call the variant with if its guard holds, else None."""
    names = {n: _unused(n, parameters) for n in ("_fits", "_Exception")}
    lines = [f"def select({', '.join(parameters)}):"]
    lines += [f"    {line}" for line in _guard(compiled, parameters, names)]
    lines.append(f"        return ({''.join(f'{p}, ' for p in compiled.params)})")
    space = {**namespace, names["_Exception"]: Exception}
    exec(compile("\n".join(lines), "<srcgrad selector>", "exec"), space)
    made: Callable[..., Any] = space["select"]
    return made


# the text of a dispatcher -------------------------------------------------------------------------


def _text(
    head: str, parameters: Collection[str], compiled: Sequence[Compiled], names: Mapping[str, str]
) -> str:
    lines = [
        f"def {head}:  # calls the variant whose guard holds",
        "    try:",
        *(f"        {line}" for line in _variants(compiled, parameters, names)),
    ]
    arguments = ", ".join(f"{n!r}: {n}" for n in parameters)
    last = LAST.format(quiet=QUIET.format(**names), arguments=f"{{{arguments}}}", **names)
    return "\n".join(lines) + "\n" + last


def _variants(
    compiled: Sequence[Compiled], parameters: Collection[str], names: Mapping[str, str]
) -> Iterator[str]:
    """The calls of variants, the latest first, each under its guard."""
    for i, variant in reversed(list(enumerate(compiled))[-MOST:]):
        yield from _guard(variant, parameters, names)
        call = f"{names[f'_v{i}']}({', '.join(variant.params)})"
        yield f"    return {call}  # {variant.function.__name__}"


def _guard(compiled: Compiled, parameters: Collection[str], names: Mapping[str, str]) -> list[str]:
    """The lines that check a variant's guard, up to what is done if it holds."""
    plain, loops = _split(compiled.guards.conditions)
    fits = names["_fits"]
    inside = [f"{name} = {fetch}" for name, fetch in compiled.fetches()]
    inside.append(f"{fits} = {' and '.join(plain) or 'True'}")
    for over, found in loops.items():
        inside += [f"if {fits}:", *_loop(over, found, parameters, names["_Exception"])]
    return [
        "try:",
        *(f"    {line}" for line in inside),
        f"except {names['_Exception']}:",
        f"    {fits} = False",
        f"if {fits}:",
    ]


def _split(conditions: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The conditions that are on no elements, and those on elements by the loops over these."""
    plain: list[str] = []
    loops: dict[str, list[str]] = {}
    for condition in conditions:
        every = re.fullmatch(EVERY, condition)
        if every:
            loops.setdefault(every[2], []).append(every[1])
        else:
            plain.append(condition)
    return plain, loops


def _loop(over: str, found: list[str], parameters: Collection[str], error: str) -> Iterator[str]:
    """A loop that raises at the first element that does not fit: a comprehension has a frame."""
    names: dict[str, str] = {}

    def renamed(text: str) -> str:
        return re.sub(r"\b_e\d+\b", lambda m: names.get(m[0], m[0]), text)

    depth = 1
    for name, values in re.findall(r"\bfor (_e\d+) in (.*?)(?= for _e\d+ in |$)", over):
        values, names[name] = renamed(values), _unused(name, parameters)
        yield "    " * depth + f"for {names[name]} in {values}:"
        depth += 1
    yield "    " * depth + f"if not ({renamed(' and '.join(found))}):"
    yield "    " * (depth + 1) + f"raise {error}"


def _unused(name: str, parameters: Collection[str]) -> str:
    while name in parameters:
        name += "_"
    return name


def _on_one_line(text: str) -> ast.Module:
    """A dispatcher whose guards are where it starts, for debuggers, and their loops nowhere."""
    tree = ast.parse(text)
    block: Any = tree.body[0].body[0]  # type: ignore[attr-defined]
    guards = [s for s in block.body if isinstance(s, ast.Try)]
    branches = [s for s in block.body if isinstance(s, ast.If)]
    _place([block, *branches, *(node for b in branches for node in ast.walk(b.test))], 1)
    for guard in guards:
        nodes = [*ast.walk(guard)]
        loops = [node for node in nodes if isinstance(node, ast.For)]
        _place(nodes, 1)
        _place([node for loop in loops for node in ast.walk(loop)], NOWHERE)
    return tree


def _place(nodes: Iterable[Any], line: int) -> None:
    for node in nodes:
        node.lineno = node.end_lineno = line
        node.col_offset = node.end_col_offset = min(line, 0)


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

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
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from types import CodeType
from typing import TYPE_CHECKING, Any

from srcgrad.backend.load import registered

if TYPE_CHECKING:
    from srcgrad.staging import Compiled

Parameter = inspect.Parameter
Block = tuple[list[str], int | None]  # lines, and which of them debuggers see; None for the first
MOST = 16  # variants checked inline; those beyond are found one by one
NOWHERE = -1  # a line number that debuggers do not stop at


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
    Both also take what traces the thread, and run untraced unless they take it up again.
    """
    parameters, defaults = header(signature)
    functions = {f"_v{i}": c.function for i, c in enumerate(compiled)}
    called = name if name.isidentifier() else "gradient"
    blocks = [
        ([f"def {called}({parameters}):  # calls the variant whose guard holds"], 0),
        (["    try:"], None),
        *_variants(compiled, signature),
        *_last_resort(signature),
        ([f"    {line}" for line in _after_an_exception(signature)], 2),
        (["    __debuggerskip__ = True  # never run; IPython's debugger looks for the name"], 0),
    ]
    tools = {"_gettrace": sys.gettrace, "_settrace": sys.settrace, "_missed": missed}
    space = {**namespace, **defaults, **functions, **tools, "_noted": noted}
    # pytest leaves frames with this name out of its reports
    space |= {"_Exception": Exception, "__tracebackhide__": True}
    exec(_code(blocks, f"dispatch of {name}"), space)
    made: Callable[..., Any] = space[called]
    made.__name__ = made.__qualname__ = name  # as errors of calls that do not fit say
    return made


def selector(
    compiled: Compiled, parameters: Sequence[str], namespace: Mapping[str, Any]
) -> Callable[..., tuple[Any, ...] | None]:
    """A function of the parameters: what to call the variant with if its guard holds, else None."""
    fits = _unused("_fits", parameters)
    lines = [f"def select({', '.join(parameters)}):"]
    lines += [f"    {line}" for line in _guard(compiled, fits, parameters)]
    lines.append(f"        return ({''.join(f'{p}, ' for p in compiled.params)})")
    space = {**namespace, "_Exception": Exception}
    exec(compile("\n".join(lines), "<srcgrad selector>", "exec"), space)
    made: Callable[..., Any] = space["select"]
    return made


# the text of a dispatcher -------------------------------------------------------------------------


def _variants(compiled: Sequence[Compiled], signature: inspect.Signature) -> Iterator[Block]:
    """The calls of variants, the latest first, each under its guard."""
    fits = _unused("_fits", signature.parameters)
    for i, variant in reversed(list(enumerate(compiled))[-MOST:]):
        call = f"_v{i}({', '.join(variant.params)})"
        yield [f"        {line}" for line in _guard(variant, fits, signature.parameters)], None
        yield [f"            return {call}  # {variant.function.__name__}"], 0


def _guard(compiled: Compiled, fits: str, parameters: Collection[str]) -> list[str]:
    """The lines that check a variant's guard, up to what is done if it holds."""
    plain, loops = _split(compiled.guards.conditions)
    return [
        "try:",
        *(f"    {name} = {fetch}" for name, fetch in compiled.fetches()),
        f"    {fits} = {' and '.join(plain) or 'True'}",
        *(
            f"    {line}"
            for over, found in loops.items()
            for line in _loop(over, found, fits, parameters)
        ),
        "except _Exception:",
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


def _loop(over: str, found: list[str], fits: str, parameters: Collection[str]) -> list[str]:
    """A loop that raises at the first element that does not fit: a comprehension has a frame."""
    text = f"{' and '.join(found)} {over}"
    for name in re.findall(r"\bfor (\w+) in", over):
        text = re.sub(rf"\b{name}\b", _unused(name, parameters), text)
    test, *heads = re.split(r" ?\bfor (?=_e\d+_* in )", text)
    lines = [f"if {fits}:", *(f"{'    ' * i}for {h}:" for i, h in enumerate(heads, 1))]
    inside = "    " * len(lines)
    return [*lines, f"{inside}if not ({test}):", f"{inside}    raise _Exception"]


def _last_resort(signature: inspect.Signature) -> Iterator[Block]:
    """The call of a variant that is found or compiled otherwise."""
    arguments = ", ".join(f"{n!r}: {n}" for n in signature.parameters)
    trace, found = (_unused(n, signature.parameters) for n in ("_trace", "_found"))
    statement = f"{found} = _missed({{{arguments}}}, {trace})"
    yield [f"        {line}" for line in _untraced(statement, trace)], 3
    yield [f"        return {found}[0](*{found}[1])"], 0


def _after_an_exception(signature: inspect.Signature) -> list[str]:
    trace = _unused("_trace", signature.parameters)
    inner = _untraced(f"_noted({trace})", trace)
    return ["except _Exception:", *(f"    {line}" for line in inner), "    raise"]


def _untraced(statement: str, trace: str) -> list[str]:
    """A statement that is not traced: tracing stops and goes on by functions without frames."""
    return [
        f"{trace} = _gettrace()",
        "try:",
        f"    {trace} is None or _settrace(None)",
        f"    {statement}",
        "finally:",
        f"    {trace} is None or _settrace({trace})",
    ]


def _unused(name: str, parameters: Collection[str]) -> str:
    while name in parameters:
        name += "_"
    return name


def _code(blocks: Sequence[Block], label: str) -> CodeType:
    """The code of some text, in which each block counts as the one line of it that is shown."""
    text, shown = "", dict[int, int]()
    for lines, at in blocks:
        first = text.count("\n") + 1
        text += "\n".join(lines) + "\n"
        shown |= {first + i: 1 if at is None else first + at for i in range(len(lines))}
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.arg) and shown[node.lineno] != node.lineno:
            _move(node, shown[node.lineno])
    for node in ast.walk(tree):
        if isinstance(node, ast.For):  # or debuggers stop once for each element
            for inner in ast.walk(node):
                _move(inner, NOWHERE)
    return compile(tree, registered(text, label), "exec")


def _move(node: Any, line: int) -> None:
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

"""Run a gradient with a recorder: what it assigns, in order, with the result or the error."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from srcgrad.backend.linemap import Role
from srcgrad.debug.events import Statement
from srcgrad.debug.instrument import Instrumented, instrumented
from srcgrad.debug.listing import returns
from srcgrad.debug.recorder import Recorder, TraceOptions
from srcgrad.debug.run import Run
from srcgrad.debug.slots import Slot
from srcgrad.debug.trace import Trace
from srcgrad.errors import ArgumentError
from srcgrad.frontend import source
from srcgrad.gradient import Gradient
from srcgrad.request import Request
from srcgrad.runtime import copied
from srcgrad.staging import Compiled

FORWARD = ("tangent", "many tangents")

_made: WeakKeyDictionary[Compiled, dict[frozenset[str] | None, _Variant]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Tracing:
    """Traces of a gradient with options: call it with the gradient's arguments."""

    gradient: Gradient
    options: TraceOptions

    def __call__(self, *args: Any, **kwargs: Any) -> Trace:
        return trace(self.gradient, args, kwargs, self.options)


def tracing(
    gradient: Any,
    most: int = 10_000,
    keep: str | Collection[str] | None = None,
    whole: int = 64,
) -> Tracing:
    """How a gradient is to be traced; see `Gradient.tracing`."""
    for name, number in {"most": most, "whole": whole}.items():
        if not isinstance(number, int) or number < 0:
            raise ArgumentError(
                f"{name}={number!r}", why="it is a count", fix=f"{name}=100, for example"
            )
    names = (keep,) if isinstance(keep, str) else keep
    return Tracing(gradient, TraceOptions(most, None if names is None else frozenset(names), whole))


def trace(
    gradient: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: TraceOptions = TraceOptions(),  # noqa: B008 - it is frozen
) -> Trace:
    """The trace of a gradient at some arguments; see `Gradient.trace`."""
    given = gradient._bind(args, kwargs)
    function, values = gradient._refusing(lambda: gradient._select(given))
    compiled = next(c for c in gradient._compiled if c.function is function)
    variant = _variant(gradient, compiled, options.keep)
    recorder = Recorder(options, variant.reverse)
    arguments = dict(zip(compiled.params, copied(values), strict=True))
    result, error = _run(variant.function, recorder, values)
    if error is None:
        _record_results(variant, gradient._request, recorder, result)
    run = Run(gradient, compiled, given, arguments)
    return Trace(run, recorder, variant.slots, variant.statements, result, error)


def _run(
    function: Instrumented, recorder: Recorder, values: tuple[Any, ...]
) -> tuple[Any, Exception | None]:
    try:
        return function(recorder, *values), None
    except Exception as error:
        return None, error


@dataclass(frozen=True, eq=False)
class _Variant:
    """What the traces of a compiled gradient share; `returned` are the slots of the results."""

    function: Instrumented
    slots: tuple[Slot, ...]
    statements: dict[int, Statement]
    returned: dict[tuple[str, Role], int]
    reverse: frozenset[int]


def _variant(gradient: Gradient, compiled: Compiled, keep: frozenset[str] | None) -> _Variant:
    """The variant that records, made once for each compiled gradient."""
    known = _made.setdefault(compiled, {})
    if keep not in known:
        known[keep] = _made_variant(gradient, compiled, keep)
    return known[keep]


def _made_variant(gradient: Gradient, compiled: Compiled, keep: frozenset[str] | None) -> _Variant:
    read, number = source.read(gradient.primal), compiled.function.__code__.co_firstlineno
    entry, result = _ends(read, number)
    slots = {n: Slot(entry, n, *_parameter(gradient._request, n)) for n in compiled.params}
    function = instrumented(compiled, slots, keep)
    returned = dict[tuple[str, Role], int]()
    every = [*function.slots]
    for variable, role in _returned(gradient._request):
        if keep is None or variable in keep:
            returned[variable, role] = len(every)
            place = replace(entry, reverse=True) if role == "adjoint" else result
            every.append(Slot(place, "return", variable, role))
    reverse = frozenset(i for i, slot in enumerate(every) if slot.statement.reverse)
    statements = {number: entry, **function.statements}
    return _Variant(function, tuple(every), statements, returned, reverse)


# what stands at both ends -------------------------------------------------------------------------


def _ends(read: Any, number: int) -> tuple[Statement, Statement]:
    """The line of the definition, which arguments belong to, and that of the result.

    The result belongs to the statement that returns, if there is one such.
    """
    first = Statement(number, False, False, *_line(read, read.node.lineno))
    found = [*returns(read)]
    last = _line(read, found[0]) if len(found) == 1 else _line(read, read.node.lineno)
    return first, Statement(number, False, False, *last)


def _line(read: Any, line: int) -> tuple[str, int, str]:
    return read.file, line, read.lines[line - 1].strip()


def _parameter(request: Request, name: str) -> tuple[str, Role]:
    if name not in request.seeds:
        return name, "value"
    if request.mode in FORWARD:
        return request.wrt[request.seeds.index(name)], "tangent"
    return "result", "adjoint"


def _returned(request: Request) -> Iterator[tuple[str, Role]]:
    """What a derivative returns, its auxiliary result aside, in this order."""
    if request.with_value or request.mode == "value":
        yield "result", "value"
    if request.mode in FORWARD:
        yield "result", "tangent"
    elif request.mode != "value":
        yield from ((name, "adjoint") for name in request.wrt)


def _record_results(variant: _Variant, request: Request, recorder: Recorder, result: Any) -> None:
    """Events for what is returned: the value, and the derivative of each argument."""
    for key, value in returned(request, result).items():
        if key in variant.returned:
            recorder.record(variant.returned[key], value)


def returned(request: Request, result: Any) -> dict[tuple[str, Role], Any]:
    """The parts of what a derivative returns, by variable and role."""
    return dict(zip(_returned(request), _parts(request, result), strict=True))


def _parts(request: Request, result: Any) -> Iterator[Any]:
    """The values of what is returned, in the same order."""
    forward = request.mode in FORWARD
    if request.mode == "value":
        yield result
        return
    parts = result if request.with_value or request.has_aux else (result,)
    if request.with_value:
        yield parts[0][0] if request.has_aux and not forward else parts[0]
    derivative = parts[1 if request.with_value else 0]
    if forward or request.single:
        yield derivative
    else:
        yield from derivative

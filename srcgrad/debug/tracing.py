"""Run a gradient with a recorder: what it assigns, in order, with the result or the error."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from srcgrad.backend.linemap import Role
from srcgrad.debug.events import Statement
from srcgrad.debug.instrument import Instrumented, instrumented
from srcgrad.debug.listing import listings, returns
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

_made: WeakKeyDictionary[Compiled, dict[Any, Instrumented]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Tracing:
    """Traces of a gradient with options: call it with the gradient's arguments."""

    gradient: Gradient
    options: TraceOptions

    def __call__(self, *args: Any, **kwargs: Any) -> Trace:
        return trace(self.gradient, args, kwargs, self.options)


def tracing(
    gradient: Gradient,
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
    gradient: Gradient,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: TraceOptions = TraceOptions(),  # noqa: B008 - it is frozen
) -> Trace:
    """The trace of a gradient at some arguments; see `Gradient.trace`."""
    given = gradient._bind(args, kwargs)
    function, values = gradient._refusing(lambda: gradient._select(given))
    compiled = next(c for c in gradient._compiled if c.function is function)
    variant = _instrumented(gradient, compiled, options)
    recorder = Recorder(options, variant.reverse)
    arguments = dict(zip(compiled.params, copied(values), strict=True))
    result, error = _run(variant, recorder, values)
    slots = list(variant.slots)
    if error is None:
        _record_results(gradient, compiled, recorder, slots, result, options)
    read = source.read(gradient.primal)
    run = Run(gradient, compiled, given, arguments, read)
    shown = listings(read, variant.statements.values())
    return Trace(run, recorder, tuple(slots), variant.statements, shown, result, error)


def _run(
    variant: Instrumented, recorder: Recorder, values: tuple[Any, ...]
) -> tuple[Any, Exception | None]:
    try:
        return variant(recorder, *values), None
    except Exception as error:
        return None, error


def _instrumented(gradient: Gradient, compiled: Compiled, options: TraceOptions) -> Instrumented:
    known = _made.setdefault(compiled, {})
    if options.keep not in known:
        known[options.keep] = instrumented(compiled, _entry(gradient, compiled), options.keep)
    return known[options.keep]


# what stands at both ends -------------------------------------------------------------------------


def _entry(gradient: Gradient, compiled: Compiled) -> dict[str, Slot]:
    """The slots of the parameters: arguments, seeds and outside data."""
    statement = _first(gradient, compiled)
    return {n: Slot(statement, n, *_parameter(gradient._request, n)) for n in compiled.params}


def _parameter(request: Request, name: str) -> tuple[str, Role]:
    if name not in request.seeds:
        return name, "value"
    if request.mode in ("tangent", "many tangents"):
        return request.wrt[request.seeds.index(name)], "tangent"
    return "result", "adjoint"


def _first(gradient: Gradient, compiled: Compiled, reverse: bool = False) -> Statement:
    """The line of the definition, which arguments and their adjoints belong to."""
    number = compiled.source[: compiled.source.rindex("\ndef ") + 1].count("\n") + 1
    read = source.read(gradient.primal)
    return Statement(number, reverse, False, *_line(read, read.node.lineno))


def _line(read: Any, line: int) -> tuple[str, int, str]:
    return read.file, line, read.lines[line - 1].strip()


def _record_results(
    gradient: Gradient,
    compiled: Compiled,
    recorder: Recorder,
    slots: list[Slot],
    result: Any,
    options: TraceOptions,
) -> None:
    """Events for what is returned: the value, and the derivative of each argument."""
    reverse = gradient._request.mode not in ("tangent", "many tangents", "value")
    first = _first(gradient, compiled, reverse)
    for variable, role, value in _results(gradient._request, result):
        if options.keep is None or variable in options.keep:
            statement = first if role == "adjoint" else _last(gradient, first)
            recorder.reverse |= {len(slots)} if role == "adjoint" else frozenset()
            recorder.record(len(slots), value)
            slots.append(Slot(statement, "return", variable, role))


def _last(gradient: Gradient, first: Statement) -> Statement:
    """The statement that returns, if there is one such; else the line of the definition."""
    read = source.read(gradient.primal)
    found = [*returns(read)]
    place = _line(read, found[0]) if len(found) == 1 else (first.file, first.line, first.text)
    return Statement(first.number, False, False, *place)


def _results(request: Request, result: Any) -> Iterator[tuple[str, Role, Any]]:
    """What a derivative returns: of each part the variable that it belongs to, and its role."""
    if request.mode == "value":
        yield "result", "value", result
        return
    forward = request.mode in ("tangent", "many tangents")
    parts = result if request.with_value or request.has_aux else (result,)
    if request.with_value:
        value = parts[0][0] if request.has_aux and not forward else parts[0]
        yield "result", "value", value
    derivative = parts[1 if request.with_value else 0]
    if forward:
        yield "result", "tangent", derivative
        return
    bars = (derivative,) if request.single else derivative
    for name, bar in zip(request.wrt, bars, strict=True):
        yield name, "adjoint", bar

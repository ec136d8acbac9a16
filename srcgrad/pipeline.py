"""The whole compiler: from a function and the kinds of its arguments to its derivative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from srcgrad.analysis.externals import Externals
from srcgrad.analysis.guards import Guards
from srcgrad.errors import LostError, NotKnownError, RecursionFoundError
from srcgrad.kinds import Kind
from srcgrad.modes import MODES
from srcgrad.request import Request
from srcgrad.rules.batching import NotBatchedError
from srcgrad.staging import Compiled, Stages

T = TypeVar("T")


def compile_derivative(
    function: Any,
    arguments: Mapping[str, Any],
    request: Request,
    namespace: dict[str, Any] | None = None,
    one_by_one: Any = None,
) -> Compiled:
    """A derivative of a function, compiled for the kinds of `arguments`.

    An argument may be a `Kind` itself.  The objects that the guard names are put into `namespace`.
    `one_by_one` is the function to take in place of a derivative of many seeds that cannot be
    vectorised.
    """
    try:
        return finished(lambda o: _fresh(function, arguments, request, namespace, o))
    except NotBatchedError:
        plain = Request((), mode="value")
        return finished(lambda o: _fresh(one_by_one, arguments, plain, namespace, o))


def compile_nested(
    function: Any,
    kinds: Mapping[str, Kind],
    request: Request,
    outer: Externals,
    one_by_one: Any = None,
) -> Compiled:
    """A derivative of a function that another one calls: its guards become those of the caller."""

    def start(function: Any, request: Request, opened: bool) -> Stages:
        externals = outer.nested(set(kinds), request.wrt)
        return MODES[request.mode](function, kinds, request, outer.guards, externals, opened)

    try:
        return finished(lambda opened: start(function, request, opened))
    except NotBatchedError:
        plain = Request((), mode="value")
        return finished(lambda opened: start(one_by_one, plain, opened))


def _fresh(
    function: Any,
    arguments: Mapping[str, Any],
    request: Request,
    namespace: dict[str, Any] | None,
    opened: bool,
) -> Stages:
    guards = Guards(namespace)
    externals = Externals(guards, set(arguments), request.wrt)
    return MODES[request.mode](function, arguments, request, guards, externals, opened)


def start(function: Any, arguments: Mapping[str, Any], request: Request) -> Stages:
    """The stages of a function, none of which has run yet."""
    return _fresh(function, arguments, request, None, False)


def analysed(function: Any, arguments: Mapping[str, Any], request: Request) -> Stages:
    """The stages of a function up to what is active in it, to be looked at."""
    return attempted(
        lambda opened: _fresh(function, arguments, request, None, opened), _up_to_analysis
    )


def finished(make: Callable[[bool], Stages]) -> Compiled:
    """What comes out of the stages of a function."""
    return attempted(make, _behind_inference)


def attempted(make: Callable[[bool], Stages], rest: Callable[[Stages], T]) -> T:
    """What the stages of a function come to.

    If need be they run again: with its lists and dicts taken apart, with functions that call
    themselves as functions of their own, or with all short loops written out.
    """
    opened, unrolled, recursive = False, False, set[object]()
    kept: dict[str, Any] | None = None
    while True:
        stages = make(opened)
        kept = dict(stages.guards.namespace) if kept is None else kept
        stages.specialiser.recursive.update(recursive)
        stages.specialiser.unrolled = unrolled
        try:
            return rest(_inferred(stages))
        except LostError:
            if unrolled:
                raise
            opened, unrolled = True, opened
        except RecursionFoundError as error:
            if error.which in recursive:
                raise
            recursive.add(error.which)
        except NotKnownError:
            if unrolled:
                raise
            opened = unrolled = True
        if stages.externals.outer is None:  # else the conditions stay too, and name what is in it
            stages.guards.namespace.clear()
            stages.guards.namespace.update(kept)


def _inferred(stages: Stages) -> Stages:
    stages.lower()
    stages.infer()
    return stages


def _up_to_analysis(stages: Stages) -> Stages:
    stages.analyse()
    return stages


def _behind_inference(stages: Stages) -> Compiled:
    stages.analyse()
    stages.differentiate()
    stages.tidy()
    return stages.load()

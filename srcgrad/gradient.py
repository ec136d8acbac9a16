"""The callable a user holds: it picks the variant compiled for the kinds of the arguments."""

from __future__ import annotations

import functools
import inspect
import threading
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.errors import ArgumentError, SourceError, SrcgradError, UnsupportedError

if TYPE_CHECKING:
    from srcgrad.pipeline import Compiled, Request


@dataclass(frozen=True, eq=False)
class Variant:
    """The gradient compiled for one set of kinds.

    `source` is its text and `function` what the text defines: it takes the parameters in order, then the
    outside data that the function reads.  `guard` says in words for which arguments it is used.
    """

    source: str
    function: Callable[..., Any]
    guard: str
    kinds: str

    def __str__(self) -> str:
        return f"{self.kinds}\n  when {self.guard}"


class Variants(Sequence[Variant]):
    """The variants compiled so far, oldest first."""

    def __init__(self, compiled: list[Compiled]) -> None:
        self._compiled = compiled

    def __len__(self) -> int:
        return len(self._compiled)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [_variant(c) for c in self._compiled[index]]
        return _variant(self._compiled[index])

    def __repr__(self) -> str:
        return "\n".join(f"{i}: {v}" for i, v in enumerate(self)) or "no variant compiled yet"


def _variant(compiled: Compiled) -> Variant:
    kinds = "; ".join(f"{n}: {k}" for n, k in compiled.kinds.items())
    return Variant(compiled.source, compiled.function, compiled.guards.in_words(), kinds)


class Gradient(functools.partial):  # type: ignore[type-arg]
    """The gradient of a function, as a callable.

    It is compiled at the first call, once for each set of kinds of arguments; `print` shows the source
    of the latest variant.  Calling it costs a C-level call more than calling that source.
    """

    # a partial is called from C; its func is the dispatcher, replaced when a variant is added
    primal: Callable[..., Any]

    def __new__(cls, function: Callable[..., Any], request: Request, title: str) -> Gradient:
        self = super().__new__(cls, _nothing)
        self._set_up(function, request, title)
        return self

    def _set_up(self, function: Callable[..., Any], request: Request, title: str) -> None:
        self.primal = function
        self._request = request
        self._title = title
        self._compiled: list[Compiled] = []
        self._namespace: dict[str, Any] = {}
        self._lock = threading.RLock()
        self._signature = inspect.signature(function)
        functools.update_wrapper(self, function)
        self.__name__ = f"{title}_{getattr(function, '__name__', 'function')}"
        self.__doc__ = _describe(self)
        self._dispatch()

    # what it shows

    @property
    def variants(self) -> Variants:
        """The variants compiled so far, oldest first, each with its guard in words."""
        return Variants(self._compiled)

    @property
    def source(self) -> str:
        """The source of the latest variant; before the first call, of the most general one."""
        return self._compiled[-1].source if self._compiled else generic_source(self)

    def __str__(self) -> str:
        try:
            return self.source
        except SrcgradError as error:
            return f"{self.__name__}, not compiled yet ({error.what})"

    def __repr__(self) -> str:
        return f"<{self.__name__}{self._signature}, {len(self._compiled)} variants>"

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self) // 16

    def __copy__(self) -> Gradient:
        return Gradient(self.primal, self._request, self._title)

    def __deepcopy__(self, memo: Any) -> Gradient:
        return self.__copy__()

    def __reduce__(self) -> Any:
        module, name = self.primal.__module__, self.primal.__qualname__
        if module != "__main__" and _named(module, name) is self:
            return _named, (module, name)
        function = self.primal
        if _named(module, name) is self:
            return _rebuild_decorated, (module, name)
        return Gradient, (function, self._request, self._title)

    # compiling

    def _dispatch(self) -> None:
        from srcgrad.dispatch import dispatcher

        function = dispatcher(self.__name__, self._signature, self._compiled, self._namespace, self._missed)
        self.__setstate__((function, (), {}, self.__dict__))

    def _missed(self, arguments: dict[str, Any]) -> Any:
        """Called when no variant fits: compile one, and call it."""
        converted = {n: _as_float(v) if n in self._request.wrt else v for n, v in arguments.items()}
        if any(converted[n] is not v for n, v in arguments.items()):
            return self._call(converted)
        with self._lock:
            seen = self._recheck(arguments)
            if seen is not None:
                return seen[0]
            compiled = self._compile(arguments)
            self._add(compiled)
        return compiled.function(*self._values(compiled, arguments))

    def _add(self, compiled: Compiled) -> None:
        self._compiled.append(compiled)
        self._dispatch()

    def compile_for(self, *args: Any, **kwargs: Any) -> Variant:
        """The variant for some arguments, compiled if need be, without running it."""
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        arguments = {n: _as_float(v) if n in self._request.wrt else v for n, v in bound.arguments.items()}
        with self._lock:
            for compiled in self._compiled:
                if compiled.holds(arguments, self._namespace):
                    return _variant(compiled)
            self._add(self._compile(arguments))
            return _variant(self._compiled[-1])

    def _call(self, arguments: dict[str, Any]) -> Any:
        positional, named = [], {}
        for name, parameter in self._signature.parameters.items():
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY:
                named[name] = arguments[name]
            else:
                positional.append(arguments[name])
        return self(*positional, **named)

    def _recheck(self, arguments: dict[str, Any]) -> tuple[Any] | None:
        """The result of a variant that another thread compiled in the meantime, if one fits."""
        for compiled in self._compiled:
            if compiled.holds(arguments, self._namespace):
                return (compiled.function(*self._values(compiled, arguments)),)
        return None

    def _compile(self, arguments: dict[str, Any]) -> Compiled:
        from srcgrad.pipeline import compile_gradient

        try:
            return compile_gradient(self.primal, arguments, self._request, self._namespace)
        except SrcgradError as error:
            raise error.with_traceback(None) from None

    def _values(self, compiled: Compiled, arguments: dict[str, Any]) -> Iterator[Any]:
        yield from (arguments[p] for p in self._signature.parameters)
        yield from compiled.outside(self._namespace)


def _nothing() -> None:
    """What a gradient calls before it has a dispatcher."""


def _named(module: str, name: str) -> Any:
    import importlib

    value: Any = importlib.import_module(module)
    for part in name.split("."):
        value = getattr(value, part, None)
    return value


def _rebuild_decorated(module: str, name: str) -> Any:
    return _named(module, name)


def _as_float(value: Any) -> Any:
    """Python ints become floats, also inside containers; anything else stays the same object."""
    if type(value) is int:
        return float(value)
    if type(value) in (tuple, list):
        parts = [_as_float(v) for v in value]
        return type(value)(parts) if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    if type(value) is dict:
        new = {k: _as_float(v) for k, v in value.items()}
        return new if any(new[k] is not value[k] for k in value) else value
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        parts = [_as_float(v) for v in value]
        return type(value)(*parts) if any(a is not b for a, b in zip(parts, value, strict=True)) else value
    return value


def _describe(gradient: Gradient) -> str:
    """The docstring of a gradient: what it returns."""
    request = gradient._request
    name = getattr(gradient.primal, "__name__", "the function")
    wrt = request.wrt[0] if request.single else "(" + ", ".join(request.wrt) + ")"
    parts = [f"the gradient of {name} with respect to {wrt}"]
    if request.with_value:
        parts.insert(0, f"the pair of the value of {name} and what it returns beside" if request.has_aux else f"the value of {name}")
    elif request.has_aux:
        parts.append(f"what {name} returns beside its value")
    own = inspect.getdoc(gradient.primal)
    text = "Returns " + ", and ".join(parts) + "."
    return f"{text}\n\nOf {name}:\n\n{own}" if own else text


def generic_source(gradient: Gradient) -> str:
    """The source for arguments of which only type hints and defaults are known."""
    from srcgrad.dispatch import hinted_kinds

    kinds = hinted_kinds(gradient.primal, gradient._signature, gradient._request.wrt)
    return gradient._compile(kinds).source


def make_gradient(function: Any, request: Request, title: str) -> Gradient:
    """A gradient of something that may be a function."""
    if isinstance(function, Gradient):
        raise UnsupportedError(
            f"the gradient of {function.__name__}, which is a gradient itself",
            why="derivatives of higher order are not supported yet",
            fix="differentiate the function itself",
        )
    if isinstance(function, type) or not callable(function):
        raise ArgumentError(f"grad of {function!r}", why="it is not a function", fix="pass a Python function")
    if not isinstance(function, types.FunctionType | types.MethodType) and not hasattr(function, "py_func"):
        raise SourceError(
            f"the source of {getattr(function, '__name__', function)!r} cannot be read",
            why="it is not a function written in Python",
            fix="wrap it in a Python function with def or lambda",
        )
    return Gradient(function, request, title)


"""The callable a user holds: it picks the variant compiled for the kinds of the arguments."""

from __future__ import annotations

import functools
import inspect
import sys
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from srcgrad.conversion import as_float
from srcgrad.errors import ArgumentError, SrcgradError, UnsupportedError
from srcgrad.inspecting import Inspected

if TYPE_CHECKING:
    from srcgrad.request import Request
    from srcgrad.staging import Compiled

TITLES = {"grad": "gradient", "value_and_grad": "gradient"}  # what they are called in messages
Select = Callable[..., tuple[Any, ...] | None]


@dataclass(frozen=True, eq=False)
class Variant:
    """The gradient compiled for one set of kinds.

    `source` is its text and `function` what the text defines: it takes the parameters in order,
    then the outside data that the function reads.  `guard` says in words when it is used.
    """

    source: str
    function: Callable[..., Any]
    guard: str
    kinds: str

    def __str__(self) -> str:
        return f"{self.kinds}\n    when {self.guard}"


class Variants(Sequence[Variant]):
    """The variants compiled so far, oldest first."""

    def __init__(self, compiled: Sequence[Compiled]) -> None:
        self._compiled = compiled

    def __len__(self) -> int:
        return len(self._compiled)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Variants(self._compiled[index])
        return _variant(self._compiled[index])

    def __repr__(self) -> str:
        return "\n".join(f"{i}: {v}" for i, v in enumerate(self)) or "no variant compiled yet"


def _variant(compiled: Compiled) -> Variant:
    from srcgrad.dispatch import in_words

    kinds = "; ".join(f"{n}: {k}" for n, k in compiled.kinds.items())
    words = in_words(compiled.guards.conditions)
    return Variant(compiled.source, compiled.function, words, kinds)


class Gradient(Inspected, functools.partial):  # type: ignore[type-arg]
    """The gradient of a function, as a callable.

    It is compiled at the first call, once for each set of kinds of arguments; `print` shows the
    source of the latest variant.  `primal` is the function it is the gradient of.
    """

    # A partial is called from C, at half the cost of `__call__`.  Its `func` is the dispatcher,
    # which is replaced when a variant is added.

    primal: Callable[..., Any]
    one_by_one: Any = None
    _moved: Callable[[Compiled], Compiled] | None = None
    in_floats: set[str]
    owner: dict[str, Any]
    __name__: str
    __qualname__: str
    __signature__: inspect.Signature
    __setstate__: Callable[[Any], None]

    def __new__(cls, function: Callable[..., Any], request: Request, title: str) -> Gradient:
        self = super().__new__(cls, _nothing)
        functools.update_wrapper(self, function)
        self._set_up(function, request, title)
        return self

    def _set_up(self, function: Callable[..., Any], request: Request, title: str) -> None:
        self.primal = function
        self._request = request
        self._title = title
        self.in_floats = {*request.wrt, *request.seeds}
        self._signature = self.__signature__ = with_seeds(signature_of(function), request)
        self.owner = _owner(function)
        self._lock = threading.RLock()
        self._compiled: list[Compiled] = []
        self._selects: list[Select] = []
        self._namespace: dict[str, Any] = dict(self.owner)
        self.__name__ = f"{title}_{getattr(function, '__name__', 'function')}"
        self.__doc__ = _describe(self)
        self._redispatch()

    # what it shows

    @property
    def variants(self) -> Variants:
        """The variants compiled so far, oldest first, each with its guard in words."""
        return Variants(tuple(self._compiled))

    @property
    def source(self) -> str:
        """The source of the latest variant; before the first call, of the most general one."""
        return self._compiled[-1].source if self._compiled else self._general_source()

    def show_stages(self, *args: Any, **kwargs: Any) -> str:
        """The function after each stage of the compiler, for arguments such as these."""
        from srcgrad.walkthrough import show_stages

        given = self._bind(args, kwargs) if args or kwargs else self._hinted()
        return str(self._refusing(lambda: show_stages(self.primal, given, self._request)))

    def compile_for(self, *args: Any, **kwargs: Any) -> Variant:
        """The variant for some arguments, compiled if need be, without running it."""
        given = self._bind(args, kwargs)
        function, _ = self._refusing(lambda: self._select(given))
        return next(_variant(c) for c in self._compiled if c.function is function)

    def move(self, moved: Callable[[Compiled], Compiled], first: Callable[..., Any]) -> None:
        """Run the variants, and those to come, as they are when `moved`, that of `first` first."""
        with self._lock:
            order = sorted(self._compiled, key=lambda c: c.function is not first)
            new = {id(c): moved(c) for c in order}
            self._compiled[:] = [new[id(c)] for c in self._compiled]
            self._moved = moved
            self._redispatch()

    def __str__(self) -> str:
        try:
            return self.source
        except SrcgradError as error:
            return f"{self.__name__}, not compiled yet ({error.what})"

    def __repr__(self) -> str:
        count = len(self._compiled)
        return f"<{self.__name__}{self._signature}, {count} variant{'' if count == 1 else 's'}>"

    # how it behaves as a function

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __copy__(self) -> Gradient:
        copy = Gradient(self.primal, self._request, self._title)
        with self._lock:
            copy._namespace.update(self._namespace)
            copy._compiled += self._compiled
            copy._selects += self._selects
        copy._redispatch()
        return copy

    def __deepcopy__(self, memo: Any) -> Gradient:
        return self.__copy__()

    def __reduce__(self) -> Any:
        if self.__module__ != "__main__" and named(self.__module__, self.__qualname__) is self:
            return self.__qualname__  # found again by its name
        from srcgrad.pickling import packed

        return _restored, (packed(self.primal), self._request, self._title)

    # calling

    def _redispatch(self) -> None:
        from srcgrad.dispatch import dispatcher

        names, hooks = self._namespace, (self._missed, self._noted)
        made = dispatcher(self.__name__, self._signature, self._compiled, names, *hooks)
        self.__setstate__((made, (), {}, self.__dict__))

    def _missed(self, arguments: dict[str, Any], trace: Any) -> tuple[Any, tuple[Any, ...]]:
        """Called when no variant fits inline: one that does, and what to call it with."""
        from srcgrad.stepping import traced_at_the_end

        with traced_at_the_end(trace):
            found = self._called_instead(arguments)
            if found is None:
                given = self._as_floats(arguments)
                found = self._refusing(lambda: self._select(given))
            return found

    def _called_instead(self, arguments: dict[str, Any]) -> tuple[Any, tuple[Any, ...]] | None:
        """What is called in place of a variant, and with what; None if nothing is."""
        return None

    def _noted(self, trace: Any) -> None:
        """Called when a variant raised: say in a note which line of the user's it was at."""
        from srcgrad.stepping import add_note, traced_at_the_end

        of = self.__name__.removeprefix(f"{self._title}_")
        with traced_at_the_end(trace):
            add_note(self._compiled, f"the {TITLES.get(self._title, self._title)} of {of}")

    def _refusing(self, action: Callable[[], Any]) -> Any:
        """The result of an action of the compiler, whose errors show none of its own frames."""
        try:
            return action()
        except SrcgradError as error:
            refusal = error
        except Exception as error:
            refusal = _bug(error)
        raise refusal.with_traceback(None) from None

    def _bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return self._as_floats(bound.arguments)

    def _as_floats(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """All arguments, with Python ints as floats in those to differentiate with respect to."""
        floats = {n: as_float(v) if n in self.in_floats else v for n, v in arguments.items()}
        return {**self.owner, **floats}

    def _select(self, given: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """The variant for some arguments, compiled if there is none, and what to call it with."""
        found = self._find(given)
        if found is None:
            with self._lock:
                found = self._find(given) or self._add(given) or self._add(given)
        if found is None:
            raise _restless(self.primal)
        return found

    def _find(self, given: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        for compiled, select in reversed([*zip(self._compiled, self._selects, strict=False)]):
            values = select(**given)
            if values is not None:
                return compiled.function, values
        return None

    def _add(self, given: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]] | None:
        """Compile another variant; None if what it reads outside changed in the meantime."""
        from srcgrad.dispatch import selector
        from srcgrad.pipeline import compile_derivative

        request, namespace = self._request, self._namespace
        compiled = compile_derivative(self.primal, given, request, namespace, self.one_by_one)
        select = selector(compiled, tuple(given), self._namespace)
        values = select(**given)
        if values is None:
            return None
        compiled = self._moved(compiled) if self._moved else compiled
        self._selects.append(select)
        self._compiled.append(compiled)
        self._redispatch()
        return compiled.function, values

    def compiled_inside(self, kinds: Mapping[str, Any], outer: Any) -> Compiled:
        """Compiled for kinds of arguments, as a part of a function that calls it."""
        from srcgrad.pipeline import compile_nested

        return compile_nested(self.primal, kinds, self._request, outer, self.one_by_one)

    def _general_source(self) -> str:
        """The source for arguments of which only type hints and defaults are known."""
        from srcgrad.pipeline import compile_derivative

        request, given = self._request, self._hinted()
        return str(self._refusing(lambda: compile_derivative(self.primal, given, request).source))

    def _hinted(self) -> dict[str, Any]:
        from srcgrad.hints import hinted_kinds

        return self._as_floats(hinted_kinds(self.primal, self._signature))


def _nothing() -> None:
    """What a gradient calls for as long as it is being made."""


def _restored(pack: Any, request: Request, title: str) -> Gradient:
    from srcgrad.pickling import unpacked

    return Gradient(unpacked(pack), request, title)


def named(module: str | None, name: str) -> Any:
    """What a qualified name means in a module that is loaded; None if nothing."""
    value: Any = sys.modules.get(module or "")
    for part in name.split("."):
        value = getattr(value, part, None)
    return value


def signature_of(function: Any) -> inspect.Signature:
    """The signature of a function itself, not of one that it wraps."""
    return inspect.signature(getattr(function, "py_func", function), follow_wrapped=False)


def with_seeds(signature: inspect.Signature, request: Request) -> inspect.Signature:
    """A signature with parameters for seeds, right behind those given by position.

    The parameters behind them are left to their defaults or passed by name.
    """
    if not request.seeds:
        return signature
    Parameter = inspect.Parameter
    parameters = list(signature.parameters.values())
    own = [p.replace(default=Parameter.empty) for p in parameters[: request.count]]
    seeds = [Parameter(n, Parameter.POSITIONAL_OR_KEYWORD) for n in request.seeds]
    later = [
        p.replace(kind=p.POSITIONAL_OR_KEYWORD) if p.kind is p.POSITIONAL_ONLY else p
        for p in parameters[request.count :]
    ]
    return signature.replace(parameters=[*own, *seeds, *later])


def _owner(function: Any) -> dict[str, Any]:
    """The object that a method is bound to, under the name that the method has for it."""
    if not isinstance(function, types.MethodType):
        return {}
    return {inspect.unwrap(function.__func__).__code__.co_varnames[0]: function.__self__}


def _describe(gradient: Gradient) -> str:
    """The docstring of a gradient: what it returns."""
    request = gradient._request
    if request.mode != "gradient":
        return inspect.getdoc(gradient.primal) or ""
    name = getattr(gradient.primal, "__name__", "the function")
    wrt = request.wrt[0] if request.single else f"({', '.join(request.wrt)})"
    parts = [f"the gradient of {name} with respect to {wrt}"]
    value = f"the value of {name}"
    aux = f"what {name} returns beside its value"
    if request.with_value:
        parts.insert(0, f"the pair of {value} and {aux}" if request.has_aux else value)
    elif request.has_aux:
        parts.append(aux)
    own = inspect.getdoc(gradient.primal)
    text = f"Returns {' and '.join(parts)}."
    return f"{text}\n\nOf {name}:\n\n{own}" if own else text


def _restless(function: Any) -> SrcgradError:
    return UnsupportedError(
        f"{getattr(function, '__name__', 'the function')} reads what never stays the same",
        why="an attribute or a global gave another object each time it was looked at",
        fix="look it up before, and pass it as an argument",
    )


def _bug(error: Exception) -> SrcgradError:
    """What the user sees of an error that no stage of the compiler meant to raise."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" (in {at.tb_frame.f_code.co_qualname}, line {at.tb_lineno})" if at else ""
    return SrcgradError(
        f"this is a bug in srcgrad: {type(error).__name__}: {error}{place}",
        why="the compiler met something that it does not expect in this function",
        fix="report it together with the function, and for now write the function another way",
    )


def check_function(function: Any) -> None:
    """Refuse what is no function, or has no source in Python."""
    if isinstance(function, types.FunctionType):
        return
    if isinstance(function, types.MethodType):
        return check_function(function.__func__)
    if isinstance(function, staticmethod | classmethod):
        raise _wrong_order(type(function).__name__)
    from srcgrad.frontend import source

    source.read(function)  # says what it is instead


def _wrong_order(decorator: str) -> SrcgradError:
    return ArgumentError(
        f"the gradient of a {decorator} object",
        why="the decorator below hides the function",
        fix=f"put @{decorator} above @grad",
    )

"""The table of primitives: what each function's result is like, and what its derivative is.

A rule is ordinary Python: it can be called and tested without the compiler, and it is the template
the compiler splices into a gradient.  Rules know nothing of the engine.

Two forms of derivative:

`elementwise(np.tanh, lambda x, y: 1 - y * y)`
    Local partials.  The lambda takes the operands and the result `y` and returns the partial with
    respect to the operand, or a tuple with one partial for each operand (None: zero).  The engine
    multiplies by the incoming adjoint, sums over broadcast dims and picks the active operands.

`@adjoint(np.matmul, kind=contraction)` over `def matmul(a, b, *, y, y_bar): ...`
    The adjoints of the operands, one or a tuple (None: zero).  The parameters before the star are
    the primitive's own, with its defaults; `y` is the result and `y_bar` its adjoint, of y's full
    shape.  `if` on ranks, None, strings, bools and ints known when compiling folds away.  An
    adjoint that is broadcastable to the operand's shape is allowed in place of one with that shape.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import BuiltinMethodType
from typing import Any, Literal, TypeVar

import numpy as np

from srcgrad.kinds import Kind

KindFunction = Callable[..., Kind]
Memory = Literal["fresh", "block", "view", "frozen", "alias", "layout", "perhaps"]
F = TypeVar("F", bound=Callable[..., Any])
_REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Primitive:
    """One entry of the table.

    `name` is how source spells it: "np.tanh", "math.sin", "len", ".T" for an attribute, or "" for
    an operator, which the printer spells. `parameters` are its operands with their defaults.
    `memory` says whether its result is fresh storage (a "block" if it is surely contiguous), a view
    of an operand ("frozen" if it cannot be written to), the operand itself where it need not be
    converted ("alias"), or a view of an operand that is contiguous and else fresh ("layout"), or
    one of which only a run knows ("perhaps").
    `cheap` results are recomputed in the reverse sweep rather than kept. An adjoint rule that
    `broadcasts` returns adjoints of the result's shape, to be summed as partials are. One that
    `inserts_axes` is written as an index with None. One that is `shape_only` asks nothing of its
    first operand but its shape and dtype. The tangent of a `linear` one is the same operation on
    the operands' tangents, that of one that `rearranges` its first operand the same on its tangent.
    """

    op: Any
    name: str
    parameters: tuple[str, ...]
    defaults: Mapping[str, Any]
    kind: KindFunction
    partials: Callable[..., Any] | None = None
    adjoint: Callable[..., Any] | None = None
    memory: Memory = "fresh"
    cheap: bool = False
    variadic: bool = False
    broadcasts: bool = False
    inserts_axes: bool = False
    shape_only: bool = False
    linear: bool = False
    rearranges: bool = False

    @property
    def is_fresh(self) -> bool:
        """Whether its result is memory of its own."""
        return self.memory in ("fresh", "block")

    @property
    def has_derivative(self) -> bool:
        return self.partials is not None or self.adjoint is not None


_primitives: dict[Hashable, Primitive] = {}
_methods: dict[str, Any] = {}
_stars: dict[str, str] = {}
_attributes: dict[str, Any] = {}
_reasons: dict[Hashable, tuple[str, str]] = {}


def lookup(op: Any) -> Primitive | None:
    """The entry for a function, found by identity; None if there is none."""
    found = _primitives.get(_key(op))
    if found is None and inspect.ismethod(op) is False and hasattr(op, "__wrapped__"):
        return None
    return found


def primitives() -> list[Primitive]:
    """Every entry of the table."""
    return list(_primitives.values())


def method_function(name: str) -> Any | None:
    """The function that an array's method `name` stands for: `x.sum(0)` is `np.sum(x, 0)`."""
    return _methods.get(name)


def attribute_function(name: str) -> Any | None:
    """The function that an array's attribute `name` stands for: `x.T` is `np.transpose(x)`."""
    return _attributes.get(name)


def method_star(name: str) -> str | None:
    """The parameter that several positional arguments of a method make up: `x.reshape(2, 3)`.

    A single argument is passed as it is, more than one as a tuple.
    """
    return _stars.get(name)


def method(name: str, function: Any, *, star: str | None = None) -> None:
    """Let arrays have the method `name`, meaning `function(x, ...)`; see method_star for `star`."""
    _methods[name] = function
    if star is not None:
        _stars[name] = star


def attribute(name: str, function: Any) -> None:
    """Let arrays have the attribute `name`, meaning `function(x)`."""
    _attributes[name] = function


def spelling(op: Any) -> str:
    """How source names a function: "np.linalg.norm", "math.sin", "len"; "" for an operator."""
    module = getattr(op, "__module__", None) or ""
    name = getattr(op, "__name__", "")
    if module == "_operator":
        return ""
    if module == "builtins":
        return str(name)
    if type(op).__name__ == "ufunc" or module in ("numpy", "numpy._core.multiarray"):
        return f"np.{name}"
    return module.replace("numpy", "np", 1) + f".{name}" if module else str(name)


def elementwise(
    op: Any,
    partials: Callable[..., Any] | None,
    *,
    kind: KindFunction,
    cheap: bool = False,
    name: str | None = None,
    memory: Memory = "fresh",
) -> None:
    """Register an elementwise primitive by its local partials (None: derivative zero everywhere).

    Where the primitive has defaults, so have the parameters of `partials` (and `y` is None).
    """
    own = list(inspect.signature(partials).parameters.values())[:-1] if partials else []
    parameters = tuple(p.name for p in own) if partials else _names_of(op)
    defaults = {p.name: p.default for p in own if p.default is not _REQUIRED}
    more = {"partials": partials, "cheap": cheap, "name": name, "memory": memory}
    _register(op, parameters, defaults, kind, **more)


def adjoint(
    op: Any,
    *,
    kind: KindFunction,
    memory: Memory = "fresh",
    cheap: bool = False,
    name: str | None = None,
    broadcasts: bool = False,
    inserts_axes: bool = False,
    linear: bool = False,
    rearranges: bool = False,
) -> Callable[[F], F]:
    """Register a primitive by the function that computes its operands' adjoints."""

    def register(rule: F) -> F:
        parameters = inspect.signature(rule).parameters.values()
        own = [p for p in parameters if p.kind is not inspect.Parameter.KEYWORD_ONLY]
        variadic = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in own)
        defaults = {p.name: p.default for p in own if p.default is not _REQUIRED}
        names = tuple(p.name for p in own)
        more = {"memory": memory, "cheap": cheap, "variadic": variadic, "broadcasts": broadcasts}
        more |= {"inserts_axes": inserts_axes, "linear": linear, "rearranges": rearranges}
        _register(op, names, defaults, kind, adjoint=rule, name=name, **more)
        return rule

    return register


def constant(
    op: Any,
    signature: Callable[..., Any],
    *,
    kind: KindFunction,
    cheap: bool = False,
    name: str | None = None,
    memory: Memory = "fresh",
    shape_only: bool = False,
) -> None:
    """Register a primitive whose result never depends smoothly on its operands.

    `signature` is any function with its parameters, such as `lambda shape, dtype=float: None`.
    """
    parameters = inspect.signature(signature).parameters.values()
    defaults = {p.name: p.default for p in parameters if p.default is not _REQUIRED}
    variadic = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters)
    names = tuple(p.name for p in parameters)
    more = {"cheap": cheap, "name": name, "memory": memory, "variadic": variadic}
    _register(op, names, defaults, kind, shape_only=shape_only, **more)


def without_rule(op: Any, why: str, fix: str) -> None:
    """Say why a function has no derivative rule, and what to write in its place."""
    _reasons[_key(op)] = why, fix


def reason(op: Any) -> tuple[str, str] | None:
    """Why a function has no rule, and what to write in its place, if there is more to say."""
    return _reasons.get(_key(op))


def _register(
    op: Any,
    parameters: tuple[str, ...],
    defaults: Mapping[str, Any],
    kind: KindFunction,
    **more: Any,
) -> None:
    name = more.pop("name", None)
    _primitives[_key(op)] = Primitive(
        op, spelling(op) if name is None else name, parameters, defaults, kind, **more
    )


def _key(op: Any) -> Hashable:
    """What finds a function: itself, or for a method of a ufunc, which is made anew, its parts."""
    if type(op) is BuiltinMethodType and isinstance(op.__self__, np.ufunc):
        return id(op.__self__), op.__name__
    return id(op)


def _names_of(op: Any) -> tuple[str, ...]:
    return tuple("abcdefgh"[: getattr(op, "nin", 1)])


def attribute_name(op: Any) -> str | None:
    """The attribute that a function of one array is written as: `.T` for np.transpose."""
    return next((name for name, function in _attributes.items() if function is op), None)

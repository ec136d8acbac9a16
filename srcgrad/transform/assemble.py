"""The ends of the reverse sweep: its seed, and gradients in their arguments' structure."""

from __future__ import annotations

import numbers

import numpy as np

from srcgrad import ir
from srcgrad.analysis.activity import Activity
from srcgrad.analysis.builder import Builder, kind_of
from srcgrad.analysis.infer import Specialiser
from srcgrad.analysis.values import Pack, Value
from srcgrad.containers import is_plain_dataclass
from srcgrad.errors import ArgumentError, NotDifferentiableError
from srcgrad.ir import Atom, Block, Const, If, Origin, Var
from srcgrad.kinds import (
    UNKNOWN,
    Dict,
    Kind,
    List,
    Num,
    Object,
    Opaque,
    Static,
    Str,
    Tuple,
    Unknown,
    may_be_active,
)
from srcgrad.transform import cotangents
from srcgrad.transform.adjoints import Path, kind_at
from srcgrad.transform.containers import dynamic_lists, mixed
from srcgrad.transform.reverse import Reverser
from srcgrad.transform.tangents import Tangents
from srcgrad.walk import statements

_AUX = "return one number, or with has_aux=True a pair of it and anything else"


def check_independent(name: str, known: list[tuple[str, Var]], path: Path = ()) -> Var:
    """The variable called `name`, refused if it, or its part, cannot have a gradient."""
    found = [v for n, v in known if n == name]
    if not found:
        names = ", ".join(sorted({n for n, _ in known}))
        raise ArgumentError(
            f"wrt names {name!r}, which the function does not read as data",
            why=f"it reads {names}" if names else "it reads nothing",
            fix="name a parameter, or a global or closure variable that it reads",
        )
    if len(found) > 1 and name != found[0].hint:
        raise ArgumentError(
            f"wrt names {name!r}, and {len(found)} variables that the function reads are called so",
            why="they live in different modules or closures",
            fix="pass the one you mean as an argument",
        )
    try:
        part = kind_at(found[0].kind, path)
    except (ValueError, IndexError):
        part = UNKNOWN
    if path and part == UNKNOWN:
        raise ArgumentError(
            f"wrt names a part of {name!r} that it does not have",
            why=f"it is of kind {found[0].kind}",
            fix="name an attribute, an index or a key that it has",
        )
    refuse_inactive(name, part)
    return found[0]


def refuse_inactive(name: str, kind: Kind) -> None:
    """Refuse to differentiate with respect to ints, bools and other things without derivatives."""
    unlike = _unlike(kind)
    if unlike is not None:
        raise ArgumentError(
            f"the gradient with respect to {name!r}, which holds a {unlike.__name__}",
            why="what its parts are is known to its class alone",
            fix="use an array, list, tuple or dict of Python's or NumPy's own",
        )
    if not _holds(kind, "iubc") and may_be_active(kind):
        return
    fix = f"pass another argument to argnums or wrt, not {name!r}"
    if isinstance(kind, Num) and kind.dims:
        fix = f"pass {name}.astype(float)"
    raise ArgumentError(
        f"the gradient with respect to {name!r}, which is of kind {kind}",
        why="only floats and arrays and containers of floats have gradients",
        fix=fix,
    )


def _unlike(kind: Kind) -> type | None:
    """The class of a part that is a number, an array or a container of another make."""
    if isinstance(kind, Opaque):
        known = np.ndarray, np.generic, dict, list, tuple, numbers.Number
        return kind.cls if kind.cls is not None and issubclass(kind.cls, known) else None
    if isinstance(kind, List) and not kind.elements:
        return _unlike(kind.element)
    parts = getattr(kind, "elements", ()) or getattr(kind, "values", ())
    return next((found for part in parts if (found := _unlike(part))), None)


def _holds(kind: Kind, dtypes: str) -> bool:
    """Whether a value holds numbers of some dtypes: ints and bools, say, which have no gradient."""
    if isinstance(kind, Num):
        return kind.dtype.kind in dtypes
    if isinstance(kind, List) and not kind.elements:
        return _holds(kind.element, dtypes)
    if isinstance(kind, Object) and not is_plain_dataclass(kind.cls):
        return False  # what else an object has stays as it is
    return any(
        _holds(k, dtypes) for k in getattr(kind, "elements", ()) or getattr(kind, "values", ())
    )


def seed(value: Value, primal: Block, builder: Builder) -> Atom:
    """The value to differentiate: one number."""
    if isinstance(value, Pack):
        raise _not_a_number(f"a {value.cls.__name__}", _AUX)
    if not isinstance(value, Var | Const):
        raise _not_a_number("a function", "call it")
    kind = kind_of(value)
    _refuse_none(value, primal)
    if isinstance(value, Const) and callable(value.value):
        raise _not_a_number("a function", "call it")
    if isinstance(kind, Num):
        _check_number(kind, builder)
    elif not isinstance(kind, Unknown):
        raise _not_a_number(_described(kind), _AUX)
    return value


def _check_number(kind: Num, builder: Builder) -> None:
    if kind.dtype.kind == "c":
        raise _not_a_number("complex", "take its real part, or np.abs of it")
    if kind.dtype.kind != "f":
        raise _not_a_number(f"of kind {kind}", "return a float; an int does not change smoothly")
    if kind.dims and False in [builder.questions.is_one(d) for d in kind.dims]:
        raise _not_a_number(f"an array of kind {kind}", "reduce it to one, for example with np.sum")


def _described(kind: Kind) -> str:
    """What a result that is no number is, in words."""
    if isinstance(kind, Static | Str):
        return "a str" if isinstance(kind, Str) or isinstance(kind.value, str) else f"{kind}"
    return f"a {type(kind).__name__.lower()} of kind {kind}"


def _not_a_number(found: str, fix: str) -> NotDifferentiableError:
    return NotDifferentiableError(
        f"the result is {found}, not one real number", why="a gradient is of one number", fix=fix
    )


def _refuse_none(value: Atom, primal: Block, origin: Origin | None = None) -> None:
    """Refuse a value that is None on one of the paths that meet in it."""
    if isinstance(value, Const) and value.value is None:
        raise NotDifferentiableError(
            "the function returns None" if origin is None else "the function may return None",
            why="a return is missing",
            fix="return the value to differentiate on every path",
            location=origin.location if origin else None,
        )
    for s in statements(primal):
        if isinstance(s, If) and value in s.targets:
            for block in (s.then, s.orelse):
                if not block.raises:
                    _refuse_none(block.results[s.targets.index(value)], primal, s.origin)


class Gradients:
    """Runs the reverse sweep and collects the adjoints of the independents."""

    def __init__(self, specialiser: Specialiser, activity: Activity, primal: Block) -> None:
        self.builder = specialiser.builder
        self.primal = primal
        self.reverser = Reverser(specialiser, activity, dynamic_lists(primal, activity))

    def run(
        self, dependent: Atom, bar: Atom, wrt: list[Var], paths: list[Path] | None = None
    ) -> list[Atom]:
        """The adjoints of each of `wrt`, or of a part of it, from that of the result."""
        if isinstance(dependent, Var) and dependent in self.reverser.activity:
            self._start(dependent, bar)
        self.reverser.run(self.primal)
        self.builder.origin = None
        for v in wrt:
            self._check_parts(v)
        whole: list[Path] = [()] * len(wrt)
        return [self._gradient(v, p) for v, p in zip(wrt, paths or whole, strict=True)]

    def _check_parts(self, var: Var) -> None:
        """Ask for lists one by one where there are adjoints of a whole one and of parts of it."""
        adjoints = self.reverser.adjoints
        adjoints.settle()
        paths = {p for v, p in adjoints.table if v is var}
        if any(q[: len(p)] == p and len(q) > len(p) for p in paths for q in paths):
            raise mixed()

    def _start(self, dependent: Var, bar: Atom) -> None:
        tangents = Tangents(self.builder, self.reverser.activity, self.reverser.dynamic)
        for path in tangents.every_path(dependent):
            self.reverser.adjoints.add((dependent, path), tangents.walk(bar, path))

    def _gradient(self, var: Var, path: Path) -> Atom:
        kind = kind_at(var.kind, path)
        adjoints = self.reverser.adjoints
        if path and isinstance(kind, Num) and not kind.is_float:
            return adjoints.atom((var, path))
        bar = adjoints.get((var, path))
        if bar is not None or isinstance(kind, Num | Unknown):
            place = (var, path)
            found = adjoints.filled(place, bar)
            is_number = isinstance(kind, Num) and kind.is_scalar
            return (
                cotangents.as_given(self.builder, found, adjoints.atom(place))
                if is_number
                else found
            )
        match kind:
            case Tuple(elements, cls):
                return self._display(
                    cls, [self._gradient(var, (*path, i)) for i in range(len(elements))], kind
                )
            case List(elements=elements) if elements is not None:
                elements = self.builder.questions.length(kind)  # type: ignore[attr-defined]
                return self._display(
                    list, [self._gradient(var, (*path, i)) for i in range(len(elements))], kind
                )
            case List():
                return adjoints.zero((var, path))
            case Dict(keys):
                pairs = [a for k in keys for a in (Const(k), self._gradient(var, (*path, k)))]
                return self._display(dict, pairs, kind)
            case Object(names=names):
                return self._object(var, path, kind, list(names))
        return adjoints.atom((var, path))

    def _display(self, cls: type, parts: list[Atom], kind: Kind) -> Atom:
        return self.builder.bind(ir.Display(cls), tuple(parts), kind)

    def _object(self, var: Var, path: Path, kind: Object, names: list[str]) -> Atom:
        parts = tuple(self._gradient(var, (*path, n)) for n in names)
        return self.builder.bind(ir.Construct(kind.cls, tuple(names)), parts, kind)

"""The modes: gradients, pullbacks and tangents, each a way through the stages."""

from __future__ import annotations

from typing import Any

from srcgrad import ir
from srcgrad.analysis.builder import kind_of
from srcgrad.analysis.values import Value
from srcgrad.errors import ArgumentError
from srcgrad.ir import Atom, Block, Const, Var
from srcgrad.kinds import Dict, Dim, Kind, List, Num, Object, Tuple
from srcgrad.staging import Stages
from srcgrad.transform.assemble import Gradients, seed
from srcgrad.transform.batching import Batcher
from srcgrad.transform.forward import TangentWriter
from srcgrad.transform.tangents import leaf_paths
from srcgrad.transform.tidy import drop_dead


class ReverseStages(Stages):
    """Reverse mode: a forward sweep, then a reverse sweep that carries adjoints back."""

    def derivative(self) -> Block:
        with self.builder.block() as backward:
            gradients = Gradients(self.specialiser, self.activity, self.primal)
            paths = [self.request.path(i) for i in range(len(self.wrt))]
            bars = gradients.run(self.dependent, self.bars(), self.wrt, paths)
            results = self._returned(bars)
        marks = [ir.Mark("forward sweep")], [ir.Mark("reverse sweep")]
        stmts = [*marks[0], *self.primal.stmts, *marks[1], *backward.stmts]
        return Block(stmts, results)

    def bars(self) -> Atom:
        """The adjoint that the reverse sweep starts from."""
        raise NotImplementedError

    def _returned(self, bars: list[Any]) -> tuple[Any, ...]:
        """What the function returns, as in JAX: (value, aux), gradient and their like."""
        gradient = bars[0] if self.request.single else self.tuple_of(bars)
        extra = None if self.aux is None else self.specialiser.atom(self.aux)
        if self.request.with_value:
            value = self.dependent
            first = value if extra is None else self.tuple_of([value, extra])
            return (first, gradient)
        return (gradient,) if extra is None else (gradient, extra)


class GradientStages(ReverseStages):
    """The gradient of a function that returns one number."""

    def choose(self) -> None:
        value, self.aux = self.outputs()
        self.dependent = seed(value, self.primal, self.builder)

    def bars(self) -> Atom:
        return Const(1.0)


class PullbackStages(ReverseStages):
    """The adjoints of the arguments from that of the result, of whatever structure it is."""

    suffix = "vjp"

    def choose(self) -> None:
        self.dependent, self.aux = whole_result(self)

    def bars(self) -> Atom:
        (name,) = self.request.seeds
        self.seeds = (seed_like(self, name, self.dependent),)
        return self.seeds[0]


class TangentStages(Stages):
    """Forward mode: values and tangents side by side."""

    suffix = "jvp"

    def choose(self) -> None:
        self.dependent, self.aux = whole_result(self)

    def derivative(self) -> Block:
        writer = TangentWriter(self.specialiser, self.activity, self.primal)
        pairs = list(zip(self.request.seeds, self.wrt, strict=True))
        self.seeds = tuple(seed_like(self, name, v) for name, v in pairs)
        with self.builder.block() as body:
            writer.run(list(zip(self.wrt, self.seeds, strict=True)))
            self.builder.origin = None
            body.results = self._returned(writer.tangents.item(self.dependent))
        return body

    def _returned(self, tangent: Atom) -> tuple[Atom, ...]:
        """(value, tangent), or with an auxiliary result (value, tangent, aux), as in JAX."""
        results = (self.dependent, tangent) if self.request.with_value else (tangent,)
        return results if self.aux is None else (*results, self.specialiser.atom(self.aux))


class PlainStages(Stages):
    """The function itself, specialised and with what it calls inlined."""

    suffix = ""

    def choose(self) -> None:
        self.dependent, self.aux = whole_result(self)

    def derivative(self) -> Block:
        return Block(self.primal.stmts, (self.dependent,))


class ManyPullbacks(PullbackStages):
    """Pullbacks of many adjoints at once."""

    def derivative(self) -> Block:
        return at_once(self, super().derivative())


class ManyTangents(TangentStages):
    """Tangents along many directions at once."""

    def derivative(self) -> Block:
        return at_once(self, super().derivative())


def at_once(stages: Stages, body: Block) -> Block:
    """A program that takes seeds with one more axis in front."""
    drop_dead(body)
    return Batcher(stages.builder, list(stages.seeds), stages.size).run(body)


MODES: dict[str, type[Stages]] = {
    "gradient": GradientStages,
    "pullback": PullbackStages,
    "tangent": TangentStages,
    "many pullbacks": ManyPullbacks,
    "many tangents": ManyTangents,
    "value": PlainStages,
}


def whole_result(stages: Stages) -> tuple[Atom, Value | None]:
    """What a function returns in one piece, and what it hands through beside it."""
    value, aux = stages.outputs()
    with stages.builder.inside(stages.primal):
        stages.builder.origin = None
        return stages.specialiser.atom(value), aux


def seed_like(stages: Stages, name: str, like: Atom) -> Var:
    """The parameter for the tangent or the adjoint of a value."""
    given = stages.arguments[name]
    kind = given if isinstance(given, Kind) else stages.guards.kind_of(given, name)
    if stages.request.mode.startswith("many"):
        stages.size, kind = without_first_axis(name, kind)
    return Var(name, seed_kind(name, kind, kind_of(like)))


def without_first_axis(name: str, kind: Kind) -> tuple[Dim, Kind]:
    """How many seeds there are, and the kind of one."""
    if isinstance(kind, Num) and kind.dims:
        return kind.dims[0], Num(kind.dtype, kind.dims[1:])
    raise ArgumentError(
        f"{name} of kind {kind} for many seeds at once",
        why="they are rows of one array",
        fix="stack them along a new first axis",
    )


def seed_kind(name: str, given: Kind, like: Kind) -> Kind:
    """The kind of a seed: the structure and dims of what it is for, in its own precision."""
    if not leaf_paths(like):
        return given
    match like, given:
        case Num(dims=dims), Num(dtype=dtype, dims=have):
            alike = dims is None or have is None or len(dims) == len(have)
            if alike and dtype.kind == "f":
                return Num(dtype, dims, weak=given.weak)
        case Tuple(elements, cls), Tuple(elements=others) if len(elements) == len(others):
            return Tuple(_all(name, others, elements), cls)
        case Dict(keys, values), Dict(keys=others, values=inner) if keys == others:
            return Dict(keys, _all(name, inner, values))
        case Object(cls, names, values), Object(cls=other, values=inner) if cls is other:
            return Object(cls, names, _all(name, inner, values))
        case List(), List():
            return like
    if not isinstance(like, Num | Tuple | Dict | Object | List):
        return given
    raise ArgumentError(
        f"{name} of kind {given} for a value of kind {like}",
        why="a tangent or an adjoint has the structure and the shapes of its value, in floats",
        fix="pass floats of the same structure",
    )


def _all(name: str, given: tuple[Kind, ...], like: tuple[Kind, ...]) -> tuple[Kind, ...]:
    return tuple(seed_kind(name, g, k) for g, k in zip(given, like, strict=True))

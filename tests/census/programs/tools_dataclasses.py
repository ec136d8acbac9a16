"""Dataclasses: constructed, replaced, frozen, with factories and __post_init__."""

from __future__ import annotations

import copy
import dataclasses
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from typing import Any, ClassVar

import numpy as np

from census.registry import V3, differentiated, refused
from srcgrad import NoRuleError, SourceError, SrcgradError


@dataclass
class State:
    position: Any
    speed: Any = 0.0
    log: list[Any] = field(default_factory=list)
    steps: ClassVar[int] = 3

    def advance(self, dt):
        self.speed -= dt * self.position
        self.position += dt * self.speed
        self.log.append(self.position)

    @property
    def energy(self):
        return self.position**2 + self.speed**2


@differentiated("dataclasses.dataclass", args=(0.7,))
def constructed(x):
    state = State(x, speed=x * x)
    for _ in range(State.steps):
        state.advance(0.1)
    return state.energy * x


@differentiated("dataclasses.field", args=(0.7,))
def default_factory(x):
    state = State(x)
    for _ in range(3):
        state.advance(0.1)
    return sum(state.log) * state.log[-1]


@dataclass(frozen=True)
class Gas:
    pressure: Any
    volume: Any = 2.0

    def heated(self, by):
        return replace(self, pressure=self.pressure * by)


@differentiated("dataclasses.replace", args=(Gas(0.7),))
def replaced(gas):
    hot = gas.heated(gas.volume)
    other = replace(hot, volume=hot.pressure**2)
    return other.pressure * other.volume


@differentiated("dataclasses.asdict", "dataclasses.astuple", args=(0.7,))
def as_containers(x):
    gas = Gas(x, x * x)
    pressure, volume = astuple(gas)
    return asdict(gas)["pressure"] * volume + pressure * sum(asdict(gas).values())


@differentiated("Dataclasses: `frozen`", args=(0.7,))
def frozen(x):
    gas = Gas(pressure=x)
    for _ in range(2):
        gas = gas.heated(x)
    return gas.pressure * gas.volume


@dataclass(slots=True, kw_only=True)
class Body:
    mass: Any
    speed: Any
    momentum: Any = field(init=False)

    def __post_init__(self):
        self.momentum = self.mass * self.speed


@differentiated("Dataclasses: `slots`, `kw_only` and `__post_init__`", args=(0.7,))
def post_init(x):
    body = Body(mass=x, speed=x + 1.0)
    body.speed = body.momentum
    return body.speed * body.mass


@dataclass
class Named(State):
    name: str = "a"

    @classmethod
    def at(cls, position):
        return cls(position, name="b")


@differentiated("Dataclasses: inheritance and class methods", args=(0.7,))
def inherited(x):
    state = Named.at(x * x)
    state.advance(0.5)
    return state.energy * len(state.name)


@dataclass(order=True)
class Candidate:
    cost: Any
    name: str = field(compare=False, default="")


@refused("Dataclasses: `order`", args=(0.7,), error=SourceError, words="Candidate.__lt__")
def ordered(x):
    a, b = Candidate(x), Candidate(x * x, "b")
    return a.cost * x if a < b else b.cost  # here: a < b


@refused(
    "Dataclasses: `min` of ordered ones",
    args=(V3,),
    error=NoRuleError,
    words="min",
    fix="functions that have rules",
)
def smallest(x):
    best = min(Candidate(v * v, str(i)) for i, v in enumerate(x))  # here: min
    return best.cost * x[int(best.name)]


@differentiated("dataclasses.fields", args=(Gas(0.7, 1.2),))
def by_fields(gas):
    total = 1.0
    for f in fields(gas):
        total = total * getattr(gas, f.name)
    return total


@refused(
    "dataclasses.is_dataclass", args=(Gas(0.7, 1.2),), error=SrcgradError, words="is_dataclass"
)
def tells_dataclasses(gas):
    return gas.pressure**2 if dataclasses.is_dataclass(gas) else 0.0  # here: dataclasses


@differentiated("copy.copy", "copy.deepcopy", args=(V3,))
def copies(x):
    states = [State(x), State(x * 2.0)]
    other, same = copy.deepcopy(states), copy.copy(states)
    other[0].position = other[0].position * other[1].position
    same[1] = State(x + 1.0)
    arrays = copy.copy(x)
    arrays[0] = 3.0
    return np.sum(other[0].position * states[0].position * same[1].position * arrays)

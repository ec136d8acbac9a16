"""collections and types.SimpleNamespace."""

from __future__ import annotations

from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple, TypedDict

import numpy as np

from census.registry import V3, V4, differentiated, inactive

Pair = namedtuple("Pair", ["first", "second"], defaults=[2.0])


class Spring(NamedTuple):
    stiffness: Any
    length: Any = 1.0

    @property
    def energy(self):
        return 0.5 * self.stiffness * self.length**2

    def stretched(self, by):
        return self._replace(length=self.length * by)


@differentiated("collections.namedtuple", args=(Pair(0.7, 1.2),))
def named_tuples(x):
    a, b = x
    y = x._replace(first=a * b)
    fields = dict(zip(y._fields, y))
    return y.first * y[1] + Pair(a).second * fields["first"] * sum(
        Pair._make([a, b])._asdict().values()
    )


@differentiated("typing.NamedTuple", args=(0.7,))
def named_tuples_with_methods(x):
    return Spring(x).stretched(x).energy * Spring(stiffness=2.0, length=x).length


@differentiated("collections.defaultdict", args=(V4,))
def default_dicts(x):
    sums = defaultdict(float)
    groups = defaultdict(list)
    for i, v in enumerate(x):
        sums["even" if i % 2 == 0 else "odd"] += v * v
        groups[i % 2].append(v)
    return sums["even"] * sums["odd"] + sums["none"] + groups[0][1] * len(groups[1])


@differentiated("collections.deque", args=(V4,))
def deques(x):
    window = deque([0.0], maxlen=2)
    total = 0.0
    for v in x:
        window.append(v * v)
        total += sum(window) * v
    window.appendleft(x[0])
    window.rotate(1)
    return total * window[0] * window.pop() + len(window) * window.popleft()


@inactive("collections.Counter", args=(V4, "abca"))
def counters(x, letters):
    counts = Counter(letters)
    (most, n), *_ = counts.most_common(1)
    return sum(x[i] ** 2 * counts[c] for i, c in enumerate("abcd")) * n * len(most)


@differentiated("collections.OrderedDict", args=(V3,))
def ordered_dicts(x):
    y = OrderedDict(a=x[0], b=x[1] * x[2])
    y.move_to_end("a")
    key, last = y.popitem()
    return last**2 * y["b"] * len(key)


@differentiated("collections.ChainMap", args=({"a": 0.7},))
def chain_maps(x):
    settings = ChainMap(x, {"a": 5.0, "b": 2.0})
    return settings["a"] ** 2 * settings["b"]


class Settings(UserDict):
    pass


@differentiated("collections.UserDict", args=(0.7,))
def user_dicts(x):
    settings = Settings(a=x)
    settings["b"] = settings["a"] ** 2
    return settings["b"] * settings["a"]


@differentiated("types.SimpleNamespace", args=(0.7,))
def namespaces(x):
    state = SimpleNamespace(position=x, speed=1.0)
    for _ in range(3):
        state.speed -= 0.1 * state.position
        state.position += 0.1 * state.speed * state.position
    state.extra = np.sin(state.position)
    return state.extra * state.speed


@differentiated("types.MappingProxyType", args=({"a": 0.7},))
def mapping_proxies(x):
    frozen = MappingProxyType(x)
    return frozen["a"] ** 2


class State(TypedDict):
    position: float
    speed: float


@differentiated("typing.TypedDict", args=(0.7,))
def typed_dicts(x):
    state = State(position=x, speed=x * x)
    return state["position"] * state["speed"]

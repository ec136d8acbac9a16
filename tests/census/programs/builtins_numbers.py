"""Builtins that an active value goes through."""

from __future__ import annotations

import operator
from types import SimpleNamespace

import numpy as np

from census.registry import M23, V3, V4, differentiated, refused
from srcgrad import NoRuleError, SrcgradError, UnsupportedError


@differentiated("builtins.abs", "builtins.pow", "builtins.divmod", args=(5.3,))
def arithmetic(x):
    quotient, remainder = divmod(x * x, 3.0)
    return abs(-x) * pow(x, 2) + pow(2.0, x) + quotient * x * remainder


@differentiated("builtins.round", args=(0.7,))
def rounded(x):
    return x * round(x) + round(x, 1) + round(3.0 * x) * x


@differentiated("builtins.float", args=(0.7,))
def floats(x):
    return float(x) * float(x * x) * float("2.5") * float(3)


@differentiated("builtins.sum", args=([0.7, 1.2, -0.3],))
def sums(x):
    arrays = sum([np.array([v, 1.0]) for v in x], start=np.zeros(2))
    return sum(x) * sum((v * v for v in x), 2.0) * np.sum(arrays) * sum([1, 2])


@differentiated("Builtins: `sum` of lists", args=([[0.7, 1.2], [-0.3]],))
def sum_of_lists(x):
    flat = sum(x, [])
    return flat[0] * flat[-1]


@differentiated("builtins.max", "builtins.min", args=([0.7, 1.2, -0.3],))
def largest_and_smallest(x):
    return max(x) * min(x) + max(x[0], 0.1, x[2]) * min(1.0, x[1] * x[0])


@differentiated("Builtins: `max` and `min` with `key` and `default`", args=([0.7, 1.2, -1.5],))
def largest_by_key(x):
    pairs = [("a", x[0]), ("b", x[1])]
    name, value = max(pairs, key=lambda pair: pair[1])
    y = max(x, key=abs) * min(x[0], x[2], key=lambda v: (v - 1.0) ** 2)
    return y * value * min([], default=x[1]) * len(name)


@differentiated("Builtins: `min` of a `range` by `key`", args=(V4,))
def where_the_smallest_is(x):
    at = min(range(len(x)), key=lambda i: x[i])
    best = max(((x[i] * x[j], i, j) for i in range(4) for j in range(i)), key=lambda t: t[0])
    return x[at] ** 2 + best[0] * best[1]


@differentiated("builtins.sorted", args=([0.7, 1.2, -1.5],))
def sorted_values(x):
    y = sorted(x)
    z = sorted(x, key=lambda v: -v * v, reverse=True)
    return y[0] * z[0] + y[2] ** 2


@refused(
    "Builtins: `sorted` of pairs without `key`",
    args=([0.7, 1.2],),
    error=UnsupportedError,
    words="sorting by what is not a number",
    fix="key=",
)
def sorted_pairs(x):
    pairs = sorted({"b": x[0], "a": x[1]}.items())  # here: sorted
    return pairs[0][1]


@refused(
    "Builtins: `sorted` of a set without `key`",
    args=({"a": 0.7, "b": 1.2},),
    error=NoRuleError,
    words="getitem",
    fix="functions that have rules",
)
def sorted_sets(x):
    keys = {"b", "a"}
    return sum(x[key] ** 2 for key in sorted(keys))  # here: x[key]


@differentiated("Builtins: `sorted` by `key` of tuples and objects", args=([0.7, 1.2, -1.5],))
def sorted_by_key(x):
    tracks = [(v * v, i) for i, v in enumerate(x)]
    tracks = sorted(tracks, key=operator.itemgetter(0))
    things = [SimpleNamespace(value=v * 2.0) for v in x]
    things.sort(key=lambda t: t.value)
    return tracks[0][0] * tracks[1][1] + things[0].value * things[1].value


@differentiated(
    "builtins.enumerate", "builtins.zip", "builtins.reversed", args=(V3, [0.5, 1.0, 2.0])
)
def pairs(x, weights):
    total = 0.0
    for i, (v, w) in enumerate(zip(x, weights, strict=True), start=1):
        total = total * 0.5 + i * v * w
    for v in reversed(x):
        total = total * v
    return total + [a for a, _ in zip(x * x, range(2))][1]


@differentiated("Builtins: `zip(*rows)`", args=([[0.7, 1.2], [-0.3, 0.5]],))
def transposed(x):
    columns = [list(column) for column in zip(*x)]
    first, second = zip(*[(v * v, i) for i, v in enumerate(columns[0])])
    return columns[0][1] * columns[1][0] + first[1] * second[1]


@differentiated("builtins.map", args=(V3,))
def mapped(x):
    y = list(map(lambda v: v * v, x))
    z = sum(map(operator.mul, x, y))
    total = 0.0
    for v in map(abs, x):
        total += v * z
    a, b, c = map(float, x)
    return total + y[0] * a * b * c


@differentiated("builtins.filter", args=(V3,))
def filtered(x):
    y = list(filter(lambda v: v > 0.0, x))
    z = [v for v in filter(None, [x[0], 0.0])]
    return sum(v * v for v in y) * z[0]


@differentiated("builtins.iter", "builtins.next", args=(V3,))
def iterators(x):
    values = iter(x)
    first = next(values)
    total = first
    for v in values:
        total = total * v + first
    return total + next(values, x[0])


@refused("Builtins: `next` of a generator with a test", args=(V3,), error=SrcgradError, words="")
def first_that(x):
    return next((v for v in x if v > 0.5), None) ** 2  # here: next


@differentiated("builtins.list", "builtins.tuple", "builtins.dict", args=([0.7, 1.2],))
def constructors(x):
    y = list(x) + list((x[0],))
    z = tuple(x)
    d = dict(a=x[0], **{"b": y[1]})
    e = dict(zip("cd", z))
    return y[2] * z[1] * d["a"] * d["b"] + e["c"] * dict([("k", x[0])])["k"]


@differentiated("builtins.slice", args=(V4,))
def slices(x):
    part = slice(1, None, 2)
    return np.sum(x[part] ** 2) * x[slice(2)][0]


@differentiated("builtins.getattr", "builtins.setattr", args=(0.7,))
def attributes(x):
    state = SimpleNamespace(rate=x)
    setattr(state, "speed", x * x)
    return getattr(state, "rate") * getattr(state, "speed") * getattr(state, "none", x)


@differentiated("builtins.vars", args=(0.7,))
def fields_of_an_object(x):
    state = SimpleNamespace(a=x, b=x * x)
    return sum(vars(state).values()) * vars(state)["a"]


@differentiated("Builtins: iterators that are used up", args=(V4,))
def iterators_used_up(x):
    pairs, squares = zip(x, x), map(lambda v: v * v, x)
    total = sum(a * b for a, b in pairs) + sum(a for a, _ in pairs)
    total += sum(squares) * 2.0 + sum(squares)
    backwards = reversed(x)
    return total * next(backwards) + next(backwards) * sum(backwards)


@refused(
    "Builtins: one iterator in two places of `zip`",
    args=(V4,),
    error=UnsupportedError,
    words="walked through in two places",
    fix="slices",
)
def pairs_of_one_iterator(x):
    values = iter(x)
    return sum(a * b for a, b in zip(values, values))  # here: (a * b


@differentiated("Builtins: loops over `np.ndindex`", args=(M23,))
def indices_of_arrays(x):
    total = 0.0
    for i, j in np.ndindex(2, 3):
        total += x[i, j] ** 2 * j
    return total


@refused(
    "Builtins: loops over `np.ndenumerate`",
    args=(M23,),
    error=UnsupportedError,
    words="a loop over something whose kind is not known",
    fix="loop over a list or an array",
)
def elements_and_indices(x):
    total = 0.0
    for (i, _), v in np.ndenumerate(x):  # here: for
        total += v**3 * i
    return total


@differentiated("Builtins: iterators over what changes before they are read", args=(V3,))
def lazy_iterators(x):
    factor = 1.0
    scaled = map(lambda v: v * factor, x)
    factor = x[0]
    values = list(x)
    sizes, places = map(abs, values), enumerate(values)
    values.append(3.0 * x[1])
    values[0] = 5.0
    return sum(scaled) + sum(sizes) * sum(i * v + v for i, v in places)

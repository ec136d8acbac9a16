"""Expressions: displays, comprehensions, subscripts, calls and strings."""

from __future__ import annotations

import math

import numpy as np

from census.registry import M23, V3, V4, differentiated, inactive, refused
from srcgrad import NoRuleError, UnsupportedError


@differentiated("ast.NamedExpr", args=(0.7,))
def walrus(x):
    if (y := x * x) > 0.1:
        return y * x
    return y


@differentiated("ast.Lambda", args=(0.7,))
def lambda_that_captures(x):
    scaled = lambda v, by=2.0: v * by * x
    return scaled(x) + scaled(1.0, by=x)


@differentiated("ast.IfExp", args=(0.7,))
def conditional(x):
    return x * x if x > 0.0 else -x


@differentiated("ast.Dict", args=(0.7,))
def dict_display(x):
    y = {"a": x, "b": x * x}
    return y["a"] * y["b"]


@differentiated("Expressions: `**` in a dict display", args=({"a": 0.7, "b": 1.2},))
def dict_display_with_stars(x):
    y = {"c": 2.0, **x, "b": x["a"] ** 2}
    return y["a"] * y["b"] * y["c"]


@differentiated("ast.List", "ast.Tuple", "ast.Starred", args=(0.7,))
def displays_with_stars(x):
    pair = (x, x * x)
    values = [1.0, *pair, x]
    both = (*values, *pair)
    return values[1] * values[2] * both[-1]


@inactive("ast.Set", args=(0.7, "fast"))
def set_display(x, mode):
    return x * x if mode in {"fast", "slow"} else x


@inactive("ast.SetComp", args=(V3,))
def set_comprehension(x):
    kinds = {i % 2 for i in range(len(x))}
    return np.sum(x**2) * len(kinds)


@inactive("Expressions: sets of names and their operators", args=({"a": 0.7, "b": 1.2},))
def sets_of_names(x):
    keys = set(["a", "b"]) & {"a", "c"} | {"b"}
    return sum(x[key] ** 2 for key in x if key in keys)


@differentiated(
    "Expressions: a lookup that a test keeps from failing", args=({"a": 0.7, "b": 1.2}, ["a", "b"])
)
def guarded_lookups(x, keys):
    total = 0.0
    for key in ("a", "b", "c"):
        if key in keys:
            total += x[key] ** 2
    return total


@differentiated("ast.ListComp", "ast.comprehension", args=(V3,))
def list_comprehension(x):
    y = [v * v for v in x if v > -1.0]
    return sum(y) * len(y)


@differentiated("Expressions: nested comprehensions", args=(M23,))
def nested_comprehensions(x):
    rows = [[v * v for v in row] for row in x]
    flat = [v * w for row in rows for v in row if v > 0.1 for w in (1.0, 2.0)]
    return sum(flat) * rows[1][2]


@differentiated("ast.DictComp", args=({"a": 0.7, "b": 1.2},))
def dict_comprehension(x):
    y = {key: v * v for key, v in x.items()}
    return y["a"] * y["b"]


@differentiated("Expressions: dict comprehensions with keys of a `range`", args=(V3,))
def dict_comprehension_over_a_range(x):
    y = {i: x[i] * x[i] for i in range(len(x))}
    return y[0] * y[2] + sum(y.values())


@differentiated("ast.GeneratorExp", args=(V3,))
def generator_in_sum(x):
    return sum(v * v for v in x if v < 0.5)


@differentiated("Expressions: generators in `max` and `min`", args=(V3,))
def generators_in_max_and_min(x):
    return max(v * v for v in x) * min(abs(v) for v in x)


@differentiated("Expressions: comprehensions in `np.array` and `np.stack`", args=(M23,))
def comprehensions_in_arrays(x):
    a = np.array([np.sum(row) for row in x])
    b = np.stack([row * row for row in x])
    c = np.array([[x[i, j] * j for j in range(3)] for i in range(2)])
    return np.sum(a) * np.sum(b * c)


@differentiated("Expressions: generators in `any` and `all`", args=(V3,))
def generators_in_any_and_all(x):
    if any(v > 5.0 for v in x) or not all(v > -2.0 for v in x):
        return x[0]
    return x[0] * x[1]


@differentiated("Expressions: generators in `zip`, `enumerate` and `sorted`", args=(V3,))
def generators_in_others(x):
    total = 0.0
    for a, b in zip((v * v for v in x), x):
        total += a * b
    for i, v in enumerate(v * 2.0 for v in x):
        total += i * v
    first, *_ = sorted(v * v for v in x)
    return total * first


@refused(
    "Expressions: a generator kept in a variable",
    args=(V3,),
    error=UnsupportedError,
    words="a generator expression that is kept",
    fix="list",
)
def generator_in_a_variable(x):
    squares = (v * v for v in x)  # here: (v
    total = 0.0
    for square in squares:
        total += square * total + square
    return total


@differentiated("Expressions: generators in `list` and `join`", args=(V3,))
def generators_in_constructors(x):
    z = list(v * w for v, w in zip(x, [1.0, 2.0, 3.0]))
    label = ", ".join(f"{v:.2f}" for v in x)
    return z[0] * z[1] * len(label)


@refused(
    "Expressions: generators of unknown length in `tuple`",
    args=(V3,),
    error=NoRuleError,
    words="tuple",
    fix="functions that have rules",
)
def generator_in_tuple(x):
    y = tuple(v * v for v in x)  # here: tuple
    return sum(y)


@refused(
    "Expressions: generators of pairs in `dict`",
    args=(V3,),
    error=NoRuleError,
    words="dict",
    fix="functions that have rules",
)
def generator_in_dict(x):
    d = dict((i, v) for i, v in enumerate(x))  # here: dict
    return d[2] ** 2


@differentiated("Expressions: `y := ...` in a comprehension", args=(V3,))
def walrus_in_a_comprehension(x):
    y = [s * v for v in x if (s := v * v) < 1.0]
    return sum(y) + s


@differentiated("ast.Attribute", args=(M23,))
def attributes(x):
    return np.sum(x.T @ x) * x.shape[0]


@differentiated("ast.Subscript", "ast.Slice", args=(M23,))
def subscripts(x):
    return np.sum(x[:, 1:] * x[0, ::2]) + x[-1, -1] ** 2


@differentiated("ast.Call", "ast.keyword", args=(V3,))
def calls_with_keywords(x):
    return np.sum(a=x * x, axis=0) * math.sin(x[0])


@inactive("ast.JoinedStr", "ast.FormattedValue", args=(0.7,))
def formatted_strings(x):
    label = f"{x:.3f} {x!r:>8} {x * 2 = :.1f}"
    print(label)
    return x * x


@refused(
    "Expressions: f-strings with a computed format",
    args=(0.7,),
    error=UnsupportedError,
    words="computed format",
    fix="write the format out",
)
def computed_format(x):
    width = 8
    print(f"{x:>{width}}")  # here: f"
    return x * x


@inactive("Expressions: methods and slices of strings and bytes", args=(0.7, "sin, cos"))
def methods_of_strings(x, names):
    y = x
    for name in names.split(","):
        y = math.sin(y) if name.strip().startswith("s") else math.cos(y)
    text = "{:.2f}".format(x) + names.upper()[::-1].replace("S", "z")
    return y * len(text) * b"ab"[0]


@differentiated("Expressions: a function chosen by a test", args=(0.7,))
def function_chosen_by_a_test(x):
    f = np.sin if x > 0.0 else np.cos
    return f(x) * (np.exp if x > 1.0 else np.tanh)(x)


@differentiated("Expressions: `y := ...` in a test that may be skipped", args=(V4,))
def walrus_that_may_be_skipped(x):
    if x[0] > 0.5 and (y := x[1] * x[2]) < 1.0:
        return y * y
    return x[0]


@inactive("Expressions: `%` and `.format` of active values", args=(0.7,))
def formatted_by_operators(x):
    print("x = %.3f, %s" % (x, x * x), "{:.2f} {y}".format(x, y=2.0 * x))
    return x * x * len("%d" % 12)

"""Containers: lists, tuples and dicts that are built, changed, sliced and returned."""

from __future__ import annotations

import numpy as np

from census.registry import V3, V4, Verdict, differentiated, inactive, refused
from srcgrad import UnsupportedError


@differentiated("Containers: lists built in a loop", args=(V3,))
def list_built(x):
    states = [x]
    for _ in range(4):
        states.append(np.tanh(states[-1] * x) + states[0])
    return np.sum(states[-1]) * np.sum(states[2])


def trajectory(x, n):
    states, times = [], []
    for i in range(n):
        x = x * 0.9 + 0.1 * x * x
        states.append(x)
        times.append(0.1 * i)
    return {"states": states, "times": times, "last": x}


@differentiated("Containers: containers returned by functions", args=(0.7,))
def containers_returned(x):
    result = trajectory(x, 4)
    return sum(result["states"]) * result["last"] + result["times"][2]


@differentiated("Containers: slices of lists and tuples", args=([0.7, 1.2, -0.3, 0.5],))
def slices_of_lists(x):
    y = x[1:] + x[:1]
    z = tuple(x)[::-1]
    return sum(a * b for a, b in zip(y[::2], z[-2:]))


@differentiated("Containers: `+` and `*` of lists and tuples", args=(0.7,))
def sums_of_lists(x):
    y = [x] * 3 + [x * x, 1.0]
    z = (x, 2.0) + (x,) * 2
    y += [z[0]]
    return sum(y) * sum(z) * len(y)


@differentiated("Containers: `y[-1] *= ...` of lists", args=([0.7, 1.2, -0.3, 0.5],))
def updates_of_elements(x):
    y = [v * v for v in x]
    y[-1] *= x[2]
    return sum(v * i for i, v in enumerate(y))


@refused(
    "Containers: stores into slices of lists (reverse mode)",
    args=([0.7, 1.2, -0.3, 0.5],),
    error=UnsupportedError,
    words="the adjoint of an element of a list",
    fix="same structure",
    forward=Verdict.DIFFERENTIATED,
)
def stores_into_slices(x):
    y = [v * v for v in x]
    y[1:3] = [x[0], x[1], 1.0]  # here: y[1:3]
    return sum(v * i for i, v in enumerate(y))


@differentiated("Containers: methods of lists", args=([0.7, 1.2, -0.3],))
def methods_of_lists(x):
    y = list(x)
    y.append(x[0] * x[1])
    y.extend(v * 2.0 for v in x)
    y.insert(1, x[2] ** 2)
    last = y.pop()
    first = y.pop(0)
    y.reverse()
    z = y.copy()
    y.clear()
    return first * last + sum(v * i for i, v in enumerate(z)) + len(y)


@differentiated("Containers: `sort`, `index` and `count` of lists", args=([0.7, 1.2, -0.3],))
def sorting_lists(x):
    y = [v * v for v in x]
    y.sort(reverse=True)
    z = sorted(x, key=abs)
    names = ["a", "b", "c"]
    return y[0] * z[0] + y[names.index("b")] * names.count("c")


@differentiated("Containers: methods of dicts", args=({"a": 0.7, "b": 1.2},))
def methods_of_dicts(x):
    y = dict(x)
    y["c"] = x["a"] * x["b"]
    y.update({"d": x["a"] ** 2}, e=2.0)
    total = y.pop("d") * y.get("e") + y.get("none", x["b"]) * y.setdefault("f", x["a"])
    for key in y.keys():
        total = total + y[key] ** 2
    for key, value in y.items():
        total = total * (value if key == "a" else 1.0)
    return total * sum(y.values()) * len(y)


@differentiated("Containers: dicts joined by `|`", args=({"a": 0.7, "b": 1.2},))
def dicts_joined(x):
    y = x | {"c": x["a"] ** 2}
    y |= {"b": 3.0}
    return y["a"] * y["b"] * y["c"]


@differentiated("Containers: dicts with keys that are computed", args=(V3,))
def computed_keys(x):
    table = {}
    for i, v in enumerate(x):
        table[f"k{i}"] = v * v
    return table["k0"] * table["k1"] + sum(table.values())


@differentiated("Containers: dicts with tuples as keys", args=(V3,))
def pairs_as_keys(x):
    table = {}
    for i, j in ((0, 1), (1, 2)):
        table[i, j] = x[i] * x[j]
    return sum(table.values())


def fib(n, x, memo):
    if n < 2:
        return x
    if n not in memo:
        memo[n] = fib(n - 1, x, memo) + fib(n - 2, x, memo) * x
    return memo[n]


@differentiated("Containers: a memo of one's own", args=(0.7,))
def own_memo(x):
    return fib(8, x, {})


@differentiated("Containers: nested containers", args=({"layers": [(V3, 0.5), (2.0 * V3, 0.1)]},))
def nested(x):
    total = 0.0
    for weights, bias in x["layers"]:
        total = np.tanh(np.sum(weights) * total + bias)
    x["layers"][0][0][1] = total
    return total * np.sum(x["layers"][0][0])


@differentiated("Containers: a matrix as a list of lists", args=([[0.7, 1.2], [-0.3, 0.5]],))
def lists_of_lists(x):
    y = [[sum(a * b for a, b in zip(row, column)) for column in zip(*x)] for row in x]
    return y[0][1] * y[1][0] + sum(sum(row) for row in y)


@differentiated(
    "Containers: stores into a small matrix of lists", args=([[0.7, 1.2], [-0.3, 0.5]],)
)
def stores_into_lists_of_lists(x):
    n = len(x)
    y = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            for k in range(n):
                y[i][j] += x[i][k] * x[k][j]
    return y[0][1] * y[1][0] + sum(sum(row) for row in y)


@differentiated("Containers: a stack and a queue", args=(V4,))
def stack_and_queue(x):
    stack, total = [x[0]], 0.0
    while stack:
        v = stack.pop()
        total = total + v * v
        if len(stack) < 1 and abs(v) > 0.2:
            stack.append(v * 0.5)
    return total


@differentiated("Containers: lists compared and tested", args=([0.7, 1.2],))
def lists_tested(x):
    y = []
    if not y and x and x != y:
        y = [v * v for v in x]
    return y[0] * y[-1] if len(y) == len(x) else 0.0


@inactive("Containers: sets, ranges and slices as data", args=(V4,))
def inactive_containers(x):
    chosen = {0, 2} | {3}
    steps = range(1, len(x), 2)
    total = 0.0
    for i in range(4):
        if i in chosen - {3}:
            total += x[i] ** 2
    return total * steps[0] * len(steps) * (2 in chosen)


@differentiated("Containers: unpacking in a `for`", args=([(0.7, (1.2, 2.0)), (-0.3, (0.5, 1.0))],))
def unpacking_in_a_for(x):
    total = 0.0
    for i, (a, (b, *rest)) in enumerate(x):
        total = total + a * b * rest[0] * (i + 1)
    return total


@differentiated("Containers: a list changed while an alias is read", args=(V3,))
def aliases(x):
    y = [x[0], x[1]]
    z = y
    z[0] = z[0] * x[2]
    w = list(z)
    y.append(w[0])
    return z[0] * z[2] * w[1]


@differentiated("Containers: stores into arrays deep in containers", args=([(V3, {"a": V4})],))
def stores_deep_in_containers(x):
    x[0][0][1] = x[0][0][0] ** 2
    y = x[0][1]["a"]
    y[2] = 3.0
    return np.sum(x[0][0] ** 2) * np.sum(x[0][1]["a"] ** 2)


@differentiated("Containers: lists repeated by `*`, whose elements are one", args=(0.7,))
def repeated_elements(x):
    rows, arrays = [[0.0] * 3] * 3, [np.zeros(2)] * 2
    rows[0][1] = x * x
    arrays[1][0] = x
    return rows[2][1] * arrays[0][0]


@differentiated("Containers: views of dicts that change", args=({"a": 0.7},))
def views_of_dicts(x):
    y = dict(x)
    values = y.values()
    y["c"] = x["a"] ** 2
    return sum(values) * y["c"]


@differentiated("Containers: order of evaluation in assignments", args=(0.7,))
def order_of_evaluation(x):
    y, i = [0.0, 0.0], 0
    i, y[i] = 1, x * x
    y[0], y[1], i = y[1], y[0] * x, 0
    return y[i] * 3.0 + y[1] * x


@differentiated("Containers: lists repeated a number of times known in a run", args=(V3,))
def repeated_lists(x):
    y = [x[0] * x[1]] * len(x)
    total = y[1]
    for v in y:
        total = total * 0.5 + v * v
    return total * len(y) + sum(y) ** 2


@differentiated("Containers: loops over lists of several elements repeated", args=(V3, 2))
def several_repeated(x, n):
    total = 0.0
    for v in [x[0], x[2] ** 2] * n:
        total = total * 0.5 + v * v
    return total

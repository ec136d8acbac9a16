"""Containers of the library: deque, defaultdict, Counter, OrderedDict, copies, sets of places."""

from __future__ import annotations

import copy
from collections import ChainMap, Counter, OrderedDict, defaultdict, deque, namedtuple

import numpy as np
import pytest

from support.every_way import Program, Programs, check_once, check_refused, check_twice

V3 = np.array([0.7, 1.3, 0.4])
PROGRAMS = Programs()
program = PROGRAMS.register


@program(V3, refused="whose elements are not known one by one")
def a_window_over_a_series(x):
    window = deque(maxlen=2)
    total = 0.0
    for v in x:
        window.append(v * v)
        total += window[0] * window[-1]
    return total * sum(window)


@program(V3, refused="whose elements are not known one by one")
def a_queue_worked_off(x):
    queue = deque([x[0], x[1]])
    total = 1.0
    while len(queue) > 0:
        v = queue.popleft()
        total = total * v + 1.0
        if v > 0.6 and total < 4.0:
            queue.append(v * x[2])
    return total


@program(V3)
def both_ends_of_a_deque(x):
    d = deque()
    for k, v in enumerate(x):
        if k % 2:
            d.append(v * v)
        else:
            d.appendleft(v * 2.0)
    d.rotate(1)
    d.extend([x[0] ** 3])
    return d[0] + d[1] * d[2] ** 2 + d.pop() * d.popleft()


@program(V3)
def one_deque_under_two_names(x):
    a = deque([x[0]], maxlen=2)
    b = a
    b.append(x[1])
    b.append(x[2] * a[0])
    return a[0] * b[1] ** 2


@program(V3)
def sums_by_key(x):
    sums = defaultdict(float)
    for k, v in enumerate(x):
        sums[k % 2] += v * v
    return sums[0] * sums[1] + sums[2]


@program(V3)
def lists_by_key(x):
    groups = defaultdict(list)
    for k, v in enumerate([*x, x[0] * x[1]]):
        groups["even" if k % 2 == 0 else "odd"].append(v)
    return sum(groups["even"]) * groups["odd"][0] ** 2 * len(groups)


@program(V3)
def defaults_made_by_a_function(x):
    d = defaultdict(lambda: x[0])
    d["a"] *= x[1]
    d["b"] += d["a"]
    return d["a"] * d["b"] * d["c"]


@program(V3)
def defaults_that_are_dicts(x):
    d = defaultdict(dict)
    d["a"]["b"] = x[0]
    d["a"]["c"] = x[1] * d["a"]["b"]
    d["e"]["b"] = d["a"]["c"]
    return d["a"]["c"] * d["e"]["b"] * x[2]


@program(V3)
def an_ordered_dict(x):
    d = OrderedDict([("b", x[0]), ("a", x[1])])
    d["c"] = x[2]
    d.move_to_end("b")
    total = 0.0
    for k, v in enumerate(d.values()):
        total = total + k * v**2
    return total


@program(V3, refused="sum of arrays of several shapes is not supported")
def counted_places(x):
    counts = Counter("abbccc")
    return sum([x[k] * counts[c] ** 2 for k, c in enumerate("abc")]) ** 2


@program(V3)
def settings_in_two_layers(x):
    d = ChainMap({"a": x[0]}, {"a": x[1], "b": x[2]})
    total = sum(v * d[k] for k, v in d.items())
    return d["a"] * d["b"] ** 2 + total * len(d) * d.get("c", 1.0)


@program(V3, refused="a store into a dict that a ChainMap shows")
def settings_that_change_below(x):
    below = {"a": x[1], "b": x[2]}
    d = ChainMap({"a": x[0]}, below)
    below["b"] = x[0]
    return d["a"] * d["b"]


@program(V3, refused="a call of a function that is chosen at run time")
def a_namedtuple_made_here(x):
    made = namedtuple("made", "a b")
    p = made(x[0], b=x[1])
    return p.a * p.b**2 * p[0]


@program(V3)
def shallow_and_deep_copies(x):
    original = {"a": [x[0], x[1]], "b": x[2]}
    shallow, deep = copy.copy(original), copy.deepcopy(original)
    original["a"][0] = x[2] ** 2
    shallow["b"] = x[0] * x[1]
    deep["a"][1] = deep["a"][0] * x[2]
    return shallow["a"][0] * original["b"] + shallow["b"] * deep["a"][0] * deep["a"][1]


@program(V3)
def copies_of_lists(x):
    a = [x[0], x[1]]
    b, c, d = a[:], list(a), a.copy()
    a[0] = x[2]
    b[1] = a[0] * c[0]
    d.append(b[1])
    return sum(a) * sum(b) * sum(c) + d[-1]


@program(V3)
def one_list_twice_in_a_list(x):
    row = [x[0], x[1]]
    rows = [row, row]
    rows[0][0] = x[2] * row[1]
    rows.append(rows[1])
    return rows[1][0] * rows[2][1] ** 2


@program(V3)
def rows_by_multiplication(x):
    rows = [[x[0]] * 2] * 2
    rows[0][1] = x[1]
    return rows[1][1] ** 2 * rows[1][0] * x[2]


@program(V3)
def a_list_that_is_its_own_default(x):
    def more(v, kept=[]):  # noqa: B006
        kept = [*kept, v * v]
        return kept

    return sum(more(x[0])) * sum(more(x[1], [x[2]]))


@program(V3)
def keys_that_are_tuples(x):
    table = {}
    for i in range(3):
        for j in range(i + 1):
            table[i, j] = x[i] * x[j] ** 2
    table[0, 0] *= table[2, 1]
    return sum(table.values()) * table[1, 0] * len(table)


@program(V3)
def a_table_filled_from_below(x):
    table = {0: x[0], 1: x[1]}
    for n in range(2, 6):
        table[n] = table[n - 1] * x[2] + table[n - 2] ** 2
    return table[5]


@program(V3)
def a_view_sees_what_comes_later(x):
    d = {"a": x[0], "b": x[1]}
    values, items = d.values(), d.items()
    d["a"] = x[2] ** 2
    d["c"] = x[0] * x[1]
    return sum(values) * sum([v * len(k) for k, v in items])


@program(V3)
def elements_taken_out(x):
    d = {"a": x[0], "b": x[1], "c": x[2]}
    v = d.pop("b") ** 2
    key, w = d.popitem()
    d.setdefault("a", 100.0 * v)
    u = d.setdefault("d", v * w)
    return u * d["a"] * len(key) + d.get("z", x[0]) * v


@program(V3)
def merged_dicts(x):
    a = {"a": x[0], "b": x[1]}
    b = a
    a |= {"b": x[2] ** 2}
    c = {**a, "a": x[1]} | {"d": b["b"]}
    return b["b"] * c["a"] * c["d"]


@program(V3)
def slices_of_lists(x):
    a = [v * v for v in x] + [x[0], x[1]]
    a[1:3] = [x[0] * x[2], x[1], x[2]]
    del a[0]
    a.insert(1, a.pop())
    a.extend(a[:2])
    a[::2] = [v * 2.0 for v in a[::2]]
    return sum([k * v for k, v in enumerate(a)]) * a[-1]


@program(V3)
def sorted_in_place(x):
    a = [x[0], x[1], x[2], x[0] * x[1]]
    b = a
    b.sort(reverse=True)
    a.reverse()
    return sum([v**k for k, v in enumerate(a)]) * b[0]


@program(V3)
def an_element_and_the_list_under_it(x):
    a = [x * 1.0, x * 2.0]
    b = a[0]
    b[1] = x[2] ** 2
    a[0] = a[1]
    a[0][0] *= b[1]
    return np.sum(a[0] * a[1]) + np.sum(b**2)


@program([np.array([0.7, 1.3]), np.array([0.4, 0.2])])
def a_list_that_came_and_is_changed(a):
    first = a[0]
    a[0] = a[1] * first
    a.append(first)
    first[0] = 2.0 * a[0][1]
    return np.sum(a[0] * a[2]) + np.sum(a[1] ** 2)


@program({"w": [0.7, 1.3], "b": 0.4})
def a_dict_that_came_and_is_changed(d):
    d["w"].append(d["b"] ** 2)
    d["new"] = d["w"][2] * d["w"][0]
    d["w"] = [v * d["new"] for v in d["w"]]
    del d["b"]
    return sum(d["w"]) * d["new"]


@program(V3)
def a_stack_with_an_empty_end(x):
    stack = [(x[0], 0)]
    total = 0.0
    while stack:
        v, depth = stack.pop()
        total = total + v**2
        if depth < 2:
            stack.append((v * x[1], depth + 1))
            stack.append((v * x[2], depth + 1))
    return total


@program(V3)
def places_in_a_set(x):
    seen = set()
    total = 0.0
    for k in [0, 2, 0, 1, 2]:
        if k in seen:
            continue
        seen.add(k)
        total = total + x[k] ** (k + 2)
    return total * len(seen)


@pytest.mark.parametrize("program", PROGRAMS.differentiated, ids=str)
def test_program(program: Program) -> None:
    check_once(program)


@pytest.mark.parametrize("program", PROGRAMS.twice, ids=str)
def test_second_derivatives(program: Program) -> None:
    check_twice(program)


@pytest.mark.parametrize("program", PROGRAMS.refused, ids=str)
def test_refused(program: Program) -> None:
    check_refused(program)

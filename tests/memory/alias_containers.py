# mypy: allow-untyped-defs, allow-untyped-calls
"""Arrays and views that lists, tuples and dicts hold, changed later under any name."""

from __future__ import annotations

import numpy as np

from memory.registry import A33, W3, X3, X4, right, right_or_refused


@right(X4)
def views_in_a_tuple(x):
    y = np.sin(x)
    views = (y[:2], y[1:])
    views[0][1] = x[3]
    views[1][0] *= x[2]
    return np.sum(y**2)


@right(X4)
def views_in_a_list(x):
    y = np.sin(x)
    views = [y[:2], y[2:]]
    for v in views:
        v *= v
    views[0][0] = x[2]
    return np.sum(y * x)


@right(X4)
def views_in_a_dict(x):
    y = np.sin(x)
    views = {"head": y[0:1], "tail": y[1:]}
    views["head"][:] = views["tail"][1:2]
    views["tail"][1] = x[0]
    y[3] *= 2.0
    return np.sum(y**2) + np.sum(views["tail"])


@right(A33)
def list_of_rows(a):
    b = np.sin(a)
    rows = [b[0], b[1], b[2]]
    rows[0], rows[2] = rows[2], rows[0]
    rows[0][1] = a[1, 1]
    rows[1] += rows[2]
    return np.sum(b**2) + np.sum(rows[0])


@right(X3)
def one_array_twice_in_a_list(x):
    y = np.sin(x)
    pair = [y, y]
    pair[0][0] = x[1]
    pair[1][0] *= x[2]
    return np.sum(pair[0] * pair[1])


@right(X3)
def appended_twice_then_changed(x):
    y = np.sin(x)
    kept = []
    kept.append(y)
    kept.append(y)
    y[1] = x[0]
    kept[0][2] *= x[1]
    return np.sum(kept[0] * kept[1])


@right(X3)
def list_by_repetition(x):
    rows = [np.sin(x)] * 2
    rows[0][0] = x[2]
    return np.sum(rows[0] * rows[1])


@right_or_refused(X3)
def inner_list_by_repetition(x):
    rows = [[x[0], x[1]]] * 2
    rows[0][0] = x[2]
    return rows[1][0] * rows[0][1]


@right(X3)
def list_under_another_name(x):
    a = [x[0], x[1], x[2]]
    b = a
    b[0] = a[1] * a[2]
    a[1] *= b[0]
    return a[0] * b[1]


@right(X3)
def list_inside_a_list(x):
    inner = [x[0], x[1]]
    outer = [inner, x[2]]
    inner[0] = x[1] * x[2]
    outer[0][1] *= 2.0
    return inner[1] * outer[0][0] + outer[1]


@right(X3)
def tuple_holds_a_list(x):
    pair = ([x[0]], x)
    pair[0][0] = x[1] ** 2
    pair[0].append(x[2])
    return pair[0][0] * pair[0][1]


@right([X3, W3])
def elements_of_a_list_parameter(p):
    p[0][1] = p[1][0] * p[0][0]
    p[1] *= p[0]
    return np.sum(p[0] * p[1])


@right([X3, W3])
def list_parameter_gets_another_array(p):
    first = p[0]
    p[0] = p[1] * p[1]
    first[0] = p[0][2]
    return np.sum(first * p[0])


@right({"w": A33, "b": X3})
def dict_parameter_updated(p):
    p["b"] -= 0.1 * p["w"] @ p["b"]
    p["w"][0] = p["b"]
    return np.sum(p["w"] ** 2)


@right(X3)
def dict_under_another_name(x):
    a = {"k": x[0], "y": np.sin(x)}
    b = a
    b["k"] = a["k"] * x[1]
    b["y"][0] = a["k"]
    return b["k"] * np.sum(a["y"])


@right_or_refused(X3)
def copied_list_of_arrays_is_shallow(x):
    a = [np.sin(x), x * 1.0]
    b = a.copy()
    b[0][0] = x[1]
    b[1] = x * x
    return np.sum(a[0] * a[1]) + np.sum(b[1])


@right_or_refused(X3)
def copied_dict_is_shallow(x):
    a = {"y": np.sin(x)}
    b = dict(a)
    b["y"][0] = x[1]
    b["y"] = x * x
    return np.sum(a["y"]) * b["y"][2]
